"""A counterexample to a published bound as a certificate: all that a checker needs, in fractions."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import Any, Literal, TypeAlias

from ..errors import ParameterError
from ..numerics.exact import exact, probability, whole
from ..numerics.factor import Factor
from ..numerics.rounding import print_at_least, print_at_most
from ..randomizers import FiniteKernel, FiniteRandomizer, KaryRandomizedResponse
from ..randomizers.base import Channel, InputPair

__all__ = ["FORM", "Counterexample", "Size", "kernel_of"]

FORM = "shuffle-counterexample-1"
"""The name of the JSON form; a change of meaning gets another name."""

Size: TypeAlias = tuple[int, ...]

_FIELDS = (
    "bound",
    "channel",
    "users",
    "target",
    "others",
    "alpha",
    "exact",
    "exact_is",
    "claimed",
    "claimed_is",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterexample:
    """Two neighbouring data sets that lose more than a published bound claims.

    Attributes:
        bound: the id of the bound.
        channel: P(message = column | value = row) of every user's randomizer.
        target: the target's value in the first and in the second data set.
        others: pairs (value, number of other users who hold it), by value; no empty ones.
        alpha: e^epsilon.
        delta: ``sum_y (P(y) - alpha Q(y))_+`` of the histograms released from the two data sets.
        claimed: the delta that the paper claims.
        delta_is: "equal" where ``delta`` is that number, "at least" where it is a certified lower end of it.
        claimed_is: "equal" where ``claimed`` is what the paper claims, "at most" where what it claims is certified
            not to be above ``claimed``.
    """

    bound: str
    channel: Channel
    target: InputPair
    others: tuple[tuple[int, int], ...]
    alpha: Fraction
    delta: Fraction
    claimed: Fraction
    delta_is: Literal["equal", "at least"] = "equal"
    claimed_is: Literal["equal", "at most"] = "equal"

    def __post_init__(self) -> None:
        kernel_of(self.channel)
        values = range(len(self.channel))
        if self.target[0] == self.target[1] or not set(self.target) <= set(values):
            raise ParameterError("target", f"must be two different values below {len(values)}", self.target)
        held = [value for value, _ in self.others]
        if held != sorted(set(held)) or not set(held) <= set(values):
            raise ParameterError("others", f"must list values below {len(values)}, each once, in order", held)
        if not self.others or any(count < 1 for _, count in self.others):
            raise ParameterError("others", "must be at least one user", self.others)
        if self.alpha <= 0:
            raise ParameterError("alpha", "must be positive", str(self.alpha), "It is e^epsilon")
        if not self.delta > self.claimed:
            raise ParameterError(
                "exact", "must be above what is claimed", f"{self.delta} against {self.claimed}"
            )

    @property
    def kernel(self) -> FiniteKernel:
        """The randomizer that every user applies."""
        return kernel_of(self.channel)

    @property
    def users(self) -> int:
        """The number of users, the target included."""
        return 1 + sum(count for _, count in self.others)

    @property
    def size(self) -> Size:
        """What is made small: users, values, messages, denominators and numerator; compare as tuples."""
        return (
            self.users,
            len(self.channel),
            len(self.channel[0]),
            lcm(*(entry.denominator for row in self.channel for entry in row)),
            self.alpha.denominator,
            self.alpha.numerator,
        )

    def sentence(self) -> str:
        """Say what is refuted and by which data sets; the loss is rounded down, the claim up."""
        held = ", ".join(f"{count} hold {value}" for value, count in self.others)
        return (
            f"{self.bound} is no bound: {kernel_of(self.channel).describe()}, {self.users} users, "
            f"the target holds {self.target[0]} or {self.target[1]}, of the others {held}: at e^epsilon = {self.alpha} "
            f"delta is {_shown(self.delta, print_at_most(self.delta))}, "
            f"claimed {_shown(self.claimed, print_at_least(self.claimed))}"
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the fields of the certificate: fractions are strings, the rest is JSON as it is."""
        return {
            "bound": self.bound,
            "channel": [[str(entry) for entry in row] for row in self.channel],
            "users": self.users,
            "target": list(self.target),
            "others": [[value, count] for value, count in self.others],
            "alpha": str(self.alpha),
            "exact": str(self.delta),
            "exact_is": self.delta_is,
            "claimed": str(self.claimed),
            "claimed_is": self.claimed_is,
        }

    def to_json(self) -> str:
        """Write the certificate as JSON; one line a field."""
        fields = {"form": FORM, **self.as_dict()}
        lines = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in fields.items()]
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @classmethod
    def from_json(cls, text: str) -> Counterexample:
        """Read a certificate; whether its numbers are true is for a checker to find out.

        Raises:
            ParameterError: it is no JSON, a field is missing, unknown or breaks its rule.
        """
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ParameterError("certificate", "must be JSON", str(error)) from None
        if not isinstance(fields, dict) or fields.get("form") != FORM:
            raise ParameterError(
                "form", f"must be {FORM}", fields.get("form") if isinstance(fields, dict) else fields
            )
        if set(fields) != {"form", *_FIELDS}:
            wrong = sorted(set(fields) ^ {"form", *_FIELDS})
            raise ParameterError("certificate", f"must have the fields {', '.join(_FIELDS)}", wrong)
        found = cls(
            bound=_text(fields, "bound"),
            channel=_channel(fields["channel"]),
            target=_target(fields["target"]),
            others=tuple(_whole_pair("others", pair) for pair in _list("others", fields["others"])),
            alpha=exact("alpha", fields["alpha"]),
            delta=probability("exact", fields["exact"]),
            claimed=exact("claimed", fields["claimed"]),
            delta_is=_one_of(fields, "exact_is", "equal", "at least"),
            claimed_is=_one_of(fields, "claimed_is", "equal", "at most"),
        )
        if fields["users"] != found.users:
            raise ParameterError(
                "users", f"must be the target and the others, {found.users}", fields["users"]
            )
        return found

    def write(self, path: str | Path) -> None:
        """Write the certificate to a file, whole or not at all.

        Raises:
            OSError: the file cannot be written.
        """
        target = Path(path)
        unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            unfinished.write_text(self.to_json(), encoding="utf-8")
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)


def kernel_of(channel: Channel) -> FiniteKernel:
    """Return the randomizer of a matrix: k-ary response where it is one, so that bounds stated for it apply.

    Raises:
        ParameterError: it is no row-stochastic matrix.
    """
    lie, values = min(channel[0], default=Fraction(0)), len(channel)
    truth = 1 - (values - 1) * lie
    response = tuple(tuple(truth if x == y else lie for y in range(values)) for x in range(values))
    if channel == response and values > 1 and truth > lie > 0:
        return KaryRandomizedResponse.with_factor(values, Factor.of(truth / lie))
    return FiniteRandomizer(channel)


def _shown(value: Fraction, decimal: str) -> str:
    return decimal if len(str(value)) > 24 else f"{value} ({decimal})"


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str) or not value:
        raise ParameterError(name, "must be a text", value)
    return value


def _one_of(fields: Mapping[str, object], name: str, first: Any, second: Any) -> Any:
    if fields[name] not in (first, second):
        raise ParameterError(name, f'must be "{first}" or "{second}"', fields[name])
    return fields[name]


def _list(name: str, value: object) -> Sequence[Any]:
    if not isinstance(value, list):
        raise ParameterError(name, "must be a list", value)
    return value


def _channel(value: object) -> Channel:
    rows = [_list(f"channel[{i}]", row) for i, row in enumerate(_list("channel", value))]
    return FiniteRandomizer(rows).matrix


def _target(value: object) -> InputPair:
    return _whole_pair("target", value)


def _whole_pair(name: str, value: object) -> tuple[int, int]:
    pair = _list(name, value)
    if len(pair) != 2:
        raise ParameterError(name, "must be two numbers", value)
    return whole(name, pair[0], least=0), whole(name, pair[1], least=0)

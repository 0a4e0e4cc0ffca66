"""The axes of a grid: lists and ranges of values, each read exactly and written in one way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import cast

from ..errors import ParameterError
from ..model.kinds import KINDS, KNOWN_NOT_COVERED
from ..model.reading import number, text, with_keys
from ..model.relation import nearest
from ..model.writing import written_value
from ..numerics.exact import (
    ExactLike,
    delta_parameter,
    epsilon_parameter,
    exact,
    probability,
    whole,
)

__all__ = ["AXES", "PARAMETERS", "Axis", "batch_sizes", "read_axis", "written_number"]

_MOST_VALUES = 1_000_000
_MOST_SHUFFLERS = 10_000
_KEPT = 3  # significant digits of the values of a geometric range
_COUNTS = frozenset({"users", "shufflers", "values", "levels", "bits"})
_SAFE_DIGITS = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Attributes:
        name: a key of the specification.
        values: different ones, each as it is written.
    """

    name: str
    values: tuple[str, ...]


def written_number(value: Fraction) -> str:
    """Write a number as a decimal, or as a ratio where it is none of at most 40 digits."""
    return written_value(value).strip('"')


def batch_sizes(written: str) -> tuple[int, ...]:
    """Read the sizes that one value of ``batches`` stands for."""
    return tuple(map(int, written.split("+")))


def _count(name: str, value: object) -> str:
    return str(
        whole(name, cast(ExactLike, value), least=2, remedy="A shuffler with one report hides nothing")
    )


def _shufflers(name: str, value: object) -> str:
    return str(whole(name, cast(ExactLike, value), least=1, most=_MOST_SHUFFLERS))


def _batches(name: str, value: object) -> str:
    if not isinstance(value, list | tuple) or not value:
        remedy = "One list of sizes a cell, like [[100000, 700000], [200000, 1400000]]"
        raise ParameterError(name, "must be a list of batch sizes, one a shuffler", value, remedy)
    if len(value) > _MOST_SHUFFLERS:
        raise ParameterError(name, f"must be at most {_MOST_SHUFFLERS} shufflers", f"{len(value)} sizes")
    return "+".join(_count(f"{name}[{i}]", size) for i, size in enumerate(value))


def _positive(name: str, value: object) -> str:
    found = exact(name, cast(ExactLike, value))
    if found <= 0:
        raise ParameterError(name, "must be positive", value)
    return written_number(found)


def _read_with(reader: Callable[[str, ExactLike], Fraction]) -> Callable[[str, object], str]:
    return lambda name, value: written_number(reader(name, cast(ExactLike, value)))


def _kind(name: str, value: object) -> str:
    word = text(name, value)
    if word not in KINDS or word in KNOWN_NOT_COVERED:
        remedy = nearest(word, KINDS) or f"Known kinds: {', '.join(KINDS)}"
        raise ParameterError(name, "must be a known kind of randomizer", word, remedy)
    return word


_WORDS = {word for kind in KINDS.values() for word in kind.words}

PARAMETERS: tuple[str, ...] = tuple(
    dict.fromkeys(
        name
        for kind in KINDS.values()
        for name in (*kind.needed, *kind.either)
        if name != "matrix" and name not in kind.lists
    )
)
"""The parameters of randomizers that can vary."""

_READERS: dict[str, Callable[[str, object], str]] = {
    "kind": _kind,
    "users": _count,
    "shufflers": _shufflers,
    "batches": _batches,
    "epsilon": _read_with(epsilon_parameter),
    "alpha": _positive,
    "delta": _read_with(delta_parameter),
    "keep": _read_with(probability),
    "p": _read_with(probability),
    **{name: text for name in PARAMETERS if name in _WORDS},
}

AXES: tuple[str, ...] = tuple(dict.fromkeys((*_READERS, *PARAMETERS)))
"""The names of all axes."""


def read_axis(name: str, value: object) -> Axis:
    """Read one value, a list of values, or a range.

    A range is ``{first = 100, last = 1e6, per_decade = 4}``, of which values between powers of ten are rounded to three
    digits, or ``{first = 0.5, last = 4, step = 0.5}``.

    Args:
        name: one of ``AXES``.
        value: what the specification has there.

    Raises:
        ParameterError: a value breaks its rule, or occurs twice.
    """
    reader = _READERS.get(name, _read_with(exact))
    if isinstance(value, Mapping):
        found: list[object] = list(_range(name, value))
    elif isinstance(value, list | tuple):
        found = list(value)
    else:
        found = [value]
    if not found:
        raise ParameterError(name, "must have at least one value", value)
    if len(found) > _MOST_VALUES:
        raise ParameterError(name, f"must have at most {_MOST_VALUES:,} values", f"{len(found):,} values")
    many = len(found) > 1 or name == "batches"
    values = tuple(reader(f"{name}[{i}]" if many else name, entry) for i, entry in enumerate(found))
    seen: set[str] = set()
    for entry in values:
        if entry in seen:
            raise ParameterError(name, "must have different values", entry, "It is there twice")
        seen.add(entry)
    return Axis(name, values)


def _range(name: str, table: Mapping[str, object]) -> list[Fraction]:
    given = with_keys(name, table, needed=("first", "last"), known=("first", "last", "per_decade", "step"))
    if name in ("kind", "batches") or name in _WORDS:
        raise ParameterError(name, "must be a list, as it has no order", "a range")
    if ("step" in given) == ("per_decade" in given):
        raise ParameterError(name, "must have step or per_decade, one of the two", ", ".join(given))
    first, last = (exact(f"{name}.{key}", cast(ExactLike, given[key])) for key in ("first", "last"))
    if not first < last:
        raise ParameterError(f"{name}.last", "must be above first", given["last"])
    if "step" in given:
        step = exact(f"{name}.step", cast(ExactLike, given["step"]))
        if step <= 0:
            raise ParameterError(f"{name}.step", "must be positive", given["step"])
        count = (last - first) // step + 1
        _check_count(name, int(count))
        return [first + step * i for i in range(count)]
    if first <= 0:
        raise ParameterError(f"{name}.first", "must be positive in a geometric range", given["first"])
    per_decade = whole(
        f"{name}.per_decade", cast(ExactLike, number(name, given["per_decade"])), least=1, most=1000
    )
    return _geometric(name, first, last, per_decade)


def _geometric(name: str, first: Fraction, last: Fraction, per_decade: int) -> list[Fraction]:
    """Multiply by the same factor; full decades are exact, what is between them has few digits."""
    values: list[Fraction] = []
    while not values or values[-1] <= last:
        decades, rest = divmod(len(values), per_decade)
        value = first * 10**decades
        if rest:
            share = _SAFE_DIGITS.power(Decimal(10), _SAFE_DIGITS.divide(Decimal(rest), Decimal(per_decade)))
            raw = _SAFE_DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))
            rounding = Context(prec=_KEPT, rounding=ROUND_HALF_EVEN)
            value = Fraction(rounding.plus(_SAFE_DIGITS.multiply(raw, share)))
            if name in _COUNTS:
                value = Fraction(round(value))
        values.append(value)
        _check_count(name, len(values))
    return values[:-1]


def _check_count(name: str, count: int) -> None:
    if count > _MOST_VALUES:
        raise ParameterError(name, f"must have at most {_MOST_VALUES:,} values", "a longer range")

"""What each published bound promises for one randomizer, beside what this toolkit certifies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..curves import Bounds
from ..errors import NotCoveredError
from ..numerics.enclosure import Enclosure
from ..numerics.rounding import float_at_least, float_at_most, print_at_least, print_at_most
from ..randomizers import Randomizer
from ..shuffle import Shuffle
from .bound import PublishedBound, Status
from .registry import PUBLISHED

__all__ = ["SIZES", "Comparison", "Row", "compare"]

SIZES = tuple(10**k for k in range(3, 10))
_DIGITS = 5
_MARKS = {
    Status.PROVED: "",
    Status.ERRATUM: "erratum",
    Status.REFUTED: "refuted",
    Status.APPROXIMATE: "approximate",
}
_BELOW = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One bound at several numbers of users.

    Attributes:
        bound: the published bound.
        claimed: the claimed epsilon at each size, in nats; None where the paper claims nothing.
        below: at each size, whether the claim is certainly below what is surely lost.
    """

    bound: PublishedBound
    claimed: tuple[Enclosure | None, ...]
    below: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Published epsilons beside certified ones.

    Attributes:
        randomizer: what every user applies.
        delta: a probability.
        sizes: numbers of users, the target included.
        certified: this toolkit's ends at each size.
        rows: the bounds that claim something at one size or more, in the order of publication.
        silent: ids of the bounds that claim nothing.
    """

    randomizer: Randomizer
    delta: Fraction
    sizes: tuple[int, ...]
    certified: tuple[Bounds, ...]
    rows: tuple[Row, ...]
    silent: tuple[str, ...]

    def text(self) -> str:
        """Lay the comparison out as text; claims are rounded down, as they promise nothing here."""
        lines = [
            ["bound", *(f"n = {_power(n)}" for n in self.sizes), "status"],
            ["certified, surely lost", *(print_at_most(b.lower, _DIGITS) for b in self.certified), ""],
            ["certified, promised", *(print_at_least(b.upper, _DIGITS) for b in self.certified), ""],
        ]
        for row in self.rows:
            cells = (
                "-" if claim is None else print_at_most(claim.lower, _DIGITS) + (_BELOW if below else "")
                for claim, below in zip(row.claimed, row.below, strict=True)
            )
            lines.append([row.bound.id, *cells, _MARKS[row.bound.status]])
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        rule = ["-" * width for width in widths]
        laid = (
            "  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip()
            for line in [lines[0], rule, *lines[1:]]
        )
        head = f"epsilon at delta = {float(self.delta):g}, {self.randomizer.describe()}"
        foot = [
            f"{_BELOW} below what explicit neighbouring data sets lose; - nothing is claimed. Claims are rounded down."
        ]
        if self.silent:
            foot.append(f"No claim at all: {', '.join(self.silent)}.")
        return "\n".join([head, "", *laid, "", *foot]) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values; epsilons in nats, ends rounded outward."""
        return {
            "randomizer": self.randomizer.describe(),
            "delta": float(self.delta),
            "users": list(self.sizes),
            "certified": [{"lower": b.lower, "upper": b.upper} for b in self.certified],
            "bounds": [
                {
                    "bound": row.bound.id,
                    "status": row.bound.status.value,
                    "epsilon": [None if claim is None else _ends(claim) for claim in row.claimed],
                    "below_certified_loss": list(row.below),
                }
                for row in self.rows
            ],
            "silent": list(self.silent),
        }


def compare(randomizer: Randomizer, *, delta: Fraction, sizes: Sequence[int] = SIZES) -> Comparison:
    """Put what the published bounds claim beside what is certified.

    Args:
        randomizer: what every user applies.
        delta: a probability, strictly between 0 and 1.
        sizes: numbers of users, each at least 2.

    Raises:
        ParameterError: a parameter breaks its rule.
        NotCoveredError: this toolkit certifies nothing for the randomizer.
    """
    certified = tuple(Shuffle(randomizer, users=n).epsilon(delta=delta) for n in sizes)
    rows, silent = [], []
    for bound in PUBLISHED.values():
        claimed = tuple(_claimed(bound, randomizer, n, delta) for n in sizes)
        if not any(claim is not None for claim in claimed):
            silent.append(bound.id)
            continue
        below = tuple(
            claim is not None and claim.upper < Fraction(ours.lower)
            for claim, ours in zip(claimed, certified, strict=True)
        )
        rows.append(Row(bound=bound, claimed=claimed, below=below))
    return Comparison(
        randomizer=randomizer,
        delta=delta,
        sizes=tuple(sizes),
        certified=certified,
        rows=tuple(rows),
        silent=tuple(silent),
    )


def _claimed(bound: PublishedBound, randomizer: Randomizer, users: int, delta: Fraction) -> Enclosure | None:
    try:
        return bound.claimed_epsilon(randomizer, users=users, delta=delta)
    except NotCoveredError:
        return None


def _ends(value: Enclosure) -> dict[str, float]:
    return {"lower": float_at_most(value.lower), "upper": float_at_least(value.upper)}


def _power(users: int) -> str:
    exponent = len(str(users)) - 1
    return f"10^{exponent}" if users == 10**exponent and exponent > 2 else str(users)

"""All tails of one binomial law at once: neighbouring masses have a rational quotient, and far masses fall geometrically."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from ..claims import relies_on
from ..numerics.ball import arb, ball, precision

__all__ = ["LARGEST_TABLE", "CountTable", "count_table"]

LARGEST_TABLE = 40_000  # masses
_BITS = 192
_DEPTH = 1600  # a table ends where masses are below e^-this


@dataclass(frozen=True, slots=True)
class CountTable:
    """Tails ``P(N >= t)`` of ``N ~ Bin(bits, p)`` in a window.

    Attributes:
        first: the first t of the window.
        tails: for t = first, first + 1, ..; balls that contain them.
    """

    first: int
    tails: tuple[arb, ...]

    def tail(self, t: int) -> arb | None:
        """Enclose ``P(N >= t)``; None when t lies outside the window."""
        place = t - self.first
        return self.tails[place] if 0 <= place < len(self.tails) else None


@lru_cache(maxsize=64)
@relies_on("count-table")
def count_table(bits: int, p: Fraction) -> CountTable | None:
    """Tabulate the tails of a binomial law; None where too many of its masses matter.

    Args:
        bits: number of trials, at least 1.
        p: strictly between 0 and 1.

    Guarantee:
        count-table.
    """
    spread = float(bits * p * (1 - p)) ** 0.5
    if 2.0 * (2.0 * _DEPTH) ** 0.5 * spread > LARGEST_TABLE:
        return None
    mode = min(bits, int((bits + 1) * p))
    with precision(_BITS + bits.bit_length()):
        chance = ball(p)
        peak = (
            arb(bits + 1).lgamma() - arb(mode + 1).lgamma() - arb(bits - mode + 1).lgamma()
            + mode * chance.log() + (bits - mode) * (1 - chance).log()
        ).exp()  # fmt: skip
        odds = chance / (1 - chance)
        end = arb(-_DEPTH).exp()
        above, rest = _masses(peak, mode, bits, odds, end)
        below, _ = _masses(peak, bits - mode, bits, 1 / odds, end)
        if above is None or below is None:
            return None
        masses = [*reversed(below), peak, *above]
        tails, total = [], rest
        for mass in reversed(masses):
            total += mass
            tails.append(total)
    return CountTable(mode - len(below), tuple(reversed(tails)))


def _masses(peak: arb, mode: int, bits: int, odds: arb, end: arb) -> tuple[list[arb] | None, arb]:
    """Return the masses after the mode, until they are tiny, and a ball that contains the sum of all others further on.

    Args:
        peak: the mass at the mode.
        mode: where the masses begin to fall.
        bits: number of trials.
        odds: ``p / (1 - p)``, seen from the side to which the masses go.
        end: where masses are tiny.
    """
    masses: list[arb] = []
    mass = peak
    for t in range(mode, bits):
        quotient = odds * (bits - t) / (t + 1)  # P(N = t + 1) / P(N = t), falling in t
        mass = mass * quotient
        if mass < end and quotient < 0.9:
            return masses, arb(0).union(mass / (1 - quotient))
        masses.append(mass)
        if len(masses) > LARGEST_TABLE:
            return None, arb(0)
    return masses, arb(0)

"""Released counts of a vector's coordinates: a Gaussian shift dominates them, up to the tails of the noise.

With N noise bits a coordinate's noise is Bin(N, p), and its normal quantiles grow by at most kappa a step, wherever the
count is within a window around its mean. So a shift by the integer vector s loses no more than a Gaussian shifted by
kappa times a length, plus the chance that some coordinate leaves its window. Statements: binomial-normal, gaussian-shift.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from ..claims import relies_on
from ..numerics.ball import arb, ball, exact_lower, exact_upper, normal_cdf, positive_part, precision
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..randomizers.count import BinomialCount
from ..randomizers.vector import VectorCount
from .counts import CountPair
from .pair import Pair, Value
from .witness import Witness

__all__ = ["AxisPair", "GaussianShiftPair", "ShiftWindow", "axis_steps", "noise_mu", "shift_windows"]

_SPREADS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 19, 24, 30, 38, 48, 60)
_BITS = 128


@dataclass(frozen=True, slots=True)
class ShiftWindow:
    """A window around the mean of one coordinate's noise.

    Attributes:
        mu: about the shift of the Gaussian, in standard deviations, from above.
        tail: encloses a bound on the chance that any coordinate leaves its window.
    """

    mu: Fraction
    tail: Enclosure


@dataclass(frozen=True, slots=True, kw_only=True)
class GaussianShiftPair(Pair):
    """A Gaussian shift with a mass that loses everything: it dominates both orders of every two data sets.

    Attributes:
        windows: of several widths; each bounds delta at every factor, and so does the least of them.
    """

    windows: tuple[ShiftWindow, ...]

    @property
    def claims(self) -> tuple[str, ...]:
        return ("gaussian-shift", "binomial-normal", "outward-rounding")

    @property
    def is_symmetric(self) -> bool:
        return True

    @relies_on("gaussian-shift", "binomial-normal")
    def value(self, alpha: Factor, relative_width: float) -> Value:
        bits = _BITS
        while True:
            with precision(bits):
                found = [_delta(window, alpha) for window in self.windows]
            best = Enclosure(min(one.lower for one in found), min(one.upper for one in found))
            if best.width <= Fraction(relative_width) * best.upper or bits > 64 * _BITS:
                return Value(best)
            bits *= 2

    def ceiling(self) -> None:
        return None

    def floor(self) -> Enclosure:
        """The least tail: what all windows keep at every factor."""
        return Enclosure(
            min(one.tail.lower for one in self.windows), min(one.tail.upper for one in self.windows)
        )


def _delta(window: ShiftWindow, alpha: Factor) -> Enclosure:
    """Return the curve of a Gaussian shift, and the tail on top."""
    mu, epsilon = ball(window.mu), alpha.log()
    first, second = normal_cdf(mu / 2 - epsilon / mu), normal_cdf(-mu / 2 - epsilon / mu)
    kept = positive_part(first - alpha.ball() * second)
    lower, upper = exact_lower(kept) + window.tail.lower, exact_upper(kept) + window.tail.upper
    return Enclosure(min(max(lower, Fraction(0)), Fraction(1)), min(upper, Fraction(1)))


@relies_on("gaussian-shift", "binomial-normal")
def shift_windows(randomizer: VectorCount, users: int) -> tuple[ShiftWindow, ...]:
    """Return windows of growing width, as far as they leave room for the largest shift; none for too few noise bits.

    Args:
        randomizer: what every user applies.
        users: n, the target included.
    """
    total, p = users * randomizer.bits, randomizer.p
    room = 2 * randomizer.levels + 1
    mean = total * p
    found = []
    with precision(_BITS + 2 * total.bit_length()):
        for spread in _SPREADS:
            half = math.isqrt(math.ceil(spread**2 * mean * (1 - p))) + 1
            below, above = math.floor(mean) - half, math.ceil(mean) + half
            if below - room < 1 or above + room > total - 1:
                break
            step = _steepest(total, below - room, above + room)
            tail = randomizer.dimension * (
                normal_cdf(_quantile(total, below + 1, p)) + normal_cdf(-_quantile(total, above - 1, p))
            )
            found.append(
                ShiftWindow(
                    exact_upper(step * _length(randomizer)), Enclosure(exact_lower(tail), exact_upper(tail))
                )
            )
    return tuple(found)


def _steepest(total: int, low: int, high: int) -> arb:
    """Bound the growth of the normal quantile in one step, between two counts."""
    steepest = max(Fraction(total, count * (total - count)) for count in (low, high))
    return ball(steepest).sqrt()


def _quantile(total: int, count: int, p: Fraction) -> arb:
    """The signed root of twice ``total KL(count/total, p)``."""
    share = Fraction(count, total)
    if share == p:
        return arb(0)
    gap = (
        ball(share) * (ball(share) / ball(p)).log() + ball(1 - share) * (ball(1 - share) / ball(1 - p)).log()
    )
    root = (2 * total * gap).sqrt()
    return root if share >= p else -root


def _length(randomizer: VectorCount) -> arb:
    """Bound the Euclidean length of the integer shift, each of its coordinates one step longer."""
    side = arb(randomizer.dimension).sqrt()
    rounded = randomizer.levels * ball(randomizer.sensitivity) + side
    farthest = 2 * randomizer.levels * side
    return rounded.min(farthest) + side


def noise_mu(randomizer: VectorCount, users: int) -> float:
    """Guess the mu of a batch in floats, for planners; nothing rests on it.

    Args:
        randomizer: what every user applies.
        users: n, the target included.
    """
    side = math.sqrt(randomizer.dimension)
    length = (
        min(randomizer.levels * float(randomizer.sensitivity) + side, 2.0 * randomizer.levels * side) + side
    )
    p = float(randomizer.p)
    return length / math.sqrt(users * randomizer.bits * p * (1.0 - p))


def axis_steps(randomizer: VectorCount) -> int:
    """Return the largest whole shift along one axis between two vectors on the grid."""
    return min(2 * randomizer.levels, math.floor(randomizer.levels * randomizer.sensitivity))


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisPair(Pair):
    """Two vectors on one axis, both on the grid, and all others at zero: exactly a shifted binomial count.

    Attributes:
        count: the count of that coordinate.
        randomizer: its description, for the witness.
        first: the target's coordinate in the first data set, in steps.
    """

    count: CountPair
    randomizer: str
    first: int

    @classmethod
    def of(cls, randomizer: VectorCount, users: int, *, rising: bool) -> AxisPair:
        """Take the two vectors as far apart as an axis allows; the sensitivity must be at least a step."""
        steps = axis_steps(randomizer)
        count = BinomialCount(levels=steps, bits=randomizer.bits, p=randomizer.p)
        first = steps // 2 if rising else steps // 2 - steps
        return cls(
            count=CountPair(randomizer=count, users=users, rising=rising),
            randomizer=randomizer.describe(),
            first=first,
        )

    @property
    def claims(self) -> tuple[str, ...]:
        return self.count.claims

    @property
    def is_symmetric(self) -> bool:
        return self.count.is_symmetric

    def value(self, alpha: Factor, relative_width: float) -> Value:
        return Value(self.count.value(alpha, relative_width).delta, self._witness)

    def ceiling(self) -> None:
        return None

    def floor(self) -> Enclosure:
        return self.count.floor()

    def witness_at_zero(self) -> Witness:
        return self._witness

    @property
    def _witness(self) -> Witness:
        steps = self.count.randomizer.levels
        second = self.first - steps if self.count.rising else self.first + steps
        return Witness(
            randomizer=f"{self.randomizer} (values are steps of the first coordinate, all other coordinates are 0)",
            users=self.count.users,
            target=(self.first, second),
            others=((0, self.count.users - 1),),
        )

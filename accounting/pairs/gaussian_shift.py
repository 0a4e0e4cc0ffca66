"""Released counts of a vector's coordinates: a Gaussian shift dominates them, up to the tails of the noise.

With N noise bits a coordinate's noise is Bin(N, p). Wherever the count is within a window around its mean, its normal
quantile grows by at most ``(s + 1) kappa`` in s steps, and by at most a little more than kappa in each. So a shift by the
integer vector s loses no more than a Gaussian shifted by a step times a length, plus the chance that some coordinate leaves
its window. Rounding makes s random; its length is hardly ever much above the mean. Statements: binomial-normal, gaussian-shift.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from ..claims import relies_on
from ..numerics.ball import (
    arb,
    ball,
    exact_lower,
    exact_upper,
    gaussian_delta,
    normal_cdf,
    positive_part,
    precision,
)
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..randomizers.count import BinomialCount
from ..randomizers.vector import VectorCount
from .counts import CountPair
from .pair import Pair, Value
from .witness import Witness

__all__ = ["AxisPair", "GaussianShiftPair", "ShiftWindow", "axis_steps", "noise_mu", "shift_windows"]

_SPREADS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 19, 24, 30, 38, 48, 60)
_DEVIATIONS = tuple(
    Fraction(tenths, 10) for tenths in (3, 6, 9, 12, 16, 21, 28, 40, 60, 90, 140)
)  # of a shift's length, in steps
_BITS = 128
_ROUNDS = 12
_MARGIN = 1.0 + 2.0**-30
_DIAGONALS = 64  # numbers of coordinates that a witness may move, beyond the fewest that reach its length
_MOST_STEPS = 10**9  # of a count


@dataclass(frozen=True, slots=True)
class ShiftWindow:
    """A window around the mean of one coordinate's noise.

    Attributes:
        shifts: of Gaussians, in standard deviations, rising, each with its chance; the chances add up to 1.
        tail: encloses a bound on the chance that any coordinate leaves its window.
    """

    shifts: tuple[tuple[Fraction, Fraction], ...]
    tail: Enclosure

    @property
    def mu(self) -> Fraction:
        """The largest of the shifts: that of the farthest roundings."""
        return self.shifts[-1][0]

    def least(self, factor: arb, epsilon: arb) -> Fraction:
        """Bound the window's bound from below, quickly, at the working precision."""
        mu, _ = self.shifts[0]
        return exact_lower(_gaussian(mu, factor, epsilon)) + self.tail.lower

    def delta(self, factor: arb, epsilon: arb) -> Enclosure:
        """Return the mean curve of the Gaussians at ``factor = e^epsilon``, and the tail on top, at the working precision."""
        mean = sum((ball(chance) * _gaussian(mu, factor, epsilon) for mu, chance in self.shifts), arb(0))
        return Enclosure(exact_lower(mean) + self.tail.lower, exact_upper(mean) + self.tail.upper)


def _gaussian(mu: Fraction, factor: arb, epsilon: arb) -> arb:
    """The privacy curve of N(mu, 1) against N(0, 1)."""
    return positive_part(gaussian_delta(ball(mu), factor, epsilon))


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
                found = self._least(alpha)
            best = Enclosure(min(max(found.lower, Fraction(0)), Fraction(1)), min(found.upper, Fraction(1)))
            if best.width <= Fraction(relative_width) * best.upper or bits > 64 * _BITS:
                return Value(best)
            bits *= 2

    def _least(self, alpha: Factor) -> Enclosure:
        """Enclose the least of all windows' bounds; those that are certainly above another one are not evaluated."""
        point = alpha.ball(), alpha.log()
        ranked = sorted(((window.least(*point), window) for window in self.windows), key=lambda one: one[0])
        best = ranked[0][1].delta(*point)
        for least, window in ranked[1:]:
            if least >= best.upper:
                break
            one = window.delta(*point)
            best = Enclosure(min(best.lower, one.lower), min(best.upper, one.upper))
        return best

    def ceiling(self) -> None:
        return None

    def floor(self) -> Enclosure:
        """The least tail: what all windows keep at every factor."""
        return Enclosure(
            min(one.tail.lower for one in self.windows), min(one.tail.upper for one in self.windows)
        )


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
        lengths, side = _lengths(randomizer), arb(randomizer.dimension).sqrt()
        for spread in _SPREADS:
            half = math.isqrt(math.ceil(spread**2 * mean * (1 - p))) + 1
            below, above = math.floor(mean) - half, math.ceil(mean) + half
            if below - room < 1 or above + room > total - 1:
                break
            low, high = below - room, above + room
            kappa, longest = _steepest(total, low, high), _longest_step(total, low, high, p)
            shifts = tuple(
                (exact_upper(_shift(length, side, kappa, longest)), chance) for length, chance in lengths
            )
            tail = randomizer.dimension * (
                normal_cdf(_quantile(total, below + 1, p)) + normal_cdf(-_quantile(total, above - 1, p))
            )
            found.append(ShiftWindow(shifts, Enclosure(exact_lower(tail), exact_upper(tail))))
    return tuple(found)


def _steepest(total: int, low: int, high: int) -> arb:
    """Bound the growth of ``_quantile`` in one step, between two counts."""
    steepest = max(Fraction(total, count * (total - count)) for count in (low, high))
    return ball(steepest).sqrt()


def _longest_step(total: int, low: int, high: int, p: Fraction) -> arb | None:
    """Bound the growth of the law's own normal quantile in one step, between two counts; None where nothing is known.

    It is at most the L for which a normal density that falls as fast as anywhere in the window has mass kappa within L.
    """
    kappa = _steepest(total, low, high)
    first, last = (abs(_quantile(total, count, p)) for count in (low, high))
    far = first.max(last).upper()
    rough, slope = float(kappa.upper()), float(far)
    length = rough
    for _ in range(_ROUNDS):
        if (slope + length) * length >= 1.0:
            return None
        length = rough + slope * length**2 / 2.0 + length**3 / 6.0
    longest = arb(length * _MARGIN)
    return longest if longest - far * longest**2 / 2 - longest**3 / 6 >= kappa else None


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
    """Bound the Euclidean length of the integer shift, whatever the rounding."""
    side = arb(randomizer.dimension).sqrt()
    rounded = randomizer.levels * ball(randomizer.sensitivity) + side
    farthest = 2 * randomizer.levels * side
    return rounded.min(farthest)


def _lengths(randomizer: VectorCount) -> list[tuple[arb, Fraction]]:
    """Return rising lengths with chances, so that the rounded shift is longer than one of them hardly more often than said.

    Its square has a mean of at most ``(levels * sensitivity)^2 + dimension/4``, and independent parts: Hoeffding's bound.
    """
    farthest, side = _length(randomizer), arb(randomizer.dimension).sqrt()
    whole = randomizer.levels * ball(randomizer.sensitivity)
    mean = whole**2 + ball(Fraction(randomizer.dimension, 4))
    found, left = [], Fraction(1)
    for deviation in _DEVIATIONS:
        length = (mean + ball(deviation) * (2 * whole + side)).sqrt()
        if not length < farthest:
            break
        beyond = exact_upper((-2 * ball(deviation) ** 2).exp())
        found.append((length, left - beyond))
        left = beyond
    return [*found, (farthest, left)]


def _shift(length: arb, side: arb, kappa: arb, longest: arb | None) -> arb:
    """Bound the Gaussian's shift: every moved coordinate is one step longer, or every step a little longer."""
    stretched = kappa * (length + side)
    return stretched if longest is None else stretched.min(longest * length)


def noise_mu(randomizer: VectorCount, users: int) -> float:
    """Guess the mu of a batch in floats, for planners; nothing rests on it.

    Args:
        randomizer: what every user applies.
        users: n, the target included.
    """
    side, whole = math.sqrt(randomizer.dimension), randomizer.levels * float(randomizer.sensitivity)
    length = min(math.hypot(whole, side / 2.0) + 0.75, whole + side, 2.0 * randomizer.levels * side)
    p = float(randomizer.p)
    return length / math.sqrt(users * randomizer.bits * p * (1.0 - p))


def axis_steps(randomizer: VectorCount) -> tuple[int, int]:
    """Return how many coordinates two vectors on the grid differ in, and by how many steps in each, to be far apart.

    All of these coordinates differ by the same number of steps. The product of the number's root and the steps is at most
    ``levels * sensitivity``, and as large as any that was tried.
    """
    square = (randomizer.levels * randomizer.sensitivity) ** 2
    farthest = 2 * randomizer.levels
    fewest = math.ceil(randomizer.sensitivity**2 / 4)  # coordinates that can differ by that much
    most = min(randomizer.dimension, max(_MOST_STEPS // farthest, 1))
    tried = range(max(min(fewest, most) - 1, 1), min(fewest + _DIAGONALS, most) + 1)
    found = [(axes, min(farthest, math.isqrt(math.floor(square / axes)))) for axes in tried]
    return max(found, key=lambda pair: pair[0] * pair[1] ** 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisPair(Pair):
    """Two vectors on the grid that differ alike in some coordinates, all others at zero: the counts of these, added, are a shifted binomial.

    With one coordinate that is the law of the release, with several of a function of it.

    Attributes:
        count: the sum of these coordinates' counts; its users are those of all coordinates together.
        randomizer: its description, for the witness.
        users: n, the target included.
        axes: how many coordinates differ.
        first: the target's value of each of them in the first data set, in steps.
    """

    count: CountPair
    randomizer: str
    users: int
    axes: int
    first: int

    @classmethod
    def of(cls, randomizer: VectorCount, users: int, *, rising: bool) -> AxisPair:
        """Take two vectors as far apart as may be; the sensitivity must be at least a step."""
        axes, steps = axis_steps(randomizer)
        count = BinomialCount(levels=axes * steps, bits=randomizer.bits, p=randomizer.p)
        first = steps // 2 if rising else steps // 2 - steps
        return cls(
            count=CountPair(randomizer=count, users=axes * users, rising=rising),
            randomizer=randomizer.describe(),
            users=users,
            axes=axes,
            first=first,
        )

    @property
    def claims(self) -> tuple[str, ...]:
        return ("gaussian-shift", *self.count.claims)

    @property
    def is_symmetric(self) -> bool:
        return self.count.is_symmetric

    @relies_on("gaussian-shift")
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
        steps = self.count.randomizer.levels // self.axes
        second = self.first - steps if self.count.rising else self.first + steps
        where = "the first coordinate" if self.axes == 1 else f"each of the first {self.axes} coordinates"
        return Witness(
            randomizer=f"{self.randomizer} (values are steps of {where}, all other coordinates are 0)",
            users=self.users,
            target=(self.first, second),
            others=((0, self.users - 1),),
        )

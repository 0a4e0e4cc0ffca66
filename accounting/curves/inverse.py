"""epsilon(delta) from a falling curve delta(epsilon): a guess in floats, then two certified evaluations."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from ..claims import relies_on
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor

__all__ = ["Curve", "Guess", "certified_inverse", "search", "search_near"]

Curve = Callable[[Factor, float], Enclosure]

_COARSE = 1e-3
_FINE = 1e-6


@dataclass(frozen=True, slots=True)
class Guess:
    """Where the search ended.

    Attributes:
        epsilon: about where the curve meets delta.
        steepness: about ``- d log delta / d log epsilon`` there.
    """

    epsilon: float
    steepness: float


def search(curve: Curve, delta: Fraction, most: float) -> Guess:
    """Look for the epsilon in (0, most] at which the curve meets delta; nothing here is certified.

    ``sqrt(-2 log delta)`` is nearly linear in epsilon for shuffled curves, so secants meet fast.
    """
    target = _height(delta)

    def height(epsilon: float, width: float) -> float:
        value = curve(Factor.exp(Fraction(epsilon)), width)
        return _height((value.lower + value.upper) / 2)

    low, low_height = 0.0, height(0.0, _COARSE)
    high, high_height = most, math.inf
    at = min(2.5 * math.exp(-0.5 * low_height**2) * (target + 0.5), 0.5 * most)
    slope, width = 1.0 / at, _COARSE
    for _ in range(60):
        here = height(at, width)
        if math.isfinite(here):
            neighbour, its_height = (
                (low, low_height) if here >= target or high_height == math.inf else (high, high_height)
            )
            if at != neighbour and here != its_height:
                slope = max((here - its_height) / (at - neighbour), 1e-300)
        if here < target:
            low, low_height = at, here
        else:
            high, high_height = at, here
        move = (target - here) / slope if math.isfinite(here) else -math.inf
        if abs(move) < (1e-6 if width == _FINE else 1e-7) * at:  # the slope is good to some percent
            at += move
            break
        width = _FINE if abs(move) < 0.03 * at else _COARSE
        ahead = at + move
        if not low < ahead < high:
            ahead = (
                0.5 * (low + high) if high < math.inf and low > 0.0 else at * (2.0 if here < target else 0.5)
            )
        at = ahead
    return Guess(at, max(slope * at * target, 1e-9))


def search_near(curve: Curve, delta: Fraction, epsilon: float, elasticity: float | None) -> Guess | None:
    """Look for the epsilon at which the curve meets delta, near where a neighbouring question had its answer.

    Nothing here is certified.

    Args:
        curve: encloses delta at a factor e^epsilon, to a relative width that is asked for.
        delta: the level, above 0.
        epsilon: about where the curve meets it, above 0.
        elasticity: about ``d log h / d log epsilon`` there, for the height ``h = sqrt(-2 log delta)``; None if unknown.

    Returns:
        None where the curve does not meet the level nearby: then `search` has to look everywhere.
    """
    target = _height(delta)
    at, close = epsilon, 0.0 if elasticity is None else 1e-5
    before: tuple[float, float] | None = None
    for _ in range(5):
        value = curve(Factor.exp(Fraction(at)), _FINE)
        here = _height((value.lower + value.upper) / 2)
        if not 0.0 < here < math.inf:
            return None
        slope = (elasticity or 0.6) * here / at
        if before is not None and abs(at - before[0]) > 1e-5 * at:  # closer ones differ by noise
            slope = (here - before[1]) / (at - before[0])
        if not slope > 0.0:
            return None
        before = (at, here)
        move = (target - here) / slope
        if not abs(move) < 0.4 * at:
            return None
        at += move
        if abs(move) < close * at:
            return Guess(at, max(slope * at * target, 1e-9))
        close = 3e-4  # from now on the slope is that of the curve itself
    return None


@relies_on("certified-inverse")
def certified_inverse(
    curve: Curve, delta: Fraction, guess: Guess, most: Fraction, relative_width: float
) -> tuple[Fraction, Fraction | None]:
    """Bound ``inf {epsilon >= 0: delta(epsilon) <= delta}`` of a falling curve.

    Args:
        curve: encloses delta at a factor e^epsilon, to a relative width that is asked for.
        delta: the level, above 0.
        guess: from ``search``.
        most: the largest epsilon to look at.
        relative_width: the width to aim at.

    Returns:
        An epsilon at which the curve is certainly above delta, or 0; and one at which it is certainly at most
        delta, or None when there is none up to ``most``.
    """
    width = max(1e-9, min(relative_width, guess.steepness * relative_width / 4.0))

    def certain(side: int) -> Fraction | None:
        """Walk away from the guess, in growing steps, to where the curve is certainly on one side of delta."""
        step = relative_width / 2.5
        while step < 4.0:
            at = guess.epsilon * (1.0 + step) if side > 0 else guess.epsilon / (1.0 + step)
            epsilon = min(Fraction(at), most)
            value = curve(Factor.exp(epsilon), width)
            if value.upper <= delta if side > 0 else value.lower > delta:
                return epsilon
            step *= 3.0
        return most if side > 0 and curve(Factor.exp(most), width).upper <= delta else None

    return certain(-1) or Fraction(0), certain(+1)


def _height(delta: Fraction) -> float:
    """``sqrt(-2 log delta)``, also where delta is below the range of floats."""
    if delta <= 0:
        return math.inf
    log = math.log(delta.numerator) - math.log(delta.denominator)
    return math.sqrt(max(-2.0 * log, 0.0))

"""The mean of the largest distance that a lazy random walk ever has from its start, from below."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from ..claims import relies_on
from ..numerics.ball import arb, ball, exact_lower, precision

__all__ = ["FINE", "ROUGH", "expected_maximum", "grid", "stays"]

FINE, ROUGH = 400, 60
"""Distances that are looked at per standard deviation: the sum loses about 0.4/FINE, or 0.4/ROUGH, of the mean."""

_FAR, _FINE_LAST = 8, 150

_BITS = 112
_NEGLIGIBLE = 1e-6
_TAIL = 1e-9
_FEW_ROOTS = 24


@relies_on("walk-maximum")
def expected_maximum(
    moves: Fraction, steps: int, *, last: Fraction = Fraction(0), points: int = FINE
) -> Fraction:
    """Return a number that is at most ``E max(|W_1|, .., |W_steps|, |W_steps + S last|)``.

    W starts at 0; each step is -1, 0 or +1 with probabilities ``moves/2, 1 - moves, moves/2``; S is a fair sign.

    Args:
        moves: the probability of a move, in [0, 1].
        steps: their number, at least 1.
        last: the length of one more move, at least 0.
        points: distances per standard deviation of the walk's end.

    Returns:
        A lower end.

    Guarantee:
        walk-maximum.
    """
    # the first step alone goes as far as 1 with probability `moves`, and the mean over S is at least `last`
    least = max(moves, last)
    if last > _FAR * isqrt(int(moves * steps) + 1):
        return least
    floor, part = divmod(last, 1)
    if floor > _FINE_LAST:
        part = Fraction(0)  # a shorter last move lowers the mean
    mean = _whole_last(moves, steps, int(floor), points)
    if part:
        mean += part * (_whole_last(moves, steps, int(floor) + 1, points) - mean)
    return max(mean, least)


def grid(moves: float | Fraction, steps: int, last: int, points: int) -> tuple[int, int]:
    """Return a distance that is nearly certainly reached, at least 1, and the stride from there on."""
    deviation = isqrt(int(moves * steps))
    return max(1, (last + 1) // 2, last - 5 * (deviation + 1)), max(1, (deviation + last // 4) // points)


def _whole_last(moves: Fraction, steps: int, last: int, points: int) -> Fraction:
    distance, stride = grid(moves, steps, last, points)
    run = distance
    with precision(_BITS):
        total = arb(0)
        while distance <= steps + last:
            gain = 1 - stays(moves, steps, distance, last=last)
            if not gain > _NEGLIGIBLE:
                break
            total += run * gain
            run = stride
            distance += stride
        return exact_lower(total)


def stays(moves: Fraction, steps: int, distance: int, *, last: int = 0) -> arb:
    """Enclose, or exceed, the probability that the walk stays below a distance, with its last move upwards, too.

    Args:
        moves: the probability of a move.
        steps: their number.
        distance: a whole number, at least 1.
        last: the length of one more move, a whole number at least 0.

    Returns:
        A ball whose upper end is at least ``P(|W_i| < distance for all i, W_steps + last < distance)``.
    """
    ends = 2 * distance - 1 - last
    if ends < 1:
        return arb(0)
    quarter = arb.pi() / (4 * distance)
    total, sign = arb(0), 1
    few = distance <= _FEW_ROOTS
    for index in range(1, 2 * distance, 2):
        angle = quarter * index
        sine = angle.sin()
        root = 1 - 2 * ball(moves) * sine**2
        if not (few or root > 0):
            return arb(1)
        power = root**steps
        total += sign * power * (angle.cos() - (angle * (2 * ends + 1)).cos()) / (2 * distance * sine)
        sign = -sign
        if not few and (tail := power * 2 * distance / index) < _TAIL:
            return total + tail + _negative_roots(moves, steps)
    return total


def _negative_roots(moves: Fraction, steps: int) -> arb:
    """Exceed what the roots below 0 add: nothing if there are none."""
    if moves <= Fraction(1, 2):
        return arb(0)
    return ball(2 * moves - 1) ** steps

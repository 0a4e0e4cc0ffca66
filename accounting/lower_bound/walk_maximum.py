"""The mean of the largest distance that a lazy random walk ever has from its start, from below."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from ..claims import relies_on
from ..numerics.ball import arb, ball, exact_lower, precision

__all__ = ["expected_maximum", "survival"]

_BITS = 112
_POINTS = 600
"""Distances that are looked at per standard deviation of the walk's end; the sum over all loses at most 1/1500."""

_NEGLIGIBLE = 1e-7
_FEW_ROOTS = 24


@relies_on("walk-maximum")
def expected_maximum(moves: Fraction, steps: int) -> Fraction:
    """Return a number that is at most ``E max_(i <= steps) |W_i|``.

    W starts at 0; each step is -1, 0 or +1 with probabilities ``moves/2, 1 - moves, moves/2``.

    Args:
        moves: the probability of a move, in [0, 1].
        steps: their number, at least 1.

    Returns:
        A lower end, within about 1/1000 of the mean unless nearly all steps are moves.

    Guarantee:
        walk-maximum.
    """
    if steps == 1:
        return moves
    stride = max(1, isqrt(int(moves * steps)) // _POINTS)
    distance = 0
    with precision(_BITS):
        total = arb(0)
        while (distance := distance + stride) <= steps:
            gain = 1 - survival(moves, steps, distance)
            if not gain > _NEGLIGIBLE:
                break
            total += stride * gain
        # the first step alone goes as far as 1 with probability `moves`
        return max(exact_lower(total), moves)


def survival(moves: Fraction, steps: int, distance: int) -> arb:
    """Enclose, or exceed, the probability that the walk stays below a distance in all its steps.

    Args:
        moves: the probability of a move.
        steps: their number.
        distance: a whole number, at least 1.

    Returns:
        A ball whose upper end is at least that probability.
    """
    quarter = arb.pi() / (4 * distance)
    total, enough, sign = arb(0), arb(0), 1
    few = distance <= _FEW_ROOTS
    for index in range(1, 2 * distance, 2):
        angle = quarter * index
        root = 1 - 2 * ball(moves) * angle.sin() ** 2
        if not (few or root > 0):
            return enough + _negative_roots(moves, steps)
        term = root**steps * angle.cot() / distance
        total += sign * term
        if sign > 0:
            enough = (
                total  # what follows alternates and falls, so it adds nothing to a sum that ends with a plus
            )
            if not few and term < 1e-9:
                return enough + _negative_roots(moves, steps)
        sign = -sign
    return total


def _negative_roots(moves: Fraction, steps: int) -> arb:
    """Exceed what the roots below 0 add: nothing if there are none."""
    if moves <= Fraction(1, 2):
        return arb(0)
    return ball(2 * moves - 1) ** steps / 2

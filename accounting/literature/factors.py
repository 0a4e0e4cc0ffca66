"""Factors e^epsilon at which bounds are compared with what data sets lose."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from ..numerics.factor import Factor
from ..pairs.of_randomizer import pairs_of
from ..randomizers import FiniteKernel

__all__ = ["LEVELS", "factors_at", "factors_below", "simple_factors"]

LEVELS = tuple(Fraction(1, 10**power) for power in (1, 2, 3, 4, 6, 8, 10, 12))
"""Deltas near which bounds are compared."""

_DENOMINATOR = 3
_ENDLESS = Fraction(8)
_HALVINGS = 12


def simple_factors(*, denominator: int, most: Fraction) -> tuple[Fraction, ...]:
    """Return the rationals from 1 to below ``most`` with small denominators, the simplest first.

    Args:
        denominator: the largest denominator.
        most: where they end, itself left out.
    """
    found = [
        Fraction(top, bottom)
        for bottom in range(1, denominator + 1)
        for top in range(bottom, -(-most.numerator * bottom // most.denominator))
    ]
    return tuple(dict.fromkeys(sorted(found, key=lambda each: (each.denominator, each.numerator))))


def factors_below(kernel: FiniteKernel) -> tuple[Fraction, ...]:
    """Return the simple factors below e^epsilon0, denominators up to 3; below 8 where e^epsilon0 is infinite or irrational."""
    largest = kernel.local_factor()
    most = _ENDLESS if largest is None or largest.rational is None else largest.rational
    return simple_factors(denominator=_DENOMINATOR, most=most)


def factors_at(kernel: FiniteKernel, users: int, levels: Sequence[Fraction] = LEVELS) -> tuple[Fraction, ...]:
    """Return factors of two or three digits at which the shuffle's delta is about each level; no result rests on which.

    Args:
        kernel: what every user applies.
        users: n, the target included.
        levels: deltas.
    """
    guide, largest = pairs_of(kernel, users).explicit[0], kernel.local_factor()
    most = _ENDLESS if largest is None or largest.rational is None else largest.rational
    found: set[Fraction] = set()
    for level in levels:
        target, low, high = math.log(level), 0.0, math.log(most)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if guide.hint(Factor.exp(Fraction(middle))) > target else (low, middle)
        alpha = 1 + Fraction(f"{math.expm1(low):.2g}")
        if 1 < alpha < most:
            found.add(alpha)
    return tuple(sorted(found))

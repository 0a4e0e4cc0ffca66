"""Mechanisms for numbers of an interval, by their definitions, for values of a grid."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

Matrix = tuple[tuple[Fraction, ...], ...]


def duchi_mean(values: Sequence[Fraction], keep: Fraction) -> Matrix:
    """Values in [-1, 1]; the larger report has a chance that is linear in the value, ``keep`` at 1."""
    slope = keep - Fraction(1, 2)
    larger = [Fraction(1, 2) + slope * x for x in values]
    return tuple((1 - p, p) for p in larger)


def piecewise_mean(values: Sequence[Fraction], root: Fraction) -> Matrix:
    """Values in [-1, 1], ``root = e^(epsilon0/2)``: cut the line wherever the density of some value jumps."""
    end = (root + 1) / (root - 1)
    high = (root**2 - root) / (2 * root + 2)
    own = [((end + 1) / 2 * x - (end - 1) / 2, (end + 1) / 2 * x - (end - 1) / 2 + end - 1) for x in values]
    cuts = sorted({-end, end, *(cut for interval in own for cut in interval)})
    return tuple(
        tuple(
            (high if low <= left and right <= up else high / root**2) * (right - left)
            for left, right in pairwise(cuts)
        )
        for low, up in own
    )

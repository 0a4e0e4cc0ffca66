"""Small pieces of text that reports share."""

from __future__ import annotations

from fractions import Fraction

from ..curves.bounds import Bounds
from ..model.writing import written_value
from ..numerics.rounding import print_at_least, print_at_most

__all__ = ["shown_bounds", "shown_fraction"]

_TINY = 1e-300


def shown_fraction(value: Fraction) -> str:
    """Write a number exactly, as a short decimal or a ratio."""
    return written_value(value).strip('"')


def shown_bounds(bounds: Bounds) -> str:
    """Write both ends with four digits, rounded outward."""
    low: float | Fraction = bounds.lower
    high: float | Fraction = bounds.upper
    if (
        bounds.upper < _TINY and bounds.lower_value is not None and bounds.upper_value is not None
    ):  # floats end there, fractions do not
        low, high = bounds.lower_value.lower, bounds.upper_value.upper
    return f"{print_at_most(low, 4)} to {print_at_least(high, 4)}"

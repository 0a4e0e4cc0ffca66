"""Rounding outward: to floats and to decimals."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

from ..claims import relies_on

__all__ = ["float_at_least", "float_at_most", "print_at_least", "print_at_most"]


@relies_on("outward-rounding")
def float_at_least(value: Fraction) -> float:
    """Return the least float that is not below ``value``."""
    try:
        nearest = float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.nextafter(math.inf, 0.0)
    return math.nextafter(nearest, math.inf) if Fraction(nearest) < value else nearest


@relies_on("outward-rounding")
def float_at_most(value: Fraction) -> float:
    """Return the largest float that is not above ``value``."""
    return 0.0 - float_at_least(-value)  # never -0.0


def print_at_least(value: Fraction | float, digits: int = 6) -> str:
    """Print with ``digits`` significant digits, never below the value.

    >>> print_at_least(Fraction(1, 3))
    '0.333334'
    """
    return _printed(value, digits, ROUND_CEILING)


def print_at_most(value: Fraction | float, digits: int = 6) -> str:
    """Print with ``digits`` significant digits, never above the value.

    >>> print_at_most(Fraction(2, 3))
    '0.666666'
    """
    return _printed(value, digits, ROUND_FLOOR)


def _printed(value: Fraction | float, digits: int, rounding: str) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "infinite" if value > 0 else "-infinite" if value < 0 else "nan"
    number = Fraction(value)
    here = Context(prec=digits, rounding=rounding, Emin=-999_999, Emax=999_999)
    rounded = here.divide(Decimal(number.numerator), Decimal(number.denominator))
    return _plain(rounded)


def _plain(number: Decimal) -> str:
    """Write a decimal without trailing zeros: plainly when its exponent is small, else in E notation."""
    if not number:
        return "0"
    trimmed = number.normalize(Context(prec=60, Emin=-999_999, Emax=999_999))
    if -5 <= trimmed.adjusted() <= 12:
        return f"{trimmed:f}"
    return f"{trimmed:e}".replace("e+", "e")

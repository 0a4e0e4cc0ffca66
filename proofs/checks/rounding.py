"""Checks of outward rounding: floats by their bit patterns, decimals by whole numbers, balls by midpoint and radius."""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from random import Random

from flint import arb, ctx

from accounting.numerics import ball, rounding

from .boxes import dyadic, exactly
from .check import CheckFailedError, Evidence, checks

__all__ = [
    "decimals_are_the_nearest_on_their_side",
    "ends_of_balls_are_outside",
    "floats_are_the_nearest_on_their_side",
]

_LARGEST = 0x7FEFFFFFFFFFFFFF
_BINADES = 2046


def _float_of(pattern: int) -> float:
    """Return the nonnegative float of a bit pattern; patterns are in the order of the floats."""
    (value,) = struct.unpack("<d", struct.pack("<Q", pattern))
    return float(value)


def _exact(pattern: int) -> Fraction:
    """Return the float's value from its bits alone."""
    exponent, fraction = pattern >> 52, pattern & ((1 << 52) - 1)
    if exponent:
        fraction, exponent = fraction | 1 << 52, exponent - 1
    return Fraction(fraction) * Fraction(2) ** (exponent - 1074)


def _check_float(value: Fraction, least_above: float, largest_below: float) -> int:
    """Compare both functions at a value and at its negative with what they should return."""
    cases = (
        ("float_at_least", rounding.float_at_least(value), least_above),
        ("float_at_most", rounding.float_at_most(value), largest_below),
        ("float_at_least of the negative", rounding.float_at_least(-value), 0.0 - largest_below),
        ("float_at_most of the negative", rounding.float_at_most(-value), 0.0 - least_above),
    )
    for name, found, wanted in cases:
        if found != wanted:
            raise CheckFailedError(
                f"{name} at {float(value)!r} + {value - Fraction(float(value))}: {found!r}, not {wanted!r}"
            )
    return len(cases)


@checks("outward-rounding", evidence=Evidence.EXHAUSTIVE)
def floats_are_the_nearest_on_their_side() -> int:
    """Four floats of every binade, subnormal and largest ones, both signs: at them, in the middle to the next, and beside both."""
    seen = 0
    for binade in range(_BINADES + 1):
        for pattern in (
            binade << 52,
            (binade << 52) + 1,
            (binade << 52) + 0x8000000000001,
            (binade << 52) | ((1 << 52) - 1),
        ):
            if pattern >= _LARGEST:
                continue
            low, high = _exact(pattern), _exact(pattern + 1)
            below, above = _float_of(pattern), _float_of(pattern + 1)
            seen += _check_float(low, below, below)
            for share in (
                Fraction(1, 1 << 70),
                Fraction(1, 2),
                Fraction(1, 2) + Fraction(1, 1 << 70),
                1 - Fraction(1, 1 << 70),
            ):
                seen += _check_float(low + share * (high - low), above, below)
    largest, most = _exact(_LARGEST), _float_of(_LARGEST)
    seen += _check_float(largest, most, most)
    for beyond in (Fraction(1, 7), Fraction(1 << 969), Fraction(1 << 970), Fraction(1 << 1100)):
        seen += _check_float(largest + beyond, math.inf, most)
    return seen


@checks("outward-rounding", evidence=Evidence.EXHAUSTIVE, units=tuple((digits,) for digits in (1, 2, 3, 6)))
def decimals_are_the_nearest_on_their_side(digits: int) -> int:
    """All a/b up to 40/40 times five powers of ten, for 1, 2, 3 and 6 digits, against division of whole numbers."""
    seen = 0
    for numerator in range(1, 41):
        for denominator in range(1, 41):
            for power in (-330, -7, 0, 13, 310):
                value = Fraction(numerator, denominator) * Fraction(10) ** power
                unit = Fraction(10) ** (_order(value) - digits + 1)
                low, high = math.floor(value / unit) * unit, math.ceil(value / unit) * unit
                for sign, least, most in ((1, low, high), (-1, -high, -low)):
                    up = rounding.print_at_least(sign * value, digits)
                    down = rounding.print_at_most(sign * value, digits)
                    if Fraction(up) != most or Fraction(down) != least:
                        raise CheckFailedError(
                            f"{sign * value} with {digits} digits prints as {down} and {up}, not {least} and {most}"
                        )
                    seen += 2
    return seen


def _order(value: Fraction) -> int:
    """Return e with 10^e <= value < 10^(e + 1)."""
    order = len(str(value.numerator)) - len(str(value.denominator))
    return order if value >= Fraction(10) ** order else order - 1


@checks("outward-rounding", evidence=Evidence.PROPERTY)
def ends_of_balls_are_outside() -> int:
    """2000 drawn balls at 30 to 120 bits: both ends outside midpoint and radius, and no further than the precision."""
    random, seen = Random(11), 0
    for _ in range(2000):
        middle = Fraction(random.randint(-(10**12), 10**12), 10 ** random.randint(0, 20))
        radius = Fraction(1, 2) ** random.randint(1, 90) * random.randint(0, 5)
        with ctx.workprec(random.choice((30, 53, 120))):
            made = exactly(middle) + arb(0, 1) * exactly(radius)
            low, high = ball.exact_lower(made), ball.exact_upper(made)
            centre, half = dyadic(made.mid()), dyadic(made.rad())
            spare = (abs(centre) + half) * Fraction(4, 1 << ctx.prec)
        for end, outside in ((low, centre - half - low), (high, high - centre - half)):
            if not 0 <= outside <= spare:
                raise CheckFailedError(
                    f"an end {float(end)} of {made} lies {float(outside)} outside, of at most {float(spare)}"
                )
            seen += 1
    return seen

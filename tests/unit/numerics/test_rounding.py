"""Rounding outward: to floats by at most one unit in the last place, to decimals by less than one digit."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounting.numerics.rounding import float_at_least, float_at_most, print_at_least, print_at_most

F = Fraction
LARGEST = math.nextafter(math.inf, 0.0)


@st.composite
def magnitudes(draw: st.DrawFn) -> Fraction:
    """Rationals of either sign at all magnitudes, also outside the range of floats."""
    top, bottom = draw(st.integers(-(10**25), 10**25)), draw(st.integers(1, 10**25))
    return F(top, bottom) * F(10) ** draw(st.integers(-400, 400))


@given(magnitudes())
@example(F(1, 3 * 10**18))
@example(F(5, 10**325))
@example(F(1, 10**400))
@example(F(-1, 10**400))
@example(F(10**309))
@example(F(-(10**309)))
@example(F(0.1))
def test_floats_are_the_nearest_on_their_side(value: Fraction) -> None:
    above, below = float_at_least(value), float_at_most(value)
    assert above == math.inf or F(above) >= value
    assert below == -math.inf or F(below) <= value
    if above != -LARGEST:
        before = math.nextafter(above, -math.inf)
        assert F(before) < value, "a smaller float would do"
    if below != LARGEST:
        after = math.nextafter(below, math.inf)
        assert F(after) > value, "a larger float would do"
    assert below == above or math.nextafter(below, math.inf) == above


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_stay(number: float) -> None:
    assert float_at_least(F(number)) == number == float_at_most(F(number))


def test_small_numbers_stay_positive() -> None:
    tiny = F(1, 3 * 10**18)
    assert F(float_at_most(tiny)) < tiny < F(float_at_least(tiny))
    assert float_at_most(tiny) > 0.0
    for exponent in (324, 330, 400, 5000):
        assert float_at_least(F(1, 10**exponent)) == 5e-324
        assert float_at_most(F(1, 10**exponent)) == 0.0
        assert float_at_least(F(-1, 10**exponent)) == 0.0


def test_zero_has_no_sign() -> None:
    for zero in (float_at_most(F(0)), float_at_least(F(0)), float_at_most(F(1, 10**400))):
        assert math.copysign(1.0, zero) == 1.0


def test_overflow() -> None:
    huge = F(10) ** 400
    assert (float_at_most(huge), float_at_least(huge)) == (LARGEST, math.inf)
    assert (float_at_most(-huge), float_at_least(-huge)) == (-math.inf, -LARGEST)


@given(magnitudes(), st.integers(1, 25))
def test_printing_is_outward_and_close(value: Fraction, digits: int) -> None:
    above, below = F(Decimal(print_at_least(value, digits))), F(Decimal(print_at_most(value, digits)))
    assert below <= value <= above
    if value:
        assert above - below <= abs(value) * F(10) ** (1 - digits)
    else:
        assert above == below == 0


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 20))
def test_floats_are_printed_as_what_they_are(number: float, digits: int) -> None:
    assert (
        F(Decimal(print_at_most(number, digits))) <= F(number) <= F(Decimal(print_at_least(number, digits)))
    )


@pytest.mark.parametrize(
    ("value", "at_most", "at_least"),
    [
        (F(1, 3), "0.333333", "0.333334"),
        (F(2, 3), "0.666666", "0.666667"),
        (F(-1, 3), "-0.333334", "-0.333333"),
        (F(1, 4), "0.25", "0.25"),
        (F(0), "0", "0"),
        (F(10), "10", "10"),
        (F(999999999, 10**9), "0.999999", "1"),
        (F(1, 3 * 10**18), "3.33333e-19", "3.33334e-19"),
        (F(1, 7 * 10**500), "1.42857e-501", "1.42858e-501"),
        (F(2 * 10**20, 3), "6.66666e19", "6.66667e19"),
        (math.inf, "infinite", "infinite"),
        (-math.inf, "-infinite", "-infinite"),
    ],
)
def test_printed(value: Fraction | float, at_most: str, at_least: str) -> None:
    assert (print_at_most(value), print_at_least(value)) == (at_most, at_least)

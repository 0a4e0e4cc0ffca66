"""The number type at boundaries."""

import math
import pickle
from dataclasses import FrozenInstanceError
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.errors import UndecidedError
from accounting.numerics.ball import arb, enclosure_of, precision
from accounting.numerics.enclosure import Enclosure

F = Fraction
numbers = st.fractions(F(-5), F(5), max_denominator=50)


@st.composite
def enclosures(draw: st.DrawFn) -> Enclosure:
    lower, upper = sorted((draw(numbers), draw(numbers)))
    return Enclosure(lower, upper)


def test_it_has_no_truth_value() -> None:
    for enclosure in (Enclosure.exactly(0), Enclosure(F(1), F(2))):
        with pytest.raises(TypeError):
            bool(enclosure)
        with pytest.raises(TypeError):
            assert enclosure


@pytest.mark.parametrize("name", ["__lt__", "__le__", "__gt__", "__ge__"])
def test_it_has_no_order(name: str) -> None:
    assert getattr(Enclosure, name) is getattr(object, name)


def test_it_is_no_float() -> None:
    value: Any = Enclosure.exactly(1)
    with pytest.raises(TypeError):
        float(value)


@given(numbers, numbers)
def test_crossing_ends_raise(one: Fraction, other: Fraction) -> None:
    lower, upper = sorted((one, other))
    if lower == upper:
        assert Enclosure(lower, upper).is_exact
    else:
        with pytest.raises(ArithmeticError):
            Enclosure(upper, lower)


def test_it_is_frozen_and_survives_pickling() -> None:
    value: Any = Enclosure(F(1), F(2))
    with pytest.raises(FrozenInstanceError):
        value.lower = F(0)
    assert pickle.loads(pickle.dumps(value)) == value


def test_certainly_at_most_has_three_outcomes() -> None:
    middle = Enclosure(F(1), F(2))
    assert middle.certainly_at_most(2) is True
    assert middle.certainly_at_most(Enclosure(F(2), F(3))) is True
    assert middle.certainly_at_most(F(99, 100)) is False
    assert middle.certainly_at_most(Enclosure(F(0), F(1, 2))) is False
    for overlapping in (F(3, 2), F(1), Enclosure(F(0), F(1)), middle):
        with pytest.raises(UndecidedError):
            middle.certainly_at_most(overlapping)
    assert Enclosure.exactly(1).certainly_at_most(1) is True


@given(enclosures(), enclosures(), st.data())
def test_a_decided_comparison_holds_for_every_pair_of_numbers(
    left: Enclosure, right: Enclosure, data: st.DataObject
) -> None:
    a = data.draw(st.fractions(left.lower, left.upper))
    b = data.draw(st.fractions(right.lower, right.upper))
    try:
        decided = left.certainly_at_most(right)
    except UndecidedError:
        assert left.lower <= right.upper
        assert right.lower < left.upper
        return
    assert decided == (a <= b)


@given(enclosures(), enclosures(), st.data())
def test_maximum(left: Enclosure, right: Enclosure, data: st.DataObject) -> None:
    a = data.draw(st.fractions(left.lower, left.upper))
    b = data.draw(st.fractions(right.lower, right.upper))
    assert max(a, b) in left.maximum(right)
    assert left.maximum(right) == right.maximum(left)
    assert left.maximum(left) == left


def test_widths() -> None:
    assert Enclosure(F(1), F(3, 2)).width == F(1, 2)
    assert Enclosure(F(1), F(3, 2)).relative_width == 0.5
    assert Enclosure.exactly(0).relative_width == 0.0
    assert Enclosure(F(0), F(1, 10**30)).relative_width == math.inf
    assert Enclosure(F(-1), F(1)).relative_width == math.inf
    third = Enclosure(F(3), F(4)).relative_width
    assert F(third) > F(1, 3) > F(math.nextafter(third, 0.0))


def test_membership_is_exact() -> None:
    value = Enclosure(F(1, 10), F(1, 3))
    assert 0.1 in value  # the float 0.1 is a little above one tenth
    assert 1 / 3 in value  # the float 1/3 is a little below one third
    assert math.nextafter(1 / 3, 1.0) not in value
    assert F(1, 10) - F(1, 10**40) not in value
    assert math.nan not in value


def test_floats_and_text_are_outward() -> None:
    third = Enclosure.exactly(F(1, 3))
    low, high = third.floats
    assert F(low) < F(1, 3) < F(high)
    assert high == math.nextafter(low, 1.0)
    assert str(third) == "[0.333333, 0.333334]"


@given(st.integers(-(10**6), 10**6), st.integers(-60, 60), st.integers(0, 1000))
def test_a_ball_becomes_an_enclosure_that_contains_it(mantissa: int, exponent: int, radius: int) -> None:
    with precision(80):
        value = arb(mantissa) * arb(2) ** exponent + arb(0, 1) * (arb(radius) * arb(2) ** (exponent - 3))
        enclosure = enclosure_of(value)
        centre, reach = F(mantissa) * F(2) ** exponent, F(radius) * F(2) ** (exponent - 3)
        assert enclosure.lower <= centre - reach
        assert centre + reach <= enclosure.upper
        assert enclosure.width <= 2 * reach * (1 + F(1, 2**20)) + abs(centre) / 2**60

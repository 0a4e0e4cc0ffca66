"""Numbered candidates: every decimal once, in order, and more private with the number."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.calibration.grid import Counts, Decimals, Falling, Grid, Rising


@given(st.integers(-2000, 2000), st.integers(1, 6))
def test_decimals_rise_and_are_found_again(number: int, digits: int) -> None:
    decimals = Decimals(digits)
    value = decimals.value(number)
    assert value < decimals.value(number + 1)
    assert decimals.at_most(value) == number
    middle = (value + decimals.value(number + 1)) / 2
    assert decimals.at_most(middle) == number


def test_all_decimals_of_one_digit() -> None:
    wanted = [Fraction(9, 10), *map(Fraction, (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20))]
    assert [Decimals(1).value(k) for k in range(-1, 11)] == wanted


@pytest.mark.parametrize(
    "grid", [Counts(), Falling(), Falling(scale=4.0, digits=4), Rising(Fraction(1, 100), Fraction(10**6))]
)
def test_places_rise_with_the_number(grid: Grid) -> None:
    step = max((grid.last - grid.first) // 50, 1)
    numbers = range(grid.first, grid.last, step)
    assert all(grid.place(a) < grid.place(b) for a, b in pairwise(numbers))
    for number in numbers:
        assert grid.nearest(float(grid.value(number))) in range(number - 2, number + 3) or number > 10**15


def test_ends() -> None:
    assert Falling().value(Falling().first) == 300
    assert Falling().value(Falling().last) == Fraction(1, 10**9)
    rising = Rising(Fraction(1, 7), Fraction(1000))
    assert rising.value(rising.first) <= Fraction(1, 7)
    assert rising.value(rising.last) == 1000

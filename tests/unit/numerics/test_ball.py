"""The door to ball arithmetic."""

import math
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import flint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.numerics.ball import (
    arb,
    ball,
    below,
    enclosure_of,
    exact_lower,
    exact_upper,
    hull,
    positive_part,
    precision,
)

F = Fraction


def test_precision_is_restored() -> None:
    before = flint.ctx.prec
    with precision(200):
        assert flint.ctx.prec == 200
        with precision(77):
            assert flint.ctx.prec == 77
        assert flint.ctx.prec == 200
    assert flint.ctx.prec == before
    with pytest.raises(ZeroDivisionError), precision(300):
        raise ZeroDivisionError
    assert flint.ctx.prec == before


@given(st.fractions(), st.integers(20, 300))
def test_a_rational_is_in_its_ball(value: Fraction, bits: int) -> None:
    with precision(bits):
        enclosure = enclosure_of(ball(value))
    assert value in enclosure
    assert enclosure.width <= abs(value) * F(4, 2**bits)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_are_taken_exactly(value: float) -> None:
    with precision(20):
        taken = ball(value)
    with precision(60):
        assert exact_lower(taken) == F(value) == exact_upper(taken)


@given(st.fractions(), st.integers(20, 60))
def test_ends_are_rounded_outward_at_a_lower_precision(value: Fraction, bits: int) -> None:
    with precision(200):
        fine = ball(value)
    with precision(bits):
        assert exact_lower(fine) <= value <= exact_upper(fine)


@given(st.fractions(F(-9), F(9), max_denominator=99), st.fractions(F(0), F(3), max_denominator=99))
def test_positive_part(centre: Fraction, radius: Fraction) -> None:
    with precision(100):
        part = enclosure_of(positive_part(ball(centre) + arb(0, 1) * ball(radius)))
    assert part.lower <= max(F(0), centre - radius)
    # radii of balls are kept to 30 bits, rounded up
    assert (
        max(F(0), centre + radius)
        <= part.upper
        <= max(F(0), centre + radius) + radius * F(1, 2**24) + F(1, 2**90)
    )
    assert part.lower >= -part.upper


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_hull_contains_both_and_all_between(one: float, other: float) -> None:
    with precision(60):
        enclosure = enclosure_of(hull(arb(one), arb(other)))
    assert all(value in enclosure for value in (one, other, (F(one) + F(other)) / 2))


def test_below_is_false_when_it_is_not_certain() -> None:
    with precision(60):
        assert below(arb(1), arb(2))
        assert not below(arb(2), arb(1))
        assert not below(arb(1, 1), arb(1, 1))
        assert not below(arb(1), 1)


def test_ends_of_an_exponential() -> None:
    with precision(120):
        enclosure = enclosure_of(ball(1).exp())
    assert F(math.nextafter(math.e, 0)) < enclosure.lower < enclosure.upper < F(math.nextafter(math.e, 3))
    assert enclosure.width < F(1, 2**115)


def test_threads_do_not_change_each_others_precision() -> None:
    """Without the lock some thread divides at the precision of another."""

    def digits(bits: int) -> set[int]:
        found = set()
        for _ in range(300):
            with precision(bits):
                time.sleep(0)
                found.add(int((arb(1) / 3).rel_accuracy_bits()))
        return found

    with ThreadPoolExecutor(8) as executor:
        bits = [64, 1000, 100, 500] * 4
        for wanted, found in zip(bits, executor.map(digits, bits), strict=True):
            assert len(found) == 1
            assert abs(found.pop() - wanted) < 4

"""Likelihood factors are compared exactly."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.errors import UndecidedError
from accounting.numerics import factor as module
from accounting.numerics.ball import enclosure_of, precision
from accounting.numerics.factor import Factor

F = Fraction
exponents = st.fractions(F(-20), F(20), max_denominator=1000)
positive = st.fractions(F(1, 1000), F(1000), max_denominator=1000)
any_factor = st.one_of(exponents.map(Factor.exp), positive.map(Factor.of))

# e to 60 digits, one unit below and above the last
E_BELOW = F("2.71828182845904523536028747135266249775724709369995957496696")
E_ABOVE = E_BELOW + F(1, 10**59)


def test_e_to_the_zero_is_one() -> None:
    assert Factor.exp(F(0)) == Factor.of(F(1))
    assert Factor.exp(F(0)).compare_with_one() == 0


@given(exponents, exponents)
def test_exponentials_are_compared_by_their_exponents(one: Fraction, other: Fraction) -> None:
    assert Factor.exp(one).at_least(Factor.exp(other)) == (one >= other)


@given(positive, positive)
def test_rationals_are_compared_as_such(one: Fraction, other: Fraction) -> None:
    assert Factor.of(one).at_least(Factor.of(other)) == (one >= other)


@given(any_factor, any_factor)
def test_at_least_is_a_total_order(one: Factor, other: Factor) -> None:
    assert one.at_least(other) or other.at_least(one)
    assert (one.at_least(other) and other.at_least(one)) == (one == other)


def test_a_rational_against_an_exponential_near_it() -> None:
    e = Factor.exp(F(1))
    assert e.at_least(Factor.of(E_BELOW))
    assert not Factor.of(E_BELOW).at_least(e)
    assert not e.at_least(Factor.of(E_ABOVE))
    assert Factor.of(E_ABOVE).at_least(e)


def test_a_rational_within_a_thousand_bits_of_an_exponential() -> None:
    with precision(3000):
        near = enclosure_of(Factor.exp(F(1)).ball())
    assert Factor.exp(F(1)).at_least(Factor.of(near.lower))
    assert Factor.of(near.upper).at_least(Factor.exp(F(1)))
    assert not Factor.of(near.lower).at_least(Factor.exp(F(1)))


def test_what_the_bits_do_not_decide_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_BITS", 128)
    with pytest.raises(UndecidedError):
        Factor.exp(F(1)).at_least(Factor.of(E_BELOW))


@given(any_factor)
def test_inverse(factor: Factor) -> None:
    assert factor.inverse().inverse() == factor
    assert factor.inverse().compare_with_one() == -factor.compare_with_one()
    assert (factor.compare_with_one() >= 0) == factor.at_least(Factor.of(F(1)))
    with precision(120):
        product = enclosure_of(factor.ball() * factor.inverse().ball())
        log = enclosure_of(factor.log() + factor.inverse().log())
    assert 1 in product
    assert 0 in log


@given(exponents)
def test_ball_and_log_agree(exponent: Fraction) -> None:
    with precision(150):
        factor = Factor.exp(exponent)
        assert exponent in enclosure_of(factor.ball().log())
        assert exponent in enclosure_of(factor.log())

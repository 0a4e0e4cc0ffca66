"""Inversion of a falling curve: certified whatever the guess and however poor the evaluations."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.curves.inverse import Guess, certified_inverse, search
from accounting.numerics.ball import enclosure_of, positive_part, precision
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor

F = Fraction
MOST = F(2)


BIAS = F(1, 3)  # where in its enclosure a value lies


def tent(factor: Factor, relative_width: float) -> Enclosure:
    """The curve (1 - epsilon / 2)_+^4 / 2, as widely as allowed; it vanishes from epsilon = 2 on."""
    with precision(200):
        epsilon = enclosure_of(positive_part(factor.log()))
    ends = [max(F(0), 1 - e / 2) ** 4 / 2 for e in (epsilon.upper, epsilon.lower)]
    room = F(relative_width)
    return Enclosure(ends[0] * (1 - room * BIAS), ends[1] * (1 + room * (1 - BIAS)))


def truth_in(found: tuple[Fraction, Fraction | None], level: Fraction) -> bool:
    """Whether the answer 2 (1 - (2 level)^(1/4)) is between the ends, exactly."""
    lower, upper = found

    def delta(epsilon: Fraction) -> Fraction:
        return max(F(0), 1 - epsilon / 2) ** 4 / 2

    return (lower == 0 or delta(lower) > level) and (upper is None or delta(upper) <= level)


levels = st.integers(-40, -1).map(lambda e: F(10) ** e) | st.fractions(F(1, 1000), F(49, 100))


@given(levels, st.sampled_from([1e-3, 1e-6]))
def test_search_then_certify(level: Fraction, width: float) -> None:
    found = certified_inverse(tent, level, search(tent, level, float(MOST)), MOST, width)
    assert truth_in(found, level)
    lower, upper = found
    assert upper is not None
    assert upper - lower <= 12 * F(width) * upper


@given(levels, st.floats(1e-6, 10.0), st.floats(1e-9, 1e3), st.sampled_from([1e-2, 1e-6]))
def test_any_guess_is_sound(level: Fraction, epsilon: float, steepness: float, width: float) -> None:
    """Also a guess beyond the right end, where the lower end must not be taken for granted."""
    found = certified_inverse(tent, level, Guess(epsilon, steepness), MOST, width)
    assert truth_in(found, level)
    lower, upper = found
    assert 0 <= lower <= MOST
    assert upper is None or lower <= upper <= MOST


def test_a_guess_just_beyond_the_right_end() -> None:
    level = F(1, 10**40)
    found = certified_inverse(tent, level, Guess(2.0 * (1 + 3e-5), 1.0), MOST, 1e-6)
    assert truth_in(found, level)


@pytest.mark.parametrize("room", [F(1, 10), F(1, 2), F(9, 10)])
def test_wide_evaluations_give_wide_answers(room: Fraction) -> None:
    def poor(factor: Factor, relative_width: float) -> Enclosure:
        exact = tent(factor, relative_width)
        return Enclosure(exact.lower * (1 - room), exact.upper * (1 + room))

    for level in (F(1, 4), F(1, 10**6), F(1, 10**30)):
        found = certified_inverse(poor, level, search(poor, level, 2.0), MOST, 1e-6)
        assert truth_in(found, level)


def test_evaluations_that_say_nothing() -> None:
    def nothing(factor: Factor, relative_width: float) -> Enclosure:  # noqa: ARG001
        return Enclosure(F(0), F(1))

    found = certified_inverse(nothing, F(1, 100), search(nothing, F(1, 100), 2.0), MOST, 1e-6)
    assert found == (F(0), None)


def test_search_returns_a_number_for_any_curve() -> None:
    for level in (F(1, 2), F(1, 10**300), F(1, 10**4000)):
        guess = search(tent, level, 2.0)
        assert math.isfinite(guess.epsilon)
        assert guess.epsilon > 0
        assert guess.steepness > 0

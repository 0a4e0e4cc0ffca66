"""Coarse totals: above the fine ones' lower ends, not far above, for any grid."""

from collections import Counter
from fractions import Fraction

import pytest

import accounting as csa
from accounting.composition import quick
from accounting.composition.quick import QuickTotal
from accounting.numerics.dots import BITS, loss_above

A = csa.Shuffle(csa.KaryRandomizedResponse(8, "4"), users=20_000)
B = csa.Shuffle(csa.PureLocal("2"), users=1_000)
LEVEL = Fraction("1e-6")


def test_upper_ends() -> None:
    parts = Counter([A, B, B])
    fine = csa.ConcurrentShuffles([A, B, B])
    grid = QuickTotal.near(parts, LEVEL)
    epsilon, delta = fine.epsilon(delta=LEVEL), fine.delta(epsilon="0.7")
    quick_epsilon, quick_delta = grid.epsilon(parts, LEVEL), grid.delta(parts, Fraction("0.7"))
    assert epsilon.lower <= quick_epsilon.upper <= 1.01 * epsilon.upper
    assert delta.lower <= quick_delta.upper <= 1.2 * delta.upper
    assert "adaptive-composition" in quick_delta.upper_claims
    assert quick_delta.lower == quick_epsilon.lower == 0.0


def test_above_the_exact_value_of_small_cases() -> None:
    kernel = csa.BinaryRandomizedResponse(keep="3/4")
    small = [csa.Shuffle(kernel, users=3), csa.Shuffle(kernel, users=4)]
    exact = csa.exact_delta(small, epsilon="1/2", inputs="adaptive").delta
    parts = Counter(small)
    found = QuickTotal.near(parts, LEVEL).delta(parts, Fraction(1, 2)).upper
    assert Fraction(found) >= (exact if isinstance(exact, Fraction) else exact.lower)


def test_infinite_where_a_message_betrays() -> None:
    betraying = csa.FiniteRandomizer([["1/2", "1/2", 0], [0, "1/2", "1/2"]])
    parts = Counter([csa.Shuffle(betraying, users=10), A])
    assert QuickTotal.near(parts, LEVEL).epsilon(parts, LEVEL).upper == float("inf")


def test_epsilon_is_on_the_safe_side_of_its_own_curve() -> None:
    parts = Counter([A, B, B])
    grid = QuickTotal.near(parts, LEVEL)
    epsilon = Fraction(grid.epsilon(parts, LEVEL).upper)
    assert grid.delta(parts, epsilon).upper <= LEVEL


def test_trimming_loses_no_mass() -> None:
    """What leaves the window goes to its low end or to the infinite loss: nothing is dropped."""
    loss = QuickTotal(step=Fraction(1, 256), tail=1e-2)._composed({A: 1, B: 16}).loss
    assert sum(loss.masses) + loss.infinite >= 1 << BITS


def test_lower_ends_are_those_of_one_data_set() -> None:
    parts = Counter([A, B, B])
    fine = csa.ConcurrentShuffles([A, B, B]).delta(epsilon="0.7")
    found = QuickTotal.near(parts, LEVEL).both_ends(parts, Fraction("0.7"))
    assert fine.lower * 0.8 <= found.lower <= fine.upper
    assert found.upper == QuickTotal.near(parts, LEVEL).delta(parts, Fraction("0.7")).upper
    assert found.witness is not None
    assert "2 times" in found.witness.sentence()


def test_lower_ends_of_small_cases_are_below_the_exact_value(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = csa.KaryRandomizedResponse(3, keep="3/5")
    small = [csa.Shuffle(kernel, users=3), csa.Shuffle(kernel, users=4)]
    exact = csa.exact_delta(small, epsilon="1/2", inputs="fixed").delta
    most = exact if isinstance(exact, Fraction) else exact.upper
    parts = Counter(small)
    grid = QuickTotal(step=Fraction(1, 64), tail=1e-9)
    assert 0 < Fraction(grid.both_ends(parts, Fraction(1, 2)).lower) <= most
    monkeypatch.setattr(
        quick, "_attained", lambda part, step, tail: loss_above(part.samples_above(step, tail))
    )
    assert Fraction(grid.both_ends(parts, Fraction(1, 2)).lower) > most

"""Errors planted in outward rounding are found."""

from fractions import Fraction

import pytest

from accounting.numerics import ball, rounding
from proofs.checks import rounding as checks
from proofs.checks.boxes import dyadic
from tests.unit.checks.planting import assert_fails


def test_rounding_to_nearest_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "float_at_least", lambda value: float(value))
    assert_fails(checks.floats_are_the_nearest_on_their_side)


def test_an_additive_nudge_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "float_at_most", lambda value: float(value) - 1e-15)
    assert_fails(checks.floats_are_the_nearest_on_their_side)


@pytest.mark.parametrize("name", ["print_at_least", "print_at_most"])
def test_printing_to_nearest_fails(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def nearest(value: Fraction, digits: int) -> str:
        return f"{float(value):.{digits}g}"

    monkeypatch.setattr(rounding, name, nearest)
    assert_fails(checks.decimals_are_the_nearest_on_their_side, 2)


@pytest.mark.parametrize("name", ["exact_lower", "exact_upper"])
def test_the_middle_of_a_ball_fails(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(ball, name, lambda value: dyadic(value.mid()))
    assert_fails(checks.ends_of_balls_are_outside)


@pytest.mark.slow
def test_they_pass() -> None:
    assert checks.floats_are_the_nearest_on_their_side() > 10_000
    assert checks.decimals_are_the_nearest_on_their_side(2) > 10_000
    assert checks.ends_of_balls_are_outside() > 1000

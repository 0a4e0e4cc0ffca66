"""Errors planted in grid losses, their composition and their floats are found."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from flint import arb, fmpz

from accounting.curves import pld
from accounting.numerics import convolution, dots
from accounting.numerics.dots import GridLoss
from accounting.numerics.integers import Integers
from accounting.numerics.pieces import Piece
from accounting.numerics.rounding import float_at_least
from accounting.numerics.samples import Samples
from proofs.checks import grids as checks
from tests.unit.checks.planting import assert_fails, planted

_ABOVE = dots.loss_above


def test_lower_ends_above_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def flipped(samples: Samples) -> GridLoss:
        return _ABOVE(replace(samples, highs=samples.lows))

    monkeypatch.setattr(dots, "loss_above", flipped)
    assert_fails(checks.dots_are_connected_from_both_sides, 2, 5)


def test_chords_themselves_below_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dots, "_chord_share", lambda *_: arb(1))
    assert_fails(checks.dots_are_connected_from_both_sides, 2, 5)


def test_losses_above_in_place_of_below_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dots, "loss_below", _ABOVE)
    assert_fails(checks.dots_are_connected_from_both_sides, 3, 3)


def test_chords_that_dip_nowhere_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(self: Piece, alphas: Sequence[arb]) -> list[arb]:  # noqa: ARG001
        return [arb(0)] * (len(alphas) - 1)

    monkeypatch.setattr(Piece, "dips", none)
    assert_fails(checks.a_shuffle_is_sampled_from_both_sides)


def test_a_forgotten_infinite_loss_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convolution, "_infinite_mass", lambda first, second: first.infinite * second.infinite)
    assert_fails(checks.small_losses_compose, "0")


def test_a_window_that_drops_mass_from_above_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = planted(convolution._Above.multiplied, "infinite + moved", "infinite")
    monkeypatch.setattr(convolution._Above, "multiplied", changed)
    assert_fails(checks.small_losses_compose, "20")


def test_a_window_that_moves_mass_up_from_below_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = planted(convolution._Below.multiplied, "infinite, first.count", "infinite + moved, first.count")
    monkeypatch.setattr(convolution._Below, "multiplied", changed)
    assert_fails(checks.small_losses_compose, "20")


def test_products_rounded_to_the_wrong_side_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Integers, "times_up", Integers.times_down)
    assert_fails(checks.drawn_losses_compose)


def test_products_below_one_unit_rounded_down_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """The division of polynomials is no floor for what is negative and small."""

    def negated(self: Integers, other: Integers, shift: int) -> Integers:
        return Integers(-((-(self.poly * other.poly)) // (fmpz(1) << shift)))

    monkeypatch.setattr(Integers, "times_up", negated)
    assert_fails(checks.drawn_losses_compose)


def test_floats_that_are_not_inflated_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def plain(loss: GridLoss, step: Fraction) -> tuple[dict[int, float], float]:  # noqa: ARG001
        unit = 1 << dots.BITS
        finite = {
            loss.low + k: float_at_least(Fraction(mass, unit)) for k, mass in enumerate(loss.masses) if mass
        }
        return finite, float_at_least(Fraction(loss.infinite, unit))

    monkeypatch.setattr(pld, "inflated", plain)
    assert_fails(checks.floats_are_not_below)


@pytest.mark.parametrize(
    ("term", "instead"),
    [
        ("masses[k] += carried", "masses[k] += 0"),
        ("1 / (1 - worst) / (1 - (len(masses) + 64) * _ROUNDING)", "Fraction(1)"),
    ],
)
def test_floats_without_a_term_fail(monkeypatch: pytest.MonkeyPatch, term: str, instead: str) -> None:
    changed: Any = planted(pld.inflated, term, instead)
    monkeypatch.setattr(pld, "inflated", changed)
    assert_fails(checks.floats_are_not_below)


@pytest.mark.slow
def test_they_pass() -> None:
    assert checks.dots_are_connected_from_both_sides(2, 5) > 0
    assert checks.small_losses_compose("8") > 0
    assert checks.drawn_losses_compose() > 0
    assert checks.floats_are_not_below() > 0

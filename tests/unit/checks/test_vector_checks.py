"""Checks of vector counts see what is planted."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from accounting.numerics.ball import arb
from accounting.numerics.enclosure import Enclosure
from accounting.pairs import gaussian_shift
from accounting.randomizers import gram
from proofs.checks import vectors
from proofs.checks.check import CheckFailedError
from tests.unit.checks.planting import assert_fails, planted

pytestmark = pytest.mark.proof

F = Fraction


def test_a_root_one_count_off_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both inequalities between Phi(c(k)), P(Z <= k) and Phi(c(k+1)) are needed."""
    right = gaussian_shift._quantile
    monkeypatch.setattr(
        gaussian_shift, "_quantile", lambda total, k, p: right(total, max(k - 1, 1), p) - arb("0.01")
    )
    assert_fails(vectors.quantiles_of_binomial_laws, 0, 5, 20)
    monkeypatch.setattr(
        gaussian_shift, "_quantile", lambda total, k, p: right(total, min(k + 1, total - 1), p) + arb("0.01")
    )
    assert_fails(vectors.quantiles_of_binomial_laws, 0, 5, 20)


@pytest.mark.parametrize("which", [min, lambda ends: sum(ends) / 2])
def test_the_flatter_end_of_a_window_fails(monkeypatch: pytest.MonkeyPatch, which: object) -> None:
    """kappa is that of the steeper end, not of the other one or of the middle."""
    wrong = planted(gaussian_shift._steepest, "max(Fraction", "min(Fraction")
    if which is not min:
        wrong = planted(
            gaussian_shift._steepest, "for count in (low, high)", "for count in ((low + high) // 2,)"
        )
    monkeypatch.setattr(gaussian_shift, "_steepest", wrong)
    assert_fails(vectors.quantiles_of_binomial_laws, 2, 20, 40)
    assert_fails(vectors.corners_of_the_windows, 900, 8, 2)


def test_windows_without_tails_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    right = gaussian_shift.shift_windows
    without = Enclosure.exactly(0)
    monkeypatch.setattr(
        gaussian_shift,
        "shift_windows",
        lambda *given: tuple(replace(one, tail=without) for one in right(*given)),
    )
    with pytest.raises(CheckFailedError, match="is outside of"):
        vectors.corners_of_the_windows(200, 8, 0)


def test_one_tail_for_two_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = planted(gaussian_shift.shift_windows, "normal_cdf(_quantile(total, below + 1, p)) + ", "")
    monkeypatch.setattr(gaussian_shift, "shift_windows", wrong)
    with pytest.raises(CheckFailedError, match="is outside of"):
        vectors.corners_of_the_windows(200, 8, 0)


def test_a_shorter_shift_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mu of less than half of the length is not enough, even at small sizes, where the bound is loose."""
    right = gaussian_shift._length
    monkeypatch.setattr(gaussian_shift, "_length", lambda randomizer: right(randomizer) / 4)
    assert_fails(vectors.shifted_vectors_by_enumeration, 24, 2, 0)
    assert_fails(vectors.rounded_vectors_by_enumeration, 16, 1, 0)


@pytest.mark.parametrize(
    ("term", "instead"),
    [
        ("rounded.min(farthest) + side", 'arb("0.95") * (rounded.min(farthest) + side)'),
        ("rounded.min(farthest) + side", "ball(randomizer.levels * randomizer.sensitivity).min(farthest)"),
        ("2 * randomizer.levels * side", "2 * arb(randomizer.levels)"),
    ],
)
def test_a_length_a_little_too_short_fails(monkeypatch: pytest.MonkeyPatch, term: str, instead: str) -> None:
    """Five percent, both roots of the dimension, or the root in the farthest distance."""
    monkeypatch.setattr(gaussian_shift, "_length", planted(gaussian_shift._length, term, instead))
    assert_fails(vectors.sums_of_all_coordinates, 4, 1200, 25, 0)


def test_rounding_that_moves_one_coordinate_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = planted(gaussian_shift._length, "arb(randomizer.dimension).sqrt()", "arb(1)")
    monkeypatch.setattr(gaussian_shift, "_length", wrong)
    assert_fails(vectors.sums_of_all_coordinates, 20, 300, 5, 1)


def test_a_bound_far_from_all_sums_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check says so when it has become too loose to see an error."""
    right = gaussian_shift._length
    monkeypatch.setattr(gaussian_shift, "_length", lambda randomizer: 3 * right(randomizer))
    with pytest.raises(CheckFailedError, match="no sum comes near the bound"):
        vectors.sums_of_all_coordinates(20, 300, 5, 1)


def test_a_smaller_distance_of_contexts_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = gram.gram_sensitivity
    monkeypatch.setattr(gram, "gram_sensitivity", lambda weight: right(weight) * F(99, 100))
    assert_fails(vectors.contexts_are_within_the_distance, 2, 2000)
    monkeypatch.setattr(gram, "gram_sensitivity", lambda weight: 2 * right(weight))
    with pytest.raises(CheckFailedError, match="no drawn pair comes near"):
        vectors.contexts_are_within_the_distance(2, 2000)


def test_a_wrong_square_fails() -> None:
    assert_fails(
        planted(vectors.distance_is_a_square, "2 * (c + weight**2 / 2) ** 2", "(c + weight**2 / 2) ** 2")
    )
    assert_fails(planted(vectors.the_ratio_is_an_average, "(1 - z) / (v * (v - (1 - z)))\n", "(1 - z) / v\n"))

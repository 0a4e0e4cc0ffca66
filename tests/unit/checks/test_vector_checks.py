"""Checks of vector counts see what is planted."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from accounting.numerics.ball import arb
from accounting.numerics.enclosure import Enclosure
from accounting.pairs import gaussian_shift
from accounting.pairs.counts import CountPair
from accounting.randomizers import gram
from proofs.checks import quantiles, vectors
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
    right = gaussian_shift._shift
    monkeypatch.setattr(gaussian_shift, "_shift", lambda *given: right(*given) / 4)
    assert_fails(vectors.shifted_vectors_by_enumeration, 24, 2, 0)
    assert_fails(vectors.rounded_vectors_by_enumeration, 16, 1, 0)


@pytest.mark.parametrize(
    ("function", "term", "instead"),
    [
        ("_shift", "    return ", '    return arb("0.97") * '),
        ("_length", "2 * randomizer.levels * side", "2 * arb(randomizer.levels)"),
        ("_lengths", "found.append((length,", "found.append((length / 2,"),
    ],
)
def test_a_length_a_little_too_short_fails(
    monkeypatch: pytest.MonkeyPatch, function: str, term: str, instead: str
) -> None:
    """Three percent, the root of the dimension in the farthest distance, or the lengths of usual roundings."""
    wrong = planted(getattr(gaussian_shift, function), term, instead)
    monkeypatch.setattr(gaussian_shift, function, wrong)
    assert_fails(quantiles.sums_of_all_coordinates, 4, 1200, 25, 0)


def test_a_bound_far_from_all_sums_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check says so when it has become too loose to see an error."""
    right = gaussian_shift._shift
    monkeypatch.setattr(gaussian_shift, "_shift", lambda *given: 3 * right(*given))
    with pytest.raises(CheckFailedError, match="no sum comes near the bound"):
        quantiles.sums_of_all_coordinates(20, 300, 5, 1)


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


def test_steps_as_if_the_normal_density_did_not_fall_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest step is more than kappa."""
    monkeypatch.setattr(
        gaussian_shift,
        "_longest_step",
        lambda total, low, high, _: gaussian_shift._steepest(total, low, high),
    )
    assert_fails(quantiles.steps_of_the_quantiles, 0, 200)


@pytest.mark.parametrize(
    ("term", "instead"),
    [
        ("abs(_quantile(total, count, p))", "abs(_quantile(total, count, p)) / 2"),
        ("first.max(last)", "first.min(last)"),
        ("kappa = _steepest(total, low, high)", "kappa = _steepest(total, high, high)"),
    ],
)
def test_a_step_too_short_fails(term: str, instead: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end farthest from the mean and the steepest one count."""
    monkeypatch.setattr(gaussian_shift, "_longest_step", planted(gaussian_shift._longest_step, term, instead))
    assert_fails(quantiles.steps_of_the_quantiles, 2, 200)


def test_a_search_that_stops_short_is_refused() -> None:
    """What the search finds is compared with the condition, in balls."""
    wrong = planted(gaussian_shift._longest_step, "slope * length**2 / 2.0", "slope * length**2 / 4.0")
    assert wrong(10**6, 490_000, 510_000, F(1, 2)) is None


def test_quantiles_of_large_laws_see_half_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    right = gaussian_shift._longest_step

    def short(*given: object) -> object:
        longest = right(*given)  # type: ignore[arg-type]
        return None if longest is None else longest * arb("0.99")

    monkeypatch.setattr(gaussian_shift, "_longest_step", short)
    assert_fails(quantiles.drawn_laws_of_many_bits, 1, 24)
    monkeypatch.setattr(gaussian_shift, "_longest_step", right)
    steepest = gaussian_shift._steepest
    monkeypatch.setattr(gaussian_shift, "_steepest", lambda *given: steepest(*given) / 2)
    assert_fails(quantiles.drawn_laws_of_many_bits, 1, 24)


@pytest.mark.parametrize(
    ("term", "instead", "case"),
    [
        (
            "math.isqrt(math.floor(square / axes))",
            "1 + math.isqrt(math.floor(square / axes))",
            (2, 1, "28/10", 6),
        ),
        ("min(farthest, ", "min(2 * farthest, ", (2, 2, "2828/1000", 6)),
    ],
)
def test_two_vectors_that_nobody_holds_fail(
    term: str, instead: str, case: tuple[int, int, str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaussian_shift, "axis_steps", planted(gaussian_shift.axis_steps, term, instead))
    with pytest.raises(CheckFailedError, match="are not allowed"):
        quantiles.diagonals_by_enumeration(*case)


def test_noise_of_one_coordinate_for_two_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = CountPair
    monkeypatch.setattr(
        "accounting.pairs.gaussian_shift.CountPair",
        lambda randomizer, **given: right(randomizer=randomizer, **(given | {"users": 2})),
    )
    with pytest.raises(CheckFailedError, match="is above"):
        quantiles.diagonals_by_enumeration(2, 2, "2828/1000", 6)


@pytest.mark.parametrize(
    ("term", "instead"),
    [
        ("ball(Fraction(randomizer.dimension, 4))", "0"),
        ("(2 * whole + side)", "whole / 2"),
        ("-2 * ball(deviation) ** 2", "-8 * ball(deviation) ** 2"),
        ("found.append((length, left - beyond))", "found.append((length, left))"),
    ],
)
def test_lengths_that_roundings_exceed_fail(term: str, instead: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaussian_shift, "_lengths", planted(gaussian_shift._lengths, term, instead))
    assert_fails(quantiles.rounded_lengths_by_enumeration, 3, 60)

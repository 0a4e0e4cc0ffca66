"""Errors planted in what is read off a curve are found."""

from types import SimpleNamespace
from typing import Any

import pytest

from accounting.curves import gaussian, inverse, renyi, trade_off
from proofs.checks import curves as checks
from proofs.checks import gaussian as gaussian_checks
from tests.unit.checks.planting import assert_fails, planted


@pytest.mark.parametrize(
    ("term", "instead"),
    [("value.upper <= delta if", "value.lower <= delta if"), ("value.lower > delta", "value.upper > delta")],
)
def test_an_inverse_that_takes_the_wrong_end_fails(
    monkeypatch: pytest.MonkeyPatch, term: str, instead: str
) -> None:
    monkeypatch.setattr(inverse, "certified_inverse", planted(inverse.certified_inverse, term, instead))
    assert_fails(checks.inverses_bracket)


@pytest.mark.parametrize(
    ("term", "instead"),
    [
        ("+ ratio / power - ratio", "+ ratio / power - 2 * ratio"),
        ("(deltas[i] - deltas[j])", "deltas[j]"),
        ("for i, j in pairwise(range(len(points)))", "for i, j in pairwise(range(len(points) - 1))"),
    ],
)
def test_a_moment_without_a_term_fails(monkeypatch: pytest.MonkeyPatch, term: str, instead: str) -> None:
    monkeypatch.setattr(renyi, "_terms", planted(renyi._terms, term, instead))
    assert_fails(checks.moments_are_bounded, 2, 7)


@pytest.mark.parametrize("share", [0.5, 2.0])
def test_ends_on_one_side_of_the_moment_fail(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    found = renyi.renyi_bounds

    def moved(*given: Any) -> Any:
        ends = found(*given)
        return SimpleNamespace(lower=share * ends.lower, upper=share * ends.upper)

    monkeypatch.setattr(renyi, "renyi_bounds", moved)
    assert_fails(checks.moments_of_small_shuffles, 2, 3)


def test_a_trade_off_at_the_wrong_marks_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trade_off._Tests, "_around", lambda self, alpha: (0, 0))  # noqa: ARG005
    assert_fails(checks.trade_offs_are_bracketed, 2, 6)


@pytest.mark.parametrize(
    ("term", "instead"),
    [
        ("- factor * ball(alpha)", "- factor * ball(alpha) / 2"),
        ("arb(self.power[k]) - factor", "arb(self.power[k]) / 2 - factor"),
    ],
)
def test_a_wrong_line_fails(monkeypatch: pytest.MonkeyPatch, term: str, instead: str) -> None:
    monkeypatch.setattr(trade_off._Tests, "_line", planted(trade_off._Tests._line, term, instead))
    assert_fails(checks.trade_offs_are_bracketed, 2, 6)


@pytest.mark.parametrize(
    ("term", "instead"),
    [("size >= delta", "size >= delta * arb('0.999')"), ("shift / 2 - ball", "shift - ball")],
)
def test_a_gaussian_that_is_too_small_fails(monkeypatch: pytest.MonkeyPatch, term: str, instead: str) -> None:
    monkeypatch.setattr(gaussian._Chord, "is_dominated", planted(gaussian._Chord.is_dominated, term, instead))
    assert_fails(gaussian_checks.gaussian_lies_above, 2, 7)


def test_a_mu_that_suffices_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    found = gaussian._least_at

    def more(*given: Any) -> float:
        return 1.01 * found(*given)

    monkeypatch.setattr(gaussian, "_least_at", more)
    assert_fails(gaussian_checks.lower_mu_is_not_enough)


def test_a_wrong_identity_fails() -> None:
    assert_fails(planted(checks.moments_as_integrals, "t ** (-a - 1))", "t ** (-a))"))


@pytest.mark.slow
def test_they_pass() -> None:
    assert checks.inverses_bracket() > 0
    assert checks.moments_are_bounded(3, 5) > 0
    assert checks.moments_of_small_shuffles(3, 2) > 0
    assert checks.trade_offs_are_bracketed(3, 4) > 0
    assert gaussian_checks.gaussian_lies_above(3, 5) > 0
    assert gaussian_checks.lower_mu_is_not_enough() > 0

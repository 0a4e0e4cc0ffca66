"""Errors planted in the contour's identity, smoothing, aliases and roundings are found."""

from typing import Any

import pytest
from flint import arb

from accounting.numerics import contour
from proofs.checks import contour as checks
from tests.unit.checks.planting import assert_fails, planted

_BOUND, _CORE = contour.alias_bound, contour._Summand.core


@pytest.mark.parametrize(
    ("term", "instead"),
    [
        ("* h / arb.pi()", "* h / 3.1416"),
        ("smoothed - aliases.upper() - correction, smoothed", "smoothed - correction, smoothed * 0.9999"),
    ],
)
def test_a_wrong_factor_fails(monkeypatch: pytest.MonkeyPatch, term: str, instead: str) -> None:
    monkeypatch.setattr(contour, "_evaluate", planted(contour._evaluate, term, instead))
    assert_fails(checks.any_contour_contains_the_exact_value, 2)


def test_a_dropped_radius_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def middles(self: Any, last: int) -> tuple[arb, ...]:
        return tuple(part.mid() for part in _CORE(self, last))

    monkeypatch.setattr(contour._Summand, "core", middles)
    assert_fails(checks.rounding_of_the_core)


def test_a_first_node_that_is_not_halved_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        contour._Summand,
        "core",
        planted(_CORE, "(half_square * self.c**2).exp() / 2", "(half_square * self.c**2).exp()"),
    )
    assert_fails(checks.rounding_of_the_core)


def test_a_dropped_smoothing_correction_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = planted(contour._evaluate, "aliases.upper() - correction", "aliases.upper()")
    monkeypatch.setattr(contour, "_evaluate", changed)
    assert_fails(checks.smoothing_of_coarse_contours)


@pytest.mark.parametrize(
    ("term", "instead"),
    [("1 - excess(x)", "F(99, 100) - excess(x)"), ("(excess, ", "(lambda x: excess(x) - F(1, 50), ")],
)
def test_a_bracket_that_is_too_tight_fails(term: str, instead: str) -> None:
    instead = instead.replace("F(99, 100)", "arb(99) / 100").replace("F(1, 50)", "arb(1) / 50")
    assert_fails(planted(checks.smoothing_is_bracketed, term, instead))


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_dropped_alias_bound_fails(monkeypatch: pytest.MonkeyPatch, side: str) -> None:
    def one_sided(step: Any, plan: Any, at: Any) -> arb:
        return arb(0) if bool(arb(at) < arb(plan.c)) == (side == "left") else _BOUND(step, plan, at)

    monkeypatch.setattr(contour, "alias_bound", one_sided)
    assert_fails(checks.aliases_are_below_their_bound, 2, 6)


def test_an_alias_bound_without_its_series_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contour, "alias_bound", planted(_BOUND, "* ratio / (1 - ratio)", "* ratio**2"))
    assert_fails(checks.aliases_are_below_their_bound, 2, 6)


def test_a_sum_that_lacks_an_alias_fails() -> None:
    assert_fails(
        planted(checks.rectangle_sums_are_aliases, "range(-reach, reach + 1)", "range(0, reach + 1)")
    )


@pytest.mark.parametrize(
    ("check", "term", "instead"),
    [
        (checks.residue_and_transforms, "exp(tau**2 * z**2 / 2)", "exp(tau**2 * z**2)"),
        (checks.residue_and_transforms, "x * sp.Heaviside(x)", "x"),
        (checks.smoothing_correction, "x * tail)", "2 * x * tail)"),
    ],
)
def test_a_wrong_identity_fails(check: Any, term: str, instead: str) -> None:
    assert_fails(planted(check, term, instead))


@pytest.mark.slow
def test_they_pass() -> None:
    assert checks.any_contour_contains_the_exact_value(2) > 0
    assert checks.rounding_of_the_core() > 0
    assert checks.smoothing_of_coarse_contours() > 0
    assert checks.aliases_are_below_their_bound(2, 6) > 0

"""Errors planted in the contour's tail are found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flint import arb

from accounting.numerics import contour, tail
from proofs.checks import tail as checks
from tests.unit.checks.planting import assert_fails, planted


def _nothing_between(*far: Any) -> tail.FarNodes:
    return replace(_FAR(*far), skipped_value=arb(0), skipped_density=arb(0))


def _nothing_far(*far: Any) -> tail.FarNodes:
    found = _FAR(*far)
    return replace(found, value=0.0 * found.value, density=0.0 * found.density)


def _nothing_before(*far: Any) -> tuple[arb, arb] | None:
    return None if _BEFORE(*far) is None else (arb(0), arb(0))


def _nothing_in_blocks(*_: Any) -> tuple[arb, arb]:
    return arb(0), arb(0)


_FAR, _BEFORE = tail.far_nodes, tail.no_return_bound


@pytest.mark.parametrize(
    ("module", "name", "instead", "check"),
    [
        (contour, "beyond_last", lambda plan: arb(0), checks.nodes_beyond_the_last),  # noqa: ARG005
        (tail, "no_return_bound", _nothing_before, checks.nodes_before_the_first_return),
        (tail.Blocks, "bound", _nothing_in_blocks, checks.nodes_in_blocks),
        (tail, "far_nodes", _nothing_between, checks.nodes_between_returns),
        (tail, "far_nodes", _nothing_far, checks.far_nodes_are_below_their_bounds),
    ],
    ids=["beyond-the-last", "before-the-first-return", "in-blocks", "between-returns", "far"],
)
def test_a_dropped_tail_term_fails(
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    instead: Callable[..., Any],
    check: Callable[..., int],
) -> None:
    assert check() > 0
    monkeypatch.setattr(module, name, instead)
    assert_fails(check)


@pytest.mark.parametrize(
    ("term", "instead"),
    [
        ("(2.0 * n * pair.weight)", "(2.1 * n * pair.weight)"),
        ("0.5 * tau * tau", "0.6 * tau * tau"),
        ("(t * t + c * c)", "(t * t + 2.0 * c * c)"),
    ],
)
def test_a_far_node_that_is_bounded_too_low_fails(
    monkeypatch: pytest.MonkeyPatch, term: str, instead: str
) -> None:
    monkeypatch.setattr(tail, "far_nodes", planted(tail.far_nodes, term, instead))
    assert_fails(checks.far_nodes_are_below_their_bounds)


@pytest.mark.parametrize(
    ("term", "instead"),
    [("2 * n * (1 - arb(2) ** -40)", "6 * n"), ("/ (t * t), density", "/ (40 * t * t), density")],
)
def test_a_series_that_falls_too_fast_fails(monkeypatch: pytest.MonkeyPatch, term: str, instead: str) -> None:
    monkeypatch.setattr(tail, "no_return_bound", planted(tail.no_return_bound, term, instead))
    assert_fails(checks.nodes_before_the_first_return)


@pytest.mark.parametrize("weight", ["chances[i] * chances[k] * (1.0 + 2.0**-40)", "chances[i] * chances[i]"])
def test_pairs_that_weigh_too_much_fail(monkeypatch: pytest.MonkeyPatch, weight: str) -> None:
    changed = planted(tail.useful_pairs, "chances[i] * chances[k] * (1.0 - 2.0**-42)", weight)
    monkeypatch.setattr(tail, "useful_pairs", changed)
    assert_fails(checks.pairs_are_rounded_down)


def test_a_constant_above_its_number_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "_LOG2_E_LOW", 1.4426950408890)
    assert_fails(checks.inequalities_of_the_tail)


@pytest.mark.parametrize(
    ("term", "instead"),
    [("steep = 2 /", "steep = 2.01 /"), ("a * a / 6,", "a * a / 6.4,"), ("F(314159, 100000)", "F(32, 10)")],
)
def test_a_false_inequality_fails(term: str, instead: str) -> None:
    assert_fails(planted(checks.inequalities_of_the_tail, term, instead))


def test_a_wrong_identity_fails() -> None:
    assert_fails(planted(checks._modulus_as_a_sum_over_pairs, "- 1 + 2 * pairs", "- 1 + pairs"))

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from accounting.lower_bound.theorem import Design, certified_error, hidden_error, lost_mass, separated_error
from accounting.lower_bound.tight_window import tight_blocks
from accounting.lower_bound.window import inductive_window
from proofs.checks.check import CheckFailedError
from proofs.checks.lower_bound import (
    best_estimates_err,
    delta_takes_no_more,
    posteriors_are_spread,
    walks_go_as_far,
    windows_hold_a_bad_step,
)
from proofs.reference.lower_bound import blocks_needed, plain_value

DESIGNS = [
    Design(block=10, groups=6, stride=1, weights=(1, 1), step=Fraction(1, 2)),
    Design(block=12, groups=9, stride=2, weights=(2, 3, 2), step=Fraction(7, 10)),
    Design(block=9, groups=14, stride=1, weights=(5, 6, 7, 6, 5), step=Fraction(1)),
    Design(block=3, groups=1, stride=1, weights=(1, 2, 1), step=Fraction(1, 2)),
]


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("epsilon", ["1/10", "1", "3"])
@pytest.mark.parametrize("delta", ["0", "1/10000"])
def test_the_value_is_that_of_a_plain_evaluation(design: Design, epsilon: str, delta: str) -> None:
    eps, probability = Fraction(epsilon), Fraction(delta)
    said = float(certified_error(design, shufflers=2, epsilon=eps, delta=probability))
    plain = plain_value(
        block=design.block,
        groups=design.groups,
        stride=design.stride,
        weights=design.weights,
        step=float(design.step),
        shufflers=2,
        epsilon=float(eps),
        delta=float(probability),
    )
    assert plain * 0.9999 <= said <= plain * (1 + 1e-12)
    assert said > 0 or delta != "0"


@pytest.mark.parametrize("groups", [1, 2, 5, 9])
@pytest.mark.parametrize("shufflers", [1, 2, 4])
def test_blocks_are_those_of_the_recursion(groups: int, shufflers: int) -> None:
    assert tight_blocks(groups=groups, shufflers=shufflers) == blocks_needed(groups, shufflers)


def test_a_hidden_block_costs_half_of_what_its_users_share() -> None:
    assert hidden_error(DESIGNS[0]) == Fraction(9, 2) + Fraction(1, 4)


def test_the_smaller_of_both_counts() -> None:
    small = replace(DESIGNS[0], block=1)
    assert certified_error(small, shufflers=1, epsilon=Fraction(1), delta=Fraction(0)) == hidden_error(small)
    large = replace(DESIGNS[0], block=1000)
    separated = separated_error(large, epsilon=Fraction(1))
    assert certified_error(large, shufflers=1, epsilon=Fraction(1), delta=Fraction(0)) == separated


def test_one_group_needs_no_hidden_block() -> None:
    design = replace(DESIGNS[3], block=2)
    error = certified_error(design, shufflers=9, epsilon=Fraction(1), delta=Fraction(0))
    assert error == separated_error(design, epsilon=Fraction(1)) > hidden_error(design) / 2


def test_delta_takes_a_share_for_each_block() -> None:
    two = Design(block=8, groups=3, stride=3, weights=(1, 1), step=Fraction(1, 2))
    lost = lost_mass(two, blocks=5, epsilon=Fraction(1), delta=Fraction(1, 1000))
    group = (math.e**3 - 1) / (math.e - 1) / 1000
    assert float(lost) == pytest.approx(5 * group, rel=1e-12)
    assert float(lost_mass(two, blocks=5, epsilon=Fraction(0), delta=Fraction(1, 1000))) == 0.015


def test_a_large_delta_leaves_nothing() -> None:
    assert certified_error(DESIGNS[2], shufflers=3, epsilon=Fraction(1), delta=Fraction(1, 2)) == 0


def test_windows_grow_with_groups_and_shufflers() -> None:
    def windows(shufflers: int) -> list[int]:
        return [
            inductive_window(block=4, group=2, groups=groups, shufflers=shufflers) for groups in range(1, 9)
        ]

    rows = [windows(shufflers) for shufflers in range(1, 6)]
    assert all(row == sorted(set(row)) for row in rows)
    assert all(
        low < high for one, two in pairwise(rows) for low, high in zip(one, two, strict=True) if low > 6
    )


@pytest.mark.proof
@pytest.mark.parametrize("unit", [(1, 1), (1, 3), (2, 1), (2, 2)])
def test_best_estimates(unit: tuple[int, int]) -> None:
    assert best_estimates_err(*unit) > 0


@pytest.mark.proof
def test_the_other_checks_pass() -> None:
    assert delta_takes_no_more(2) > 0
    assert windows_hold_a_bad_step(2, 1, 2, 2) > 0
    assert all(posteriors_are_spread(top, "1") for top in (1, 2, 3))
    assert all(walks_go_as_far(steps) for steps in (1, 2, 9))


@pytest.mark.proof
def test_a_delta_that_takes_too_little_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from accounting.lower_bound import theorem

    monkeypatch.setattr(theorem, "lost_mass", lambda *args, **kw: lost_mass(*args, **kw) / 4)
    with pytest.raises(CheckFailedError):
        delta_takes_no_more(1)


@pytest.mark.proof
def test_a_hidden_block_that_costs_too_much_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from accounting.lower_bound import theorem

    monkeypatch.setattr(theorem, "hidden_error", lambda design: hidden_error(design) + Fraction(1, 100))
    with pytest.raises(CheckFailedError):
        best_estimates_err(1, 1)


@pytest.mark.proof
def test_a_window_that_is_too_small_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from proofs.checks import lower_bound as module

    monkeypatch.setattr(module, "inductive_window", lambda **kw: inductive_window(**kw) // 3)
    with pytest.raises(CheckFailedError):
        windows_hold_a_bad_step(2, 1, 2, 2)

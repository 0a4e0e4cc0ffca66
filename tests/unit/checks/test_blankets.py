"""Checks of blankets and of epsilon0-LDP bounds see what is planted: in the code, and in the statement's own constants."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import accounting as csa
from accounting.pairs import of_randomizer
from proofs.checks import blankets, local
from proofs.checks.check import CheckFailedError
from proofs.exhaustive.exact_curves import ExactPair
from proofs.exhaustive.situations import walk
from tests.unit.checks.planting import clones_pair_of_twice_the_mass

pytestmark = pytest.mark.proof

F = Fraction


@pytest.mark.parametrize(
    ("check", "unit", "cases"),
    [
        (blankets.blanket_bounds_all_data, (3, 3, 2), 350),
        (blankets.walk_is_the_curve_of_alike_users, (2, 4, 3), 100),
        (local.clones_bound_all_data, (2, 5, 3), 1000),
        (local.binary_blanket_bounds_all_data, (3, 5, 2), 200),
        (local.binary_response_loses_most_alone, (3, 5), 20),
    ],
)
def test_small_units_hold(check: Callable[..., int], unit: tuple[int, ...], cases: int) -> None:
    assert check(*unit) >= cases


def test_a_wrong_clones_constant_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted in the code: each clone has mass 1/w instead of 1/(2w), the pair is far too good."""
    wrong = clones_pair_of_twice_the_mass(of_randomizer.clones_pair)
    assert local.code_knows_the_clones_pair() > 300
    monkeypatch.setattr(of_randomizer, "clones_pair", wrong)
    with pytest.raises(CheckFailedError, match="clones"):
        local.code_knows_the_clones_pair()


@pytest.mark.parametrize("share", [F(5, 4), F(2)])
def test_too_many_clones_are_no_bound(monkeypatch: pytest.MonkeyPatch, share: Fraction) -> None:
    """Planted in the statement: clones come with chance ``share / w``. Up to 2/(w + 1) that is local-blanket, and true."""
    right = local.clones

    def wrong(factor: Fraction, users: int) -> ExactPair:
        truth, lie = factor / (1 + factor), 1 / (1 + factor)
        mass = min(share / (2 * factor), F(1, 2))
        return walk((truth, lie), (lie, truth), (mass, mass), users)

    assert walk((F(3, 4), F(1, 4)), (F(1, 4), F(3, 4)), (F(1, 6), F(1, 6)), 3).is_same_as(right(F(3), 3))
    monkeypatch.setattr(local, "clones", wrong)
    with pytest.raises(CheckFailedError, match="clones pair"):
        local.clones_bound_all_data(2, 6, 3)


def test_stronger_clones_are_no_local_blanket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a blanket of 2/(w + 1) in each message's mean, as in the refuted decomposition, is a little too much."""

    def wrong(factor: Fraction, users: int) -> ExactPair:
        truth, lie = factor / (1 + factor), 1 / (1 + factor)
        more = min(lie * F(21, 20), F(1, 2))
        return walk((truth, lie), (lie, truth), (more, more), users)

    monkeypatch.setattr(local, "binary_blanket", wrong)
    with pytest.raises(CheckFailedError, match="blanket of binary response"):
        local.binary_blanket_bounds_all_data(2, 6, 2)


def test_a_local_blanket_above_the_clones_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "binary_blanket", lambda factor, users: local.clones(factor + F(1, 10), users))
    with pytest.raises(CheckFailedError, match="of the clones"):
        local.binary_blanket_is_below_clones()


def test_the_largest_mass_is_no_blanket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the mean of the others' rows in place of their minimum; it is a law, but not below each of them."""

    def mean(situation: Any) -> tuple[Fraction, ...]:
        return tuple(sum(column) / len(column) for column in zip(*situation.others, strict=True))

    monkeypatch.setattr(blankets, "least_masses", mean)
    with pytest.raises(CheckFailedError, match="blanket walk"):
        blankets.blanket_bounds_all_data(2, 4, 3)


def test_a_code_that_forgets_an_order_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    neighbours = csa.FiniteRandomizer.neighbours
    monkeypatch.setattr(csa.FiniteRandomizer, "neighbours", lambda self: neighbours(self)[:1])
    with pytest.raises(CheckFailedError, match="above the upper end"):
        blankets.code_is_above_all_data(2)


def test_a_code_with_a_larger_blanket_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the code uses the first row as its blanket, the data set of alike users."""
    monkeypatch.setattr(
        csa.FiniteRandomizer, "blanket_letters", lambda self, pair: self.companion_letters(pair, 0)
    )
    with pytest.raises(CheckFailedError, match="above the upper end"):
        blankets.code_is_above_all_data(3)


def test_a_witness_with_another_companion_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the walk of one companion under the name of another."""
    letters = csa.FiniteRandomizer.companion_letters
    monkeypatch.setattr(
        csa.FiniteRandomizer,
        "companion_letters",
        lambda self, pair, x: letters(self, pair, (x + 1) % self.inputs),
    )
    with pytest.raises(CheckFailedError, match="outside of"):
        blankets.code_names_data_that_lose_as_much(2, 3, 3)


def test_a_walk_with_one_user_too_few_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blankets, "walk", lambda old, new, row, users: walk(old, new, row, users - 1))
    with pytest.raises(CheckFailedError, match="not that of the data sets"):
        blankets.walk_is_the_curve_of_alike_users(2, 3, 3)


def test_one_report_of_a_smaller_epsilon0_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = local.one_bit
    monkeypatch.setattr(local, "one_bit", lambda factor: right(1 + (factor - 1) * F(99, 100)))
    with pytest.raises(CheckFailedError, match="loses less"):
        local.binary_response_loses_most_alone(2, 6)
    with pytest.raises(CheckFailedError):
        local.code_knows_one_report()

"""Checks of re-used reports see what is planted."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from accounting.composition import crowds as code_of_crowds
from accounting.composition import reused as code_of_reused
from accounting.composition import reused_exact
from accounting.composition.atoms import smallest_seen
from accounting.numerics.ball import arb
from accounting.pairs.reused import reused_pairs
from proofs.checks import crowds, reused
from proofs.checks.check import CheckFailedError

pytestmark = pytest.mark.proof

F = Fraction


def test_small_units_hold() -> None:
    assert reused.atoms_bound_and_unions_are_lost(2, 2, 3) > 200
    assert crowds.crowds_bound_all_data(3, 2, 4) == 48
    assert crowds.larger_crowds_bound_all_data("3/4", 2, 2) == 9


def test_an_atom_of_one_user_more_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = reused._hidden
    monkeypatch.setattr(reused, "_hidden", lambda channel, users: right(channel, users + 1))
    with pytest.raises(CheckFailedError, match="more is lost"):
        reused.atoms_bound_and_unions_are_lost(2, 2, 3)


def test_a_single_atom_is_not_always_determined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: every atom is taken to be determined; then too small a loss is found somewhere, and the code's union is not smallest."""
    monkeypatch.setattr(reused, "determined", lambda atoms: [frozenset([names]) for names in atoms])
    with pytest.raises(CheckFailedError, match="sees"):
        reused.atoms_bound_and_unions_are_lost(3, 2, 3)
    monkeypatch.setattr(reused, "smallest_seen", lambda atoms: [min(atoms, key=lambda atom: atom.users)])
    with pytest.raises(CheckFailedError, match="less is lost"):
        reused.atoms_bound_and_unions_are_lost(3, 2, 3)


def test_a_code_that_sees_too_little_together_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted in the code: batches as they are, without sums and differences."""
    right = smallest_seen
    monkeypatch.setattr(reused, "smallest_seen", lambda atoms: atoms if len(atoms) > 1 else right(atoms))
    with pytest.raises(CheckFailedError, match="not a smallest one"):
        reused.atoms_bound_and_unions_are_lost(2, 2, 3)


def test_a_code_that_takes_what_is_seen_for_the_bound_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the lower end, a shuffle of all who are seen together, in place of the upper one."""
    right = reused_pairs

    def wrong(randomizer: Any, *, seen: int, **words: Any) -> Any:
        return right(randomizer, **(words | {"atom": seen}), seen=seen)

    monkeypatch.setattr(code_of_reused, "reused_pairs", wrong)
    with pytest.raises(CheckFailedError, match="outside of"):
        reused.code_brackets_reused_reports("binary", 3, 1)


def test_an_enumeration_of_one_atom_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted in the code: the target is in the first atom only."""
    right = reused_exact._Experiment.comparisons

    def wrong(self: Any) -> Iterator[Any]:
        return (each for each in right(self) if each[0] is self.atoms[0])

    monkeypatch.setattr(reused_exact._Experiment, "comparisons", wrong)
    with pytest.raises(CheckFailedError, match="the code finds"):
        reused.every_data_set_of_reused_reports("binary", 3)


@pytest.mark.parametrize("share", [F(3, 2), F(5, 4)])
def test_crowds_with_too_much_mass_fail(monkeypatch: pytest.MonkeyPatch, share: Fraction) -> None:
    """Planted: each message has more mass than it has for every value."""
    right = crowds.crowds
    monkeypatch.setattr(crowds, "crowds", lambda least, sizes: right(min(least * share, F(1, 2)), sizes))
    with pytest.raises(CheckFailedError, match="is lost, above"):
        crowds.larger_crowds_bound_all_data("11/20", 6, 6)


def test_crowds_of_one_user_more_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    right = crowds.crowds
    monkeypatch.setattr(crowds, "crowds", lambda least, sizes: right(least, [size + 2 for size in sizes]))
    with pytest.raises(CheckFailedError, match="is lost, above"):
        crowds.larger_crowds_bound_all_data("3/4", 3, 4)


def test_half_the_distance_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = crowds.distance
    monkeypatch.setattr(crowds, "distance", lambda channel: right(channel) / 2)
    with pytest.raises(CheckFailedError, match="is lost, above"):
        crowds.crowds_bound_all_data(3, 2, 4)


def test_a_code_with_too_small_a_distance_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = code_of_crowds._terms

    def wrong(randomizer: Any) -> Any:
        distance, least = right(randomizer) or (lambda: arb(0), lambda: arb(0))
        return (lambda: distance() * 9 / 10), least

    code_of_crowds.crowd_bound.cache_clear()
    monkeypatch.setattr(code_of_crowds, "_terms", wrong)
    with pytest.raises(CheckFailedError, match="the code says"):
        crowds.code_is_not_below_the_crowds()
    code_of_crowds.crowd_bound.cache_clear()

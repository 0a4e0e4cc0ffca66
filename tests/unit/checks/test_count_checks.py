"""Checks of releases that are counts see what is planted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from accounting.pairs import count_table as count_table_module
from accounting.pairs.counts import CountPair
from accounting.pairs.of_randomizer import pairs_of
from accounting.pairs.sums_experiment import SumsExperiment
from proofs.checks import counts
from proofs.checks.check import CheckFailedError
from tests.unit.checks.planting import planted

pytestmark = pytest.mark.proof

F = Fraction


def test_small_units_hold() -> None:
    assert counts.largest_shift_is_worst(2, 1, 2, 2) == 400
    assert counts.sums_are_two_binary_responses(3, 2) == 72


def test_a_smaller_shift_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = counts.shifted_pairs
    monkeypatch.setattr(counts, "shifted_pairs", lambda levels, *rest: right(max(levels - 1, 1), *rest))
    with pytest.raises(CheckFailedError, match="is above"):
        counts.largest_shift_is_worst(2, 2, 2, 1)


def test_a_forgotten_order_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = pairs_of
    monkeypatch.setattr(
        counts, "pairs_of", lambda *given: replace(found := right(*given), upper=found.upper[-1:])
    )
    with pytest.raises(CheckFailedError, match="an order is missing"):
        counts.code_knows_the_shifted_counts()


def test_one_order_for_both_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = counts.shifted_pairs
    monkeypatch.setattr(counts, "shifted_pairs", lambda *given: right(*given)[:1] * 2)
    with pytest.raises(CheckFailedError, match="the other order"):
        counts.largest_shift_is_worst(1, 1, 2, 1)
    with pytest.raises(CheckFailedError, match="outside of"):
        counts.code_knows_the_shifted_counts()


def test_a_threshold_one_too_high_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted in the code: thresholds one above the best."""
    right = CountPair._thresholds
    monkeypatch.setattr(CountPair, "_thresholds", lambda self, *given: [t + 1 for t in right(self, *given)])
    with pytest.raises(CheckFailedError, match="outside of"):
        counts.code_knows_the_shifted_counts()


def test_sums_with_one_of_the_others_too_many_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    right = counts.binary_pair
    monkeypatch.setattr(
        counts, "binary_pair", lambda flip, ones, users: right(flip, min(ones + 1, users - 1), users)
    )
    with pytest.raises(CheckFailedError, match="not two binary responses"):
        counts.sums_are_two_binary_responses(2, 3)


def test_an_enumeration_that_leaves_out_data_sets_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = SumsExperiment.comparisons

    def wrong(self: SumsExperiment) -> Iterator[Any]:
        return (each for each in right(self) if each.others.count(0) != each.others.count(1))

    monkeypatch.setattr(SumsExperiment, "comparisons", wrong)
    with pytest.raises(CheckFailedError, match="enumeration says"):
        counts.code_goes_through_all_sums(3, 3)


@pytest.mark.parametrize(
    ("name", "term", "instead"),
    [
        ("_masses", "mass / (1 - quotient)", "arb(0)"),
        ("_masses", "(bits - t) / (t + 1)", "(bits - t) / (t + 2)"),
    ],
    ids=["nothing further on", "a quotient too small"],
)
def test_tables_with_an_error_fail(
    monkeypatch: pytest.MonkeyPatch, name: str, term: str, instead: str
) -> None:
    wrong = planted(getattr(count_table_module, name), term, instead)
    monkeypatch.setattr(count_table_module, name, wrong)
    count_table_module.count_table.cache_clear()
    try:
        with pytest.raises(CheckFailedError, match="is outside of"):
            counts.tables_hold_the_tails()
    finally:
        count_table_module.count_table.cache_clear()

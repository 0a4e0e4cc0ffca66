"""Checks of composition, of concurrent batches and of enumerations see what is planted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

import accounting as csa
from accounting.composition import exact_delta
from accounting.composition.basic import total
from accounting.composition.concurrent import ConcurrentShuffles
from accounting.pairs.enumeration import experiment_of
from proofs.checks import batches, composition, enumeration
from proofs.checks.check import CheckFailedError
from proofs.exhaustive.exact_curves import ExactPair, envelope, product_of
from proofs.exhaustive.games import worst_game
from proofs.exhaustive.policies import worst_delta
from proofs.exhaustive.process import transcript_laws

pytestmark = pytest.mark.proof

F = Fraction


def test_small_units_hold() -> None:
    assert composition.any_order_is_dominated_by_the_product(2, 3, 2) == 55
    assert composition.any_use_of_shuffles_is_dominated_by_the_product(3, 2, 2) > 10
    assert composition.deltas_add(3, 2, 2) > 150
    assert batches.open_batches_are_as_if_nothing_was_released(3) > 6000
    assert batches.likelihoods_are_products_over_batches(3) > 2000
    assert batches.transcripts_are_products_of_shuffles(0) == 797
    assert enumeration.every_data_set_of_small_channels(2, 2, 3, 3) > 20


def test_composing_data_set_by_data_set_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the largest product over data sets that are fixed in advance; rules that react lose more."""

    def wrong(case: Sequence[composition.Batch]) -> ExactPair:
        return envelope(
            product_of(chosen) for chosen in product(*(composition.options(batch) for batch in case))
        )

    monkeypatch.setattr(composition, "dominating", wrong)
    with pytest.raises(CheckFailedError, match="of the product"):
        composition.any_use_of_shuffles_is_dominated_by_the_product(4, 3, 2)


def test_a_pair_that_is_used_twice_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = worst_game
    monkeypatch.setattr(composition, "worst_game", lambda given: right([*given, given[0]]))
    with pytest.raises(CheckFailedError, match="of the product"):
        composition.any_order_is_dominated_by_the_product(2, 3, 2)
    with pytest.raises(CheckFailedError, match="above the sum"):
        composition.deltas_add(3, 2, 2)


def test_a_code_that_drops_a_batch_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = ConcurrentShuffles.curve
    monkeypatch.setattr(
        ConcurrentShuffles, "curve", lambda self: right(ConcurrentShuffles(self.shuffles[:1]))
    )
    with pytest.raises(CheckFailedError, match="outside of"):
        composition.code_brackets_every_use(3, 2, 2, 5)
    with pytest.raises(CheckFailedError, match="above the bound"):
        composition.every_policy_is_within_the_bound(4)


def test_a_code_that_adds_too_little_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the delta of one share in place of the sum."""
    right = total

    class First:
        def __init__(self, shuffles: Iterator[csa.Shuffle]) -> None:
            self.first = right([next(iter(shuffles))])

        def delta(self, *, epsilon: str) -> Any:
            return self.first.delta(epsilon=epsilon)

    monkeypatch.setattr(composition, "total", First)
    with pytest.raises(CheckFailedError, match="outside of"):
        composition.code_adds_enough(3, 2)


# ---------------------------------------------------------------- concurrent batches


def test_a_message_that_copies_what_is_inside_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a sender who holds what the first open report shows."""
    right = batches.sent

    def wrong(node: batches.Node, shuffler: int, values: tuple[int, int], channel: Any) -> batches.Node:
        found = right(node, shuffler, values, channel)
        kept = {
            inside: pair
            for inside, pair in found.weights.items()
            if len(inside[shuffler]) < 2 or inside[shuffler][-1] == inside[shuffler][0]
        }
        return replace(found, weights=kept)

    monkeypatch.setattr(batches, "sent", wrong)
    with pytest.raises(CheckFailedError, match="given the history"):
        batches.open_batches_are_as_if_nothing_was_released(0)
    with pytest.raises(CheckFailedError, match="the product over its batches"):
        batches.likelihoods_are_products_over_batches(0)


def test_a_closing_that_tells_of_another_batch_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a batch closes only while no other open batch shows a one."""
    right = batches.closed

    def wrong(node: batches.Node, shuffler: int, channel: Any) -> Iterator[batches.Node]:
        quiet = {
            inside: pair
            for inside, pair in node.weights.items()
            if not any(any(batch) for j, batch in enumerate(inside) if j != shuffler)
        }
        return right(replace(node, weights=quiet), shuffler, channel)

    monkeypatch.setattr(batches, "closed", wrong)
    with pytest.raises(CheckFailedError, match="given the history"):
        batches.open_batches_are_as_if_nothing_was_released(1)
    with pytest.raises(CheckFailedError, match="the product over its batches"):
        batches.likelihoods_are_products_over_batches(1)


def test_a_batch_with_the_randomizer_of_another_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the process draws the messages of one shuffler with the randomizer of the other."""
    right = transcript_laws
    monkeypatch.setattr(
        batches, "transcript_laws", lambda policy, channels, *, sees: right(policy, channels[::-1], sees=sees)
    )
    with pytest.raises(CheckFailedError, match="product over batches"):
        batches.transcripts_are_products_of_shuffles(1)


def test_a_second_batch_of_the_target_is_not_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the target may send to the batches of others, too."""
    right = worst_delta
    monkeypatch.setattr(
        batches, "worst_delta", lambda scope, alpha: right(replace(scope, joined=frozenset({0, 1})), alpha)
    )
    with pytest.raises(CheckFailedError, match="with batches of others"):
        batches.other_batches_add_nothing("even", "strong", 2, 5)


# ---------------------------------------------------------------- enumeration


def test_an_enumeration_of_alike_users_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted in the code: only data sets in which the others agree."""
    right = experiment_of

    class Fewer:
        def __init__(self, experiment: Any) -> None:
            self.experiment = experiment

        def __getattr__(self, name: str) -> Any:
            return getattr(self.experiment, name)

        def comparisons(self) -> Iterator[Any]:
            return (each for each in self.experiment.comparisons() if len(set(each.others)) < 2)

    monkeypatch.setattr(exact_delta, "experiment_of", lambda *given: Fewer(right(*given)))
    with pytest.raises(CheckFailedError, match="the code finds"):
        enumeration.every_data_set_of_small_channels(2, 2, 4, 3)
    with pytest.raises(CheckFailedError, match="the code finds"):
        enumeration.every_data_set_of_kary_response()


def test_an_adaptive_play_in_one_order_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted in the code: shuffles are released in the order of the list only."""
    monkeypatch.setattr(exact_delta, "_orders", lambda alike: [tuple(range(len(alike)))])
    with pytest.raises(CheckFailedError, match="adaptive inputs"):
        enumeration.every_choice_for_two_shuffles(3, 2)

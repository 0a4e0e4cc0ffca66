"""Exact curves against the definitions in fractions."""

from fractions import Fraction
from itertools import product

import pytest

from proofs.exhaustive.exact_curves import (
    ExactPair,
    envelope,
    histogram,
    largest_at,
    pairs_of_shuffle,
    product_of,
    where_above,
)
from proofs.exhaustive.games import worst_game
from proofs.exhaustive.situations import Situation, local_factor, situations, walk
from proofs.exhaustive.small_channels import shared_rows, target_rows
from proofs.reference.bounds import blanket_walk
from proofs.reference.concatenation import adaptive_delta, options
from proofs.reference.shuffle_enumeration import hockey_stick, released_law

F = Fraction
CHANNEL = ((F(1, 2), F(1, 3), F(1, 6)), (F(1, 5), F(2, 5), F(2, 5)))
ALPHAS = [F(a, 8) for a in range(0, 40, 3)]


def test_pairs_of_a_shuffle_are_those_of_the_definition() -> None:
    for (old, new), others, pair in pairs_of_shuffle(CHANNEL, 3):
        first, second = (released_law(CHANNEL, (value, *others)) for value in (old, new))
        for alpha in ALPHAS:
            assert pair.delta(alpha) == hockey_stick(first, second, alpha)
            assert pair.swapped.delta(alpha) == hockey_stick(second, first, alpha)


def test_turns_decide_for_all_factors() -> None:
    """Two curves that agree at many points of a grid and differ between them are told apart."""
    low = ExactPair.of([(6, 2), (2, 6)], 8)
    high = ExactPair.of([(6, 2), (1, 2), (1, 4)], 8)
    assert where_above(low, high) is None
    above = where_above(high, low)
    assert above is None or high.delta(above) > low.delta(above)
    for one, other in product([pair for _, _, pair in pairs_of_shuffle(CHANNEL, 2)], repeat=2):
        grid = any(one.delta(alpha) > other.delta(alpha) for alpha in [F(a, 97) for a in range(400)])
        assert (where_above(one, other) is not None) == grid


def test_an_envelope_is_the_largest_curve() -> None:
    pairs = [pair for _, _, pair in pairs_of_shuffle(CHANNEL, 3)]
    top = envelope(pairs)
    for alpha in [F(a, 31) for a in range(200)]:
        assert top.delta(alpha) == max(pair.delta(alpha) for pair in pairs)


def test_products_and_infinite_losses() -> None:
    revealing = ExactPair.of([(1, 0), (1, 2)], 2)
    both = product_of([revealing, revealing])
    assert both.delta(F(1000)) == F(3, 4)
    assert both.delta(F(0)) == 1
    assert envelope([revealing, both]).delta(F(5)) == F(3, 4)


def test_weights_have_to_be_laws() -> None:
    with pytest.raises(ArithmeticError, match="do not sum"):
        ExactPair.of([(1, 2), (2, 2)], 3)


def test_a_game_of_two_batches_is_the_reference() -> None:
    batches = [(CHANNEL, 2), (((F(3, 4), F(1, 4)), (F(1, 4), F(3, 4))), 2)]
    curve = worst_game([[ExactPair.of_fractions(*laws) for laws in options(batch)] for batch in batches])
    for alpha in (F(1, 2), F(1), F(3, 2)):
        assert curve(alpha) == max(adaptive_delta(batches, alpha), adaptive_delta(batches[::-1], alpha))
    assert largest_at(curve, product_of([ExactPair.of([(1, 0), (0, 1)], 1)])) is None


def test_rows_and_targets_are_complete() -> None:
    rows = shared_rows(3, 4)
    assert len(rows) == 22
    assert all(sum(row) == 1 for row in rows)
    assert len(shared_rows(3, 4, least=1)) == 4
    classes = target_rows(rows)
    orders = [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
    named = {tuple(tuple(row[j] for j in order) for row in pair) for pair in classes for order in orders}
    assert named == {(a, b) for a in rows for b in rows if a != b}


def test_situations_are_data_sets_of_their_own() -> None:
    for situation, pair in situations(2, 3, 3):
        first, second = (
            released_law((row, *situation.others), (0, 1, 2)) for row in (situation.old, situation.new)
        )
        assert pair.delta(F(3, 2)) == hockey_stick(first, second, F(3, 2))
    assert sum(histogram([(1, 2), (3, 4)]).values()) == 21


def test_a_walk_is_that_of_the_reference() -> None:
    blanket = tuple(map(min, *CHANNEL))
    for alpha in ALPHAS[1:]:
        assert walk(*CHANNEL, blanket, 3).delta(alpha) == blanket_walk(CHANNEL, (0, 1), 3, alpha)


def test_the_least_factor_of_a_situation() -> None:
    keep = ((F(3, 4), F(1, 4)), (F(1, 4), F(3, 4)))
    assert local_factor(Situation(*keep, keep)) == 3
    assert local_factor(Situation(*keep, ((F(1, 8), F(7, 8)),))) == 6

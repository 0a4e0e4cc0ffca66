"""Composition: every adaptive use of a few batches against the product of their dominating pairs, in fractions.

The rules of ``proofs.exhaustive.games`` choose the order of the batches, the data sets of each and when to stop; the policies of
``proofs.exhaustive.policies`` also choose, message by message, who sends where and when batches close.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations_with_replacement, product

import accounting as csa
from accounting.composition.basic import total
from accounting.numerics.factor import Factor
from proofs.exhaustive.conditions import CONFIRMATIONS, Confirmation
from proofs.exhaustive.exact_curves import (
    ExactPair,
    envelope,
    largest_at,
    pairs_of_shuffle,
    product_of,
    where_above,
)
from proofs.exhaustive.games import worst_game
from proofs.exhaustive.small_channels import Channel, canonical_channels, shared_rows

from .check import CheckFailedError, Evidence, checks

Batch = tuple[Channel, int]

ALPHAS = tuple(map(Fraction, ("1", "3/2", "3")))
LOGARITHMS = {
    Fraction(3, 2): ("0.405465108108", "0.405465108109"),
    Fraction(3): ("1.0986122886", "1.0986122887"),
}
"""Decimals below and above the logarithm."""


@lru_cache(maxsize=1024)
def options(batch: Batch) -> tuple[ExactPair, ...]:
    """The curves of all neighbouring data sets of one batch, each once."""
    channel, users = batch
    return tuple(dict.fromkeys(pair for _, _, pair in pairs_of_shuffle(channel, users)))


@lru_cache(maxsize=1024)
def supremum(batch: Batch) -> ExactPair:
    """The pair whose curve is the largest of them at every factor."""
    return envelope(options(batch))


def dominating(batches: Sequence[Batch]) -> ExactPair:
    """The product of the dominating pairs of the batches: the bound of adaptive-composition."""
    return product_of([supremum(batch) for batch in batches])


def _ask_at_all_factors(given: Sequence[Sequence[ExactPair]], bound: ExactPair, case: str) -> None:
    curve = worst_game(given)
    alpha = largest_at(curve, bound)
    if alpha is not None:
        raise CheckFailedError(
            f"{case}, alpha = {alpha}: some rule loses {curve(alpha)}, above {bound.delta(alpha)} of the product"
        )


# ---------------------------------------------------------------- adaptive-composition


def small_pairs(outcomes: int, denominator: int) -> list[ExactPair]:
    """All pairs of laws on so many outcomes with small common denominators, one of each curve, equal laws left out."""
    laws = shared_rows(outcomes, denominator)
    found = {
        ExactPair.of_fractions(dict(enumerate(one)), dict(enumerate(other)))
        for one, other in product(laws, repeat=2)
        if one != other
    }
    distinct = {
        tuple((Fraction(p, pair.scale), Fraction(q, pair.scale)) for p, q in pair.atoms): pair
        for pair in found
    }
    return [distinct[key] for key in sorted(distinct)]


def _products(outcomes: int, denominator: int, batches: int) -> int:
    pairs = small_pairs(outcomes, denominator)
    below = {pair: [other for other in pairs if where_above(other, pair) is None] for pair in pairs}
    count = 0
    for chosen in combinations_with_replacement(pairs, batches):
        shown = " and ".join(str(pair.atoms) for pair in chosen)
        _ask_at_all_factors([below[pair] for pair in chosen], product_of(chosen), f"pairs {shown}")
        count += 1
    return count


@checks(
    "adaptive-composition", evidence=Evidence.EXHAUSTIVE, units=[(2, 5, 2), (3, 3, 2), (2, 3, 3), (2, 2, 4)]
)
def any_order_is_dominated_by_the_product(outcomes: int, denominator: int, batches: int) -> int:
    """The lemma by itself: two pairs of laws on 2 outcomes with denominators up to 5 (3 outcomes: 3), three up to 3, four up to 2, each used once, in an order that reacts, or any pair that it dominates in its place; every alpha."""
    return _products(outcomes, denominator, batches)


@checks(
    "adaptive-composition",
    evidence=Evidence.EXHAUSTIVE,
    units=[(2, 6, 2), (3, 4, 2), (2, 4, 3), (2, 3, 4)],
    deep=True,
)
def any_longer_order_is_dominated_by_the_product(outcomes: int, denominator: int, batches: int) -> int:
    """The lemma by itself: two pairs of laws on 2 outcomes with denominators up to 6 (3 outcomes: 4), three up to 4, four up to 3, in every order that reacts; every alpha."""
    return _products(outcomes, denominator, batches)


def concatenations(denominator: int, users: Sequence[int], batches: int) -> Iterator[tuple[Batch, ...]]:
    """All multisets of batches of binary channels that are not constant."""
    channels = [c for c in canonical_channels(2, 2, denominator) if c[0] != c[1]]
    yield from combinations_with_replacement([(c, n) for c in channels for n in users], batches)


def _shuffles(denominator: int, users: Sequence[int], batches: int) -> int:
    count = 0
    for case in concatenations(denominator, users, batches):
        _ask_at_all_factors([options(batch) for batch in case], dominating(case), _named(case))
        count += 1
    return count


@checks("adaptive-composition", evidence=Evidence.EXHAUSTIVE, units=[(4, 3, 2), (3, 4, 2), (3, 2, 3)])
def any_use_of_shuffles_is_dominated_by_the_product(denominator: int, users: int, batches: int) -> int:
    """All pairs of shuffles of binary channels with denominators up to 4 and 2 or 3 users, up to 3 and 4 users, all triples up to 3 and 2 users: all rules that choose order and data sets; every alpha."""
    return _shuffles(denominator, range(2, users + 1), batches)


@checks(
    "adaptive-composition",
    evidence=Evidence.EXHAUSTIVE,
    units=[(5, 3, 2), (4, 4, 2), (4, 2, 3), (3, 3, 3)],
    deep=True,
)
def any_larger_use_of_shuffles_is_dominated_by_the_product(denominator: int, users: int, batches: int) -> int:
    """All pairs of shuffles of binary channels with denominators up to 5 and 2 or 3 users, up to 4 and 4 users, all triples up to 4 and 2 users, up to 3 and 3 users: all rules that choose order and data sets; every alpha."""
    return _shuffles(denominator, range(2, users + 1), batches)


def _confirm(each: Confirmation) -> int:
    if each.worst > each.bound:
        raise CheckFailedError(
            f"keep {each.keeps}, at least {each.least} users, {each.messages} messages, alpha = 2: "
            f"the worst policy loses {each.worst}, above the bound {float(each.bound)}"
        )
    return each.policies


@checks("adaptive-composition", evidence=Evidence.EXHAUSTIVE, units=[(i,) for i in range(len(CONFIRMATIONS))])
def every_policy_is_within_the_bound(index: int) -> int:
    """By backward induction all policies of 6 to 8 messages, one or two batches with the target, binary response: the code's upper end at alpha = 2."""
    return _confirm(CONFIRMATIONS[index])


_LARGER = (
    Confirmation(keeps=("3/4", "3/4", "3/4"), least=(2, 2, 2), messages=6, joined=3),
    Confirmation(keeps=("3/4", "3/4"), least=(3, 3), messages=8, joined=2),
    Confirmation(keeps=("9/10", "2/3"), least=(4, 3), messages=8, joined=2),
)


@checks(
    "adaptive-composition", evidence=Evidence.EXHAUSTIVE, units=[(i,) for i in range(len(_LARGER))], deep=True
)
def every_longer_policy_is_within_the_bound(index: int) -> int:
    """By backward induction all policies of 6 or 8 messages, two or three batches with the target, binary response: the code's upper end at alpha = 2."""
    return _confirm(_LARGER[index])


def _ends(denominator: int, users: Sequence[int], batches: int, every: int) -> int:
    count = 0
    for index, case in enumerate(concatenations(denominator, users, batches)):
        if index % every:
            continue
        shuffles = [csa.Shuffle(csa.FiniteRandomizer(channel), n) for channel, n in case]
        alpha = ALPHAS[index // every % len(ALPHAS)]
        truth = worst_game([options(batch) for batch in case])(alpha)
        bounds = csa.ConcurrentShuffles(shuffles).delta(alpha=alpha)
        if not bounds.lower <= truth <= bounds.upper:
            raise CheckFailedError(f"{_named(case)}, alpha = {alpha}: {truth} is outside of {bounds}")
        count += 1
    return count


@checks("adaptive-composition", evidence=Evidence.PROPERTY, units=[(3, 3, 2, 9), (2, 2, 3, 1)])
def code_brackets_every_use(denominator: int, users: int, batches: int, every: int) -> int:
    """Both ends of the code against all rules: every ninth pair of shuffles of binary channels with denominators up to 3, all triples up to 2; three factors in turn."""
    return _ends(denominator, range(2, users + 1), batches, every)


@checks("adaptive-composition", evidence=Evidence.EXHAUSTIVE, units=[(3, 4, 2, 1), (3, 2, 3, 1)], deep=True)
def code_brackets_every_larger_use(denominator: int, users: int, batches: int, every: int) -> int:
    """Both ends of the code against all rules: all pairs and triples of shuffles of binary channels with denominators up to 3, 2 to 4 users; three factors in turn."""
    return _ends(denominator, range(2, users + 1), batches, every)


# ---------------------------------------------------------------- basic-composition


def _sums_of_deltas(denominator: int, users: Sequence[int], batches: int) -> int:
    """``delta(a_1 .. a_k) <= delta_1(a_1) + .. + delta_k(a_k)``, at the turns of the parts.

    Elsewhere too: in one a_j between two turns the right side is a line and the left side convex, so that the worst
    a_j is a turn; beyond the last turn the right side is constant and the left side falls.
    """
    count = 0
    for case in concatenations(denominator, users, batches):
        curve = worst_game([options(batch) for batch in case])
        parts = [supremum(batch) for batch in case]
        known: dict[Fraction, Fraction] = {}
        for factors in product(*({Fraction(0), *(Fraction(a, b) for a, b in part.turns)} for part in parts)):
            alpha = Fraction(1)
            for factor in factors:
                alpha *= factor
            if alpha not in known:
                known[alpha] = curve(alpha)
            allowed = sum(
                (part.delta(factor) for part, factor in zip(parts, factors, strict=True)), Fraction(0)
            )
            if known[alpha] > allowed:
                raise CheckFailedError(
                    f"{_named(case)}, factors {factors}: some rule loses {known[alpha]}, above the sum {allowed}"
                )
            count += 1
    return count


@checks("basic-composition", evidence=Evidence.EXHAUSTIVE, units=[(4, 3, 2), (3, 2, 3)])
def deltas_add(denominator: int, users: int, batches: int) -> int:
    """All pairs of shuffles of binary channels with denominators up to 4 and 2 or 3 users, all triples up to 3 and 2 users: all rules; all epsilons."""
    return _sums_of_deltas(denominator, range(2, users + 1), batches)


@checks("basic-composition", evidence=Evidence.EXHAUSTIVE, units=[(5, 3, 2), (4, 2, 3)], deep=True)
def more_deltas_add(denominator: int, users: int, batches: int) -> int:
    """All pairs of shuffles of binary channels with denominators up to 5 and 2 or 3 users, all triples up to 4 and 2 users: all rules; all epsilons."""
    return _sums_of_deltas(denominator, range(2, users + 1), batches)


@checks("basic-composition", evidence=Evidence.EXHAUSTIVE, units=[(3, 3)])
def code_adds_enough(denominator: int, users: int) -> int:
    """The code's sums of deltas against all rules: all pairs of shuffles of binary channels with denominators up to 3, 2 and 3 users, at two epsilons."""
    count = 0
    for alpha, (below, above) in LOGARITHMS.items():
        if Factor.exp(Fraction(below)).at_least(Factor.of(alpha)) or Factor.of(alpha).at_least(
            Factor.exp(Fraction(above))
        ):
            raise CheckFailedError(f"log {alpha} is not between {below} and {above}")
    for case in concatenations(denominator, range(2, users + 1), 2):
        composed = total(csa.Shuffle(csa.FiniteRandomizer(channel), n) for channel, n in case)
        curve = worst_game([options(batch) for batch in case])
        for alpha, (below, above) in LOGARITHMS.items():
            truth = curve(alpha)
            upper, lower = composed.delta(epsilon=below).upper, composed.delta(epsilon=above).lower
            if not lower <= truth <= upper:
                raise CheckFailedError(
                    f"{_named(case)}, alpha = {alpha}: {truth} is outside of {lower} .. {upper}"
                )
            count += 1
    return count


def _named(case: Sequence[Batch]) -> str:
    return "; ".join(
        f"{users} users of " + " | ".join(", ".join(map(str, row)) for row in channel)
        for channel, users in case
    )

"""Bounds by a blanket, and data sets of alike users.

Every other user holds any row of a list, so that all channels made of these rows are covered, and users with randomizers of
their own as well. Factors are not sampled: where a bound is a curve with finitely many turns, comparing there decides
for every alpha >= 0 (``proofs.exhaustive.exact_curves``).
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

import accounting as csa
from accounting.numerics.factor import Factor
from accounting.pairs import of_randomizer
from proofs.exhaustive.exact_curves import ExactPair, envelope, histogram, pairs_of_shuffle, where_above
from proofs.exhaustive.situations import Situation, least_masses, situations, walk
from proofs.exhaustive.small_channels import Channel, all_canonical, shared_rows, target_rows

from .check import CheckFailedError, Evidence, checks

ALPHAS = tuple(map(Fraction, ("1/2", "1", "5/4", "3/2", "2", "3")))
WIDTH = 1e-9


def ask_below(situation: Situation, truth: ExactPair, bound: ExactPair, name: str) -> None:
    """Ask that a bound is nowhere below what is lost."""
    alpha = where_above(truth, bound)
    if alpha is not None:
        raise CheckFailedError(
            f"{situation}; at alpha = {alpha} delta is {truth.delta(alpha)}, above {bound.delta(alpha)} of the {name}"
        )


# ---------------------------------------------------------------- blanket-reduction


def _blankets(letters: int, denominator: int, users: int) -> int:
    count = 0
    for situation, truth in situations(letters, denominator, users):
        bound = walk(situation.old, situation.new, least_masses(situation), users)
        ask_below(situation, truth, bound, "blanket walk")
        count += 1
    return count


@checks("blanket-reduction", evidence=Evidence.EXHAUSTIVE, units=[(3, 4, 2), (3, 4, 3), (3, 4, 4), (2, 6, 4)])
def blanket_bounds_all_data(letters: int, denominator: int, users: int) -> int:
    """All rows of 3 messages with common denominators up to 4 and 2 to 4 users, each of whom may have its own row; every alpha. The same for 2 messages, denominators up to 6."""
    return _blankets(letters, denominator, users)


@checks(
    "blanket-reduction",
    evidence=Evidence.EXHAUSTIVE,
    units=[(2, 8, 4), (2, 6, 5), (3, 6, 3), (4, 4, 3)],
    deep=True,
)
def blanket_bounds_larger_data(letters: int, denominator: int, users: int) -> int:
    """All rows of 2, 3 and 4 messages with common denominators up to 8, 6 and 4, 3 to 5 users; every alpha."""
    return _blankets(letters, denominator, users)


def _upper_ends(users: int, alphas: int) -> int:
    channels = all_canonical(inputs=3, letters=3, denominator=4)
    for index, channel in enumerate(channels):
        bounds = of_randomizer.pairs_of(csa.FiniteRandomizer(channel), users).upper
        truths = [pair for _, _, pair in pairs_of_shuffle(channel, users)]
        for turn in range(alphas):
            alpha = ALPHAS[(index + turn) % len(ALPHAS)]
            truth = max(pair.delta(alpha) for pair in truths)
            upper = max(bound.value(Factor.of(alpha), WIDTH).delta.upper for bound in bounds)
            if upper < truth:
                raise CheckFailedError(
                    f"{_shown(channel)}, {users} users, alpha = {alpha}: delta is {truth}, above the upper end {upper}"
                )
    return len(channels) * alphas


@checks("blanket-reduction", evidence=Evidence.EXHAUSTIVE, units=[(2,), (3,), (4,)])
def code_is_above_all_data(users: int) -> int:
    """Upper ends of the code: all channels of up to 3 values and messages with denominators up to 4, 2 to 4 users; six factors in turn."""
    return _upper_ends(users, 1)


@checks("blanket-reduction", evidence=Evidence.EXHAUSTIVE, units=[(2,), (3,), (4,), (5,)], deep=True)
def code_is_above_all_data_at_six_factors(users: int) -> int:
    """Upper ends of the code: all channels of up to 3 values and messages with denominators up to 4, 2 to 5 users, six factors."""
    return _upper_ends(users, len(ALPHAS))


# ---------------------------------------------------------------- homogeneous-witness


def _alike(letters: int, denominator: int, users: int) -> int:
    rows = shared_rows(letters, denominator)
    scale = lcm(*range(1, denominator + 1))
    count = 0
    for companion in rows:
        crowd = [[int(entry * scale) for entry in companion]] * (users - 1)
        for old, new in target_rows(rows):
            first, second = (histogram([[int(entry * scale) for entry in row], *crowd]) for row in (old, new))
            truth = ExactPair.of_laws(first, second, scale**users)
            if not truth.is_same_as(walk(old, new, companion, users)):
                situation = Situation(old, new, (companion,) * (users - 1))
                raise CheckFailedError(f"{situation}: the walk's curve is not that of the data sets")
            count += 1
    return count


@checks(
    "homogeneous-witness", evidence=Evidence.EXHAUSTIVE, units=[(2, 6, 2), (2, 6, 4), (3, 4, 2), (3, 4, 3)]
)
def walk_is_the_curve_of_alike_users(letters: int, denominator: int, users: int) -> int:
    """Both curves as wholes: all rows of up to 3 messages with common denominators up to 4 (2 messages: 6), 2 to 4 users."""
    return _alike(letters, denominator, users)


def _witnesses(letters: int, denominator: int, users: int) -> int:
    count = 0
    for index, channel in enumerate(all_canonical(inputs=3, letters=letters, denominator=denominator)):
        alpha = ALPHAS[index % len(ALPHAS)]
        known = {(target, others): pair for target, others, pair in pairs_of_shuffle(channel, users)}
        largest = envelope(known.values()).delta(alpha)
        for pair in of_randomizer.pairs_of(csa.FiniteRandomizer(channel), users).lower:
            value = pair.value(Factor.of(alpha), WIDTH)
            if value.witness is None:
                raise CheckFailedError(f"{_shown(channel)}: a lower end without data sets")
            held = tuple(sorted(x for x, times in value.witness.others for _ in range(times)))
            truth = known[value.witness.target, held].delta(alpha)
            if not value.delta.lower <= truth <= min(value.delta.upper, largest):
                raise CheckFailedError(
                    f"{_shown(channel)}, {value.witness.sentence()}, alpha = {alpha}: delta is {truth}, outside of {value.delta}"
                )
            count += 1
    return count


@checks("homogeneous-witness", evidence=Evidence.EXHAUSTIVE, units=[(2, 4, 4), (3, 3, 2), (3, 3, 3)])
def code_names_data_that_lose_as_much(letters: int, denominator: int, users: int) -> int:
    """Lower ends of the code with the data sets that they name: all channels of up to 3 values and 3 messages with denominators up to 3, 2 and 3 users; six factors in turn."""
    return _witnesses(letters, denominator, users)


@checks(
    "homogeneous-witness", evidence=Evidence.EXHAUSTIVE, units=[(3, 4, 2), (3, 4, 3), (3, 4, 4)], deep=True
)
def code_names_more_data_that_lose_as_much(letters: int, denominator: int, users: int) -> int:
    """Lower ends of the code with their data sets: all channels of up to 3 values and messages with denominators up to 4, 2 to 4 users; six factors in turn."""
    return _witnesses(letters, denominator, users)


def _shown(channel: Channel) -> str:
    return "channel " + "; ".join(", ".join(map(str, row)) for row in channel)

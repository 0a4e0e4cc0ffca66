"""The enumerations of the code against the definition: every data set, every rule that reacts to releases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations_with_replacement, permutations

import accounting as csa
from accounting.numerics.enclosure import Enclosure
from proofs.exhaustive.small_channels import Channel, all_canonical, canonical_channels
from proofs.reference import concatenation, shuffle_enumeration

from .check import CheckFailedError, Evidence, checks

ALPHAS = tuple(map(Fraction, ("1/2", "1", "3/2", "2", "3")))
Case = tuple[tuple[Channel, int], ...]


@lru_cache(maxsize=1 << 12)
def _law(channel: Channel, values: tuple[int, ...]) -> shuffle_enumeration.Law:
    return shuffle_enumeration.released_law(channel, values)


def by_definition(channel: Channel, users: int, alpha: Fraction) -> Fraction:
    """The largest divergence over all ordered pairs of neighbouring data sets; each law is computed once."""
    return max(
        shuffle_enumeration.hockey_stick(
            _law(channel, tuple(sorted(old))), _law(channel, tuple(sorted(new))), alpha
        )
        for old, new in shuffle_enumeration.neighbours(len(channel), users)
    )


def _ask(found: Fraction | Enclosure, truth: Fraction, case: str) -> None:
    if found != truth:
        raise CheckFailedError(f"{case}: the code finds {found}, the definition {truth}")


def _one_shuffle(inputs: int, letters: int, denominator: int, users: int) -> int:
    count = 0
    for channel in all_canonical(inputs=inputs, letters=letters, denominator=denominator):
        shuffle = csa.Shuffle(csa.FiniteRandomizer(channel), users)
        for alpha in ALPHAS:
            found = csa.exact_delta(shuffle, alpha=alpha).delta
            _ask(
                found,
                by_definition(channel, users, alpha),
                f"channel {channel}, {users} users, alpha = {alpha}",
            )
            count += 1
    _law.cache_clear()
    return count


@checks(
    "histogram-enumeration", evidence=Evidence.EXHAUSTIVE, units=[(3, 3, 4, 2), (3, 3, 3, 3), (2, 3, 4, 4)]
)
def every_data_set_of_small_channels(inputs: int, letters: int, denominator: int, users: int) -> int:
    """All channels of up to 3 values and messages with denominators up to 4 and 2 users, up to 3 and 3 users; of 2 values up to 4 and 4 users; 5 factors."""
    return _one_shuffle(inputs, letters, denominator, users)


@checks(
    "histogram-enumeration",
    evidence=Evidence.EXHAUSTIVE,
    units=[(3, 3, 4, 3), (3, 3, 3, 4), (2, 2, 6, 6), (3, 4, 3, 2)],
    deep=True,
)
def every_data_set_of_larger_channels(inputs: int, letters: int, denominator: int, users: int) -> int:
    """All channels of up to 3 values and messages with denominators up to 4 and 3 users, up to 3 and 4 users; up to 4 messages; binary ones up to 6 users; 5 factors."""
    return _one_shuffle(inputs, letters, denominator, users)


@checks("histogram-enumeration", evidence=Evidence.EXHAUSTIVE)
def every_data_set_of_kary_response() -> int:
    """k-ary response, where data sets are visited up to symmetry only: 2 to 5 values, 2 to 6 users, 3 probabilities of the truth, 5 factors."""
    count = 0
    for values, users in ((2, 6), (3, 4), (4, 3), (5, 2)):
        for keep in (Fraction(9, 14), Fraction(7, 10), Fraction(9, 10)):
            channel = tuple(map(tuple, shuffle_enumeration.kary_response(values, keep)))
            shuffle = csa.Shuffle(csa.KaryRandomizedResponse(values, keep=keep), users)
            for alpha in ALPHAS:
                found = csa.exact_delta(shuffle, alpha=alpha).delta
                _ask(found, by_definition(channel, users, alpha), f"{shuffle}, alpha = {alpha}")
                count += 1
    return count


def _concatenations(cases: Iterator[Case], alphas: Sequence[Fraction]) -> int:
    count = 0
    for case in cases:
        shuffles = [csa.Shuffle(csa.FiniteRandomizer(channel), users) for channel, users in case]
        for alpha in alphas:
            named = f"{case}, alpha = {alpha}"
            fixed = csa.exact_delta(shuffles, alpha=alpha).delta
            _ask(fixed, concatenation.fixed_delta(case, alpha), f"fixed inputs, {named}")
            adaptive = csa.exact_delta(shuffles, alpha=alpha, inputs="adaptive").delta
            truth = max(concatenation.adaptive_delta(order, alpha) for order in permutations(case))
            _ask(adaptive, truth, f"adaptive inputs, {named}")
            count += 1
    return count


def _pairs_of_channels(denominator: int, users: Sequence[int]) -> Iterator[Case]:
    batches = [(channel, size) for size in users for channel in canonical_channels(2, 2, denominator)]
    yield from combinations_with_replacement(batches, 2)


@checks("histogram-enumeration", evidence=Evidence.EXHAUSTIVE, units=[(2, 2), (3, 2)])
def every_choice_for_two_shuffles(denominator: int, users: int) -> int:
    """All pairs of binary channels with denominators up to 3, 2 users each: all data sets fixed in advance, all rules that react, both orders; 2 factors."""
    return _concatenations(_pairs_of_channels(denominator, (users,)), ALPHAS[1::2])


@checks("histogram-enumeration", evidence=Evidence.EXHAUSTIVE, units=[(4, 2), (3, 3)], deep=True)
def every_choice_for_two_larger_shuffles(denominator: int, users: int) -> int:
    """All pairs of binary channels with denominators up to 4, 2 and up to 3 users: all data sets fixed in advance, all rules that react, both orders; 2 factors."""
    return _concatenations(_pairs_of_channels(denominator, tuple(range(2, users + 1))), ALPHAS[1::2])

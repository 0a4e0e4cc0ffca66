"""A report in several batches that hides in each among the users who are in that batch only."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import accounting as csa
from accounting.composition.crowds import crowd_bound
from accounting.numerics.factor import Factor
from proofs.exhaustive.exact_curves import ExactPair, product_of
from proofs.exhaustive.families import data_sets, owners, small_families
from proofs.exhaustive.situations import walk
from proofs.exhaustive.small_channels import Channel, canonical_channels
from proofs.reference.counts import convolved

from .check import CheckFailedError, Evidence, checks
from .reused import NAMED


def crowds(least: Fraction, sizes: Sequence[int]) -> ExactPair:
    """The product of the walk pairs of the statement: letters (1, 0), (0, 1), (0, 0), references r, r, 1 - 2r."""
    one, zero = Fraction(1), Fraction(0)
    return product_of([walk((one, zero), (zero, one), (least, least), size + 1) for size in sizes])


def distance(channel: Channel) -> Fraction:
    """The largest total variation distance of two laws of one report."""
    return max(
        sum((max(p - q, Fraction(0)) for p, q in zip(one, other, strict=True)), Fraction(0))
        for one, other in product(channel, repeat=2)
    )


def _ask_crowds(truth: ExactPair, apart: Fraction, told: ExactPair, case: str) -> None:
    """Compare at alpha = 1 and where the bound ``t H(1 + (alpha - 1)/t)`` turns: for every alpha >= 1."""
    for turn in {Fraction(1), *(Fraction(a, b) for a, b in told.turns if a > b)}:
        alpha = 1 + apart * (turn - 1)
        lost, bound = truth.delta(alpha), apart * told.delta(turn)
        if lost > bound:
            raise CheckFailedError(f"{case}, alpha = {alpha}: {lost} is lost, above {bound}")


def _crowded(users: int, letters: int, denominator: int) -> int:
    count = 0
    channels = [
        channel
        for channel in canonical_channels(2, letters, denominator)
        if channel[0] != channel[1] and min(map(min, channel)) > 0
    ]
    for channel, atoms in product(channels, small_families(users)):
        own = owners(atoms)
        least, apart = min(map(min, channel)), distance(channel)
        for user, values, changed, truth in data_sets(channel, atoms):
            sizes = tuple(sorted(atoms.get((name,), 0) for name in own[user]))
            if len(sizes) > 1 and sizes[0]:
                case = f"channel {channel}, {atoms}, user {user}, {values} or {changed}"
                _ask_crowds(truth, apart, crowds(least, sizes), case)
                count += 1
    return count


@checks("reused-crowds", evidence=Evidence.EXHAUSTIVE, units=[(3, 2, 6), (4, 2, 4), (3, 3, 4)])
def crowds_bound_all_data(users: int, letters: int, denominator: int) -> int:
    """All families of up to 3 batches with 3 or 4 users, all data sets, all positive channels of 2 values and up to 3 messages with denominators up to 6 or 4; every alpha >= 1."""
    return _crowded(users, letters, denominator)


@checks("reused-crowds", evidence=Evidence.EXHAUSTIVE, units=[(4, 2, 6), (5, 2, 3)], deep=True)
def crowds_bound_more_data(users: int, letters: int, denominator: int) -> int:
    """All families of up to 3 batches with 4 or 5 users, all data sets, all positive binary channels with denominators up to 6 or 3; every alpha >= 1."""
    return _crowded(users, letters, denominator)


def _alike(keep: Fraction, sizes: tuple[int, int]) -> int:
    """One user in two batches of binary response, everybody else in one of them: all counts of ones among either crowd."""
    laws = [
        [convolved([keep] * ones + [1 - keep] * (size - ones)) for ones in range(size + 1)] for size in sizes
    ]
    told = crowds(1 - keep, sizes)
    count = 0
    for one, other in product(*laws):
        first: dict[tuple[int, int], Fraction] = {}
        second: dict[tuple[int, int], Fraction] = {}
        for ((a,), p), ((b,), q) in product(one.items(), other.items()):
            for report in (0, 1):
                seen = (a + report, b + report)
                for law, chance in (
                    (first, keep if report else 1 - keep),
                    (second, 1 - keep if report else keep),
                ):
                    law[seen] = law.get(seen, Fraction(0)) + p * q * chance
        _ask_crowds(ExactPair.of_fractions(first, second), 2 * keep - 1, told, f"keep {keep}, crowds {sizes}")
        count += 1
    return count


@checks("reused-crowds", evidence=Evidence.EXHAUSTIVE, units=[("3/4", 3, 4), ("11/20", 6, 6)])
def larger_crowds_bound_all_data(keep: str, one: int, other: int) -> int:
    """One user in two batches of binary response, crowds of 3 and 4 and of 6 and 6: all data sets of the others; every alpha >= 1."""
    return _alike(Fraction(keep), (one, other))


@checks("reused-crowds", evidence=Evidence.EXHAUSTIVE, units=[("3/4", 8, 8), ("11/20", 10, 12)], deep=True)
def much_larger_crowds_bound_all_data(keep: str, one: int, other: int) -> int:
    """One user in two batches of binary response, crowds of 8 and 8 and of 10 and 12: all data sets of the others; every alpha >= 1."""
    return _alike(Fraction(keep), (one, other))


@checks("reused-crowds", evidence=Evidence.PROPERTY)
def code_is_not_below_the_crowds() -> int:
    """The code's upper end of the crowds against the exact product of the statement: 3 channels, 3 sizes, 3 factors."""
    count = 0
    for name, sizes in (("binary", (2, 3)), ("uneven", (1, 1)), ("ternary", (2, 2))):
        channel = NAMED[name]
        bound = crowd_bound(csa.FiniteRandomizer(channel), sizes)
        if bound is None:
            raise CheckFailedError(f"{name}: the code has no bound")
        told, apart = crowds(min(map(min, channel)), sizes), distance(channel)
        for turn in sorted({Fraction(a, b) for a, b in told.turns if a > b})[:3]:
            alpha, least = 1 + apart * (turn - 1), apart * told.delta(turn)
            found = bound.delta(Factor.of(alpha))
            if not least <= found:
                raise CheckFailedError(
                    f"{name}, crowds {sizes}, alpha = {alpha}: the code says {found}, below {least}"
                )
            count += 1
    return count

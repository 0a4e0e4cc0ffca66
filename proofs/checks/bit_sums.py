"""Sums of unary encodings whose bits lie differently about ones and zeros."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement, permutations, product

import accounting as csa
from accounting.numerics.factor import Factor
from accounting.pairs.of_randomizer import releases_of
from proofs.exhaustive.exact_curves import ExactPair, envelope, product_of
from proofs.reference.counts import convolved
from proofs.reference.unary import bit_sums_law

from .check import CheckFailedError, Evidence, checks

ALPHAS = tuple(map(Fraction, ("1/3", "4/5", "1", "5/4", "3/2", "3", "6")))
BITS = tuple(
    tuple(map(Fraction, pair)) for pair in (("1/2", "1/4"), ("3/4", "1/20"), ("2/3", "1/2"), ("9/10", "2/5"))
)
WIDTH = 1e-9


def one_sum(p: Fraction, q: Fraction, ones: int, users: int) -> ExactPair:
    """The pair A: the target's bit is a one against a zero, ``ones`` of the others' bits are ones."""
    others = [p] * ones + [q] * (users - 1 - ones)
    return ExactPair.of_fractions(convolved([*others, p]), convolved([*others, q]))


def _sums(values: int, users: int) -> int:
    count = 0
    for p, q in BITS:
        laws = {
            data: bit_sums_law(values, data, p, q)
            for data in combinations_with_replacement(range(values), users)
        }
        for others in combinations_with_replacement(range(values), users - 1):
            for old, new in permutations(range(values), 2):
                truth = ExactPair.of_fractions(
                    *(laws[tuple(sorted((value, *others)))] for value in (old, new))
                )
                sides = (others.count(old), others.count(new))
                factors = [one_sum(p, q, sides[0], users), one_sum(p, q, sides[1], users).swapped]
                if not truth.is_same_as(product_of(factors)):
                    raise CheckFailedError(
                        f"{values} values, bits {p} and {q}, target {old} or {new}, others {others}: not two counts with {sides} ones"
                    )
                count += 1
    return count


@checks("unary-bit-sums", evidence=Evidence.EXHAUSTIVE, units=[(2, 2), (2, 3), (2, 4), (3, 2), (3, 3)])
def sums_are_two_counts(values: int, users: int) -> int:
    """Curves as wholes, from all bits of all users: all data sets of 2 or 3 values, 2 to 4 users, 4 pairs of bit probabilities."""
    return _sums(values, users)


@checks("unary-bit-sums", evidence=Evidence.EXHAUSTIVE, units=[(2, 6), (3, 4), (4, 2)], deep=True)
def more_sums_are_two_counts(values: int, users: int) -> int:
    """Curves as wholes, from all bits of all users: all data sets of 2 to 4 values, up to 6 users, 4 pairs of bit probabilities."""
    return _sums(values, users)


def _sums_by_code(values: int, users: int) -> int:
    count = 0
    for p, q in BITS:
        rising = [one_sum(p, q, ones, users) for ones in range(users)]
        falling = [pair.swapped for pair in rising]
        worst = envelope(
            [
                product_of([rising[low], falling[high]])
                for low, high in product(range(users), repeat=2)
                if (low + high == users - 1 if values == 2 else low + high < users)
            ]
        )
        shuffle = csa.Shuffle(csa.UnaryEncoding(values, p, q, release="sums"), users)
        case = f"{shuffle.randomizer.describe()}, {users} users"
        for alpha in ALPHAS:
            true = worst.delta(alpha)
            enumerated = csa.exact_delta(shuffle, alpha=alpha).delta
            if enumerated != true:
                raise CheckFailedError(f"{case}, alpha = {alpha}: enumeration says {enumerated}, not {true}")
            bounds = shuffle.delta(alpha=alpha)
            if not bounds.lower <= true <= bounds.upper:
                raise CheckFailedError(f"{case}, alpha = {alpha}: {true} is outside of {bounds}")
            for release, pairs in zip(releases_of(shuffle.randomizer, users), (rising, falling), strict=True):
                upper = max(pair.value(Factor.of(alpha), WIDTH).delta.upper for pair in release.upper)
                most = max(pair.delta(alpha) for pair in pairs)
                if upper < most:
                    raise CheckFailedError(f"{case}, alpha = {alpha}: one sum loses {most}, above {upper}")
            count += 1
    return count


@checks("unary-bit-sums", evidence=Evidence.EXHAUSTIVE, units=[(2, 2), (2, 4), (3, 3)])
def code_goes_through_all_bit_sums(values: int, users: int) -> int:
    """Enumeration, both ends, and the bound of each sum in the code: all data sets of 2 or 3 values, 2 to 4 users, 4 pairs of bit probabilities, 7 factors."""
    return _sums_by_code(values, users)


@checks("unary-bit-sums", evidence=Evidence.EXHAUSTIVE, units=[(2, 7), (3, 5), (4, 6)], deep=True)
def code_goes_through_more_bit_sums(values: int, users: int) -> int:
    """Enumeration, both ends, and the bound of each sum in the code: 2 to 4 values, 5 to 7 users, 4 pairs of bit probabilities, 7 factors."""
    return _sums_by_code(values, users)

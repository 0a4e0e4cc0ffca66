"""Releases that are counts: sums with binomial noise, and the sums of unary encodings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations_with_replacement, permutations, product

import accounting as csa
from accounting.numerics.ball import exact_lower, exact_upper
from accounting.numerics.factor import Factor
from accounting.pairs.count_table import count_table
from accounting.pairs.counts import CountPair
from accounting.pairs.of_randomizer import pairs_of, releases_of
from proofs.exhaustive.exact_curves import ExactPair, envelope, product_of, where_above
from proofs.reference.counts import convolved
from proofs.reference.shuffle_enumeration import Law
from proofs.reference.unary import sums_law

from .check import CheckFailedError, Evidence, checks

ALPHAS = tuple(map(Fraction, ("1/3", "1", "5/4", "3/2", "3", "6")))
CHANCES = tuple(map(Fraction, ("1/2", "1/3", "3/4", "9/10")))
FLIPS = tuple(map(Fraction, ("1/3", "1/4", "1/10", "2/5")))
WIDTH = 1e-9

# ---------------------------------------------------------------- shifted-counts


def count_law(values: Sequence[Fraction], bits: int, chance: Fraction) -> Law:
    """The law of the count: each value, in levels, is rounded at random to a neighbouring whole one, and noise is added."""
    law: Law = {(0,): Fraction(1)}
    for value in values:
        down = value.numerator // value.denominator
        up = value - down
        longer: Law = {}
        for (count,), mass in law.items():
            for level, share in ((down, 1 - up), (down + 1, up)):
                if share:
                    longer[(count + level,)] = longer.get((count + level,), Fraction(0)) + mass * share
        law = longer
    released: Law = {}
    for (count,), mass in law.items():
        for (noise,), share in _noise(bits * len(values), chance).items():
            released[(count + noise,)] = released.get((count + noise,), Fraction(0)) + mass * share
    return released


@lru_cache(maxsize=256)
def _noise(bits: int, chance: Fraction) -> Law:
    return convolved([chance] * bits)


def shifted_pairs(levels: int, bits: int, chance: Fraction, users: int) -> tuple[ExactPair, ExactPair]:
    """The two pairs of the statement: (N + g, N) and (N, N + g)."""
    noise = _noise(bits * users, chance)
    moved: Law = {(count + levels,): mass for (count,), mass in noise.items()}
    pair = ExactPair.of_fractions(moved, noise)
    return pair, pair.swapped


def _data(levels: int, users: int, parts: int) -> Iterator[tuple[Fraction, Fraction, tuple[Fraction, ...]]]:
    """Two values of the target and those of the others, as multiples of 1/parts of a level."""
    values = [Fraction(i, parts) for i in range(levels * parts + 1)]
    for others in combinations_with_replacement(values, users - 1):
        for old, new in permutations(values, 2):
            yield old, new, others


def _shifts(levels: int, bits: int, users: int, parts: int) -> int:
    count = 0
    for chance in CHANCES:
        case = f"{levels} levels, {bits} noise bits with p = {chance}, {users} users"
        rising, falling = shifted_pairs(levels, bits, chance, users)
        mirrored, _ = shifted_pairs(levels, bits, 1 - chance, users)
        if not falling.is_same_as(mirrored):
            raise CheckFailedError(f"{case}: the other order is not the first one at 1 - p")
        bound = envelope((rising, falling))
        attained = []
        for old, new, others in _data(levels, users, parts):
            first, second = (count_law((value, *others), bits, chance) for value in (old, new))
            truth = ExactPair.of_fractions(first, second)
            alpha = where_above(truth, bound)
            if alpha is not None:
                raise CheckFailedError(
                    f"{case}, target {old} or {new}, others {others}, alpha = {alpha}: "
                    f"{truth.delta(alpha)} is above {bound.delta(alpha)}"
                )
            attained.append(truth)
            count += 1
        if not envelope(attained).is_same_as(bound):
            raise CheckFailedError(f"{case}: no data set attains the largest shift")
        _ask_thresholds(case, levels, bits * users, chance, rising)
    return count


def _ask_thresholds(case: str, levels: int, noise_bits: int, chance: Fraction, rising: ExactPair) -> None:
    """At all turns from 1 on: the least t with ``P(N = t - g) > alpha P(N = t)`` is best."""
    law = [mass for _, mass in sorted(_noise(noise_bits, chance).items())]
    nobody = [Fraction(0)] * levels
    moved, still = [*nobody, *law], [*law, *nobody]
    for alpha in {Fraction(1), *(Fraction(a, b) for a, b in rising.turns if a >= b)}:
        t = next((t for t, (p, q) in enumerate(zip(moved, still, strict=True)) if p > alpha * q), len(moved))
        value = sum(moved[t:]) - alpha * sum(still[t:])
        if value != rising.delta(alpha):
            raise CheckFailedError(
                f"{case}, alpha = {alpha}: threshold {t} gives {value}, not {rising.delta(alpha)}"
            )


@checks(
    "shifted-counts",
    evidence=Evidence.EXHAUSTIVE,
    units=[(1, 1, 2, 3), (1, 3, 2, 3), (2, 1, 2, 2), (2, 2, 2, 2), (3, 1, 2, 1), (1, 2, 3, 2), (2, 1, 3, 1)],
)
def largest_shift_is_worst(levels: int, bits: int, users: int, parts: int) -> int:
    """All data sets of 2 or 3 users, values rounded at random included (halves or thirds of a level), 1 to 3 levels and noise bits, 4 chances; every alpha."""
    return _shifts(levels, bits, users, parts)


@checks(
    "shifted-counts",
    evidence=Evidence.EXHAUSTIVE,
    units=[(1, 4, 4, 3), (2, 3, 3, 2), (3, 2, 3, 2), (4, 2, 3, 1), (2, 2, 4, 2)],
    deep=True,
)
def largest_shift_is_worst_for_more(levels: int, bits: int, users: int, parts: int) -> int:
    """All data sets of 3 or 4 users, values rounded at random included, 1 to 4 levels and 2 to 4 noise bits, 4 chances; every alpha."""
    return _shifts(levels, bits, users, parts)


def _count_pairs(sizes: Sequence[tuple[int, int, int]]) -> int:
    count = 0
    for levels, bits, users in sizes:
        for chance in CHANCES:
            randomizer = csa.BinomialCount(levels=levels, bits=bits, p=chance)
            for pair, truth in zip((True, False), shifted_pairs(levels, bits, chance, users), strict=True):
                code = CountPair(randomizer=randomizer, users=users, rising=pair)
                for alpha in {*ALPHAS, *(Fraction(a, b) for a, b in truth.turns if a)}:
                    found = code.value(Factor.of(alpha), WIDTH).delta
                    if not found.lower <= truth.delta(alpha) <= found.upper:
                        raise CheckFailedError(
                            f"{randomizer.describe()}, {users} users, alpha = {alpha}: {truth.delta(alpha)} is outside of {found}"
                        )
                    count += 1
            bound = envelope(shifted_pairs(levels, bits, chance, users))
            for alpha in ALPHAS:
                uppers = [
                    each.value(Factor.of(alpha), WIDTH).delta for each in pairs_of(randomizer, users).upper
                ]
                if max(found.upper for found in uppers) < bound.delta(alpha):
                    raise CheckFailedError(
                        f"{randomizer.describe()}, {users} users, alpha = {alpha}: an order is missing"
                    )
                count += 1
    return count


@checks("shifted-counts", evidence=Evidence.PROPERTY)
def code_knows_the_shifted_counts() -> int:
    """The code's pairs in both orders, at all turns of the exact curves and six factors: 8 sizes, 4 chances, up to 420 noise bits."""
    return _count_pairs(
        [(1, 1, 2), (1, 4, 3), (2, 1, 2), (2, 5, 2), (3, 2, 4), (5, 1, 3), (1, 10, 12), (4, 3, 20)]
    )


@checks("shifted-counts", evidence=Evidence.PROPERTY, deep=True)
def code_knows_larger_shifted_counts() -> int:
    """The code's pairs in both orders, at all turns of the exact curves: more than 400 noise bits, where tails come from a contour."""
    return _count_pairs([(1, 21, 20), (3, 42, 10), (41, 45, 10)])


# ---------------------------------------------------------------- unary-sums


def binary_pair(flip: Fraction, ones: int, users: int) -> ExactPair:
    """Shuffled binary response by its count: target at one against zero, ``ones`` of the others at one."""
    others = [1 - flip] * ones + [flip] * (users - 1 - ones)
    return ExactPair.of_fractions(convolved([*others, 1 - flip]), convolved([*others, flip]))


def _sums(values: int, users: int) -> int:
    count = 0
    for flip in FLIPS:
        laws = {
            data: sums_law(values, data, flip) for data in combinations_with_replacement(range(values), users)
        }
        for others in combinations_with_replacement(range(values), users - 1):
            for old, new in permutations(range(values), 2):
                truth = ExactPair.of_fractions(
                    *(laws[tuple(sorted((value, *others)))] for value in (old, new))
                )
                sides = (others.count(old), users - 1 - others.count(new))
                factors = [binary_pair(flip, ones, users) for ones in sides]
                if not truth.is_same_as(product_of(factors)):
                    raise CheckFailedError(
                        f"{values} values, flip {flip}, target {old} or {new}, others {others}: "
                        f"not two binary responses with {sides} ones"
                    )
                count += 1
    return count


@checks("unary-sums", evidence=Evidence.EXHAUSTIVE, units=[(2, 2), (2, 3), (2, 4), (3, 2), (3, 3), (4, 2)])
def sums_are_two_binary_responses(values: int, users: int) -> int:
    """Both curves as wholes, from flips of all bits: all data sets of 2 to 4 values and users, 4 flip probabilities."""
    return _sums(values, users)


@checks("unary-sums", evidence=Evidence.EXHAUSTIVE, units=[(2, 6), (3, 4), (3, 5), (4, 3), (5, 2)], deep=True)
def more_sums_are_two_binary_responses(values: int, users: int) -> int:
    """Both curves as wholes, from flips of all bits: all data sets of 2 to 5 values, up to 6 users, 4 flip probabilities."""
    return _sums(values, users)


def _sums_by_code(values: int, users: int) -> int:
    count = 0
    for flip in FLIPS:
        options = [
            product_of([binary_pair(flip, low, users), binary_pair(flip, high, users)])
            for low, high in product(range(users), repeat=2)
            if (low == high if values == 2 else low <= high)
        ]
        worst = envelope(options)
        shuffle = csa.Shuffle(csa.SymmetricUnary(values, keep=1 - flip), users)
        case = f"{shuffle.randomizer.describe()}, {users} users"
        for alpha in ALPHAS:
            enumerated = csa.exact_delta(shuffle, alpha=alpha).delta
            if enumerated != worst.delta(alpha):
                raise CheckFailedError(
                    f"{case}, alpha = {alpha}: enumeration says {enumerated}, not {worst.delta(alpha)}"
                )
            bounds = shuffle.delta(alpha=alpha)
            if not bounds.lower <= worst.delta(alpha) <= bounds.upper:
                raise CheckFailedError(
                    f"{case}, alpha = {alpha}: {worst.delta(alpha)} is outside of {bounds}"
                )
            for release in releases_of(shuffle.randomizer, users):
                upper = max(pair.value(Factor.of(alpha), WIDTH).delta.upper for pair in release.upper)
                most = max(binary_pair(flip, ones, users).delta(alpha) for ones in range(users))
                if upper < most:
                    raise CheckFailedError(f"{case}, alpha = {alpha}: one sum loses {most}, above {upper}")
            count += 1
    return count


@checks("unary-sums", evidence=Evidence.EXHAUSTIVE, units=[(2, 2), (2, 4), (3, 3)])
def code_goes_through_all_sums(values: int, users: int) -> int:
    """Enumeration, both ends, and the bound of one sum in the code: all data sets of 2 or 3 values, 2 to 4 users, 4 flip probabilities, 6 factors."""
    return _sums_by_code(values, users)


@checks("unary-sums", evidence=Evidence.EXHAUSTIVE, units=[(2, 8), (3, 5), (4, 6), (5, 7)], deep=True)
def code_goes_through_more_sums(values: int, users: int) -> int:
    """Enumeration, both ends, and the bound of one sum in the code: 2 to 5 values, 5 to 8 users, 4 flip probabilities, 6 factors."""
    return _sums_by_code(values, users)


# ---------------------------------------------------------------- count-table

TABLES = ((1, "1/3"), (2, "1/2"), (7, "9/10"), (40, "1/100"), (401, "2/5"), (900, "999/1000"))
LONG_TABLES = ((6000, "1/1000"), (6000, "999/1000"), (3000, "1/50"))
"""Windows that end before the law does: what lies further on is a ball."""


@checks("count-table", evidence=Evidence.PROPERTY)
def tables_hold_the_tails() -> int:
    """Nine binomial laws of 1 to 6000 trials, three of them cut off above: every tail of the window, in whole numbers."""
    seen = 0
    for bits, text in (*TABLES, *LONG_TABLES):
        p = Fraction(text)
        ones, zeros, whole = p.numerator, p.denominator - p.numerator, p.denominator**bits
        mass, above = ones**bits, 0  # times ``whole``
        tails = [0] * (bits + 1)
        for t in range(bits, -1, -1):
            above += mass
            tails[t] = above
            mass = mass * t * zeros // ((bits - t + 1) * ones)  # comes out even
        if above != whole:
            raise CheckFailedError(f"{bits} trials of chance {p}: masses do not add up to 1")
        table = count_table(bits, p)
        if table is None:
            raise CheckFailedError(f"{bits} trials of chance {p}: no table")
        for t, found in enumerate(table.tails, table.first):
            low, high = exact_lower(found), exact_upper(found)
            if (
                not low.numerator * whole <= tails[t] * low.denominator
                or not tails[t] * high.denominator <= high.numerator * whole
            ):
                raise CheckFailedError(
                    f"{bits} trials of chance {p}: P(N >= {t}) is outside of [{float(low)}, {float(high)}]"
                )
            seen += 1
    return seen

"""Values that are encoded through public functions: which pairs lose most, and the code against families by definition."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, product

import accounting as csa
from proofs.reference.public_functions import count_mean_sketch, noisy_bits, rappor, rappor_bit
from proofs.reference.shuffle_enumeration import exact_delta
from proofs.reference.walk import Atom, by_counts

from .check import CheckFailedError, Evidence, checks

__all__: list[str] = []

F = Fraction
ALPHAS = tuple(map(F, ("0", "1/2", "1", "5/4", "2", "3")))
KEEPS = tuple(map(F, ("3/5", "9/10")))
COINS = (F(2, 3), F(1, 5)), (F(9, 10), F(4, 5)), (F(1, 2), F(1, 4))
NOISE = (F(1, 2), F(1, 4), F(3, 4)), (F(0), F(1, 3), F(3, 5))

Law = Sequence[Fraction]


def codes_of(bits: int, most: int, true_one: Fraction, false_one: Fraction) -> dict[frozenset[int], Law]:
    """The laws of all sets of 1 to ``most`` bits."""
    return {
        frozenset(places): list(noisy_bits(bits, frozenset(places), true_one, false_one).values())
        for size in range(1, most + 1)
        for places in combinations(range(bits), size)
    }


def steps_of(pair: tuple[Law, Law], reference: Law, alpha: Fraction) -> list[Atom]:
    """The step of the blanket's walk for two codes, and its chances."""
    steps = [((p - alpha * q) / mass, mass) for p, q, mass in zip(*pair, reference, strict=True)]
    return [*steps, (F(0), 1 - sum(reference, F(0)))]


def mixture(steps: Sequence[Sequence[Atom]]) -> list[Atom]:
    """Draw one of some steps; equal values are merged."""
    merged: dict[Fraction, Fraction] = {}
    for step in steps:
        for value, mass in step:
            merged[value] = merged.get(value, F(0)) + mass / len(steps)
    return list(merged.items())


def largest_step(codes: Sequence[frozenset[int]], most: int) -> tuple[frozenset[int], frozenset[int]]:
    """Two codes with ``most`` bits each, none of them in common."""
    return next((a, b) for a, b in product(codes, repeat=2) if len(a) == len(b) == most and not a & b)


def reference_of(codes: dict[frozenset[int], Law], most: int, coins: tuple[Fraction, Fraction]) -> Law:
    """The least mass under all codes of one bit; for more bits the law of no bits, times the least factor."""
    if most == 1:
        return [min(column) for column in zip(*codes.values(), strict=True)]
    true_one, false_one = coins
    bits = max(max(code) for code in codes) + 1
    least = ((1 - true_one) / (1 - false_one)) ** most
    return [least * mass for mass in noisy_bits(bits, frozenset(), true_one, false_one).values()]


@checks("public-functions", evidence=Evidence.EXHAUSTIVE, units=((2, 1), (3, 1), (4, 2)))
def told_apart_lose_most(bits: int, most: int) -> int:
    """Two functions and all pairs of lists of codes, or one function for sets of bits: the walk of 1 to 3 users is not above that of disjoint codes."""
    count = 0
    coins_of = [(keep, 1 - keep) for keep in KEEPS] if most == 1 else COINS
    for coins, alpha, users in product(coins_of, ALPHAS, (1, 2, 3) if most == 1 else (1, 2)):
        codes = codes_of(bits, most, *coins)
        nu = reference_of(codes, most, coins)
        if any(mass > law[y] for law in codes.values() for y, mass in enumerate(nu)):
            raise CheckFailedError(f"{bits} bits, coins {coins}: the reference is above a law")
        alone = {
            pair: steps_of((codes[pair[0]], codes[pair[1]]), nu, alpha) for pair in product(codes, repeat=2)
        }
        bound = by_counts(mixture([alone[largest_step(list(codes), most)]]), users)
        for pairs in combinations_with_replacement(alone, 2) if most == 1 else ((pair,) for pair in alone):
            found = by_counts(mixture([alone[pair] for pair in pairs]), users)
            if found > bound:
                case = f"{bits} bits, coins {coins}, {users} users, alpha = {alpha}, codes {pairs}"
                raise CheckFailedError(f"{case}: {found} > {bound}")
            count += 1
    return count


def families(seed: int, count: int, functions: int, values: int, codes: int) -> Iterator[list[list[int]]]:
    """Drawn families: for each function the code of each value."""
    draw = random.Random(seed)
    for _ in range(count):
        yield [[draw.randrange(codes) for _ in range(values)] for _ in range(functions)]


def compare(randomizer: csa.Randomizer, matrix: Sequence[Law], users: int, *, complete: bool) -> int:
    """Compare the code's ends with the exact delta over all data sets of a family; the lower one, if the family has the witness."""
    shuffle, count = csa.Shuffle(randomizer, users=users), 0
    rows = sorted({tuple(row) for row in matrix})
    if len(rows) < 2:
        return 0
    for alpha in ALPHAS[1:]:
        found, bounds = exact_delta(rows, users, alpha), shuffle.delta(alpha=alpha)
        case = f"{randomizer.describe()}, {users} users, alpha = {alpha}"
        if not found <= bounds.upper:
            raise CheckFailedError(f"{case}: {found} > {bounds.upper!r}")
        if complete and not bounds.lower <= found:
            raise CheckFailedError(f"{case}: {found} < {bounds.lower!r}")
        count += 1
    return count


@checks("public-functions", evidence=Evidence.PROPERTY, units=((1, 3, 2), (2, 2, 2), (1, 2, 3)))
def code_bounds_every_family(functions: int, width: int, users: int) -> int:
    """The code's ends for a sketch against all data sets of drawn families of three values, and its lower end where the family has such values."""
    count = 0
    for family in families(functions + width, 6, functions, 3, width):
        shared = functions // width
        complete = all(
            sum(hashes[a] == hashes[b] for hashes in family) <= shared for a, b in combinations(range(3), 2)
        )
        for keep in KEEPS:
            matrix = count_mean_sketch(width, family, keep)
            count += compare(
                csa.CountMeanSketch(functions, width, keep=keep), matrix, users, complete=complete
            )
    return count


@checks("public-functions", evidence=Evidence.PROPERTY, units=((1, 4, 2), (2, 3, 1)))
def code_bounds_every_bloom_filter(cohorts: int, bits: int, hashes: int) -> int:
    """The code's ends for RAPPOR against all data sets of two users and three values with drawn hash functions, and its lower end where the first two have disjoint bits."""
    count = 0
    for f, p, q in NOISE:
        randomizer = csa.Rappor(bits, hashes, cohorts, f=f, p=p, q=q)
        for family in families(cohorts + bits, 3, cohorts * hashes, 3, bits):
            sets = [
                [frozenset(one[x] for one in family[c * hashes : (c + 1) * hashes]) for x in range(3)]
                for c in range(cohorts)
            ]
            count += compare(randomizer, rappor(bits, sets, f, p, q), 2, complete=False)
        apart = [[frozenset(range(x * hashes, (x + 1) * hashes)) for x in range(bits // hashes)]] * cohorts
        count += compare(randomizer, rappor(bits, apart, f, p, q), 2, complete=True)
        if randomizer.bits() != (rappor_bit(1, f, p, q), rappor_bit(0, f, p, q)):
            raise CheckFailedError(f"{randomizer.describe()}: {randomizer.bits()}")
    return count


@checks("public-functions", evidence=Evidence.PROPERTY, units=((2, 3, 2), (3, 3, 2), (2, 2, 3)), deep=True)
def code_bounds_larger_families(functions: int, width: int, users: int) -> int:
    """Sketches with more functions, buckets or users: the code's ends against all data sets of drawn families of three values."""
    return code_bounds_every_family(functions, width, users)


@checks("public-functions", evidence=Evidence.PROPERTY, units=((2, 4, 2), (1, 5, 2)), deep=True)
def code_bounds_larger_bloom_filters(cohorts: int, bits: int, hashes: int) -> int:
    """RAPPOR with more bits or cohorts: the code's ends against all data sets of two users and three values with drawn hash functions."""
    return code_bounds_every_bloom_filter(cohorts, bits, hashes)

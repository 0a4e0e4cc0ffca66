"""Values that are randomised before the randomizer, and mechanisms for numbers of an interval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import permutations, product

import accounting as csa
from proofs.exhaustive.small_channels import all_canonical
from proofs.reference.bounds import blanket_walk
from proofs.reference.intervals import duchi_mean, piecewise_mean
from proofs.reference.shuffle_enumeration import exact_delta, hockey_stick, released_law

from .check import CheckFailedError, Evidence, checks

F = Fraction
Matrix = Sequence[Sequence[Fraction]]
ALPHAS = tuple(map(F, ("1/2", "1", "5/4", "2", "3")))
GRID = tuple(F(i, 2) for i in range(-2, 3))
ROOTS = tuple(map(F, ("5/4", "3/2", "2", "3", "5")))


def mixed(first: Matrix, second: Matrix) -> list[list[Fraction]]:
    """The rows of a value that is randomised by the first matrix, and then by the second."""
    return [
        [
            sum((p * row[y] for p, row in zip(mixing, second, strict=True)), F(0))
            for y in range(len(second[0]))
        ]
        for mixing in first
    ]


def _mixings(values: int) -> Iterator[Matrix]:
    """Keep the value; move a third of it to the next one; draw a third of it anew."""
    third = F(1, 3)
    for share, goes in ((F(0), "on"), (third, "on"), (third, "anew")):
        yield [
            [
                (1 - share) * (x == y)
                + share * (F(1, values) if goes == "anew" else F(y == (x + 1) % values))
                for y in range(values)
            ]
            for x in range(values)
        ]


@checks("input-mixtures", evidence=Evidence.EXHAUSTIVE, units=((2, 3), (3, 2)))
def mixing_first_never_hurts(inputs: int, users: int) -> int:
    """All channels of 2 and 3 inputs, 2 messages and denominators of 3, 3 and 2 users, each with one of three ways of mixing; all data sets, five factors."""
    count = 0
    for channel in all_canonical(inputs=inputs, letters=2, denominator=3):
        if len(set(map(tuple, channel))) < 2:
            continue
        bounds = {alpha: exact_delta(channel, users, alpha) for alpha in ALPHAS}
        rows = [row for mixing in _mixings(len(channel)) for row in mixed(mixing, channel)]
        distinct = [list(row) for row in sorted({tuple(row) for row in rows})]
        for alpha in ALPHAS:
            found = exact_delta(distinct, users, alpha)  # every user and the target may have any mixture
            if found > bounds[alpha]:
                raise CheckFailedError(
                    f"{channel}, {users} users, alpha = {alpha}: {found} > {bounds[alpha]}"
                )
            count += 1
    return count


@checks("input-mixtures", evidence=Evidence.PROPERTY)
def code_knows_duchis_mean() -> int:
    """The code's exact value for Duchi's mechanism against all data sets of five values of the interval, 2 and 3 users, three epsilon0, five factors."""
    count = 0
    for keep, users, alpha in product(map(F, ("3/5", "3/4", "9/10")), (2, 3), ALPHAS):
        bounds = csa.Shuffle(csa.DuchiMean(keep=keep), users=users).delta(alpha=alpha)
        found = exact_delta(duchi_mean(GRID, keep), users, alpha)
        if not bounds.lower <= found <= bounds.upper:
            case = f"keep = {keep}, {users} users, alpha = {alpha}"
            raise CheckFailedError(f"{case}: {found} is not in [{bounds.lower!r}, {bounds.upper!r}]")
        count += 1
    return count


@checks("disjoint-intervals", evidence=Evidence.PROPERTY)
def ends_lose_most_in_the_walk() -> int:
    """The blanket walk of all pairs of five values of the interval, three epsilon0, 1 to 3 users, five factors: none is above that of the ends."""
    count = 0
    for root in ROOTS[1:4]:
        channel = piecewise_mean(GRID, root)
        ends = (0, len(GRID) - 1)
        for users, alpha in product((1, 2, 3), ALPHAS):
            most = blanket_walk(channel, ends, users, alpha)
            for pair in permutations(range(len(GRID)), 2):
                found = blanket_walk(channel, pair, users, alpha)
                if found > most:
                    case = f"e^(epsilon0/2) = {root}, {users} users, alpha = {alpha}, values {pair}"
                    raise CheckFailedError(f"{case}: {found} > {most}")
                count += 1
    return count


@checks("disjoint-intervals", evidence=Evidence.PROPERTY, units=tuple((str(root),) for root in ROOTS))
def code_bounds_the_piecewise_mechanism(root: str) -> int:
    """The code's ends for the piecewise mechanism against all data sets of five values of the interval, 2 users, five epsilon0, five factors."""
    t = F(root)
    shuffle = csa.Shuffle(csa.PiecewiseMean(keep=t / (t + 1)), users=2)
    channel, count = piecewise_mean(GRID, t), 0
    for alpha in ALPHAS:
        bounds, found = shuffle.delta(alpha=alpha), F(0)
        for other, (old, new) in product(range(len(GRID)), permutations(range(len(GRID)), 2)):
            first, second = (released_law(channel, (value, other)) for value in (old, new))
            found = max(found, hockey_stick(first, second, alpha))
            count += 1
        if not bounds.lower <= found <= bounds.upper:
            case = f"e^(epsilon0/2) = {root}, alpha = {alpha}"
            raise CheckFailedError(f"{case}: {found} is not in [{bounds.lower!r}, {bounds.upper!r}]")
    return count

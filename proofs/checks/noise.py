"""Released counts with Poisson or negative binomial noise, and the tails of these laws."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import combinations_with_replacement, permutations

import accounting as csa
from accounting.numerics.ball import arb, ball, exact_lower, exact_upper, precision
from accounting.numerics.factor import Factor
from accounting.numerics.noise import NegativeBinomial, NoiseLaw, Poisson
from accounting.numerics.noise_table import NoiseTable, noise_table
from accounting.pairs.of_randomizer import pairs_of
from proofs.reference.noise import Weights, divergence, negative_binomial, poisson

from .check import CheckFailedError, Evidence, checks

ALPHAS = tuple(map(Fraction, ("1/4", "9/10", "1", "6/5", "2", "7/2", "20")))
MEANS = tuple(map(Fraction, ("1/5", "1", "5/2")))
SHARES = (("1/3", "1/2"), ("1/8", "3/5"), ("1/2", "1/3"), ("3/2", "2/5"))
"""Shape and ratio of one user: with two or three users shapes sum to less than 1, to 1, and to more."""

LAST = 120

Ends = tuple[Fraction, Fraction]


def randomizers(levels: int) -> Iterator[csa.Randomizer]:
    """The instances that the checks go through."""
    for mean in MEANS:
        yield csa.PoissonCount(levels=levels, mean=mean)
    for shape, ratio in SHARES:
        yield csa.NegativeBinomialCount(levels=levels, shape=shape, ratio=ratio)


@lru_cache(maxsize=64)
def weights(randomizer: csa.Randomizer, users: int) -> Weights:
    """The noise of all users together, by the reference."""
    match randomizer:
        case csa.PoissonCount(mean=mean):
            return poisson(users * mean, LAST)
        case csa.NegativeBinomialCount(shape=shape, ratio=ratio):
            return negative_binomial(users * shape, ratio, LAST)
        case _:
            raise TypeError(randomizer)


def sum_law(values: tuple[Fraction, ...]) -> dict[int, Fraction]:
    """The sum of values in levels, each rounded at random to a neighbouring whole one."""
    law = {0: Fraction(1)}
    for value in values:
        down = value.numerator // value.denominator
        longer: dict[int, Fraction] = {}
        for count, mass in law.items():
            for level, share in ((down, 1 - (value - down)), (down + 1, value - down)):
                if share:
                    longer[count + level] = longer.get(count + level, Fraction(0)) + mass * share
        law = longer
    return law


def by_threshold(noise: Weights, shift: int, alpha: Fraction, *, order: str) -> Ends:
    """The statement's formula for alpha >= 1, up to what is not listed."""
    listed, total = noise.listed, sum(noise.listed)
    ratios = [(listed[t - shift], alpha * listed[t]) for t in range(shift, len(listed))]
    concave = listed[2] * listed[0] <= listed[1] ** 2
    if order == "falling":
        t = next(
            (shift + i for i, (p, q) in enumerate(ratios) if listed[shift + i] <= alpha * p), len(listed)
        )
        found = sum(listed[:t]) - alpha * sum(listed[: t - shift])
    elif concave:
        t = next((shift + i for i, (p, q) in enumerate(ratios) if p > q), len(listed) + shift)
        found = sum(listed[t - shift :]) - alpha * sum(listed[t:])
    else:
        t = next((shift + i for i, (p, q) in enumerate(ratios) if p <= q), len(listed))
        found = sum(listed[: t - shift]) - alpha * (sum(listed[:t]) - sum(listed[:shift]))
    slack = (1 + alpha) * (noise.rest + sum(listed[-shift:]))
    return (found - slack) / (total + noise.rest), (found + slack) / total


def worst_shift(noise: Weights, levels: int, alpha: Fraction) -> Ends:
    """The largest value over shifts, as few as the statement needs, and both orders."""
    concave = noise.listed[2] * noise.listed[0] <= noise.listed[1] ** 2
    ends = []
    for shift in (levels,) if concave else range(1, levels + 1):
        for order in ("rising", "falling"):
            if alpha >= 1:
                ends.append(by_threshold(noise, shift, alpha, order=order))
            else:
                other = "falling" if order == "rising" else "rising"
                low, high = by_threshold(noise, shift, 1 / alpha, order=other)
                ends.append((1 - alpha + alpha * low, 1 - alpha + alpha * high))
    return max(low for low, _ in ends), max(high for _, high in ends)


def _data_sets(levels: int, users: int, parts: int) -> int:
    values = [Fraction(i, parts) for i in range(levels * parts + 1)]
    count = 0
    for randomizer in randomizers(levels):
        noise = weights(randomizer, users)
        for alpha in ALPHAS:
            case = f"{randomizer.describe()}, {users} users, alpha = {alpha}"
            low, high = worst_shift(noise, levels, alpha)
            most = Fraction(0)
            for others in combinations_with_replacement(values, users - 1):
                for old, new in permutations(values, 2):
                    ends = divergence(noise, sum_law((old, *others)), sum_law((new, *others)), alpha)
                    if ends[0] > high:
                        raise CheckFailedError(
                            f"{case}, target {old} or {new}, others {others}: at least {float(ends[0])} is above {float(high)}"
                        )
                    most = max(most, ends[1])
                    count += 1
            if most < low:
                raise CheckFailedError(f"{case}: no data set attains {float(low)}, the most is {float(most)}")
    return count


@checks("shifted-noise", evidence=Evidence.PROPERTY, units=[(1, 2, 2), (2, 2, 1), (1, 3, 1)])
def largest_shift_is_worst(levels: int, users: int, parts: int) -> int:
    """All data sets of 2 or 3 users, values rounded at random included, 1 or 2 levels, 3 Poisson and 4 negative binomial noises; 7 factors."""
    return _data_sets(levels, users, parts)


@checks("shifted-noise", evidence=Evidence.PROPERTY, units=[(3, 2, 1), (2, 2, 2), (2, 3, 1)], deep=True)
def largest_shift_is_worst_for_more(levels: int, users: int, parts: int) -> int:
    """All data sets of 2 or 3 users, values rounded at random included, 2 or 3 levels, 3 Poisson and 4 negative binomial noises; 7 factors."""
    return _data_sets(levels, users, parts)


@checks("shifted-noise", evidence=Evidence.PROPERTY, units=[(1, 2), (2, 3), (3, 2), (5, 3)])
def code_knows_the_shifted_noise(levels: int, users: int) -> int:
    """The code's pairs, one by one and together, and its floors: 1 to 5 levels, 2 or 3 users, 7 noises, 7 factors, by the definition with remainders."""
    count = 0
    for randomizer in randomizers(levels):
        noise = weights(randomizer, users)
        pairs = pairs_of(randomizer, users).upper
        for alpha in ALPHAS:
            case = f"{randomizer.describe()}, {users} users, alpha = {alpha}"
            uppers = []
            for pair in pairs:
                value = pair.value(Factor.of(alpha), 1e-9)
                if value.witness is None:
                    raise CheckFailedError(f"{case}: a pair has no data sets")
                first, second = ({level: Fraction(1)} for level in value.witness.target)
                low, high = divergence(noise, first, second, alpha)
                if value.delta.lower > high or value.delta.upper < low:
                    raise CheckFailedError(
                        f"{case}, target {value.witness.target}: {value.delta} is off [{float(low)}, {float(high)}]"
                    )
                uppers.append(value.delta.upper)
                count += 1
            for shift in range(1, levels + 1):
                for old, new in ((shift, 0), (0, shift)):
                    low, _ = divergence(noise, {old: Fraction(1)}, {new: Fraction(1)}, alpha)
                    if max(uppers) < low:
                        raise CheckFailedError(f"{case}: the target at {old} or {new} loses {float(low)}")
                    count += 1
        floor = max(pair.floor().upper for pair in pairs)
        heads = sum(noise.listed[:levels])
        if (
            not heads / (sum(noise.listed) + noise.rest)
            <= floor
            <= heads / sum(noise.listed) * (1 + Fraction(1, 10**9))
        ):
            raise CheckFailedError(f"{randomizer.describe()}, {users} users: the floor is not {float(floor)}")
        count += 1
    return count


# ---------------------------------------------------------------- noise-tails

SMALL: tuple[NoiseLaw, ...] = (
    Poisson(Fraction(1, 50)), Poisson(Fraction(3)), Poisson(Fraction(41, 2)),
    NegativeBinomial(Fraction(70), Fraction(1, 9)), NegativeBinomial(Fraction(40), Fraction(1, 3)),
    NegativeBinomial(Fraction(5, 2), Fraction(1, 2)), NegativeBinomial(Fraction(1, 3), Fraction(2, 3)),
)  # fmt: skip
LARGE: tuple[NoiseLaw, ...] = (
    Poisson(Fraction(10**5)), Poisson(Fraction(10**12)), NegativeBinomial(Fraction(100), Fraction(10**6 - 1, 10**6)),
    NegativeBinomial(Fraction(10**12), Fraction(1, 3)), NegativeBinomial(Fraction(10**10), Fraction(1, 10**8)),
)  # fmt: skip


def _reference(law: NoiseLaw, last: int) -> Weights:
    match law:
        case Poisson(rate=rate):
            return poisson(rate, last)
        case NegativeBinomial(shape=shape, ratio=ratio):
            return negative_binomial(shape, ratio, last)
        case _:
            raise TypeError(law)


def _compare_with_table(law: NoiseLaw, table: NoiseTable, z: int) -> int:
    """Compare both tails at one count; outside of the table there is nothing to compare."""
    with precision(law.bits(z)):
        roads = (law.tail(z), table.tail(z)), (law.head(z), table.head(z))
        for road, found in roads:
            # tails are known relatively down to where floats end
            if found is not None and not (
                found.overlaps(road) and found.rad() <= abs(found) * 1e-20 + arb(10) ** -350
            ):
                raise CheckFailedError(f"{law}, count {z}: by the table {found.str(20)}, not {road.str(20)}")
    return sum(found is not None for _, found in roads)


@checks("noise-tails", evidence=Evidence.PROPERTY)
def tails_are_those_of_other_roads() -> int:
    """Seven small laws by sums of fractions, at 39 counts up to 200; five large ones, where neighbouring tails differ by a mass through log Gamma and both tails add up to 1."""
    seen = 0
    for law in SMALL:
        noise = _reference(law, 400)
        total = sum(noise.listed)
        for z in (*range(1, 30), *range(30, 200, 17)):
            head = sum(noise.listed[:z])
            ends = head / (total + noise.rest), head / total
            with precision(law.bits(z)):
                below, above = law.head(z), law.tail(z)
            for found, low, high in (
                (below, ends[0], ends[1]), (above, 1 - ends[1], 1 - ends[0]),
            ):  # fmt: skip
                if exact_lower(found) > high or exact_upper(found) < low or not found.rad() < 1e-20:
                    raise CheckFailedError(
                        f"{law}, count {z}: {found.str(20)} is off [{float(low)}, {float(high)}]"
                    )
            seen += 2
        table = noise_table(law)
        if (table is None) == law.is_log_concave:
            raise CheckFailedError(f"{law}: tables are made for log-concave laws")
        if table is not None:
            seen += sum(_compare_with_table(law, table, z) for z in range(1, 200, 7))
    for law in LARGE:
        middle, spread = int(law.mean), max(1, int(law.spread(0.0)))
        for z in (
            middle - 7 * spread,
            middle - spread,
            middle,
            middle + 1,
            middle + 3 * spread,
            middle + 12 * spread,
        ):
            if z < 1:
                continue
            with precision(law.bits(z)):
                mass = law.log_mass(z).exp()
                steps = (law.tail(z) - law.tail(z + 1), law.head(z + 1) - law.head(z))
                whole = NoiseLaw._upper(law, z) + NoiseLaw._lower(law, z)
                small = min(law.tail(z), law.head(z), key=float)
            if not all(step.overlaps(mass) for step in steps):
                raise CheckFailedError(
                    f"{law}, count {z}: tails differ by {steps[0].str(20)}, not by {mass.str(20)}"
                )
            if not whole.overlaps(ball(1)) or not small.rad() < small * arb(1e-20):
                raise CheckFailedError(f"{law}, count {z}: both tails add up to {whole.str(20)}")
            seen += 3
    return seen

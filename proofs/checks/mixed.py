"""Users of one batch with different local epsilons."""

from __future__ import annotations

from fractions import Fraction

import accounting as csa
from accounting.numerics.factor import Factor
from accounting.pairs.mixed import ThresholdPair
from accounting.pairs.of_randomizer import pairs_of
from proofs.reference.mixed import histogram_law, largest_delta
from proofs.reference.shuffle_enumeration import hockey_stick

from .check import CheckFailedError, Evidence, checks

ALPHAS = tuple(map(Fraction, ("1/4", "3/4", "1", "5/4", "2", "7/2", "6")))
GROUPS = (
    (("1/2", "1/2"), ("3/2", "4")),
    (("3/4", "1/4"), ("2", "9")),
    (("1/5", "4/5"), ("3", "5")),
    (("1/3", "1/3", "1/3"), ("5/4", "2", "20")),
)
"""Shares of groups, and e^epsilon0 of each."""


def instance(values: int, shares: tuple[str, ...], factors: tuple[Fraction, ...]) -> csa.MixedResponse:
    """The randomizer with these e^epsilon0."""
    return csa.MixedResponse(values, shares, keep=[w / (w + values - 1) for w in factors])


def _brackets(values: int, users: int) -> int:
    count = 0
    for shares, odds in GROUPS:
        factors = tuple(map(Fraction, odds))
        randomizer = instance(values, shares, factors)
        least = [int(Fraction(share) * users) for share in shares]
        pairs = pairs_of(randomizer, users)
        for alpha in ALPHAS:
            case = f"{randomizer.describe()}, {users} users, alpha = {alpha}"
            truth = largest_delta(values, factors, least, users, alpha)
            upper = max(pair.value(Factor.of(alpha), 1e-9).delta.upper for pair in pairs.upper)
            if upper < truth:
                raise CheckFailedError(f"{case}: the upper end {float(upper)} is below {float(truth)}")
            for pair in pairs.lower:
                low = pair.value(Factor.of(alpha), 1e-9).delta.lower
                attained = _attained(pair, factors, alpha)
                if low > attained:
                    raise CheckFailedError(
                        f"{case}: the lower end {float(low)} is above its data sets' {float(attained)}"
                    )
                if values == 2 and low < attained * (1 - Fraction(1, 10**6)):
                    raise CheckFailedError(
                        f"{case}: the lower end {float(low)} is below its data sets' {float(attained)}"
                    )
                count += 1
            count += 1
    return count


def _attained(pair: object, factors: tuple[Fraction, ...], alpha: Fraction) -> Fraction:
    """What the data sets of a lower end lose, by the definition."""
    if not isinstance(pair, ThresholdPair):
        raise TypeError(pair)
    noise = pair.noise
    crowd = [(factors[group], noise.held) for group, count in enumerate(noise.others) for _ in range(count)]
    first, second = (
        histogram_law(noise.randomizer.values, [*crowd, (factors[pair.target], value)]) for value in (0, 1)
    )
    return hockey_stick(first, second, alpha)


@checks("mixed-populations", evidence=Evidence.EXHAUSTIVE, units=[(2, 2), (2, 3), (2, 5), (3, 2), (3, 3)])
def all_groups_are_between_the_ends(values: int, users: int) -> int:
    """The code against all sizes of groups, targets and data sets: 2 or 3 values, 2 to 5 users, 4 populations of 2 or 3 groups, 7 factors."""
    return _brackets(values, users)


@checks("mixed-populations", evidence=Evidence.EXHAUSTIVE, units=[(2, 8), (3, 4), (4, 3)], deep=True)
def more_groups_are_between_the_ends(values: int, users: int) -> int:
    """The code against all sizes of groups, targets and data sets: 2 to 4 values, up to 8 users, 4 populations of 2 or 3 groups, 7 factors."""
    return _brackets(values, users)

"""Reports that several batches release, by definition: every report of every user, for a handful of users.

A channel is a matrix of Fractions: row = value, column = message. A batch is the set of its users.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

Channel = Sequence[Sequence[Fraction]]
Release = tuple[tuple[int, ...], ...]


def released_law(
    channel: Channel, batches: Sequence[frozenset[int]], values: Sequence[int]
) -> dict[Release, Fraction]:
    """Return the law of what all batches release, each the sorted reports of its users."""
    law: dict[Release, Fraction] = {}
    for reports in product(range(len(channel[0])), repeat=len(values)):
        chance = Fraction(1)
        for value, report in zip(values, reports, strict=True):
            chance *= channel[value][report]
        release = tuple(tuple(sorted(reports[user] for user in batch)) for batch in batches)
        law[release] = law.get(release, Fraction(0)) + chance
    return law


def worst_delta(channel: Channel, batches: Sequence[frozenset[int]], users: int, alpha: Fraction) -> Fraction:
    """Return the largest divergence over all data sets, all users who may change, and all changes."""
    laws = {
        values: released_law(channel, batches, values)
        for values in product(range(len(channel)), repeat=users)
    }
    worst = Fraction(0)
    for values, first in laws.items():
        for user, new in product(range(users), range(len(channel))):
            if new != values[user]:
                second = laws[*values[:user], new, *values[user + 1 :]]
                zero = Fraction(0)
                excess = (first[release] - alpha * second.get(release, zero) for release in first)
                worst = max(worst, sum((value for value in excess if value > 0), zero))
    return worst

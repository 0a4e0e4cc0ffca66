"""k-ary randomized response of users with different factors, by the definition."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement, permutations, product

from .shuffle_enumeration import Law, hockey_stick

User = tuple[Fraction, int]
"""What a user is: e^epsilon0, and the value."""


def histogram_law(values: int, users: Sequence[User]) -> Law:
    """Return the law of how many messages of each kind there are."""
    law: Law = {(0,) * values: Fraction(1)}
    for factor, value in users:
        longer: Law = {}
        for counts, mass in law.items():
            for sent in range(values):
                chance = (factor if sent == value else Fraction(1)) / (factor + values - 1)
                moved = (*counts[:sent], counts[sent] + 1, *counts[sent + 1 :])
                longer[moved] = longer.get(moved, Fraction(0)) + mass * chance
        law = longer
    return law


def crews(least: Sequence[int], users: int) -> Iterator[tuple[int, ...]]:
    """Go through the sizes of groups, none below its least, of this many users together."""
    for more in product(range(users - sum(least) + 1), repeat=len(least)):
        if sum(more) == users - sum(least):
            yield tuple(a + b for a, b in zip(least, more, strict=True))


def largest_delta(
    values: int, factors: Sequence[Fraction], least: Sequence[int], users: int, alpha: Fraction
) -> Fraction:
    """Return the largest divergence over all sizes of the groups, targets of each, and data sets."""
    most = Fraction(0)
    for sizes in crews(least, users):
        for target, factor in enumerate(factors):
            if not sizes[target]:
                continue
            others = [size - (group == target) for group, size in enumerate(sizes)]
            held = (combinations_with_replacement(range(values), count) for count in others)
            for data in product(*held):
                crowd = [(factors[group], value) for group, part in enumerate(data) for value in part]
                laws = [histogram_law(values, [*crowd, (factor, value)]) for value in range(values)]
                for old, new in permutations(range(values), 2):
                    most = max(most, hockey_stick(laws[old], laws[new], alpha))
    return most

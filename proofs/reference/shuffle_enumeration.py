"""The shuffle model by its definition, for a handful of users.

A channel is a matrix of Fractions: row = value, column = message. The target is the first user.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

Matrix = Sequence[Sequence[Fraction]]
Outcome = tuple[int, ...]
Law = dict[Outcome, Fraction]
Neighbours = tuple[tuple[int, ...], tuple[int, ...]]


def released_law(channel: Matrix, values: Sequence[int]) -> Law:
    """Return the law of the sorted messages, by going through all tuples of messages."""
    law: Law = {}
    for messages in product(range(len(channel[0])), repeat=len(values)):
        chance = Fraction(1)
        for value, message in zip(values, messages, strict=True):
            chance *= channel[value][message]
        outcome = tuple(sorted(messages))
        law[outcome] = law.get(outcome, Fraction(0)) + chance
    return law


def hockey_stick(first: Law, second: Law, alpha: Fraction) -> Fraction:
    """Return ``sum_y (first(y) - alpha second(y))_+``."""
    zero = Fraction(0)
    return sum((max(zero, first.get(y, zero) - alpha * second.get(y, zero)) for y in {*first, *second}), zero)


def neighbours(values: int, users: int) -> Iterator[Neighbours]:
    """Go through all ordered pairs of data sets that differ in the first user's value."""
    for others in product(range(values), repeat=users - 1):
        for old, new in product(range(values), repeat=2):
            if old != new:
                yield (old, *others), (new, *others)


def exact_delta(channel: Matrix, users: int, alpha: Fraction) -> Fraction:
    """Return the largest divergence over all neighbouring data sets."""
    return max(
        hockey_stick(released_law(channel, data), released_law(channel, changed), alpha)
        for data, changed in neighbours(len(channel), users)
    )


def merged(channel: Matrix, names: Sequence[int]) -> list[list[Fraction]]:
    """Rename message j to ``names[j]``; messages of one name become one message."""
    return [
        [
            sum((row[j] for j, name in enumerate(names) if name == new), Fraction(0))
            for new in sorted(set(names))
        ]
        for row in channel
    ]


def kary_response(values: int, keep: Fraction) -> list[list[Fraction]]:
    """Return the channel that keeps the value, or else sends one of the others at random."""
    lie = (1 - keep) / (values - 1)
    return [[keep if x == y else lie for y in range(values)] for x in range(values)]

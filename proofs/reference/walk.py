"""The expected positive part of a random walk with finitely many steps."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import factorial, prod

Atom = tuple[Fraction, Fraction]
"""A step and its probability."""


def by_sequences(atoms: Sequence[Atom], steps: int) -> Fraction:
    """Return ``E[(G_1 + .. + G_n)_+]``, by going through all sequences of steps."""
    total = Fraction(0)
    for walk in product(atoms, repeat=steps):
        end = sum((step for step, _ in walk), Fraction(0))
        total += max(Fraction(0), end) * prod((chance for _, chance in walk), start=Fraction(1))
    return total


def by_counts(atoms: Sequence[Atom], steps: int) -> Fraction:
    """Return the same, by how often each step is taken."""
    total = Fraction(0)
    for counts in compositions(steps, len(atoms)):
        end, chance = Fraction(0), Fraction(factorial(steps))
        for (step, probability), count in zip(atoms, counts, strict=True):
            end += count * step
            chance *= probability**count / factorial(count)
        total += max(Fraction(0), end) * chance
    return total


def compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Go through all ways to write ``total`` as an ordered sum of ``parts`` counts, zeros included."""
    if parts == 1:
        yield (total,)
        return
    for count in range(total + 1):
        for rest in compositions(total - count, parts - 1):
            yield (count, *rest)

"""Steps of random walks for the checks, and what is known of them without the toolkit's numerics."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from random import Random

from flint import arb

from accounting.numerics.atoms import Guide, Step, saddle

from ..reference.walk import compositions
from .boxes import exactly

__all__ = [
    "Atoms",
    "blanket",
    "drawn_step",
    "law_of_sum",
    "positive_part",
    "spread_at",
    "step_of",
    "whole_steps",
]

Atoms = tuple[tuple[Fraction, Fraction], ...]
"""Pairs (value, chance); the chances sum to 1."""


def step_of(atoms: Atoms) -> Step:
    """Return the step in balls at the working precision."""
    return Step(tuple(exactly(g) for g, _ in atoms), tuple(exactly(p) for _, p in atoms), arb(0))


def blanket(values: int, w: Fraction, alpha: Fraction) -> Atoms:
    """Return the walk of k-ary response with e^epsilon0 = w over its blanket, times gamma."""
    lie = 1 / (w + values - 1)
    atoms = {w - alpha: lie, 1 - alpha * w: lie}
    for value, chance in ((1 - alpha, (values - 2) * lie), (Fraction(0), 1 - values * lie)):
        if chance:
            atoms[value] = atoms.get(value, Fraction(0)) + chance
    return tuple(atoms.items())


def drawn_step(random: Random, atoms: int) -> Atoms:
    """Draw a step that takes both signs and whose mean is not positive."""
    while True:
        values = random.sample([Fraction(a, b) for a in range(-24, 25) for b in (1, 5, 12)], atoms)
        weights = [random.randint(1, 30) for _ in values]
        mean = sum(g * k for g, k in zip(values, weights, strict=True))
        sign = -1 if mean > 0 else 1
        values = [sign * g for g in values]
        if len(set(values)) == atoms and min(values) < 0 < max(values):
            return tuple((g, Fraction(k, sum(weights))) for g, k in zip(values, weights, strict=True))


def whole_steps(values: int, denominator: int, atoms: int) -> Iterator[Atoms]:
    """Go through all steps with that many distinct values among -values .. values and chances of a denominator."""

    def chosen(least: int, count: int) -> Iterator[tuple[int, ...]]:
        if not count:
            yield ()
            return
        for value in range(least, values + 1):
            for rest in chosen(value + 1, count - 1):
                yield (value, *rest)

    weights = [parts for parts in compositions(denominator, atoms) if all(parts)]
    for support in chosen(-values, atoms):
        for parts in weights:
            yield tuple((Fraction(g), Fraction(k, denominator)) for g, k in zip(support, parts, strict=True))


@lru_cache(maxsize=512)
def law_of_sum(atoms: Atoms, n: int) -> tuple[tuple[Fraction, Fraction], ...]:
    """Return values and chances of G_1 + .. + G_n, exactly, by adding one step after the other."""
    law = {Fraction(0): Fraction(1)}
    for _ in range(n):
        longer: dict[Fraction, Fraction] = {}
        for at, mass in law.items():
            for g, p in atoms:
                longer[at + g] = longer.get(at + g, Fraction(0)) + mass * p
        law = longer
    return tuple(law.items())


@lru_cache(maxsize=512)
def positive_part(atoms: Atoms, n: int) -> Fraction:
    """Return E(G_1 + .. + G_n)_+ exactly: for each way to count the atoms, in integers."""
    unit = math.lcm(*(g.denominator for g, _ in atoms))
    base = math.lcm(*(p.denominator for _, p in atoms))
    ends = [int(g * unit) for g, _ in atoms]
    weights = [int(p * base) for _, p in atoms]
    powers = [[int(k**a) for a in range(n + 1)] for k in weights]
    total = 0
    for counts in compositions(n, len(atoms)):
        end = sum(g * a for g, a in zip(ends, counts, strict=True))
        if end > 0:
            ways, left = 1, n
            for a, table in zip(counts, powers, strict=True):
                ways *= math.comb(left, a) * table[a]
                left -= a
            total += end * ways
    return Fraction(total, unit * base**n)


def spread_at(guide: Guide, n: int) -> tuple[float, float]:
    """Return about the saddle point of the walk, and the standard deviation of the sum tilted by it."""
    c = saddle(guide, n)
    return c, math.sqrt(n * guide.cumulants(c)[2])

"""Pairs of laws in integers, and their privacy curves at all factors at once.

A curve ``D(alpha) = sum (p - alpha q)_+`` is convex, falls, and is a line between its *turns*, the ratios p/q of its
outcomes. If U is a curve and D is convex and falls, then ``D <= U`` holds at every ``alpha >= 0`` as soon as it holds at 0 and at the
turns of U: between two turns U is a line, so that D - U is largest at an end, and beyond the last one U is constant and D falls.
So a finite number of comparisons in integers decides for all alpha. Nothing here comes from ``accounting``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations_with_replacement, pairwise, permutations
from math import gcd, lcm
from typing import TypeAlias, TypeVar

__all__ = [
    "ExactPair",
    "Turn",
    "envelope",
    "histogram",
    "in_integers",
    "largest_at",
    "pairs_of_shuffle",
    "product_of",
    "where_above",
]

Turn: TypeAlias = tuple[int, int]
"""A factor a / b, in lowest terms."""

_Key = TypeVar("_Key")

_DIGIT = 64  # of a histogram: more than any number of users here


@dataclass(frozen=True)
class ExactPair:
    """Two laws on the same outcomes.

    Attributes:
        scale: what the weights are relative to.
        atoms: the weights (p, q) of the outcomes, merged by ratio, by falling p/q.
    """

    scale: int
    atoms: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, weights: Iterable[tuple[int, int]], scale: int) -> ExactPair:
        """Merge outcomes of the same ratio; each law has to have the weight ``scale`` in all."""
        merged: dict[tuple[int, int], int] = {}
        for p, q in weights:
            common = gcd(p, q)
            if common:
                ratio = (p // common, q // common)
                merged[ratio] = merged.get(ratio, 0) + common
        falling = sorted(merged, key=lambda ratio: Fraction(ratio[1], sum(ratio)))
        atoms = tuple((p * merged[p, q], q * merged[p, q]) for p, q in falling)
        if any(sum(side) != scale for side in zip(*atoms, strict=True)):
            raise ArithmeticError(f"the weights {atoms} do not sum to {scale} on both sides")
        return cls(scale, atoms)

    @classmethod
    def of_laws(cls, first: Mapping[_Key, int], second: Mapping[_Key, int], scale: int) -> ExactPair:
        """Take two laws with weights relative to ``scale``."""
        outcomes = dict.fromkeys((*first, *second))
        return cls.of(((first.get(y, 0), second.get(y, 0)) for y in outcomes), scale)

    @classmethod
    def of_fractions(cls, first: Mapping[_Key, Fraction], second: Mapping[_Key, Fraction]) -> ExactPair:
        """Take two laws in rationals."""
        scale = lcm(*(mass.denominator for law in (first, second) for mass in law.values()))
        return cls.of_laws(
            {y: int(mass * scale) for y, mass in first.items()},
            {y: int(mass * scale) for y, mass in second.items()},
            scale,
        )

    def excess(self, a: int, b: int) -> int:
        """Return ``b sum (p - (a/b) q)_+`` in weights."""
        total = 0
        for p, q in self.atoms:
            above = b * p - a * q
            if above <= 0:
                break
            total += above
        return total

    def delta(self, alpha: Fraction) -> Fraction:
        """Return the divergence at a factor of at least 0."""
        a, b = alpha.numerator, alpha.denominator
        return Fraction(self.excess(a, b), b * self.scale)

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """The factors at which the curve turns, falling; 0 is among them only where an outcome has p = 0."""
        return tuple((p // common, q // common) for p, q in self.atoms if q for common in (gcd(p, q),))

    @property
    def swapped(self) -> ExactPair:
        """The pair in the other order."""
        return ExactPair(self.scale, tuple((q, p) for p, q in reversed(self.atoms)))

    def is_same_as(self, other: ExactPair) -> bool:
        """Whether the two have the same curve."""
        here, there = (
            tuple((Fraction(p, pair.scale), Fraction(q, pair.scale)) for p, q in pair.atoms)
            for pair in (self, other)
        )
        return here == there


def where_above(below: ExactPair, above: ExactPair) -> Fraction | None:
    """Return a factor at which the curve of ``below`` exceeds that of ``above``; None if there is none at all."""
    for a, b in ((0, 1), *above.turns):
        if below.excess(a, b) * above.scale > above.excess(a, b) * below.scale:
            return Fraction(a, b)
    return None


def largest_at(curve: Callable[[Fraction], Fraction], above: ExactPair) -> Fraction | None:
    """Do the same for any convex falling function of the factor."""
    for a, b in ((0, 1), *above.turns):
        alpha = Fraction(a, b)
        if curve(alpha) > above.delta(alpha):
            return alpha
    return None


def envelope(pairs: Iterable[ExactPair]) -> ExactPair:
    """Return the pair whose curve is the largest of theirs at every factor.

    A curve is the largest of the lines ``P(E) - alpha Q(E)``, over all events E. The lines that matter are those of the points
    (Q(E), P(E)) on the upper hull of all of them; the steps of the hull are the outcomes of the pair.
    """
    given = list(pairs)
    scale = lcm(*(pair.scale for pair in given))
    points = {(0, 0)}
    for pair in given:
        p = q = 0
        for u, v in pair.atoms:
            p, q = p + u, q + v
            points.add((q * (scale // pair.scale), p * (scale // pair.scale)))
    highest: dict[int, int] = {}
    for q, p in points:
        highest[q] = max(p, highest.get(q, 0))
    hull: list[tuple[int, int]] = [(0, 0)]
    for q, p in sorted(highest.items()):
        while len(hull) > 1 and (p - hull[-1][1]) * (hull[-1][0] - hull[-2][0]) >= (
            hull[-1][1] - hull[-2][1]
        ) * (q - hull[-1][0]):
            hull.pop()
        if (q, p) != hull[-1]:
            hull.append((q, p))
    steps = ((p - before_p, q - before_q) for (before_q, before_p), (q, p) in pairwise(hull))
    return ExactPair.of(steps, scale)


def product_of(pairs: Sequence[ExactPair]) -> ExactPair:
    """Return the pair of independent releases, one of each pair."""
    result = ExactPair(1, ((1, 1),))
    for pair in pairs:
        weights = ((p * u, q * v) for p, q in result.atoms for u, v in pair.atoms)
        result = ExactPair.of(weights, result.scale * pair.scale)
    return result


def histogram(rows: Iterable[Sequence[int]]) -> dict[int, int]:
    """Return the law of the histogram of independent messages, one of each row; counts are digits of the outcome."""
    law = {0: 1}
    for row in rows:
        longer: dict[int, int] = {}
        for counts, weight in law.items():
            for message, mass in enumerate(row):
                if mass:
                    outcome = counts + _DIGIT**message
                    longer[outcome] = longer.get(outcome, 0) + weight * mass
        law = longer
    return law


def in_integers(channel: Sequence[Sequence[Fraction]]) -> tuple[int, tuple[tuple[int, ...], ...]]:
    """Return the common denominator of a matrix, and its rows over it."""
    base = lcm(*(entry.denominator for row in channel for entry in row))
    return base, tuple(tuple(int(entry * base) for entry in row) for row in channel)


def pairs_of_shuffle(
    channel: Sequence[Sequence[Fraction]], users: int
) -> Iterator[tuple[tuple[int, int], tuple[int, ...], ExactPair]]:
    """Go through all neighbouring data sets of one shuffle.

    Yields:
        The target's two values, the values of the others in rising order, and the laws of what is released.
    """
    base, rows = in_integers(channel)
    values = range(len(rows))
    for others in combinations_with_replacement(values, users - 1):
        laws = [histogram([rows[value], *(rows[other] for other in others)]) for value in values]
        for old, new in permutations(values, 2):
            yield (old, new), others, ExactPair.of_laws(laws[old], laws[new], base**users)

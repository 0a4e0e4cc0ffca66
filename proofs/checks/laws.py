"""Pairs of laws on a few outcomes for the checks, and their exact divergences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from flint import arb, ctx

from accounting.curves.chords import Point

from ..reference.walk import compositions
from .boxes import dyadic, exactly

__all__ = [
    "Law",
    "divergence",
    "kinks",
    "larger_of_both",
    "laws",
    "lower",
    "pairs_of_laws",
    "points_above",
    "two_way",
    "upper",
]

Law = tuple[Fraction, ...]


def laws(outcomes: int, denominator: int) -> list[Law]:
    """Return all laws with chances of a denominator."""
    return [tuple(Fraction(k, denominator) for k in parts) for parts in compositions(denominator, outcomes)]


def pairs_of_laws(outcomes: int, denominator: int) -> Iterator[tuple[Law, Law]]:
    """Go through all pairs of laws, up to the order of the outcomes; equal ones included."""
    for p in laws(outcomes, denominator):
        for q in laws(outcomes, denominator):
            if list(zip(p, q, strict=True)) == sorted(zip(p, q, strict=True)):
                yield p, q


def divergence(p: Law, q: Law, alpha: Fraction) -> Fraction:
    """Return sum_y (p(y) - alpha q(y))_+."""
    return sum((max(Fraction(0), a - alpha * b) for a, b in zip(p, q, strict=True)), Fraction(0))


def kinks(pairs: Iterable[tuple[Sequence[Fraction], Sequence[Fraction]]]) -> list[Fraction]:
    """Return where the divergences of the pairs, piecewise linear in alpha, change their slopes: the likelihood ratios."""
    return sorted({a / b for p, q in pairs for a, b in zip(p, q, strict=True) if b})


def upper(value: arb) -> Fraction:
    """Return an end of a ball."""
    return dyadic(value.upper())


def lower(value: arb) -> Fraction:
    """Return an end of a ball."""
    return dyadic(value.lower())


def two_way(outcomes: int, denominator: int) -> Iterator[tuple[Law, Law]]:
    """Go through pairs of different laws of which neither rules out an outcome of the other."""
    for p, q in pairs_of_laws(outcomes, denominator):
        if p != q and all(a and b for a, b in zip(p, q, strict=True)):
            yield p, q


def larger_of_both(p: Law, q: Law, alpha: Fraction) -> Fraction:
    """The larger divergence of the two orders."""
    return max(divergence(p, q, alpha), divergence(q, p, alpha))


def points_above(p: Law, q: Law, spaces: int) -> list[Point]:
    """Points on or just above the larger curve of both orders, from 0 to where it vanishes."""
    top = max(kinks([(p, q), (q, p)]))
    with ctx.workprec(200):
        ceiling = upper(exactly(top).log())
        points = []
        for k in range(spaces):
            epsilon = ceiling * Fraction(k, spaces)
            points.append(Point(epsilon, larger_of_both(p, q, lower(exactly(epsilon).exp()))))
    return [*points, Point(ceiling, Fraction(0))]

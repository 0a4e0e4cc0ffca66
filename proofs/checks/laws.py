"""Pairs of laws on a few outcomes for the checks, and their exact divergences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from ..reference.walk import compositions

__all__ = ["Law", "divergence", "kinks", "laws", "pairs_of_laws"]

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

"""Exact laws of histograms, as polynomials with integer coefficients.

The coefficient of ``X_1^h_1 .. X_l^h_l`` is the weight of the histogram ``(h_1, .., h_l)``. Independent
messages multiply: the law of a histogram is the product of one linear form per user.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd
from typing import TypeAlias

from flint import Ordering, fmpz_mpoly, fmpz_mpoly_ctx

__all__ = [
    "Law",
    "Ratio",
    "bernoulli_sum",
    "excess",
    "independent",
    "linear_forms",
    "nothing_sent",
    "ratios",
    "shifted",
]

Law: TypeAlias = fmpz_mpoly
"""Nonnegative integer weights of histograms; what they are relative to is the caller's to know."""

Ratio: TypeAlias = tuple[int, int]
"""The weights that two laws give to the outcomes of one likelihood ratio."""


def linear_forms(rows: Sequence[Sequence[int]]) -> tuple[Law, ...]:
    """Return the law of one message for each row of weights (row = input, column = message)."""
    here = _context(len(rows[0]))
    units = [tuple(int(i == j) for j in range(here.nvars())) for i in range(here.nvars())]
    return tuple(here.from_dict(dict(zip(units, row, strict=True))) for row in rows)


def nothing_sent(letters: int) -> Law:
    """Return the law of the histogram of no messages at all."""
    return _context(letters).constant(1)


def bernoulli_sum(trials: int, failure: int, success: int) -> Law:
    """Return the law of the number of successes in independent trials of the given weights."""
    return _context(1).from_dict({(0,): failure, (1,): success}) ** trials


def shifted(count: Law, shift: int) -> Law:
    """Return the law of a count that is larger by ``shift``."""
    return count * _context(1).from_dict({(shift,): 1})


def independent(first: Law, second: Law) -> Law:
    """Return the joint law of two independent counts."""
    others = second.to_dict().items()
    joint: dict[tuple[int, ...], int] = {
        (i, j): int(p * q) for (i,), p in first.to_dict().items() for (j,), q in others
    }
    return _context(2).from_dict(joint)


def excess(first: Law, second: Law, factor: Fraction) -> int:
    """Return ``b sum_h (first(h) - factor second(h))_+``, with b the denominator of ``factor``."""
    difference = factor.denominator * first - factor.numerator * second
    return int(sum(weight for weight in difference.coeffs() if weight > 0))


def ratios(first: Law, second: Law) -> tuple[Ratio, ...]:
    """Merge the outcomes of equal likelihood ratio; sorted, those of first weight 0 left out.

    Nothing is lost for sums of positive parts ``(p - factor q)_+``, nor for their products with
    further releases: the terms are homogeneous in (p, q), and those with p = 0 vanish.
    """
    others = second.to_dict()
    merged: dict[Ratio, int] = {}
    for outcome, weight in first.to_dict().items():
        p, q = int(weight), int(others.get(outcome, 0))
        common = gcd(p, q)
        ratio = (p // common, q // common)
        merged[ratio] = merged.get(ratio, 0) + common
    return tuple(sorted((p * times, q * times) for (p, q), times in merged.items()))


def _context(letters: int) -> fmpz_mpoly_ctx:
    return fmpz_mpoly_ctx.get(("x", letters), Ordering.lex)

"""Every adaptive use of a set of batches: which one is released next, with which data, or none, may react to all releases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from math import gcd, lcm, prod

from .exact_curves import ExactPair

__all__ = ["Options", "worst_game"]

Options = Sequence[ExactPair]
"""What may be released of one batch: the laws of the releases of each of its neighbouring data sets."""


def worst_game(batches: Sequence[Options]) -> Callable[[Fraction], Fraction]:
    """Return the largest divergence, as a function of alpha, over all rules.

    A rule picks, as a function of the releases so far, one of the batches that are left and one of its options, or ends. By
    backward induction: ``V(p, q, left)`` is the largest of ``(p - alpha q)_+`` and of the sums of
    ``V(p u, q v, left without j)`` over the outcomes (u, v) of an option of batch j. For each rule the divergence is convex and falls
    in alpha; so is the largest of them.
    """
    scales = [lcm(*(pair.scale for pair in options)) for options in batches]
    stages = [
        tuple(
            dict.fromkeys(
                tuple((p * (scale // pair.scale), q * (scale // pair.scale)) for p, q in pair.atoms)
                for pair in options
            )
        )
        for options, scale in zip(batches, scales, strict=True)
    ]

    def curve(alpha: Fraction) -> Fraction:
        a, b = alpha.numerator, alpha.denominator

        @cache
        def best(p: int, q: int, left: tuple[int, ...]) -> int:
            most: int = max(0, b * p - a * q) * prod(scales[j] for j in left)
            for i, j in enumerate(left):
                rest = left[:i] + left[i + 1 :]
                most = max(
                    most, *(sum(value(p * u, q * v, rest) for u, v in atoms if u) for atoms in stages[j])
                )
            return most

        def value(p: int, q: int, left: tuple[int, ...]) -> int:
            common = gcd(p, q)
            found: int = common * best(p // common, q // common, left)
            return found

        return Fraction(best(1, 1, tuple(range(len(batches)))), b * prod(scales))

    return curve

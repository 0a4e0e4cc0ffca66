"""What refuted papers claim, worked out by sums over all counts in fractions, or in floats where a formula has no fraction."""

import math
from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any

Matrix = list[list[Fraction]]


class DeniedError(Exception):
    """A certificate does not show what it claims to show."""


def require(holds: object, otherwise: str) -> None:
    """Deny the certificate unless something holds."""
    if not holds:
        raise DeniedError(otherwise)


def divergence(first: dict[Any, Fraction], second: dict[Any, Fraction], alpha: Fraction) -> Fraction:
    """Return ``sum_y (first(y) - alpha second(y))_+``."""
    zero = Fraction(0)
    return sum((max(zero, p - alpha * second.get(y, zero)) for y, p in first.items()), zero)


def trinomial_pair(users: int, clone: Fraction, truth: Fraction, lie: Fraction, alpha: Fraction) -> Fraction:
    """Return the divergence of a published pair of counts.

    Each of the others adds to the first count with chance ``clone``, to the second with chance ``clone``; the target adds to
    its own count with chance ``truth``, to the other one with chance ``lie``, else to none.
    """
    first: dict[tuple[int, int], Fraction] = {}
    second: dict[tuple[int, int], Fraction] = {}
    others = users - 1
    for a in range(others + 1):
        for b in range(others - a + 1):
            ways = comb(others, a) * comb(others - a, b)
            chance = ways * clone ** (a + b) * (1 - 2 * clone) ** (others - a - b)
            for law, zero, one in ((first, truth, lie), (second, lie, truth)):
                for seen, sent in (((a + 1, b), zero), ((a, b + 1), one), ((a, b), 1 - truth - lie)):
                    law[seen] = law.get(seen, Fraction(0)) + chance * sent
    return divergence(first, second, alpha)


def extremes(channel: Matrix) -> tuple[Fraction, Fraction]:
    """Return e^epsilon0 and the largest total variation distance of two rows; deny where epsilon0 is infinite or 0."""
    require(
        all(min(column) > 0 for column in zip(*channel, strict=True)), "the formula needs a finite epsilon0"
    )
    ratio = max(max(column) / min(column) for column in zip(*channel, strict=True))
    require(ratio > 1, "the formula needs rows that differ")
    apart = [
        sum(max(Fraction(0), p - q) for p, q in zip(a, b, strict=True)) for a in channel for b in channel
    ]
    return ratio, Fraction(max(apart))


def variation_ratio(channel: Matrix, users: int, alpha: Fraction) -> Fraction:
    """Return what arXiv 2304.05007 claims, p = q = e^epsilon0."""
    ratio, apart = extremes(channel)
    lie = apart / (ratio - 1)
    return trinomial_pair(users, lie, ratio * lie, lie, alpha)


def stronger_clones_kary(channel: Matrix, users: int, alpha: Fraction) -> Fraction:
    """Return what Lemma 3.5 of arXiv 2208.04591 before its errata gives for k-ary response."""
    truth, lie, rows = channel[0][0], channel[0][-1], range(len(channel))
    is_response = truth > lie and channel == [[truth if x == y else lie for y in rows] for x in rows]
    require(is_response, "the formula is for k-ary randomized response")
    return trinomial_pair(users, lie, truth, lie, alpha)


def spread(channel: Matrix, users: int) -> float:
    """Return the distance mu of the two normal laws that the shuffle tends to, others all alike; the largest one."""
    extremes(channel)
    squares = [
        sum((p - q) ** 2 / r for p, q, r in zip(a, b, c, strict=True))
        for a in channel
        for b in channel
        for c in channel
    ]
    return math.sqrt(Fraction(max(squares)) / users)


def below(x: float) -> float:
    """Return the standard normal probability of less than x."""
    return math.erfc(-x / math.sqrt(2)) / 2


def gaussian_limit(channel: Matrix, users: int, alpha: Fraction) -> float:
    """Return the curve of the Gaussian mechanism of that distance."""
    mu, epsilon = spread(channel, users), math.log(alpha)
    return below(mu / 2 - epsilon / mu) - alpha * below(-mu / 2 - epsilon / mu)


def gaussian_tangent(channel: Matrix, users: int, alpha: Fraction) -> float:
    """Return the same to first order in mu."""
    mu = spread(channel, users)
    t = math.log(alpha) / mu
    return mu * (math.exp(-t * t / 2) / math.sqrt(2 * math.pi) - t * below(-t))


FORMULAS: dict[str, Callable[[Matrix, int, Fraction], Fraction | float]] = {
    "variation-ratio": variation_ratio,
    "stronger-clones-kary": stronger_clones_kary,
    "gaussian-limit": gaussian_limit,
    "gaussian-tangent": gaussian_tangent,
}

"""Releases that are a count: shuffled binary response, and sums with binomial noise."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from .shuffle_enumeration import Law, hockey_stick


def convolved(coins: Sequence[Fraction], start: int = 0) -> Law:
    """Return the law of ``start`` plus the number of heads, one coin at a time."""
    law: Law = {(start,): Fraction(1)}
    for chance in coins:
        longer: Law = {}
        for (heads,), mass in law.items():
            longer[(heads,)] = longer.get((heads,), Fraction(0)) + mass * (1 - chance)
            longer[(heads + 1,)] = longer.get((heads + 1,), Fraction(0)) + mass * chance
        law = longer
    return law


def binary_delta(flip: Fraction, ones: int, users: int, alpha: Fraction) -> Fraction:
    """Return the divergence of the counts, target at one against zero, ``ones`` of the others at one."""
    others = [1 - flip] * ones + [flip] * (users - 1 - ones)
    return hockey_stick(convolved([*others, 1 - flip]), convolved([*others, flip]), alpha)


def binary_threshold_delta(flip: Fraction, ones: int, users: int, alpha: Fraction) -> Fraction:
    """Return the same as the best threshold on the count.

    ``max(0, max_t [(1 - p - alpha p) P(Z = t - 1) - (alpha - 1) P(Z >= t)])``, Z the others' count.
    """
    law = convolved([1 - flip] * ones + [flip] * (users - 1 - ones))
    best = Fraction(0)
    for t in range(users + 1):
        tail = sum((mass for (count,), mass in law.items() if count >= t), Fraction(0))
        at = law.get((t - 1,), Fraction(0))
        best = max(best, (1 - flip - alpha * flip) * at - (alpha - 1) * tail)
    return best


def binomial_count_delta(levels: int, bits: int, chance: Fraction, users: int, alpha: Fraction) -> Fraction:
    """Return the largest divergence of the released count over all neighbouring data sets."""
    coins = [chance] * (bits * users)
    best = Fraction(0)
    for others in product(range(levels + 1), repeat=users - 1):
        laws = [convolved(coins, sum(others) + value) for value in range(levels + 1)]
        best = max(best, *(hockey_stick(p, q, alpha) for p in laws for q in laws if p is not q))
    return best

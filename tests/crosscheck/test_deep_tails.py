"""Composed deltas near 1e-30 against sums over all outcomes in exact integers."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

import accounting as csa


def exact_delta_of_counts(bits: tuple[int, int], alpha: Fraction) -> Fraction:
    """Two released counts with fair noise bits, each shifted by one: ``sum (P - alpha Q)_+`` over both counts."""
    laws = []
    for total in bits:
        noise = [comb(total, i) for i in range(total + 1)]
        laws.append(([0, *noise], [*noise, 0]))  # the target holds one, and zero
    (p, q), (u, v) = laws
    excess = 0
    for a in range(len(p)):
        for b in range(len(u)):
            term = alpha.denominator * p[a] * u[b] - alpha.numerator * q[a] * v[b]
            excess += max(term, 0)
    return Fraction(excess, alpha.denominator << sum(bits))


@pytest.mark.slow
def test_counts_near_1e_30_against_all_outcomes() -> None:
    users, bits, alpha = (60, 80), 10, Fraction(17, 5)
    exact = exact_delta_of_counts((users[0] * bits, users[1] * bits), alpha)
    assert Fraction(1, 10**30) < exact < Fraction(2, 10**30)
    shuffles = [csa.Shuffle(csa.BinomialCount(levels=1, bits=bits), count) for count in users]
    found = csa.ConcurrentShuffles(shuffles).delta(alpha=alpha, relative_width="5e-3")
    assert found.upper_value is not None
    assert found.upper_value.lower <= exact <= found.upper_value.upper
    assert found.upper_value.upper <= exact * Fraction(1001, 1000)
    assert found.upper_value.lower >= exact * Fraction(994, 1000)  # counts have atoms, which a grid blurs


@pytest.mark.slow
def test_three_cadences_are_known_to_a_thousandth_at_1e_30() -> None:
    kinds = ((100_000, "4"), (700_000, "5"), (3_000_000, "6"))
    curve = csa.ConcurrentShuffles(
        [csa.Shuffle(csa.KaryRandomizedResponse(8, epsilon0), users) for users, epsilon0 in kinds]
    ).curve()
    epsilon = curve.epsilon(delta="1e-30").upper
    found = curve.delta(epsilon=epsilon, relative_width="1e-3")
    assert 1e-31 < found.lower <= found.upper <= 1e-30
    assert found.upper_value is not None
    assert found.upper_value.relative_width <= 1e-3

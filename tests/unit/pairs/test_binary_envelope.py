"""Fast bounds of binary response at many factors: never below the worst data set, and not far above."""

import math
from fractions import Fraction

import pytest

from accounting.numerics.factor import Factor
from accounting.pairs import binary_envelope
from accounting.pairs.binary import worst_binaries
from accounting.pairs.binary_envelope import envelopes

SPREADS = (0.0, 0.3, 1.0, 2.0, 3.0, 4.0, 5.5, 7.0)


def factors(users: int, epsilon0: str) -> list[Factor]:
    """Factors at which one count is that many spreads from its mean."""
    w = math.exp(float(epsilon0))
    scale = (w - 1.0) / math.sqrt(users * w)  # of the loss of one count, in nats
    found = [Fraction(f"{z * scale:.6f}") for z in SPREADS]
    return [Factor.exp(epsilon) for epsilon in found if epsilon < Fraction(epsilon0)]


@pytest.mark.parametrize(
    ("users", "epsilon0", "close"),
    [(200, "1", 1.05), (400, "0.5", 1.05), (1000, "1", 1.02), (1000, "3", 1.2), (2000, "2", 1.02)],
)
def test_against_all_data_sets(
    users: int, epsilon0: str, close: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binary_envelope, "_LEAST_USERS", 100)
    alphas = factors(users, epsilon0)
    odds = Factor.exp(Fraction(epsilon0))
    bounds = envelopes(users, odds, alphas)
    assert len(bounds) >= len(alphas) // 2
    for alpha, exact in zip(alphas, worst_binaries(users, odds, alphas, 1e-9), strict=True):
        if alpha in bounds:
            assert bounds[alpha].lower <= exact.delta.upper
            assert exact.delta.lower <= bounds[alpha].upper
            assert bounds[alpha].upper <= exact.delta.upper * Fraction(close)


@pytest.mark.parametrize(("users", "epsilon0"), [(100_000, "5"), (10**6, "1")])
def test_against_the_search(users: int, epsilon0: str) -> None:
    odds = Factor.exp(Fraction(epsilon0))
    alphas = factors(users, epsilon0)[1:6:2]
    bounds = envelopes(users, odds, alphas)
    assert bounds.keys() == set(alphas)
    for alpha, exact in zip(alphas, worst_binaries(users, odds, alphas, 1e-4), strict=True):
        assert bounds[alpha].lower <= exact.delta.upper
        assert exact.delta.lower <= bounds[alpha].upper <= exact.delta.upper * Fraction(1.003)


def test_many_factors_at_once_give_what_one_gives() -> None:
    odds = Factor.exp(Fraction(3))
    alphas = [Factor.exp(Fraction(k, 1000)) for k in range(1, 60)]
    together = envelopes(50_000, odds, alphas)
    for alpha in alphas[::20]:
        alone = envelopes(50_000, odds, [alpha])[alpha]
        assert alone.lower <= together[alpha].upper
        assert together[alpha].lower <= alone.upper


def test_both_sides_of_one() -> None:
    odds, alpha = Factor.exp(Fraction(2)), Fraction(101, 100)
    both = envelopes(50_000, odds, [Factor.of(alpha), Factor.of(1 / alpha)])
    above, below = both[Factor.of(alpha)], both[Factor.of(1 / alpha)]
    assert below.lower <= 1 - 1 / alpha + above.upper / alpha <= below.upper + Fraction(1, 10**30)


def test_nothing_is_lost_from_the_ratio_of_one_bit_on() -> None:
    odds = Factor.of(Fraction(3))
    found = envelopes(10_000, odds, [Factor.of(Fraction(3)), Factor.of(Fraction(4))])
    assert all(delta.lower == delta.upper == 0 for delta in found.values())
    assert len(found) == 2


@pytest.mark.parametrize(("users", "epsilon0"), [(500, "1"), (10_000, "9")])
def test_few_users_and_few_lies_are_left_to_other_roads(users: int, epsilon0: str) -> None:
    assert envelopes(users, Factor.exp(Fraction(epsilon0)), [Factor.of(Fraction(11, 10))]) == {}

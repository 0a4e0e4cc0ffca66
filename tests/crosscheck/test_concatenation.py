"""Composed bounds against the exact delta of small concatenations, over all their data sets."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

import accounting as csa

ALPHAS = ["1", "5/4", "3/2", "2", "3"]


def ends(shuffles: list[csa.Shuffle], alpha: str) -> tuple[float, float]:
    """Bounds at a rational alpha: delta falls, so epsilons on both sides of log alpha enclose."""
    curve = (
        csa.ConcurrentShuffles(shuffles).curve().basis
    )  # the composition, without enumeration of few users
    middle = math.log(Fraction(alpha))
    return curve.delta(epsilon=middle + 1e-14).lower, curve.delta(epsilon=middle - 1e-14).upper


def check(shuffles: list[csa.Shuffle], alpha: str) -> None:
    lower, upper = ends(shuffles, alpha)
    fixed = csa.exact_delta(shuffles, alpha=alpha, inputs="fixed").delta
    adaptive = csa.exact_delta(shuffles, alpha=alpha, inputs="adaptive").delta
    assert isinstance(fixed, Fraction)
    assert isinstance(adaptive, Fraction)
    assert lower <= fixed <= adaptive <= upper


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize(
    ("keeps", "users"),
    [
        (("2/3", "3/4"), (2, 3)),
        (("3/4", "3/4"), (3, 3)),
        (("9/10", "2/3"), (4, 2)),
        (("9/10", "9/10"), (5, 5)),
    ],
)
def test_binary_batches(keeps: tuple[str, str], users: tuple[int, int], alpha: str) -> None:
    check(
        [
            csa.Shuffle(csa.BinaryRandomizedResponse(keep=keep), n)
            for keep, n in zip(keeps, users, strict=True)
        ],
        alpha,
    )


@pytest.mark.slow
@pytest.mark.parametrize("keeps", [(a, b) for a in ("2/3", "3/4", "9/10") for b in ("2/3", "3/4", "9/10")])
@pytest.mark.parametrize("users", [(a, b) for a in range(2, 6) for b in range(a, 6)])
def test_all_binary_batches(keeps: tuple[str, str], users: tuple[int, int]) -> None:
    for alpha in ALPHAS:
        test_binary_batches(keeps, users, alpha)


@pytest.mark.parametrize("alpha", ["1", "3/2", "3"])
def test_three_letters_and_a_zero(alpha: str) -> None:
    kary = csa.Shuffle(csa.KaryRandomizedResponse(values=3, keep="3/5"), users=3)
    zero = csa.Shuffle(csa.FiniteRandomizer([["1/2", "1/4", "1/4"], ["0", "1/2", "1/2"]]), users=2)
    check([kary, zero], alpha)


def test_the_two_promises_differ() -> None:
    """The fixed answer is 837/4096; adaptive inputs reach 477/2048, and only that one is promised."""
    shuffles = [csa.Shuffle(csa.BinaryRandomizedResponse(keep="3/4"), users=3)] * 2
    lower, upper = ends(shuffles, "2")
    assert lower <= Fraction(837, 4096) < Fraction(477, 2048) <= upper


def test_a_count_with_fair_noise_is_known_from_both_sides() -> None:
    shuffles = [csa.Shuffle(csa.BinomialCount(levels=1, bits=4), users=5)] * 2
    found = csa.ConcurrentShuffles(shuffles).delta(epsilon="1/2")
    noise = [Fraction(math.comb(20, i), 2**20) for i in range(21)]
    first, second = [*noise, Fraction(0)], [Fraction(0), *noise]
    lower = upper = Fraction(0)
    for a in range(22):
        for b in range(22):
            p, q = second[a] * second[b], first[a] * first[b]
            lower += max(p - Fraction("1.648721270701") * q, Fraction(0))
            upper += max(p - Fraction("1.648721270700") * q, Fraction(0))
    assert found.lower <= upper
    assert lower <= found.upper
    assert found.upper <= 1.02 * found.lower


@pytest.mark.slow
def test_one_small_shuffle_among_many_large_ones() -> None:
    """The grid suits the many, and the one needs few marks on it: else they run out and nothing finite holds."""
    one = csa.Shuffle(csa.KaryRandomizedResponse(values=4, epsilon0=3), users=1000)
    many = [csa.Shuffle(csa.KaryRandomizedResponse(values=4, epsilon0=3), users=10**7)] * 10**4
    together = csa.ConcurrentShuffles([one, *many]).epsilon(delta="1e-8")
    assert one.epsilon(delta="1e-8").lower < together.lower < together.upper < 2
    assert together.upper_value is not None
    assert together.upper_value.relative_width < 1e-3


def test_a_witness_whose_curve_is_a_line_keeps_its_mass() -> None:
    """Near alpha = 0 its curve is exactly ``1/2 - alpha``; both ends meet at the probability to be given away."""
    revealing = csa.FiniteRandomizer([["1/2", "1/2", "0"], ["0", "1/2", "1/2"]])
    found = csa.ConcurrentShuffles([csa.Shuffle(revealing, users=1000)] * 2).delta(epsilon="1/2")
    assert 0.7499 < found.lower <= 0.75 <= found.upper < 0.7501

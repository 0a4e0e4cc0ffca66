"""Released counts with binomial noise, against the definition and against exact sums."""

from fractions import Fraction
from functools import cache
from math import comb, inf

import pytest
from flint import fmpz_poly
from hypothesis import given, settings
from hypothesis import strategies as st

import accounting as csa
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.pairs.of_randomizer import pairs_of
from accounting.pairs.pair import Pair
from accounting.randomizers import BinomialCount
from proofs.reference.counts import binomial_count_delta

F = Fraction
ALPHAS = (F(1, 3), F(9, 10), F(1), F(11, 10), F(2), F(9))


class Orders:
    """The pairs of one shuffle, in both orders or in the one that stands for both."""

    def __init__(self, levels: int, bits: int, p: Fraction, users: int) -> None:
        found = pairs_of(BinomialCount(levels=levels, bits=bits, p=p), users)
        assert found.is_exact
        self.pairs: tuple[Pair, ...] = found.upper

    def value(self, alpha: Fraction) -> Enclosure:
        return self._largest([pair.value(Factor.of(alpha), 1e-6).delta for pair in self.pairs])

    def floor(self) -> Enclosure:
        return self._largest([pair.floor() for pair in self.pairs])

    @staticmethod
    def _largest(enclosures: list[Enclosure]) -> Enclosure:
        best = enclosures[0]
        for other in enclosures[1:]:
            best = best.maximum(other)
        return best


def pair(levels: int, bits: int, p: Fraction, users: int) -> Orders:
    return Orders(levels, bits, p, users)


@cache
def masses(trials: int, p: Fraction) -> tuple[tuple[int, ...], int]:
    """The binomial law in integers, and their sum."""
    law = fmpz_poly([p.denominator - p.numerator, p.numerator]) ** trials
    return tuple(int(law[z]) for z in range(trials + 1)), p.denominator**trials


def exact(levels: int, trials: int, p: Fraction, alpha: Fraction) -> Fraction:
    """The larger of both orders, over all shifts up to ``levels``."""
    law, scale = masses(trials, p)
    best = F(0)
    for shift in range(1, levels + 1):
        here, there = [0] * shift + list(law), list(law) + [0] * shift
        for first, second in ((here, there), (there, here)):
            best = max(
                best,
                sum((max(F(0), a - alpha * b) for a, b in zip(first, second, strict=True)), F(0)) / scale,
            )
    return best


@pytest.mark.parametrize("levels", [1, 2, 3])
@pytest.mark.parametrize(("bits", "users"), [(1, 2), (2, 2), (3, 3)])
@pytest.mark.parametrize("p", [F(1, 2), F(1, 3), F(2, 3), F(9, 10), F(1, 100)])
def test_equals_the_definition(levels: int, bits: int, users: int, p: Fraction) -> None:
    for alpha in ALPHAS:
        truth = binomial_count_delta(levels, bits, p, users, alpha)
        assert truth == exact(levels, bits * users, p, alpha)
        found = pair(levels, bits, p, users).value(alpha)
        assert truth in found
        assert found.width <= F(1, 2**90)


@pytest.mark.parametrize("p", [F(1, 2), F(1, 4), F(9, 10), F(1, 100), F(999, 1000)])
@pytest.mark.parametrize("trials", [398, 402, 600])
def test_both_roads_for_medium_sizes(trials: int, p: Fraction) -> None:
    """Summed as it stands up to 400 noise bits, and by the finite Fourier sum above."""
    for levels in (1, 3):
        for alpha in (F(1), F(3, 2), F(10)):
            truth = exact(levels, trials, p, alpha)
            found = pair(levels, trials // 2, p, 2).value(alpha)
            assert truth in found
            if (
                trials <= 400 or trials * p * (1 - p) > 70
            ):  # few ones or few zeros make the sum wide, not wrong
                assert found.relative_width <= 1e-6


@given(
    st.integers(1, 5),
    st.integers(401, 900),
    st.fractions(F(1, 1000), F(999, 1000), max_denominator=1000),
    st.fractions(F(1, 4), F(30), max_denominator=12),
)
@settings(max_examples=30)
def test_contains_the_exact_value(levels: int, users: int, p: Fraction, alpha: Fraction) -> None:
    found = pair(levels, 1, p, users).value(alpha)
    assert exact(levels, users, p, alpha) in found


@given(
    st.integers(1, 3), st.integers(1, 4), st.fractions(F(1, 9), F(8, 9), max_denominator=9), st.integers(2, 6)
)
def test_ones_and_zeros_are_alike(levels: int, bits: int, p: Fraction, users: int) -> None:
    for alpha in ALPHAS:
        one = pair(levels, bits, p, users).value(alpha)
        other = pair(levels, bits, 1 - p, users).value(alpha)
        assert max(one.lower, other.lower) <= min(one.upper, other.upper)


@pytest.mark.parametrize("levels", [1, 2, 7, 50])
@pytest.mark.parametrize("p", [F(1, 2), F(1, 5), F(99, 100)])
def test_floor_is_what_no_epsilon_removes(levels: int, p: Fraction) -> None:
    users, bits = 3, 4
    law, scale = masses(users * bits, p)
    top = F(sum(law[max(0, users * bits - levels + 1) :]), scale)
    bottom = F(sum(law[:levels]), scale)
    subject = pair(levels, bits, p, users)
    assert all(pair.ceiling() is None for pair in subject.pairs)
    floor = subject.floor()
    assert max(top, bottom) in floor
    steep = subject.value(F(10) ** 40)
    assert steep.upper >= floor.lower
    assert max(top, bottom) in steep


@pytest.mark.parametrize("users", [1000, 20_000])
def test_floor_of_many_bits(users: int) -> None:
    for levels in (1, 2, 10):
        truth = F(sum(comb(users, k) for k in range(levels)), 2**users)
        assert truth in pair(levels, 1, F(1, 2), users).floor()


@pytest.mark.parametrize(("bits", "levels"), [(300, 4), (210, 1)])
@pytest.mark.parametrize("p", [F(1, 50), F(49, 50)])
def test_skewed_noise_far_out(bits: int, levels: int, p: Fraction) -> None:
    """Beyond the table, few masses at the upper end decide: values there are as narrow as elsewhere."""
    for factor in (F(10), F(10**6), F(10**40), F(10**130)):
        found = pair(levels, bits, p, 2).value(factor)
        assert exact(levels, 2 * bits, p, factor) in found
        assert found.relative_width < F(1, 10**5)
    assert pair(levels, bits, p, 2).floor().relative_width < F(1, 10**5)


def test_skewed_noise_composes() -> None:
    """Much of the mass is outside of the other law's support, and no epsilon removes it."""
    shuffle = csa.Shuffle(BinomialCount(levels=4, bits=286, p="1/50"), users=5)
    floor = F(sum(comb(1430, k) * 49 ** (1430 - k) for k in range(4)), 50**1430)
    assert floor in pair(4, 286, F(1, 50), 5).floor()
    assert shuffle.epsilon(delta=floor * F(999, 1000)).lower == inf
    together = csa.ConcurrentShuffles([shuffle, shuffle]).delta(epsilon="2")
    assert 0 < together.lower <= together.upper < 1.1 * together.lower


@pytest.mark.parametrize("users", [10**9, 10**12, 10**18])
def test_floor_of_very_many_bits_is_nearly_zero(users: int) -> None:
    for levels in (1, 2, 10):
        assert pair(levels, 1, F(1, 2), users).floor().upper < F(1, 10**300)


@pytest.mark.parametrize("users", [10**3, 10**6, 10**9, 10**12])
def test_narrow_at_any_size(users: int) -> None:
    for levels in (1, 4):
        for share in (0.0, 1.0, 4.0):
            alpha = F(1 + 2.0 * share * levels / users**0.5).limit_denominator(10**14)
            found = pair(levels, 1, F(1, 2), users).value(alpha)
            assert found.lower > 0
            assert found.relative_width <= 1e-6


def test_more_levels_than_bits() -> None:
    """Counts that cannot come from the smaller value give the target away."""
    found = pair(5, 1, F(1, 2), 3).value(F(2))
    assert exact(5, 3, F(1, 2), F(2)) == 1
    assert found.upper == 1
    assert found.lower >= 1 - F(1, 2**90)

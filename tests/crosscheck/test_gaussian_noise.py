"""Gaussian noise on an interval against its definition, and both ends against enumeration."""

from fractions import Fraction
from itertools import permutations, product

import pytest

import accounting as csa
from accounting.numerics.ball import exact_lower, exact_upper, precision
from accounting.numerics.factor import Factor
from accounting.pairs import clipped
from accounting.pairs.of_randomizer import pairs_of
from proofs.reference.gaussian import pieces

pytestmark = pytest.mark.crosscheck

F = Fraction


@pytest.mark.parametrize("sigma", ["0.25", "1", "20"])
def test_points_are_the_normal_law(sigma: str) -> None:
    with precision(300):
        rows = csa.GaussianNoise(sigma).points(F(3), F(1000)).ball_channel()
        low, high = -3 * F(sigma), 1 + 3 * F(sigma)
        wanted = pieces(sigma, ("0", "1", "0.5"), [str(float(low)), "0.5", str(float(high))])
        for row, truth in zip(rows, wanted, strict=True):
            for mass, about in zip(row, truth, strict=True):
                middle = F(int(about * 10**55), 10**55)
                assert exact_lower(mass) - F(1, 10**12) <= middle <= exact_upper(mass) + F(1, 10**12)
            assert sum(row[1:], row[0]).contains(1)


@pytest.mark.parametrize("sigma", ["1/3", "1", "4"])
@pytest.mark.parametrize("x2", [0, 1, 2])
def test_witnesses_lose_what_they_say(sigma: str, x2: int) -> None:
    """Two users, messages in 200 pieces: the lower end is not above the loss of the witness, and not far below it."""
    cuts = [str(-6 + i * 13 / 200) for i in range(201)]
    channel = [[float(m) for m in row] for row in pieces(str(float(F(sigma))), ("0", "1", "0.5"), cuts)]
    pair = pairs_of(csa.GaussianNoise(sigma), 2).lower[x2]
    for alpha in (F(1, 2), F(5, 4), F(3)):
        found = pair.value(Factor.of(alpha), 1e-4)
        assert found.witness is not None
        assert found.witness.others == ((x2, 1),)
        other, (first, second) = channel[x2], (channel[0], channel[1])
        truth = sum(
            max(0.0, _both(first, other, i, j) - float(alpha) * _both(second, other, i, j))
            for i in range(len(other))
            for j in range(i + 1)
        )
        assert float(found.delta.lower) <= truth * 1.02 + 1e-9
        assert float(found.delta.lower) >= truth * 0.7 - 1e-3


def _both(one: list[float], other: list[float], i: int, j: int) -> float:
    return one[i] * other[j] + (one[j] * other[i] if i != j else 0.0)


def test_far_out_a_report_gives_itself_away() -> None:
    """At delta = 0 nothing is promised, at any larger one something is, and every user more helps."""
    noise = csa.GaussianNoise("1")
    assert csa.Shuffle(noise, users=10_000).epsilon(delta=0).upper == float("inf")
    few, many = (csa.Shuffle(noise, users=n).delta(epsilon="0.08") for n in (10_000, 40_000))
    assert 0 < many.upper < few.upper < 1e-6
    assert {"gaussian-ends", "clipped-letters"} <= set(few.upper_claims)
    assert few.lower <= few.upper


def test_the_least_bound_of_all_cuts_is_taken() -> None:
    """Every single walk bounds the loss, so the pair's value is at most any of theirs near its choice."""
    upper = pairs_of(csa.GaussianNoise("1"), 10_000).upper[0]
    alpha = Factor.exp(F("0.08"))
    value = upper.value(alpha, 1e-4).delta.upper
    single = [walk.value(alpha, 1e-4).delta.upper for walk in upper.walks[:17]]  # type: ignore[attr-defined]
    assert value <= min(single)


def test_both_orders_and_small_alpha_agree() -> None:
    shuffle = csa.Shuffle(csa.GaussianNoise("2"), users=50)
    for alpha in (F(1, 2), F(4, 5), F(1), F(5, 4)):
        bounds = shuffle.delta(alpha=alpha)
        assert max(F(0), 1 - alpha) <= F(bounds.upper)
        assert bounds.lower <= bounds.upper
    below, above = shuffle.delta(alpha=F(4, 5)), shuffle.delta(alpha=F(5, 4))
    assert below.upper == pytest.approx(1 - 0.8 + 0.8 * above.upper, rel=1e-3)


def test_the_noise_has_a_range() -> None:
    for sigma in ("0", "0.1", "1001", "-1"):
        with pytest.raises(csa.ParameterError) as caught:
            csa.GaussianNoise(sigma)
        assert caught.value.name == "sigma"


@pytest.mark.parametrize("sigma", [pytest.param("1/2", marks=pytest.mark.slow), "2"])
def test_all_small_data_sets_lose_no_more(sigma: str) -> None:
    """Three users, five values, messages in eight pieces, in floats: every pair of neighbouring data sets is below the upper end."""
    grid, cuts = ("0", "0.25", "0.5", "0.75", "1"), ("-1", "0", "0.3", "0.5", "0.7", "1", "2")
    channel = [[float(m) for m in row] for row in pieces(str(float(F(sigma))), grid, cuts)]
    laws: dict[tuple[int, ...], dict[tuple[int, ...], float]] = {}
    for data in product(range(5), repeat=3):
        law: dict[tuple[int, ...], float] = {}
        for drawn in product(range(8), repeat=3):
            mass = channel[data[0]][drawn[0]] * channel[data[1]][drawn[1]] * channel[data[2]][drawn[2]]
            key = tuple(sorted(drawn))
            law[key] = law.get(key, 0.0) + mass
        laws[data] = law
    shuffle = csa.Shuffle(csa.GaussianNoise(sigma), users=3)
    for alpha in (F(1, 2), F(1), F(2)):
        upper = shuffle.delta(alpha=alpha).upper
        for x, y in product(range(5), repeat=2):
            for old, new in permutations(range(5), 2):
                first, second = laws[(old, x, y)], laws[(new, x, y)]
                found = sum(max(0.0, p - float(alpha) * second[key]) for key, p in first.items())
                assert found <= upper + 1e-12


def test_chernoff_is_above_the_walk() -> None:
    """The bound by one exponential against the walk itself, at four cuts, at the contour's saddle and beside it."""
    upper = pairs_of(csa.GaussianNoise("1"), 500).upper[0]
    alpha = Factor.exp(F("0.2"))
    for walk in upper.walks[4:17:4]:  # type: ignore[attr-defined]
        value = walk.value(alpha, 1e-4).delta
        saddle = clipped._place(walk, alpha).saddle
        for c in (saddle / 2, saddle, 1.5 * saddle):
            assert clipped._chernoff(walk, alpha, c).upper >= value.lower
        assert clipped._chernoff(walk, alpha, saddle).upper - walk.outside(alpha).upper <= 12 * (
            value.upper - walk.outside(alpha).lower
        )

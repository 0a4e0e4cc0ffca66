"""Vector counts: the upper end's windows, the lower end's witness, and one coordinate, which is exact."""

import math
from fractions import Fraction

import pytest

import accounting as csa
from accounting.errors import NotCoveredError, ParameterError
from accounting.numerics.factor import Factor
from accounting.pairs.gaussian_shift import (
    _SPREADS,
    AxisPair,
    GaussianShiftPair,
    axis_steps,
    noise_mu,
    shift_windows,
)
from accounting.pairs.of_randomizer import pairs_of
from accounting.pairs.witness import Witness
from accounting.randomizers import gram_dimension, gram_sensitivity
from proofs.reference.counts import convolved

F = Fraction

SMALL = csa.VectorCount(dimension=2, levels=4, sensitivity="3/2", bits=400)


def gauss(mu: float, epsilon: float) -> float:
    return 0.5 * math.erfc((epsilon / mu - mu / 2) / math.sqrt(2)) - math.exp(epsilon) * 0.5 * math.erfc(
        (epsilon / mu + mu / 2) / math.sqrt(2)
    )


def test_the_upper_end_is_a_gaussian_shift_and_a_tail() -> None:
    shuffle = csa.Shuffle(SMALL, users=1000)
    windows = shift_windows(SMALL, 1000)
    for epsilon in (0.0, 0.01, 0.05, 0.2):
        least = min(gauss(float(one.mu), epsilon) + float(one.tail.upper) for one in windows)
        found = shuffle.delta(epsilon=epsilon)
        assert found.upper == pytest.approx(least, rel=1e-9)
        assert found.lower < found.upper
    assert [one.mu for one in windows] == sorted(one.mu for one in windows)
    assert [one.tail.upper for one in windows] == sorted((one.tail.upper for one in windows), reverse=True)


def test_mu_is_the_length_in_steps_over_the_deviation() -> None:
    """At p = 1/2: 2 (levels Delta + 2 sqrt D)/sqrt N, and a little more at the ends of a window."""
    length = 4 * 1.5 + 2 * math.sqrt(2)
    least = 2 * length / math.sqrt(400_000)
    assert noise_mu(SMALL, 1000) == pytest.approx(least)
    for one in shift_windows(SMALL, 1000):
        assert least < one.mu < 1.01 * least


@pytest.mark.parametrize("dimension", [5, 20])
def test_every_coordinate_may_leave_its_window(dimension: int) -> None:
    """The chance that any of them does, by the exact law, is within the tail; that one of them does would be too little."""
    randomizer = csa.VectorCount(dimension, 1, 1, 100)
    noise = [float(mass) for _, mass in sorted(convolved([F(1, 2)] * 200).items())]
    for window, spread in zip(shift_windows(randomizer, 2), _SPREADS, strict=False):
        half = math.isqrt(spread**2 * 50) + 1
        outside = sum(mass for k, mass in enumerate(noise) if abs(k - 100) >= half)
        assert 1 - (1 - outside) ** dimension <= window.tail.upper


def test_windows_leave_room_for_the_largest_shift() -> None:
    """Quantiles grow fastest at the window's lower end, less the largest shift, where few noise bits are ones."""
    randomizer = csa.VectorCount(2, 20, 2, 10_000, "1/50")
    total, mean = 20_000, 400
    length = 20 * 2 + 2 * math.sqrt(2)
    windows = shift_windows(randomizer, 2)
    assert windows
    for window, spread in zip(windows, _SPREADS, strict=False):
        lowest = mean - math.isqrt(math.ceil(spread**2 * mean * 0.98)) - 1 - 40
        assert window.mu >= length * math.sqrt(total / (lowest * (total - lowest)))


def test_the_smallest_tail_stays_at_every_factor() -> None:
    (pair,) = pairs_of(SMALL, 1000).upper
    assert isinstance(pair, GaussianShiftPair)
    assert 0 < pair.floor().upper < F(1, 10**700)
    far = pair.value(Factor.of(F(10**6)), 1e-6).delta
    assert pair.floor().lower <= far.upper <= 2 * pair.floor().upper


def test_both_orders_at_factors_below_one() -> None:
    """The swap law holds for the Gaussian; the tail is added on both sides."""
    (pair,) = pairs_of(SMALL, 1000).upper
    below, above = (pair.value(Factor.of(at), 1e-9).delta.upper for at in (F(4, 5), F(5, 4)))
    assert below == pytest.approx(1 - 0.8 + 0.8 * float(above), rel=1e-6)


def test_the_lower_end_is_the_exact_law_of_one_coordinate() -> None:
    randomizer = csa.VectorCount(dimension=3, levels=2, sensitivity="8/5", bits=10, p="1/3")
    assert axis_steps(randomizer) == 3
    pairs = pairs_of(randomizer, 8)
    noise = convolved([F(1, 3)] * 80)
    for pair, sign in zip(pairs.lower, (1, -1), strict=True):
        assert isinstance(pair, AxisPair)
        for alpha in (F(1), F(3, 2)):
            exact = sum(
                max(mass - alpha * noise.get((count + sign * 3,), F(0)), F(0))
                for (count,), mass in noise.items()
            )
            found = pair.value(Factor.of(alpha), 1e-9)
            assert exact in found.delta
            assert found.witness is not None
            assert found.witness.target[0] - found.witness.target[1] == 3 * sign
            assert all(abs(value) <= 2 for value in found.witness.target)


def test_one_coordinate_is_a_count() -> None:
    """On the grid exactly; off the grid rounding may move it by one step more."""
    on_grid = csa.Shuffle(csa.VectorCount(1, 3, 1, 20), users=50)
    count = csa.Shuffle(csa.BinomialCount(levels=3, bits=20), users=50)
    assert on_grid.delta(epsilon="0.2").is_exact
    assert on_grid.delta(epsilon="0.2").upper == count.delta(epsilon="0.2").upper
    off_grid = csa.Shuffle(csa.VectorCount(1, 3, "11/10", 20), users=50).delta(epsilon="0.2")
    assert not off_grid.is_exact
    assert (
        off_grid.upper
        == csa.Shuffle(csa.BinomialCount(levels=4, bits=20), users=50).delta(epsilon="0.2").upper
    )
    assert off_grid.lower == count.delta(epsilon="0.2").lower


def test_the_witness_of_one_exact_coordinate_holds_its_values() -> None:
    """Values of the vector's own steps, within its range, and of the randomizer that was asked about."""
    randomizer = csa.VectorCount(1, 3, 2, 20, "1/3")
    found = csa.Shuffle(randomizer, users=50).delta(epsilon="0.2")
    assert found.is_exact
    witness = found.witness
    assert isinstance(witness, Witness)
    assert sorted(witness.target) == [-3, 3]
    assert witness.others == ((0, 49),)
    assert witness.randomizer.startswith(randomizer.describe())


@pytest.mark.parametrize("dimension", [1, 2])
def test_the_most_noise_bits_have_both_ends(dimension: int) -> None:
    """What the constructor takes, the accountant answers."""
    with pytest.raises(ParameterError, match=r"^bits must be at most 1000000000"):
        csa.VectorCount(dimension, 10**4, 1, 10**9 + 1)
    most = csa.VectorCount(dimension, 10**4, 1, 10**9)
    found = csa.Shuffle(most, users=1000).epsilon(delta="1e-8")
    assert 0 < found.lower <= found.upper < 1.01 * found.lower


def test_compositions_are_near_the_sum_of_squares() -> None:
    """Gaussian shifts compose by their squares; the general accountant knows nothing of that, and comes near."""
    one = csa.Shuffle(SMALL, users=1000)
    together = csa.ConcurrentShuffles([one, one, one, one])
    least, most = (float(shift_windows(SMALL, 1000)[i].mu) for i in (0, -1))
    for epsilon in (0.05, 0.3):
        found = together.delta(epsilon=epsilon)
        assert gauss(2 * least, epsilon) < found.upper <= gauss(2 * most, epsilon) * 1.01
        assert found.lower < found.upper


def test_cost_does_not_grow_with_users() -> None:
    large = csa.VectorCount(dimension=20, levels=1000, sensitivity=gram_sensitivity(), bits=10**6)
    found = csa.Shuffle(large, users=10**9).epsilon(delta="1e-20")
    assert 0 < found.lower < found.upper < 1.2 * found.lower


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"dimension": 0}, "dimension"),
        ({"levels": "1/2"}, "levels"),
        ({"sensitivity": 0}, "sensitivity"),
        ({"sensitivity": 3}, "sensitivity"),
        ({"levels": 1, "sensitivity": "1/2"}, "levels"),
        ({"bits": 0}, "bits"),
        ({"p": 1}, "p"),
    ],
)
def test_bad_parameters(change: dict[str, object], name: str) -> None:
    given: dict[str, object] = {"dimension": 2, "levels": 4, "sensitivity": 1, "bits": 9, "p": "1/2"}
    with pytest.raises(ParameterError, match=f"^{name} "):
        csa.VectorCount(**(given | change))  # type: ignore[arg-type]


def test_too_few_noise_bits_are_refused() -> None:
    with pytest.raises(
        NotCoveredError, match="20 noise bits for each coordinate are too few beside 20 steps"
    ):
        csa.Shuffle(csa.VectorCount(2, 10, 1, 2), users=10).delta(epsilon=1)


def test_gram_matrices_and_rewards() -> None:
    assert gram_sensitivity("1") == F("2.121320343560")
    assert gram_sensitivity("1") ** 2 >= F(9, 2)
    assert (gram_sensitivity("1/2") - F(1, 10**12)) ** 2 < 2 * F(9, 8) ** 2 <= gram_sensitivity("1/2") ** 2
    assert [gram_dimension(d) for d in (1, 2, 5)] == [2, 5, 20]
    for weight in (0, "11/10"):
        with pytest.raises(ParameterError, match=r"^reward_weight must be above 0 and at most 1"):
            gram_sensitivity(weight)

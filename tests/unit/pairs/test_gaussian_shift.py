"""Vector counts: the upper end's windows, the lower end's witness, and one coordinate, which is exact."""

import math
from fractions import Fraction

import pytest

import accounting as csa
from accounting.errors import NotCoveredError, ParameterError
from accounting.numerics.ball import arb
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.pairs.gaussian_shift import (
    _SPREADS,
    AxisPair,
    GaussianShiftPair,
    ShiftWindow,
    _lengths,
    _longest_step,
    _shift,
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
        least = min(
            sum(float(chance) * gauss(float(mu), epsilon) for mu, chance in one.shifts)
            + float(one.tail.upper)
            for one in windows
        )
        found = shuffle.delta(epsilon=epsilon)
        assert found.upper == pytest.approx(least, rel=1e-9)
        assert found.lower < found.upper
    assert [one.mu for one in windows] == sorted(one.mu for one in windows)
    assert [one.tail.upper for one in windows] == sorted((one.tail.upper for one in windows), reverse=True)


def test_mu_is_the_length_in_steps_over_the_deviation() -> None:
    """At p = 1/2: 2 (levels Delta + sqrt D)/sqrt N, and at the ends of a window a little more, but at most by sqrt D steps."""
    length = 4 * 1.5 + math.sqrt(2)
    least = 2 * length / math.sqrt(400_000)
    windows = shift_windows(SMALL, 1000)
    for one, spread in zip(windows, (2, 3, 4, 5, 6, 7, 8), strict=False):
        assert one.mu < 1.001 * (1 + spread / math.sqrt(400_000) * 1.1) * least
    for one in windows:
        assert least < one.mu < 1.01 * 2 * (length + math.sqrt(2)) / math.sqrt(400_000)
        mean = sum(float(mu * chance) for mu, chance in one.shifts)
        assert 2 * 4 * 1.5 / math.sqrt(400_000) < mean < one.mu
        assert sum(chance for _, chance in one.shifts) == 1
        assert [mu for mu, _ in one.shifts] == sorted(mu for mu, _ in one.shifts)


def test_the_shift_is_one_of_two_products() -> None:
    """One step more in each coordinate, or longer steps."""
    length, side, one = arb(7), arb(2), arb(1)
    assert _shift(length, side, one, None) == 9
    assert _shift(length, side, one, arb(5) / 4) == 35 / 4
    assert _shift(length, side, one, arb(2)) == 9


@pytest.mark.parametrize(
    ("levels", "sensitivity", "reach"), [(4, "3/2", 6 + math.sqrt(2)), (1, "2828/1000", 2 * math.sqrt(2))]
)
def test_rounding_adds_at_most_a_step_in_each_coordinate(levels: int, sensitivity: str, reach: float) -> None:
    lengths = _lengths(csa.VectorCount(2, levels, sensitivity, 10))
    assert float(lengths[-1][0]) == pytest.approx(reach)
    whole = levels * F(sensitivity)
    for (length, chance), w in zip(lengths[:-1], (0.3, 0.6, 0.9, 1.2), strict=False):
        assert float(length) ** 2 == pytest.approx(
            float(whole**2) + 0.5 + w * (2 * float(whole) + math.sqrt(2))
        )
        assert chance > 0
    assert float(lengths[0][1]) == pytest.approx(1 - math.exp(-2 * 0.3**2) if len(lengths) > 1 else 1.0)
    assert sum(chance for _, chance in lengths) == 1


def test_many_coordinates_cost_little_more_than_few() -> None:
    """The worst rounding adds the root of the dimension to the length; it hardly ever happens."""
    few = csa.Shuffle(csa.VectorCount(2, 100, 2, 1000), users=10**4).epsilon(delta="1e-8")
    many = csa.Shuffle(csa.VectorCount(400, 100, 2, 1000), users=10**4).epsilon(delta="1e-8")
    assert few.upper < many.upper < 1.015 * few.upper
    assert many.upper < 1.02 * many.lower


def test_a_planner_s_guess_is_near() -> None:
    for dimension in (2, 20, 300):
        randomizer = csa.VectorCount(dimension, 50, 2, 1000)
        window = shift_windows(randomizer, 10**5)[5]
        mean = sum(float(mu * chance) for mu, chance in window.shifts)
        assert noise_mu(randomizer, 10**5) == pytest.approx(mean, rel=0.01)


def test_windows_leave_room_for_the_largest_shift() -> None:
    """The steepest count is the lowest one that a shift reaches, 2 levels and one below the window."""
    total, levels, p = 60_000, 300, F(1, 20)
    randomizer = csa.VectorCount(2, levels, 1, total // 100, p)
    first = shift_windows(randomizer, 100)[0]
    low = 3000 - math.isqrt(4 * 2850) - 1 - (2 * levels + 1)
    kappa = math.sqrt(total / (low * (total - low)))
    assert float(first.mu) == pytest.approx(kappa * (levels + 2 * math.sqrt(2)), rel=1e-6)


def test_the_least_window_counts_not_the_one_that_begins_least() -> None:
    none, half = Enclosure.exactly(0), F(1, 2)
    spread = ShiftWindow(((F(1, 10), half), (F(9, 10), half)), none)
    single, far = ShiftWindow(((F(1, 5), F(1)),), none), ShiftWindow(((F(1), F(1)),), none)
    for order in ((spread, single, far), (far, single, spread)):
        found = GaussianShiftPair(windows=order).value(Factor.of(F(6, 5)), 1e-9).delta
        assert float(found.upper) == pytest.approx(gauss(0.2, math.log(1.2)), rel=1e-9)
        assert found.relative_width < 1e-8


def test_no_longest_step_where_the_density_falls_too_fast() -> None:
    assert _longest_step(40, 1, 39, F(1, 2)) is None
    assert _longest_step(10**6, 490_000, 510_000, F(1, 2)) is not None


@pytest.mark.parametrize("dimension", [5, 20])
def test_every_coordinate_may_leave_its_window(dimension: int) -> None:
    """The chance that any of them does, by the exact law, is within the tail; that one of them does would be too little."""
    randomizer = csa.VectorCount(dimension, 1, 1, 100)
    noise = [float(mass) for _, mass in sorted(convolved([F(1, 2)] * 200).items())]
    for window, spread in zip(shift_windows(randomizer, 2), _SPREADS, strict=False):
        half = math.isqrt(spread**2 * 50) + 1
        outside = sum(mass for k, mass in enumerate(noise) if abs(k - 100) >= half)
        assert 1 - (1 - outside) ** dimension <= window.tail.upper


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
    assert axis_steps(randomizer) == (1, 3)
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


def test_a_diagonal_reaches_what_an_axis_cannot() -> None:
    """A coordinate spans 2, the distance may be larger: then more coordinates than one move."""
    gram = csa.VectorCount(dimension=5, levels=200, sensitivity=gram_sensitivity(), bits=1200)
    assert axis_steps(gram) == (2, 300)
    found = csa.Shuffle(gram, users=2000).epsilon(delta="1e-8")
    assert found.lower < found.upper < 1.012 * found.lower
    assert found.witness is not None
    assert "each of the first 2 coordinates" in found.witness.sentence()
    alone = csa.Shuffle(csa.BinomialCount(levels=400, bits=1200), users=2000).epsilon(delta="1e-8")
    assert alone.upper < 0.95 * found.lower


@pytest.mark.parametrize(
    ("dimension", "levels", "sensitivity"),
    [(3, 1, "346/100"), (9, 1, "3"), (40, 7, "12"), (10**6, 100, "2000"), (5, 10**8, "4"), (300, 2, "5/2")],
)
def test_diagonals_stay_within_the_distance_and_come_near(
    dimension: int, levels: int, sensitivity: str
) -> None:
    axes, steps = axis_steps(csa.VectorCount(dimension, levels, sensitivity, bits=1))
    square = (levels * F(sensitivity)) ** 2
    assert 1 <= axes <= dimension
    assert 1 <= steps <= 2 * levels
    assert F(1, 2) * square <= axes * steps**2 <= square
    assert axes * steps <= 10**9


def test_a_diagonal_has_no_more_steps_than_a_count_may() -> None:
    assert axis_steps(csa.VectorCount(10**6, 10**4, "2000", bits=1)) == (50_000, 20_000)


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
    windows = shift_windows(SMALL, 1000)
    least, most = float(windows[0].shifts[0][0]), float(windows[-1].mu)
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

"""Losses for dp_accounting: never below our curve when it evaluates them, and read back without loss."""

import math
from fractions import Fraction
from itertools import pairwise

import dp_accounting
import numpy as np
import pytest
from dp_accounting.pld import privacy_loss_distribution as theirs
from hypothesis import given
from hypothesis import strategies as st

import accounting as csa
from accounting.curves.grid_curve import GridCurve
from accounting.curves.pld import from_dp_accounting, inflated, to_dp_accounting
from accounting.numerics.ball import ball, exact_lower, precision
from accounting.numerics.convolution import ComposedLoss, compose_above, compose_below
from accounting.numerics.dots import BITS, GridLoss
from accounting.numerics.factor import Factor

F = Fraction
UNIT = 1 << BITS
SHUFFLES = [
    csa.Shuffle(csa.KaryRandomizedResponse(10, epsilon0="4"), 10_000),
    csa.Shuffle(csa.PureLocal(epsilon0="1"), 300),
    csa.Shuffle(csa.KaryRandomizedResponse(3, epsilon0="1"), 2),
    csa.Shuffle(csa.BinomialCount(levels=1, bits=8, p="1/2"), 50),
]


@pytest.mark.parametrize("shuffle", SHUFFLES, ids=lambda shuffle: shuffle.randomizer.kind)
def test_not_below_our_curve(shuffle: csa.Shuffle) -> None:
    curve = shuffle.curve()
    made = shuffle.to_dp_accounting(interval=1e-3)
    scale = 3.0 * curve.delta(epsilon=0).upper
    for epsilon in np.linspace(-2.0 * scale, 7.0 * scale, 40):
        ours = curve.delta(epsilon=F(float(epsilon))).upper_value
        assert ours is not None
        assert F(made.get_delta_for_epsilon(float(epsilon))) >= ours.lower
    near = curve.delta(epsilon=F(scale))
    assert made.get_delta_for_epsilon(scale) <= 1.01 * near.upper


@st.composite
def losses(draw: st.DrawFn) -> GridLoss:
    """Masses of very different sizes, near to and far from 0."""
    shares = draw(st.lists(st.integers(0, 200), min_size=1, max_size=30))
    masses = [(1 << max(BITS - 8 - share, 0)) if share < 200 else 0 for share in shares]
    infinite = draw(st.sampled_from([0, 1, 1 << 100, 1 << 200]))
    low = draw(st.integers(-40, 40)) + draw(st.sampled_from([0, 100_000, -100_000]))
    return GridLoss(low, (*masses, UNIT >> draw(st.integers(1, 250))), infinite)


@given(losses(), st.sampled_from([1e-4, 1e-3, 0.1, 2.0**-12]), st.data())
def test_float_evaluation_is_not_below_the_exact_one(
    loss: GridLoss, step: float, data: st.DataObject
) -> None:
    """At marks in floats, just beside them, and between them."""
    masses, infinite = inflated(loss, F(step))
    made = theirs.PrivacyLossDistribution.create_from_rounded_probability(masses, infinite, step)
    mark = data.draw(st.integers(loss.low - 1, loss.low + len(loss.masses)))
    epsilon = mark * step
    for at in (
        epsilon,
        math.nextafter(epsilon, -math.inf),
        math.nextafter(epsilon, math.inf),
        epsilon + 0.3 * step,
    ):
        with precision(400):
            factor = ball(F(at)).exp()
            value = ball(F(loss.infinite, UNIT))
            for k, mass in enumerate(loss.masses):
                share = 1 - factor * (-ball(F(step)) * (loss.low + k)).exp()
                if mass and F(step) * (loss.low + k) > F(at):
                    value += share * mass / UNIT
            wanted = exact_lower(value)
        assert F(made.get_delta_for_epsilon(at)) >= wanted
        if wanted > F(1, 10**60):  # and not much above: a part in 10^8, or the neighbour's share
            assert (
                F(made.get_delta_for_epsilon(at))
                <= wanted * (1 + F(1, 10**6)) + F(max(loss.masses), UNIT) / 10**9
            )


def test_masses_alone_rounded_up_are_not_enough() -> None:
    """Why masses are inflated: rounding each one up to a float leaves the package's float delta below the exact one."""
    step = 1e-4
    loss = GridLoss(39_999, (UNIT // 3, UNIT // 7), 0)
    plain = {39_999 + k: math.nextafter(float(F(mass, UNIT)), 1.0) for k, mass in enumerate(loss.masses)}
    made = theirs.PrivacyLossDistribution.create_from_rounded_probability(plain, 0.0, step)
    better = theirs.PrivacyLossDistribution.create_from_rounded_probability(*inflated(loss, F(step)), step)
    below = 0
    for j in range(400):
        at = math.nextafter(39_999 * step, 0.0) - j * 1e-15
        exact = ComposedLoss.of(F(step), loss).delta(Factor.exp(F(at))).lower
        below += F(made.get_delta_for_epsilon(at)) < exact
        assert F(better.get_delta_for_epsilon(at)) >= exact
    assert below > 0


def test_their_composition_can_fall_below_the_truth() -> None:
    """Randomized response has its losses on the lattice, so nothing but floats differs from the truth.

    With the package's default truncation, 10^5 compositions return a delta of 3.2754e-10 at epsilon 6 where the truth is 3.2767e-10, and
    a negative one at epsilon 7 where it is 2.9e-13. Integers lose nothing: this is why ours are composed in them.
    """
    keep, times = math.exp(0.003) / (1.0 + math.exp(0.003)), 100_000
    one = theirs.PrivacyLossDistribution.create_from_rounded_probability({3: keep, -3: 1.0 - keep}, 0.0, 1e-3)
    many = one.self_compose(times)
    loss, step = from_dp_accounting(one).loss, F(1e-3)
    below = compose_below(step, [(loss, times)], F(1, 10**40))  # not above the truth, by its claim
    above = compose_above(step, [(loss, times)], F(1, 10**40))
    lost = []
    for epsilon in (6.0, 7.0, 7.5, 8.0):
        least, most = below.delta(Factor.exp(F(epsilon))).lower, above.delta(Factor.exp(F(epsilon))).upper
        assert most <= least * (1 + F(1, 10**15))
        lost.append(float(1 - F(many.get_delta_for_epsilon(epsilon)) / least))
    assert max(lost) > 1e-6, lost


def test_curve_and_back() -> None:
    curve = csa.Shuffle(csa.KaryRandomizedResponse(4, epsilon0="2"), 1000).curve()
    made = curve.to_dp_accounting(interval=1e-3)
    back = from_dp_accounting(made)
    assert isinstance(back, GridCurve)
    for epsilon in (F(0), F(1, 20), F(1, 5)):
        ours, theirs_again = curve.delta(epsilon=epsilon), back.delta(epsilon=epsilon)
        assert ours.upper_value is not None
        assert ours.upper_value.lower <= theirs_again.upper <= 1.02 * ours.upper
        assert theirs_again.upper >= made.get_delta_for_epsilon(float(epsilon)) * (1 - 1e-12)
        assert "dp-accounting-dominates" in theirs_again.assumptions
    again = to_dp_accounting(back, interval=1e-3)
    assert again.get_delta_for_epsilon(0.1) >= made.get_delta_for_epsilon(0.1)
    assert again.get_delta_for_epsilon(0.1) <= made.get_delta_for_epsilon(0.1) * (1 + 1e-8)


def test_both_orders_of_a_subsampled_gaussian() -> None:
    made = theirs.from_gaussian_mechanism(2.0, value_discretization_interval=1e-2, sampling_prob=0.1)
    assert not made._symmetric
    swapped = theirs.PrivacyLossDistribution(made._pmf_add, made._pmf_remove)
    for distribution in (made, swapped):
        curve = from_dp_accounting(distribution)
        for epsilon in (-0.05, 0.0, 0.013, 0.3, 1.0):
            both = [part.get_delta_for_epsilon(epsilon) for part in (made._pmf_remove, made._pmf_add)]
            found = curve.delta(epsilon=F(epsilon)).upper
            assert max(both) * (1 - 1e-12) <= found <= max(both) * (1 + 1e-5) + 1e-14


def test_composed_with_a_gaussian() -> None:
    """Certified beside theirs: both are bounds of the same composition."""
    shuffle = csa.Shuffle(csa.KaryRandomizedResponse(4, epsilon0="2"), 1000)
    gaussian = theirs.from_gaussian_mechanism(10.0, value_discretization_interval=1e-2)
    together = csa.composed_on_grid([shuffle.curve(), from_dp_accounting(gaussian)], interval=F(1e-2))
    beside = shuffle.to_dp_accounting(interval=1e-2).compose(gaussian)
    alone = shuffle.curve().delta(epsilon="0.2")
    for epsilon in (0.05, 0.2, 0.4):
        ours, other = together.delta(epsilon=F(epsilon)).upper, beside.get_delta_for_epsilon(epsilon)
        assert ours == pytest.approx(other, rel=1e-6)
    assert together.delta(epsilon="0.2").upper > alone.lower
    found = together.epsilon(delta="1e-5")
    assert found.upper == pytest.approx(beside.get_epsilon_for_delta(1e-5), rel=1e-4)
    assert together.delta(epsilon=F(found.upper)).upper <= 1.0001e-5


def test_answers_of_a_grid_curve() -> None:
    """Randomized response: all the other questions have closed forms."""
    with precision(300):
        keep = exact_lower(ball(F(1)).exp() / (1 + ball(F(1)).exp()))
    mass = int(keep * UNIT) + 1
    curve = GridCurve(step=F(1), loss=GridLoss(-1, (UNIT - mass + 1, 0, mass), 0))
    p = float(keep)
    assert curve.total_variation().upper == pytest.approx(2 * p - 1, rel=1e-12)
    assert curve.epsilon(delta=0).upper == 1.0
    assert curve.epsilon(delta="0.9").upper == 0.0
    assert curve.epsilon(delta="0.2").upper == pytest.approx(math.log((p - 0.2) / (1 - p)), rel=1e-6)
    assert curve.renyi(2).upper == pytest.approx(math.log(p * p / (1 - p) + (1 - p) ** 2 / p), rel=1e-9)
    assert curve.trade_off("0.1").lower == pytest.approx(1 - 0.1 * math.e, rel=1e-9)
    assert curve.trade_off("0.1").upper == pytest.approx(0.9, rel=1e-12)
    assert 1.0 < curve.gaussian_mu().lower + 1.3 < curve.gaussian_mu().upper + 1.3
    regridded = curve.losses_above(step=F(1, 4), tail=F(1, 10**9))
    fine = ComposedLoss.of(F(1, 4), regridded)
    assert fine.delta(Factor.exp(F(1, 3))).upper >= curve.delta(epsilon=F(1, 3)).upper_value.lower  # type: ignore[union-attr]


def test_epsilons_fall() -> None:
    curve = from_dp_accounting(theirs.from_gaussian_mechanism(1.0, value_discretization_interval=1e-2))
    found = [curve.epsilon(delta=delta).upper for delta in ("1e-9", "1e-6", "1e-3", "0.1", "0.5")]
    assert all(a > b for a, b in pairwise(found))
    assert math.isinf(curve.epsilon(delta=0).upper)
    assert math.isinf(curve.gaussian_mu().upper)
    assert math.isinf(curve.renyi(2).upper)


def test_what_is_refused() -> None:
    optimistic = theirs.from_gaussian_mechanism(
        1.0, value_discretization_interval=1e-2, pessimistic_estimate=False, use_connect_dots=False
    )
    with pytest.raises(csa.ParameterError, match="pessimistic"):
        from_dp_accounting(optimistic)
    with pytest.raises(csa.ParameterError, match="PrivacyLossDistribution"):
        from_dp_accounting(3)
    lacking = theirs.PrivacyLossDistribution.create_from_rounded_probability({0: 0.9}, 0.0, 1e-2)
    with pytest.raises(csa.ParameterError, match="total mass"):
        from_dp_accounting(lacking)
    curve = csa.Shuffle(csa.PureLocal(epsilon0="1"), 20).curve()
    for interval in (0.0, -1e-4, 2.0, math.nan, "x", True):
        with pytest.raises(csa.ParameterError) as caught:
            curve.to_dp_accounting(interval=interval)  # type: ignore[arg-type]
        assert caught.value.name == "interval"
    for curves in ([], [3]):
        with pytest.raises(csa.ParameterError, match="curves"):
            csa.composed_on_grid(curves)  # type: ignore[arg-type]
    with pytest.raises(csa.ParameterError, match="total mass"):
        GridCurve(step=F(1), loss=GridLoss(0, (1,), 0))


def test_missing_package_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "dp_accounting", None)
    with pytest.raises(csa.NotCoveredError, match=r"\[dp-accounting\]"):
        csa.Shuffle(csa.PureLocal(epsilon0="1"), 20).to_dp_accounting()


def test_version_that_the_formula_was_read_in() -> None:
    assert hasattr(dp_accounting.pld, "PLDAccountant")

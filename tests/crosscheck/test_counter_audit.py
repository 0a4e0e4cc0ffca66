"""The counter as a black box: runs bound epsilon from below, and stay below what is certified, with faults excepted."""

import math
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from accounting.counter import BitSource, Counter, SeededSource, sweep
from accounting.randomizers import BinomialCount
from proofs.empirical.audit import PLANS, at_least, at_most, audit, audited

SMALL = PLANS["n = 10^3, k = 3, less noise"]


@pytest.mark.parametrize(
    ("hits", "runs"), [(0, 10), (1, 10), (3, 1000), (500, 1000), (1000, 1000), (7, 12345)]
)
@pytest.mark.parametrize("failure", [Fraction(1, 200), Fraction(1, 20)])
def test_the_intervals_are_those_of_clopper_and_pearson(hits: int, runs: int, failure: Fraction) -> None:
    low = stats.beta.ppf(float(failure), hits, runs - hits + 1) if hits else 0.0
    high = stats.beta.ppf(1 - float(failure), hits + 1, runs - hits) if hits < runs else 1.0
    assert at_least(hits, runs, failure) == pytest.approx(low, rel=1e-6, abs=1e-9)
    assert at_most(hits, runs, failure) == pytest.approx(high, rel=1e-6, abs=1e-9)


def test_the_intervals_miss_no_more_often_than_they_say() -> None:
    """Exactly: the probability of each number of hits, where the lower end is above the truth."""
    runs, failure = 60, Fraction(1, 20)
    for truth in (0.03, 0.2, 0.5, 0.9):
        missed = [hits for hits in range(runs + 1) if at_least(hits, runs, failure) > truth]
        assert 0 < stats.binom.pmf(missed, runs, truth).sum() <= 0.05


def test_the_bound_of_gaussian_noise_is_below_its_epsilon() -> None:
    """N(1, 1) against N(0, 1), rounded, which helps nobody; delta is the formula for the Gaussian mechanism."""
    generator = np.random.default_rng(5)
    first, second = (generator.normal(mean, 1.0, (40_000, 1)).round(1) for mean in (1.0, 0.0))

    def delta(epsilon: float) -> float:
        return float(stats.norm.cdf(0.5 - epsilon) - math.exp(epsilon) * stats.norm.cdf(-0.5 - epsilon))

    found = audit(first, second, delta=Fraction(1, 100), confidence=Fraction(99, 100))
    assert delta(found.epsilon) > 0.01  # a smaller epsilon than the true one
    assert delta(found.epsilon / 0.75) < 0.01
    other = audit(second, first, delta=Fraction(1, 100), confidence=Fraction(99, 100))
    assert delta(other.epsilon) > 0.01


def test_equal_inputs_show_nothing() -> None:
    generator = np.random.default_rng(6)
    first, second = (generator.integers(0, 30, (20_000, 2)).astype(float) for _ in range(2))
    assert audit(first, second, delta=Fraction(1, 1000), confidence=Fraction(99, 100)).epsilon < 0.01


def test_a_counter_stays_below_its_certificate() -> None:
    found = audited(SMALL, 4000, seed=3)
    assert 0.3 * SMALL.privacy().upper < found.epsilon <= SMALL.privacy().upper


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "runs", "share"),
    [
        ("n = 10^3, k = 3", 40_000, 0.6),
        ("n = 10^3, k = 3, less noise", 40_000, 0.7),
        ("n = 10^4, k = 4, less noise", 4_000, 0.33),
    ],
)
def test_counters_of_a_size_stay_below_and_reach_a_share(name: str, runs: int, share: float) -> None:
    """A false alarm, a bound above the truth, comes in at most one of a hundred seeds."""
    plan = PLANS[name]
    certified = plan.privacy().upper
    found = audited(plan, runs, seed=1)
    assert share * certified <= found.epsilon <= certified


# ---------------------------------------------------------------- planted faults


def test_a_user_counted_twice_is_seen() -> None:
    assert audited(SMALL, 4000, seed=4, reports=2).epsilon > SMALL.privacy().upper


def test_noise_of_half_the_users_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sweep._noise

    def half(randomizer: BinomialCount, users: NDArray[np.int64], source: BitSource) -> NDArray[np.int64]:
        return whole(randomizer, users // 2, source)

    monkeypatch.setattr(sweep, "_noise", half)
    assert audited(SMALL, 6000, seed=5).epsilon > SMALL.privacy().upper


def test_noise_that_comes_again_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """All batches of a level get one and the same noise: the second closing of a level tells what the first one held.

    The audit sees it when it is shown the difference of two batches in a row.
    """
    whole = BitSource.binomials

    def again(self: BitSource, trials: int, p: Fraction, count: int) -> NDArray[np.int64]:
        return np.repeat(whole(self, trials, p, 1), count) if count > 1 else whole(self, trials, p, count)

    monkeypatch.setattr(BitSource, "binomials", again)
    sides = []
    for world in (1, 0):
        runs = [
            Counter(SMALL, source=SeededSource(seed + 10_000 * world), estimator="plain")
            for seed in range(300)
        ]
        stream = np.zeros(40)
        stream[10] = world
        shown = np.array([counter.estimates(stream)[[9, 19, 29]] for counter in runs])
        sides.append((shown[:, 1] - shown[:, 0] - (shown[:, 2] - shown[:, 1]))[:, None])
    found = audit(sides[0], sides[1], delta=Fraction(1, 100), confidence=Fraction(99, 100))
    assert found.epsilon > SMALL.privacy().upper

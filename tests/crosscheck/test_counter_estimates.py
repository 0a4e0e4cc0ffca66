"""Estimates against their law, on both roads and for both estimators: centre, variance, and the whole law of the plain one.

Each test has one seed; the rate of false alarms that it states is over all seeds, all of its comparisons together.
"""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from accounting import BinomialCount
from accounting.counter import Counter, Estimator, Level, Plan, SeededSource
from accounting.counter.law import ErrorLaw

ALARM = 1e-6
"""The stated rate of false alarms of each test."""

PLAN = Plan(
    [Level(4, BinomialCount(1, 6, "1/2")), Level(12, BinomialCount(1, 4, "3/8")), Level(48, BinomialCount(1, 2, "1/3"))],
    users=96, epsilon=9, delta="1e-3",
)  # fmt: skip
STEPS = Plan(
    [Level(4, BinomialCount(4, 12, "1/2")), Level(12, BinomialCount(4, 8, "1/4"))],
    users=48, epsilon=9, delta="1e-3",
)  # fmt: skip
RUNS = {"at once": 6000, "one by one": 250}
Errors = NDArray[np.float64]


def errors(plan: Plan, estimator: Estimator, road: str, values: Sequence[float], seed: int) -> Errors:
    """Return errors of many runs, shape (runs, users)."""
    runs, source = RUNS[road], SeededSource(seed)
    if road == "at once":  # all levels close at the end, so that the next run finds the counter as new
        long = Plan(plan.levels, users=plan.users * runs, epsilon=9, delta="1e-3")
        found = Counter(long, source=source, estimator=estimator).estimates(np.tile(values, runs))
        found = found.reshape(runs, plan.users)
        found = found - np.concatenate([[0.0], found[:-1, -1]])[:, None]
    else:
        found = np.empty((runs, plan.users))
        for run in range(runs):
            counter = Counter(plan, source=source, estimator=estimator)
            found[run] = [counter.observe(value).value for value in values]
    off: Errors = found - np.cumsum(values)
    return off


def closed_steps(plan: Plan) -> NDArray[np.int64]:
    first = plan.levels[0].batch
    return np.arange(first, plan.users + 1, first)


@pytest.mark.parametrize("road", RUNS)
@pytest.mark.parametrize("estimator", Estimator)
def test_estimates_are_centred_and_have_the_variance_of_their_law(estimator: Estimator, road: str) -> None:
    """Nobody hidden: mean zero, and the chi-square of the variance, at every closing of the lowest level."""
    law, values = ErrorLaw(PLAN, estimator), [1.0, 0.0, 1.0, 1.0] * 24
    found, steps = errors(PLAN, estimator, road, values, 11), closed_steps(PLAN)
    runs, at = RUNS[road], found[:, steps - 1]
    variances = np.array([law.variance(int(step)) for step in steps])
    rate = ALARM / (2 * len(steps))
    assert np.all(np.abs(at.mean(axis=0)) < stats.norm.isf(rate / 2) * np.sqrt(variances / runs))
    low, high = stats.chi2.ppf([rate / 2, 1 - rate / 2], runs)
    squares = (at**2).sum(axis=0) / variances
    assert np.all((low < squares) & (squares < high))


@pytest.mark.parametrize("road", RUNS)
def test_hidden_users_count_one_half(road: str) -> None:
    law = ErrorLaw(PLAN, Estimator.PLAIN)
    found = errors(PLAN, Estimator.PLAIN, road, [1.0] * 96, 12)
    steps = np.arange(1, 97)
    hidden = np.array([law.hidden(int(step)) for step in steps])
    spread = np.sqrt(np.array([law.variance(int(step)) for step in steps]) / RUNS[road])
    off = found.mean(axis=0) + 0.5 * hidden
    assert np.all(np.abs(off) <= stats.norm.isf(ALARM / 192) * spread + 1e-9)


@pytest.mark.parametrize("road", RUNS)
def test_the_plain_estimate_has_the_exact_law_of_a_sum_of_binomials(road: str) -> None:
    """Pearson's chi-square of the noise after 76 = 48 + 2 * 12 + 4 users, against the convolution."""
    found = errors(PLAN, Estimator.PLAIN, road, [0.0, 1.0] * 48, 13)[:, 75]
    counts, mean = np.ones(1), Fraction(0)
    for level, batches in zip(PLAN.levels, (1, 2, 1), strict=True):
        trials, p = batches * level.batch * level.randomizer.bits, level.randomizer.p
        counts = np.convolve(counts, stats.binom.pmf(np.arange(trials + 1), trials, float(p)))
        mean += trials * p
    seen = np.bincount(np.rint(found + float(mean)).astype(int), minlength=len(counts))
    edges = [0]
    for place in range(len(counts)):  # classes of at least ten expected runs
        if counts[edges[-1] : place + 1].sum() * RUNS[road] >= 10:
            edges.append(place + 1)
    expected = np.add.reduceat(counts, edges[:-1]) * RUNS[road]
    expected[-1] += counts[edges[-1] :].sum() * RUNS[road]
    observed = np.add.reduceat(seen, edges[:-1])
    assert len(expected) > 10
    statistic = float(((observed - expected) ** 2 / expected).sum())
    assert statistic < stats.chi2.isf(ALARM, len(expected) - 1)


@pytest.mark.parametrize("road", RUNS)
@pytest.mark.parametrize("estimator", Estimator)
def test_values_between_steps_are_rounded_without_bias(estimator: Estimator, road: str) -> None:
    """Each value 0.3 lies between 1/4 and 2/4: it adds a variance of 0.2 * 0.8 / 16 to that of the noise."""
    law, values = ErrorLaw(STEPS, estimator), [0.3] * 48
    at = errors(STEPS, estimator, road, values, 14)[:, closed_steps(STEPS) - 1]
    runs = RUNS[road]
    nodes = law._nodes
    share = 0.2 * 0.8 / 0.25  # of the largest variance of rounding
    variances = np.array(
        [
            sum(
                n * (node.noise + share * node.rounding)
                for n, node in zip(law.digits(int(step)), nodes, strict=True)
            )
            for step in closed_steps(STEPS)
        ]
    )
    rate = ALARM / (2 * len(variances))
    assert np.all(np.abs(at.mean(axis=0)) < stats.norm.isf(rate / 2) * np.sqrt(variances / runs))
    low, high = stats.chi2.ppf([rate / 2, 1 - rate / 2], runs)
    squares = (at**2).sum(axis=0) / variances
    assert np.all((low < squares) & (squares < high))


def test_lost_and_absent_users() -> None:
    """Absent users count 0; a user whose messages are lost counts 1/2 whatever the value, so it is off by 1/2."""
    source, runs = SeededSource(15), 300
    plan = Plan([Level(4, BinomialCount(1, 6, "1/2"))], users=8, epsilon=9, delta="1e-3")
    found = np.empty(runs)
    for run in range(runs):
        counter = Counter(plan, source=source)
        for place, value in enumerate((1, None, 1, 1, 0)):
            found[run] = counter.observe(value, lost=(1,) if place == 2 else ()).value
    spread = math.sqrt(4 * 6 / 4 / runs)
    assert abs(found.mean() - (1 + 0 + 0.5 + 1 + 0)) < stats.norm.isf(ALARM / 2) * spread


# ---------------------------------------------------------------- the tests see errors


@pytest.mark.parametrize("road", RUNS)
def test_a_wrong_variance_is_seen(road: str) -> None:
    """A noise bit less at one level: the same chi-square leaves its interval."""
    fewer = Plan(
        [Level(4, BinomialCount(1, 5 if road == "at once" else 3, "1/2")), *PLAN.levels[1:]],
        users=96, epsilon=9, delta="1e-3",
    )  # fmt: skip
    found = errors(fewer, Estimator.PLAIN, road, [0.0] * 96, 16)[:, 7]
    law = ErrorLaw(PLAN, Estimator.PLAIN)
    low, high = stats.chi2.ppf([ALARM / 2, 1 - ALARM / 2], RUNS[road])
    square = float((found**2).sum() / law.variance(8))
    assert not low < square < high

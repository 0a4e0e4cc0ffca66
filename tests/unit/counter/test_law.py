"""The law of the counter's error: against exact convolutions and against runs, and with each of its parts broken."""

import math
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from accounting import BinomialCount
from accounting.counter import Counter, Estimator, Level, Plan, SeededSource
from accounting.counter.law import ErrorLaw
from accounting.counter.runs import run
from accounting.errors import ParameterError
from accounting.numerics.ball import arb

PLAN = Plan(
    [Level(3, BinomialCount(1, 4, "1/2")), Level(12, BinomialCount(1, 1, "3/8")), Level(48, BinomialCount(1, 1, "1/8"))],
    users=500, epsilon=9, delta="1e-3",
)  # fmt: skip
STEPS = Plan(
    [Level(3, BinomialCount(4, 40, "1/2")), Level(12, BinomialCount(4, 10, "1/2"))],
    users=200,
    epsilon=9,
    delta="1e-3",
)


def exact_tail(law: ErrorLaw, step: int, limit: float) -> float:
    """Return P(|noise| > limit) of the plain estimate after a step, by convolution."""
    masses, mean = np.ones(1), 0.0
    for count, level in zip(law.digits(step), law.plan.levels, strict=True):
        trials, p = count * level.batch * level.randomizer.bits, float(level.randomizer.p)
        own = [math.comb(trials, i) * p**i * (1 - p) ** (trials - i) for i in range(trials + 1)]
        masses, mean = np.convolve(masses, own), mean + trials * p
    distance = np.abs(np.arange(len(masses)) - mean)
    return float(masses[distance > limit].sum())


def errors(plan: Plan, estimator: Estimator, runs: int, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the errors of many runs, shape (runs, users)."""
    sums = np.cumsum(values)
    return np.array(
        [
            Counter(plan, source=SeededSource(seed), estimator=estimator).estimates(values) - sums
            for seed in range(runs)
        ]
    )


@pytest.mark.parametrize("step", [3, 12, 47, 48, 500])
@pytest.mark.parametrize("confidence", ["0.5", "0.95", "0.9999"])
def test_one_step_keeps_its_confidence(step: int, confidence: str) -> None:
    law = ErrorLaw(PLAN, Estimator.PLAIN)
    noise = law.half_width(step, confidence) - 0.5 * law.hidden(step)
    assert exact_tail(law, step, noise) <= 1 - float(confidence)
    assert exact_tail(law, step, 0.3 * noise) > 1 - float(confidence)  # and it is not wide for nothing


def test_a_smaller_moment_generating_function_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    law = ErrorLaw(PLAN, Estimator.PLAIN)
    whole = ErrorLaw._cumulant
    monkeypatch.setattr(ErrorLaw, "_cumulant", lambda self, place, s: whole(self, place, s) * arb("0.5"))
    noise = law.half_width(500, "0.99")
    assert exact_tail(law, 500, noise - 0.5 * law.hidden(500)) > 0.01


@pytest.mark.parametrize("estimator", Estimator)
def test_variance_is_that_of_runs(estimator: Estimator) -> None:
    law, values = ErrorLaw(PLAN, estimator), np.zeros(500)
    found = errors(PLAN, estimator, 600, values)
    for step in (3, 12, 36, 48, 191, 500):
        at = found[:, step - 1]
        share = at.var(ddof=1) / law.variance(step)
        assert abs(share - 1) < 5 * math.sqrt(2 / 599)  # a false alarm in about 10^-6 of all seeds
        assert abs(at.mean() - 0.5 * law.hidden(step)) < 5 * math.sqrt(law.variance(step) / 600)


@pytest.mark.parametrize("estimator", Estimator)
def test_rms_is_that_of_runs_with_the_worst_values(estimator: Estimator) -> None:
    law = ErrorLaw(PLAN, estimator)
    found = errors(PLAN, estimator, 600, np.ones(500))  # hidden users are as far from one half as can be
    assert abs(np.sqrt((found**2).mean()) / law.rms() - 1) < 0.06


@pytest.mark.parametrize("plan", [PLAN, STEPS])
@pytest.mark.parametrize("estimator", Estimator)
def test_the_bound_holds_as_often_as_it_says(plan: Plan, estimator: Estimator) -> None:
    law = ErrorLaw(plan, estimator)
    values = np.full(plan.users, 0.375 if plan is STEPS else 1.0)
    largest = np.abs(errors(plan, estimator, 400, values)).max(axis=1)
    for confidence in ("0.5", "0.9"):
        bound = law.bound(confidence)
        assert (largest > bound).mean() <= 1 - float(confidence)
        assert np.quantile(largest, float(confidence)) > 0.45 * bound


@pytest.mark.parametrize("estimator", Estimator)
def test_the_sum_goes_over_all_digits_but_the_first(estimator: Estimator) -> None:
    law = ErrorLaw(PLAN, estimator)
    counts = [law.ratios[0] - 1, law.ratios[1] - 1, law.ratios[2]]
    for exponent in (0.05, -0.1, 0.4):
        s = arb(exponent)
        found = float(law._log_moments(counts, s, summed=True))
        one = [float(law._cumulant(place, s)) for place in range(3)]
        terms = [
            math.exp(counts[0] * one[0] + second * one[1] + third * one[2])
            for second in range(counts[1] + 1)
            for third in range(counts[2] + 1)
        ]
        assert found == pytest.approx(math.log(sum(terms)), rel=1e-12)


@pytest.mark.parametrize("plan", [PLAN, STEPS])
@pytest.mark.parametrize("estimator", Estimator)
def test_the_mean_of_the_largest_error_is_within_its_bound(plan: Plan, estimator: Estimator) -> None:
    law, values = ErrorLaw(plan, estimator), np.full(plan.users, 0.375 if plan is STEPS else 1.0)
    largest = np.abs(errors(plan, estimator, 200, values)).max(axis=1)
    assert largest.mean() <= law.mean_bound() < 2.2 * largest.mean()


@pytest.mark.parametrize("estimator", Estimator)
def test_the_mean_bound_is_that_of_its_statement(estimator: Estimator) -> None:
    """Least over s of ``(log(M(s) + M(-s)) + 1) / s``, with sums over digits term by term."""
    law = ErrorLaw(PLAN, estimator)
    counts = [law.ratios[0] - 1, law.ratios[1] - 1, law.ratios[2]]

    def moments(s: float) -> float:
        one = [float(law._cumulant(place, arb(s))) for place in range(3)]
        terms = (
            math.exp(counts[0] * one[0] + second * one[1] + third * one[2])
            for second in range(counts[1] + 1)
            for third in range(counts[2] + 1)
        )
        return sum(terms)

    least = min((math.log(moments(s) + moments(-s)) + 1) / s for s in np.geomspace(0.02, 1, 400))
    assert law.mean_bound() == pytest.approx(least + 1, rel=1e-4)  # two users are hidden at most


def test_least_squares_is_better() -> None:
    many = Plan(
        [Level(2 ** (place + 1), BinomialCount(1, 8, "1/2")) for place in range(6)],
        users=600,
        epsilon=50,
        delta="1e-3",
    )
    plain, best = (ErrorLaw(many, estimator) for estimator in (Estimator.PLAIN, Estimator.LEAST_SQUARES))
    assert best.rms() < 0.8 * plain.rms()
    assert best.bound("0.95") < plain.bound("0.95")
    found = [
        np.sqrt((errors(many, e, 200, np.ones(600)) ** 2).mean())
        for e in (Estimator.PLAIN, Estimator.LEAST_SQUARES)
    ]
    assert found[1] < 0.85 * found[0]


def test_digits_count_the_batches_open_to_the_top() -> None:
    law = ErrorLaw(PLAN)
    assert law.digits(1) == (0, 0, 0)
    assert law.digits(47) == (3, 3, 0)
    assert law.digits(500) == (2, 1, 10)
    for step in range(1, 501):
        covered = sum(count * level.batch for count, level in zip(law.digits(step), PLAN.levels, strict=True))
        assert covered == step - law.hidden(step)


def test_sums_over_steps_are_those_of_the_definition() -> None:
    for law in (ErrorLaw(PLAN), ErrorLaw(PLAN, Estimator.PLAIN)):
        squares = [law.variance(step) + Fraction(law.hidden(step), 2) ** 2 for step in range(1, 501)]
        assert law.rms() == pytest.approx(math.sqrt(float(sum(squares)) / 500))


def test_values_between_steps_add_their_rounding() -> None:
    between, on = ErrorLaw(PLAN, rounded=True), ErrorLaw(PLAN, rounded=False)
    assert between.rms() > on.rms()
    assert between.bound("0.95") > on.bound("0.95")


def test_a_horizon_below_the_smallest_batch_hides_everybody() -> None:
    plan = Plan([Level(50, BinomialCount())], users=20, epsilon=9, delta="1e-3")
    assert ErrorLaw(plan).bound("0.95") == 10.0  # twenty users, each 1/2
    assert ErrorLaw(plan).mean_bound() == 10.0


@pytest.mark.parametrize("confidence", [0, 1, "2", "-0.1"])
def test_bad_confidence(confidence: object) -> None:
    with pytest.raises(ParameterError, match="confidence must lie strictly"):
        ErrorLaw(PLAN).bound(confidence)  # type: ignore[arg-type]


@pytest.mark.parametrize("step", [0, 501])
def test_bad_steps(step: int) -> None:
    with pytest.raises(ParameterError):
        ErrorLaw(PLAN).half_width(step, "0.9")


def test_a_tiny_chance_of_failure_has_a_bound() -> None:
    """Smaller than any float: 1 - 10^-400."""
    law = ErrorLaw(Plan([Level(4, BinomialCount(1, 3, "1/2"))], users=100, epsilon=9, delta="0.1"))
    confidence = 1 - Fraction(1, 10**400)
    assert law.bound(confidence) > law.bound("0.999999")
    assert law.half_width(40, confidence) > law.half_width(40, "0.999999")


def test_a_value_that_no_step_holds_is_rounded() -> None:
    """A third is no multiple of 2^-32: read so, it is rounded at random in a plan of three steps."""
    plan = Plan([Level(4, BinomialCount(3, 3, "1/2"))], users=100, epsilon=9, delta="0.1")
    for values, rounded in [([1.0, 0.0], False), ([1 / 3], True), ([0.5], True)]:
        assert run(np.array(values), plan).law.rounds is rounded


def test_chances_next_to_one_have_their_noise() -> None:
    """1 - p is lost when p becomes a float first: no variance, a bound of nothing, and estimates that are no numbers."""
    near, far = (BinomialCount(1, 10**9, p) for p in (1 - Fraction(1, 10**18), Fraction(1, 10**18)))
    mirrored = [
        ErrorLaw(Plan([Level(10**12, kind), Level(2 * 10**12, kind)], users=10**13, epsilon=9, delta="0.1"))
        for kind in (near, far)
    ]
    assert mirrored[0].bound("0.9") == pytest.approx(mirrored[1].bound("0.9"), rel=1e-9)
    assert mirrored[0].half_width(10**12, "0.9") > 10
    with pytest.raises(ParameterError, match="hides nobody"):
        Level(4, BinomialCount(1, 1, Fraction(1, 10**400)))

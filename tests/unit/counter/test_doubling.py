"""Doubling: epochs end covered, the loss is that of one plan, and the bound covers what is carried on."""

import numpy as np
import pytest

from accounting import BinomialCount
from accounting.counter import Level, Plan, SeededSource
from accounting.counter.doubling import DoublingCounter
from accounting.errors import ParameterError


def planner(horizon: int) -> Plan:
    levels = [Level(4, BinomialCount(1, 30, "1/2")), Level(16, BinomialCount(1, 8, "1/2"))]
    return Plan(levels, users=horizon, epsilon=4, delta="1e-3")


def test_epochs_double_and_end_covered() -> None:
    counter = DoublingCounter(planner, first=50, source=SeededSource(1))
    for _ in range(500):
        counter.observe(1)
    assert [plan.users for plan in counter.plans] == [48, 96, 192, 400]
    assert counter.arrivals == 500
    assert counter.current().hidden == 0  # 500 - 336 = 164 is a multiple of 4


def test_arrays_go_through_epochs() -> None:
    counter = DoublingCounter(planner, first=50, source=SeededSource(1))
    values = np.ones(700)
    found = np.concatenate([counter.estimates(values[:13]), counter.estimates(values[13:])])
    assert found.shape == (700,)
    assert counter.arrivals == 700
    assert np.abs(found - np.cumsum(values)).max() <= counter.bound("0.999999")


def test_the_bound_holds_as_often_as_it_says() -> None:
    values, largest = np.ones(700), []
    for seed in range(200):
        counter = DoublingCounter(planner, first=50, source=SeededSource(seed))
        largest.append(np.abs(counter.estimates(values) - np.cumsum(values)).max())
    assert (np.array(largest) > counter.bound("0.8")).mean() <= 0.2
    assert np.quantile(largest, 0.8) > 0.2 * counter.bound("0.8")


def test_a_plan_that_breaks_its_budget_is_refused() -> None:
    def careless(horizon: int) -> Plan:
        return Plan([Level(4, BinomialCount(1, 1, "1/2"))], users=horizon, epsilon="0.1", delta="1e-9")

    with pytest.raises(ParameterError, match=r"budget\.epsilon"):
        DoublingCounter(careless)


def test_budgets_must_not_change() -> None:
    def changing(horizon: int) -> Plan:
        plan = planner(horizon)
        return Plan(plan.levels, users=horizon, epsilon=4 if horizon < 60 else 5, delta="1e-3")

    counter = DoublingCounter(changing, first=50, source=SeededSource(1))
    with pytest.raises(ParameterError, match="one budget"):
        counter.estimates(np.zeros(100))


def test_a_bad_value_in_a_later_epoch_is_refused_before_anybody_is_taken() -> None:
    counter = DoublingCounter(planner, first=50, source=SeededSource(1))
    values = np.zeros(300)
    values[250] = 2.0
    with pytest.raises(ParameterError, match=r"values\[250\] must lie"):
        counter.estimates(values)
    assert counter.arrivals == 0


@pytest.mark.parametrize("one_by_one", [True, False])
def test_the_bound_counts_with_rounded_values(*, one_by_one: bool) -> None:
    """Halves in a plan for bits are rounded at random, with more variance than there is noise."""

    def quiet(horizon: int) -> Plan:
        return Plan([Level(2, BinomialCount(1, 1, "1/10000"))], users=horizon, epsilon=50, delta="0.9999")

    values, failed = np.full(300, 0.5), 0
    for seed in range(20):
        counter = DoublingCounter(quiet, first=300, source=SeededSource(seed))
        if one_by_one:
            found = np.array([counter.observe("1/2").value for _ in values])
        else:
            found = counter.estimates(values)
        failed += bool(np.abs(found - np.cumsum(values)).max() > counter.bound("0.9"))
    assert failed <= 2


def test_a_misspelt_estimator_and_a_confidence_of_one_are_refused() -> None:
    with pytest.raises(ParameterError, match="estimator must be plain or least-squares"):
        DoublingCounter(planner, estimator="plane")
    with pytest.raises(ParameterError, match="confidence must lie strictly between 0 and 1"):
        DoublingCounter(planner).bound("1")

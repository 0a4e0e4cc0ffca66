"""The planner: every plan keeps its budget and uses it, beats equal sizes, and refuses what cannot be."""

import math
from fractions import Fraction

import pytest

from accounting import BinomialCount, Shuffle
from accounting.counter.planner import equal_plan, plan, sketch
from accounting.counter.sizes import Objective, gaussian_variance
from accounting.errors import ParameterError


@pytest.mark.parametrize(
    ("users", "shufflers"), [(50, 1), (2000, 1), pytest.param(2000, 3, marks=pytest.mark.slow), (10**6, 1)]
)
@pytest.mark.parametrize("objective", Objective)
def test_a_plan_keeps_its_budget_and_uses_it(users: int, shufflers: int, objective: Objective) -> None:
    found = plan(users, shufflers, epsilon=1, delta="1e-6", objective=objective)
    assert len(found.plan.levels) == shufflers
    assert found.plan.users == users
    assert found.privacy.upper <= 1
    assert found.privacy.lower > 0.97
    assert found.plan.certified().upper == found.privacy.upper


@pytest.mark.parametrize(("users", "delta"), [(1000, "0.01"), (1000, "1e-6"), (100, "1e-3"), (30, "1e-4")])
def test_counts_of_few_users_that_lose_in_steps_use_their_budget(users: int, delta: str) -> None:
    found = plan(users, 1, epsilon=1, delta=delta)
    assert 0.97 < found.privacy.lower <= found.privacy.upper <= 1


@pytest.mark.parametrize("shufflers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_better_than_equal_sizes(shufflers: int) -> None:
    ours = plan(10**4, shufflers, epsilon=1, delta="1e-6")
    equal = equal_plan(10**4, shufflers, epsilon=1, delta="1e-6")
    assert ours.law.bound("0.95") < 0.9 * equal.law.bound("0.95")


def test_each_objective_is_best_at_its_own() -> None:
    by_max = plan(10**5, 1, epsilon=1, delta="1e-6", objective="maximum")
    by_rms = plan(10**5, 1, epsilon=1, delta="1e-6", objective="rms")
    assert by_rms.law.rms() <= by_max.law.rms()
    assert by_max.law.bound("0.95") <= by_rms.law.bound("0.95")


def test_real_values_get_so_many_steps_that_rounding_is_small() -> None:
    found = plan(3000, 1, epsilon=1, delta="1e-6", values="reals")
    assert found.plan.steps > 1
    bits = plan(3000, 1, epsilon=1, delta="1e-6")
    assert found.law.rms() < 1.1 * bits.law.rms()


@pytest.mark.parametrize("shufflers", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_a_sketch_is_near_the_plan(shufflers: int) -> None:
    law = sketch(10**5, shufflers, epsilon=1, delta="1e-6", objective="rms")
    made = plan(10**5, shufflers, epsilon=1, delta="1e-6", objective="rms")
    assert [level.batch for level in law.plan.levels] == [level.batch for level in made.plan.levels]
    assert law.rms() == pytest.approx(made.law.rms(), rel=0.2)


@pytest.mark.slow
def test_the_best_number_of_shufflers_is_better_than_one() -> None:
    best = plan(10**5, "best", epsilon=1, delta="1e-6")
    one = plan(10**5, 1, epsilon=1, delta="1e-6")
    assert len(best.plan.levels) > 3
    assert best.law.bound("0.95") < 0.5 * one.law.bound("0.95")


@pytest.mark.parametrize(("epsilon", "delta"), [(1.0, 1e-6), (0.1, 1e-9)])
def test_the_normal_start_is_near_a_released_count(epsilon: float, delta: float) -> None:
    variance = gaussian_variance(epsilon, delta)
    count = Shuffle(BinomialCount(1, 1, "1/2"), math.ceil(4 * variance))
    assert count.epsilon(delta=delta).upper == pytest.approx(epsilon, rel=0.2)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"users": 1}, "users"),
        ({"shufflers": 0}, "shufflers"),
        ({"shufflers": 11}, "shufflers"),
        ({"shufflers": "some"}, "shufflers"),
        ({"epsilon": 0}, "epsilon"),
        ({"delta": 0}, "delta"),
        ({"objective": "best"}, "objective"),
        ({"estimator": "median"}, "estimator"),
        ({"values": "words"}, "values"),
        ({"confidence": 1}, "confidence"),
    ],
)
def test_bad_arguments(changes: dict[str, object], name: str) -> None:
    given: dict[str, object] = {"users": 1000, "shufflers": 2, "epsilon": 1, "delta": "1e-6"} | changes
    with pytest.raises(ParameterError) as caught:
        plan(given.pop("users"), given.pop("shufflers"), **given)  # type: ignore[arg-type]
    assert caught.value.name == name


@pytest.mark.parametrize("shufflers", [2, "best"])
def test_a_level_that_hardly_helps_takes_no_bits_without_end(shufflers: int | str) -> None:
    """Little budget for few users: the second level has no closing, and all of the budget would go to the first."""
    found = plan(1000, shufflers, epsilon="0.01", delta="1e-3")
    assert Fraction(found.privacy.upper) <= found.plan.budget.epsilon
    assert max(level.randomizer.bits for level in found.plan.levels) < 10**7


@pytest.mark.parametrize("confidence", [1 - Fraction(1, 10**400), Fraction(1, 10**400)])
def test_confidences_that_no_float_holds(confidence: Fraction) -> None:
    found = plan(100, 1, epsilon=1, delta="1e-8", confidence=confidence)
    assert found.law.bound(confidence) > 0

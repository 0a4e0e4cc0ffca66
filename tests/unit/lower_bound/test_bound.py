from dataclasses import FrozenInstanceError
from fractions import Fraction

import pytest

import accounting as csa
from accounting.lower_bound.bound import lower_bound
from accounting.lower_bound.theorem import certified_error

ROUGH = [(1, 10**4, 6.87), (1, 10**6, 33.0), (1, 10**9, 334.0), (2, 10**6, 5.43), (3, 10**6, 2.44)]
"""A rough search over the induction's windows, two values a group and the last step alone, epsilon = 1, delta = 0."""


@pytest.mark.parametrize(("shufflers", "users", "rough"), ROUGH)
def test_far_above_the_rough_search(shufflers: int, users: int, rough: float) -> None:
    assert lower_bound(users=users, shufflers=shufflers, epsilon=1).lower >= 2.7 * rough


@pytest.mark.parametrize("shufflers", [1, 3, 50])
@pytest.mark.parametrize("users", [3, 60, 10**4, 10**8])
@pytest.mark.parametrize("epsilon", ["0", "1/50", "1", "300"])
def test_the_design_fits_and_gives_the_value(shufflers: int, users: int, epsilon: str) -> None:
    bound = lower_bound(users=users, shufflers=shufflers, epsilon=epsilon)
    if bound.design is None:
        assert users < shufflers + 2
        assert bound.lower == 0
        return
    assert bound.window <= users
    assert bound.uniform is not None
    assert bound.uniform.window <= users
    assert bound.uniform.group <= bound.uniform.block
    assert 0 < bound.uniform.lower <= Fraction(bound.lower) * Fraction(1 + 2**-50)
    error = certified_error(bound.design, shufflers=shufflers, epsilon=Fraction(epsilon), delta=Fraction(0))
    assert 0 < error <= Fraction(users, 2)
    best = max(error, bound.uniform.lower)
    assert bound.lower <= best < Fraction(bound.lower) * Fraction(1 + 2**-50)


def test_more_shufflers_more_epsilon_more_delta_fewer_users_bound_less() -> None:
    here = lower_bound(users=10**5, shufflers=2, epsilon="1/2", delta="1e-9").lower
    assert lower_bound(users=10**5, shufflers=3, epsilon="1/2", delta="1e-9").lower < here
    assert lower_bound(users=10**5, shufflers=2, epsilon="1", delta="1e-9").lower < here
    assert lower_bound(users=10**5, shufflers=2, epsilon="1/2", delta="1e-5").lower < here
    assert lower_bound(users=10**4, shufflers=2, epsilon="1/2", delta="1e-9").lower < here


def test_exponents() -> None:
    values = [lower_bound(users=10**power, shufflers=2, epsilon=1).lower for power in (10, 15)]
    assert values[1] / values[0] == pytest.approx(10, rel=0.1)


@pytest.mark.parametrize(("users", "shufflers"), [(1, 1), (2, 1), (51, 50), (10**9, 10_000 - 1)])
def test_below_the_smallest_window(users: int, shufflers: int) -> None:
    bound = lower_bound(users=users, shufflers=shufflers, epsilon=1)
    if users > shufflers + 1:
        assert bound.lower > 0
        return
    assert (bound.lower, bound.design, bound.group, bound.window, bound.claims) == (0.0, None, None, 0, ())
    assert "trivial" in bound.describe()
    assert str(shufflers + 2) in bound.describe()


def test_epsilon_zero_releases_nothing() -> None:
    assert lower_bound(users=10**6, shufflers=4, epsilon=0).lower == 5e5
    with_delta = lower_bound(users=10**6, shufflers=4, epsilon=0, delta="1e-4").lower
    assert 1000 < with_delta <= 1250


def test_a_delta_near_one_leaves_little() -> None:
    assert 0 < lower_bound(users=10**6, shufflers=2, epsilon=1, delta="0.999").lower < 0.001


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("shufflers", {"shufflers": 0}),
        ("shufflers", {"shufflers": 10_001}),
        ("shufflers", {"shufflers": 1.5}),
        ("users", {"users": 0}),
        ("users", {"users": 10**19}),
        ("epsilon", {"epsilon": -1}),
        ("epsilon", {"epsilon": "nan"}),
        ("epsilon", {"epsilon": 301}),
        ("delta", {"delta": 1}),
        ("delta", {"delta": "1.5"}),
        ("delta", {"delta": -1}),
    ],
)
def test_bad_input_is_named(name: str, arguments: dict[str, object]) -> None:
    given: dict[str, object] = {"users": 100, "shufflers": 1, "epsilon": 1, "delta": 0} | arguments
    with pytest.raises(csa.ParameterError) as caught:
        lower_bound(**given)  # type: ignore[arg-type]
    assert caught.value.name == name


def test_frozen() -> None:
    bound = lower_bound(users=100, shufflers=1, epsilon=1)
    with pytest.raises(FrozenInstanceError):
        bound.lower = 7.0  # type: ignore[misc]


def test_as_dict() -> None:
    content = lower_bound(users=1000, shufflers=2, epsilon=1, delta="1e-7").as_dict()
    assert content["bound"]["lower"] > 0
    assert {"group", "block", "groups"} <= content["parameters"].keys()
    assert (content["users"], content["shufflers"]) == (1000, 2)


def test_public_name() -> None:
    assert csa.lower_bound(users=100, shufflers=1, epsilon=1) == lower_bound(
        users=100, shufflers=1, epsilon=1
    )
    assert isinstance(csa.lower_bound(users=1, shufflers=1, epsilon=1), csa.LowerBound)

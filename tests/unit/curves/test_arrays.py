"""Questions for arrays: the answers of one question each, in the array's shape."""

import numpy as np
import pytest

import accounting as csa

SHUFFLE = csa.Shuffle(csa.KaryRandomizedResponse(4, epsilon0="2"), 500)


def test_deltas_are_those_of_each_epsilon() -> None:
    curve = SHUFFLE.curve()
    epsilons = np.array([[0.2, -0.1, 0.2], [0.0, 0.05, 2.5]])
    lower, upper = curve.deltas(epsilons)
    assert lower.shape == upper.shape == epsilons.shape
    for k, epsilon in np.ndenumerate(epsilons):
        found = curve.delta(epsilon=epsilon)
        assert [lower[k], upper[k]] == [found.lower, found.upper]


def test_epsilons_are_those_of_each_delta() -> None:
    curve = SHUFFLE.curve()
    deltas = np.array([1e-3, 1e-9, 0.9])
    lower, upper = curve.epsilons(deltas)
    for k, delta in enumerate(deltas):
        found = curve.epsilon(delta=delta)
        assert [lower[k], upper[k]] == [found.lower, found.upper]
    assert np.all(lower <= upper)


def test_several_shuffles_answer_arrays() -> None:
    curve = csa.ConcurrentShuffles([SHUFFLE, SHUFFLE]).curve()
    lower, upper = curve.deltas(np.linspace(0.0, 0.4, 5))
    assert np.all(lower <= upper)
    assert np.all(np.diff(upper) < 0)
    single, _ = SHUFFLE.curve().deltas(np.linspace(0.0, 0.4, 5))
    assert np.all(upper > single)


@pytest.mark.parametrize("epsilons", [["a"], [None], [True]])
def test_what_is_no_array_of_numbers(epsilons: object) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        SHUFFLE.curve().deltas(epsilons)  # type: ignore[arg-type]
    assert caught.value.name == "epsilons"


@pytest.mark.parametrize("epsilons", [[np.nan], [np.inf], [301.0]])
def test_numbers_out_of_range(epsilons: list[float]) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        SHUFFLE.curve().deltas(epsilons)
    assert caught.value.name == "epsilon"


def test_empty_and_scalar() -> None:
    curve = SHUFFLE.curve()
    lower, upper = curve.deltas([])
    assert lower.shape == upper.shape == (0,)
    lower, _ = curve.deltas(0.1)
    assert lower.shape == ()


def test_total_variation_is_delta_at_zero() -> None:
    assert SHUFFLE.curve().total_variation() == SHUFFLE.curve().delta(epsilon=0)

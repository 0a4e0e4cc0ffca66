"""Corners in which small differences, ceilings or zeros once went wrong, against exact values."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

import accounting as csa

F = Fraction


@pytest.mark.parametrize(
    ("w", "gap", "users"),
    [
        (F(7, 3), F(4, 10**30), 30),
        (F(7, 3), F(4, 3 * 10**26), 25),
        (F(3), F(2, 10**31), 49),
        (F(9), F(1, 10**17), 60),
    ],
)
def test_binary_response_just_below_its_ceiling(w: Fraction, gap: Fraction, users: int) -> None:
    """The weights of both tails are differences that cancel; the answer is exact all the same."""
    shuffle = csa.Shuffle(csa.BinaryRandomizedResponse(keep=w / (1 + w)), users)
    found = shuffle.delta(alpha=w - gap)
    exact = csa.exact_delta(shuffle, alpha=w - gap).delta
    assert isinstance(exact, Fraction)
    assert found.lower <= exact <= found.upper
    assert found.is_exact


@pytest.mark.parametrize(
    ("randomizer", "users", "delta"),
    [
        (csa.BinaryRandomizedResponse("299"), 3, "0.999999999"),
        (csa.PureLocal("299"), 200, "0.9"),
        (csa.KaryRandomizedResponse(16, "299"), 10**12, "0.9"),
    ],
)
def test_epsilon_is_never_above_epsilon0(randomizer: csa.Randomizer, users: int, delta: str) -> None:
    found = csa.Shuffle(randomizer, users).epsilon(delta=delta)
    assert found.upper <= math.nextafter(299.0, 300.0)
    assert not found.is_exact


def test_an_infinite_loss_from_both_sides_is_exact_only_if_both_are_infinite() -> None:
    count = csa.Shuffle(csa.BinomialCount(levels=1, bits=1), users=2).epsilon(delta="1e-6")
    assert (count.lower, count.upper, count.is_exact) == (math.inf, math.inf, True)


@pytest.mark.parametrize(
    ("matrix", "users", "alpha", "attained"),
    [
        ([["9/10", "1/10"], ["100/101", "1/101"], ["1", "0"], ["1/2", "1/2"]], 4, "101/2", F(1, 2)),
        ([["0", "1"], ["1/2", "1/2"], ["1", "0"], ["1/2", "1/2"]], 5, "1e9", F(1)),
        ([["0", "1"], ["2/3", "1/3"], ["3/4", "1/4"]], 3, "1e40", F(3, 4)),
    ],
)
def test_a_revealing_witness_is_found(
    matrix: list[list[str]], users: int, alpha: str, attained: Fraction
) -> None:
    """With zeros in the matrix the best witness is one in which a message gives the target away."""
    found = csa.Shuffle(csa.FiniteRandomizer(matrix), users).delta(alpha=alpha)
    assert found.lower >= attained * F(999999, 10**6)


def test_rows_that_nearly_agree() -> None:
    """Values that are small differences of probabilities keep their sign and size."""
    shift = F(33, 10**28)
    matrix = [[F(14, 25) + shift, F(11, 25) - shift], [F(14, 25), F(11, 25)]]
    shuffle = csa.Shuffle(csa.FiniteRandomizer(matrix), 2)
    exact = csa.exact_delta(shuffle, alpha=1).delta
    found = shuffle.delta(alpha=1)
    assert isinstance(exact, Fraction)
    assert found.lower <= exact <= found.upper

from fractions import Fraction

import pytest

from accounting.lower_bound import spread
from accounting.numerics.ball import arb, ball, exact_lower, exact_upper, precision
from proofs.checks.check import CheckFailedError
from proofs.checks.lower_bound import best_estimates_err, posteriors_are_spread
from proofs.reference.lower_bound import half_spread_stop_loss


def test_two_values_are_a_coin_that_is_fair_as_often_as_the_smaller_posterior_says() -> None:
    for factor in (Fraction(0), Fraction(1, 3), Fraction(2)):
        moves = spread.certified_moves((1, 1), factor=factor, step=Fraction(1, 2))
        with precision(128):
            c = 1 / (1 + ball(factor).exp())
            assert Fraction(0) <= exact_lower(2 * c) - moves < Fraction(1, 10**15)


def test_a_coin_moves_with_probability_at_most_one() -> None:
    assert spread.certified_moves((1, 1, 1), factor=Fraction(0), step=Fraction(1, 10)) == 1


@pytest.mark.parametrize("weights", [(1, 2, 5), (3, 1, 1, 4), (1, 1, 1, 1, 1), (7, 2)])
def test_stop_loss_is_that_of_the_quantiles(weights: tuple[int, ...]) -> None:
    law = [Fraction(weight, sum(weights)) for weight in weights]
    with precision(128):
        balls = [ball(mass) for mass in law]
        for half in range(2 * len(law)):
            exact = half_spread_stop_loss(law, Fraction(half, 2))
            said = spread.stop_loss(balls, Fraction(half, 2))
            assert exact_lower(said) <= exact
            assert exact - exact_lower(said) < Fraction(1, 10**30)
            assert exact_upper(said) - exact_lower(said) < Fraction(1, 10**30)


@pytest.mark.parametrize("check", [posteriors_are_spread, best_estimates_err])
@pytest.mark.proof
def test_c_with_the_wrong_sign_fails(check: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """c = 1/(1 + e^eps) becomes 1/(1 + e^-eps): likelihoods that rise away from their peak."""

    def wrong(weights: tuple[int, ...], factor: Fraction) -> list[list[arb]]:
        return right(weights, -factor)

    right = spread.steepest_posteriors
    monkeypatch.setattr(spread, "steepest_posteriors", wrong)
    with pytest.raises(CheckFailedError):
        posteriors_are_spread(3, "1") if check is posteriors_are_spread else best_estimates_err(2, 1)


@pytest.mark.proof
def test_a_posterior_left_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = spread.steepest_posteriors
    monkeypatch.setattr(spread, "steepest_posteriors", lambda weights, factor: right(weights, factor)[1:-1])
    with pytest.raises(CheckFailedError):
        posteriors_are_spread(3, "1")


@pytest.mark.parametrize("bits", [12, 20, 30])
@pytest.mark.parametrize(("weights", "step"), [((1, 1), "1/2"), ((1, 2, 5), "3/4"), ((1, 3, 3, 1), "1")])
def test_few_bits_are_rounded_down(
    monkeypatch: pytest.MonkeyPatch, weights: tuple[int, ...], step: str, bits: int
) -> None:
    sharp = spread.certified_moves(weights, factor=Fraction(1, 3), step=Fraction(step))
    monkeypatch.setattr(spread, "_BITS", bits)
    assert 0 < spread.certified_moves(weights, factor=Fraction(1, 3), step=Fraction(step)) < sharp < 1

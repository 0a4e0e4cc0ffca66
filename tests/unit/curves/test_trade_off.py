"""The trade-off function: both ends against the exact one of small cases, by the lemma of Neyman and Pearson."""

from fractions import Fraction
from typing import TypeAlias

import pytest

import accounting as csa
from accounting.curves.trade_off import _Tests
from accounting.numerics.dots import BITS, GridLoss
from proofs.reference.shuffle_enumeration import kary_response, neighbours, released_law

F = Fraction
Law: TypeAlias = dict[tuple[int, ...], Fraction]
ALPHAS = (F(0), F(1, 10**9), F(1, 1000), F(1, 10), F(1, 3), F(1, 2), F(9, 10), F(999, 1000), F(1))


def least_error(first: Law, second: Law, alpha: Fraction) -> Fraction:
    """Type II error of the best test: reject outcomes in falling order of first/second, the last one with a coin."""
    left, power = alpha, F(0)
    for y in sorted(first, key=lambda y: first[y] / second[y], reverse=True):
        share = F(1) if second[y] <= left else left / second[y]
        power += share * first[y]
        left -= share * second[y]
        if share < 1:
            break
    return 1 - power


@pytest.mark.parametrize(("values", "users"), [(2, 2), (2, 5), (3, 3)])
def test_encloses_the_worst_data_sets(values: int, users: int) -> None:
    keep = F(3, 5)
    channel = kary_response(values, keep)
    laws = [
        (released_law(channel, data), released_law(channel, changed))
        for data, changed in neighbours(values, users)
    ]
    curve = csa.Shuffle(csa.KaryRandomizedResponse(values, keep=keep), users).curve()
    for found in curve.trade_offs(ALPHAS):
        truth = min(least_error(first, second, found.alpha) for first, second in laws)
        assert found.lower <= truth <= found.upper, (found.alpha, float(truth))


def test_one_answer_is_that_of_several() -> None:
    curve = csa.Shuffle(csa.PureLocal(epsilon0="1"), 100).curve()
    alone = curve.trade_off("1/4")
    assert alone == curve.trade_offs(["1/4"])[0]
    assert 0.6 < alone.lower <= alone.upper < 0.75
    assert alone.witness is not None
    assert str(alone).startswith("[0.70")


def test_both_ends_meet_for_many_users() -> None:
    curve = csa.Shuffle(csa.KaryRandomizedResponse(10, epsilon0="4"), 10_000).curve()
    for found in curve.trade_offs(["1e-6", "1/100", "1/3", "9/10"]):
        assert found.upper - found.lower <= 1e-4 * (1 - float(found.alpha))


def test_by_hand() -> None:
    """Mass 1/2 at loss 0, 1/4 at loss 1 step with e^step taken as a ball, 1/4 infinite: reject the infinite first."""
    unit = 1 << BITS
    tests = _Tests.of(F(1), GridLoss(0, (unit // 2, unit // 4), unit // 4))
    assert tests.error_at_least(F(0)) <= F(3, 4) <= tests.error_at_most(F(0))
    assert tests.error_at_most(F(0)) - tests.error_at_least(F(0)) < F(1, 10**60)
    # alpha = 1/2 is beyond Q(loss = 1) = 1/(4e): the rest goes to loss 0, where P = Q
    wanted = 1 - 1 / 4 - 1 / 4 - (1 / 2 - 1 / (4 * 2.718281828459045))
    assert float(tests.error_at_least(F(1, 2))) == pytest.approx(wanted, abs=1e-12)
    assert float(tests.error_at_most(F(1, 2))) == pytest.approx(wanted, abs=1e-12)
    assert tests.error_at_most(F(1)) == 0


def test_two_shuffles_lie_below_one() -> None:
    shuffle = csa.Shuffle(csa.KaryRandomizedResponse(3, epsilon0="1"), 50)
    one, two = shuffle.curve(), csa.ConcurrentShuffles([shuffle, shuffle]).curve()
    for single, double in zip(
        one.trade_offs(["1/100", "1/3"]), two.trade_offs(["1/100", "1/3"]), strict=True
    ):
        assert double.lower <= double.upper
        assert double.upper < single.upper


@pytest.mark.parametrize("alpha", [-1, 2, "x", None])
def test_bad_type_one_errors(alpha: object) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        csa.Shuffle(csa.PureLocal(epsilon0="1"), 20).curve().trade_off(alpha)  # type: ignore[arg-type]
    assert caught.value.name == "alpha"


def test_nothing_asked_nothing_answered() -> None:
    assert csa.Shuffle(csa.PureLocal(epsilon0="1"), 20).curve().trade_offs([]) == []

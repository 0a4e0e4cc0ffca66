"""Inequalities on boxes: shown where they hold, refuted where they fail, never passed where they are undecided."""

from fractions import Fraction

import pytest
from flint import arb, ctx

from proofs.checks.boxes import contains, exactly, interval, positive_on
from proofs.checks.check import CheckFailedError

F = Fraction
UNIT = (F(0), F(1))


def test_an_inequality_on_a_box_is_shown() -> None:
    assert positive_on(lambda x, y: 1 + x * y - (x + y) / 2, [UNIT, UNIT], what="a product") > 1


@pytest.mark.parametrize("least", [F(1, 4), F(1, 3)])
def test_a_small_violation_is_found(least: F) -> None:
    """x^2 - x + 1/4 is 0 at 1/2 only, and below 0 nowhere; with less added it is."""
    with pytest.raises(CheckFailedError):
        positive_on(
            lambda x: x * x - x + exactly(least) - exactly(F(1, 10)), [UNIT], what="a square", most=500
        )


def test_an_equality_is_not_passed() -> None:
    with pytest.raises(CheckFailedError):
        positive_on(lambda x: (x - exactly(F(1, 3))) ** 2, [UNIT], what="a square", most=200)


def test_a_function_that_is_not_finite_is_not_passed() -> None:
    with pytest.raises(CheckFailedError):
        positive_on(lambda x: 1 / (x - exactly(F(1, 3))) ** 2, [UNIT], what="a pole", most=200)


def test_intervals_and_membership() -> None:
    with ctx.workprec(64):
        whole = interval(F(1, 3), F(2, 3))
        assert all(contains(whole, F(k, 9)) for k in (3, 4, 5, 6))
        assert not contains(whole, F(7, 9))
        assert not contains(arb("nan"), F(1))
        assert not contains(exactly(F(1, 2)), F(1, 2) + F(1, 2**200))

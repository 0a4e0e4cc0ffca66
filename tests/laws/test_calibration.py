"""Calibrations against the exact delta of every size below, and the monotonicity that they rest on."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import accounting as csa

SMALL = [
    (csa.BinaryRandomizedResponse(keep="3/4"), "1", "0.05"),
    (csa.BinaryRandomizedResponse(keep="9/10"), "3/2", "0.2"),
    (csa.KaryRandomizedResponse(3, keep="3/5"), "1/2", "0.1"),
    (csa.BinomialCount(levels=1, bits=2, p="1/2"), "1", "0.01"),
    (csa.FiniteRandomizer([["1/2", "1/4", "1/4"], ["1/4", "1/2", "1/4"]]), "1/4", "0.08"),
]


def exact_delta(randomizer: csa.Randomizer, users: int, epsilon: str) -> tuple[Fraction, Fraction]:
    """Lower and upper end of the delta over all data sets, by enumeration."""
    found = csa.exact_delta(csa.Shuffle(randomizer, users=users), epsilon=epsilon).delta
    return (found, found) if isinstance(found, Fraction) else (found.lower, found.upper)


@pytest.mark.parametrize(("randomizer", "epsilon", "delta"), SMALL)
def test_exhaustive_minimality(randomizer: csa.Randomizer, epsilon: str, delta: str) -> None:
    """Enumeration agrees at every size: none up to unsafe is safe, and every one from safe on is."""
    found = csa.smallest_batch(randomizer, epsilon=epsilon, delta=delta)
    assert isinstance(found.safe, int)
    assert isinstance(found.unsafe, int)
    assert found.safe - found.unsafe <= 2
    for users in range(2, found.safe + 3):
        lower, upper = exact_delta(randomizer, users, epsilon)
        if users <= found.unsafe:
            assert lower > Fraction(delta)
        if users >= found.safe:
            assert upper <= Fraction(delta)


@pytest.mark.parametrize("values", [2, 3])
@given(
    low=st.integers(1, 8),
    rise=st.integers(0, 8),
    users=st.integers(2, 4),
    alpha=st.fractions(Fraction(1, 3), Fraction(4), max_denominator=6),
)
@settings(max_examples=25)
def test_smaller_epsilon0_never_hurts(values: int, low: int, rise: int, users: int, alpha: Fraction) -> None:
    """The claim itself, exactly: e^epsilon0 = 1 + low/4 against 1 + (low + rise)/4."""

    def delta(quarters: int) -> Fraction:
        factor = 1 + Fraction(quarters, 4)
        kernel = csa.KaryRandomizedResponse(values, keep=factor / (factor + values - 1))
        found = csa.exact_delta(csa.Shuffle(kernel, users=users), alpha=alpha).delta
        assert isinstance(found, Fraction)
        return found

    assert delta(low) <= delta(low + rise)


@given(
    keep=st.fractions(Fraction(11, 20), Fraction(19, 20), max_denominator=20),
    epsilon=st.sampled_from(["0.1", "0.3", "1"]),
    delta=st.sampled_from(["0.05", "1e-2", "1e-3"]),
)
@settings(max_examples=20)
def test_ends_hold_on_a_fresh_evaluation(keep: Fraction, epsilon: str, delta: str) -> None:
    randomizer = csa.KaryRandomizedResponse(4, keep=keep)
    found = csa.smallest_batch(randomizer, epsilon=epsilon, delta=delta)
    assert isinstance(found.safe, int)
    assert csa.Shuffle(randomizer, users=found.safe).delta(epsilon=epsilon).upper <= Fraction(delta)
    if isinstance(found.unsafe, int):
        assert found.unsafe < found.safe
        assert csa.Shuffle(randomizer, users=found.unsafe).delta(epsilon=epsilon).lower > Fraction(delta)
    else:
        assert found.safe == 2

"""Certified ends of concatenations against every data set and every strategy of small cases."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

import pytest

import accounting as csa
from accounting.composition import enumerated
from proofs.exhaustive.concatenations import Case, binary_pairs, cases, ternary_pairs

pytestmark = pytest.mark.proof

THREE = csa.Shuffle(csa.BinaryRandomizedResponse(keep="3/4"), 3)


def check(found: list[Case]) -> None:
    assert found
    for case in found:
        assert not case.is_violated
        # fixed inputs are exact, and an adaptive strategy attains the lower end
        assert float(case.exact) - case.lower <= 1e-12
        if case.inputs == "fixed":
            assert case.upper - float(case.exact) <= 1e-12
            assert float(case.exact) <= case.composed


def test_some_pairs() -> None:
    check(list(cases([*islice(binary_pairs(), 0, 78, 13), *islice(ternary_pairs(), 0, 10, 5)])))


@pytest.mark.slow
def test_all_pairs() -> None:
    check(list(cases(binary_pairs())))
    check(list(cases(ternary_pairs())))


def test_fixed_and_adaptive_inputs_differ() -> None:
    fixed = csa.ConcurrentShuffles([THREE, THREE], inputs="fixed").delta(alpha=2)
    adaptive = csa.ConcurrentShuffles([THREE, THREE]).delta(alpha=2)
    assert fixed.lower <= Fraction(837, 4096) <= fixed.upper < adaptive.lower <= Fraction(477, 2048)
    assert Fraction(477, 2048) <= adaptive.upper
    assert fixed.is_exact
    assert fixed.assumptions == ("fixed-inputs",)
    assert "fixed-inputs" not in adaptive.assumptions
    assert adaptive.witness is not None
    assert "released before" in adaptive.witness.sentence()


@pytest.mark.parametrize("inputs", ["fixed", "adaptive"])
@pytest.mark.parametrize("delta", ["0.2", "0.05", "0.001"])
def test_epsilon_is_where_the_exact_delta_meets_the_level(inputs: str, delta: str) -> None:
    shuffles = [THREE, csa.Shuffle(csa.BinaryRandomizedResponse(epsilon0="1"), 4)]
    found = csa.ConcurrentShuffles(shuffles, inputs=inputs).epsilon(delta=delta)
    below = csa.exact_delta(shuffles, epsilon=found.lower * (1 - 1e-9), inputs=inputs).delta  # type: ignore[arg-type]
    above = csa.exact_delta(shuffles, epsilon=found.upper, inputs="fixed").delta
    lower_end = below if isinstance(below, Fraction) else below.upper
    assert lower_end > Fraction(delta)
    assert (above if isinstance(above, Fraction) else above.lower) <= Fraction(delta)
    if inputs == "fixed":
        assert found.is_exact
        assert found.upper - found.lower <= 1e-5


def test_more_users_than_can_be_gone_through_keep_the_composition() -> None:
    shuffle = csa.Shuffle(csa.BinaryRandomizedResponse(epsilon0="1"), 5000)
    fixed = csa.ConcurrentShuffles([shuffle, shuffle], inputs="fixed").delta(epsilon="0.05")
    adaptive = csa.ConcurrentShuffles([shuffle, shuffle]).delta(epsilon="0.05")
    assert (fixed.lower, fixed.upper) == (adaptive.lower, adaptive.upper)
    assert not fixed.is_exact
    assert fixed.assumptions == ("fixed-inputs",)


def test_counts_are_exact_with_fixed_inputs() -> None:
    shuffles = [csa.Shuffle(csa.BinomialCount(levels=1, bits=3, p="1/3"), 4), THREE]
    exact = csa.exact_delta(shuffles, alpha="3/2").delta
    assert isinstance(exact, Fraction)
    found = csa.ConcurrentShuffles(shuffles, inputs="fixed").delta(alpha="3/2")
    assert found.lower <= exact <= found.upper
    assert found.is_exact


def test_weights_rounded_the_wrong_way_miss_the_exact_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """With few bits the rounding shows: exchanging the two ends puts both on the wrong side."""
    monkeypatch.setattr(enumerated, "_SCALE", 12)
    shuffle = csa.Shuffle(csa.BinaryRandomizedResponse(keep="2/3"), 3)
    exact = csa.exact_delta([shuffle, shuffle], alpha=2).delta
    bounds = csa.ConcurrentShuffles([shuffle, shuffle], inputs="fixed").delta(alpha=2)
    assert isinstance(exact, Fraction)
    assert bounds.lower < exact < bounds.upper
    options = enumerated._options(shuffle, 10**6)
    assert options is not None
    exchanged = {"lower": options["upper"], "upper": options["lower"]}
    monkeypatch.setattr(enumerated, "_options", lambda *_: exchanged)
    with pytest.raises(ArithmeticError):  # ends that cross are an alarm
        csa.ConcurrentShuffles([shuffle, shuffle], inputs="fixed").delta(alpha=2)

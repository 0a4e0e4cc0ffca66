"""Composition on a grid is exact up to outward rounding and trimming."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.numerics import convolution
from accounting.numerics.ball import ball, enclosure_of, precision
from accounting.numerics.convolution import compose_above, compose_below
from accounting.numerics.dots import BITS, GridLoss
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.numerics.integers import Integers

UNIT = 1 << BITS
STEP = Fraction(1, 4)


@st.composite
def losses(draw: st.DrawFn) -> GridLoss:
    weights = draw(st.lists(st.integers(0, 30), min_size=1, max_size=5))
    infinite = draw(st.integers(0, 5))
    total = sum(weights) + infinite + draw(st.integers(1, 3))
    return GridLoss(
        draw(st.integers(-4, 2)),
        tuple(weight * UNIT // total for weight in weights),
        infinite * UNIT // total,
    )


def plain_curve(parts: list[GridLoss], epsilon: Fraction) -> Enclosure:
    """Every combination of outcomes, one by one."""
    with precision(400):
        total = ball(Fraction(0))
        outcomes = [
            [
                *((part.low + i, Fraction(mass, UNIT)) for i, mass in enumerate(part.masses)),
                (None, Fraction(part.infinite, UNIT)),
            ]
            for part in parts
        ]
        for combination in product(*outcomes):
            mass = Fraction(1)
            for _, share in combination:
                mass *= share
            if any(mark is None for mark, _ in combination):
                total += ball(mass)
                continue
            loss = sum(mark for mark, _ in combination if mark is not None) * STEP
            if loss > epsilon:
                total += ball(mass) * (1 - (ball(epsilon) - ball(loss)).exp())
        return enclosure_of(total)


@given(st.lists(losses(), min_size=2, max_size=3), st.sampled_from(["-1", "-1/3", "0", "1/8", "1/2", "1"]))
def test_both_roads_enclose_the_product(parts: list[GridLoss], epsilon: str) -> None:
    truth = plain_curve(parts, Fraction(epsilon))
    counted = [(part, 1) for part in parts]
    factor = Factor.exp(Fraction(epsilon))
    above = compose_above(STEP, counted, Fraction(1, 10**12)).delta(factor)
    below = compose_below(STEP, counted, Fraction(1, 10**12)).delta(factor)
    assert below.lower <= truth.upper
    assert truth.lower <= min(above.upper + Fraction(1, 10**60), Fraction(1))
    assert above.upper - below.lower <= Fraction(1, 10**11)


@given(losses(), st.integers(1, 9))
def test_powers_are_repeated_products(loss: GridLoss, count: int) -> None:
    tail = Fraction(1, 10**12)
    factor = Factor.exp(Fraction(1, 3))
    power = compose_above(STEP, [(loss, count)], tail).delta(factor)
    plain = compose_above(STEP, [(loss, 1)] * count, tail).delta(factor)
    assert abs(power.upper - plain.upper) <= Fraction(1, 10**9)


@pytest.mark.parametrize("way", ["above", "below"])
def test_trimming_moves_the_curve_outward(way: str) -> None:
    loss = GridLoss(-3, tuple(w * UNIT // 64 for w in (1, 6, 15, 20, 15, 6, 1)), 0)
    compose = compose_above if way == "above" else compose_below
    fine = compose(STEP, [(loss, 20)], Fraction(1, 10**20))
    coarse = compose(STEP, [(loss, 20)], Fraction(1, 10))
    for epsilon in ("0", "1", "3", "6"):
        factor = Factor.exp(Fraction(epsilon))
        if way == "above":
            assert coarse.delta(factor).upper >= fine.delta(factor).upper
        else:
            assert coarse.delta(factor).lower <= fine.delta(factor).lower
    assert len(coarse.loss.masses) < len(fine.loss.masses)


def test_dropping_what_was_trimmed_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    loss = GridLoss(-1, (UNIT // 4, UNIT // 2, UNIT // 4), 0)
    factor = Factor.exp(Fraction(2))
    truth = compose_above(STEP, [(loss, 12)], Fraction(1, 10**30)).delta(factor).lower
    assert compose_above(STEP, [(loss, 12)], Fraction(1, 2)).delta(factor).upper >= truth
    window = convolution._window

    def forgetful(masses: Integers, allowed: int) -> tuple[int, int, int, int]:
        start, stop, below, _ = window(masses, allowed)
        return start, stop, below, 0

    monkeypatch.setattr(convolution, "_window", forgetful)
    assert compose_above(STEP, [(loss, 12)], Fraction(1, 2)).delta(factor).upper < truth


small = st.lists(st.integers(0, 3) | st.integers(0, UNIT), max_size=6)


@given(small, small, st.sampled_from([1, 45, BITS]))
def test_products_are_rounded_to_their_side_also_below_one_unit(
    one: list[int], other: list[int], bits: int
) -> None:
    """A product below one unit goes up to 1, and down to 0."""
    plain = [0] * (len(one) + len(other) + 1)
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            plain[i + j] += a * b
    first, second = Integers.of(one), Integers.of(other)
    up, down = first.times_up(second, bits), first.times_down(second, bits)
    assert [up[i] for i in range(len(plain))] == [-(-mass >> bits) for mass in plain]
    assert [down[i] for i in range(len(plain))] == [mass >> bits for mass in plain]

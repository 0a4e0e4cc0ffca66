"""Grid losses lie on the right side of the curve that they were sampled from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

import accounting as csa
from accounting.numerics import dots
from accounting.numerics.ball import arb, arb_poly, ball, enclosure_of, exact_lower, exact_upper, precision
from accounting.numerics.convolution import ComposedLoss
from accounting.numerics.dots import BITS, GridLoss, loss_above, loss_below
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.numerics.pieces import Piece
from accounting.numerics.samples import Curves, Layout, Samples, sample
from accounting.pairs.of_randomizer import pairs_of

STEP = Fraction(1, 8)
PROBES = [Fraction(i, 37) for i in range(-90, 91)]


def each(curve: Callable[[Factor, float], Enclosure]) -> Curves:
    def curves(factors: Sequence[Factor], width: float) -> list[Enclosure]:
        return [curve(factor, width) for factor in factors]

    return curves


def response_curve(factor: Factor, _: float = 0.0) -> Enclosure:
    """Binary response with e^epsilon0 = 3 and a wide enclosure: the true curve is inside."""
    with precision(300):
        value = ball(Fraction(3, 4)) - factor.ball() * ball(Fraction(1, 4))
        other = ball(Fraction(1)) - factor.ball()
        top = max(exact_upper(value), exact_upper(other), Fraction(0))
        low = max(exact_lower(value), exact_lower(other), Fraction(0))
    return Enclosure(low, top)


def widened(factor: Factor, _: float = 0.0) -> Enclosure:
    exact = response_curve(factor)
    return Enclosure(exact.lower * Fraction(999, 1000), exact.upper * Fraction(1001, 1000))


def shuffle_curve(factor: Factor, width: float) -> Enclosure:
    pairs = pairs_of(csa.KaryRandomizedResponse(values=4, epsilon0="2"), 60)
    value = pairs.lower[0].value(factor, min(width, 1e-6))
    return value.delta


@pytest.mark.parametrize("curve", [response_curve, widened, shuffle_curve])
def test_losses_enclose_the_curve(curve: Callable[[Factor, float], Enclosure]) -> None:
    mirrors = curve is not widened
    samples = sample(each(curve), STEP, 1e-9, Fraction(0), spread=0.5, mirrors=mirrors)
    above, below = ComposedLoss.of(STEP, loss_above(samples)), ComposedLoss.of(STEP, loss_below(samples))
    for epsilon in PROBES:
        factor = Factor.exp(epsilon)
        truth = (shuffle_curve if curve is shuffle_curve else response_curve)(factor, 1e-9)
        assert above.delta(factor).upper >= truth.lower
        assert below.delta(factor).lower <= truth.upper
        assert below.delta(factor).lower <= above.delta(factor).upper


def test_fine_samples_come_near_the_curve() -> None:
    samples = sample(each(shuffle_curve), Fraction(1, 128), 1e-12, Fraction(0), spread=0.3, mirrors=True)
    above = ComposedLoss.of(samples.step, loss_above(samples))
    below = ComposedLoss.of(samples.step, loss_below(samples))
    for epsilon in ("0.1", "0.33", "0.7"):
        factor = Factor.exp(Fraction(epsilon))
        truth = shuffle_curve(factor, 1e-9)
        assert above.delta(factor).upper <= truth.upper * Fraction(102, 100)
        assert below.delta(factor).lower >= truth.lower * Fraction(96, 100)


def test_chords_themselves_are_no_lower_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = sample(each(shuffle_curve), Fraction(1, 16), 1e-9, Fraction(0), spread=0.3, mirrors=True)
    probes = [Factor.exp(Fraction(2 * i + 1, 32)) for i in range(12)]

    def violations() -> int:
        below = ComposedLoss.of(samples.step, loss_below(samples))
        return sum(below.delta(factor).lower > shuffle_curve(factor, 1e-9).upper for factor in probes)

    assert violations() == 0
    monkeypatch.setattr(dots, "_chord_share", lambda *_: ball(Fraction(1)))
    assert violations() > 0


def test_lower_ends_give_no_upper_bound() -> None:
    samples = sample(each(widened), STEP, 1e-9, Fraction(0), spread=0.5, mirrors=False)
    flipped = replace(samples, highs=samples.lows)
    factor = Factor.exp(STEP * samples.marks[len(samples.marks) // 2 + 2])
    truth = response_curve(factor)
    assert ComposedLoss.of(STEP, loss_above(samples)).delta(factor).upper >= truth.upper
    assert ComposedLoss.of(STEP, loss_above(flipped)).delta(factor).upper < truth.lower


def test_an_infinite_loss_is_kept_on_both_sides() -> None:
    floor = Fraction(1, 5)

    def curve(factor: Factor, _: float) -> Enclosure:
        """Reveal with probability 1/5, else binary response."""
        inner = response_curve(factor)
        return Enclosure(floor + (1 - floor) * inner.lower, floor + (1 - floor) * inner.upper)

    samples = sample(each(curve), STEP, 1e-9, floor, spread=0.5, mirrors=True)
    above, below = loss_above(samples), loss_below(samples)
    assert Fraction(above.infinite, 1 << BITS) >= floor
    assert floor - Fraction(2, 1 << BITS) <= Fraction(below.infinite, 1 << BITS) <= floor
    for epsilon in PROBES:
        factor = Factor.exp(epsilon)
        assert ComposedLoss.of(STEP, above).delta(factor).upper >= curve(factor, 0).lower
        assert ComposedLoss.of(STEP, below).delta(factor).lower <= curve(factor, 0).upper


def test_masses_from_below_sum_to_at_most_one() -> None:
    samples = sample(each(shuffle_curve), Fraction(1, 32), 1e-9, Fraction(0), spread=0.3, mirrors=True)
    lower, upper = loss_below(samples), loss_above(samples)
    assert isinstance(lower, GridLoss)
    assert sum(lower.masses) + lower.infinite <= 1 << BITS <= sum(upper.masses) + upper.infinite


def test_an_upper_end_above_the_one_before_makes_no_negative_mass() -> None:
    """Wide enclosures on a plateau: the curve falls, so the earlier upper end holds there too."""
    floor = Fraction(3, 10)
    values = [
        Enclosure(Fraction(low), Fraction(high))
        for low, high in (("0.5", "0.5"), ("0.4", "0.4"), ("0.3", "0.3"), ("0.3", "0.30001"))
    ]
    loss = loss_above(Samples.of(STEP, (-1, 0, 1, 2), values, floor))
    assert min(loss.masses) >= 0
    assert floor <= Fraction(loss.infinite, 1 << BITS) < floor + Fraction(1, 1 << 200)


@pytest.mark.parametrize("mirrors", [True, False])
def test_marks_further_apart_keep_both_sides(mirrors: bool) -> None:
    samples = sample(
        each(response_curve),
        STEP,
        1e-9,
        Fraction(0),
        spread=0.5,
        mirrors=mirrors,
        layout=Layout(dense=1.0, apart=3),
    )
    assert {mark % 3 for mark in samples.marks} == {0}
    assert 3 in samples.marks
    above, below = loss_above(samples), loss_below(samples)
    for epsilon in PROBES:
        factor = Factor.exp(epsilon)
        truth = response_curve(factor)
        assert ComposedLoss.of(STEP, above).delta(factor).upper >= truth.lower
        assert ComposedLoss.of(STEP, below).delta(factor).lower <= truth.upper


def test_a_curve_that_begins_as_a_line_keeps_its_mass_from_below() -> None:
    """Up to the least likelihood ratio, 1/2, the curve is ``1 - alpha``: no mass is lost at the first mark."""

    def curve(factor: Factor, _: float) -> Enclosure:
        """P has likelihood ratios 1/2 (mass 2/5) and 3 (mass 3/5)."""
        with precision(200):
            alpha = factor.ball()
            parts = [arb(0).max(arb(p) / 5 - alpha * arb(q) / 5) for p, q in ((2, 4), (3, 1))]
            return enclosure_of(parts[0] + parts[1])

    step = (Fraction(1, 64), Fraction(1, 50))
    for each_step in step:
        samples = sample(each(curve), each_step, 1e-9, Fraction(0), spread=0.5, mirrors=False)
        lower = loss_below(samples)
        assert 1 - Fraction(lower.infinite + sum(lower.masses), 1 << BITS) < Fraction(1, 10**6)
        for epsilon in PROBES:
            found = ComposedLoss.of(each_step, lower).delta(Factor.exp(epsilon)).lower
            assert found <= curve(Factor.exp(epsilon), 0).upper


def test_samples_that_contradict_each_other_are_an_alarm() -> None:
    """A piece that misses the single value beside it: the two enclosures of one mark have no number in common."""

    def misplaced(low: float, high: float, _: float) -> Piece:
        line = arb_poly([arb("0.9")])
        return Piece(arb(low), arb(high) - arb(low), line, line)

    with pytest.raises(ArithmeticError, match="contradict"):
        sample(each(response_curve), STEP, 1e-9, Fraction(0), spread=2.0, mirrors=True, pieces=misplaced)

"""The finite Fourier sum for brackets of Bernoulli sums: the truth, and each term of the error is needed."""

from fractions import Fraction
from functools import cache
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.numerics import lattice
from accounting.numerics.ball import arb, ball, exact_lower, exact_upper, precision
from accounting.numerics.lattice import Bracket, LatticeContour, bernoulli_law, choose_contour, combined
from tests.unit.numerics.exact_walks import contains

F = Fraction
BITS = 160


@cache
def law(total: int, m: int, first: Fraction, second: Fraction) -> tuple[Fraction, ...]:
    def binomial(n: int, p: Fraction) -> list[Fraction]:
        return [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]

    ones, others = binomial(m, first), binomial(total - m, second)
    sums = [F(0)] * (total + 1)
    for i, a in enumerate(ones):
        for j, b in enumerate(others):
            sums[i + j] += a * b
    return tuple(sums)


class Case:
    """A bracket with rational parameters, and its value by definition."""

    def __init__(
        self, total: int, first: Fraction, second: Fraction, shift: int, gain: Fraction, loss: Fraction
    ) -> None:
        self.total, self.first, self.second = total, first, second
        self.shift, self.gain, self.loss = shift, gain, loss
        self.bracket = Bracket(
            total=total, first=ball(first), second=ball(second), shift=shift, gain=ball(gain), loss=ball(loss)
        )

    def truth(self, m: int, t: int) -> Fraction:
        sums = law(self.total, m, self.first, self.second)
        tail = sum(sums[max(t, 0) :], F(0))
        return self.gain * sum(sums[max(t - self.shift, 0) :], F(0)) - self.loss * tail


@st.composite
def cases(draw: st.DrawFn) -> tuple[int, Fraction, Fraction, int, Fraction, Fraction]:
    chances = st.fractions(F(1, 20), F(19, 20), max_denominator=20)
    total, first, second = draw(st.integers(2, 40)), draw(chances), draw(chances)
    gain, loss = draw(st.fractions(F(1, 10), F(2), max_denominator=20)), draw(st.integers(1, 6))
    return total, first, second, draw(st.integers(1, 3)), gain, gain * loss


@given(cases(), st.data(), st.sampled_from([1e-2, 1e-6, 1e-12]))
def test_chosen_contours_contain_the_truth(
    case: tuple[int, Fraction, Fraction, int, Fraction, Fraction], data: st.DataObject, width: float
) -> None:
    with precision(BITS):
        here = Case(*case)
        m, t = data.draw(st.integers(0, here.total)), data.draw(st.integers(1, here.total + 1))
        contour = choose_contour(here.bracket, m, t, width)
        assert contains(contour.value(m, t), here.truth(m, t))


@given(
    cases(),
    st.data(),
    st.floats(0.02, 3.0),
    st.floats(0.02, 3.0),
    st.integers(2, 60),
    st.integers(0, 30),
)
@settings(max_examples=150)
def test_any_contour_contains_the_truth(
    case: tuple[int, Fraction, Fraction, int, Fraction, Fraction],
    data: st.DataObject,
    c: float,
    further: float,
    nodes: int,
    kept: int,
) -> None:
    """Any abscissa, any number of nodes, even or odd, all kept or few."""
    with precision(BITS):
        here = Case(*case)
        m, t = data.draw(st.integers(0, here.total)), data.draw(st.integers(1, here.total + 1))
        contour = LatticeContour(here.bracket, c, c + further, nodes, min(kept, nodes // 2), t)
        assert contains(contour.value(m, t), here.truth(m, t))


@pytest.mark.parametrize(
    ("total", "p", "alpha", "shift", "t"),
    [
        (401, F(1, 1000), F(1), 1, 2),
        (401, F(1, 1000), F(3, 2), 1, 4),
        (500, F(1, 100), F(10), 2, 8),
        (401, F(1, 10**6), F(1), 1, 1),
        (500, F(1, 20), F(3, 2), 3, 27),
    ],
)
def test_rare_ones(total: int, p: Fraction, alpha: Fraction, shift: int, t: int) -> None:
    """Few nodes, so that all of them are kept: with an even number of them one is its own mirror image."""
    with precision(BITS):
        here = Case(total, p, p, shift, F(1), alpha)
        contour = choose_contour(here.bracket, 0, t, 1e-8)
        assert contains(contour.value(0, t), here.truth(0, t))


@given(cases(), st.data())
def test_errors_bound_falls_too(
    case: tuple[int, Fraction, Fraction, int, Fraction, Fraction], data: st.DataObject
) -> None:
    with precision(BITS):
        here = Case(*case)
        m, t = data.draw(st.integers(0, here.total)), data.draw(st.integers(1, here.total))
        contour = LatticeContour(here.bracket, 0.7, 1.6, 21, 4, t)
        y = contour.offset(m, t)
        slack = arb(0, 1) * contour.error(y, m, m)
        fall = combined(contour.state(m, y), contour.fall_kernel) + slack
        assert contains(fall, here.truth(m, t) - here.truth(m, t + 1))


def test_one_bound_holds_for_a_block_and_above_its_y() -> None:
    with precision(BITS):
        here = Case(30, F(3, 4), F(1, 4), 1, F(1, 2), F(1))
        contour = LatticeContour(here.bracket, 0.5, 1.5, 25, 5, 16)
        low = min((contour.offset(m, 10) for m in range(31)), key=float)
        error = contour.error(low, 0, 30)
        for m in range(0, 31, 3):
            for t in range(10, 31):
                if exact_lower(contour.offset(m, t) - low) >= 0:
                    value = combined(contour.state(m, contour.offset(m, t)), contour.tail_kernel)
                    assert contains(value + arb(0, 1) * error, here.truth(m, t))


@given(st.integers(0, 12), st.integers(0, 12), st.fractions(0, 1, max_denominator=9), st.data())
def test_bernoulli_law(m: int, others: int, first: Fraction, data: st.DataObject) -> None:
    second = data.draw(st.fractions(0, 1, max_denominator=9))
    with precision(BITS):
        found = bernoulli_law(m, ball(first), others, ball(second))
        expected = law(m + others, m, first, second)
        assert len(found) == len(expected)
        assert all(contains(value, truth) for value, truth in zip(found, expected, strict=True))
        assert all(exact_upper(value) - exact_lower(value) < F(1, 2**120) for value in found)


# ---------------------------------------------------------------- each term is needed


def binary() -> Case:
    return Case(40, F(3, 4), F(1, 4), 1, F(1, 2), F(1))


def misses(contour: LatticeContour, truth: Fraction, m: int, t: int) -> bool:
    return not contains(contour.value(m, t), truth)


@pytest.mark.parametrize(("c", "nodes"), [(0.1, 9), (0.1, 15), (0.2, 9)])
def test_left_aliases_are_needed(monkeypatch: pytest.MonkeyPatch, c: float, nodes: int) -> None:
    """Few nodes near the pole: the sum returns probabilities of far smaller counts too."""
    with precision(BITS):
        here = binary()
        contour = LatticeContour(here.bracket, c, c + 0.5, nodes, nodes // 2, 22)
        truth = here.truth(15, 22)
        assert not misses(contour, truth, 15, 22)
        error = LatticeContour.error
        left = (-arb(c) * nodes).exp()
        aliases = (here.bracket.gain + here.bracket.loss) * left / (1 - left)
        monkeypatch.setattr(
            LatticeContour, "error", lambda self, y, least, most: error(self, y, least, most) - aliases
        )
        assert misses(contour, truth, 15, 22)


@pytest.mark.parametrize(("c", "beyond", "nodes"), [(1.0, 2.0, 15), (1.5, 2.5, 9)])
def test_right_aliases_are_needed(
    monkeypatch: pytest.MonkeyPatch, c: float, beyond: float, nodes: int
) -> None:
    """Few nodes and a steep tilt: the sum returns probabilities of far larger counts too."""
    with precision(BITS):
        here = binary()
        contour = LatticeContour(here.bracket, c, beyond, nodes, nodes // 2, 22)
        truth = here.truth(15, 22)
        assert not misses(contour, truth, 15, 22)
        monkeypatch.setattr(LatticeContour, "_right_aliases", lambda self, y, least, most: arb(0))  # noqa: ARG005
        assert misses(contour, truth, 15, 22)


@pytest.mark.parametrize("kept", [2, 3, 5, 8])
def test_nodes_left_out_are_needed(monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    with precision(BITS):
        here = binary()
        truth = here.truth(15, 22)
        assert not misses(LatticeContour(here.bracket, 0.5, 1.5, 41, kept, 22), truth, 15, 22)
        monkeypatch.setattr(LatticeContour, "_left_out", arb(0))
        assert misses(LatticeContour(here.bracket, 0.5, 1.5, 41, kept, 22), truth, 15, 22)


def test_the_module_says_what_it_offers() -> None:
    assert all(hasattr(lattice, name) for name in lattice.__all__)

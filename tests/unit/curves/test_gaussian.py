"""The dominating Gaussian mechanism: above the curve everywhere, close to it, and of quadratures when composed."""

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import accounting as csa
from accounting.curves.chords import Point
from accounting.curves.gaussian import _Chord, _dominating, _least_at
from accounting.numerics.ball import arb, ball, exact_lower, exact_upper, precision

F = Fraction


def gaussian_delta(epsilon: Fraction, mu: float) -> tuple[Fraction, Fraction]:
    """Both ends of the curve of N(mu, 1) against N(0, 1), by its formula."""
    with precision(256):
        e, m, root = ball(epsilon), ball(F(mu)), arb(2).sqrt()
        upper = (e / m - m / 2) / root
        lower = (e / m + m / 2) / root
        value = upper.erfc() / 2 - e.exp() * lower.erfc() / 2
        return exact_lower(value), exact_upper(value)


SHUFFLES = [
    csa.Shuffle(csa.KaryRandomizedResponse(10, epsilon0="4"), 2000),
    csa.Shuffle(csa.PureLocal(epsilon0="1"), 300),
    csa.Shuffle(csa.BinaryRandomizedResponse(epsilon0="2"), 12),
    csa.Shuffle(csa.FiniteRandomizer([["1/2", "3/10", "1/5"], ["1/4", "1/2", "1/4"]]), 40),
]


@pytest.mark.parametrize("shuffle", SHUFFLES, ids=str)
def test_dominates_between_the_points_as_well(shuffle: csa.Shuffle) -> None:
    curve = shuffle.curve()
    mu = curve.gaussian_mu()
    assert 0.0 < mu.lower <= mu.upper < 10.0
    ceiling = F(curve.epsilon(delta=0).upper)
    for k in range(23):
        epsilon = ceiling * F(k**2, 23**2) + F(1, 977)
        found = curve.delta(epsilon=epsilon).upper_value
        assert found is not None
        assert gaussian_delta(epsilon, mu.upper)[0] >= found.lower


@pytest.mark.parametrize("shuffle", SHUFFLES, ids=str)
def test_no_smaller_one_reaches_the_witness(shuffle: csa.Shuffle) -> None:
    curve = shuffle.curve()
    mu = curve.gaussian_mu()
    scale = math.sqrt(2 * math.pi) * curve.delta(epsilon=0).upper
    short = []
    for size in (0, 1, 2, 4, 7, 11, 16, 20, 24, 28, 33, 39):
        epsilon = F(size * scale)
        low = curve.delta(epsilon=epsilon).lower_value
        short.append(low is not None and gaussian_delta(epsilon, mu.lower * 0.999)[1] < low.upper)
    assert any(short)


@given(st.floats(0.05, 3.0), st.floats(0.0, 4.0), st.floats(0.01, 1.0))
def test_a_chord_of_the_gaussians_own_curve_needs_little_more(mu: float, start: float, length: float) -> None:
    """No smaller mu dominates the chord, whose ends the curve of mu touches; a chord is above the curve between them."""
    ends = [F(start), F(start) + F(length)]
    points = [Point(e, gaussian_delta(e, mu)[1]) for e in ends]
    with precision(192):
        chord = _Chord.of(*points)
        assert not chord.is_dominated(mu * (1 - 1e-9))
        assert chord.is_dominated(mu * 10 + 5)


@pytest.mark.parametrize("quantile", [-50.0, 50.0])
def test_a_poor_threshold_certifies_nothing(quantile: float) -> None:
    """The tangent at one end of the chord lies above that end and below the other one: both must be looked at."""
    ends = [F(0), F(1, 2)]
    with precision(192):
        chord = _Chord.of(*(Point(e, gaussian_delta(e, 1.0)[0] / 2) for e in ends))
        assert chord.is_dominated(1.0)
        touching = _Chord.of(*(Point(e, gaussian_delta(e, 0.999)[0]) for e in ends))
        assert not replace(touching, quantile=quantile).is_dominated(1.0)


def test_randomized_response_alone() -> None:
    """The curve (p - alpha q) from 1 to p/q: the two points need a mu that the formula of each confirms."""
    with precision(400):
        ceiling = exact_upper(ball(F(3)).log())
    mu = _dominating([Point(F(0), F(1, 2)), Point(ceiling, F(0))])
    assert mu is not None
    assert 1.34898 < mu < 1.36  # 2 Phi^-1(3/4) is what epsilon = 0 asks for
    assert gaussian_delta(F(0), float(mu))[0] >= F(1, 2)


def test_least_mu_at_a_point() -> None:
    with precision(192):
        found = _least_at(F(1, 2), F(1, 10), 1e-3, 100.0)
    assert gaussian_delta(F(1, 2), found)[1] < F(1, 10) < gaussian_delta(F(1, 2), found * (1 + 1e-5))[0]


def test_squares_add() -> None:
    one = SHUFFLES[1]
    alone = one.curve().gaussian_mu()
    together = csa.ConcurrentShuffles([one] * 4).curve().gaussian_mu()
    assert together.upper == pytest.approx(2 * alone.upper, rel=1e-12)
    assert (
        1.9 * one.curve().delta(epsilon=0).lower * math.sqrt(2 * math.pi) < together.lower <= together.upper
    )


def test_none_where_something_is_impossible() -> None:
    found = csa.Shuffle(csa.BinomialCount(levels=1, bits=4, p="1/2"), 20).curve().gaussian_mu()
    assert math.isinf(found.upper)
    assert found.lower > 0

"""Renyi divergences: never below those of any data sets, close to them, and additive."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import accounting as csa
from accounting.curves.chords import Point
from accounting.curves.renyi import _bound, renyi_upper, renyi_uppers
from accounting.numerics.ball import ball, enclosure_of, exact_lower, exact_upper, precision
from proofs.reference.shuffle_enumeration import kary_response, neighbours, released_law

F = Fraction
ORDERS = (2, 3, 16, 200)


def true_divergence(keep: Fraction, values: int, users: int, order: int) -> Fraction:
    """The largest Renyi divergence over all neighbouring data sets; a rational just below it."""
    channel = kary_response(values, keep)
    worst = F(1)
    for data, changed in neighbours(values, users):
        first, second = released_law(channel, data), released_law(channel, changed)
        worst = max(worst, sum((first[y] ** order / second[y] ** (order - 1) for y in first), F(0)))
    with precision(400):
        return exact_lower(ball(worst).log() / (order - 1))


@pytest.mark.parametrize(("values", "users"), [(2, 2), (2, 4), (3, 3), (4, 2)])
def test_at_least_every_pair_of_data_sets(values: int, users: int) -> None:
    keep = F(2, 3)
    curve = csa.Shuffle(csa.KaryRandomizedResponse(values, keep=keep), users).curve()
    for order, found in zip(ORDERS, renyi_uppers(curve, ORDERS), strict=True):
        assert found is not None
        assert found >= true_divergence(keep, values, users, order)


def test_close_where_one_data_set_is_nearly_worst() -> None:
    """Forty users with binary response: the chords cost less than a percent over the curve's own integral."""
    keep, users = F(2, 3), 40
    found = renyi_upper(csa.Shuffle(csa.BinaryRandomizedResponse(keep=keep), users).curve(), 2)
    assert found is not None
    alike = [math.comb(39, j) * keep**j * (1 - keep) ** (39 - j) for j in range(40)]
    law = [
        [
            keep_now * (alike[j - 1] if j else 0) + (1 - keep_now) * (alike[j] if j < 40 else 0)
            for j in range(41)
        ]
        for keep_now in (keep, 1 - keep)
    ]
    moment = sum((p * p / q for p, q in zip(*law, strict=True)), F(0))
    assert math.log(moment) < found < 1.2 * math.log(moment)


@given(st.fractions(F(51, 100), F(99, 100), max_denominator=100), st.integers(2, 60))
def test_exact_where_the_curve_is_a_chord(p: Fraction, order: int) -> None:
    """(p, q) against (q, p): the curve is the line ``p - alpha q`` from 1 to p/q."""
    q = 1 - p
    with precision(400):
        ceiling = exact_upper(ball(p / q).log())
    found = _bound([Point(F(0), p - q), Point(ceiling, F(0))], F(order))
    moment = p**order / q ** (order - 1) + q**order / p ** (order - 1)
    with precision(400):
        truth = enclosure_of(ball(moment).log() / (order - 1))
    assert truth.lower <= found <= truth.upper * (1 + F(1, 10**100))


def test_sum_over_chords_by_hand() -> None:
    """One chord from (1, 1/2) to (2, 0) and order 2: r(t) = t^2 + 1/t - t rises by 3/2, so the moment is 7/4."""
    log2 = F(math.log(2.0))
    found = _bound([Point(F(0), F(1, 2)), Point(log2, F(0))], F(2))
    assert abs(float(found) - math.log(7 / 4)) < 1e-14


def test_rises_with_the_order_up_to_the_largest_log_ratio() -> None:
    curve = csa.Shuffle(csa.KaryRandomizedResponse(5, epsilon0="3"), 200).curve()
    found = [value for value in renyi_uppers(curve, ["11/10", 2, 5, 30, 1000, 10**6]) if value is not None]
    assert len(found) == 6
    assert all(a <= b for a, b in pairwise(found))
    assert F(29, 10) < found[-1] <= F(3) * (1 + F(1, 10**30))


def test_several_shuffles_add() -> None:
    one = csa.Shuffle(csa.PureLocal(epsilon0="1"), 1000)
    other = csa.Shuffle(csa.KaryRandomizedResponse(3, epsilon0="2"), 500)
    each = [renyi_upper(shuffle.curve(), 3) for shuffle in (one, other)]
    together = renyi_upper(csa.ConcurrentShuffles([one, one, other]).curve(), 3)
    assert None not in (*each, together)
    assert together == 2 * each[0] + each[1]  # type: ignore[operator]


def test_infinite_where_something_is_impossible() -> None:
    count = csa.Shuffle(csa.BinomialCount(levels=1, bits=4, p="1/2"), 20)
    assert renyi_upper(count.curve(), 2) is None
    finite = csa.Shuffle(csa.PureLocal(epsilon0="1"), 20)
    assert renyi_upper(csa.ConcurrentShuffles([count, finite]).curve(), 2) is None


@pytest.mark.parametrize("order", [1, "1", 0, -2, 10**6 + 1, "nan", True])
def test_bad_orders(order: object) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        renyi_upper(csa.Shuffle(csa.PureLocal(epsilon0="1"), 20).curve(), order)  # type: ignore[arg-type]
    assert caught.value.name == "order"

"""The worst user of a schedule against a walk through all users, and against exact deltas."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

import pytest

import accounting as csa
from accounting.composition.scheduled import ScheduledShuffles
from accounting.numerics.convolution import ComposedLoss
from accounting.numerics.factor import Factor
from accounting.pairs.witness import MembershipWitness
from proofs.reference.memberships import batches_of_users

Batches = list[tuple[str, int, int]]

KARY = csa.KaryRandomizedResponse(values=3, epsilon0="2")
COUNT = csa.BinomialCount(levels=1, bits=4, p="1/2")
MIXED = {"a": KARY, "b": COUNT, "c": KARY}
SCHEDULES: dict[str, Batches] = {
    "one batch": [("a", 3, 12)],
    "nested": [("a", 1, 40), ("b", 5, 14), ("c", 16, 30)],
    "disjoint": [("a", 1, 10), ("b", 11, 16), ("c", 30, 34)],
    "crossing": [("a", 1, 8), ("a", 9, 30), ("b", 4, 12), ("b", 13, 20), ("c", 7, 15)],
    "exchanged": [("a", 1, 6), ("c", 1, 20), ("a", 21, 40), ("c", 21, 26)],
}


def every_user(
    batches: Batches, randomizers: Mapping[str, csa.Randomizer], epsilon: str, dishonest: int = 0
) -> dict[int, csa.Bounds]:
    """What each user in a batch loses, one user at a time."""
    known: dict[tuple[tuple[str, int, int], ...], csa.Bounds] = {}
    found = {}
    for user, held in enumerate(batches_of_users(batches, max(last for _, _, last in batches)), start=1):
        if held and held not in known:
            shuffles = [csa.Shuffle(randomizers[b[0]], users=b[2] - b[1] + 1 - dishonest) for b in held]
            known[held] = csa.ConcurrentShuffles(shuffles).delta(epsilon=epsilon)
        if held:
            found[user] = known[held]
    return found


@pytest.mark.parametrize(
    ("name", "dishonest"),
    [
        ("one batch", 0),
        ("disjoint", 0),
        ("exchanged", 0),
        ("disjoint", 2),
        pytest.param("nested", 0, marks=pytest.mark.slow),
        pytest.param("crossing", 0, marks=pytest.mark.slow),
        pytest.param("crossing", 2, marks=pytest.mark.slow),
    ],
)
def test_the_worst_user_is_found(name: str, dishonest: int) -> None:
    batches = SCHEDULES[name]
    alone = every_user(batches, MIXED, "0.7", dishonest)
    schedule = csa.Schedule(batches)
    worst = csa.ConcurrentShuffles.from_schedule(schedule, MIXED, dishonest_at_most=dishonest)
    found = worst.delta(epsilon="0.7")
    assert all(bounds.lower <= found.upper for bounds in alone.values())
    assert found.lower == max(bounds.lower for bounds in alone.values())
    assert found.upper <= 1.01 * max(bounds.upper for bounds in alone.values())
    witness = found.witness
    assert isinstance(witness, MembershipWitness)
    assert set(witness.batches) <= set(batches)
    for user in range(witness.first, witness.last + 1):
        assert alone[user].lower == found.lower
        assert set(witness.batches) == {b for b in batches if b[1] <= user <= b[2]}
    assert "worst-membership" in found.upper_claims
    assert found.assumptions[0] == "fixed-schedule"
    assert ("bounded-dishonest" in found.assumptions) == (dishonest > 0)


def test_exact_deltas_of_all_users_lie_below() -> None:
    """Every user's exact delta is at most the upper end, and the largest one at least the lower end."""
    batches = [("a", 1, 3), ("b", 2, 3), ("a", 4, 5), ("b", 4, 7)]
    randomizers = {
        "a": csa.BinaryRandomizedResponse(keep="3/4"),
        "b": csa.BinaryRandomizedResponse(keep="2/3"),
    }
    worst = csa.ConcurrentShuffles.from_schedule(csa.Schedule(batches), randomizers)
    alpha = Fraction(3, 2)
    upper = worst.delta(epsilon=math.log(alpha) - 1e-14).upper
    lower = worst.delta(epsilon=math.log(alpha) + 1e-14).lower
    exact = []
    for held in set(batches_of_users(batches, 7)):
        shuffles = [csa.Shuffle(randomizers[b[0]], users=b[2] - b[1] + 1) for b in held]
        delta = csa.exact_delta(shuffles, alpha=alpha, inputs="adaptive").delta
        assert isinstance(delta, Fraction)
        exact.append(delta)
    assert max(exact) <= upper
    assert lower <= max(exact)


def incomparable(count: int) -> csa.Schedule:
    """Users in two batches, of which one is the larger the smaller the other is."""
    batches: Batches = []
    start = 1
    for i in range(count):
        small, large = 20 + 3 * i, 20 + 3 * (count - 1 - i)
        batches += [("a", start, start + small - 1), ("c", start, start + large - 1)]
        start += max(small, large)
    return csa.Schedule(batches)


@pytest.mark.parametrize("count", [5, pytest.param(14, marks=pytest.mark.slow)])
def test_few_compositions_bound_many_users_soundly(count: int) -> None:
    schedule = incomparable(count)
    ends = {}
    for most in (2, 3 * count):
        worst = ScheduledShuffles(schedule, MIXED, most_compositions=most)
        assert len(worst.curve().candidates) >= count // 2
        ends[most] = worst.delta(epsilon="1")
        assert len(worst.curve()._curves) <= most
    few, many = ends[2], ends[3 * count]
    assert few.upper > 1.02 * many.upper
    alone = list(every_user(list(schedule), MIXED, "1").values())
    assert max(bounds.lower for bounds in alone) <= many.upper <= 1.02 * max(b.upper for b in alone)
    assert few.lower <= max(bounds.lower for bounds in alone) == many.lower


def test_shufflers_with_equal_randomizers_change_places() -> None:
    schedule = csa.Schedule(SCHEDULES["exchanged"])
    equal = csa.ConcurrentShuffles.from_schedule(schedule, KARY).curve()
    assert equal.table.rows[equal.candidates].tolist() == [[6, 20]]
    other = {"a": KARY, "c": csa.KaryRandomizedResponse(values=3, epsilon0="1")}
    assert len(csa.ConcurrentShuffles.from_schedule(schedule, other).curve().candidates) == 2


def test_one_pair_dominates_every_user() -> None:
    """The losses of the curve bound each user, also between the candidates."""
    schedule = csa.Schedule(SCHEDULES["disjoint"])
    step = Fraction(1, 64)
    losses = (
        csa.ConcurrentShuffles.from_schedule(schedule, MIXED)
        .curve()
        .losses_above(step=step, tail=Fraction(1, 10**9))
    )
    for epsilon in ("-0.3", "0", "0.7", "2"):
        above = ComposedLoss.of(step, losses).delta(Factor.exp(Fraction(epsilon)))
        alone = every_user(SCHEDULES["disjoint"], MIXED, epsilon)
        assert max(bounds.lower for bounds in alone.values()) <= above.upper


def test_questions_at_a_rational_factor_and_at_delta_zero() -> None:
    curve = csa.ConcurrentShuffles.from_schedule(csa.Schedule(SCHEDULES["disjoint"]), KARY).curve()
    assert isinstance(curve, csa.PrivacyCurve)
    assert curve.delta(alpha="2").upper == csa.Shuffle(KARY, users=5).delta(alpha="2").upper
    zero = csa.ConcurrentShuffles.from_schedule(csa.Schedule(SCHEDULES["exchanged"]), MIXED).epsilon(delta=0)
    assert zero.lower <= 4.0 <= zero.upper <= 4.0001  # every user in two batches of epsilon0 = 2
    for question in ({}, {"epsilon": 1, "alpha": 2}, {"epsilon": "x"}, {"epsilon": 1, "relative_width": 2}):
        with pytest.raises(csa.ParameterError):
            curve.delta(**question)


def test_a_single_exact_batch_stays_exact() -> None:
    worst = csa.ConcurrentShuffles.from_schedule(csa.Schedule([("b", 1, 12), ("b", 13, 40)]), COUNT)
    alone = csa.Shuffle(COUNT, users=12).epsilon(delta="1e-3")
    found = worst.epsilon(delta="1e-3")
    assert (found.lower, found.upper, found.is_exact) == (alone.lower, alone.upper, True)


@pytest.mark.parametrize(
    ("randomizers", "others", "name"),
    [
        ({"a": KARY}, {}, "batches[1]"),
        ({"a": KARY, "b": 7}, {}, "randomizers['b']"),
        ([KARY], {}, "randomizers"),
        (KARY, {"dishonest_at_most": 3}, "batches[0]"),
        (KARY, {"dishonest_at_most": -1}, "dishonest_at_most"),
        (KARY, {"inputs": "Fixed"}, "inputs"),
        (KARY, {"most_compositions": 1}, "most_compositions"),
    ],
)
def test_bad_input_is_refused(randomizers: object, others: dict[str, object], name: str) -> None:
    schedule = csa.Schedule([("a", 1, 4), ("b", 2, 9)])
    with pytest.raises(csa.ParameterError) as caught:
        csa.ConcurrentShuffles.from_schedule(schedule, randomizers, **others)  # type: ignore[arg-type]
    assert caught.value.name == name


def test_a_batch_of_one_hides_nothing() -> None:
    schedule = csa.Schedule([("a", 1, 4), ("a", 5, 5)])
    with pytest.raises(csa.ParameterError, match="hides nothing") as caught:
        csa.ConcurrentShuffles.from_schedule(schedule, KARY)
    assert caught.value.name == "batches[1]"
    with pytest.raises(csa.ParameterError, match="must be a Schedule"):
        csa.ConcurrentShuffles.from_schedule([("a", 1, 4)], KARY)  # type: ignore[arg-type]

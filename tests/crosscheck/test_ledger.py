"""The ledger's promise against adversaries and against what is surely lost."""

import math
from fractions import Fraction
from itertools import product

import pytest

import accounting as csa
from accounting.curves.renyi import renyi_upper
from accounting.ledger import RenyiBudget
from accounting.ledger.units import units_at_least
from proofs.reference.filter import Choice, worst_excess
from proofs.reference.shuffle_enumeration import kary_response, released_law

pytestmark = pytest.mark.crosscheck


def menu(keep: Fraction, sizes: tuple[int, ...], order: Fraction) -> list[Choice]:
    """Every size and every pair of neighbouring data sets of binary response, with the certified charge."""
    channel = kary_response(2, keep)
    randomizer = csa.BinaryRandomizedResponse(keep=keep)
    found: list[Choice] = []
    for users in sizes:
        divergence = renyi_upper(csa.Shuffle(randomizer, users).curve(), order)
        assert divergence is not None
        for ones, old in product(range(users), (0, 1)):
            others = (1,) * ones + (0,) * (users - 1 - ones)
            first, second = (released_law(channel, (value, *others)) for value in (old, 1 - old))
            found.append((units_at_least(divergence), first, second))
    return found


def below(value: float) -> Fraction:
    return Fraction(value) * (1 - Fraction(1, 10**12))


@pytest.mark.parametrize(
    ("order", "delta", "keep"),
    [
        ("2", "1/4", "9/10"),
        ("4", "1/8", "9/10"),
        ("4", "1/8", "3/4"),
        ("8", "1/16", "97/100"),
        ("1.3", "1/2", "99/100"),
    ],
)
def test_no_adversary_gets_more_than_delta(order: str, delta: str, keep: str) -> None:
    """Part 1 of renyi-filter, in rationals: sizes and data sets react to releases, epsilon follows what was spent."""
    budget = RenyiBudget(epsilon=250, delta=Fraction(delta), order=order)
    first = menu(Fraction(keep), (2, 3, 5), budget.order)
    later = menu(Fraction(keep), (2, 4), budget.order)

    def factor(spent: int) -> Fraction:
        return below(math.exp(budget.epsilon_of(spent)))

    found = worst_excess([first, later], factor)
    assert 0 < found <= budget.delta


@pytest.mark.parametrize(("delta", "keep"), [("3/20", "9/10"), ("1/20", "3/4")])
def test_no_adversary_leaves_the_budget(delta: str, keep: str) -> None:
    """Part 2: with closings refused beyond the limit, the transcript is (epsilon, delta)-DP."""
    budget = RenyiBudget(epsilon="2", delta=Fraction(delta), order=6)
    choices = menu(Fraction(keep), (2, 3, 5), budget.order)
    menus = [choices[::2], choices[::4], choices[::4]]
    alpha = below(math.exp(2))
    kept = worst_excess(menus, lambda _: alpha, budget.limit)
    assert budget.delta / 2 < kept <= budget.delta
    assert worst_excess(menus, lambda _: alpha) > budget.delta, "without the limit it would not be"


SCHEDULES = [
    ({"a": csa.KaryRandomizedResponse(16, epsilon0="4")}, [("a", 20_000)], "1", "1e-8"),
    (
        {"a": csa.KaryRandomizedResponse(16, epsilon0="4"), "b": csa.PureLocal(epsilon0="2")},
        [("a", 20_000), ("b", 5_000)],
        "1",
        "1e-8",
    ),
    (
        {name: csa.KaryRandomizedResponse(4, epsilon0="3") for name in "abcdef"},
        [(name, 10_000) for name in "abcdef"],
        "1",
        "1e-6",
    ),
    (
        {"a": csa.PureLocal(epsilon0="1"), "b": csa.PureLocal(epsilon0="1")},
        [("a", 40), ("b", 60)],
        "6",
        "1e-4",
    ),
]


@pytest.mark.parametrize(("shufflers", "batches", "epsilon", "delta"), SCHEDULES)
def test_at_least_what_is_surely_lost_on_a_fixed_schedule(
    shufflers: dict[str, csa.Randomizer], batches: list[tuple[str, int]], epsilon: str, delta: str
) -> None:
    """The last user of nested batches is in all of them; sizes are fixed, so its loss is an epsilon as usual."""
    ledger = csa.Ledger(shufflers, epsilon=epsilon, delta=delta)
    for (name, users), (_, following) in zip(
        sorted(batches, key=lambda batch: -batch[1]),
        [*sorted(batches, key=lambda batch: -batch[1])[1:], ("", 0)],
        strict=True,
    ):
        ledger.open(name)
        if users > following:
            ledger.arrive(users - following)
    for name, _ in batches:
        ledger.close(name)
    lost = csa.ConcurrentShuffles([csa.Shuffle(shufflers[name], users) for name, users in batches]).epsilon(
        delta=delta
    )
    found = ledger.loss(ledger.arrived).epsilon.upper
    assert found >= lost.lower
    assert found >= lost.upper * 0.999
    assert found <= 4 * lost.upper, "looser, but of the same order"

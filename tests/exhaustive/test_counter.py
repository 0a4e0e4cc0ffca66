"""The counter's own code on all of its randomness: three roads to the law of its transcript, and what it loses exactly."""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import factorial
from pathlib import Path

import numpy as np
import pytest

from accounting.counter import BitSource, Closing, Counter, Estimator, Plan
from proofs.exhaustive import counter as module
from proofs.exhaustive.counter import (
    ALPHAS,
    BOTH,
    CLOSINGS,
    PLANS,
    STREAMS,
    Row,
    all_neighbours,
    lost_messages,
    reacting,
    rows,
    small_plan,
    streams,
    three_levels,
)
from proofs.exhaustive.outcomes import Enumerating, EnumeratingBits, outcomes
from proofs.exhaustive.process import divergence
from proofs.exhaustive.transcripts import (
    Arrival,
    Law,
    excess,
    fixed,
    law,
    law_by_runs,
    likelihoods,
    loss_of_batches,
    making,
)

pytestmark = pytest.mark.proof

ONE = small_plan((2, 1, "1/2"))
STEPS = small_plan((2, 1, "1/3"), steps=2)


def check(row: Row) -> None:
    assert row.wrong == 0
    assert row.pairs > 0
    assert row.worst <= row.exact <= row.upper


# ---------------------------------------------------------------- the enumeration itself


def test_each_outcome_comes_with_its_probability() -> None:
    drawn = dict(
        outcomes(Enumerating(), lambda source: (source.bernoulli(Fraction(1, 3)), source.below(4) < 1))
    )
    assert drawn == {
        (1, True): Fraction(1, 12), (1, False): Fraction(1, 4), (0, True): Fraction(1, 6), (0, False): Fraction(1, 2),
    }  # fmt: skip


def test_a_number_that_is_compared_twice_stays_the_same() -> None:
    def between(source: Enumerating) -> tuple[bool, bool]:
        drawn = source.below(8)
        return drawn < 2, drawn < 5

    found: dict[tuple[bool, bool], Fraction] = defaultdict(Fraction)
    for outcome, chance in outcomes(Enumerating(), between):
        found[outcome] += chance
    assert found == {
        (True, True): Fraction(1, 4), (False, True): Fraction(3, 8), (False, False): Fraction(3, 8),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "values"),
    [
        (ONE, (0, 1, 1, 0, 1)),
        (STEPS, (0, Fraction(1, 2), Fraction(1, 4))),
        (BOTH, (1, None, 0, 1)),
        (small_plan((2, 1, "1/2"), (4, 1, "1/2"), (8, 1, "1/2")), (1, 0, 1)),
    ],
)
def test_merged_runs_are_whole_runs(plan: Plan, values: Sequence[int | Fraction | None]) -> None:
    merged = law(making(plan), fixed(values), len(values))
    assert merged == law_by_runs(making(plan), fixed(values), len(values))
    assert sum(merged.values()) == 1


@pytest.mark.parametrize("closing", CLOSINGS.values(), ids=CLOSINGS)
def test_merged_runs_are_whole_runs_when_closings_react(closing: Closing) -> None:
    stream = streams(STREAMS["values copy counts"])(2, 1)
    make = making(ONE, closing)
    assert law(make, stream, 6) == law_by_runs(make, stream, 6)


def test_orders_say_nothing() -> None:
    """All orders of four messages: each as likely as the others, and no divergence changes."""
    shown: list[Law] = []
    for values in ((0, 1, 1), (1, 1, 1)):
        ordered = law_by_runs(making(ONE), fixed(values), 3, orders_up_to=4)
        merged = law(making(ONE), fixed(values), 3)
        for (release,), chance in merged.items():
            alike = [
                share
                for (other,), share in ordered.items()
                if sorted(other.messages) == list(release.messages)
            ]
            assert len(alike) == factorial(4) // factorial(release.ones) // factorial(4 - release.ones)
            assert set(alike) == {chance / len(alike)}
        shown += [ordered, merged]
    for alpha in ALPHAS:
        assert divergence(shown[0], shown[2], alpha) == divergence(shown[1], shown[3], alpha)


@pytest.mark.parametrize("target", range(1, 6))
def test_what_two_worlds_keep_of_the_past_is_enough(target: int) -> None:
    first, second = ([Arrival(world if i == target else i % 2) for i in range(1, 6)] for world in (0, 1))
    pairs = likelihoods(BOTH, first, second)
    laws = [law(making(BOTH), fixed(one), 5) for one in (first, second)]
    for alpha in ALPHAS:
        assert excess(pairs, alpha) == divergence(laws[0], laws[1], alpha)
        assert excess([(q, p) for p, q in pairs], alpha) == divergence(laws[1], laws[0], alpha)


# ---------------------------------------------------------------- what the code loses


@pytest.mark.parametrize("name", ["k=1, 2 users", "k=1, two steps, p = 1/4", "k=1, values between steps"])
def test_one_level_loses_what_the_accountant_says(name: str) -> None:
    row = all_neighbours(name, *PLANS[name])
    check(row)
    assert row.worst == row.exact


def test_two_levels_lose_what_the_accountant_says() -> None:
    plan, users, _ = PLANS["k=2, 2 and 4 users"]
    row = all_neighbours("two levels", plan, users - 1, (0, 1))
    check(row)
    assert row.worst == row.exact


def test_a_level_that_never_closes_costs_nothing() -> None:
    plan = PLANS["k=2, 2 and 4 users"][0]
    row = all_neighbours("three users", plan, 3, (0, 1))
    check(row)
    assert row.worst == loss_of_batches(plan, [(1, 2)], (Fraction(0), Fraction(1)), Fraction(2)) < row.exact


def test_lost_messages_cost_nothing() -> None:
    row = lost_messages("lost", BOTH, 4)
    check(row)


@pytest.mark.parametrize("closing", CLOSINGS.values(), ids=CLOSINGS)
def test_closings_and_inputs_that_react_cost_no_more(closing: Closing) -> None:
    check(reacting("both", BOTH, 5, closing, streams(STREAMS["values copy counts"])))


@pytest.mark.slow
def test_three_levels_that_all_close() -> None:
    row = three_levels("three", (1, 4))
    check(row)
    assert row.worst == row.exact


@pytest.mark.slow
def test_the_whole_table() -> None:
    """All but the plan of three levels that all close, which has a test of its own; the page shows what is found."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "counter_crosscheck.md").read_text(
        encoding="utf-8"
    )
    found = {row.name: row for row in rows(("k=3, all levels close",))}
    for row in found.values():
        check(row)
        assert row.line() in page
    assert found["k=2, 2 and 4 users"].worst == found["k=2, 2 and 4 users"].exact
    assert len(found) == len(PLANS) + 2 + 2 * len(CLOSINGS) + 2 * len(STREAMS)


def test_a_batch_of_more_noise_than_the_code_adds_is_seen() -> None:
    """The accountant is asked about one noise bit more than the code adds: every loss at stake is too large."""
    tally = module._Tally(small_plan((2, 2, "1/2")))
    zero, one = (law(making(ONE), fixed(values), 2) for values in ((0, 0), (0, 1)))
    tally.add(zero, one)
    assert tally.row("too much").wrong == 4


# ---------------------------------------------------------------- the road of arrays


def rounded(estimates: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(float(one), 9) + 0.0 for one in estimates)


def estimates_one_by_one(
    plan: Plan, estimator: str, values: Sequence[float]
) -> dict[tuple[float, ...], Fraction]:
    def run(source: Enumerating) -> tuple[float, ...]:
        counter = Counter(plan, source=source, estimator=estimator)
        return rounded([counter.observe(value).value for value in values])

    found: dict[tuple[float, ...], Fraction] = defaultdict(Fraction)
    for estimates, chance in outcomes(Enumerating(), run):
        found[estimates] += chance
    return found


def estimates_at_once(
    plan: Plan, estimator: str, values: Sequence[float], cut: int
) -> dict[tuple[float, ...], Fraction]:
    def run(source: EnumeratingBits) -> tuple[float, ...]:
        counter = Counter(plan, source=source, estimator=estimator)
        pieces = [counter.estimates(np.array(values[:cut])), counter.estimates(np.array(values[cut:]))]
        return rounded(np.concatenate(pieces).tolist())

    found: dict[tuple[float, ...], Fraction] = defaultdict(Fraction)
    for estimates, chance in outcomes(EnumeratingBits(), run):
        found[estimates] += chance
    return found


@pytest.mark.parametrize("estimator", Estimator)
@pytest.mark.parametrize(
    ("plan", "values", "cut"),
    [
        (ONE, (1, 0, 1, 1, 0), 0),
        (small_plan((2, 1, "1/3")), (1, 0, 1, 1), 1),
        (BOTH, (1, 0, 1, 1), 0),
        (BOTH, (1, 0, 1, 1), 3),
        (STEPS, (0.25, 1.0, 0.875), 0),
    ],
)
def test_many_at_once_have_the_law_of_one_by_one(
    plan: Plan, values: Sequence[float], cut: int, estimator: str
) -> None:
    """All estimates together have one law on both roads; it tells the plain estimates' counts."""
    assert estimates_at_once(plan, estimator, values, cut) == estimates_one_by_one(plan, estimator, values)


class Octets(EnumeratingBits):
    """Goes down to the octets that the draws of many numbers are made of."""

    binomials = BitSource.binomials


@pytest.mark.parametrize("trials", [1, 3, 8])
def test_counts_over_all_octets(trials: int) -> None:
    found: dict[int, Fraction] = defaultdict(Fraction)
    for (count,), chance in outcomes(
        Octets(), lambda source: tuple(source.binomials(trials, Fraction(1, 2), 1).tolist())
    ):
        found[count] += chance
    expected: dict[int, Fraction] = defaultdict(Fraction)
    for bits in product((0, 1), repeat=trials):
        expected[sum(bits)] += Fraction(1, 2**trials)
    assert found == expected


def test_many_at_once_over_all_octets() -> None:
    def run(source: Octets) -> tuple[float, ...]:
        return rounded(Counter(ONE, source=source).estimates(np.array([1.0, 0.0])).tolist())

    found: dict[tuple[float, ...], Fraction] = defaultdict(Fraction)
    for estimates, chance in outcomes(Octets(), run):
        found[estimates] += chance
    assert found == estimates_one_by_one(ONE, "plain", (1, 0))

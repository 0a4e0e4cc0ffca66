"""Summation over counts: it contains the truth, narrowly, and each term of its error bound is needed."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.numerics import counting
from accounting.numerics.ball import arb, exact_lower, exact_upper, precision
from accounting.numerics.counting import CountingPlan, counting_positive_part
from tests.unit.numerics.exact_walks import (
    Atoms,
    binary_alike,
    clones,
    contains,
    exact_positive_part,
    kary_alike,
    kary_blanket,
    relative_width,
    step_of,
    steps,
)
from tests.unit.numerics.roads import by_counting, plan_of_counting

F = Fraction
BITS = 140

CASES = [
    (kary_blanket(2, F(3), F(3, 2)), 2),
    (kary_blanket(2, F(3), F(3, 2)), 120),
    (kary_blanket(4, F(13), F(2)), 40),
    (kary_alike(3, F(3), F(3, 2)), 60),
    (binary_alike(F(3), F(21, 20)), 2000),
    (binary_alike(F(3), F(29, 10)), 200),
    (clones(F(10), F(2)), 100),
    (clones(F(3), 3 - F(1, 10**6)), 60),
]


def counted(atoms: Atoms, n: int, width: float = 1e-6) -> arb:
    return by_counting(step_of(atoms), n, width)


@pytest.mark.parametrize(("atoms", "n"), CASES)
@pytest.mark.parametrize("width", [1e-2, 1e-6, 1e-10])
def test_contains_the_exact_value(atoms: Atoms, n: int, width: float) -> None:
    with precision(BITS):
        assert contains(counted(atoms, n, width), exact_positive_part(atoms, n))


@pytest.mark.parametrize(("atoms", "n"), CASES[:-1])
def test_is_as_narrow_as_asked(atoms: Atoms, n: int) -> None:
    with precision(BITS):
        assert relative_width(counted(atoms, n, 1e-6)) <= 1.05e-6


def test_small_deltas_keep_their_digits() -> None:
    """Few users and an epsilon just below epsilon0: only runs of one letter count."""
    atoms, n = binary_alike(F(10**6), F(10**5)), 40
    truth = exact_positive_part(atoms, n)
    with precision(BITS):
        assert contains(counted(atoms, n), truth)
    steep, n = ((F(1), F(1, 10**4)), (F(-1), 1 - F(1, 10**4))), 60
    truth = exact_positive_part(steep, n)
    assert truth < F(1, 10**100)
    with precision(BITS):
        found = counted(steep, n)
        assert contains(found, truth)
        assert relative_width(found) <= 1e-6


@given(steps(), st.integers(1, 25), st.sampled_from([0.3, 1e-3, 1e-8]))
@settings(max_examples=40)
def test_any_walk(atoms: Atoms, n: int, width: float) -> None:
    with precision(BITS):
        assert contains(by_counting(step_of(atoms), n, width), exact_positive_part(atoms, n))


# ---------------------------------------------------------------- each term is needed


def side(value: arb, truth: Fraction) -> str:
    if exact_upper(value) < truth:
        return "above"
    return "below" if exact_lower(value) > truth else "inside"


def narrowed(plan: CountingPlan, reach: int) -> CountingPlan:
    """Return the plan with windows of a few counts around their middles."""

    def middle(atom: Any) -> int:
        return int(atom.low + atom.high) // 2

    outer = tuple(
        replace(a, low=max(a.low, middle(a) - reach), high=min(a.high, middle(a) + reach)) for a in plan.outer
    )
    inner = plan.inner
    low, high = max(inner.low, middle(inner) - reach), min(inner.high, middle(inner) + reach)
    return replace(plan, outer=outer, inner=replace(inner, low=low, high=high))


@pytest.mark.parametrize("reach", [0, 1, 3, 8])
@pytest.mark.parametrize(
    ("atoms", "n"), [(kary_blanket(2, F(3), F(3, 2)), 120), (binary_alike(F(3), F(21, 20)), 2000)]
)
def test_counts_outside_their_windows_are_needed(
    monkeypatch: pytest.MonkeyPatch, atoms: Atoms, n: int, reach: int
) -> None:
    truth = exact_positive_part(atoms, n)
    with precision(BITS):
        step = step_of(atoms)
        plan = narrowed(plan_of_counting(step, n, 1e-6), reach)
        found = counting_positive_part(step, plan)
        assert side(found, truth) == "inside"
        monkeypatch.setattr(counting, "_left_out", lambda step, plan: arb(0))  # noqa: ARG005
        without = counting_positive_part(step, plan)
        assert side(without, truth) == "above"


@pytest.mark.parametrize(("atoms", "n"), CASES[1:5])
def test_rounding_is_needed(monkeypatch: pytest.MonkeyPatch, atoms: Atoms, n: int) -> None:
    truth = exact_positive_part(atoms, n)
    with precision(BITS):
        step = step_of(atoms)
        plan = plan_of_counting(step, n, 1e-30)  # windows so wide that rounding is the largest error
        found = counting_positive_part(step, plan)
        assert side(found, truth) == "inside"
        monkeypatch.setattr(counting, "_UNIT", 0.0)
        monkeypatch.setattr(counting, "_left_out", lambda step, plan: arb(0))  # noqa: ARG005
        without = counting_positive_part(step, plan)
        assert side(without, truth) != "inside"


class OnlyCompared(float):
    """A threshold that entries are compared with, and whose products are 0."""

    def __mul__(self, other: Any) -> float:
        return 0.0

    __rmul__ = __mul__


def test_flushed_entries_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the threshold raised to where what it flushes can be seen.

    At the threshold as it is no walk shows it: where terms so small are all that is positive, the bound for the
    counts outside the windows, or Jensen's inequality, says more.
    """
    atoms, n = kary_blanket(2, F(3), F(3, 2)), 120
    truth = exact_positive_part(atoms, n)
    with precision(BITS):
        step = step_of(atoms)
        plan = plan_of_counting(step, n, 1e-30)
        monkeypatch.setattr(counting, "_TINY", 1e-5)
        found = counting_positive_part(step, plan)
        assert side(found, truth) == "inside"
        monkeypatch.setattr(counting, "_TINY", OnlyCompared(1e-5))
        without = counting_positive_part(step, plan)
        assert side(without, truth) == "above"


def test_values_known_only_to_some_digits() -> None:
    """Letters whose ratios are near 1: all values are small, and the balls around them are not small beside them."""
    tiny = F(1, 10**25)
    atoms = ((tiny, F(1, 2)), (-tiny, F(1, 2)))
    truth = exact_positive_part(atoms, 10)
    with precision(100):
        one = arb(1) + arb(0, 1) * arb(2) ** -98
        step = step_of(atoms)
        blurred = replace(step, values=tuple(value + one - 1 for value in step.values))
        moved = replace(step, values=tuple(value + arb(2) ** -99 for value in step.values))
        assert all(b.contains(m) for b, m in zip(blurred.values, moved.values, strict=True))
        found = by_counting(blurred, 10, 1e-6)
        assert contains(found, truth)
        up = tuple((value + F(1, 2**99), chance) for value, chance in atoms)
        assert contains(found, exact_positive_part(up, 10))

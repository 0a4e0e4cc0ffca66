"""The contour integral: it contains the truth, narrowly, and each term of its error bound is needed."""

import math
from collections.abc import Callable
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from accounting.numerics import contour, tail
from accounting.numerics.atoms import Guide, Step, saddle
from accounting.numerics.ball import arb, exact_lower, exact_upper, precision
from accounting.numerics.walk import expected_positive_part
from tests.unit.numerics.exact_walks import (
    Atoms,
    binary_alike,
    complete,
    contains,
    exact_positive_part,
    kary_alike,
    kary_blanket,
    step_of,
    steps,
)
from tests.unit.numerics.mutants import mutant

F = Fraction
BITS = 140


@pytest.mark.parametrize(
    ("atoms", "n"),
    [
        (kary_blanket(2, F(3), F(3, 2)), 120),
        (kary_blanket(4, F(13), F(2)), 60),
        (kary_alike(3, F(3), F(3, 2)), 90),
        (binary_alike(F(3), F(21, 20)), 3000),
        (binary_alike(F(5), F(3, 2)), 400),
    ],
)
@pytest.mark.parametrize("width", [1e-2, 1e-4, 1e-6, 1e-9, 1e-12])
def test_contains_the_exact_value(atoms: Atoms, n: int, width: float) -> None:
    with precision(BITS):
        found = contour.contour_positive_part(step_of(atoms), n, width)
        assert contains(found, exact_positive_part(atoms, n))


def test_no_endless_core_where_the_tilted_walk_hardly_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two steps, both of which must be the one rare rise: Chernoff's bound has to do."""
    atoms = ((F(1), F(1, 300)), *((F(-30 - i), F(299, 2700)) for i in range(9)))
    monkeypatch.setattr(contour, "_evaluate", None)
    with precision(BITS):
        step = step_of(atoms)
        assert (
            2 * step.guide().cumulants(1.0)[2] > 1e-12
        )  # not the curvature that stands for no contour at all
        found = contour.contour_positive_part(step, 2, 1e-3)
    assert contains(found, F(2, 300**2))
    assert exact_upper(found) < F(7, 5) * F(2, 300**2)


@pytest.mark.parametrize("n", [10**5, 10**8, 10**11])
def test_more_digits_than_can_be_had_do_not_widen(n: int) -> None:
    atoms = kary_blanket(4, F(13), F(1 + 2.0 / math.sqrt(n)).limit_denominator(10**12))
    found = [
        expected_positive_part(lambda: step_of(atoms), n, relative_width=w) for w in (1e-8, 1e-11, 1e-15)
    ]
    assert all(one.relative_width < 1e-10 for one in found[1:])
    assert max(one.lower for one in found) <= min(one.upper for one in found)


@pytest.mark.parametrize("n", [10**3, 10**6, 10**9, 10**12])
@pytest.mark.parametrize("width", [1e-3, 1e-6])
def test_is_as_narrow_as_asked_for_many_steps(n: int, width: float) -> None:
    for share in (0.5, 2.0, 5.0):  # in standard deviations below the mean, about
        alpha = F(1 + share * math.sqrt(2.0 / n)).limit_denominator(10**12)
        atoms = kary_blanket(4, F(3), alpha)
        found = expected_positive_part(lambda atoms=atoms: step_of(atoms), n, relative_width=width)  # type: ignore[misc]
        assert found.relative_width <= 1.06 * width


@given(steps(), st.integers(1, 25), st.sampled_from([0.3, 1e-2, 1e-4]), st.floats(0.2, 3.0))
@settings(max_examples=40)
def test_any_abscissa_is_sound(atoms: Atoms, n: int, width: float, share: float) -> None:
    with precision(BITS):
        step = step_of(atoms)
        c = share * saddle(step.guide(), n)
        assume(n * step.guide().cumulants(c)[2] * c * c > 1e-2)  # as in walk.py, where it is far smaller
        found = contour.contour_positive_part(step, n, width, patient=False, c=c)
        assert contains(found, exact_positive_part(atoms, n))


# ---------------------------------------------------------------- each term is needed


class Setting:
    """One walk, sampled as a test says: the plan is sound whatever its parameters, only wide."""

    def __init__(self, atoms: Atoms, n: int) -> None:
        self.atoms, self.n = atoms, n
        self.truth = exact_positive_part(atoms, n)
        self.step: Step = step_of(atoms)
        self.guide: Guide = self.step.guide()
        self.c = saddle(self.guide, n)
        self.spread = math.sqrt(n * self.guide.cumulants(self.c)[2])
        values = [float(value) for value, _ in complete(atoms)]
        self.widest = max(values) - min(values)

    def plan(self, *, c: float, period: float, tau: float, core: int, last: int) -> Any:
        made = contour.plan_contour(self.guide, self.n, self.c, tau, 1e-3)
        h = 2.0 * math.pi / period
        exponents = {"left": self.chernoff(c, period, 0.0, c), "right": self.chernoff(c, period, c, 9.0 * c)}
        known: dict[str, Any] = {
            name: at for name, at in exponents.items() if name in {f.name for f in fields(made)}
        }
        return replace(made, c=c, step=h, tau=tau, core=core, last=last, **known)

    def chernoff(self, c: float, period: float, low: float, high: float) -> float:
        """Return about the best exponent for the bound on the aliases of one side."""
        places = [low + (high - low) * (i + 0.5) / 200.0 for i in range(200)]
        return min(
            places,
            key=lambda at: self.n * self.guide.cumulants(at)[0] - abs(c - at) * period - math.log(at),
        )

    def evaluate(self, plan: Any) -> arb:
        evaluate: Callable[..., arb] = contour._evaluate
        return evaluate(self.step, plan, 1e-30)  # so narrow that no far node is left out for its size

    def lacks(self, value: arb) -> str:
        """Say on which side of the ball the truth lies."""
        if exact_upper(value) < self.truth:
            return "above"
        return "below" if exact_lower(value) > self.truth else "inside"


@pytest.mark.parametrize("coarseness", [0.3, 1.0])
def test_smoothing_correction_is_needed(monkeypatch: pytest.MonkeyPatch, coarseness: float) -> None:
    with precision(BITS):
        here = Setting(kary_blanket(2, F(3), F(3, 2)), 60)
        tau, period = coarseness / here.c, 8.0 * here.spread
        plan = here.plan(c=here.c, period=period, tau=tau, core=4, last=math.ceil(1.5 * period / tau))
        assert here.lacks(here.evaluate(plan)) == "inside"
        monkeypatch.setattr(
            contour,
            "_evaluate",
            mutant(contour._evaluate, "- aliases.upper() - correction", "- aliases.upper()"),
        )
        assert here.lacks(here.evaluate(plan)) == "below"


@pytest.mark.parametrize(
    ("side", "share", "spreads"), [("left", 0.5, 3.0), ("left", 0.2, 4.0), ("right", 2.0, 2.0)]
)
def test_aliases_are_needed(monkeypatch: pytest.MonkeyPatch, side: str, share: float, spreads: float) -> None:
    """A coarse step left of the saddle point has aliases S + jL, right of it S - jL."""
    bound = contour.alias_bound

    def one_sided(step: Step, plan: Any, at: float) -> arb:
        return arb(0) if (at < plan.c) == (side == "left") else bound(step, plan, at)

    with precision(BITS):
        here = Setting(kary_blanket(2, F(3), F(3, 2)), 60)
        tau, period = 0.01 / here.c, spreads * here.spread
        plan = here.plan(c=share * here.c, period=period, tau=tau, core=4, last=math.ceil(1.5 * period / tau))
        assert here.lacks(here.evaluate(plan)) == "inside"
        monkeypatch.setattr(contour, "alias_bound", one_sided)
        assert here.lacks(here.evaluate(plan)) == "below"


def test_nodes_before_the_first_return_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly all nodes left out, none past half a turn: they are bounded by a geometric series."""
    bound = tail.no_return_bound

    def nothing(*far: Any) -> tuple[arb, arb] | None:
        return None if bound(*far) is None else (arb(0), arb(0))

    with precision(BITS):
        here = Setting(binary_alike(F(3), F(21, 20)), 2000)
        period = 8.0 * here.spread
        last = math.floor(3.1 / here.widest * period / (2.0 * math.pi))
        tau = 7.0 * period / (2.0 * math.pi * last)
        plan = here.plan(c=here.c, period=period, tau=tau, core=1, last=last)
        assert here.lacks(here.evaluate(plan)) == "inside"
        monkeypatch.setattr(contour, "no_return_bound", nothing)
        assert here.lacks(here.evaluate(plan)) == "above"


@pytest.mark.parametrize(
    ("atoms", "n", "core"),
    [
        (binary_alike(F(3), F(3, 2)), 10, 2),
        (binary_alike(F(3), F(3, 2)), 10, 20),
        (kary_blanket(3, F(3), F(3, 2)), 40, 2),
        (kary_blanket(3, F(3), F(3, 2)), 40, 10),
    ],
)
def test_far_nodes_are_needed(monkeypatch: pytest.MonkeyPatch, atoms: Atoms, n: int, core: int) -> None:
    """No far node is evaluated; those near returns matter even beyond the centre."""

    def nothing(far: tail.FarNodes, budget: float, most: int) -> tuple[list[int], arb, arb]:  # noqa: ARG001
        return [], arb(0), arb(0)

    monkeypatch.setattr(contour, "_MOST_EVALUATED", 0)
    with precision(BITS):
        here = Setting(atoms, n)
        tau, period = 0.02 / here.c, 12.0 * here.spread
        plan = here.plan(c=here.c, period=period, tau=tau, core=core, last=math.ceil(1.3 * period / tau))
        assert here.lacks(here.evaluate(plan)) == "inside"
        monkeypatch.setattr(tail.FarNodes, "split", nothing)
        assert here.lacks(here.evaluate(plan)) != "inside"


@pytest.mark.parametrize("turns", [0.6, 1.3, 2.3])
@pytest.mark.parametrize(
    ("atoms", "n"), [(binary_alike(F(3), F(3, 2)), 10), (kary_blanket(3, F(3), F(3, 2)), 4)]
)
def test_nodes_beyond_the_last_are_needed(
    monkeypatch: pytest.MonkeyPatch, atoms: Atoms, n: int, turns: float
) -> None:
    with precision(BITS):
        here = Setting(atoms, n)
        period = 20.0 * here.widest  # so many nodes in a turn
        last = math.floor(20.0 * turns)
        plan = here.plan(c=here.c, period=period, tau=0.02 / here.c, core=last, last=last)
        assert here.lacks(here.evaluate(plan)) == "inside"
        monkeypatch.setattr(contour, "beyond_last", lambda plan: arb(0))  # noqa: ARG005
        assert here.lacks(here.evaluate(plan)) != "inside"


# That nodes between returns are skipped, and that hopeless ones are cut, moves a sum by a relative e^-50 at most:
# no walk that one can also sum exactly shows it, because smoothing and aliases hide less only where the sum has
# more than 10^10 nodes. test_tail.py breaks these two bounds where they stand alone.


def test_a_core_that_grows_is_summed_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rare large steps among many small ones: blocks end a longer core, and far nodes one by one give the same number."""
    atoms = ((F(1000), F(1, 4000)), *((F(i, 10) - F(5, 2), F(3999, 160_000)) for i in range(40)))
    reached, cores = contour.reached_by_blocks, []

    def noted(blocks: Any, plan: Any, budget: float) -> Any:
        found = reached(blocks, plan, budget)
        cores.append((plan.core, found[0]))
        return found

    with precision(BITS):
        step = step_of(atoms)
        monkeypatch.setattr(contour, "reached_by_blocks", noted)
        long = contour.contour_positive_part(step, 10_000, 1e-4)
        assert any(planned < core for planned, core in cores)
        monkeypatch.setattr(contour, "reached_by_blocks", lambda _, plan, __: (plan.core, None))
        one_by_one = contour.contour_positive_part(step, 10_000, 1e-4)
    for found in (long, one_by_one):
        assert float(found.rad() / found.mid()) < 1e-3
    assert long.overlaps(one_by_one)

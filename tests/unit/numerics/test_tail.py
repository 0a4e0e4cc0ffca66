"""Bounds for far nodes against the integrand itself, in balls, at random nodes of random steps."""

import math
from collections.abc import Iterable
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from accounting.numerics import contour
from accounting.numerics.atoms import Step, saddle
from accounting.numerics.ball import acb, arb, exact_lower, exact_upper, precision
from accounting.numerics.tail import Blocks, FarNodes, Pair, far_nodes, no_return_bound, useful_pairs
from tests.unit.numerics.exact_walks import FAMILIES, Atoms, step_of, steps
from tests.unit.numerics.roads import contour_applies

F = Fraction
BITS = 160
sizes = st.sampled_from([1, 2, 3, 7, 20, 100, 1000, 10**5, 10**9, 10**12])


class Integrand:
    """``|m(s)/m(c)|^n e^{tau^2 (c^2 - t^2)/2}`` at s = c + i t, as the module's bounds mean it."""

    def __init__(self, step: Step, n: int, c: float, h: float, tau: float) -> None:
        self.step, self.n, self.c, self.h, self.tau = step, n, c, h, tau
        weights = [p * (arb(c) * g).exp() for p, g in zip(step.chances, step.values, strict=True)]
        moment = sum(weights, step.rest)
        self.tilted = [weight / moment for weight in weights]
        self.rest = step.rest / moment

    def pairs(self) -> tuple[Pair, ...]:
        return useful_pairs(self.tilted, self.rest, self.step.values)

    def density(self, node: int) -> arb:
        t = arb(self.h) * node
        turned = (p * acb(0, t * g).exp() for p, g in zip(self.tilted, self.step.values, strict=True))
        phi = abs(sum(turned, acb(self.rest)))
        return phi**self.n * (arb(self.tau) ** 2 * (arb(self.c) ** 2 - t**2) / 2).exp()

    def value(self, node: int) -> arb:
        return self.density(node) / (arb(self.c) ** 2 + (arb(self.h) * node) ** 2)

    def sums(self, nodes: Iterable[int]) -> tuple[Fraction, Fraction]:
        """Lower ends of both sums: what a bound must not be below."""
        value, density = arb(0), arb(0)
        for node in nodes:
            value, density = value + self.value(node), density + self.density(node)
        return exact_lower(value), exact_lower(density)


@st.composite
def plans(draw: st.DrawFn, atoms: Atoms) -> tuple[int, float, float, float]:
    """Draw n, c, h, tau around what the contour would choose, and well away from it."""
    n = draw(sizes)
    with precision(BITS):
        guide = step_of(atoms).guide()
    c = saddle(guide, n) * draw(st.floats(0.3, 3.0))
    spread = math.sqrt(n * guide.cumulants(c)[2])
    assume(spread > 0.0)  # else one atom has all the tilted chance
    h = 2.0 * math.pi / (spread * draw(st.floats(0.5, 20.0)))
    tau = draw(st.floats(1e-4, 1.0)) / c
    assume(c * 9.0 < 600.0)
    return n, c, h, tau


def assert_bounds(far: FarNodes, integrand: Integrand, core: int, last: int, looked_at: list[int]) -> None:
    kept = {int(node): i for i, node in enumerate(far.nodes)}
    assert all(core < node <= last for node in kept)
    others = []
    for node in looked_at:
        if node in kept:
            assert exact_lower(integrand.value(node)) <= F(float(far.value[kept[node]])), node
            assert exact_lower(integrand.density(node)) <= F(float(far.density[kept[node]])), node
        else:
            others.append(node)
    value, density = integrand.sums(others)
    assert value <= exact_upper(far.skipped_value)
    assert density <= exact_upper(far.skipped_density)


@given(steps(), st.data())
def test_bounds_are_above_the_integrand(atoms: Atoms, data: st.DataObject) -> None:
    n, c, h, tau = data.draw(plans(atoms))
    core = data.draw(st.integers(1, 60))
    last = core + data.draw(st.integers(1, 3000))
    looked_at = data.draw(st.lists(st.integers(core + 1, last), min_size=1, max_size=25, unique=True))
    with precision(BITS + n.bit_length()):
        integrand = Integrand(step_of(atoms), n, c, h, tau)
        far = far_nodes(integrand.pairs(), n, c, h, tau, core, last)
        assert_bounds(far, integrand, core, last, looked_at)


@given(steps(), st.data())
def test_bounds_are_above_the_integrand_at_whole_turns(atoms: Atoms, data: st.DataObject) -> None:
    """Where one pair of atoms comes back to its start the integrand is largest, and its bound tightest."""
    n, c, h, tau = data.draw(plans(atoms))
    with precision(BITS + n.bit_length()):
        integrand = Integrand(step_of(atoms), n, c, h, tau)
        pairs = integrand.pairs()
        turn = 2.0 * math.pi / (pairs[0].distance * h)
        last = math.ceil(6.0 * turn) + 2
        assume(last < 3_000)
        near = {round(k * turn) + d for k in range(7) for d in (-2, -1, 0, 1, 2)}
        far = far_nodes(pairs, n, c, h, tau, 1, last)
        assert_bounds(far, integrand, 1, last, sorted(j for j in near if 1 < j <= last))


@settings(max_examples=30)
@given(steps(), st.data())
def test_no_return_bound(atoms: Atoms, data: st.DataObject) -> None:
    n, c, h, tau = data.draw(plans(atoms))
    with precision(BITS + n.bit_length()):
        integrand = Integrand(step_of(atoms), n, c, h, tau)
        pairs = integrand.pairs()
        widest = max(pair.distance for pair in pairs)
        assume(h * widest < 1.0)
        half_turn = math.floor(3.14159 / (h * widest))
        core = data.draw(st.integers(1, min(half_turn - 1, 60)))
        last = min(half_turn, core + 40)
        bound = no_return_bound(pairs, n, c, h, tau, core, last)
        assert bound is not None
        value, density = integrand.sums(range(core + 1, last + 1))
        assert value <= exact_upper(bound[0])
        assert density <= exact_upper(bound[1])
        assert no_return_bound(pairs, n, c, h, tau, core, math.ceil(math.pi / (h * widest))) is None


@settings(max_examples=60)
@given(steps(), st.data())
def test_blocks_are_above_the_integrand(atoms: Atoms, data: st.DataObject) -> None:
    n, c, h, tau = data.draw(plans(atoms))
    core = data.draw(st.integers(1, 60))
    last = core + data.draw(st.integers(1, 150))
    with precision(BITS + n.bit_length()):
        integrand = Integrand(step_of(atoms), n, c, h, tau)
        blocks = Blocks.of(integrand.tilted, integrand.rest, integrand.step.values)
        bound = blocks.bound(n, c, h, tau, core, last)
        value, density = integrand.sums(range(core + 1, last + 1))
        assert value <= exact_upper(bound[0])
        assert density <= exact_upper(bound[1])


def _block_excess(*, half_turn: float = 3.14159, curvature: float = 1.0) -> int:
    """Count blocks of two atoms, whose distance is known to one percent, that are above their bound at some distance within it."""
    seen = 0
    with precision(BITS):
        for distance, (n, rare) in product((1.0, 1.01, 0.99), ((40, 2), (4000, 2), (4000, 100))):
            h, known, other = 0.01, arb(1, 0.01), 1 - arb(1) / rare
            blocks = Blocks.of([other, arb(1) / rare], arb(0), (arb(0), known))
            blocks = Blocks(blocks.distances * 3.14159 / half_turn, blocks.decays * curvature)
            for core, last in (
                (0, 2),
                (20, 21),
                (40, 82),
                (80, 162),
                (155, 312),
                (156, 157),
                (309, 310),
                (310, 622),
            ):
                true = [
                    abs(other + acb(0, h * j * distance).exp() / rare) ** n for j in range(core + 1, last + 1)
                ]
                seen += sum(true, arb(0)).lower() > blocks.bound(n, 1e-9, h, 1e-9, core, last)[1]
    return seen


def test_blocks_need_half_turns_and_the_curvature_of_a_cosine() -> None:
    """Bounds hold for all distances within a ball; with pairs that come past half a turn, or with the parabola of a cosine's top, they do not."""
    assert _block_excess() == 0
    assert _block_excess(half_turn=7.0) > 0
    assert _block_excess(curvature=1.1) > 0  # at half a turn the parabola meets the cosine


def test_blocks_know_distances_from_both_sides() -> None:
    with precision(BITS):
        blocks = Blocks.of([arb(1) / 2, arb(1) / 2], arb(0), (arb(0), arb(1, 0.01)))
        by_distance = sorted(zip(blocks.distances, blocks.decays, strict=True))
    assert by_distance[-1][0] >= 1.01
    assert 0.25 * 0.9899**2 < by_distance[-1][1] <= 0.25 * 0.99**2


def test_blocks_of_a_smooth_law_end_soon() -> None:
    """Many atoms near each other: far nodes are shown to be small where no pair is ever past half a turn."""
    with precision(BITS):
        values = tuple(arb(i) / 100 for i in range(100))
        chances = [arb(1) / 100] * 100
        near, far = (
            Blocks.of(chances, arb(0), values).bound(10**4, 1.0, 0.05, 1e-9, core, 1200) for core in (2, 9)
        )
        assert near[1] > 1e-3
        assert far[1] < 1e-12


@given(steps())
def test_pairs_are_pairs_of_atoms_and_their_weights_are_not_too_large(atoms: Atoms) -> None:
    with precision(BITS):
        step = step_of(atoms)
        integrand = Integrand(step, 1, 0.1, 0.1, 0.1)
        located = [*zip(integrand.tilted, step.values, strict=True), (integrand.rest, arb(0))]
        products = sorted(
            float((p * q).lower())
            for i, (p, g) in enumerate(located)
            for q, other in located[:i]
            if g != other
        )
        pairs = integrand.pairs()
    assert 1 <= len(pairs) <= len([p for p in products if p > 0])
    for pair in pairs:
        assert any(F(product) * F(99, 100) < F(pair.weight) <= F(product) for product in products)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("n", [2, 50, 1000, 10**6, 10**12])
def test_planned_nodes_are_looked_at_once(family: str, n: int) -> None:
    """A node that is evaluated must not be counted twice: evaluated nodes are added, not bounded."""
    near = 1 + F(1, math.isqrt(n) + 1)  # not hopelessly far in the tail
    for w, alpha in ((F(3), near), (F(13), 3 * near - 2), (F(50), F(3, 2) if n < 100 else near)):
        with precision(96 + n.bit_length()):
            step = step_of(FAMILIES[family](w, alpha))
            guide = step.guide()
            c = saddle(guide, n)
            for width in (1e-2, 1e-6) if contour_applies(step, n) else ():
                plan = contour.plan_contour(guide, n, c, math.sqrt(width / 2.5) / c, width)
                integrand = Integrand(step, n, plan.c, plan.step, plan.tau)
                last = min(plan.last, 100_000)
                far = far_nodes(integrand.pairs(), n, plan.c, plan.step, plan.tau, plan.core, last)
                assert len(set(far.nodes.tolist())) == len(far.nodes)


@given(steps(), st.data())
def test_nodes_are_looked_at_once_whatever_the_plan(atoms: Atoms, data: st.DataObject) -> None:
    n, c, h, tau = data.draw(plans(atoms))
    with precision(BITS + n.bit_length()):
        pairs = Integrand(step_of(atoms), n, c, h, tau).pairs()
        far = far_nodes(pairs, n, c, h, tau, 1, 3000)
    assert len(set(far.nodes.tolist())) == len(far.nodes)


@settings(max_examples=25)
@given(steps(), st.data())
def test_split_leaves_out_at_most_the_budget(atoms: Atoms, data: st.DataObject) -> None:
    n, c, h, tau = data.draw(plans(atoms))
    with precision(BITS + n.bit_length()):
        far = far_nodes(Integrand(step_of(atoms), n, c, h, tau).pairs(), n, c, h, tau, 4, 2000)
        total = float(far.value.sum())
        assume(total > 0)
        budget = total * data.draw(st.floats(1e-12, 1.0))
        most = data.draw(st.integers(0, 3000))
        chosen, value, density = far.split(budget, most)
        assert len(chosen) <= most
        kept = set(chosen)
        out = [i for i, node in enumerate(far.nodes) if int(node) not in kept]
        value_out = sum((F(float(far.value[i])) for i in out), F(0))
        density_out = sum((F(float(far.density[i])) for i in out), F(0))
        assert exact_lower(far.skipped_value) + value_out <= exact_upper(value)
        assert exact_lower(far.skipped_density) + density_out <= exact_upper(density)
        if most >= len(far.nodes):
            assert value_out <= F(budget) * (1 + F(1, 2**20))


TWO = ((F(1), F(1, 50)), (F(-1, 10), F(49, 50)))
THREE = ((F(2), F(1, 4)), (F(-1), F(1, 2)))  # and 0 with the other quarter


def test_nodes_between_returns_are_bounded_by_the_skip_bound_alone() -> None:
    """The skip bound has teeth: without it nothing would be said of nodes where the integrand is about e^-50."""
    n, c, tau = 100_000, 0.01, 1e-9
    with precision(BITS):
        step = step_of(TWO)
        integrand = Integrand(step, n, c, 1.0, tau)
        (pair,) = integrand.pairs()
        strength = n * pair.weight
        assert strength > 60
        h = 2.0 * math.pi / pair.distance / 5000.0  # nodes in a turn
        integrand.h = h
        reach = math.ceil(1.01 * math.acos(1.0 - 50.0 / strength) / (2.0 * math.pi) * 5000.0 + 2.0)
        far = far_nodes((pair,), n, c, h, tau, reach, reach + 1)
        assert len(far.nodes) == 0
        value, density = integrand.sums([reach + 1])
        assert 0 < value <= exact_upper(far.skipped_value) < value * 1000
        assert 0 < density <= exact_upper(far.skipped_density) < density * 1000


def test_hopeless_nodes_are_bounded_by_their_cut_alone() -> None:
    """The cut has teeth: nodes that it drops are bounded by e^-60 each, and by nothing else."""
    n, c, tau = 320, 0.05, 1e-9
    with precision(BITS):
        integrand = Integrand(step_of(THREE), n, c, 1.0, tau)
        pairs = integrand.pairs()
        assert len(pairs) > 1
        strength = n * pairs[0].weight
        assert 40 < strength < 60  # no node is skipped, and half a turn of the first pair reaches e^-60
        h = (2.0 * math.pi / pairs[0].distance) / 1000.0
        integrand.h, core = h, 495
        far = far_nodes(pairs, n, c, h, tau, core, core + 3)
        assert len(far.nodes) == 0
        value, density = integrand.sums(range(core + 1, core + 4))
        assert 0 < value <= exact_upper(far.skipped_value)
        assert 0 < density <= exact_upper(far.skipped_density)

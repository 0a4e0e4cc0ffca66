"""Checks of what the contour leaves out: each bound of its tail against the integrand itself."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from random import Random

from flint import acb, arb, ctx

from accounting.numerics import contour, tail
from accounting.numerics.contour import ContourPlan

from .boxes import exactly, positive_on
from .check import CheckFailedError, Evidence, checks
from .walks import Atoms, drawn_step, spread_at, step_of

__all__ = [
    "far_nodes_are_below_their_bounds",
    "inequalities_of_the_tail",
    "nodes_before_the_first_return",
    "nodes_between_returns",
    "nodes_beyond_the_last",
    "nodes_in_blocks",
    "pairs_are_rounded_down",
]

F = Fraction
_BITS = 200
_SIZES = (1, 2, 5, 20, 100, 10**4, 10**7, 10**12)


def _modulus_as_a_sum_over_pairs() -> int:
    """Reduce |phi|^2 = 1 - 2X to zero for 2 to 4 atoms, and the derivative behind (1 - 2X)^(n/2) <= e^(-nX)."""
    import sympy as sp

    t, y, a = sp.symbols("t y a", real=True)
    zeros = [sp.diff(-sp.log(1 - y) - y, y) - y / (1 - y), 1 - sp.cos(a) - 2 * sp.sin(a / 2) ** 2]
    for atoms in (2, 3, 4):
        g = sp.symbols(f"g:{atoms}", real=True)
        p = sp.symbols(f"p:{atoms - 1}", real=True)
        p = (*p, 1 - sum(p))
        real = sum(q * sp.cos(t * x) for q, x in zip(p, g, strict=True))
        imaginary = sum(q * sp.sin(t * x) for q, x in zip(p, g, strict=True))
        pairs = sum(
            p[i] * p[k] * (1 - sp.cos(t * g[i]) * sp.cos(t * g[k]) - sp.sin(t * g[i]) * sp.sin(t * g[k]))
            for i in range(atoms)
            for k in range(i)
        )
        squares = {sp.cos(t * x) ** 2: 1 - sp.sin(t * x) ** 2 for x in g}
        zeros.append(sp.expand(sp.expand(real**2 + imaginary**2 - 1 + 2 * pairs).subs(squares)))
    for zero in zeros:
        if sp.simplify(zero) != 0:
            raise CheckFailedError(f"{zero} is not zero")
    return len(zeros)


@checks("contour-tail", evidence=Evidence.ENCLOSED)
def inequalities_of_the_tail() -> int:
    """1 - cos x > (2/pi^2)(1 + 10^-6) x^2 on (0, 3.14159], a - a^3/6 < sin a on (0, 1.6]; |phi|^2 = 1 - 2X symbolically, 2 to 4 atoms."""
    steep = 2 / arb.pi() ** 2 * (1 + arb(10) ** -6)
    seen = positive_on(
        lambda x: (x / 2).sinc() ** 2 / 2 - steep,
        [(F(0), F(314159, 100000))],
        what="1 - cos x over x^2",
        bits=128,
    )
    # sin a - a + a^3/6 = a^5 (1/120 - a^2/5040 + ..): from 1/10 on by balls, below it by the alternating series
    seen += positive_on(lambda a: 1 - a * a / 42, [(F(0), F(1, 10))], what="the alternating series of sin a")
    seen += positive_on(lambda a: a.sinc() - 1 + a * a / 6, [(F(1, 10), F(16, 10))], what="a - a^3/6 < sin a")
    low, true = arb(tail._LOG2_E_LOW), 1 / arb(2).log()
    if not (low < true and true - low < arb(10) ** -12):
        raise CheckFailedError(f"the constant for 1/log 2 is {low}, not just below {true}")
    return seen + 1 + _modulus_as_a_sum_over_pairs()


@dataclass(frozen=True)
class _Integrand:
    """|m(s)/m(c)|^n e^(tau^2 (c^2 - t^2)/2) at s = c + i t, t = h j, from exact atoms."""

    atoms: Atoms
    n: int
    c: float
    h: float
    tau: float

    def tilted(self) -> list[arb]:
        weights = [exactly(p) * (arb(self.c) * exactly(g)).exp() for g, p in self.atoms]
        moment = sum(weights, arb(0))
        return [weight / moment for weight in weights]

    def pairs(self) -> tuple[tail.Pair, ...]:
        return tail.useful_pairs(self.tilted(), arb(0), step_of(self.atoms).values)

    def sums(self, nodes: Iterable[int]) -> tuple[arb, arb]:
        """Sum over nodes, over |s|^2 and as it is."""
        value, density, tilted = arb(0), arb(0), self.tilted()
        for j in nodes:
            t = arb(self.h) * j
            phi = sum(
                (p * acb(0, t * exactly(g)).exp() for p, (g, _) in zip(tilted, self.atoms, strict=True)),
                acb(0),
            )
            here = abs(phi) ** self.n * (arb(self.tau) ** 2 * (arb(self.c) ** 2 - t * t) / 2).exp()
            value += here / (t * t + arb(self.c) ** 2)
            density += here
        return value, density


def _drawn(random: Random) -> _Integrand | None:
    """Draw a walk and a plan around what the contour would choose, and away from it."""
    atoms, n = drawn_step(random, random.choice((2, 3, 4))), random.choice(_SIZES)
    with ctx.workprec(_BITS):
        c, _ = spread_at(step_of(atoms).guide(), n)
        c *= random.uniform(0.3, 3.0)
        spread = math.sqrt(n * step_of(atoms).guide().cumulants(c)[2])
    if (
        not spread * c > 1e-3 or c * 30.0 > 600.0
    ):  # nearly all of the tilted law in one atom: no contour is used
        return None
    h = 2.0 * math.pi / (spread * random.uniform(0.5, 20.0))
    return _Integrand(atoms, n, c, h, random.uniform(1e-4, 1.0) / c)


def _assert_below(found: tuple[arb, arb], bound: tuple[arb, arb], case: str) -> None:
    for name, value, most in zip(("value", "density"), found, bound, strict=True):
        if not value.lower() <= most.upper():
            raise CheckFailedError(f"{case}: the {name} is {value}, above its bound {most}")


@checks("contour-tail", evidence=Evidence.PROPERTY)
@checks(
    "contour-tail", evidence=Evidence.PROPERTY, units=tuple((4000, seed) for seed in range(1, 5)), deep=True
)
def far_nodes_are_below_their_bounds(draws: int = 400, seed: int = 0) -> int:
    """400 drawn walks, n up to 10^12, plans on and off the saddle: the bounds of nodes one by one and of the rest, by balls."""
    random, seen = Random(100 + seed), 0
    for _ in range(draws):
        here = _drawn(random)
        if here is None:
            continue
        core = random.randint(1, 60)
        last = core + random.randint(1, 2000)
        with ctx.workprec(_BITS):
            pairs = here.pairs()
            far = tail.far_nodes(pairs, here.n, here.c, here.h, here.tau, core, last)
            kept = {int(node): k for k, node in enumerate(far.nodes)}
            turn = 2.0 * math.pi / (pairs[0].distance * here.h)
            near = {round(k * turn) + d for k in range(1, 4) for d in (-1, 0, 1)}
            nodes = (
                {j for j in near if core < j <= last}
                | {random.randint(core + 1, last) for _ in range(8)}
                | {core + 1}
            )
            for j in sorted(nodes & kept.keys()):
                bound = arb(float(far.value[kept[j]])), arb(float(far.density[kept[j]]))
                _assert_below(here.sums([j]), bound, f"node {j} of {here}")
            _assert_below(
                here.sums(nodes - kept.keys()),
                (far.skipped_value, far.skipped_density),
                f"other nodes of {here}",
            )
            seen += len(nodes)
    return seen


@checks("contour-tail", evidence=Evidence.PROPERTY)
def pairs_are_rounded_down() -> int:
    """300 drawn walks: each weight is just below a product of two tilted chances, each distance that of the same two atoms."""
    random, seen = Random(8), 0
    for _ in range(300):
        here = _drawn(random)
        if here is None:
            continue
        with ctx.workprec(_BITS):
            pairs, tilted = here.pairs(), here.tilted()
            atoms = [(p, exactly(g)) for p, (g, _) in zip(tilted, here.atoms, strict=True)]
            known = [(p * q, abs(g - other)) for i, (p, g) in enumerate(atoms) for q, other in atoms[:i]]
            for pair in pairs:
                ratios = [
                    (arb(pair.weight) / weight, arb(pair.distance) / distance) for weight, distance in known
                ]
                if not any(
                    ratio <= 1 and ratio > 1 - arb(2) ** -30 and abs(far - 1) < arb(2) ** -50
                    for ratio, far in ratios
                ):
                    raise CheckFailedError(f"{pair} is no pair of atoms of {here}, rounded down")
                seen += 1
    return seen


@checks("contour-tail", evidence=Evidence.PROPERTY)
def nodes_between_returns() -> int:
    """Nodes that only the bound between returns, or only the cut of hopeless nodes, covers: their sum is below it."""
    atoms: tuple[tuple[Atoms, int, float, int, int, int], ...] = (
        (((F(1), F(1, 50)), (F(-1, 10), F(49, 50))), 100_000, 0.01, 5000, 0, 1),
        (((F(2), F(1, 4)), (F(-1), F(1, 2)), (F(0), F(1, 4))), 320, 0.05, 1000, 495, 3),
    )
    for law, n, c, turn, core, count in atoms:
        with ctx.workprec(_BITS):
            plain = _Integrand(law, n, c, 1.0, 1e-9)
            (first, *_) = plain.pairs()
            h = 2.0 * math.pi / first.distance / turn
            here = _Integrand(law, n, c, h, 1e-9)
            if not core:
                angle = math.acos(1.0 - 50.0 / (n * first.weight)) / (2.0 * math.pi)
                core = math.ceil(1.01 * angle * turn + 2.0)
            far = tail.far_nodes(here.pairs(), n, c, h, here.tau, core, core + count)
            if len(far.nodes):
                raise CheckFailedError(f"nodes {far.nodes} of {here} are looked at one by one")
            found = here.sums(range(core + 1, core + count + 1))
            _assert_below(found, (far.skipped_value, far.skipped_density), f"nodes between returns of {here}")
    return len(atoms)


@checks("contour-tail", evidence=Evidence.PROPERTY)
def nodes_before_the_first_return() -> int:
    """60 drawn walks whose nodes end before half a turn: the whole sum is below the geometric series; beyond, none is given."""
    random, seen = Random(7), 0
    while seen < 60:
        here = _drawn(random)
        if here is None:
            continue
        with ctx.workprec(_BITS):
            pairs = here.pairs()
            half_turn = math.floor(3.14159 / (here.h * max(pair.distance for pair in pairs)))
            if half_turn < 3:
                continue
            core = random.randint(1, min(half_turn - 1, 40))
            last = min(half_turn, core + 60)
            plan = (pairs, here.n, here.c, here.h, here.tau)
            bound = tail.no_return_bound(*plan, core, last)
            if bound is None or tail.no_return_bound(*plan, core, half_turn + 2) is not None:
                raise CheckFailedError(f"half a turn of {here} ends at {half_turn}")
            _assert_below(
                here.sums(range(core + 1, last + 1)), bound, f"nodes {core + 1} to {last} of {here}"
            )
        seen += 1
    return seen


@checks("contour-tail", evidence=Evidence.PROPERTY)
def nodes_in_blocks() -> int:
    """150 drawn walks, n up to 10^12: the sums over whole blocks of nodes are below their bounds."""
    random, seen = Random(9), 0
    while seen < 150:
        here = _drawn(random)
        if here is None:
            continue
        core = random.randint(1, 60)
        last = core + random.randint(1, 150)
        with ctx.workprec(_BITS):
            values = tuple(exactly(g) for g, _ in here.atoms)
            blocks = tail.Blocks.of(here.tilted(), arb(0), values)
            bound = blocks.bound(here.n, here.c, here.h, here.tau, core, last)
            _assert_below(
                here.sums(range(core + 1, last + 1)), bound, f"nodes {core + 1} to {last} of {here}"
            )
        seen += 1
    return seen


@checks("contour-tail", evidence=Evidence.ENCLOSED)
def nodes_beyond_the_last() -> int:
    """All tau c in [0, 1], 5, 20 and 100 nodes, the last at tau t in [0.05, 8]: the whole infinite sum of Gaussian factors < its bound."""
    seen = 0
    for last in (5, 20, 100):

        def gap(c: arb, h: arb, last: int = last) -> arb:
            plan = ContourPlan(1, c, h, arb(1), 1, last, 0.0, 1.0)  # type: ignore[arg-type]
            rest = ((c * c - (last * h) ** 2) / 2).exp()
            bound = contour.beyond_last(plan) / rest
            # the terms fall in t: each is below h^-1 times the integral over the interval before it
            start, found = 20, arb(0)
            for i in range(1, start + 1):
                found += (-(i * (2 * last + i) * h * h) / 2).exp()
            after = (
                (arb.pi() / 2).sqrt()
                * ((last + start) * h / arb(2).sqrt()).erfc()
                / h
                * ((last * h) ** 2 / 2).exp()
            )
            return bound - (found + after)

        ends = [F(1, 20), *(F(k, 2) for k in range(1, 17))]
        for low, high in pairwise(ends):
            seen += positive_on(gap, [(F(0), F(1)), (low / last, high / last)], what=f"nodes beyond {last}")
    return seen

"""Checks of the other roads to a walk: summation over counts, and polynomials in alpha."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from random import Random

from flint import arb, arb_poly, ctx

from accounting.numerics import counting, pieces, walk
from accounting.numerics.atoms import Step
from accounting.numerics.counting import CountingPlan

from ..reference.walk import by_sequences, compositions
from .boxes import contains, exactly, positive_on
from .check import CheckFailedError, Evidence, checks
from .walks import Atoms, drawn_step, positive_part, spread_at, step_of, whole_steps

__all__ = [
    "chords_less_polynomials",
    "chosen_roads",
    "counted_walks",
    "drawn_walks_in_small_windows",
    "inequalities_behind_the_windows",
    "polynomials_enclose_walks",
    "windows_leave_out",
]

F = Fraction


def _plan(atoms: Atoms, n: int, width: float) -> tuple[Step, CountingPlan]:
    step = step_of(atoms)
    c, _ = spread_at(step.guide(), n)
    return step, counting.counting_plan(step, n, c, width)


def _shrunk(plan: CountingPlan, random: Random) -> CountingPlan:
    """Cut the windows at random: any plan is sound."""

    def cut(atom: counting._Atom) -> counting._Atom:
        low = random.randint(atom.low, atom.high)
        return replace(atom, low=low, high=random.randint(low, atom.high))

    while True:
        outer = tuple(map(cut, plan.outer))
        if sum(atom.low for atom in outer) <= plan.n:
            return replace(plan, outer=outer, inner=cut(plan.inner))


@checks("exact-walk", evidence=Evidence.EXHAUSTIVE, units=((2, 9, 6), (3, 6, 4)))
@checks("exact-walk", evidence=Evidence.EXHAUSTIVE, units=((2, 15, 9), (3, 9, 5), (4, 7, 4)), deep=True)
def counted_walks(atoms: int, denominator: int, most: int) -> int:
    """All steps of mean <= 0 on 2 (3) of -3 .. 3, chances of denominator 9 (6), up to 6 (4) of them: by all sequences of steps."""
    seen = 0
    for step in whole_steps(3, denominator, atoms):
        if sum(g * p for g, p in step) > 0 or max(g for g, _ in step) <= 0:
            continue  # reflected, or 0, before this road is taken
        for n in range(1, most + 1):
            with ctx.workprec(100):
                found = counting.counting_positive_part(*_plan(step, n, 1e-9))
            truth = by_sequences(step, n)
            if not contains(found, truth):
                raise CheckFailedError(f"n = {n}, {step}: {found} does not contain {truth}")
            seen += 1
    return seen


@checks("exact-walk", evidence=Evidence.PROPERTY)
@checks(
    "exact-walk", evidence=Evidence.PROPERTY, units=tuple((20_000, seed) for seed in range(1, 5)), deep=True
)
def drawn_walks_in_small_windows(draws: int = 300, seed: int = 0) -> int:
    """300 drawn steps of 2 to 4 values, up to 25 of them, in the planned windows and in ones cut at random."""
    random = Random(seed)
    for _ in range(draws):
        atoms, n = drawn_step(random, random.choice((2, 3, 4))), random.randint(2, 25)
        truth = positive_part(atoms, n)
        with ctx.workprec(100):
            step, plan = _plan(atoms, n, random.choice((1e-3, 1e-9)))
            for windows in (plan, _shrunk(plan, random)):
                found = counting.counting_positive_part(step, windows)
                if not contains(found, truth):
                    raise CheckFailedError(
                        f"n = {n}, {atoms}, {windows}: {found} does not contain {exactly(truth)}"
                    )
    return 2 * draws


@checks("exact-walk", evidence=Evidence.PROPERTY)
@checks(
    "exact-walk", evidence=Evidence.PROPERTY, units=tuple((3000, seed) for seed in range(1, 5)), deep=True
)
def chosen_roads(draws: int = 150, seed: int = 0) -> int:
    """150 drawn steps of 2 to 4 values, of either mean or of one sign, up to 14 of them, whatever road is chosen: exact inside."""
    random = Random(50 + seed)
    for k in range(draws):
        atoms, n = drawn_step(random, random.choice((2, 3, 4))), random.randint(1, 14)
        moved = {0: F(0), 1: F(30), 2: F(-30), 3: max(g for g, _ in atoms)}[k % 4 if k % 3 else 0]
        sign = random.choice((1, -1))
        atoms = tuple((sign * g - moved, p) for g, p in atoms)
        found = walk.expected_positive_part(
            partial(step_of, atoms), n, relative_width=random.choice((1e-2, 1e-6))
        )
        truth = positive_part(atoms, n)
        if truth not in found or found.lower < 0:
            raise CheckFailedError(f"n = {n}, {atoms}: {truth} is not in {found}")
    return draws


@checks("exact-walk", evidence=Evidence.PROPERTY)
def windows_leave_out() -> int:
    """40 drawn walks of up to 12 steps in windows cut at random: what lies outside is summed exactly, and below its bound."""
    random = Random(3)
    for _ in range(40):
        atoms, n = drawn_step(random, 3), random.randint(2, 12)
        with ctx.workprec(100):
            step, plan = _plan(atoms, n, 1e-2)
            plan = _shrunk(plan, random)
            bound = counting._left_out(step, plan)
            windows = [
                next(((a.low, a.high) for a in (*plan.outer, plan.inner) if a.value == exactly(g)), (0, n))
                for g, _ in atoms
            ]
            outside = F(0)
            for counts in compositions(n, len(atoms)):
                if all(low <= k <= high for k, (low, high) in zip(counts, windows, strict=True)):
                    continue
                end, mass = F(0), F(math.factorial(n))
                for (g, p), k in zip(atoms, counts, strict=True):
                    end, mass = end + g * k, mass * p**k / math.factorial(k)
                outside += max(F(0), end) * mass
            if exactly(outside) > bound:
                raise CheckFailedError(
                    f"n = {n}, {atoms}, windows {windows}: {outside} lies outside, above {bound}"
                )
    return 40


@checks("exact-walk", evidence=Evidence.ENCLOSED)
def inequalities_behind_the_windows() -> int:
    """Bernstein's bound, all q in [0.02, 0.98], n = 1, 2, 5, 12, every count beyond the mean; y_+ <= e^(xy)/(ex) for all y, symbolically."""
    import sympy as sp

    z = sp.Symbol("z", real=True)
    spare = sp.exp(z - 1) - z  # z = xy: convex, and 0 with its slope at z = 1
    zeros = (spare.subs(z, 1), sp.diff(spare, z).subs(z, 1), sp.diff(spare, z, 2) - sp.exp(z - 1))
    if any(sp.simplify(zero) != 0 for zero in zeros):
        raise CheckFailedError(f"{zeros} are not all zero")
    seen = len(zeros)
    for n in (1, 2, 5, 12):
        for k in range(n + 1):

            def gap(q: arb, n: int = n, k: int = k) -> arb:
                tail = sum((math.comb(n, j) * q**j * (1 - q) ** (n - j) for j in range(k, n + 1)), arb(0))
                d = k - n * q
                return (-(d**2) / (2 * (n * q * (1 - q) + d / 3))).exp() - tail

            # P(count >= k) for n q < k; the other side is the same with 1 - q
            top = min(F(98, 100), F(k, n) - F(1, 200))
            if top > F(1, 50):
                seen += positive_on(gap, [(F(1, 50), top)], what=f"n = {n}, count at least {k}")
    return seen


@checks("contour-pieces", evidence=Evidence.PROPERTY)
def polynomials_enclose_walks() -> int:
    """Four walks that are linear in alpha, 40 to 300 steps, one piece each, sharp and coarse: the exact value at 9 rationals."""
    seen = 0
    for values, n, low, high, width in (
        (3, 60, 1.25, 1.3125, 0.01),
        (4, 40, 1.0625, 1.09375, 0.1),
        (2, 120, 1.125, 1.1875, 0.3),
        (2, 300, 1.25, 1.28125, 0.01),
    ):
        w = F(3)
        lie = 1 / (w + values - 1)
        letters = [
            (lie, w, F(1)),
            (lie, F(1), w),
            ((values - 2) * lie, F(1), F(1)),
            (1 - values * lie, F(0), F(0)),
        ]
        letters = [letter for letter in letters if letter[0]]
        with ctx.workprec(130):
            step = pieces.LinearStep(
                *(tuple(exactly(each) for each in column) for column in zip(*letters, strict=True))
            )
            piece = pieces.walk_piece(step, n, low, high, width)
            if piece is None:
                raise CheckFailedError(f"no piece for {values} values, n = {n}")
            for k in range(9):
                alpha = F(low) + (F(high) - F(low)) * F(k, 8)
                truth = exactly(
                    positive_part(tuple((gain - alpha * cost, p) for p, gain, cost in letters), n)
                )
                below, above = piece.ends(exactly(alpha))
                if not (below <= truth and truth <= above):
                    raise CheckFailedError(
                        f"{values} values, n = {n}, alpha = {alpha}: {truth} is not in {below}, {above}"
                    )
                seen += 1
    return seen


@checks("contour-pieces", evidence=Evidence.ENCLOSED)
def chords_less_polynomials() -> int:
    """30 drawn polynomials of degree 3 to 8, three chords each: on whole intervals the chord less the polynomial < its dip."""
    random, seen = Random(9), 0
    for _ in range(30):
        terms = [F(random.randint(-50, 50), 10 * (k + 1) ** 2) for k in range(random.randint(4, 9))]
        marks = [F(-1), F(random.randint(-15, -1), 16), F(random.randint(0, 15), 16), F(1)]
        with ctx.workprec(96):
            poly = arb_poly([exactly(term) for term in terms])
            piece = pieces.Piece(arb(0), arb(1), poly, poly)
            for dip, (left, right) in zip(
                piece.dips([exactly(mark) for mark in marks]), pairwise(marks), strict=True
            ):
                a, b = exactly(left), exactly(right)
                slope = (poly(b) - poly(a)) / (b - a)
                spare = exactly(F(1, 10**4))

                def gap(
                    u: arb,
                    dip: arb = dip,
                    a: arb = a,
                    slope: arb = slope,
                    spare: arb = spare,
                    poly: arb_poly = poly,
                ) -> arb:
                    return dip + spare - (poly(a) + slope * (u - a) - poly(u))

                seen += positive_on(gap, [(left, right)], what=f"the chord of {terms} on {left} .. {right}")
    return seen

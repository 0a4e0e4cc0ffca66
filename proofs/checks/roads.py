"""Checks of the other roads to a walk: summation over counts, polynomials in alpha, and the lattice of two binomials."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

from accounting.numerics import counting, lattice, pieces
from accounting.numerics.atoms import Step
from accounting.numerics.counting import CountingPlan
from flint import arb, arb_poly, ctx, fmpz_poly

from ..reference.walk import by_sequences, compositions
from .boxes import contains, exactly, positive_on
from .check import CheckFailedError, Evidence, checks
from .walks import Atoms, drawn_step, positive_part, spread_at, step_of, whole_steps

__all__ = [
    "bernstein",
    "brackets_of_two_binomials",
    "chernoff",
    "chords_less_polynomials",
    "counted_walks",
    "drawn_walks_in_small_windows",
    "lattice_sum_is_an_alias_sum",
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
    """All steps on 2 (3) of the values -3 .. 3 with chances of denominator 9 (6), up to 6 (4) of them, by sequences."""
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
@checks("exact-walk", evidence=Evidence.PROPERTY, units=tuple((20_000, seed) for seed in range(1, 5)), deep=True)
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
                    raise CheckFailedError(f"n = {n}, {atoms}, {windows}: {found} does not contain {exactly(truth)}")
    return 2 * draws


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
                next(((a.low, a.high) for a in (*plan.outer, plan.inner) if a.value == exactly(g)), (0, n)) for g, _ in atoms
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
                raise CheckFailedError(f"n = {n}, {atoms}, windows {windows}: {outside} lies outside, above {bound}")
    return 40


@checks("exact-walk", evidence=Evidence.SYMBOLIC)
def chernoff() -> int:
    """y_+ <= e^(xy)/(ex) for all y and x > 0: with z = xy, e^(z-1) - z has its only minimum, 0, at z = 1."""
    import sympy as sp

    z = sp.Symbol("z", real=True)
    gap = sp.exp(z - 1) - z
    zeros = (gap.subs(z, 1), sp.diff(gap, z).subs(z, 1), sp.diff(gap, z, 2) - sp.exp(z - 1))
    if any(sp.simplify(zero) != 0 for zero in zeros):
        raise CheckFailedError(f"{zeros} are not all zero")
    return len(zeros)


@checks("exact-walk", evidence=Evidence.ENCLOSED)
def bernstein() -> int:
    """Both Bernstein bounds, all chances q in [0.02, 0.98], n = 1, 2, 5, 12 and every count beyond the mean: above the tail."""
    seen = 0
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
        letters = [(lie, w, F(1)), (lie, F(1), w), ((values - 2) * lie, F(1), F(1)), (1 - values * lie, F(0), F(0))]
        letters = [letter for letter in letters if letter[0]]
        with ctx.workprec(130):
            step = pieces.LinearStep(*(tuple(exactly(each) for each in column) for column in zip(*letters, strict=True)))
            piece = pieces.walk_piece(step, n, low, high, width)
            if piece is None:
                raise CheckFailedError(f"no piece for {values} values, n = {n}")
            for k in range(9):
                alpha = F(low) + (F(high) - F(low)) * F(k, 8)
                truth = exactly(positive_part(tuple((gain - alpha * cost, p) for p, gain, cost in letters), n))
                below, above = piece.ends(exactly(alpha))
                if not (below <= truth and truth <= above):
                    raise CheckFailedError(f"{values} values, n = {n}, alpha = {alpha}: {truth} is not in {below}, {above}")
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
            for dip, (left, right) in zip(piece.dips([exactly(mark) for mark in marks]), pairwise(marks), strict=True):
                a, b = exactly(left), exactly(right)
                slope = (poly(b) - poly(a)) / (b - a)
                spare = exactly(F(1, 10**4))

                def gap(u: arb, dip: arb = dip, a: arb = a, slope: arb = slope, spare: arb = spare, poly: arb_poly = poly) -> arb:
                    return dip + spare - (poly(a) + slope * (u - a) - poly(u))

                seen += positive_on(gap, [(left, right)], what=f"the chord of {terms} on {left} .. {right}")
    return seen


def _tails(m: int, others: int, first: Fraction, second: Fraction) -> list[Fraction]:
    """P(Z >= t) for t = 0 .. m + others + 1, by whole numbers."""
    coins = [(first, m), (second, others)]
    law, scale = fmpz_poly([1]), 1
    for p, count in coins:
        law *= fmpz_poly([p.denominator - p.numerator, p.numerator]) ** count
        scale *= p.denominator**count
    masses = [F(int(law[z]), scale) for z in range(m + others + 1)]
    tails = [F(0)]
    for mass in reversed(masses):
        tails.append(tails[-1] + mass)
    return tails[::-1]


def _bracket(total: int, first: Fraction, second: Fraction, shift: int, gain: Fraction, loss: Fraction) -> lattice.Bracket:
    return lattice.Bracket(
        total=total, first=exactly(first), second=exactly(second), shift=shift, gain=exactly(gain), loss=exactly(loss)
    )


def _value(tails: Sequence[Fraction], t: int, shift: int, gain: Fraction, loss: Fraction) -> Fraction:
    def tail(at: int) -> Fraction:
        return F(1) if at <= 0 else tails[at] if at < len(tails) else F(0)

    return gain * tail(t - shift) - loss * tail(t)


@checks("lattice-contour", evidence=Evidence.EXHAUSTIVE, units=((6,), (11,)))
@checks("lattice-contour", evidence=Evidence.EXHAUSTIVE, units=tuple((total,) for total in (20, 30, 40)), deep=True)
def brackets_of_two_binomials(total: int) -> int:
    """All m and t of 6 and of 11 variables, three brackets, 5 sets of nodes from too few to plenty: the exact value is inside."""
    seen = 0
    for first, second, shift, gain, loss in (
        (F(3, 4), F(1, 4), 1, F(3, 8), F(5, 8)),
        (F(9, 10), F(1, 10), 1, F(7, 10), F(8, 10)),
        (F(1, 2), F(1, 3), 2, F(1), F(3, 2)),
    ):
        with ctx.workprec(128):
            bracket = _bracket(total, first, second, shift, gain, loss)
            chosen = lattice.choose_contour(bracket, total // 2, total // 2 + 1, 1e-4)
            plans = [chosen, *(replace(chosen, nodes=nodes, kept=kept) for nodes, kept in ((6, 2), (9, 4), (12, 6), (20, 5)))]
            for contour in plans:
                for m in range(total + 1):
                    tails = _tails(m, total - m, first, second)
                    for t in range(total + 2):
                        found, truth = contour.value(m, t), _value(tails, t, shift, gain, loss)
                        if not contains(found, truth):
                            raise CheckFailedError(f"{contour}, m = {m}, t = {t}: {found} does not contain {truth}")
                        seen += 1
    return seen


@checks("lattice-contour", evidence=Evidence.PROPERTY)
def lattice_sum_is_an_alias_sum() -> int:
    """All m, t of 5 variables, all nodes kept, 5, 7, 9 and 11: the sum over nodes is the bracket plus its aliases, to 25 digits."""
    total, first, second, shift, gain, loss = 5, F(3, 4), F(1, 4), 1, F(3, 8), F(5, 8)
    seen = 0
    with ctx.workprec(160):
        bracket = _bracket(total, first, second, shift, gain, loss)
        for nodes in (5, 7, 9, 11):
            contour = lattice.LatticeContour(bracket, 0.75, 2.0, nodes, nodes // 2, 0)
            for m in range(total + 1):
                tails = _tails(m, total - m, first, second)
                for t in range(1, total + 2):
                    terms = contour.state(m, contour.offset(m, t))
                    found = lattice.combined(terms, contour.tail_kernel)
                    wanted = arb(0)
                    for i in range(-14 * 8, 3):
                        wanted += (arb(0.75) * nodes * i).exp() * exactly(_value(tails, t + i * nodes, shift, gain, loss))
                    if not abs(found - wanted) < arb(10) ** -25:
                        raise CheckFailedError(f"{nodes} nodes, m = {m}, t = {t}: {found}, not {wanted}")
                    seen += 1
    return seen


"""Checks of losses on a grid: connecting dots from both sides, composing them, and handing them over as floats.

All curves here are piecewise linear in alpha, so that comparing them at every kink and at infinity compares them at
every alpha >= 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random

import numpy as np
from flint import arb, ctx

from accounting.curves import pld
from accounting.numerics import convolution, dots
from accounting.numerics.dots import BITS, GridLoss
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.numerics.samples import Samples, sample
from accounting.pairs.of_randomizer import clones_pair

from ..reference.walk import compositions
from .boxes import exactly
from .check import CheckFailedError, Evidence, checks
from .laws import Law, kinks, pairs_of_laws

__all__ = [
    "a_shuffle_is_sampled_from_both_sides",
    "curve_of",
    "dots_are_connected_from_both_sides",
    "drawn_losses_compose",
    "floats_are_not_below",
    "small_losses_compose",
]

F = Fraction
_UNIT = 1 << BITS


def curve_of(loss: GridLoss, step: Fraction, alpha: arb, unit: int = _UNIT) -> arb:
    """Sum the positive parts of the masses at a factor, by definition."""
    total = arb(loss.infinite)
    for k, mass in enumerate(loss.masses):
        if mass:
            share = 1 - alpha * (-exactly((loss.low + k) * step)).exp()
            total += mass * (share if share > 0 else arb(0) if share <= 0 else arb(0).max(share))
    return total / unit


def _samples(p: Law, q: Law, step: Fraction, marks: Sequence[int], random: Random) -> Samples:
    """Enclose the curve of a pair at the marks; both ends are moved outward at random."""
    values = []
    for mark in marks:
        with ctx.workprec(300):
            alpha = (exactly(mark * step)).exp()
            inside = sum(
                (arb(0).max(exactly(a) - alpha * exactly(b)) for a, b in zip(p, q, strict=True)), arb(0)
            )
            low, high = float(inside.lower()), float(inside.upper())
        spare = [F(random.randint(0, 3), 1000) for _ in range(2)]
        values.append(
            Enclosure(
                max(F(low) * (1 - spare[0]) - F(1, 10**12), F(0)), F(high) * (1 + spare[1]) + F(1, 10**12)
            )
        )
    floor = sum((a for a, b in zip(p, q, strict=True) if not b), F(0))
    return Samples.of(step, marks, values, floor)


@checks("connect-the-dots", evidence=Evidence.EXHAUSTIVE, units=((2, 9), (3, 5)))
@checks("connect-the-dots", evidence=Evidence.EXHAUSTIVE, units=((2, 60), (3, 12), (4, 8)), deep=True)
def dots_are_connected_from_both_sides(outcomes: int, denominator: int) -> int:
    """All pairs of laws on 2 (3) outcomes, denominator 9 (5), two grids: at every alpha >= 0 between the curves of both losses."""
    random, seen = Random(outcomes), 0
    for p, q in pairs_of_laws(outcomes, denominator):
        for step, marks in (
            (F(1, 3), range(-6, 7)),
            (F(1, 8), (-9, -7, -5, -4, -3, -1, 0, 2, 3, 4, 6, 9, 13)),
        ):
            samples = _samples(p, q, step, list(marks), random)
            above, below = dots.loss_above(samples), dots.loss_below(samples)
            with ctx.workprec(500):
                alphas = [exactly(at) for at in kinks([(p, q)])] + [
                    exactly(mark * step).exp() for mark in marks
                ]
                for alpha in (arb(0), *alphas, arb(10) ** 6):
                    truth = sum(
                        (arb(0).max(exactly(a) - alpha * exactly(b)) for a, b in zip(p, q, strict=True)),
                        arb(0),
                    )
                    low, high = curve_of(below, step, alpha), curve_of(above, step, alpha)
                    if not (low.lower() <= truth.upper() and truth.lower() <= high.upper()):
                        raise CheckFailedError(
                            f"{p} against {q}, step {step}, alpha = {alpha}: {truth} is not in {low}, {high}"
                        )
                    seen += 1
    return seen


@checks("connect-the-dots", evidence=Evidence.PROPERTY)
def a_shuffle_is_sampled_from_both_sides() -> int:
    """The clones walk of w = 3, 500 users, sampled by pieces and mirrored: its value by balls inside all intervals with a share."""
    pair, step, users = clones_pair(Factor.of(F(3)), 500), F(1, 200), 500

    def curve(factors: Sequence[Factor], width: float) -> list[Enclosure]:
        return [value.delta for value in pair.values(factors, width)]

    samples = sample(curve, step, 1e-9, F(0), spread=0.08, mirrors=True, pieces=pair.piece)
    above, below = dots.loss_above(samples), dots.loss_below(samples)
    seen = 0
    for (left, right), share in zip(pairwise(samples.marks), samples.shares, strict=True):
        if share is None:
            continue
        alpha = F(math.exp((left + right) * step / 2)).limit_denominator(10_000)
        with ctx.workprec(300):
            truth = _clones_in_balls(alpha, users)
            low, high = (curve_of(loss, step, exactly(alpha)) for loss in (below, above))
            if not (low.lower() <= truth.upper() and truth.lower() <= high.upper()):
                raise CheckFailedError(f"alpha = {alpha}: {truth} is not in {low}, {high}")
        seen += 1
    if not seen:
        raise CheckFailedError("no interval was sampled by a piece")
    return seen


def _clones_in_balls(alpha: Fraction, users: int) -> arb:
    """The divergence of the clones pair of w = 3: (1/n) E(G_1 + .. + G_n)_+, over the counts of both values of G."""
    up, down = (6 * (3 - alpha) / 4 * alpha.denominator, 6 * (1 - 3 * alpha) / 4 * alpha.denominator)
    rise, fall = int(2 * up), int(2 * down)
    tables = [[exactly(p) ** k / math.factorial(k) for k in range(users + 1)] for p in (F(1, 6), F(2, 3))]
    total = arb(0)
    for ups in range(users + 1):
        inner = arb(0)
        for downs in range(users - ups + 1):
            end = ups * rise + downs * fall
            if end <= 0:
                break
            inner += end * (tables[0][downs] * tables[1][users - ups - downs])
        total += inner * tables[0][ups]
    return total * math.factorial(users) / (2 * alpha.denominator * users)


Exact = dict[int, Fraction]
"""Masses under P by their multiple of the step."""


def _product(parts: Sequence[GridLoss]) -> tuple[Exact, Fraction]:
    """Compose by definition: masses multiply, losses add, and what is infinite in one is infinite."""
    law: Exact = {0: F(1)}
    infinite = F(0)
    for part in parts:
        longer: Exact = {}
        for at, mass in law.items():
            for k, other in enumerate(part.masses):
                longer[at + part.low + k] = longer.get(at + part.low + k, F(0)) + mass * F(other, _UNIT)
        finite, own = sum(law.values()), F(part.infinite, _UNIT)
        infinite = infinite * (F(sum(part.masses), _UNIT) + own) + finite * own
        law = longer
    return law, infinite


def _assert_above(
    larger: tuple[Exact, Fraction], smaller: tuple[Exact, Fraction], step: Fraction, case: str
) -> int:
    """Compare two curves at every mark, between which both are linear, and at infinity; nothing is rounded but e^-step."""
    moved = {k: larger[0].get(k, F(0)) - smaller[0].get(k, F(0)) for k in {*larger[0], *smaller[0]}}
    excess = larger[1] - smaller[1]
    marks = sorted(moved)
    with ctx.workprec(1100):
        for mark in (None, *marks):  # None is alpha = 0
            if mark is None:
                gap = exactly(excess + sum(moved.values(), F(0)))
            else:
                later = [(k, moved[k]) for k in marks if k > mark and moved[k]]
                gap = exactly(excess) + sum(
                    (exactly(m) * (1 - exactly((mark - k) * step).exp()) for k, m in later), arb(0)
                )
            if not gap >= 0:
                raise CheckFailedError(
                    f"{case}: at mark {mark} the curve from above is {-gap} below the other one"
                )
        if excess < 0:
            raise CheckFailedError(f"{case}: the infinite loss {larger[1]} is below {smaller[1]}")
    return len(marks) + 2


def _compare(parts: Sequence[tuple[GridLoss, int]], step: Fraction, tail: Fraction) -> int:
    truth = _product([loss for loss, count in parts for _ in range(count)])
    seen = 0
    for compose in (convolution.compose_above, convolution.compose_below):
        made = compose(step, parts, tail)
        scale = 1 << made.bits
        found = (
            {made.low + k: F(mass, scale) for k, mass in enumerate(made.masses.as_tuple())},
            F(made.infinite, scale),
        )
        case = f"{[(loss.low, loss.masses, loss.infinite, count) for loss, count in parts]} with tail {tail}"
        if compose is convolution.compose_above:
            seen += _assert_above(found, truth, step, case)
        else:
            seen += _assert_above(truth, found, step, case)
    return seen


@checks("grid-composition", evidence=Evidence.EXHAUSTIVE, units=tuple((tail,) for tail in ("0", "8", "20")))
def small_losses_compose(tail: str) -> int:
    """All pairs of losses on marks -1, 0, 1 and infinity with masses in thirds, nothing, 1/8 and 5/16 cut off: at every alpha >= 0."""
    seen = 0
    third = -(-_UNIT // 3)
    losses = [GridLoss(-1, (a * third, b * third, c * third), d * third) for a, b, c, d in compositions(3, 4)]
    for first in losses:
        for second in losses:
            seen += _compare([(first, 1), (second, 1)], F(1, 10), F(tail))
    return seen


@checks("grid-composition", evidence=Evidence.PROPERTY)
@checks(
    "grid-composition",
    evidence=Evidence.PROPERTY,
    units=tuple((400, seed) for seed in range(1, 5)),
    deep=True,
)
def drawn_losses_compose(draws: int = 60, seed: int = 0) -> int:
    """60 drawn groups of up to 7 losses of 256 bits, tails from 10^-30 to 1/4: against the product in fractions, at every alpha."""
    random, seen = Random(seed), 0
    for _ in range(draws):
        parts = []
        for _ in range(random.randint(1, 3)):
            masses = [
                random.randrange(_UNIT) >> random.choice((3, 40, 120)) for _ in range(random.randint(1, 8))
            ]
            infinite = random.choice((0, random.randrange(_UNIT) >> random.choice((4, 90))))
            parts.append((GridLoss(random.randint(-5, 2), tuple(masses), infinite), random.randint(1, 3)))
        tail = random.choice((F(0), F(1, 10**30), F(1, 10**6), F(1, 4)))
        seen += _compare(parts, F(random.randint(1, 20), 37), tail)
    return seen


@checks("float-losses", evidence=Evidence.PROPERTY)
@checks(
    "float-losses", evidence=Evidence.PROPERTY, units=tuple((3000, seed) for seed in range(1, 5)), deep=True
)
def floats_are_not_below(draws: int = 120, seed: int = 0) -> int:
    """120 drawn losses, steps from 10^-9 to 1, epsilons at, beside and between marks, expm1 and sums as low as allowed: not below balls."""
    random, seen = Random(seed), 0
    for _ in range(draws):
        step = F(random.choice((1e-9, 1e-4, 0.1, 1.0, random.uniform(1e-3, 1.0))))
        low = random.choice((0, -3, 5, 2000, -40_000, 30))
        masses = tuple(
            random.randrange(_UNIT) >> random.choice((3, 5, 60, 200))
            for _ in range(random.choice((1, 2, 5, 12, 300)))
        )
        loss = GridLoss(low, masses, random.choice((0, _UNIT >> 9)))
        finite, infinite = pld.inflated(loss, step)
        for _ in range(12):
            mark = random.randint(low - 1, low + len(masses))
            epsilon = mark * float(step)
            for _ in range(random.randint(0, 2)):
                epsilon = math.nextafter(epsilon, random.choice((-math.inf, math.inf)))
            epsilon += random.choice((0.0, 0.0, float(step) * random.random()))
            found = _float_delta(finite, infinite, float(step), epsilon)
            with ctx.workprec(400):
                truth = curve_of(loss, step, exactly(F(epsilon)).exp())
                if not exactly(F(found)) >= truth.lower():
                    raise CheckFailedError(
                        f"{loss}, step {step}, epsilon {epsilon!r}: the floats give {found!r}, below {truth}"
                    )
            seen += 1
    return seen


def _float_delta(finite: dict[int, float], infinite: float, step: float, epsilon: float) -> float:
    """Evaluate delta in floats by the formula of privacy loss distributions; expm1 and each addition err downward as far as allowed."""
    marks = np.array(sorted(finite), dtype=np.int64)
    losses = marks * step
    kept = losses > epsilon
    masses = np.array([finite[int(mark)] for mark in marks])[kept]
    shares = -np.expm1(epsilon - losses[kept]) * (1.0 - 16.0 * 2.0**-53)
    return float(infinite + np.dot(masses, shares)) * (1.0 - len(masses) * 2.0**-53)

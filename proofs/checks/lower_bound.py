"""Checks of the lower bound: windows, posteriors, walks, and what the best estimates err."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement, pairwise, product

from accounting.lower_bound import nested, spread, theorem, walk_maximum
from accounting.lower_bound.tight_window import tight_window
from accounting.lower_bound.window import inductive_window

from ..lower_bound.exhaustive import smallest_window
from ..reference import lower_bound as plain
from .check import CheckFailedError, Evidence, checks

__all__ = [
    "best_estimates_err",
    "delta_takes_no_more",
    "nested_layouts_hold_a_bad_step",
    "nested_layouts_hold_whenever_batches_close",
    "placed",
    "posteriors_are_spread",
    "walks_go_as_far",
    "windows_hold_a_bad_step",
]

_ULP = Fraction(1, 10**6)


@checks(
    "structural-lemma",
    evidence=Evidence.EXHAUSTIVE,
    units=(
        (1, 1, 2, 2),
        (2, 1, 2, 1),
        (2, 2, 2, 2),
        (3, 2, 2, 1),
        (2, 1, 3, 1),
        (3, 1, 1, 2),
        (2, 1, 2, 3),
        (3, 3, 2, 2),
    ),
)
def windows_hold_a_bad_step(block: int, group: int, groups: int, shufflers: int) -> int:
    """Every family of batches of a window of s_k users has a bad step, wherever among the blocks it begins."""
    need = smallest_window(block=block, group=group, groups=groups, shufflers=shufflers)
    least = inductive_window(block=block, group=group, groups=groups, shufflers=shufflers)
    aligned = tight_window(block=block, groups=groups, shufflers=shufflers)
    if need > least or aligned > least:
        case = f"block {block}, group {group}, groups {groups}, shufflers {shufflers}"
        raise CheckFailedError(f"{case}: a window of {least} users is said to be enough; {need} are needed")
    return block


def _families(users: int, start: int = 1) -> Iterator[tuple[tuple[int, int], ...]]:
    """All closed batches of one shuffler: disjoint intervals."""
    yield ()
    for first in range(start, users + 1):
        for last in range(first, users + 1):
            for rest in _families(users, last + 1):
                yield ((first, last), *rest)


def placed(groups: int, shufflers: int, *, group: int, block: int) -> list[tuple[int, int, int]]:
    """Give the parts of the toolkit's layout their users: depth (-1 for a group), first and last."""
    row, user = [], 1
    for depth in nested.layout(groups, shufflers):
        size = group if depth is None else block
        row.append((-1 if depth is None else depth, user, user + size - 1))
        user += size
    return row


@checks(
    "nested-windows",
    evidence=Evidence.EXHAUSTIVE,
    units=((1, 1, 1, 1), (2, 1, 2, 1), (3, 1, 2, 2), (4, 1, 1, 2), (2, 2, 1, 1), (5, 1, 1, 1)),
)
@checks(
    "nested-windows",
    evidence=Evidence.EXHAUSTIVE,
    units=((5, 1, 1, 2), (2, 2, 2, 1)),
    deep=True,
)
def nested_layouts_hold_a_bad_step(groups: int, shufflers: int, group: int, block: int) -> int:
    """Every family of batches of a nested layout has a bad step, by its definition; users are counted right."""
    row = placed(groups, shufflers, group=group, block=block)
    users = row[-1][2]
    said = nested.nested_window(group=group, blocks=[(1, block)], groups=groups, shufflers=shufflers)
    if said != users or [depth for depth, _, _ in row] != plain.parts(groups, shufflers):
        raise CheckFailedError(f"{groups} groups, {shufflers} shufflers: {users} users, said to be {said}")
    cases = 0
    for family in combinations_with_replacement(list(_families(users)), shufflers):
        cases += 1
        if plain.bad_step([batch for run in family for batch in run], row, groups) is None:
            raise CheckFailedError(f"{groups} groups of {group}, blocks of {block}: no bad step for {family}")
    return cases


@checks("nested-windows", evidence=Evidence.EXHAUSTIVE, units=((3, 1, 2, 3), (2, 3, 1, 1), (5, 1, 1, 2)))
@checks("nested-windows", evidence=Evidence.EXHAUSTIVE, units=((3, 2, 1, 1), (3, 2, 1, 2)), deep=True)
def nested_layouts_hold_whenever_batches_close(groups: int, shufflers: int, group: int, block: int) -> int:
    """The same for all ways to close, where each batch opens with the user after the last closing.

    To open earlier makes a batch touch more, which neither uncovers a block nor separates groups.
    """
    row = placed(groups, shufflers, group=group, block=block)
    users = row[-1][2]
    runs = []
    for closings in product((False, True), repeat=users):
        ends = [0, *(user for user, closes in enumerate(closings, start=1) if closes)]
        runs.append([(before + 1, end) for before, end in pairwise(ends)])
    cases = 0
    for family in combinations_with_replacement(runs, shufflers):
        cases += 1
        if plain.bad_step([batch for run in family for batch in run], row, groups) is None:
            raise CheckFailedError(f"{groups} groups of {group}, blocks of {block}: no bad step for {family}")
    return cases


@checks("walk-maximum", evidence=Evidence.EXHAUSTIVE, units=tuple((steps,) for steps in range(1, 13)))
def walks_go_as_far(steps: int) -> int:
    """The mean of a walk's largest distance is not over-estimated, and not by more than 1/1000 under-estimated."""
    cases = list(
        product(
            (Fraction(i, 10) for i in range(1, 11)), (Fraction(0), Fraction(1), Fraction(7, 3), Fraction(6))
        )
    )
    for moves, last in cases:
        said = walk_maximum.expected_maximum(moves, steps, last=last, points=walk_maximum.FINE)
        exact = plain.walk_maximum(moves, steps, last)
        if not exact * Fraction(999, 1000) <= said <= exact:
            raise CheckFailedError(
                f"{steps} steps, moves {moves}, last {last}: {float(said)}, by following all states {float(exact)}"
            )
    return len(cases)


@checks(
    "posterior-spread",
    evidence=Evidence.EXHAUSTIVE,
    units=tuple((top, rate) for top in (1, 2, 3, 4, 6) for rate in ("1/4", "1", "5/2")),
)
def posteriors_are_spread(top: int, rate: str) -> int:
    """No extreme likelihood leaves less than the coin; for some one the coin could hardly move more often."""
    kappa = Fraction(rate)
    fall = _above(math.exp(-kappa))
    cases = 0
    for weights in _laws(top):
        for step in (Fraction(1, 2), Fraction(4, 5), Fraction(7, 5)):
            if 2 * step > top:
                continue
            moves = spread.certified_moves(weights, factor=kappa, step=step)
            least = Fraction(1)
            for likelihood in plain.extreme_likelihoods(top, fall):
                least = min(least, _most_moves(plain.posterior(weights, likelihood), step))
                cases += 1
            if not least - _ULP <= moves <= least:
                raise CheckFailedError(
                    f"weights {weights}, e^-{rate}, step {step}: moves {float(moves)}, but the least is {float(least)}"
                )
    return cases


@checks("lower-bound-theorem", evidence=Evidence.EXHAUSTIVE, units=((1, 1), (1, 2), (1, 3), (2, 1)))
@checks("lower-bound-theorem", evidence=Evidence.EXHAUSTIVE, units=((3, 1), (2, 2), (2, 3)), deep=True)
def best_estimates_err(top: int, groups: int) -> int:
    """With the best estimates for each choice of extreme posteriors, the mean largest error is at least the theorem's."""
    cases = 0
    for weights, rate in product(_laws(top), (Fraction(1, 2), Fraction(2))):
        fall = _above(math.exp(-rate))
        posteriors = [plain.posterior(weights, each) for each in plain.extreme_likelihoods(top, fall)]
        if groups > 2:
            posteriors = posteriors[:3]
        errors = [plain.least_mean_maximum(laws) for laws in product(posteriors, repeat=groups)]
        for step in (Fraction(1, 2), Fraction(1), Fraction(6, 5)):
            design = theorem.Design(
                groups=groups, stride=1, weights=weights, step=step, blocks=((1, 3), (2, 1))
            )
            moves = spread.certified_moves(weights, factor=rate, step=step)
            said = theorem.separated_error(design, moves=moves)
            if said > min(errors):
                raise CheckFailedError(
                    f"weights {weights}, epsilon {rate}, {groups} groups, step {step}: "
                    f"{float(said)} is claimed, but {float(min(errors))} is enough"
                )
            cases += len(errors)
            if groups <= 2:
                cases += _hidden_block_errs(design, groups, posteriors[:6], moves)
    return cases


def _hidden_block_errs(
    design: theorem.Design, depth: int, posteriors: list[list[Fraction]], moves: Fraction
) -> int:
    size = 3 if depth == 1 else 1
    bit = [Fraction(1, 2), *[Fraction(0)] * (size - 1), Fraction(1, 2)]
    said = theorem.hidden_error(design, depth, moves=moves)
    laws = list(product(posteriors, repeat=depth))
    for before in laws:
        least = plain.least_mean_maximum([*before, bit])
        if said > least:
            raise CheckFailedError(
                f"a hidden block of {size} behind {depth} groups, weights {design.weights}: "
                f"{float(said)} is claimed, {float(least)} is enough"
            )
    return len(laws)


@checks("lower-bound-theorem", evidence=Evidence.PROPERTY, units=((1,), (2,), (3,), (4,)))
def delta_takes_no_more(top: int) -> int:
    """Of random chains of laws, the part that breaks the ratio bound has at most the mass that is given away."""
    draw = random.Random(top)
    trials = 300
    for _ in range(trials):
        laws = _random_chain(draw, top)
        epsilon = draw.choice((Fraction(1, 10), Fraction(1, 2), Fraction(1)))
        alpha = math.exp(epsilon)
        delta = max(
            sum(max(a - alpha * b, 0.0) for a, b in zip(one, other, strict=True))
            for left, right in pairwise(laws)
            for one, other in ((left, right), (right, left))
        )
        weights = tuple(draw.randint(1, 9) for _ in range(top + 1))
        lost = 0.0
        for z, y in product(range(top + 1), range(len(laws[0]))):
            floor = min(laws[other][y] * alpha ** abs(z - other) for other in range(top + 1))
            lost += weights[z] / sum(weights) * (laws[z][y] - floor)
        design = theorem.Design(groups=1, stride=1, weights=weights, step=Fraction(1, 2), blocks=())
        said = theorem.lost_mass(design, places=1, epsilon=epsilon, delta=Fraction(delta))
        if lost > float(said) * (1 + 1e-9) + 1e-12:
            raise CheckFailedError(
                f"laws {laws}, epsilon {epsilon}: {lost} is lost, {float(said)} is given away"
            )
    return trials


def _random_chain(draw: random.Random, top: int) -> list[list[float]]:
    outcomes = draw.randint(2, 5)
    start = [draw.random() for _ in range(outcomes)]
    laws = [[value / sum(start) for value in start]]
    for _ in range(top):
        moved = [value * math.exp(draw.uniform(-1, 1)) * draw.choice((1, 1, 1, 0.01)) for value in laws[-1]]
        laws.append([value / sum(moved) for value in moved])
    return laws


def _laws(top: int) -> list[tuple[int, ...]]:
    flat, edges = (1,) * (top + 1), (2, *(1,) * (top - 1), 2)
    peaked = tuple(1 + min(z, top - z) for z in range(top + 1))
    skew = tuple(1 + z for z in range(top + 1))
    return list(dict.fromkeys((flat, edges, peaked, skew)))


def _most_moves(law: Sequence[Fraction], step: Fraction) -> Fraction:
    corners = [Fraction(half, 2) for half in range(2 * len(law)) if Fraction(half, 2) < step]
    return min(Fraction(1), *(plain.half_spread_stop_loss(law, c) / (step - c) for c in corners))


def _above(value: float) -> Fraction:
    return Fraction(math.nextafter(math.nextafter(value, math.inf), math.inf))

"""The best estimator for the mean of the largest error: a linear programme, solved in floats and certified in fractions.

An estimator gives a number for every transcript so far. The mean of its largest error is convex and piecewise linear in those
numbers, so its minimum is a linear programme. Floats find a solution and a dual solution; both are then made feasible and
valued in exact fractions, so that the true minimum lies between the two values whatever the solver did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from accounting.numerics.enclosure import Enclosure

from .transcripts import Tree

__all__ = ["best_largest_error"]

Floats = NDArray[np.float64]

ROUNDS = 400
PACE = 0.3
GRAIN = 2**20
"""Steps of the solver, their length, and where multipliers are rounded; they decide how wide the enclosure is, not whether it is one."""


@dataclass(frozen=True, slots=True)
class _Path:
    """One complete transcript with one input, its probability, and the (estimate, true sum) of each step."""

    probability: Fraction
    marks: tuple[tuple[int, int], ...]


def best_largest_error(tree: Tree) -> Enclosure:
    """Enclose the minimum of ``E[max_t |error_t|]`` over all estimators.

    Args:
        tree: the transcripts of a mechanism; some ten thousand pairs of input and transcript take seconds.

    Returns:
        Both ends are exact values: of an estimator above, of a dual solution below.
    """
    paths, estimates = _paths(tree)
    guess, duals = _solve(paths, estimates)
    return Enclosure(_value_below(paths, estimates, duals), _value_above(paths, guess))


def _paths(tree: Tree) -> tuple[list[_Path], int]:
    offsets = [0]
    for nodes in tree.steps[1:]:
        offsets.append(offsets[-1] + len(nodes))
    paths: list[_Path] = []
    last = len(tree.steps) - 1
    for leaf, node in enumerate(tree.steps[last]):
        line: list[int] = []
        index = leaf
        for step in range(last, 0, -1):
            line.append(offsets[step - 1] + index)
            index = tree.steps[step][index].parent
        line.reverse()
        for x, weight in enumerate(node.weights):
            if weight:
                marks = tuple((estimate, tree.sums[step + 1][x]) for step, estimate in enumerate(line))
                paths.append(_Path(Fraction(weight, node.norm * len(tree.inputs)), marks))
    return paths, offsets[-1]


def _solve(paths: Sequence[_Path], estimates: int) -> tuple[list[Fraction], list[tuple[Fraction, ...]]]:
    """Approximate estimates, and for each path the multipliers (above, below, above, ..) of its steps.

    The saddle point of ``sum_p P_p sum_t v_pt (e_h(p,t) - S_pt)``, ``sum_t |v_pt| <= 1``, by steps that alternate between
    multipliers and estimates (Chambolle and Pock), with means over the later half.
    """
    chances = np.array([float(path.probability) for path in paths])[:, None]
    nodes = np.array([[estimate for estimate, _ in path.marks] for path in paths])
    sums = np.array([[float(total) for _, total in path.marks] for path in paths])

    def per_node(values: Floats) -> Floats:
        return np.bincount(nodes.ravel(), (chances * values).ravel(), estimates).astype(np.float64)

    mass = per_node(np.ones_like(sums))
    guess = per_node(sums) / mass
    ahead, multipliers = guess, np.zeros_like(sums)
    guesses, all_multipliers = np.zeros_like(guess), np.zeros_like(sums)
    for turn in range(ROUNDS):
        multipliers = _shrunk(multipliers + PACE * (ahead[nodes] - sums))
        after = guess - per_node(multipliers) / (PACE * mass)
        ahead, guess = 2 * after - guess, after
        if 2 * turn >= ROUNDS:
            guesses += guess
            all_multipliers += multipliers
    kept = ROUNDS - (ROUNDS + 1) // 2
    found = [Fraction(float(value)).limit_denominator(10**6) for value in guesses / kept]
    whole = np.rint(all_multipliers / kept * GRAIN).astype(np.int64)
    duals = [
        tuple(
            path.probability * Fraction(max(sign * int(value), 0), GRAIN) for value in row for sign in (1, -1)
        )
        for path, row in zip(paths, whole, strict=True)
    ]
    return found, duals


def _shrunk(rows: Floats) -> Floats:
    """Replace each row by the nearest one whose absolute values sum to at most 1."""
    sizes = np.abs(rows)
    wide = sizes.sum(axis=1) > 1
    falling = -np.sort(-sizes[wide], axis=1)
    excess = np.cumsum(falling, axis=1) - 1
    kept = (falling > excess / np.arange(1, rows.shape[1] + 1)).sum(axis=1)
    cut = excess[np.arange(len(kept)), kept - 1] / kept
    shrunk = rows.copy()
    shrunk[wide] = np.sign(rows[wide]) * np.maximum(sizes[wide] - cut[:, None], 0)
    return shrunk


def _value_above(paths: Sequence[_Path], guess: Sequence[Fraction]) -> Fraction:
    return sum(
        (
            path.probability * max(abs(guess[estimate] - total) for estimate, total in path.marks)
            for path in paths
        ),
        Fraction(0),
    )


def _value_below(paths: Sequence[_Path], estimates: int, duals: Sequence[tuple[Fraction, ...]]) -> Fraction:
    """Make the multipliers feasible and return what they prove.

    Multipliers ``a, b >= 0`` of ``z >= e - S`` and ``z >= S - e`` prove ``E z >= sum (b - a) S`` when those of one path sum to
    at most its probability, and those of one estimate balance, ``sum a = sum b``. Shrinking makes both true.
    """
    shrunk = []
    for path, own in zip(paths, duals, strict=True):
        total = sum(own, Fraction(0))
        shrunk.append(
            tuple(value * path.probability / total for value in own) if total > path.probability else own
        )
    above = [Fraction(0)] * estimates
    below = [Fraction(0)] * estimates
    for path, own in zip(paths, shrunk, strict=True):
        for step, (estimate, _) in enumerate(path.marks):
            above[estimate] += own[2 * step]
            below[estimate] += own[2 * step + 1]
    value = Fraction(0)
    for path, own in zip(paths, shrunk, strict=True):
        for step, (estimate, truth) in enumerate(path.marks):
            common = min(above[estimate], below[estimate])
            if common:
                down = own[2 * step + 1] * common / below[estimate]
                up = own[2 * step] * common / above[estimate]
                value += (down - up) * truth
    return value

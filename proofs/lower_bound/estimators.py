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

from accounting.numerics.enclosure import Enclosure

from .transcripts import Tree

__all__ = ["best_largest_error"]


@dataclass(frozen=True, slots=True)
class _Path:
    """One complete transcript with one input, its probability, and the (estimate, true sum) of each step."""

    probability: Fraction
    marks: tuple[tuple[int, int], ...]


def best_largest_error(tree: Tree) -> Enclosure:
    """Enclose the minimum of ``E[max_t |error_t|]`` over all estimators.

    It needs scipy.

    Args:
        tree: the transcripts of a mechanism; at most some ten thousand pairs of input and transcript are practical.

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
    """Return estimates, and for each path the duals (above, below, above, ..) of its steps."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix

    steps = len(paths[0].marks)
    rows, columns, entries, right = [], [], [], []
    row = 0
    for number, path in enumerate(paths):
        for estimate, total in path.marks:
            for sign in (1.0, -1.0):  # sign * (estimate - total) <= z
                rows += [row, row]
                columns += [estimate, estimates + number]
                entries += [sign, -1.0]
                right.append(sign * total)
                row += 1
    matrix = coo_matrix((entries, (rows, columns)), shape=(row, estimates + len(paths))).tocsr()
    cost = np.concatenate([np.zeros(estimates), [float(path.probability) for path in paths]])
    found = linprog(cost, A_ub=matrix, b_ub=right, bounds=(0, steps), method="highs")
    if found.status != 0:
        raise ArithmeticError(f"the solver stopped with: {found.message}")
    guess = [Fraction(float(value)).limit_denominator(10**6) for value in found.x[:estimates]]
    multipliers = [max(Fraction(0), Fraction(-float(value))) for value in found.ineqlin.marginals]
    width = 2 * steps
    return guess, [tuple(multipliers[width * i : width * (i + 1)]) for i in range(len(paths))]


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

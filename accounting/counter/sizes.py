"""The search for batch sizes and noise, in floats: nothing rests on it but how good a plan is.

k counts with noise variances v_j cost about as much as one Gaussian mechanism with ``1/v = sum_j 1/v_j``. The search descends along
the smallest batch and the ratios of batch sizes, with the split of the budget that is best for plain sums, and then along the split.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

from ..model import Budget
from .tree import Estimator

__all__ = ["MOST_SHUFFLERS", "Objective", "Task", "best", "gaussian_variance", "sized"]

_Number = TypeVar("_Number", int, float)

MOST_SHUFFLERS = 50
_MOVES = (0.5, 0.7, 0.85, 0.93, 1.08, 1.2, 1.5, 2.0)
_MOST_NOISE = 1000.0  # times an equal share's: a level that helps so little costs hardly any budget, and more takes bits without end
_WORSE = 3  # numbers of shufflers in a row that make the error larger, after which no more are tried


class Objective(StrEnum):
    """What a plan makes small."""

    MAXIMUM = "maximum"
    RMS = "rms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What the search makes small.

    Attributes:
        users: the horizon.
        budget: of a user.
        objective: what is to be small.
        estimator: how counts become estimates.
        log_failure: the logarithm of half the chance that the bound on the largest error may fail.
        gaussian: the variance of one Gaussian count that fits the budget.
    """

    users: int
    budget: Budget
    objective: Objective
    estimator: Estimator
    log_failure: float
    gaussian: float

    def error(self, sizes: Sequence[int], variances: Sequence[float]) -> float:
        """Return about what is to be made small, for batch sizes and noise variances of a batch."""
        counts = [above // below - 1 for below, above in pairwise(sizes)]
        counts.append(self.users // sizes[-1])
        nodes = self._nodes(sizes, variances)
        if self.objective is Objective.RMS:
            mean = sum(0.5 * count * v for count, v in zip(counts, nodes, strict=True))
            return math.sqrt(mean + (sizes[0] - 1) * (2 * sizes[0] - 1) / 24.0)
        return 0.5 * (sizes[0] - 1) + _largest(counts, nodes, self.log_failure)

    def split(self, sizes: Sequence[int]) -> tuple[float, ...]:
        """Return noise variances that fit the budget and, for the plain estimator, make the error small."""
        counts = [above / below - 1.0 for below, above in pairwise(sizes)]
        counts.append(max(self.users / sizes[-1], 0.5))
        roots = [math.sqrt(count) for count in counts]
        return tuple(self.gaussian * sum(roots) / root for root in roots)

    def fitted(self, variances: Sequence[float]) -> tuple[float, ...]:
        """Scale noise variances so that they fit the budget."""
        scale = self.gaussian * sum(1.0 / v for v in variances)
        return tuple(v * scale for v in variances)

    def _nodes(self, sizes: Sequence[int], variances: Sequence[float]) -> list[float]:
        if self.estimator is Estimator.PLAIN:
            return list(variances)
        nodes = [variances[0]]
        for place, own in enumerate(variances[1:], 1):
            parts = nodes[-1] * (sizes[place] // sizes[place - 1])
            nodes.append(own * parts / (own + parts))
        return nodes


def best(task: Task) -> tuple[list[int], tuple[float, ...]]:
    """Try 1, 2, .. shufflers until more of them make the error larger."""
    found: list[tuple[float, list[int], tuple[float, ...]]] = []
    for count in range(1, min(MOST_SHUFFLERS, max(1, int(math.log2(task.users)))) + 1):
        sizes, variances = sized(task, count)
        found.append((task.error(sizes, variances), sizes, variances))
        best = min(range(len(found)), key=lambda place: found[place][0])
        if len(found) - 1 - best >= _WORSE:
            break
    _, sizes, variances = min(found, key=lambda entry: entry[0])
    return sizes, variances


def sized(task: Task, count: int) -> tuple[list[int], tuple[float, ...]]:
    """Descend along one smallest batch and the ratios, then along the noise."""
    ratio = max(2.0, (task.users / math.sqrt(task.gaussian * count)) ** (2.0 / (2 * count + 1)))
    parts = [max(2, round(task.users / ratio**count)), *[round(ratio)] * (count - 1)]

    def error(parts: list[int]) -> float:
        sizes = _products(parts)
        return task.error(sizes, task.split(sizes))

    parts = _descended(parts, error, lambda part, move: max(2, round(part * move)))
    sizes = _products(parts)
    variances = list(task.split(sizes))
    most = max(*variances, _MOST_NOISE * count * task.gaussian)
    variances = _descended(variances, lambda v: task.error(sizes, task.fitted(v)), lambda v, move: v * move)
    return sizes, tuple(min(v, most) for v in task.fitted(variances))


def _descended(
    values: list[_Number], error: Callable[[list[_Number]], float], moved: Callable[[_Number, float], _Number]
) -> list[_Number]:
    """Change one entry at a time while that makes the error smaller."""
    best, improved = error(values), True
    while improved:
        improved = False
        for trial in _neighbours(values, moved):
            if (found := error(trial)) < best * (1.0 - 1e-6):
                values, best, improved = trial, found, True
    return values


def _neighbours(values: list[_Number], moved: Callable[[_Number, float], _Number]) -> Iterator[list[_Number]]:
    for place in range(len(values)):
        for move in _MOVES:
            trial = list(values)
            trial[place] = moved(trial[place], move)
            yield trial
    for place, other in pairwise(
        range(len(values))
    ):  # a batch size in the middle: one ratio up, the next one down
        for move in _MOVES:
            trial = list(values)
            trial[place], trial[other] = moved(trial[place], move), moved(trial[other], 1.0 / move)
            yield trial


def _products(parts: Sequence[int]) -> list[int]:
    sizes = [parts[0]]
    for part in parts[1:]:
        sizes.append(sizes[-1] * part)
    return sizes


def _largest(counts: Sequence[int], variances: Sequence[float], log_failure: float) -> float:
    """Return about what `ErrorLaw.bound` would say of normal noise."""
    total = sum(count * v for count, v in zip(counts, variances, strict=True))
    if total <= 0.0:
        return 0.0
    best, s = math.inf, math.sqrt(-2.0 * log_failure / total)
    for _ in range(24):
        found = -log_failure
        for place, (count, v) in enumerate(zip(counts, variances, strict=True)):
            cumulant = 0.5 * v * s * s
            if place == 0 or count == 0:
                found += count * cumulant
            elif cumulant * (count + 1) > 500.0:
                return min(best, found / s)
            else:
                found += math.log(math.expm1((count + 1) * cumulant) / math.expm1(cumulant))
        if found / s >= best:
            break
        best, s = found / s, s * 1.07
    return best


def gaussian_variance(epsilon: float, delta: float) -> float:
    """Return the variance with which a Gaussian count of sensitivity 1 is (epsilon, delta)-DP."""

    def lost(sigma: float) -> float:
        first = 0.5 * math.erfc((epsilon * sigma - 0.5 / sigma) / math.sqrt(2.0))
        second = 0.5 * math.erfc((epsilon * sigma + 0.5 / sigma) / math.sqrt(2.0))
        return first - math.exp(min(epsilon, 700.0)) * second

    low, high = 1e-6, 1e9
    for _ in range(200):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if lost(middle) > delta else (low, middle)
    return high * high

"""A search for a good design: any design gives a valid bound, so floats are enough to choose one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from .priors import Prior, priors, sharpened
from .theorem import Design
from .tight_window import largest_groups, tight_blocks

__all__ = ["find_design", "smallest_window"]

Floats = npt.NDArray[np.float64]

_GRID = 300
_FINE = 60
_STEEPEST = 40
"""A stride whose likelihood ratio is e^x with a larger x leaves less than a single user does."""

_DENOMINATOR = 10**6
_LEADING = 3
_FEW_GROUPS = 4


def smallest_window(shufflers: int) -> int:
    """Return the fewest users for which two groups can be separated: blocks of one user, k + 2 of them."""
    return tight_blocks(groups=2, shufflers=shufflers)


def find_design(*, users: int, shufflers: int, epsilon: Fraction, delta: Fraction) -> Design | None:
    """Return a design whose window fits among the users and whose bound is large; None when there is none.

    Args:
        users: users in all, at least the smallest window.
        shufflers: shufflers that work at the same time, from 1 on.
        epsilon: in nats, at least 0.
        delta: a probability.
    """
    counts = _group_counts(users, shufflers)
    blocks = [tight_blocks(groups=count, shufflers=shufflers) for count in counts]
    choice = _Choice(users, shufflers, float(epsilon), float(delta))
    found: dict[
        tuple[int, int], tuple[float, int, Prior]
    ] = {}  # the best for each stride and number of values
    for stride, prior in _candidates(users, epsilon, delta):
        key = stride, len(prior.weights)
        error, at = choice.best(counts, blocks, stride, prior)
        if error > 0 and (key not in found or error > found[key][0]):
            found[key] = error, at, prior
    if not found:
        return None
    leading = sorted(found, key=lambda each: found[each][0], reverse=True)[:_LEADING]
    for stride, values in leading:
        _, at, prior = found[stride, values]
        if counts[at] > _FEW_GROUPS:
            climbed = sharpened(prior, float(stride * epsilon))
            error, at = choice.best(counts, blocks, stride, climbed)
            if error > found[stride, values][0]:
                found[stride, values] = error, at, climbed
    stride, values = max(found, key=lambda each: found[each][0])
    _, at, prior = found[stride, values]
    count = choice.refined(counts, at, stride, prior)
    step = Fraction(round(prior.step * _DENOMINATOR), _DENOMINATOR)
    group = stride * (len(prior.weights) - 1)
    block = group if count == 1 else users // tight_blocks(groups=count, shufflers=shufflers)
    return Design(block=block, groups=count, stride=stride, weights=prior.weights, step=step)


def _group_counts(users: int, shufflers: int) -> list[int]:
    most = largest_groups(users, block=1, shufflers=shufflers)
    return sorted({round(most ** (i / (_GRID - 1))) for i in range(_GRID)})


def _candidates(users: int, epsilon: Fraction, delta: Fraction) -> Iterator[tuple[int, Prior]]:
    tried: set[int] = set()
    first = math.ceil(Fraction(1, 2) / epsilon) if 2 * users * epsilon > 1 else users
    lossy = min(first, math.ceil(1 / (2 * delta))) if delta > 0 else first  # where delta takes half
    for wanted in (first, lossy, 2 * first, *(lossy // part for part in (2, 4, 8, 32, 128))):
        stride = min(wanted, users)
        if stride < 1 or stride in tried:
            continue
        tried.add(stride)
        if stride * epsilon > _STEEPEST and stride > 1:
            continue
        for prior in priors(float(stride * epsilon)):
            top = len(prior.weights) - 1
            if stride * top <= users:
                yield stride, prior


class _Choice:
    """What a design is worth, in floats."""

    def __init__(self, users: int, shufflers: int, epsilon: float, delta: float) -> None:
        self.users = users
        self.shufflers = shufflers
        self.epsilon = epsilon
        self.delta = delta

    def errors(self, counts: list[int], blocks: list[int], stride: int, prior: Prior) -> Floats:
        number = np.array(counts, dtype=np.float64)
        block = np.array([self.users // each for each in blocks], dtype=np.float64)
        group = stride * (len(prior.weights) - 1)
        separated = stride * prior.step * _walk(prior.moves, number)
        hidden = (block - group) / 2 + stride * prior.half_spread / 2
        error: Floats = np.where(number == 1, separated, np.minimum(separated, hidden))
        error = np.where((block >= group), error, 0.0)
        return error * np.maximum(1 - self._lost(stride, prior) * np.array(blocks, dtype=np.float64), 0.0)

    def best(self, counts: list[int], blocks: list[int], stride: int, prior: Prior) -> tuple[float, int]:
        errors = self.errors(counts, blocks, stride, prior)
        at = int(errors.argmax())
        return float(errors[at]), at

    def refined(self, counts: list[int], at: int, stride: int, prior: Prior) -> int:
        """Look between the neighbours of a grid point, more and more closely."""
        low, high = counts[max(at - 1, 0)], counts[min(at + 1, len(counts) - 1)]
        while True:
            between = sorted({low + (high - low) * i // _FINE for i in range(_FINE + 1)})
            blocks = [tight_blocks(groups=count, shufflers=self.shufflers) for count in between]
            best = int(self.errors(between, blocks, stride, prior).argmax())
            if high - low <= _FINE:
                return between[best]
            low, high = between[max(best - 1, 0)], between[min(best + 1, len(between) - 1)]

    def _lost(self, stride: int, prior: Prior) -> float:
        if self.delta == 0:
            return 0.0
        top, total = len(prior.weights) - 1, sum(prior.weights)
        return self.delta * sum(
            weight * (self._group(stride * z) + self._group(stride * (top - z))) / total
            for z, weight in enumerate(prior.weights)
        )

    def _group(self, users: int) -> float:
        if self.epsilon == 0:
            return float(users)
        if users * self.epsilon > 600:
            return math.inf
        return math.expm1(users * self.epsilon) / math.expm1(self.epsilon)


def _walk(moves: float, steps: Floats) -> Floats:
    """Guess the mean of the largest distance: that of Brownian motion less half a step, for few moves fewer."""
    variance = moves * steps
    guess: Floats = np.sqrt(math.pi * variance / 2) - 0.49 * -np.expm1(-2.2 * np.sqrt(variance))
    return np.where(steps == 1, moves, np.minimum(guess, variance))

"""A search for a good design: any design gives a valid bound, so floats are enough to choose one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from .nested import blocks_of, group_places
from .priors import Prior, priors, sharpened
from .theorem import Design
from .walk_floats import PROFILE, last_move_for, mean_maximum, rough_mean
from .walk_maximum import FINE

__all__ = ["find_design", "smallest_window"]

Floats = npt.NDArray[np.float64]

_GRID = 240
_STEEPEST = 40
"""A stride whose likelihood ratio is e^x with a larger x leaves less than a single user does."""

_DENOMINATOR = 10**6
_LEADING = 5
_FEW_GROUPS = 4
_SIZES = 10
_ROUNDS = 6


def smallest_window(shufflers: int) -> int:
    """Return the fewest users for which two groups can be separated: groups of one user, k + 2 of them."""
    return group_places(2, shufflers)


def find_design(*, users: int, shufflers: int, epsilon: Fraction, delta: Fraction) -> Design | None:
    """Return a design whose window fits among the users and whose bound is large; None when there is none.

    Args:
        users: users in all, at least the smallest window.
        shufflers: shufflers that work at the same time, from 1 on.
        epsilon: in nats, at least 0.
        delta: a probability.
    """
    search = _Search(users, shufflers, float(epsilon), float(delta))
    found: dict[
        tuple[int, int], tuple[float, int, Prior]
    ] = {}  # the best for each stride and number of values
    for stride, prior in _candidates(users, epsilon, delta):
        key = stride, len(prior.weights)
        error, count = search.best(stride, prior)
        if error > 0 and (key not in found or error > found[key][0]):
            found[key] = error, count, prior
    if not found:
        return None
    leading = sorted(found, key=lambda each: found[each][0], reverse=True)[:_LEADING]
    closer: list[tuple[float, int, int, Prior]] = []
    for stride, values in leading:
        _, count, prior = found[stride, values]
        closer.append((search.error(count, stride, prior), count, stride, prior))
        if count > _FEW_GROUPS:
            climbed = sharpened(prior, float(stride * epsilon))
            _, count = search.best(stride, climbed)
            closer.append((search.error(count, stride, climbed), count, stride, climbed))
    _, count, stride, prior = max(closer, key=lambda each: each[0])
    return search.fitted(count, stride, prior)


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


class _Search:
    """What a design is worth, in floats, for one setting."""

    def __init__(self, users: int, shufflers: int, epsilon: float, delta: float) -> None:
        self.users = users
        self.shufflers = shufflers
        self.epsilon = epsilon
        self.delta = delta
        self.counts = _counts(users, shufflers)
        self.numbers: Floats = np.array(self.counts, dtype=np.float64)
        self.places: Floats = np.array(
            [group_places(each, shufflers) for each in self.counts], dtype=np.float64
        )
        self.profiles: Floats = np.array(
            [_profile(each, shufflers) for each in self.counts], dtype=np.float64
        )

    def best(self, stride: int, prior: Prior) -> tuple[float, int]:
        """Return the largest error over numbers of groups, and that number: blocks follow the profile."""
        group = stride * (len(prior.weights) - 1)
        error: Floats = stride * prior.step * rough_mean(prior.moves, self.numbers)
        fits = group * self.places + 2 * error * self.profiles <= self.users
        error = error * np.maximum(1 - self._lost(stride, prior) * self.places, 0.0)
        at = int(np.where(fits, error, 0.0).argmax())
        return (float(error[at]) if fits[at] else 0.0), self.counts[at]

    def error(self, count: int, stride: int, prior: Prior) -> float:
        """Return what that many groups cost, more closely than `best` does."""
        lost = self._lost(stride, prior) * group_places(count, self.shufflers)
        return stride * prior.step * mean_maximum(prior.moves, count, points=FINE) * (1 - lost)

    def fitted(self, count: int, stride: int, prior: Prior) -> Design | None:
        """Return the design with nearly the most groups around a number for which its window fits."""
        most = count if self.delta > 0 else self.counts[-1]
        best: Design | None = None
        too_many = most + 1
        for _ in range(_ROUNDS):
            design = self._design(count, stride, prior)
            window = design.window(self.shufflers)
            if window <= self.users:
                if best is None or design.groups > best.groups:
                    best = design
            else:
                too_many = min(too_many, count)
            factor = (self.users / window) ** (1 / (self.shufflers + 0.5))
            wanted = math.floor(count * factor) if factor > 1 else min(count - 1, math.floor(count * factor))
            count = max(1, min(wanted, too_many - 1))
            if best is not None and count <= best.groups:
                if best.groups + 1 >= too_many:
                    break
                count = best.groups + max(1, (too_many - best.groups) // 2 if too_many <= most else 1)
        return best if best is not None else self._design(1, stride, prior)

    def _design(self, count: int, stride: int, prior: Prior) -> Design:
        unit = stride * prior.step
        mean = mean_maximum(prior.moves, count, points=FINE)
        blocks: list[tuple[int, int]] = []
        for depth in _depths(count):
            guess = mean * float(np.interp(depth / count * 24, np.arange(25), PROFILE))
            last = last_move_for(prior.moves, depth, mean, guess)
            blocks.append((depth, max(1, math.ceil(2 * unit * last))))
        return Design(
            groups=count,
            stride=stride,
            weights=prior.weights,
            step=Fraction(round(prior.step * _DENOMINATOR), _DENOMINATOR),
            blocks=tuple(blocks),
        )

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


def _counts(users: int, shufflers: int) -> list[int]:
    """Return numbers of groups, dense where they are small; the largest one that fits with groups of one user."""
    few, many = 1, 2
    while group_places(many, shufflers) <= users:
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if group_places(middle, shufflers) <= users else (few, middle)
    return sorted({round(few ** (i / (_GRID - 1))) for i in range(_GRID)})


def _depths(count: int) -> list[int]:
    """Return depths at which the size of blocks changes: all of them, or some, closer where sizes fall quickly."""
    if count - 2 <= _SIZES:
        return list(range(1, count - 1))
    return sorted({1, *(max(1, round(count * (1 - (1 - i / _SIZES) ** 1.5))) for i in range(_SIZES))})


def _profile(count: int, shufflers: int) -> float:
    """Add up the last moves of all blocks, in units of the error."""
    depths = _depths(count)
    moves = np.interp([24 * depth / count for depth in depths], np.arange(25), PROFILE)
    return sum(
        float(move) * blocks_of(depth, after, shufflers)
        for move, depth, after in zip(moves, depths, [*depths[1:], count - 1], strict=False)
    )

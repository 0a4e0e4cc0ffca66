"""Many arrivals in one sweep: the same law as message by message, with counts in place of messages.

A batch's noise bits are drawn as one binomial count. Batches close as soon as they are large enough, so that after its first closing each level
closes at regular steps, and every quantity is an array.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..randomizers import BinomialCount
from .checkpoint import Runs, State
from .plan import Plan
from .roles import UNIT
from .sources import BitSource
from .tree import Estimator, noise_variance

__all__ = ["swept"]

_Floats = NDArray[np.float64]
_Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Closed:
    """The closings of one level during a sweep.

    Attributes:
        ends: arrivals of the sweep, from 1 on, at which a batch closes; shape (closings,).
        first: the first arrival of each closed batch, over all arrivals.
        counts: released counts of ones.
        reports: users whose messages each batch held.
        rest: first arrival, reports and ones of the batch that stays open.
    """

    ends: _Integers
    first: _Integers
    counts: _Integers
    reports: _Integers
    rest: tuple[int, int, int]


def swept(
    plan: Plan, estimator: Estimator, state: State, units: NDArray[np.uint64], source: BitSource
) -> tuple[State, Runs, _Floats]:
    """Take arrivals, and return the state after them, the batches that closed, and the estimate after each.

    Args:
        plan: batch sizes and noise.
        estimator: how counts become estimates.
        state: before the arrivals.
        units: their values in units of 1/UNIT; shape (users,), at least one.
        source: of bits.
    """
    count = len(units)
    possible = np.arange(1, count + 1)
    levels: list[_Closed] = []
    for level, batch in zip(plan.levels, state.batches, strict=True):
        ends = _regular(possible, level.batch, batch[1])
        levels.append(_closed(level.randomizer, units, ends, batch, state.arrivals, source))
        possible = ends
    sums, tree = _sums(plan, estimator, state, levels)
    lowest = levels[0].ends
    place = np.searchsorted(lowest, np.arange(1, count + 1), side="right")
    covered = np.concatenate([[state.covered], state.arrivals + lowest])
    hidden = state.arrivals + np.arange(1, count + 1) - covered[place]
    after = State(
        arrivals=state.arrivals + count,
        covered=int(covered[-1]),
        batches=tuple(closed.rest for closed in levels),
        tree=tree,
    )
    return after, _runs(levels, state.arrivals), sums[place] + 0.5 * hidden


def _regular(possible: _Integers, batch: int, reports: int) -> _Integers:
    """Return the arrivals at which a level closes: the first one of those possible that is large enough, then every batch."""
    ready = np.searchsorted(possible, batch - reports)
    if ready == len(possible):
        return possible[:0]
    return np.arange(possible[ready], possible[-1] + 1, batch)


def _closed(
    randomizer: BinomialCount,
    units: NDArray[np.uint64],
    ends: _Integers,
    batch: tuple[int, int, int],
    before: int,
    source: BitSource,
) -> _Closed:
    first, reports, ones = batch
    running = np.concatenate([[0], np.cumsum(_rounded(units, randomizer.levels, source))])
    marks = np.concatenate([[0], ends, [len(units)]])
    fresh = np.diff(running[marks])  # of each closed batch, and of the one that stays open
    users = np.diff(marks)
    fresh = fresh + _noise(randomizer, users, source)
    fresh[0] += ones
    users[0] += reports
    starts = np.concatenate([[first], before + ends + 1])
    return _Closed(
        ends=ends,
        first=starts[:-1],
        counts=fresh[:-1],
        reports=users[:-1],
        rest=(int(starts[-1]), int(users[-1]), int(fresh[-1])),
    )


def _rounded(units: NDArray[np.uint64], levels: int, source: BitSource) -> _Integers:
    scaled = units * np.uint64(levels)
    counted = (scaled // np.uint64(UNIT)).astype(np.int64)
    rest = scaled % np.uint64(UNIT)
    between = np.flatnonzero(rest)
    counted[between] += source.uniform_words(len(between), 32) < rest[between]
    return counted


def _noise(randomizer: BinomialCount, users: _Integers, source: BitSource) -> _Integers:
    """Draw the noise of each run of users; all but the first and the last run are alike."""
    found = np.empty(len(users), dtype=np.int64)
    trials = users * randomizer.bits
    ends = {0, len(users) - 1}
    for place in ends:
        found[place] = source.binomials(int(trials[place]), randomizer.p, 1)[0]
    if len(users) > 2:
        found[1:-1] = source.binomials(int(trials[1]), randomizer.p, len(users) - 2)
    return found


def _sums(
    plan: Plan, estimator: Estimator, state: State, levels: list[_Closed]
) -> tuple[_Floats, tuple[tuple[float, float], ...]]:
    """Return the estimate of the past before the sweep and after each closing of level 1, and the tree at the end."""
    lowest = levels[0].ends
    past = np.zeros(len(lowest) + 1)
    tree: list[tuple[float, float]] = []
    below_value = below_variance = np.empty(0)
    taken = np.empty(0, dtype=np.int64)
    for place, (level, closed, carried) in enumerate(zip(plan.levels, levels, state.tree, strict=True)):
        value, variance = _own(level.randomizer, closed, state.arrivals)
        if place > 0 and estimator is Estimator.LEAST_SQUARES:
            parts = [np.diff(of[taken], prepend=0.0) for of in (below_value, below_variance)]
            weight = variance + parts[1]
            value = (value * parts[1] + parts[0] * variance) / weight
            variance = variance * parts[1] / weight
        running = [
            np.cumsum(np.concatenate([[start], of]))
            for start, of in zip(carried, (value, variance), strict=True)
        ]
        closings = np.searchsorted(closed.ends, np.concatenate([[0], lowest]), side="right")
        past += running[0][closings]
        above = levels[place + 1].ends if place + 1 < len(levels) else lowest[:0]
        taken = np.searchsorted(closed.ends, above, side="right")
        if len(above):  # what a batch of the next level holds is no longer open to the top
            gone = np.concatenate([[0.0], running[0][taken]])
            past -= gone[np.searchsorted(above, np.concatenate([[0], lowest]), side="right")]
            tree.append(
                (float(running[0][-1] - running[0][taken[-1]]), float(running[1][-1] - running[1][taken[-1]]))
            )
        else:
            tree.append((float(running[0][-1]), float(running[1][-1])))
        below_value, below_variance = running
    return past, tuple(tree)


def _own(randomizer: BinomialCount, closed: _Closed, before: int) -> tuple[_Floats, _Floats]:
    """Return the estimates that released counts give by themselves, and their variances, as in ``tree``."""
    noise = closed.reports * (randomizer.bits * randomizer.p.numerator / randomizer.p.denominator)
    arrivals = before + closed.ends - closed.first + 1
    value = (closed.counts - noise) / randomizer.levels + 0.5 * (arrivals - closed.reports)
    variance = closed.reports * noise_variance(randomizer, 1)
    return value.astype(np.float64), variance.astype(np.float64)


def _runs(levels: list[_Closed], before: int) -> Runs:
    """Return the closed batches in the order in which they close, the lower levels first."""
    rows = [
        np.column_stack([np.full(len(closed.ends), place), closed.first, before + closed.ends])
        for place, closed in enumerate(levels, 1)
    ]
    runs = np.concatenate(rows)
    return runs[np.lexsort((runs[:, 0], runs[:, 2]))]

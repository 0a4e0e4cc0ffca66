"""Shuffled binary randomized response for at most a few thousand users: every data set, in floats with a bound.

All sums are over nonnegative terms, so a relative error of a few roundings per step is all that floats
can do; it is added at the end. Statement: binary-table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..claims import relies_on

__all__ = ["TableWorst", "worst_by_table"]

_UNIT = 2.0**-53
_SUBNORMAL = 1e-295
_FLUSHED = 1e-280  # more than all that flushing and underflow can take


@dataclass(frozen=True, slots=True)
class TableWorst:
    """Bounds for ``max F(m, t)`` over all data sets, and where the lower one is attained."""

    lower: float
    upper: float
    ones: int
    threshold: int


@lru_cache(maxsize=4)
def _tables(total: int, keep: float, lie: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tabulate the laws of Bin(m, keep), m = 0 .. total, and their cumulative sums, shape (total+1, total+1).

    By Pascal's rule each entry takes at most 4 total roundings, the cumulative sums as many more.
    """
    law = np.zeros((total + 1, total + 1))
    law[0, 0] = 1.0
    for m in range(total):
        law[m + 1, : m + 2] = law[m, : m + 2] * lie
        law[m + 1, 1 : m + 2] += law[m, : m + 1] * keep
        law[m + 1][law[m + 1] < _SUBNORMAL] = 0.0  # slow to compute with, and covered by _FLUSHED
    cumulative = np.cumsum(law, axis=1)
    law.setflags(write=False)
    cumulative.setflags(write=False)
    return law, cumulative


@relies_on("binary-table", "binary-threshold")
def worst_by_table(
    total: int, keep: float, lie: float, gains: Sequence[float], losses: Sequence[float]
) -> list[TableWorst | None]:
    """Bound the largest ``F(m, t) = gain P(Z >= t - 1) - loss P(Z >= t)`` over all m and t, for several alphas.

    Z = Bin(m, keep) + Bin(total - m, lie). All floats are off by at most one rounding of the exact numbers.

    Args:
        total: n - 1, the number of other users.
        keep: P(report = value), above 1/2.
        lie: 1 - keep.
        gains: ``1 - p - alpha p`` for each alpha >= 1, with p = lie; positive.
        losses: ``alpha (1 - p) - p`` for each alpha.

    Returns:
        For each alpha bounds, or None when for some m the best threshold was not found with certainty.
    """
    law, cumulative = _tables(total, keep, lie)
    gain, loss = np.array(gains)[:, None], np.array(losses)[:, None]
    ratios = np.clip(loss / gain, 1e-200, 1e200)  # F peaks near the mean of Z tilted by this factor
    lower, upper = np.zeros(len(gains)), np.zeros(len(gains))
    where: list[tuple[int, int]] = [(0, 1)] * len(gains)
    for m in range(total + 1):
        tilted = m * keep / (keep + lie / ratios) + (total - m) * lie / (lie + keep / ratios)
        low, high = int(tilted.min()), int(tilted.max()) + 1
        for span in (3, 9, 27):
            found = _one_data_set(law, cumulative, m, (low - span, high + span), gain, loss)
            if found[3].all():
                break
        least, most, thresholds, certain = found
        if not certain.all():
            most = np.where(certain, most, _far_bound(law, cumulative, m, low, gain, loss))
        upper = np.maximum(upper, most)
        for i in np.flatnonzero(least > lower):
            lower[i], where[i] = least[i], (m, int(thresholds[i]))
    return [
        TableWorst(float(lower[i]), float(upper[i]), *where[i]) if np.isfinite(upper[i]) else None
        for i in range(len(gains))
    ]


def _one_data_set(
    law: NDArray[np.float64],
    cumulative: NDArray[np.float64],
    m: int,
    span: tuple[int, int],
    gain: NDArray[np.float64],
    loss: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]]:
    """Bound max_t F(m, t) by the thresholds of a span, for each alpha.

    Returns:
        Lower bounds, upper bounds, thresholds that attain the lower ones, and whether F certainly rises up to
        the span and falls after it: its difference changes sign once, so then the span holds the maximum.
    """
    total = len(law) - 1
    relative = (16.0 * total + 64.0) * _UNIT
    first, last = max(1, min(span[0], total + 1)), max(1, min(span[1], total + 1))
    mass = _masses(law, m, total - m, first - 2, last)  # P(Z = first - 2) .. P(Z = last)
    before, at = mass[[0, -2]], mass[[1, -1]]
    falls = gain * before - loss * at  # F(t) - F(t + 1) at t = first - 1 and at t = last
    slack = relative * (gain * before + loss * at) + _FLUSHED
    certain = (falls[:, 0] <= -slack[:, 0]) | (first == 1)
    certain &= (falls[:, 1] >= slack[:, 1]) | (last == total + 1)
    beyond = _tail(law, cumulative, m, total - m, last)
    tails = np.cumsum(np.concatenate(([beyond], mass[-2:0:-1])))[::-1]  # P(Z >= first - 1) .. P(Z >= last)
    values = gain * tails[:-1] - loss * tails[1:]
    errors = relative * (gain * tails[:-1] + loss * tails[1:]) + _FLUSHED
    best = (values - errors).argmax(axis=1)
    return (values - errors).max(axis=1), (values + errors).max(axis=1), first + best, certain


def _far_bound(
    law: NDArray[np.float64],
    cumulative: NDArray[np.float64],
    m: int,
    guess: int,
    gain: NDArray[np.float64],
    loss: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Bound max_t F(m, t) where all of it is tiny: F rises up to some t0, and above it is at most gain P(Z >= t0).

    Infinite where no t0 is found.
    """
    total = len(law) - 1
    relative = (16.0 * total + 64.0) * _UNIT
    bound = np.full(len(gain), np.inf)
    back = 32
    while guess - back > 1:
        start = min(guess - back, total)
        before, at = _masses(law, m, total - m, start - 1, start)
        rises = (loss * at - gain * before)[:, 0] > (relative * (gain * before + loss * at))[:, 0] + _FLUSHED
        tail = _tail(law, cumulative, m, total - m, start)
        bound = np.where(rises, np.minimum(bound, gain[:, 0] * tail * (1.0 + relative) + _FLUSHED), bound)
        if rises.all():
            break
        back += back // 4
    return bound


def _masses(law: NDArray[np.float64], m: int, others: int, low: int, high: int) -> NDArray[np.float64]:
    """P(Z = low) .. P(Z = high): Z is X + others - W with X, W of laws m and ``others``."""
    ones, zeros = law[m, : m + 1], law[others, : others + 1]
    sums = np.zeros(high - low + 1)
    for index, count in enumerate(range(low, high + 1)):
        shift = others - count  # W = X + shift
        start, stop = max(0, -shift), min(m, others - shift)
        if start <= stop:
            sums[index] = ones[start : stop + 1] @ zeros[start + shift : stop + shift + 1]
    return sums


def _tail(
    law: NDArray[np.float64], cumulative: NDArray[np.float64], m: int, others: int, count: int
) -> float:
    """P(Z >= count): the sum of P(X = i) P(W <= others - count + i)."""
    shift = others - count
    start = max(0, -shift)
    if start > m:
        return 0.0
    upto = np.minimum(np.arange(start, m + 1) + shift, others)
    return float(law[m, start : m + 1] @ cumulative[others, upto])

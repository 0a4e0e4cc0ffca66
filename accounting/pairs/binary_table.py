"""Shuffled binary randomized response for at most a few thousand users: every data set, in floats with a bound.

All sums are over nonnegative terms, so a relative error of a few roundings per step is all that floats
can do; it is added at the end. Statement: binary-table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..claims import relies_on

__all__ = ["TableWorst", "worst_by_table"]

_UNIT = 2.0**-53
_FLUSHED = 1e-280  # more than all that underflow can take


@dataclass(frozen=True, slots=True)
class TableWorst:
    """Bounds for ``max F(m, t)`` over all data sets, and where the lower one is attained."""

    lower: float
    upper: float
    ones: int
    threshold: int


@lru_cache(maxsize=4)
def _tables(total: int, chance: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tabulate the laws of Bin(m, chance), m = 0 .. total, and their cumulative sums, shape (total+1, total+1).

    By Pascal's rule each entry takes at most 4 total roundings, the cumulative sums as many more.
    """
    law = np.zeros((total + 1, total + 1))
    law[0, 0] = 1.0
    other = 1.0 - chance
    for m in range(total):
        law[m + 1, : m + 2] = law[m, : m + 2] * other
        law[m + 1, 1 : m + 2] += law[m, : m + 1] * chance
    cumulative = np.cumsum(law, axis=1)
    law.setflags(write=False)
    cumulative.setflags(write=False)
    return law, cumulative


@relies_on("binary-table", "binary-threshold")
def worst_by_table(total: int, chance: float, gain: float, loss: float, tilt: float) -> TableWorst | None:
    """Bound the largest ``F(m, t) = gain P(Z >= t - 1) - loss P(Z >= t)`` over all m and t.

    Z = Bin(m, chance) + Bin(total - m, 1 - chance).

    Args:
        total: n - 1, the number of other users.
        chance: keep; above 1/2. Off by at most one rounding, like the next two.
        gain: 1 - p - alpha p.
        loss: alpha (1 - p) - p.
        tilt: about log(loss / gain), where to look for the best threshold; a guess.

    Returns:
        Bounds; None when for some m the best threshold is not certainly near the guess.
    """
    law, cumulative = _tables(total, chance)
    shrunk = np.exp(-min(tilt, 600.0))
    mean_one = chance / (chance + (1.0 - chance) * shrunk)
    mean_zero = (1.0 - chance) / (1.0 - chance + chance * shrunk)
    lower, upper, where = 0.0, 0.0, (0, 1)
    for m in range(total + 1):
        guess = int(np.ceil(m * mean_one + (total - m) * mean_zero))
        found = None
        for span in (3, 12, total + 1):
            found = _one_data_set(law, cumulative, m, (guess - span, guess + span), gain, loss)
            if found is not None:
                break
        if found is None:
            return None
        least, most, threshold = found
        upper = max(upper, most)
        if least > lower:
            lower, where = least, (m, threshold)
    return TableWorst(lower, upper, *where)


def _one_data_set(
    law: NDArray[np.float64],
    cumulative: NDArray[np.float64],
    m: int,
    span: tuple[int, int],
    gain: float,
    loss: float,
) -> tuple[float, float, int] | None:
    """Bound max_t F(m, t), if F certainly rises up to the span and falls after it: the sign changes once."""
    total = len(law) - 1
    relative = (16.0 * total + 64.0) * _UNIT
    first, last = max(1, min(span[0], total + 1)), max(1, min(span[1], total + 1))
    mass = _masses(law, m, total - m, first - 2, last)  # P(Z = first - 2) .. P(Z = last)
    falls = gain * mass[:-1] - loss * mass[1:]  # F(t) - F(t + 1) at t = first - 1 .. last
    slack = relative * (gain * mass[:-1] + loss * mass[1:]) + _FLUSHED
    if (last <= total and not falls[-1] >= slack[-1]) or (first > 1 and not falls[0] <= -slack[0]):
        return None
    beyond = _tail(law, cumulative, m, total - m, last)
    tails = np.cumsum(np.concatenate(([beyond], mass[-2:0:-1])))[::-1]  # P(Z >= first - 1) .. P(Z >= last)
    values = gain * tails[:-1] - loss * tails[1:]
    errors = relative * (gain * tails[:-1] + loss * tails[1:]) + _FLUSHED
    best = int((values - errors).argmax())
    return float(values[best] - errors[best]), float((values + errors).max()), first + best


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

"""The same mean as `walk_maximum`, on the same grid, in floats: to choose designs by."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from .walk_maximum import _FAR, _FINE_LAST, ROUGH, grid

__all__ = ["PROFILE", "last_move_for", "mean_maximum", "rough_mean"]

Floats = npt.NDArray[np.float64]

_FARTHEST = 5.0
_TERMS = 40

PROFILE = (
    *(1.0, 1.0, 0.997, 0.988, 0.974, 0.957, 0.937, 0.915, 0.891, 0.865, 0.838, 0.809),
    *(0.779, 0.748, 0.714, 0.679, 0.641, 0.601, 0.557, 0.51, 0.457, 0.396, 0.324, 0.229, 0.0),
)
"""The last move that lifts the mean to 1, after a share j/24 of the steps that have mean 1 by themselves, j = 0..24."""


def mean_maximum(moves: float, steps: int, *, last: float = 0.0, points: int = ROUGH) -> float:
    """Guess ``E max(|W_1|, .., |W_steps|, |W_steps + S last|)`` on the grid of `walk_maximum.expected_maximum`."""
    least = max(moves, last)
    if last > _FAR * math.isqrt(int(moves * steps) + 1):
        return least
    floor = math.floor(last)
    part = last - floor if floor <= _FINE_LAST else 0.0
    mean = _whole_last(moves, steps, floor, points)
    if part:
        mean += part * (_whole_last(moves, steps, floor + 1, points) - mean)
    return max(mean, least)


def _whole_last(moves: float, steps: int, last: int, points: int) -> float:
    start, stride = grid(moves, steps, last, points)
    end = min(steps + last, last + math.ceil(_FARTHEST * math.sqrt(moves * steps)) + 3)
    distance: Floats = np.arange(start, end + 1, stride, dtype=np.float64)[:, None]
    if not distance.size:
        return 0.0
    index: Floats = np.arange(1, 2 * _TERMS, 2, dtype=np.float64)
    angle = math.pi * index / (4 * distance)
    sine = np.sin(angle)
    root = 1 - 2 * moves * sine**2
    with np.errstate(divide="ignore", under="ignore"):
        power = np.exp(steps * np.log(np.abs(root)))
    if steps % 2:
        power = power * np.sign(root)
    ends = 2 * distance - 1 - last
    spread = np.where(ends >= 1, np.cos(angle) - np.cos(angle * (2 * ends + 1)), 0.0)
    terms = np.where(index < 2 * distance, power * spread / (2 * distance * sine), 0.0)
    signs = np.where(index % 4 == 1, 1.0, -1.0)
    gains = 1 - terms @ signs
    return float(start * gains[0] + stride * gains[1:].sum())


def rough_mean(moves: float, steps: Floats) -> Floats:
    """Guess the mean without a last move: that of Brownian motion less half a step, for few moves fewer."""
    variance = moves * steps
    guess: Floats = np.sqrt(math.pi * variance / 2) - 0.49 * -np.expm1(-2.2 * np.sqrt(variance))
    return np.where(steps == 1, moves, np.minimum(guess, variance))


def last_move_for(moves: float, steps: int, mean: float, guess: float) -> float:
    """Return a last move with which the mean is at least ``mean``; 0 if none is needed.

    Args:
        moves: the probability of a move.
        steps: the number of steps before the last move.
        mean: what is to be reached.
        guess: where to begin.
    """
    if mean_maximum(moves, steps) >= mean:
        return 0.0
    low, high = 0.0, mean  # with a last move of `mean` the mean is reached
    here = min(max(guess, 0.0), mean)
    for _ in range(12):
        gap = mean_maximum(moves, steps, last=here) - mean
        if gap >= 0:
            high = here
        else:
            low = here
        if high - low <= 0.002 * mean:
            break
        step = here - gap / 0.6 + (0.001 if gap < 0 else -0.001) * mean
        here = step if low < step < high else (low + high) / 2
    return high

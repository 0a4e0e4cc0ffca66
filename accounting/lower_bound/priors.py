"""Laws of a designated group's value, and how spread their posteriors are: in floats, to choose among them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

__all__ = ["Prior", "priors", "sharpened"]

Floats = npt.NDArray[np.float64]

_TOPS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 20, 24)
_SLOPES = (-0.3, -0.15, 0.0, 0.1, 0.16, 0.2, 0.24, 0.28, 0.32, 0.38, 0.5)
_SCALE = 10_000

_CLIMBS = 500
_FIRST_MOVE, _LAST_MOVE, _SHRINK, _MOVED = 0.3, 0.01, 0.995, 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """A law with one coin that its posteriors are compared with; floats, certified elsewhere.

    Attributes:
        weights: the law, up to a factor.
        step: the move of the coin, in units of z.
        moves: its probability.
    """

    weights: tuple[int, ...]
    step: float
    moves: float


@lru_cache(maxsize=64)
def priors(factor: float) -> tuple[Prior, ...]:
    """Return the laws that no other one of at most as many values beats for many groups or for one.

    Args:
        factor: x; likelihoods of neighbouring values differ by a factor of at most e^x.
    """
    found: list[Prior] = []
    many = one = 0.0
    for top in _TOPS:
        made = [prior for slope in _SLOPES for prior in _coins(_weights(top, slope * factor), factor)]
        for prior in sorted(made, key=_variance, reverse=True)[:4]:
            if _variance(prior) > many * 0.97:
                found.append(prior)
        alone = max(made, key=lambda each: each.moves * each.step)
        if alone.moves * alone.step > one:
            found.append(alone)
        many = max(many, *(_variance(each) for each in made))
        one = max(one, alone.moves * alone.step)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=64)
def sharpened(prior: Prior, factor: float) -> Prior:
    """Climb from a law to one whose coin moves more, value by value; always in the same way.

    Args:
        prior: where to begin; symmetric.
        factor: x, as for `priors`.
    """
    top = len(prior.weights) - 1
    half = top // 2 + 1
    draw = np.random.default_rng(top)
    best, logs, width = prior, np.log(prior.weights), _FIRST_MOVE
    for _ in range(_CLIMBS):
        moved = width * draw.normal(size=half) * (draw.random(half) < _MOVED)
        tried = logs + np.concatenate([moved, moved[: top + 1 - half][::-1]])
        weights = tuple(int(max(1, round(_SCALE * value))) for value in np.exp(tried - tried.max()))
        found = max(_coins(weights, factor), key=_variance, default=best)
        if _variance(found) > _variance(best):
            best, logs = found, tried
        else:
            width = max(_LAST_MOVE, width * _SHRINK)
    return best


def _variance(prior: Prior) -> float:
    return prior.moves * prior.step**2


def _weights(top: int, slope: float) -> tuple[int, ...]:
    """A law that grows by e^slope with each value up to the middle, and falls as much after it."""
    return tuple(
        max(1, round(_SCALE * math.exp(slope * (min(z, top - z) - (top // 2 if slope > 0 else 0)))))
        for z in range(top + 1)
    )


def _coins(weights: tuple[int, ...], factor: float) -> list[Prior]:
    law: Floats = np.array(weights, dtype=np.float64)
    top = len(weights) - 1
    z = np.arange(top + 1)
    peaks = law * np.exp(-factor * np.abs(z[: top // 2 + 1, None] - z))
    peaks /= peaks.sum(axis=1, keepdims=True)
    losses = np.tensordot(peaks, _distances(top), axes=(1, 2)).min(axis=1)  # shape (laws, corners)
    return [Prior(weights=weights, step=step, moves=moves) for moves, step in _edges(losses.min(axis=0))]


@lru_cache(maxsize=64)
def _distances(top: int) -> Floats:
    """(|z - x| - c)_+ for middles x, corners c and values z: shape (x, c, z)."""
    x, c, z = np.arange(2 * top + 1) / 2, np.arange(top + 1) / 2, np.arange(top + 1)
    table: Floats = np.maximum(np.abs(z - x[:, None, None]) - c[:, None], 0.0)
    table.setflags(write=False)
    return table


def _edges(losses: Floats) -> list[tuple[float, float]]:
    """Lines moves * (step - c) below all points (c, loss): the edges of the lower convex hull."""
    hull: list[tuple[float, float]] = []
    for point in zip((np.arange(len(losses)) / 2).tolist(), losses.tolist(), strict=True):
        while len(hull) > 1 and _bends_down(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    edges = []
    for (left, high), (right, low) in pairwise(hull):
        moves = (high - low) / (right - left)
        if moves > 1e-200:
            edges.append((moves, left + high / moves))
    return edges


def _bends_down(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[1] - a[1]) * (c[0] - a[0]) >= (c[1] - a[1]) * (b[0] - a[0])

"""What a user of a bandit holds: a context and a reward, as the vector that is summed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import ParameterError

__all__ = ["Clipped", "Floats", "clip", "gram_and_rewards", "vectors"]

Floats: TypeAlias = "npt.NDArray[np.float64]"

_SLACK = 1e-9  # of a length, that rounding of floats may add; the device scales below 1 all the same


@dataclass(frozen=True, slots=True)
class Clipped:
    """Contexts and rewards within their bounds.

    Attributes:
        contexts: shape (users, features), each of Euclidean length at most 1.
        rewards: shape (users,), each in [0, 1].
        changed: how many users were outside of the bounds.
    """

    contexts: Floats
    rewards: Floats
    changed: int


def clip(contexts: Any, rewards: Any, *, features: int, refuse: bool = False) -> Clipped:
    """Bring contexts and rewards within their bounds, as a device does before it reports.

    Args:
        contexts: shape (users, features).
        rewards: shape (users,).
        features: d, what the plan was made for.
        refuse: raise in place of clipping.

    Returns:
        Contexts scaled to a length of at most 1, rewards cut to [0, 1], and how many users that changed.

    Raises:
        ParameterError: shapes do not match, a value is no finite number, or a user is outside of the bounds and ``refuse`` is set.
    """
    given, gains = np.asarray(contexts, dtype=np.float64), np.asarray(rewards, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] != features:
        raise ParameterError("contexts", f"must have shape (users, {features}), as the plan has", given.shape)
    if gains.shape != given.shape[:1]:
        raise ParameterError("rewards", "must be one number a context", gains.shape)
    for name, values in (("contexts", given), ("rewards", gains)):
        if not np.isfinite(values).all():
            raise ParameterError(name, "must be finite numbers", "nan or infinite", "Leave such users out")
    lengths = np.sqrt(np.einsum("ni,ni->n", given, given))
    outside = (lengths > 1.0 + _SLACK) | (gains < 0.0) | (gains > 1.0)
    if refuse and outside.any():
        first = int(np.argmax(outside))
        found = f"length {lengths[first]:.6g}, reward {gains[first]:.6g} in row {first + 1}"
        rule = "must have length at most 1, with rewards in [0, 1]"
        raise ParameterError("contexts", rule, found, "Scale them, or let clip() do it")
    scale = np.where(lengths > 1.0, (1.0 - 1e-15) / np.maximum(lengths, 1.0), 1.0)
    return Clipped(given * scale[:, None], np.clip(gains, 0.0, 1.0), int(outside.sum()))


def vectors(contexts: Floats, rewards: Floats, *, reward_weight: float) -> Floats:
    """Return what users send: the entries of ``x x^T`` on and above the diagonal, and ``weight y x``.

    Entries off the diagonal are multiplied by sqrt 2, so that distances of vectors are those of matrices (gram-sensitivity).

    Args:
        contexts: shape (users, d), of length at most 1.
        rewards: shape (users,), in [0, 1].
        reward_weight: above 0 and at most 1.

    Returns:
        Shape (users, d(d+1)/2 + d), within [-1, 1].
    """
    rows, columns, scale = _triangle(contexts.shape[1])
    squares = contexts[:, rows] * contexts[:, columns] * scale
    gains = contexts * (reward_weight * rewards)[:, None]
    both: Floats = np.clip(np.concatenate([squares, gains], axis=1), -1.0, 1.0)
    return both


@lru_cache(maxsize=64)
def _triangle(features: int) -> tuple[Any, Any, Floats]:
    """Return rows and columns on and above the diagonal, and what their entries are multiplied by."""
    rows, columns = np.triu_indices(features)
    return rows, columns, np.where(rows == columns, 1.0, np.sqrt(2.0))


def gram_and_rewards(total: Floats, *, features: int, reward_weight: float) -> tuple[Floats, Floats]:
    """Read a sum of vectors.

    Args:
        total: shape (d(d+1)/2 + d,).
        features: d.
        reward_weight: as it was sent.

    Returns:
        The symmetric matrix, shape (d, d), and the sum of rewards times contexts, shape (d,).
    """
    rows, columns, scale = _triangle(features)
    gram = np.zeros((features, features))
    gram[rows, columns] = total[: len(rows)] / scale
    gram[columns, rows] = gram[rows, columns]
    return gram, total[len(rows) :] / reward_weight

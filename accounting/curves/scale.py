"""The scale of a mechanism's privacy loss, and losses on a grid that need not suit it."""

from __future__ import annotations

import math
from fractions import Fraction

from ..numerics.dots import GridLoss
from .curve import PrivacyCurve

__all__ = ["losses_on", "scale_of", "step_near"]

_LEAST = 1e-15
_POINTS = 32  # marks on the scale of the loss that are enough


def scale_of(curve: PrivacyCurve) -> float:
    """Return about the standard deviation of the loss in nats, read off delta at epsilon = 0; nothing rests on it."""
    distance = min(curve.delta(epsilon=0, relative_width="1e-2").upper, 0.99)
    return max(math.sqrt(2.0 * math.pi) * distance, _LEAST)


def step_near(value: float) -> Fraction:
    """Return the largest power of two that is at most a positive float."""
    return Fraction(2) ** (math.frexp(value)[1] - 1)


def losses_on(curve: PrivacyCurve, step: Fraction, tail: Fraction) -> GridLoss:
    """Return ``curve.losses_above`` on a grid that may be much finer than its loss: only some marks are used then.

    Args:
        curve: of the mechanism.
        step: the grid's step in nats. One that is larger than the loss's own scale costs much tightness, never truth.
        tail: about how much mass may be moved to the infinite loss.
    """
    every = 1 if curve.is_on(step) else max(int(scale_of(curve) / _POINTS / step), 1)
    loss = curve.losses_above(step=every * step, tail=tail)
    masses = [0] * ((len(loss.masses) - 1) * every + 1)
    masses[::every] = loss.masses
    return GridLoss(loss.low * every, tuple(masses), loss.infinite)

"""The scale of a mechanism's privacy loss, for choosing grids; nothing rests on it."""

from __future__ import annotations

import math
from fractions import Fraction

from .curve import PrivacyCurve

__all__ = ["scale_of", "step_near"]

_LEAST = 1e-15


def scale_of(curve: PrivacyCurve) -> float:
    """Return about the standard deviation of the loss in nats, read off delta at epsilon = 0."""
    distance = min(curve.delta(epsilon=0, relative_width="1e-2").upper, 0.99)
    return max(math.sqrt(2.0 * math.pi) * distance, _LEAST)


def step_near(value: float) -> Fraction:
    """Return the largest power of two that is at most a positive float."""
    return Fraction(2) ** (math.frexp(value)[1] - 1)

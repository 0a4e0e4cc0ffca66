"""The law of one step of a random walk, in balls, and the float guide that steers its evaluation.

Floats only choose where to look (the contour, the step, the windows); nothing that they say is part
of a result.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .ball import arb

__all__ = ["Guide", "Step", "saddle"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step G of a walk: ``values[i]`` with ``chances[i]``, else 0 with chance ``rest``.

    Attributes:
        values: the values, in balls.
        chances: their probabilities, in balls that certainly reach above 0.
        rest: the probability of 0 beyond the listed values; exactly 0 when there is none.
    """

    values: tuple[arb, ...]
    chances: tuple[arb, ...]
    rest: arb

    def reflected(self) -> Step:
        """The law of -G."""
        return Step(tuple(-value for value in self.values), self.chances, self.rest)

    def mean(self) -> arb:
        """E[G]."""
        return sum((p * g for p, g in zip(self.chances, self.values, strict=True)), arb(0))

    def moment(self, s: arb) -> arb:
        """E[e^{sG}]."""
        return sum((p * (s * g).exp() for p, g in zip(self.chances, self.values, strict=True)), self.rest)

    def guide(self) -> Guide:
        """Midpoints as floats."""
        return Guide(
            tuple(float(value) for value in self.values),
            tuple(max(float(chance), 0.0) for chance in self.chances),
            max(float(self.rest), 0.0),
        )


@dataclass(frozen=True, slots=True)
class Guide:
    """A step in floats, for choosing parameters only."""

    values: tuple[float, ...]
    chances: tuple[float, ...]
    rest: float

    def cumulants(self, c: float) -> tuple[float, float, float]:
        """Return ``log m(c)``, its first and its second derivative; accurate near ``m = 1``."""
        shift = max(0.0, max((c * g for g in self.values), default=0.0))
        excess = first = second = 0.0
        for g, p in zip(self.values, self.chances, strict=True):
            grown = math.expm1(min(c * g, 40.0))
            excess += p * grown
            first += p * g * (grown + 1.0)
            second += p * g * g * (grown + 1.0)
        m = 1.0 + excess
        if shift < 30.0 and m > 0.5:
            log_m = math.log1p(excess)
        else:
            m = self.rest * math.exp(-shift)
            first = second = 0.0
            for g, p in zip(self.values, self.chances, strict=True):
                weight = p * math.exp(max(c * g - shift, -740.0))
                m += weight
                first += weight * g
                second += weight * g * g
            m = max(m, 1e-300)
            log_m = math.log(m) + shift
        mean = first / m
        return log_m, mean, max(second / m - mean * mean, 0.0)


def saddle(guide: Guide, n: int) -> float:
    """Return c > 0 near the minimum of ``m(c)^n / c^2``, for a step that can be positive."""
    _, mean, variance = guide.cumulants(0.0)
    drift, spread = n * mean, n * variance
    c = 1.0 / max(guide.values)
    if spread > 0.0 and math.isfinite(drift * drift):
        c = (math.sqrt(drift * drift + 8.0 * spread) - drift) / (2.0 * spread) or c
    low, high = 0.0, math.inf
    for _ in range(80):
        _, slope, curvature = guide.cumulants(c)
        gap = c * n * slope - 2.0  # rises in c wherever the slope is positive
        if gap > 0.0:
            high = c
        else:
            low = c
        rise = n * slope + c * n * curvature
        step = gap / rise if slope > 0.0 and rise > 0.0 else -math.inf
        nearer = c - step
        if not low < nearer < high:
            nearer = 2.0 * c if high == math.inf else 0.5 * (low + high)
        if abs(nearer - c) <= 1e-6 * c:
            return nearer
        c = nearer
    return c

"""The privacy curve of a deployment between two certified curves, for a picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ..claims import relies_on
from ..curves.bounds import Bounds
from ..model import Deployment
from ..numerics.rounding import float_at_least, print_at_least
from .check import CheckReport

__all__ = ["PrivacyBand", "band_of"]

POINTS_ALONE, POINTS_TOGETHER = 49, 97
"""Epsilons at which both ends are certified; the ends of several shufflers lie apart, and need more to look smooth."""

_WIDTH = Fraction(1, 50)
_LARGEST_EPSILON = 300
_SQUARED, _DECADES = 2, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyBand:
    """Ends of delta at some epsilons, the same for any pair of neighbours.

    Attributes:
        epsilons: in nats, increasing from 0.
        bounds: the total delta at each of them.
        floor: the power of ten below which a picture leaves delta out.
    """

    epsilons: tuple[Fraction, ...]
    bounds: tuple[Bounds, ...]
    floor: int

    @property
    def claims(self) -> tuple[str, ...]:
        """The claims that the upper ends rest on."""
        return tuple(dict.fromkeys(claim for bounds in self.bounds for claim in bounds.upper_claims))

    @relies_on("connect-the-dots")
    def between(self, steps: int) -> Iterator[tuple[float, float, float]]:
        """Yield an epsilon, and what delta is at least and at most there, along the whole band.

        In ``alpha = e^epsilon`` the curve is convex, and so is that of one witness, below it: each lies below the chord of its
        neighbours, and above their prolonged chords. It falls, so it is at least its lower end further on.

        Args:
            steps: how many equal steps each interval between two epsilons is cut into.
        """
        alphas = [math.exp(epsilon) for epsilon in self.epsilons]
        lower = [bounds.lower for bounds in self.bounds]
        upper = [bounds.upper for bounds in self.bounds]
        attained = [_attained_at_most(bounds) for bounds in self.bounds]
        last = len(alphas) - 1
        for i, (left, right) in enumerate(pairwise(self.epsilons)):
            for step in range(steps):
                epsilon = float(left + (right - left) * Fraction(step, steps))
                if step == 0:
                    yield epsilon, lower[i], upper[i]
                    continue
                alpha = math.exp(epsilon)
                above = _line(alpha, (alphas[i], upper[i]), (alphas[i + 1], upper[i + 1]))
                below = [lower[i + 1]]
                for near, far in ((i, i - 1), (i + 1, i + 2)):
                    if 0 <= far <= last:
                        same = self.bounds[near].witness == self.bounds[far].witness
                        beyond = attained[far] if same else upper[far]
                        below.append(_line(alpha, (alphas[near], lower[near]), (alphas[far], beyond)))
                yield epsilon, max(below), above
        yield float(self.epsilons[-1]), lower[-1], upper[-1]


def band_of(report: CheckReport) -> PrivacyBand:
    """Certify both ends of the total delta along the epsilons that matter for a budget.

    They go from 0 to where delta is far below that of the budget, or a little beyond the budget and the total.

    Args:
        report: of a deployment.

    Raises:
        NotCoveredError: no claim covers the deployment at some epsilon.
        UndecidedError: an end could not be decided there.
    """
    deployment = report.deployment
    curve = deployment.curve()
    floor = _floor(deployment)
    reached = curve.epsilon(delta=Fraction(10) ** floor, relative_width=_WIDTH).upper
    largest = min(reached, _enough(report), _LARGEST_EPSILON)
    last = Fraction(print_at_least(largest, 3)) or Fraction(1)
    points = POINTS_ALONE if len(deployment.parts) == 1 else POINTS_TOGETHER
    epsilons = [last * Fraction(i, points - 1) for i in range(points)]
    found = [curve.delta(epsilon=epsilon, relative_width=_WIDTH) for epsilon in reversed(epsilons)]
    # from the largest on: what is sampled finely enough there serves the smaller ones
    return PrivacyBand(epsilons=tuple(epsilons), bounds=tuple(reversed(found)), floor=floor)


def _attained_at_most(bounds: Bounds) -> float:
    """What the witness of the lower end loses at most; where this is not known, what anybody does."""
    value = bounds.lower_value
    return bounds.upper if value is None or bounds.witness is None else float_at_least(value.upper)


def _enough(report: CheckReport) -> float:
    ends = (float(report.deployment.budget.epsilon), report.epsilon.lower, report.epsilon.upper)
    return 1.15 * max((end for end in ends if math.isfinite(end)), default=0.0) or 1.0


def _floor(deployment: Deployment) -> int:
    """Return a power of ten well below the budget's delta: its square, but neither just below it nor out of sight."""
    delta = deployment.budget.delta
    if not delta:
        return -16
    size = math.log10(delta.numerator) - math.log10(delta.denominator)
    return math.floor(max(min(_SQUARED * size, size - 3), size - _DECADES))


def _line(at: float, first: tuple[float, float], second: tuple[float, float]) -> float:
    (a, x), (b, y) = first, second
    return x + (y - x) * ((at - a) / (b - a))

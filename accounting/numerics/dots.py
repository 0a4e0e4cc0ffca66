"""From a certified privacy curve to losses on a grid: one distribution from above, one from below.

A privacy curve is convex in alpha = e^epsilon. Above it lie the chords through upper ends of samples
(connect the dots); below it lie, on each interval, the neighbouring chords prolonged. Both are turned into
masses at multiples of one step, in units of 2^-BITS, rounded outward. Statement: connect-the-dots.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise

from ..claims import relies_on
from .ball import arb, ball, exact_lower, exact_upper, positive_part, precision
from .samples import Samples

__all__ = ["BITS", "GridLoss", "loss_above", "loss_below"]

BITS = 256
"""Masses are whole multiples of 2^-256."""

_WORKING = 400


@dataclass(frozen=True, slots=True)
class GridLoss:
    """A distribution of privacy losses under P on multiples of a step; Q is P times e^-loss.

    Attributes:
        low: the multiple at which ``masses`` begins.
        masses: in units of 2^-BITS.
        infinite: the mass of outcomes that are impossible under Q, in the same units.
    """

    low: int
    masses: tuple[int, ...]
    infinite: int


@relies_on("connect-the-dots")
def loss_above(samples: Samples) -> GridLoss:
    """Return losses whose privacy curve is at least the sampled one at every alpha."""
    with precision(_WORKING):
        highs = list(accumulate(samples.highs, min))  # the curve falls
        points = [(arb(0), arb(1)), *zip(_alphas(samples), highs, strict=True)]
        kept = _lower_hull(points)
        return _losses(points, kept, samples.marks, exact_upper, exact_upper(highs[-1]))


@relies_on("connect-the-dots")
def loss_below(samples: Samples) -> GridLoss:
    """Return losses, of total mass at most 1, whose privacy curve is at most the sampled one at every alpha.

    What never vanishes is set aside as infinite loss; the rest of the curve is convex and falls to 0.
    """
    with precision(_WORKING):
        floor = ball(samples.floor)
        rest = 1 - floor
        alphas = [arb(0), *_alphas(samples)]
        lows = [rest, *(positive_part(low - floor).lower() for low in samples.lows)]
        highs = [rest, *(high - floor for high in samples.highs)]
        known = [None, *(_less_floor(samples, i) for i in range(len(samples.shares)))]
        shares = [
            *(
                _chord_share(alphas, lows, highs, i) if share is None else arb(share)
                for i, share in enumerate(known[:-1])
            ),
            arb(0),
            arb(0),
        ]
        shares = [shares[0], *shares]
        heights = [low * min(shares[i], shares[i + 1]) for i, low in enumerate(lows)]
        points = list(zip(alphas, heights, strict=True))
        return _losses(points, _lower_hull(points), samples.marks, exact_lower, samples.floor)


def _less_floor(samples: Samples, i: int) -> float | None:
    """Return the share of an interval when the floor is taken off the curve and its chord."""
    share = samples.shares[i]
    if share is None or not samples.floor:
        return share
    low, high = sorted(float(low) for low in samples.lows[i : i + 2])
    rest = low - float(samples.floor) * (1.0 + 2.0**-50)
    lost = (1.0 - share) * high
    return (1.0 - lost / rest * (1.0 + 2.0**-40)) * (1.0 - 2.0**-40) if lost < 0.9 * rest else None


def _alphas(samples: Samples) -> list[arb]:
    step = ball(samples.step)
    return [(mark * step).exp() for mark in samples.marks]


def _chord_share(alphas: list[arb], lows: list[arb], highs: list[arb], i: int) -> arb:
    """Bound the curve over the chord through its lower ends, on interval i, from below; at most 1.

    On the interval a convex curve lies above the chord of the interval before, prolonged (before the first one:
    above ``1 - alpha``), and above that of the interval after. The larger of the two, over the chord, is least
    where they cross.
    """
    a, b, after = alphas[i : i + 3]
    left = (lows[i] - highs[i - 1]) / (a - alphas[i - 1]) if i else arb(-1)
    right = (highs[i + 2] - lows[i + 1]) / (after - b)
    # where noise exceeds curvature: the first line alone; over the chord it falls from 1 at a, or rises
    share = (lows[i] + left * (b - a)) / lows[i + 1]
    if left < right:
        x = (lows[i + 1] - lows[i] + left * a - right * b) / (left - right)
        if a < x and x < b:
            share = (lows[i] + left * (x - a)) / (lows[i] + (lows[i + 1] - lows[i]) / (b - a) * (x - a))
    if not share > 0:
        return arb(0)
    return share.lower() if share < 1 else arb(1).min(share.lower())


def _lower_hull(points: list[tuple[arb, arb]]) -> list[int]:
    """Indices of the greatest convex function below the points; points that are not certainly below go."""
    kept: list[int] = []
    for i, (x, y) in enumerate(points):
        while len(kept) > 1:
            (x0, y0), (x1, y1) = points[kept[-2]], points[kept[-1]]
            if (y1 - y0) * (x - x1) < (y - y1) * (x1 - x0):
                break
            kept.pop()
        kept.append(i)
    return kept


def _losses(
    points: list[tuple[arb, arb]],
    kept: list[int],
    marks: tuple[int, ...],
    end: Callable[[arb], Fraction],
    infinite: Fraction,
) -> GridLoss:
    """Turn a convex piecewise linear curve into masses at its kinks; ``end`` says which way to round."""
    slopes = [(points[j][1] - points[i][1]) / (points[j][0] - points[i][0]) for i, j in pairwise(kept)]
    slopes.append(arb(0))
    masses = [0] * (marks[-1] - marks[0] + 1)
    unit = 1 << BITS
    for position, index in enumerate(kept[1:], start=1):
        mass = end((slopes[position] - slopes[position - 1]) * points[index][0])
        # one unit more covers what an undecided turn of the hull can change, far below it
        whole = math.ceil(mass * unit) + 1 if end is exact_upper else max(math.floor(mass * unit) - 1, 0)
        masses[marks[index - 1] - marks[0]] = whole
    return GridLoss(
        marks[0],
        tuple(masses),
        math.ceil(infinite * unit) if end is exact_upper else math.floor(infinite * unit),
    )

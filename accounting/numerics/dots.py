"""From a certified privacy curve to losses on a grid: one distribution from above, one from below.

A privacy curve is convex in alpha = e^epsilon. Above it lie the chords through upper ends of samples
(connect the dots); below it lie, on each interval, the neighbouring chords prolonged. Both are turned into
masses at multiples of one step, in units of 2^-BITS, rounded outward. Statement: connect-the-dots.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import TypeAlias

from ..claims import relies_on
from .ball import arb, ball, exact_lower, exact_upper, precision
from .enclosure import Enclosure
from .factor import Factor

__all__ = ["BITS", "GridLoss", "Samples", "loss_above", "loss_below", "sample"]

BITS = 256
"""Masses are whole multiples of 2^-256."""

_WORKING = 400
_MOST = 4000
_BLOCK = 24
_WIDTH = 2e-5

Curves: TypeAlias = Callable[[Sequence[Factor], float], list[Enclosure]]


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


@dataclass(frozen=True, slots=True)
class Samples:
    """Certified values of a privacy curve.

    Attributes:
        step: the grid's step in nats.
        marks: increasing multiples of the step.
        values: delta at ``epsilon = mark * step``.
        floor: delta stays above this at every epsilon.
    """

    step: Fraction
    marks: tuple[int, ...]
    values: tuple[Enclosure, ...]
    floor: Fraction


def sample(
    curve: Curves,
    step: Fraction,
    tail: float,
    floor: Fraction,
    *,
    spread: float,
    mirrors: bool,
) -> Samples:
    """Sample a curve, from where it is nearly ``1 - alpha`` to where it is below ``tail``.

    Args:
        curve: encloses delta at several factors.
        step: the grid's step in nats.
        tail: where to stop.
        floor: delta is certainly at least this.
        spread: the scale of the losses in nats; marks are coarser where little mass is.
        mirrors: the curve obeys the swap law by itself, as that of a family that holds both orders of each pair.
    """
    stop = max(Fraction(tail), floor * (1 + Fraction(1, 10**6)))
    marks: list[int] = []
    values: list[Enclosure] = []
    ahead = [0]
    while len(marks) < _MOST:
        while len(ahead) < _BLOCK:
            z = ahead[-1] * float(step) / spread
            ahead.append(ahead[-1] + (1 if z < 3.0 else 2 if z < 5.0 else 4))
        for mark, value in zip(
            ahead, curve([Factor.exp(mark * step) for mark in ahead], _WIDTH), strict=True
        ):
            marks.append(mark)
            values.append(value)
            if value.upper <= stop and len(marks) > 1:
                break
        if values[-1].upper <= stop and len(marks) > 1:
            break
        ahead = [marks[-1] + marks[-1] - marks[-2]]
    mirrored = [mark * step for mark in marks[:0:-1]]
    if mirrors:
        below = [_mirrored(epsilon, value) for epsilon, value in zip(mirrored, values[:0:-1], strict=True)]
    else:
        below = curve([Factor.exp(-epsilon) for epsilon in mirrored], _WIDTH)
    return Samples(step, (*(-mark for mark in marks[:0:-1]), *marks), (*below, *values), floor)


@relies_on("swap-law")
def _mirrored(epsilon: Fraction, value: Enclosure) -> Enclosure:
    """Delta at -epsilon from delta at epsilon: ``1 - alpha + alpha delta(1/alpha)``."""
    with precision(_WORKING):
        alpha = (-ball(epsilon)).exp()
        ends = [1 - alpha + alpha * ball(end) for end in (value.lower, value.upper)]
        return Enclosure(exact_lower(ends[0]), exact_upper(ends[1]))


@relies_on("connect-the-dots")
def loss_above(samples: Samples) -> GridLoss:
    """Return losses whose privacy curve is at least the sampled one at every alpha."""
    with precision(_WORKING):
        uppers = list(accumulate((Fraction(value.upper) for value in samples.values), min))  # the curve falls
        points = [(arb(0), arb(1)), *_points(samples, uppers)]
        kept = _lower_hull(points)
        return _losses(points, kept, samples.marks, exact_upper, uppers[-1])


@relies_on("connect-the-dots")
def loss_below(samples: Samples) -> GridLoss:
    """Return losses, of total mass at most 1, whose privacy curve is at most the sampled one at every alpha.

    What never vanishes is set aside as infinite loss; the rest of the curve is convex and falls to 0.
    """
    with precision(_WORKING):
        rest = 1 - ball(samples.floor)
        alphas = [arb(0), *(alpha for alpha, _ in _points(samples, [Fraction(0)] * len(samples.marks)))]
        lows = [rest, *(ball(max(value.lower - samples.floor, Fraction(0))) for value in samples.values)]
        highs = [rest, *(ball(value.upper - samples.floor) for value in samples.values)]
        shares = [
            arb(0),
            *(_chord_share(alphas, lows, highs, i) for i in range(len(alphas) - 2)),
            arb(0),
            arb(0),
        ]
        shares[0] = shares[1]
        heights = [low * min(shares[i], shares[i + 1], key=exact_lower) for i, low in enumerate(lows)]
        points = list(zip(alphas, heights, strict=True))
        return _losses(points, _lower_hull(points), samples.marks, exact_lower, samples.floor)


def _points(samples: Samples, heights: list[Fraction]) -> list[tuple[arb, arb]]:
    step = ball(samples.step)
    return [((mark * step).exp(), ball(height)) for mark, height in zip(samples.marks, heights, strict=True)]


def _chord_share(alphas: list[arb], lows: list[arb], highs: list[arb], i: int) -> arb:
    """Bound the curve over the chord through its lower ends, on interval i, from below; at most 1.

    On the interval a convex curve lies above the chord of the interval before, prolonged (before the first one:
    above ``1 - alpha``), and above that of the interval after. The larger of the two, over the chord, is least
    where they cross.
    """
    a, b, after = alphas[i : i + 3]
    left = (lows[i] - highs[i - 1]) / (a - alphas[i - 1]) if i else arb(-1)
    right = (highs[i + 2] - lows[i + 1]) / (after - b)
    x = a.union(b)  # where noise exceeds curvature: the first line alone, on the whole interval
    if left < right:
        crossing = (lows[i + 1] - lows[i] + left * a - right * b) / (left - right)
        if a < crossing and crossing < b:
            x = crossing
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

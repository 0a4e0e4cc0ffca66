"""Points above the curve of one shuffle, from epsilon = 0 up to where it vanishes; their chords lie above it.

Unlike losses on a grid, which book a small tail as infinite, the last chord ends at the ceiling: what needs every
moment of the loss, or every epsilon, can be bounded through these points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..numerics.ball import enclosure_of, precision
from ..numerics.factor import Factor
from ..pairs.known import Pairs
from .pair_curve import Part, largest_many

__all__ = ["Point", "points_above"]

_BLOCK = 16
_MOST = 2000
_WIDTH = 1e-5
_FINEST = 0.06  # distance of neighbouring points where most of the mass is, in spreads
_COARSEST = 0.3
_FARTHEST = 8.0
_RELATIVE = 1 / 30  # far out, distances grow with epsilon


@dataclass(frozen=True, slots=True)
class Point:
    """A certified point above a privacy curve.

    Attributes:
        epsilon: in nats.
        delta: at least the curve's value there.
    """

    epsilon: Fraction
    delta: Fraction


def points_above(
    pairs: Pairs, *, tilt: float, enough: Callable[[Sequence[Point]], bool]
) -> list[Point] | None:
    """Sample the supremum of the upper pairs' curves from epsilon = 0 on.

    Args:
        pairs: those of one shuffle.
        tilt: points stay dense up to where the loss, tilted by ``e^(tilt loss)``, has its mean.
        enough: whether the points so far, of which the last one is the ceiling, serve the purpose.

    Returns:
        Points in increasing order of epsilon; the first has epsilon 0, the last one delta 0. None when the
        curve vanishes nowhere.
    """
    ceilings = [pair.ceiling() for pair in pairs.quick]
    if any(ceiling is None for ceiling in ceilings):
        return None
    with precision(128):
        ceiling = max(enclosure_of(each.log()).upper for each in ceilings if each is not None)
    end = Point(ceiling, Fraction(0))
    part = Part.of(pairs, 1)
    found: list[Point] = []
    ahead = _epsilons(part.spread, tilt)
    while len(found) < _MOST:
        block = [epsilon for epsilon, _ in zip(ahead, range(_BLOCK), strict=False) if epsilon < ceiling]
        values = largest_many(pairs.quick, [Factor.exp(epsilon) for epsilon in block], _WIDTH)
        found.extend(Point(epsilon, value.upper) for epsilon, value in zip(block, values, strict=True))
        if len(block) < _BLOCK or found[-1].delta == 0 or enough((*found, end)):
            break
    return [*found, end]


def _epsilons(spread: float, tilt: float) -> Iterator[Fraction]:
    """Yield epsilons from 0 on, dense where the second derivative of the curve, tilted by the order, is large."""
    z, dense = 0.0, min(tilt * spread, _FARTHEST)
    while True:
        yield Fraction(z * spread)
        away = max(z - dense, 0.0)
        fine = _FINEST * math.exp(min(away * away / 6.0, 30.0))
        z += max(min(fine, _COARSEST), z * _RELATIVE if away > 3.0 else 0.0)

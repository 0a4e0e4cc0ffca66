"""Where the next cell's answer should be, from those of its neighbours: nothing here is certified."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from ..curves.warm import Meeting, Near
from .spec import Cell

__all__ = ["Neighbours"]

_POINTS = 3  # of a line that an extrapolation goes through
_FARTHEST = 3.0  # answers that differ by more than this factor, on a logarithmic scale, are no neighbours


def _log(value: Fraction) -> float:
    return math.log(value.numerator) - math.log(value.denominator)


_COORDINATES: dict[str, Callable[[Fraction], float]] = {
    "users": _log,
    "values": _log,
    "delta": _log,
    "epsilon0": float,
}
"""Axes along which log epsilon is smooth, and in what."""

_SLOPES: dict[str, Callable[[Fraction], float]] = {
    "users": lambda n: -0.5 * _log(n),
    "values": lambda k: -0.3 * _log(k),
    "delta": lambda delta: 0.5 * math.log(1.4 - _log(delta)),
    "epsilon0": lambda eps: math.log(2.0 * math.sinh(min(float(eps), 600.0) / 2.0)),
}
"""About log epsilon, up to a constant: the first step along an axis goes by it."""


class Neighbours:
    """The answers of a unit so far."""

    def __init__(self, names: Sequence[str]) -> None:
        """Begin without any.

        Args:
            names: of the axes.
        """
        self._names = tuple(names)
        self._known: dict[Cell, Near] = {}

    def add(self, cell: Cell, near: Near | None) -> None:
        """Keep an answer, if it is one that others can start from."""
        if near is not None:
            self._known[cell] = near

    def predict(self, cell: Cell) -> Near | None:
        """Extrapolate along the axis with the most neighbours; None without any."""
        lines = [
            (axis, self._line(cell, axis)) for axis, name in enumerate(self._names) if name in _COORDINATES
        ]
        axis, line = max(lines, key=lambda entry: len(entry[1]), default=(0, []))
        written = cell[axis] if line else None
        if written is None:
            return None
        name, value = self._names[axis], Fraction(written)
        start = line[0][1]
        if len(line) == 1:
            slope = _SLOPES[name]
            share = slope(value) - slope(line[0][0])
            return start.scaled(math.exp(share)) if abs(share) < _FARTHEST else None
        place = _COORDINATES[name](value)
        at = [_COORDINATES[name](known) for known, _ in line]
        upper = _meeting(at, [near.upper for _, near in line], place)
        lower = _meeting(at, [near.lower for _, near in line], place)
        return None if upper is None or lower is None else Near(upper, lower)

    def _line(self, cell: Cell, axis: int) -> list[tuple[Fraction, Near]]:
        """Known cells that differ along one axis only, the nearest first."""
        written = cell[axis]
        if written is None:
            return []
        elsewhere = cell[:axis] + cell[axis + 1 :]
        line = [
            (Fraction(known[axis] or 0), near)
            for known, near in self._known.items()
            if known[axis] is not None and known[:axis] + known[axis + 1 :] == elsewhere
        ]
        coordinate = _COORDINATES[self._names[axis]]
        line = [(value, near) for value, near in line if value > 0]
        here = Fraction(written)
        if here <= 0:
            return []
        return sorted(line, key=lambda entry: abs(coordinate(entry[0]) - coordinate(here)))[:_POINTS]


def _meeting(at: Sequence[float], known: Sequence[Meeting], place: float) -> Meeting | None:
    logs = [math.log(meeting.epsilon) for meeting in known]
    log = _extrapolated(at, logs, place)
    if not abs(log - logs[0]) < _FARTHEST:
        return None
    slopes = [meeting.elasticity for meeting in known if meeting.elasticity is not None]
    if len(slopes) < len(known):
        return Meeting(math.exp(log))
    elasticity = _extrapolated(at, slopes, place)
    return Meeting(math.exp(log), elasticity if 0.5 < elasticity / slopes[0] < 2.0 else None)


def _extrapolated(at: Sequence[float], values: Sequence[float], place: float) -> float:
    """The polynomial through all points (Lagrange)."""
    total = 0.0
    for i, value in enumerate(values):
        weight = 1.0
        for j, other in enumerate(at):
            if j != i:
                weight *= (place - other) / (at[i] - other)
        total += weight * value
    return total

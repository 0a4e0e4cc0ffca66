"""What a picture shows, as plain numbers: made without a drawing library, and tested without looking at pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeAlias

from ..errors import ParameterError
from ..numerics.rounding import float_at_least, float_at_most
from ..report.as_json import finite_as_json

__all__ = ["MOST_SERIES", "Axis", "Band", "Between", "Heights", "Line", "Mark", "Number", "Picture", "Stroke"]

Number: TypeAlias = int | float

MOST_SERIES = 12
"""Bands and lines of one picture: more of them cannot be told apart in print."""


class Between(StrEnum):
    """What a band says between the places at which it was computed."""

    FALLING = "falling"
    """The quantity falls: between two places it lies below the left upper end and above the right lower end."""

    POINTS = "points"
    """Nothing: the ends hold at the marks, and what joins them guides the eye."""


class Stroke(StrEnum):
    """How a line is drawn."""

    SOLID = "solid"
    DASHED = "dashed"
    DASH_DOTTED = "dash-dotted"
    GUIDE = "guide"
    """Thin, grey and without marks: no result of anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis.

    Attributes:
        label: the quantity and its unit.
        log: whether it is logarithmic.
        least: where it begins; None leaves it to the numbers.
        most: where it ends; None leaves it to the numbers.
    """

    label: str
    log: bool = False
    least: Number | None = None
    most: Number | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A quantity between two ends.

    Attributes:
        name: for the legend.
        x: places, rising.
        lower: the lower end at each place.
        upper: the upper end at each place; infinite where nothing finite holds.
        between: what holds between the places.
        filled: whether the area between the ends is filled.
    """

    name: str
    x: tuple[Number, ...]
    lower: tuple[Number, ...]
    upper: tuple[Number, ...]
    between: Between = Between.POINTS
    filled: bool = True

    def __post_init__(self) -> None:
        _check_places(self.name, self.x, self.lower, self.upper)
        for low, high in zip(self.lower, self.upper, strict=True):
            if not low <= high:
                raise ArithmeticError(f"{self.name}: a lower end above an upper end: {low!r} > {high!r}")

    def outline(self) -> tuple[tuple[Number, ...], tuple[Number, ...], tuple[Number, ...]]:
        """Return places, lower and upper ends of the area to draw.

        A falling quantity is drawn in steps: on the way from one place to the next it is at most the upper end at the former
        and at least the lower end at the latter, so that the area holds the quantity between the places, too.
        """
        if self.between is Between.POINTS or len(self.x) == 1:
            return self.x, self.lower, self.upper
        steps = range(len(self.x) - 1)
        return (
            tuple(place for i in steps for place in (self.x[i], self.x[i + 1])),
            tuple(self.lower[i + 1] for i in steps for _ in range(2)),
            tuple(self.upper[i] for i in steps for _ in range(2)),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values; an infinite end is None."""
        return {
            "name": self.name,
            "x": list(self.x),
            "lower": [finite_as_json(end) for end in self.lower],
            "upper": [finite_as_json(end) for end in self.upper],
            "between": self.between.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Numbers that are no enclosure: what somebody claims, or a guide for the eye.

    Attributes:
        name: for the legend; empty for none.
        x: places, rising.
        y: a number at each place.
        stroke: how it is drawn.
        status: what is known about it; empty for a guide.
        crossed: at each place, whether data sets are known that lose more; empty where this is not asked.
    """

    name: str
    x: tuple[Number, ...]
    y: tuple[Number, ...]
    stroke: Stroke = Stroke.SOLID
    status: str = ""
    crossed: tuple[bool, ...] = ()

    def __post_init__(self) -> None:
        _check_places(self.name, self.x, self.y, self.crossed or self.y)

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values."""
        return {
            "name": self.name,
            "x": list(self.x),
            "y": [finite_as_json(value) for value in self.y],
            "status": self.status,
            "below_certified_loss": list(self.crossed),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One point, like a budget.

    Attributes:
        name: for the legend.
        x: its place.
        y: its height.
    """

    name: str
    x: Number
    y: Number

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values."""
        return {"name": self.name, "x": self.x, "y": self.y}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heights:
    """Where a vertical axis shows numbers.

    Attributes:
        floor: its lowest number.
        ceiling: its highest one.
        log: whether it is logarithmic.
    """

    floor: float
    ceiling: float
    log: bool

    def lower(self, end: Number) -> float:
        """Return the height of a lower end: no float above it, or the floor, which stands for 0."""
        return self._edge(end, float_at_most)

    def upper(self, end: Number) -> float:
        """Return the height of an upper end: no float below it, or the edge that stands for 0 or for infinity."""
        return self._edge(end, float_at_least)

    def _edge(self, end: Number, rounded: Callable[[Fraction], float]) -> float:
        if math.isinf(end):
            return self.ceiling
        if self.log and end <= 0:
            return self.floor
        return end if isinstance(end, float) else rounded(Fraction(end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Bands, lines and marks over two axes.

    Attributes:
        title: one line; may be empty.
        x: the horizontal axis.
        y: the vertical axis.
        bands: certified quantities.
        lines: claims and guides.
        marks: points.
        lower_means: what a lower end says.
        upper_means: what an upper end says.
        notes: sentences that the reader needs.
        claims: ids of the claims that the ends rest on.
        assumptions: what the caller owes: ids, and sentences of the randomizers.
    """

    title: str
    x: Axis
    y: Axis
    bands: tuple[Band, ...]
    lines: tuple[Line, ...] = ()
    marks: tuple[Mark, ...] = ()
    lower_means: str = "surely lost"
    upper_means: str = "may be promised"
    notes: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.bands:
            raise ParameterError("bands", "must be at least one", "none", "There is nothing to draw")
        drawn = len(self.bands) + sum(1 for line in self.lines if line.stroke is not Stroke.GUIDE)
        if drawn > MOST_SERIES:
            rule = f"must be at most {MOST_SERIES} bands and lines"
            raise ParameterError("picture", rule, drawn, "Ask for several pictures")

    def limits(self) -> tuple[float, float]:
        """Return the lowest and the highest number that the vertical axis shows.

        On a logarithmic axis there is no 0: a lower end of 0 is drawn on its floor, the lowest number. An infinite upper end is
        drawn on its ceiling, the highest number.
        """
        values = [value for value in self._heights() if math.isfinite(value)]
        if not self.y.log:
            most = max(values, default=0.0) or 1.0
            return self._ends(0.0, most * 1.05)
        positive = [value for value in values if value > 0] or [1.0]
        zero = any(value <= 0 for value in values)
        floor = 10.0 ** max(math.floor(math.log10(min(positive))), -300)
        ceiling = 10.0 ** min(math.ceil(math.log10(max(positive))), 300)
        if zero and min(positive) == floor:
            floor /= 10.0  # what is 0 stands below what is not
        return self._ends(floor, max(ceiling, floor * 10.0))

    def heights(self) -> Heights:
        """Return where numbers are drawn."""
        floor, ceiling = self.limits()
        return Heights(floor=floor, ceiling=ceiling, log=self.y.log)

    def as_dict(self) -> dict[str, Any]:
        """Return what is drawn as JSON-able values; ends are rounded outward, an infinite end is None."""
        return {
            "title": self.title,
            "x": {"label": self.x.label, "log": self.x.log},
            "y": {"label": self.y.label, "log": self.y.log},
            "lower": self.lower_means,
            "upper": self.upper_means,
            "bands": [band.as_dict() for band in self.bands],
            "lines": [line.as_dict() for line in self.lines],
            "marks": [mark.as_dict() for mark in self.marks],
            "notes": list(self.notes),
            "claims": list(self.claims),
            "assumptions": list(self.assumptions),
        }

    def _heights(self) -> Iterator[float]:
        for band in self.bands:
            yield from map(float, (*band.lower, *band.upper))
        for line in self.lines:
            yield from map(float, line.y)
        yield from (float(mark.y) for mark in self.marks)

    def _ends(self, least: float, most: float) -> tuple[float, float]:
        return (
            least if self.y.least is None else float(self.y.least),
            most if self.y.most is None else float(self.y.most),
        )


def _check_places(name: str, x: tuple[Number, ...], *columns: tuple[object, ...]) -> None:
    if not x:
        raise ParameterError(name, "must have at least one place", "none")
    if any(len(column) != len(x) for column in columns):
        raise ParameterError(name, "must have as many numbers as places", [len(c) for c in (x, *columns)])
    if any(not here < there for here, there in pairwise(x)):
        raise ParameterError(name, "must have places that rise", list(x))

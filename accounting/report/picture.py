"""Where things are in the picture of a privacy curve: numbers for a drawing, no drawing."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from ..model import Budget
from .band import PrivacyBand

__all__ = ["FRAME", "Frame", "Picture", "Tick", "picture_of"]

_STEPS = 4
_MOST_TICKS = 8
_WIDEST = 4  # times the last epsilon of the band, for a budget to be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The edges of the area in which the curve is drawn, in the drawing's units: x to the right, y downwards."""

    left: int
    right: int
    top: int
    bottom: int


FRAME = Frame(left=84, right=704, top=32, bottom=332)


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid.

    Attributes:
        at: where it is, in the drawing's units.
        label: what is written there.
    """

    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A privacy curve with its band: epsilon to the right, log10 of delta upwards.

    Attributes:
        band: the corners of the area between the two ends, as SVG writes points.
        upper: those of its upper edge.
        x_ticks: lines of equal epsilon.
        y_ticks: lines of equal delta.
        budget: where the budget is; None for a coordinate that the picture does not show.
    """

    band: str
    upper: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    budget: tuple[float | None, float | None]


def picture_of(band: PrivacyBand, budget: Budget) -> Picture:
    """Lay a band out; its edges are rounded outward to a hundredth of the drawing's units.

    Args:
        band: a certified one.
        budget: what is marked.
    """
    widest = float(band.epsilons[-1])
    allowed = 1.15 * float(budget.epsilon)
    if widest < allowed <= _WIDEST * widest:
        widest = allowed
    largest = max(bounds.upper for bounds in band.bounds)
    top = max(math.ceil(math.log10(largest)), band.floor + 1) if largest else band.floor + 1
    every = -(-(top - band.floor) // _MOST_TICKS)

    def across(epsilon: float) -> float:
        return FRAME.left + (FRAME.right - FRAME.left) * epsilon / widest

    def down(delta: float) -> float:
        size = max(math.log10(delta), band.floor) if delta > 0 else band.floor
        return FRAME.top + (FRAME.bottom - FRAME.top) * (top - size) / (top - band.floor)

    corners = list(band.between(_STEPS))
    upper = [_point(across(epsilon), down(most), math.floor) for epsilon, _, most in corners]
    lower = [_point(across(epsilon), down(least), math.ceil) for epsilon, least, _ in corners]
    shown = (
        round(across(float(budget.epsilon)), 2) if budget.epsilon <= widest else None,
        round(down(float(budget.delta)), 2) if Fraction(10) ** band.floor <= budget.delta else None,
    )
    step = _step(widest)
    return Picture(
        band=" ".join([*upper, *reversed(lower)]),
        upper=" ".join(upper),
        x_ticks=tuple(
            Tick(round(across(float(i * step)), 2), f"{float(i * step):g}")
            for i in range(math.floor(widest / step) + 1)
        ),
        y_ticks=tuple(
            Tick(
                round(FRAME.top + (FRAME.bottom - FRAME.top) * (top - size) / (top - band.floor), 2),
                _power(size),
            )
            for size in range(top, band.floor - 1, -every)
        ),
        budget=shown,
    )


def _point(x: float, y: float, rounded: Callable[[float], int]) -> str:
    return f"{x:.2f},{rounded(100 * y) / 100:.2f}"


def _power(size: int) -> str:
    return "1" if size == 0 else f"1e{size}"


def _step(widest: float) -> Fraction:
    """Return the least of 1, 2, 5 times a power of ten that leaves few enough steps."""
    size = math.floor(math.log10(widest)) - 1
    steps = (Fraction(10) ** power * times for power in (size, size + 1) for times in (1, 2, 5))
    return next(step for step in steps if widest / step <= _MOST_TICKS)

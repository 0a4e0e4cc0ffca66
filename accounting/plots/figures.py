"""Figures of matplotlib: each draws the numbers of a picture, and computes none."""

from __future__ import annotations

from typing import Any

from . import draw
from .picture import Picture
from .schedule import SchedulePicture, figure_of_schedule

__all__ = ["figure_of"]


def figure_of(picture: Picture | SchedulePicture, *, size: str = "page") -> Any:
    """Return a matplotlib figure of any picture; see ``draw.figure_of`` and ``schedule.figure_of_schedule``.

    Args:
        picture: the numbers.
        size: ``"page"``, ``"phone"`` or ``"slide"``.

    Raises:
        ParameterError: there is no such size.
        NotCoveredError: matplotlib is not installed.
    """
    if isinstance(picture, SchedulePicture):
        return figure_of_schedule(picture, size=size)
    return draw.figure_of(picture, size=size)

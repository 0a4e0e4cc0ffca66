"""Figures of matplotlib, one function a picture; each draws the numbers of a picture and computes none."""

from __future__ import annotations

from typing import Any

from .draw import figure_of
from .picture import Picture
from .schedule import figure_of_schedule

__all__ = [
    "figure_of_curve",
    "figure_of_schedule",
    "figure_of_shufflers",
    "figure_of_summation",
    "figure_of_table",
    "figure_of_trade_off",
    "figure_of_users",
]


def figure_of_curve(picture: Picture, *, size: str = "page") -> Any:
    """Return a matplotlib figure of ``curve_picture``: delta against epsilon; see ``draw.figure_of``."""
    return figure_of(picture, size=size)


def figure_of_users(picture: Picture, *, size: str = "page") -> Any:
    """Return a matplotlib figure of ``users_picture``: epsilon against users; see ``draw.figure_of``."""
    return figure_of(picture, size=size)


def figure_of_shufflers(picture: Picture, *, size: str = "page") -> Any:
    """Return a matplotlib figure of ``shufflers_picture``: epsilon against shufflers; see ``draw.figure_of``."""
    return figure_of(picture, size=size)


def figure_of_trade_off(picture: Picture, *, size: str = "page") -> Any:
    """Return a matplotlib figure of ``trade_off_picture``: type II against type I error; see ``draw.figure_of``."""
    return figure_of(picture, size=size)


def figure_of_summation(picture: Picture, *, size: str = "page") -> Any:
    """Return a matplotlib figure of ``summation_picture``: errors against users; see ``draw.figure_of``."""
    return figure_of(picture, size=size)


def figure_of_table(picture: Picture, *, size: str = "page") -> Any:
    """Return a matplotlib figure of ``table_picture``: cells against an axis; see ``draw.figure_of``."""
    return figure_of(picture, size=size)

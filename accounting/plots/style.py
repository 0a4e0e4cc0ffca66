"""How pictures look: sizes, and series that can be told apart in colour, in grey and on a small screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import ParameterError

__all__ = ["COLOURS", "CROSS", "SIZES", "Look", "Size", "lightness", "look", "read_size", "settings"]

COLOURS = ("#000000", "#a01e38", "#20808d", "#d98200", "#4b0a8a")
"""Every two of them differ by 12 or more in lightness, from 0 for black to 100 for white."""
CROSS = "#d94a5e"
"""Of the crosses on claims that fail: lighter than what they lie on."""

_DASHES: tuple[tuple[float, ...], ...] = ((), (6.0, 2.0), (3.0, 1.5), (8.0, 2.0, 1.5, 2.0))
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h", "*")


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a picture.

    Attributes:
        inches: width and height.
        font: of all text, in points.
        dots: per inch, in PNG files.
        letters: of a line of text that is as wide as the picture.
    """

    inches: tuple[float, float]
    font: float
    dots: int
    letters: int


SIZES = {
    "page": Size((6.5, 5.0), 9.0, 200, 92),
    "phone": Size((3.75, 5.4), 8.0, 288, 60),
    "slide": Size((10.0, 5.625), 12.0, 192, 106),
}
"""Text on a page in print; a screen of 360 points; a slide of 16:9."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one series is drawn.

    Attributes:
        colour: as #rrggbb.
        dashes: lengths of dashes and gaps, in line widths; empty for a solid line.
        marker: the shape of its marks.
    """

    colour: str
    dashes: tuple[float, ...]
    marker: str


def look(place: int) -> Look:
    """Return how the series at a place of a picture is drawn, counted from 0."""
    return Look(COLOURS[place % len(COLOURS)], _DASHES[place % len(_DASHES)], _MARKERS[place % len(_MARKERS)])


def lightness(colour: str) -> float:
    """Return the CIE lightness L* of a colour #rrggbb: what is left of it in grey, 0 to 100."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 903.3 * luminance if luminance <= 0.008856 else 116.0 * luminance ** (1 / 3) - 16.0


def read_size(name: str, size: str) -> Size:
    """Choose a size by its name.

    Raises:
        ParameterError: there is no such size.
    """
    if size not in SIZES:
        raise ParameterError(name, f"must be one of {', '.join(SIZES)}", size)
    return SIZES[size]


def settings(size: Size) -> dict[str, Any]:
    """Return matplotlib's settings: text stays text in vector files, and equal pictures are equal bytes."""
    return {
        "axes.linewidth": 0.8,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "font.family": "DejaVu Sans",
        "font.size": size.font,
        "axes.labelsize": size.font,
        "axes.titlesize": size.font,
        "figure.titlesize": size.font,
        "legend.fontsize": size.font,
        "xtick.labelsize": size.font,
        "ytick.labelsize": size.font,
        "pdf.fonttype": 42,
        "svg.fonttype": "none",
        "svg.hashsalt": "concurrent-shuffle-accounting",
        "text.usetex": False,
    }

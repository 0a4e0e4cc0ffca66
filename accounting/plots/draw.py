"""Drawing the numbers of a picture."""

from __future__ import annotations

from textwrap import fill, shorten
from typing import Any

from .canvas import new_figure, styled
from .picture import Axis, Band, Between, Line, Picture, Stroke
from .style import CROSS, Look, Size, look, read_size

__all__ = ["figure_of", "words"]

_LONGEST_NAME = 60
_STROKES: dict[Stroke, tuple[float, ...]] = {
    Stroke.SOLID: (),
    Stroke.DASHED: (5.0, 2.5),
    Stroke.DASH_DOTTED: (7.0, 2.0, 1.5, 2.0),
    Stroke.GUIDE: (1.0, 2.0),
}
_LOWER_DASHES = (1.0, 1.2)
_BETWEEN_MARKS = 0.08  # of the diagonal, between the marks that tell stepped lines apart


def figure_of(picture: Picture, *, size: str = "page") -> Any:
    """Return a matplotlib figure of a picture.

    Args:
        picture: the numbers.
        size: ``"page"``, ``"phone"`` or ``"slide"``.

    Returns:
        A figure whose lines and areas hold the numbers of ``picture`` themselves, but that on a logarithmic axis 0 stands on the
        floor, and that infinity stands on the ceiling.

    Raises:
        ParameterError: there is no such size.
        NotCoveredError: matplotlib is not installed.
    """
    wanted = read_size("size", size)
    with styled(wanted):
        figure = new_figure(wanted)
        axes = figure.subplots()
        _prepare(axes, picture, wanted)
        handles: list[Any] = []
        names: list[str] = []
        alone = len(picture.bands) == 1
        for place, band in enumerate(picture.bands):
            upper, lower = _draw_band(axes, picture, band, look(place), zorder=3.0 - place / 100)
            handles.append(upper)
            names.append(f"{_shown(band.name)}: {picture.upper_means}" if alone else _shown(band.name))
            if alone:
                handles.append(lower)
                names.append(f"{_shown(band.name)}: {picture.lower_means}")
        if not alone:
            handles += [_sample(axes, (), 1.6), _sample(axes, _LOWER_DASHES, 1.0)]
            names += [f"upper line: {picture.upper_means}", f"dotted: {picture.lower_means}"]
        place = len(picture.bands)
        for line in picture.lines:
            drawn = _draw_line(axes, picture, line, look(place))
            place += line.stroke is not Stroke.GUIDE
            if line.name:
                handles.append(drawn)
                names.append(_shown(line.name) + (f" ({line.status})" if line.status else ""))
        for mark in picture.marks:
            (drawn,) = axes.plot(
                [mark.x],
                [picture.heights().upper(mark.y)],
                linestyle="none",
                marker="*",
                markersize=wanted.font * 1.2,
                color="black",
                markerfacecolor="white",
                zorder=5,
                clip_on=False,
            )
            handles.append(drawn)
            names.append(_shown(mark.name))
        _finish(figure, picture, wanted, handles, names)
    return figure


def words(
    figure: Any, size: Size, *, title: str, notes: tuple[str, ...], handles: list[Any], names: list[str]
) -> None:
    """Write a title above a figure, notes and the legend below it; no letter of them is read as a formula."""
    if title:
        text = fill(shorten(title, 3 * size.letters, placeholder=" .."), int(size.letters * 0.8))
        figure.suptitle(text, parse_math=False, x=0.01, ha="left", fontweight="bold")
    widest = max(map(len, names)) + 9
    columns = max(1, min(3, len(names), size.letters // widest))
    box = figure.legend(
        handles,
        names,
        loc="outside lower left",
        ncols=columns,
        frameon=False,
        title="\n".join(fill(note, size.letters) for note in notes) or None,
        alignment="left",
        handlelength=2.8,
    )
    for text in (box.get_title(), *box.get_texts()):
        text.set_parse_math(False)
    box.get_title().set(fontsize=size.font, color="0.25")


def _shown(name: str) -> str:
    text = shorten(name, _LONGEST_NAME, placeholder=" ..")
    return f" {text}" if text.startswith("_") else text  # matplotlib leaves names with a low line out


def _prepare(axes: Any, picture: Picture, size: Size) -> None:
    for axis, set_scale, set_label in (
        (picture.x, axes.set_xscale, axes.set_xlabel),
        (picture.y, axes.set_yscale, axes.set_ylabel),
    ):
        if axis.log:
            set_scale("log")
        set_label(axis.label, parse_math=False)
    axes.set_ylim(*picture.limits())
    series: tuple[Band | Line, ...] = (*picture.bands, *picture.lines)
    places = [float(place) for each in series for place in each.x]
    places += [float(mark.x) for mark in picture.marks]
    axes.set_xlim(*_sides(picture.x, min(places), max(places)))
    axes.grid(visible=True, which="major", color="0.88", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(which="both", labelsize=size.font)


def _sides(axis: Axis, first: float, last: float) -> tuple[float, float]:
    first = first if axis.least is None else float(axis.least)
    last = last if axis.most is None else float(axis.most)
    if axis.log:
        room = (last / first) ** 0.02 if last > first else 1.5
        return first / room, last * room
    room = (last - first) * 0.02 or 0.5
    return (first - room if axis.least is None and first > 0 else first), last + room


def _draw_band(axes: Any, picture: Picture, band: Band, how: Look, *, zorder: float) -> tuple[Any, Any]:
    places, lower, upper = band.outline()
    heights = picture.heights()
    low, high = [heights.lower(end) for end in lower], [heights.upper(end) for end in upper]
    marks: dict[str, Any] = {"marker": how.marker, "markersize": 4.5}
    below = marks | {"markerfacecolor": "white"}
    if band.between is Between.FALLING:
        marks = marks | {"markevery": _BETWEEN_MARKS} if len(picture.bands) > 1 else {}
        below = {}
    if band.filled:
        axes.fill_between(places, low, high, color=how.colour, alpha=0.16, linewidth=0, zorder=zorder - 1)
    (top,) = axes.plot(
        places, high, color=how.colour, dashes=how.dashes, linewidth=1.6, zorder=zorder, **marks
    )
    (bottom,) = axes.plot(
        places,
        low,
        color=how.colour,
        dashes=_LOWER_DASHES,
        linewidth=1.0,
        zorder=zorder,
        **below,
    )
    top.set_gid(f"upper: {band.name}")
    bottom.set_gid(f"lower: {band.name}")
    return top, bottom


def _draw_line(axes: Any, picture: Picture, line: Line, how: Look) -> Any:
    at = picture.heights()
    heights = [at.lower(value) for value in line.y]
    if line.stroke is Stroke.GUIDE:
        (drawn,) = axes.plot(
            line.x, heights, color="0.55", dashes=_STROKES[line.stroke], linewidth=1.0, zorder=1.5
        )
        return drawn
    (drawn,) = axes.plot(
        line.x,
        heights,
        color=how.colour,
        dashes=_STROKES[line.stroke],
        linewidth=1.1,
        marker=how.marker,
        markersize=4.0,
        markerfacecolor="white",
        zorder=3.5,
    )
    drawn.set_gid(f"claim: {line.name}")
    crossed = [i for i, flag in enumerate(line.crossed) if flag]
    if crossed:
        axes.plot(
            [line.x[i] for i in crossed],
            [heights[i] for i in crossed],
            linestyle="none",
            marker="x",
            markersize=9.0,
            markeredgewidth=1.6,
            color=CROSS,
            zorder=4,
        )
    return drawn


def _sample(axes: Any, dashes: tuple[float, ...], width: float) -> Any:
    (line,) = axes.plot([], [], color="0.35", dashes=dashes, linewidth=width)
    return line


def _finish(figure: Any, picture: Picture, size: Size, handles: list[Any], names: list[str]) -> None:
    notes = picture.notes
    if any(any(line.crossed) for line in picture.lines):
        notes = (*notes, "×: the claim is below what explicit neighbouring data sets lose.")
    words(figure, size, title=picture.title, notes=notes, handles=handles, names=names)

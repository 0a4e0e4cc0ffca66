"""What is drawn is what was computed: by the data of lines and areas, not by pixels."""

import math
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from accounting.errors import NotCoveredError, ParameterError
from accounting.plots import SIZES, Axis, Band, Between, Line, Mark, Picture, Stroke, save
from accounting.plots.canvas import figure_as_bytes
from accounting.plots.draw import figure_of
from accounting.plots.style import lightness

BAND = Band(
    name="total",
    x=(0.0, 1.0, 2.0),
    lower=(0.01, 0.001, 0.0),
    upper=(math.inf, 0.1, 0.004),
    between=Between.FALLING,
)
PICTURE = Picture(
    title="A picture",
    x=Axis(label="epsilon"),
    y=Axis(label="delta", log=True),
    bands=(BAND,),
    lines=(
        Line(name="clones", x=(0.0, 2.0), y=(0.02, 0.003), status="proved"),
        Line(
            name="wrong",
            x=(0.0, 2.0),
            y=(0.001, 0.002),
            stroke=Stroke.DASHED,
            status="refuted",
            crossed=(True, False),
        ),
    ),
    marks=(Mark(name="budget", x=1.0, y=0.0),),
    notes=("A note.",),
)
TWO = Picture(
    title="",
    x=Axis(label="users", log=True),
    y=Axis(label="epsilon"),
    bands=tuple(
        Band(name=name, x=(10, 1000), lower=(low, low), upper=(2.0, 2**60 + 1))
        for name, low in (("_a", 0.5), ("$b", 1))
    ),
)


def by_gid(figure: Any, gid: str) -> Any:
    found = figure.findobj(lambda artist: artist.get_gid() == gid)
    assert len(found) == 1
    return found[0]


def test_lines_hold_the_ends_themselves() -> None:
    figure = figure_of(PICTURE)
    floor, ceiling = PICTURE.limits()
    x, lower, upper = BAND.outline()
    top, bottom = by_gid(figure, "upper: total"), by_gid(figure, "lower: total")
    assert list(top.get_xdata()) == list(bottom.get_xdata()) == list(x)
    assert list(top.get_ydata()) == [ceiling, ceiling, *upper[2:]]
    assert list(bottom.get_ydata()) == [*lower[:2], floor, floor]
    assert figure.axes[0].get_ylim() == (floor, ceiling)
    claim = by_gid(figure, "claim: clones")
    assert (list(claim.get_xdata()), list(claim.get_ydata())) == ([0.0, 2.0], [0.02, 0.003])


def test_the_area_reaches_from_the_lower_to_the_upper_ends() -> None:
    figure = figure_of(PICTURE)
    (area,) = [each for each in figure.axes[0].collections if each.get_paths()]
    vertices = area.get_paths()[0].vertices
    floor, ceiling = PICTURE.limits()
    for place, low, high in zip((0.0, 1.0, 2.0), (0.001, floor, floor), (ceiling, ceiling, 0.1), strict=True):
        heights = vertices[vertices[:, 0] == place, 1]
        assert (heights.min(), heights.max()) == (low, high)


def test_a_budget_of_zero_stands_on_the_floor() -> None:
    figure = figure_of(PICTURE)
    stars = [line for line in figure.axes[0].lines if line.get_marker() == "*"]
    assert [list(star.get_ydata()) for star in stars] == [[PICTURE.limits()[0]]]


def test_refuted_claims_are_dashed_named_and_crossed() -> None:
    figure = figure_of(PICTURE)
    assert by_gid(figure, "claim: wrong").is_dashed()
    assert not by_gid(figure, "claim: clones").is_dashed()
    (crosses,) = [line for line in figure.axes[0].lines if line.get_marker() == "x"]
    assert list(crosses.get_xdata()) == [0.0]
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert "wrong (refuted)" in names
    assert "clones (proved)" in names
    assert "total: may be promised" in names
    assert "×" in figure.legends[0].get_title().get_text()


def test_several_bands_are_told_apart_and_no_name_is_lost() -> None:
    figure = figure_of(TWO)
    tops = [by_gid(figure, "upper: _a"), by_gid(figure, "upper: $b")]
    assert tops[0].get_marker() != tops[1].get_marker()
    assert abs(lightness(tops[0].get_color()) - lightness(tops[1].get_color())) >= 12
    names = [text.get_text().strip() for text in figure.legends[0].get_texts()]
    assert names == ["_a", "$b", "upper line: may be promised", "dotted: surely lost"]
    assert int(tops[0].get_ydata()[1]) > 2**60 + 1, "a whole number is rounded outward"


@pytest.mark.parametrize("size", list(SIZES))
def test_no_text_is_small_or_leaves_the_picture(size: str) -> None:
    prose = (
        "With 600 users and 2 shufflers, for some input the largest error is at least 7.03863 in the mean. "
        * 3
    )
    figure = figure_of(replace(PICTURE, title=prose, notes=(prose,)), size=size)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    width, height = figure.get_size_inches() * figure.dpi
    texts = [text for text in figure.findobj(matplotlib.text.Text) if text.get_text() and text.get_visible()]
    assert len(texts) > 10
    for text in texts:
        assert text.get_fontsize() >= 8.0
    for text in (figure._suptitle, *figure.legends[0].get_texts(), figure.legends[0].get_title()):
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0
        assert box.x1 <= width
        assert box.y0 >= 0
        assert box.y1 <= height
    plot = figure.axes[0].get_tightbbox(renderer)
    assert plot.y0 >= figure.legends[0].get_window_extent(renderer).y1 - 1, "the legend covers nothing"
    assert plot.height > height / 4


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_equal_pictures_are_equal_bytes(ending: str) -> None:
    first, second = (figure_as_bytes(figure_of(PICTURE), ending=ending) for _ in range(2))
    assert first == second
    assert re.search(rb"20[0-9]{2}-[0-9]{2}-[0-9]{2}|/CreationDate", first) is None


def test_text_stays_text_in_vector_files() -> None:
    svg = figure_as_bytes(figure_of(PICTURE), ending=".svg").decode()
    for words in ("A picture", "wrong (refuted)", "A note.", "epsilon"):
        assert f">{words}</text>" in svg
    assert b"/FontFile2" in figure_as_bytes(figure_of(PICTURE), ending=".pdf"), (
        "fonts are embedded, as outlines"
    )


def test_names_are_never_formulas_and_any_script_is_allowed() -> None:
    for name in ("$x^", r"\frac", "batch_1", "日次", "a" * 500):
        picture = Picture(
            title=name,
            x=Axis(label=name[:20]),
            y=Axis(label="y"),
            bands=(Band(name=name, x=(1,), lower=(1,), upper=(2,)),),
            notes=(name,),
        )
        assert figure_as_bytes(figure_of(picture), ending=".svg")


def test_settings_of_the_process_are_neither_used_nor_changed() -> None:
    plain = figure_as_bytes(figure_of(PICTURE), ending=".svg")
    with matplotlib.rc_context({"font.size": 40.0, "svg.fonttype": "path"}):
        assert figure_as_bytes(figure_of(PICTURE), ending=".svg") == plain
        assert matplotlib.rcParams["font.size"] == 40.0


def test_files_are_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figure = figure_of(PICTURE)
    for ending in (".png", ".SVG", ".pdf"):
        save(figure, tmp_path / f"p{ending}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.SVG", "p.pdf", "p.png"]
    before = (tmp_path / "p.png").read_bytes()
    monkeypatch.setattr("accounting.plots.canvas.figure_as_bytes", _failing)
    with pytest.raises(MemoryError):
        save(figure, tmp_path / "p.png")
    assert (tmp_path / "p.png").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 3


def _failing(*_: object, **__: object) -> bytes:
    raise MemoryError


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("p.jpg", "must end in"),
        ("p", "must end in"),
        ("none/p.png", "can be written"),
        ("folder.png", "must be a file"),
    ],
)
def test_places_that_take_no_picture(name: str, rule: str, tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(ParameterError, match=rule) as caught:
        save(figure_of(PICTURE), tmp_path / name)
    assert caught.value.name == "output"


def test_without_matplotlib_one_error_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    figure = figure_of(PICTURE)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: figure_of(PICTURE),
        lambda: save(figure, tmp_path / "p.png"),
    )
    for attempt in attempts:
        with pytest.raises(NotCoveredError, match=r"\[plot\]"):
            attempt()
    assert np.isfinite(PICTURE.limits()).all(), "the numbers need no drawing"

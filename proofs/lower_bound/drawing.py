"""Pictures of families of batches: one bar a batch, one lane a shuffler, blocks as stripes.

What is drawn is data first (`picture`), so that it can be tested and drawn otherwise; `draw` needs matplotlib, which the
extra ``[plot]`` brings.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from accounting.schedules import Schedule

from .hard_inputs import Construction, Span

__all__ = ["Bar", "Picture", "draw", "picture"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One batch.

    Attributes:
        lane: position of its shuffler from below.
        first: its first user.
        last: its last user.
        groups: how many designated groups it touches; from two on it ties them.
    """

    lane: int
    first: int
    last: int
    groups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything that a picture shows.

    Attributes:
        lanes: names of the shufflers, from below.
        bars: the batches.
        groups: first and last user of each designated group.
        bad: the first bad step, or None.
        witness: the designated groups, counted from 0, or the one hidden block that make it bad.
    """

    lanes: tuple[str, ...]
    bars: tuple[Bar, ...]
    groups: tuple[Span, ...]
    bad: int | None
    witness: tuple[int, ...]


def picture(schedule: Schedule, construction: Construction) -> Picture:
    """Lay out a schedule over the blocks of a construction.

    Args:
        schedule: batches; each is closed from the step of its last user on.
        construction: blocks and groups.
    """
    m, g = construction.block, construction.group
    spans = [(batch.first, batch.last) for batch in schedule]
    groups = tuple((end - g + 1, end) for end in range(m, schedule.users + 1, m))
    bars = tuple(
        Bar(
            lane=schedule.shufflers.index(batch.shuffler),
            first=batch.first,
            last=batch.last,
            groups=sum(first <= batch.last and last >= batch.first for first, last in groups),
        )
        for batch in schedule
    )
    for step in range(1, schedule.users + 1):
        closed = [(first, last) for first, last in spans if last <= step]
        if construction.is_bad(step, closed):
            hidden = construction.hidden_block(step, closed)
            witness = construction.separate(step, closed) if hidden is None else (hidden,)
            return Picture(lanes=schedule.shufflers, bars=bars, groups=groups, bad=step, witness=witness)
    return Picture(lanes=schedule.shufflers, bars=bars, groups=groups, bad=None, witness=())


def draw(what: Picture, path: str | os.PathLike[str]) -> None:
    """Draw a picture into a file; its ending says which format.

    Args:
        what: the picture.
        path: where to; it is written under a temporary name and moved.

    Raises:
        ModuleNotFoundError: matplotlib is not installed.
    """
    from matplotlib.figure import Figure

    target = Path(path)
    figure = Figure(figsize=(10, 1 + 0.6 * len(what.lanes)), layout="constrained")
    axes = figure.add_subplot()
    for place, (first, last) in enumerate(what.groups):
        shade = "tab:orange" if place in what.witness else "lightgray"
        axes.axvspan(first - 0.5, last + 0.5, color=shade, alpha=0.5, linewidth=0)
    for bar in what.bars:
        axes.barh(
            bar.lane,
            bar.last - bar.first + 0.8,
            left=bar.first - 0.4,
            height=0.6,
            color="tab:blue" if bar.groups < 2 else "tab:cyan",
        )
    if what.bad is not None:
        axes.axvline(what.bad + 0.5, color="tab:red")
    axes.set_yticks(range(len(what.lanes)), what.lanes)
    axes.set_xlabel("user")
    handle, name = tempfile.mkstemp(suffix=target.suffix, dir=target.parent)
    os.close(handle)
    try:
        figure.savefig(name)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)

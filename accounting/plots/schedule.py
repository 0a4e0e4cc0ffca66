"""A schedule of batches, with the step at which every mechanism that keeps to it errs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..claims import relies_on
from ..errors import ParameterError
from ..lower_bound.bound import lower_bound
from ..lower_bound.witness import Interval, Witness, find_witness
from ..numerics.exact import ExactLike, whole
from ..schedules import Schedule
from .canvas import new_figure, styled
from .draw import words
from .style import COLOURS, read_size

__all__ = ["MOST_BARS", "MOST_ROWS", "Bar", "SchedulePicture", "figure_of_schedule", "schedule_picture"]

MOST_BARS = 20_000
MOST_ROWS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A batch.

    Attributes:
        row: the place of its shuffler in the picture, from 0 on.
        first: its first user.
        last: its last user, included.
    """

    row: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePicture:
    """Batches as bars, one row a shuffler, over users in order of arrival.

    Attributes:
        title: one line.
        rows: names of the shufflers, from top to bottom.
        bars: the batches that are drawn, whole even where they reach beyond ``first`` or ``last``.
        first: the first user that is drawn.
        last: the last one.
        error: the certified lower bound on the largest error of any mechanism, in the mean; 0 where it is trivial.
        witness: the bad step in this schedule; None where there is none, or where the bound is trivial.
        notes: sentences that the reader needs.
        claims: ids of the claims that the bound and the witness rest on.
        assumptions: what the bound asks of a mechanism.
    """

    title: str
    rows: tuple[str, ...]
    bars: tuple[Bar, ...]
    first: int
    last: int
    error: float
    witness: Witness | None
    notes: tuple[str, ...]
    claims: tuple[str, ...]
    assumptions: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return what is drawn as JSON-able values."""
        return {
            "title": self.title,
            "users": {"first": self.first, "last": self.last},
            "rows": list(self.rows),
            "bars": [
                {"shuffler": self.rows[bar.row], "first": bar.first, "last": bar.last} for bar in self.bars
            ],
            "bound": {"lower": self.error},
            "witness": None if self.witness is None else self.witness.content(),
            "notes": list(self.notes),
            "claims": list(self.claims),
            "assumptions": list(self.assumptions),
        }


@relies_on("tight-windows")
def schedule_picture(
    schedule: Schedule,
    *,
    epsilon: ExactLike,
    delta: ExactLike = 0,
    users: ExactLike | None = None,
    shufflers: ExactLike | None = None,
    first: ExactLike = 1,
    last: ExactLike | None = None,
) -> SchedulePicture:
    """Collect a schedule's batches, and find the first bad step of the lower bound in it.

    Args:
        schedule: closed batches.
        epsilon: of the transcript of all releases, in nats, at least 0.
        delta: of the transcript, a probability below 1.
        users: how many arrive; by default those of the schedule.
        shufflers: how many work; by default those of the schedule.
        first: the first user to draw.
        last: the last user to draw; by default the last to arrive.

    Raises:
        ParameterError: a number is out of its range, or the part to draw has more than 20,000 batches or 60 shufflers.
    """
    arrived = schedule.users if users is None else whole("users", users, least=schedule.users)
    working = len(schedule.shufflers)
    if shufflers is not None:
        working = whole("shufflers", shufflers, least=working)
    begin = whole("first", first, least=1, most=arrived)
    end = arrived if last is None else whole("last", last, least=begin, most=arrived)
    shown = (schedule.last >= begin) & (schedule.first <= end)
    count = int(shown.sum())
    remedy = "Draw a part of it: give the first and the last user"
    if count > MOST_BARS:
        raise ParameterError("schedule", f"must have at most {MOST_BARS} batches to draw", count, remedy)
    rows = sorted(set(schedule.owner[shown].tolist()))
    if len(rows) > MOST_ROWS:
        rule = f"must have at most {MOST_ROWS} shufflers to draw"
        raise ParameterError("schedule", rule, len(rows), remedy)
    place = {owner: row for row, owner in enumerate(rows)}
    columns = zip(
        schedule.owner[shown].tolist(),
        schedule.first[shown].tolist(),
        schedule.last[shown].tolist(),
        strict=True,
    )
    answer = lower_bound(users=arrived, shufflers=working, epsilon=epsilon, delta=delta)
    witness = None
    if answer.uniform is not None:
        uniform = answer.uniform
        witness = find_witness(
            schedule,
            arrived,
            group=uniform.group,
            block=uniform.block,
            groups=uniform.groups,
            shufflers=working,
        )
    return SchedulePicture(
        title=f"Batches of {working} shuffler{'' if working == 1 else 's'}, {arrived:,} users",
        rows=tuple(schedule.shufflers[owner] for owner in rows),
        bars=tuple(Bar(row=place[owner], first=low, last=high) for owner, low, high in columns),
        first=begin,
        last=end,
        error=answer.lower,
        witness=witness,
        notes=_notes(answer.describe(), witness, begin, end),
        claims=answer.claims,
        assumptions=answer.assumptions,
    )


def _notes(bound: str, witness: Witness | None, first: int, last: int) -> tuple[str, ...]:
    if witness is None:
        return (bound, "No step of this schedule is bad for it.")
    notes = (bound, f"With uniform blocks, {witness.sentence()}.")
    spans = _spans(witness)
    outside = [span for span in spans if span[0] < first or span[1] > last]
    if outside:
        return (*notes, f"Of its {len(spans)} blocks and groups {len(outside)} lie outside the picture.")
    return notes


def _spans(witness: Witness) -> tuple[Interval, ...]:
    return witness.groups if witness.block is None else (*witness.groups, witness.block)


def figure_of_schedule(picture: SchedulePicture, *, size: str = "page") -> Any:
    """Return a matplotlib figure: a row of bars for each shuffler, the witness as bands over all rows, its step as a line.

    Args:
        picture: what to draw.
        size: ``"page"``, ``"phone"`` or ``"slide"``.

    Raises:
        ParameterError: there is no such size.
        NotCoveredError: matplotlib is not installed.
    """
    wanted = read_size("size", size)
    with styled(wanted):
        figure = new_figure(wanted)
        axes = figure.subplots()
        handles: list[Any] = []
        names: list[str] = []
        for row in range(len(picture.rows)):
            spans = [(bar.first - 0.5, bar.last - bar.first + 1) for bar in picture.bars if bar.row == row]
            bars = axes.broken_barh(
                spans,
                (row - 0.3, 0.6),
                facecolor=("0.80", "0.66")[row % 2],
                edgecolor="black",
                linewidth=0.7,
            )
            bars.set_gid(f"batches: {picture.rows[row]}")
            if row == 0:
                handles.append(bars)
                names.append("a batch, from its first to its last user")
        witness = picture.witness
        if witness is not None:
            groups = [(first - 0.5, last - first + 1) for first, last in witness.groups]
            height = (-0.5, len(picture.rows))
            if groups:
                drawn = axes.broken_barh(
                    groups,
                    height,
                    facecolor=COLOURS[3],
                    alpha=0.55,
                    hatch="///",
                    edgecolor="black",
                    linewidth=0.9,
                )
                drawn.set_gid("groups")
                _point_at(axes, witness.groups, COLOURS[3])
                handles.append(drawn)
                names.append("groups of which no closed batch holds users of two")
            if witness.block is not None:
                first, last = witness.block
                drawn = axes.broken_barh(
                    [(first - 0.5, last - first + 1)],
                    height,
                    facecolor=COLOURS[2],
                    alpha=0.45,
                    hatch="...",
                    edgecolor="black",
                    linewidth=0.9,
                )
                drawn.set_gid("block")
                _point_at(axes, (witness.block,), COLOURS[2])
                handles.append(drawn)
                names.append("block of which no closed batch holds a user")
            step = axes.axvline(witness.step, color=COLOURS[1], dashes=(5.0, 2.0), linewidth=1.4)
            step.set_gid("step")
            handles.append(step)
            names.append(f"the bad step, {witness.step:,}")
        names_of_rows = [name if len(name) <= 20 else f"{name[:17]}..." for name in picture.rows]
        axes.set_yticks(range(len(picture.rows)), names_of_rows, parse_math=False)
        axes.set_ylim(len(picture.rows) - 0.5, -0.5)
        axes.set_xlim(picture.first - 0.5, picture.last + 0.5)
        axes.set_xlabel("users in order of arrival")
        axes.tick_params(which="both", labelsize=wanted.font)
        axes.ticklabel_format(axis="x", style="plain", useOffset=False)
        axes.locator_params(axis="x", nbins=5)
        words(figure, wanted, title=picture.title, notes=picture.notes, handles=handles, names=names)
    return figure


def _point_at(axes: Any, spans: tuple[Interval, ...], colour: str) -> None:
    """Point from above at spans, which may be narrower than a line."""
    axes.plot(
        [(first + last) / 2 for first, last in spans],
        [-0.5] * len(spans),
        linestyle="none",
        marker="v",
        markersize=6.0,
        color=colour,
        markeredgecolor="black",
        markeredgewidth=0.5,
        clip_on=False,
        zorder=5,
    )

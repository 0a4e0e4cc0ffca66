"""The first bad step of a family of batches, with the block or the groups that make it bad.

Users 1, 2, .. come in blocks; the last ``group`` users of a block are its designated group. A step is bad if a whole block
that has ended meets no batch closed by then, or if ``groups`` designated groups have ended of which no batch closed
by then touches two.

*Hidden blocks.* A block that is hidden at some step was hidden at its own end, where fewer batches were closed. There
it is hidden exactly if no batch closes during its users. So the first hidden block is the first without a closing.

*Separated groups.* A batch is an interval, so that groups are separated when neighbours among them are. A batch that
joins two groups joins all between them, so the most separated groups are found from left to right: take the first
group, then always the first that no closed batch joins to the one before. When a batch closes, it reaches as far
right as any closed batch, so for all groups from its first one on the next pick comes behind its last one: what
earlier batches that began there said is void, and the picks before its first group stay as they were. The
batches that still say something are therefore a stack, sorted by their first groups; each enters and leaves it once.
A closing never adds a pick, and between closings each group that ends adds one. So the step at which
there will be enough is known after each closing, and it is the answer if nothing closes before it or at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from ..claims import relies_on
from ..errors import ParameterError
from ..numerics.exact import ExactLike, whole
from ..schedules import Schedule
from .row import Row

if TYPE_CHECKING:
    from ..numerics.rows import Integers

__all__ = ["Closing", "Interval", "SeparatedGroups", "Witness", "find_in_row", "find_witness", "run_policy"]

Interval: TypeAlias = tuple[int, int]
"""The first and the last user, both included."""

Closing: TypeAlias = Callable[[int, tuple[int, ...]], Iterable[int]]
"""After a user's arrival: (step, first user of the open batch of each shuffler) -> the shufflers, from 0 on, that close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A bad step, and what makes it bad.

    Attributes:
        kind: ``"hidden-block"`` if nothing that was released by the step depends on the users of a block, or
            ``"separated-groups"`` if no release depends on the users of two of the groups.
        step: the first bad step; a function of what was released by then.
        block: the hidden block, else None.
        groups: the separated groups in order; with a hidden block those before it that its depth asks for.
    """

    kind: Literal["hidden-block", "separated-groups"]
    step: int
    block: Interval | None = None
    groups: tuple[Interval, ...] = ()

    def __post_init__(self) -> None:
        if (self.kind == "hidden-block") != (self.block is not None):
            raise ParameterError("block", "must be given exactly for a hidden block", self.block)
        if self.block is None and not self.groups:
            raise ParameterError("groups", "must be given where there is no block", self.groups)

    def content(self) -> dict[str, Any]:
        """Return what a JSON document says about it."""
        shown: dict[str, Any] = {"kind": self.kind, "step": self.step}
        if self.block is not None:
            shown["block"] = list(self.block)
        return shown | ({"groups": [list(each) for each in self.groups]} if self.groups else {})

    def sentence(self) -> str:
        """Say it in words."""
        if self.block is not None:
            first, last = self.block
            text = f"at step {self.step} no closed batch holds any of the users {first} to {last}"
            if not self.groups:
                return text
            if len(self.groups) == 1:
                return f"{text}, and one designated group comes before them"
            return f"{text}, or users of two of {len(self.groups)} designated groups before them"
        return (
            f"at step {self.step} no closed batch holds users of two of {len(self.groups)} groups, the first of users "
            f"{self.groups[0][0]} to {self.groups[0][1]} and the last of users {self.groups[-1][0]} to {self.groups[-1][1]}"
        )


class SeparatedGroups:
    """The most groups of which no closed batch touches two, while batches close in order of their ends.

    Groups are numbered 1, 2, .. in order of arrival.
    """

    __slots__ = ("_stack", "_wanted")

    def __init__(self, *, groups: int) -> None:
        self._wanted = groups
        # (first group of a batch, first pick from there on, picks before it, the pick after it)
        self._stack: list[tuple[int, int, int, int]] = [(1, 1, 0, 2)]

    def close(self, first: int, last: int) -> int:
        """Take in a batch, given by the first and the last group that it touches, and return ``needed()``."""
        stack = self._stack
        if last > first:
            while len(stack) > 1 and stack[-1][0] >= first:
                stack.pop()
            _, pick, before, after = stack[-1]
            if pick < first:
                pick, before = (after, before + 1) if after >= first else (first, before + 1 + first - after)
            entry = (first, pick, before, max(pick, last) + 1)
            if first == 1:
                stack[0] = entry
            else:
                stack.append(entry)
        return self.needed()

    def needed(self) -> int:
        """Return the group with whose end there are enough if no more batches close before it or at it."""
        _, pick, before, after = self._stack[-1]
        missing = self._wanted - before
        return pick if missing == 1 else after + missing - 2

    def among(self, groups: int) -> int:
        """Return how many are separated among the first groups, which include all that closed batches join."""
        _, pick, before, after = self._stack[-1]
        return before if pick > groups else before + 1 + max(0, groups - after + 1)

    def picks(self, number: int) -> list[int]:
        """Return the first groups that are separated, from left to right."""
        found: list[int] = []
        stops = [entry[0] for entry in self._stack[1:]]
        for (_, pick, before, after), stop in zip(self._stack, [*stops, None], strict=True):
            del found[before:]
            found.append(pick)
            more = number - len(found) if stop is None else stop - after
            found.extend(range(after, after + max(0, more)))
        return found[:number]


@relies_on("tight-windows")
def find_witness(
    schedule: Schedule | Closing,
    users: ExactLike,
    *,
    group: ExactLike,
    block: ExactLike,
    groups: ExactLike,
    shufflers: ExactLike,
) -> Witness | None:
    """Find the first bad step of a family of batches, in time nearly linear in the number of batches.

    Args:
        schedule: closed batches, each closed at the step of its last user: a ``Schedule`` (from a file, from
            arrays, from a recorded run), or a policy that is asked after each user which batches close. A batch that
            takes in users whom it gets no message from, for instance because it stays open without them, is
            given with them.
        users: how many users arrive, at least the schedule's; users in no batch count.
        group: users of a designated group, from 1 to ``block``.
        block: users of a block, from 1 on.
        groups: separated groups that make a step bad, from 1 on.
        shufflers: how many shufflers work, at least those of the schedule.

    Returns:
        The first bad step, None if there is none. From ``tight_window(block=.., groups=.., shufflers=..)`` users on
        there is one, whatever the batches are. If both kinds are there at the first bad step, the hidden block.

    Raises:
        ParameterError: a number is out of its range, or the schedule has more users or shufflers than stated.

    Guarantee:
        tight-windows.

    >>> hourly = Schedule([("hourly", 1, 3), ("hourly", 4, 9), ("hourly", 10, 12)])
    >>> find_witness(hourly, 16, group=1, block=6, groups=2, shufflers=1)
    Witness(kind='separated-groups', step=12, block=None, groups=((6, 6), (12, 12)))
    >>> find_witness(hourly, 24, group=1, block=6, groups=3, shufflers=1)
    Witness(kind='hidden-block', step=18, block=(13, 18), groups=())
    """
    n, m = whole("users", users, least=1), whole("block", block, least=1)
    g, wanted = whole("group", group, least=1), whole("groups", groups, least=1)
    k = whole("shufflers", shufflers, least=0)
    if g > m:
        raise ParameterError("group", f"must be at most the block, {m} users", g)
    if isinstance(schedule, Schedule):
        _check(schedule, n, k)
        return _first(schedule.first, schedule.last, n, m, g, wanted)
    watch, closed = SeparatedGroups(groups=wanted), False
    opened = [1] * k
    for step in range(1, n + 1):
        for j in _closing(schedule, step, opened):
            watch.close(_up(opened[j], m), (step + g - 1) // m)
            opened[j], closed = step + 1, True
        if step % m == 0:
            if not closed:
                return _hidden(step, m)
            if m * watch.needed() == step:
                return _separated(step, watch.picks(wanted), m, g)
            closed = False
    return None


@relies_on("tight-windows")
def find_in_row(
    schedule: Schedule, row: Row, users: ExactLike, *, groups: ExactLike, shufflers: ExactLike
) -> Witness | None:
    """Find the first bad step of a family of batches for designated groups and blocks that stand anywhere.

    A step is bad if a block ends there that meets no batch closed by then, and before which its depth of designated
    groups are separated; or if ``groups`` separated ones have ended.

    Args:
        schedule: closed batches, each closed at the step of its last user.
        row: where groups and blocks stand.
        users: how many users arrive, at least the schedule's; parts of the row that end later do not count.
        groups: separated groups that make a step bad, from 1 on.
        shufflers: how many shufflers work, at least those of the schedule.

    Returns:
        The first bad step, None if there is none. If both kinds are there, the hidden block.

    Raises:
        ParameterError: a number is out of its range, or the schedule has more users or shufflers than stated.

    Guarantee:
        tight-windows, for the order in which groups are picked.
    """
    n, wanted = whole("users", users, least=1), whole("groups", groups, least=1)
    _check(schedule, n, whole("shufflers", shufflers, least=0))
    starts = np.searchsorted(row.group_last, schedule.first) + 1
    ends = np.searchsorted(row.group_first, schedule.last, side="right")
    closings = np.unique(schedule.last)
    quiet = np.searchsorted(closings, row.block_first) == np.searchsorted(
        closings, row.block_last, side="right"
    )
    hidden = np.flatnonzero(quiet & (row.block_last <= n))
    joins = np.flatnonzero(starts < ends)
    steps = np.concatenate([row.block_last[hidden], schedule.last[joins]])
    before = np.searchsorted(row.group_last, row.block_first[hidden])
    firsts = np.concatenate([before, starts[joins]])
    lasts = np.concatenate([-1 - hidden, ends[joins]])
    order = np.argsort(
        steps, kind="stable"
    )  # a block before the batches that close at its end: then it meets them
    watch = SeparatedGroups(groups=wanted)
    last_users = row.group_last
    needed = watch.needed()
    for step, first, last in zip(
        steps[order].tolist(), firsts[order].tolist(), lasts[order].tolist(), strict=True
    ):
        if needed <= len(last_users) and last_users[needed - 1] < step:
            break
        if last > 0:
            needed = watch.close(first, last)
        elif watch.among(first) >= (depth := int(row.depth[-1 - last])):
            block = (int(row.block_first[-1 - last]), step)
            return Witness(
                kind="hidden-block", step=step, block=block, groups=_spans(row, watch.picks(depth))
            )
    if needed > len(last_users) or (step := int(last_users[needed - 1])) > n:
        return None
    return Witness(kind="separated-groups", step=step, groups=_spans(row, watch.picks(wanted)))


def _spans(row: Row, picks: list[int]) -> tuple[Interval, ...]:
    return tuple((int(row.group_first[i - 1]), int(row.group_last[i - 1])) for i in picks)


def _check(schedule: Schedule, users: int, shufflers: int) -> None:
    if schedule.users > users:
        rule = f"must be at least the schedule's {schedule.users}"
        raise ParameterError("users", rule, users, "Each batch ends at a user")
    if len(schedule.shufflers) > shufflers:
        rule = f"must be at least the schedule's {len(schedule.shufflers)}"
        raise ParameterError("shufflers", rule, shufflers, "Each shuffler of the schedule counts")


def run_policy(closing: Closing, users: ExactLike, *, shufflers: ExactLike) -> Schedule:
    """Record the batches that a policy closes; each shuffler opens its next batch with the next user.

    Args:
        closing: asked after each user's arrival.
        users: how many users arrive.
        shufflers: how many shufflers work, from 1 on.

    Raises:
        ParameterError: the policy names a shuffler that is not there, or closes no batch at all.
    """
    n, k = whole("users", users, least=1), whole("shufflers", shufflers, least=1)
    opened, batches = [1] * k, []
    for step in range(1, n + 1):
        for j in _closing(closing, step, opened):
            batches.append((str(j), opened[j], step))
            opened[j] = step + 1
    return Schedule(batches, users=n)


def _closing(closing: Closing, step: int, opened: list[int]) -> set[int]:
    found = set(closing(step, tuple(opened)))
    if not found <= set(range(len(opened))):
        raise ParameterError("closing", f"must name shufflers from 0 to {len(opened) - 1}", sorted(found))
    return found


def _first(first: Integers, last: Integers, users: int, m: int, g: int, wanted: int) -> Witness | None:
    """Find the first bad step of batches in any order."""
    closings = np.unique((last - 1) // m)  # numbers of blocks with a closing, from 0 on
    gaps = np.flatnonzero(closings != np.arange(len(closings)))
    hidden = m * (int(gaps[0] if len(gaps) else len(closings)) + 1)
    starts, ends = (first - 1) // m + 1, (last - 1 + g) // m
    joins = np.flatnonzero((starts < ends) & (last < hidden))
    joins = joins[np.argsort(last[joins], kind="stable")]
    watch = SeparatedGroups(groups=wanted)
    enough = m * watch.needed()
    for step, start, end in zip(
        last[joins].tolist(), starts[joins].tolist(), ends[joins].tolist(), strict=True
    ):
        if enough < step:
            break
        enough = m * watch.close(start, end)
    if min(hidden, enough) > users:
        return None
    if hidden <= enough:
        return _hidden(hidden, m)
    return _separated(enough, watch.picks(wanted), m, g)


def _separated(step: int, picks: list[int], block: int, group: int) -> Witness:
    groups = tuple((block * i - group + 1, block * i) for i in picks)
    return Witness(kind="separated-groups", step=step, groups=groups)


def _hidden(step: int, block: int) -> Witness:
    return Witness(kind="hidden-block", step=step, block=(step - block + 1, step))


def _up(user: int, block: int) -> int:
    """The first group that a batch touches which begins with this user."""
    return (user - 1) // block + 1

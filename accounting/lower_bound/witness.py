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

if TYPE_CHECKING:
    from ..numerics.rows import Integers

__all__ = ["Closing", "Interval", "SeparatedGroups", "Witness", "find_witness", "run_policy"]

Interval: TypeAlias = tuple[int, int]
"""The first and the last user, both included."""

Closing: TypeAlias = Callable[[int, tuple[int, ...]], Iterable[int]]
"""After a user's arrival: (step, first user of the open batch of each shuffler) -> the shufflers, from 0 on, that close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A bad step, and what makes it bad.

    Attributes:
        kind: ``"hidden-block"`` if nothing that was released by the step depends on the users of a block, or
            ``"separated-groups"`` if nothing depends on the users of two of the groups.
        step: the first bad step; a function of what was released by then.
        block: the hidden block, else None.
        groups: the separated groups in order, else empty.
    """

    kind: Literal["hidden-block", "separated-groups"]
    step: int
    block: Interval | None = None
    groups: tuple[Interval, ...] = ()

    def __post_init__(self) -> None:
        if (self.kind == "hidden-block") != (self.block is not None):
            raise ParameterError("block", "must be given exactly for a hidden block", self.block)
        if (self.kind == "separated-groups") != bool(self.groups):
            raise ParameterError("groups", "must be given exactly for separated groups", self.groups)

    def content(self) -> dict[str, Any]:
        """Return what a JSON document says about it."""
        shown: dict[str, Any] = {"kind": self.kind, "step": self.step}
        if self.block is not None:
            return shown | {"block": list(self.block)}
        return shown | {"groups": [list(each) for each in self.groups]}

    def sentence(self) -> str:
        """Say it in words."""
        if self.block is not None:
            first, last = self.block
            return f"at step {self.step} no closed batch holds any of the users {first} to {last}"
        return (
            f"at step {self.step} no closed batch holds users of two of {len(self.groups)} groups, the first of users "
            f"{self.groups[0][0]} to {self.groups[0][1]} and the last of users {self.groups[-1][0]} to {self.groups[-1][1]}"
        )


class SeparatedGroups:
    """The most designated groups of which no closed batch touches two, while batches close in order of their ends."""

    __slots__ = ("_block", "_group", "_stack", "_wanted")

    def __init__(self, *, block: int, group: int, groups: int) -> None:
        self._block, self._group, self._wanted = block, group, groups
        # (first group of a batch, first pick from there on, picks before it, the pick after it)
        self._stack: list[tuple[int, int, int, int]] = [(1, 1, 0, 2)]

    def close(self, first: int, last: int) -> int:
        """Take in a batch, given by the first and the last group that it touches, and return ``step()``."""
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
        return self.step()

    def step(self) -> int:
        """Return the step with enough separated groups if no more batches close before it or at it."""
        _, pick, before, after = self._stack[-1]
        missing = self._wanted - before
        return self._block * (pick if missing == 1 else after + missing - 2)

    def picks(self) -> tuple[Interval, ...]:
        """Return the groups that are separated at ``step()``."""
        found: list[int] = []
        stops = [entry[0] for entry in self._stack[1:]]
        for (_, pick, before, after), stop in zip(self._stack, [*stops, None], strict=True):
            del found[before:]
            found.append(pick)
            number = self._wanted - len(found) if stop is None else max(stop - after, 0)
            found.extend(range(after, after + number))
        m, g = self._block, self._group
        return tuple((m * i - g + 1, m * i) for i in found[: self._wanted])


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
        if schedule.users > n:
            raise ParameterError(
                "users", f"must be at least the schedule's {schedule.users}", n, "Each batch ends at a user"
            )
        if len(schedule.shufflers) > k:
            rule = f"must be at least the schedule's {len(schedule.shufflers)}"
            raise ParameterError("shufflers", rule, k, "Each shuffler of the schedule counts")
        return _first(schedule.first, schedule.last, n, m, g, wanted)
    watch, closed = SeparatedGroups(block=m, group=g, groups=wanted), False
    opened = [1] * k
    for step in range(1, n + 1):
        for j in _closing(schedule, step, opened):
            watch.close(_up(opened[j], m), (step + g - 1) // m)
            opened[j], closed = step + 1, True
        if step % m == 0:
            if not closed:
                return _hidden(step, m)
            if watch.step() == step:
                return Witness(kind="separated-groups", step=step, groups=watch.picks())
            closed = False
    return None


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
    watch = SeparatedGroups(block=m, group=g, groups=wanted)
    enough = watch.step()
    for step, start, end in zip(
        last[joins].tolist(), starts[joins].tolist(), ends[joins].tolist(), strict=True
    ):
        if enough < step:
            break
        enough = watch.close(start, end)
    if min(hidden, enough) > users:
        return None
    if hidden <= enough:
        return _hidden(hidden, m)
    return Witness(kind="separated-groups", step=enough, groups=watch.picks())


def _hidden(step: int, block: int) -> Witness:
    return Witness(kind="hidden-block", step=step, block=(step - block + 1, step))


def _up(user: int, block: int) -> int:
    """The first group that a batch touches which begins with this user."""
    return (user - 1) // block + 1

"""Memberships: the sets of batches that one user can be in, found between batch limits, not user by user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import ParameterError
from ..numerics.rows import Integers, alike, earliest

__all__ = ["LARGEST_TABLE", "Memberships", "batch_classes", "size_classes"]

LARGEST_TABLE = 50_000_000
"""Cells: shufflers times intervals between batch limits."""


@dataclass(frozen=True, slots=True, eq=False)
class Memberships:
    """Classes of users, in the order in which each class first arrives. Arrays cannot be written to.

    Attributes:
        shufflers: names of the columns.
        batches: shape (classes, shufflers); the batch that the class's first users are in, -1 for none.
        sizes: shape (classes, shufflers); the users of that batch, 0 for none.
        users: shape (classes,); how many users are in the class.
        first: shape (classes,); the first user of the class.
        last: shape (classes,); the class holds all users from ``first`` to here, and maybe later ones.
    """

    shufflers: tuple[str, ...]
    batches: Integers
    sizes: Integers
    users: Integers
    first: Integers
    last: Integers

    def __len__(self) -> int:
        return len(self.users)


def batch_classes(
    shufflers: tuple[str, ...], owner: Integers, first: Integers, last: Integers, users: int
) -> Memberships:
    """Put users into one class exactly when they are in the same batches; arguments as in ``Schedule``."""
    return _classes(_Timeline.of(shufflers, owner, first, last, users), lambda batches: batches)


def size_classes(
    shufflers: tuple[str, ...], owner: Integers, first: Integers, last: Integers, users: int
) -> Memberships:
    """Put users into one class exactly when their batches have the same size in every shuffler."""
    timeline = _Timeline.of(shufflers, owner, first, last, users)
    return _classes(timeline, timeline.sizes_of)


@dataclass(frozen=True, slots=True)
class _Timeline:
    """The order of arrival, cut at every first and after every last user of a batch."""

    shufflers: tuple[str, ...]
    first: Integers
    last: Integers
    order: Integers
    offsets: Integers
    starts: Integers
    stops: Integers

    @classmethod
    def of(
        cls, shufflers: tuple[str, ...], owner: Integers, first: Integers, last: Integers, users: int
    ) -> _Timeline:
        cuts = np.unique(np.concatenate([first, last + 1, np.array([1, users + 1], dtype=np.int64)]))
        if (len(cuts) - 1) * len(shufflers) > LARGEST_TABLE:
            raise ParameterError(
                "schedule",
                f"must have at most {LARGEST_TABLE} cells, shufflers times intervals between batch limits",
                f"{len(shufflers)} shufflers times {len(cuts) - 1} intervals",
                "Split it by time",
            )
        order = np.lexsort((first, owner))
        offsets = np.searchsorted(owner[order], np.arange(len(shufflers) + 1))
        return cls(shufflers, first, last, order, offsets, cuts[:-1], cuts[1:] - 1)

    def batches_of(self, shuffler: int, starts: Integers) -> Integers:
        """The batch of a shuffler that holds each of these users, -1 for none."""
        own = self.order[self.offsets[shuffler] : self.offsets[shuffler + 1]]
        found = own[np.maximum(np.searchsorted(self.first[own], starts, side="right") - 1, 0)]
        inside = (self.first[found] <= starts) & (starts <= self.last[found])
        return np.where(inside, found, -1)

    def sizes_of(self, batches: Integers) -> Integers:
        """The users of batches, 0 for -1."""
        return np.where(batches < 0, 0, self.last[batches] - self.first[batches] + 1)


def _classes(timeline: _Timeline, seen: Callable[[Integers], Integers]) -> Memberships:
    starts, stops = timeline.starts, timeline.stops
    columns = (seen(timeline.batches_of(j, starts)) for j in range(len(timeline.shufflers)))
    labels = alike(columns, len(starts))
    count = int(labels.max()) + 1
    found = earliest(labels, count)
    users = np.zeros(count, dtype=np.int64)
    np.add.at(users, labels, stops - starts + 1)
    batches = np.column_stack([timeline.batches_of(j, starts[found]) for j in range(len(timeline.shufflers))])
    arrays = (batches, timeline.sizes_of(batches), users, starts[found], stops[found])
    for each in arrays:
        each.setflags(write=False)
    return Memberships(timeline.shufflers, *arrays)

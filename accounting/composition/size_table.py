"""What the loss of a schedule's users depends on: the sizes of the batches that each class of users is in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import ParameterError
from ..numerics.rows import Floats, Integers, alike, earliest
from ..randomizers import Randomizer
from ..schedules import Batch, Memberships, Schedule
from ..shuffle import Shuffle

__all__ = ["ABSENT", "SizeTable", "randomizers_of"]

ABSENT = np.iinfo(np.int64).max
"""The size that stands for no batch: an infinite one loses nothing."""

_LARGEST_GUESS = 1e30


@dataclass(frozen=True, slots=True, eq=False)
class SizeTable:
    """Distinct rows of batch sizes, one column for each place that a batch can take.

    Shufflers with equal randomizers are exchangeable: their columns are sorted within each row.

    Attributes:
        schedule: whose users these are.
        memberships: classes of users, whose batches differ in size.
        randomizers: one for each column.
        rows: shape (rows, columns); present and honest users of each batch, or ABSENT.
        users: how many users have each row.
        member: for each row the first class of ``memberships`` that has it.
        shares: shape (rows, columns); about the squared loss by each batch. A guess that falls in the size; it
            directs searches, and nothing rests on it.
    """

    schedule: Schedule
    memberships: Memberships
    randomizers: tuple[Randomizer, ...]
    rows: Integers
    users: Integers
    member: Integers
    shares: Floats

    @classmethod
    def of(cls, schedule: Schedule, randomizers: tuple[Randomizer, ...], dishonest: int) -> SizeTable:
        """Build the table.

        Args:
            schedule: the batches.
            randomizers: one for each of the schedule's shufflers.
            dishonest: how many users of each batch hide nobody.

        Raises:
            ParameterError: a batch with fewer than two present and honest users.
        """
        _refuse_small(schedule, dishonest)
        memberships = schedule.size_classes()
        honest = np.where(memberships.sizes == 0, ABSENT, memberships.sizes - dishonest)
        owners: list[Randomizer] = []
        columns: list[Integers] = []
        for randomizer in dict.fromkeys(randomizers):
            own = [j for j, each in enumerate(randomizers) if each == randomizer]
            block = np.sort(honest[:, own], axis=1)
            kept = [block[:, i] for i in range(len(own)) if (block[:, i] != ABSENT).any()]
            columns += kept
            owners += [randomizer] * len(kept)
        labels = alike(columns, len(memberships))
        count = int(labels.max()) + 1
        member = earliest(labels, count)
        users = np.zeros(count, dtype=np.int64)
        np.add.at(users, labels, memberships.users)
        rows = np.column_stack([column[member] for column in columns])
        least = {
            randomizer: min(int(rows[:, j].min()) for j, owner in enumerate(owners) if owner == randomizer)
            for randomizer in dict.fromkeys(owners)
        }
        guesses = {randomizer: _weight(randomizer, size) for randomizer, size in least.items()}
        weights = np.array([guesses[owner] for owner in owners])
        shares = np.where(rows == ABSENT, 0.0, weights / rows)
        return cls(schedule, memberships, tuple(owners), rows, users, member, shares)

    def shuffles(self, sizes: Integers) -> tuple[Shuffle, ...]:
        """Return the shuffles of a row of sizes; none for places without a batch."""
        return tuple(
            Shuffle(randomizer, users=int(size))
            for randomizer, size in zip(self.randomizers, sizes, strict=True)
            if size != ABSENT
        )

    def member_users(self, row: int) -> tuple[int, int]:
        """Return the first and the last of some users with this row, who arrived one after the other."""
        member = self.member[row]
        return int(self.memberships.first[member]), int(self.memberships.last[member])

    def member_batches(self, row: int) -> tuple[Batch, ...]:
        """Return the batches that these users are in."""
        batches = self.memberships.batches[self.member[row]]
        return tuple(self.schedule.batch(int(index)) for index in batches if index >= 0)

    def halves(self, rows: Integers) -> tuple[Integers, Integers]:
        """Split rows, at least two different ones, where their guessed losses differ most."""
        shares = self.shares[rows]
        low, high = shares.min(axis=0), shares.max(axis=0)
        column = int(np.argmax(high - low))
        worse = shares[:, column] > (low[column] + high[column]) / 2
        if not worse.any() or worse.all():  # sizes that differ by less than a float tells
            column = int(np.argmax(np.ptp(self.rows[rows], axis=0)))
            worse = self.rows[rows, column] == self.rows[rows, column].min()
        return rows[worse], rows[~worse]


def randomizers_of(
    schedule: Schedule, randomizers: Randomizer | Mapping[str, Randomizer]
) -> tuple[Randomizer, ...]:
    """Return the randomizer of each of the schedule's shufflers.

    Args:
        schedule: the batches.
        randomizers: one for all shufflers, or one for each name.

    Raises:
        ParameterError: a shuffler without a randomizer.
    """
    if isinstance(randomizers, Randomizer):
        return (randomizers,) * len(schedule.shufflers)
    if not isinstance(randomizers, Mapping):
        rule = "must be a randomizer, or a mapping from shufflers to randomizers"
        raise ParameterError("randomizers", rule, randomizers)
    found = []
    for index, name in enumerate(schedule.shufflers):
        if name not in randomizers:
            place = schedule.place(int(np.argmax(schedule.owner == index)))
            known = ", ".join(map(str, randomizers)) or "nothing"
            rule = "must be of a shuffler with a randomizer"
            raise ParameterError(place, rule, name, f"Randomizers are given for {known}")
        if not isinstance(randomizers[name], Randomizer):
            raise ParameterError(f"randomizers[{name!r}]", "must be a randomizer", randomizers[name])
        found.append(randomizers[name])
    return tuple(found)


def _refuse_small(schedule: Schedule, dishonest: int) -> None:
    small = schedule.sizes - dishonest < 2
    if small.any():
        at = int(np.argmax(small))
        remedy = "A shuffler with one report hides nothing"
        if dishonest:
            remedy += f", and {dishonest} of the users may be absent or dishonest"
        rule = f"must hold at least {dishonest + 2} users"
        raise ParameterError(schedule.place(at), rule, ",".join(map(str, schedule.batch(at))), remedy)


def _weight(randomizer: Randomizer, users: int) -> float:
    """About the squared loss times the users: that of a Gaussian with the same delta at epsilon = 0."""
    near = Shuffle(randomizer, users=users).delta(epsilon=0, relative_width="1e-2")
    return min(max(near.lower**2 * users, 1e-30), _LARGEST_GUESS)

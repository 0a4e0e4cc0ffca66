"""A schedule: closed batches of several shufflers as intervals of the order of arrival."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ParameterError
from ..files import shown_path
from ..numerics.exact import LARGEST_COUNT, ExactLike, whole
from ..numerics.rows import Integers
from .files import (
    LARGEST_SCHEDULE,
    LONGEST_NAME,
    MOST_SHUFFLERS,
    Columns,
    read_columns,
    write_columns,
)
from .memberships import Memberships, batch_classes, size_classes

__all__ = ["Batch", "Schedule"]


class Batch(NamedTuple):
    """One closed batch: its shuffler, its first and its last user in order of arrival, both included."""

    shuffler: str
    first: int
    last: int

    @property
    def users(self) -> int:
        """The number of users who arrived from its first to its last one."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True, init=False, eq=False)
class Schedule:
    """Closed batches of one or more shufflers over users 1, 2, .. in order of arrival.

    A shuffler holds at most one batch at a time: its batches do not overlap, so each user is in at most one of
    them. Batches of different shufflers overlap freely. Arrays cannot be written to.

    Attributes:
        shufflers: names, in order of appearance.
        owner: for each batch the index of its shuffler.
        first: for each batch its first user, from 1 on.
        last: for each batch its last user, included.
        users: the number of users who arrived, in batches or not.
        source: the file that it was read from; empty for others.
    """

    shufflers: tuple[str, ...]
    owner: Integers
    first: Integers
    last: Integers
    users: int
    source: str

    def __init__(self, batches: Iterable[tuple[str, int, int]], *, users: ExactLike | None = None) -> None:
        """Collect the batches.

        Args:
            batches: triples (shuffler, first, last); users are numbered from 1 in order of arrival, both ends
                are included. At least one batch and at most 5 million.
            users: how many users arrived; by default the last user of any batch.

        Raises:
            ParameterError: a batch breaks a rule, or two batches of one shuffler overlap.
        """
        columns = Columns()
        for i, batch in enumerate(batches):
            if i == LARGEST_SCHEDULE:
                raise ParameterError("batches", f"must be at most {LARGEST_SCHEDULE}", "more")
            try:
                name, first, last = batch
            except (TypeError, ValueError):
                raise ParameterError(f"batches[{i}]", "must be (shuffler, first, last)", batch) from None
            if not isinstance(name, str):
                raise ParameterError(f"batches[{i}].shuffler", "must be a name", name)
            columns.add(name, _user(f"batches[{i}].first", first), _user(f"batches[{i}].last", last))
        self._fill(columns, users, "")

    @classmethod
    def from_arrays(
        cls,
        shuffler: Sequence[str] | NDArray[np.str_],
        first: ArrayLike,
        last: ArrayLike,
        *,
        users: ExactLike | None = None,
    ) -> Schedule:
        """Collect batches from three columns of the same length.

        Args:
            shuffler: names, shape (batches,).
            first: whole numbers, shape (batches,).
            last: whole numbers, shape (batches,).
            users: how many users arrived; by default the last user of any batch.

        Raises:
            ParameterError: a column is no array of its kind, or a batch breaks a rule.
        """
        names: list[str] = (
            np.asarray(shuffler).tolist() if isinstance(shuffler, np.ndarray) else list(shuffler)
        )
        ends = {"first": _whole_column("first", first), "last": _whole_column("last", last)}
        for name in names:
            if not isinstance(name, str):
                raise ParameterError("shuffler", "must be a column of names", name)
        for name, column in ends.items():
            if column.shape != (len(names),):
                raise ParameterError(name, f"must have {len(names)} entries, one a batch", column.shape)
        if len(names) > LARGEST_SCHEDULE:
            raise ParameterError("batches", f"must be at most {LARGEST_SCHEDULE}", len(names))
        columns = Columns()
        columns.first.frombytes(ends["first"].tobytes())
        columns.last.frombytes(ends["last"].tobytes())
        columns.owner.extend(columns.names.setdefault(name, len(columns.names)) for name in names)
        found = cls.__new__(cls)
        found._fill(columns, users, "")
        return found

    @classmethod
    def from_csv(cls, path: str | PathLike[str], *, users: ExactLike | None = None) -> Schedule:
        """Read a schedule file, as a stream.

        Args:
            path: CSV in UTF-8 with the header ``shuffler,first,last``, one line a closed batch.
            users: how many users arrived; by default the last user of any batch.

        Raises:
            ParameterError: the file cannot be read, or a line breaks a rule; the error names the line.
        """
        found = cls.__new__(cls)
        found._fill(read_columns(path), users, shown_path(path))
        return found

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Write the schedule as a file that ``from_csv`` reads; the file appears whole or not at all.

        Raises:
            OSError: the file cannot be written.
        """
        names = (self.shufflers[i] for i in self.owner.tolist())
        write_columns(path, names, self.first.tolist(), self.last.tolist())

    def __len__(self) -> int:
        return len(self.owner)

    def __iter__(self) -> Iterator[Batch]:
        return (self.batch(i) for i in range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schedule):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"Schedule({len(self)} batches of {len(self.shufflers)} shufflers, {self.users} users)"

    def batch(self, index: int) -> Batch:
        """Return one batch, counted from 0 in the order in which they were given."""
        return Batch(self.shufflers[self.owner[index]], int(self.first[index]), int(self.last[index]))

    def place(self, index: int) -> str:
        """Say where a batch was given: its line in a file, or its index."""
        return f"{self.source}: line {index + 2}" if self.source else f"batches[{index}]"

    @property
    def sizes(self) -> Integers:
        """The number of users of each batch."""
        return self.last - self.first + 1

    def memberships(self) -> Memberships:
        """Return the distinct sets of batches that one user can be in, with the users of each.

        Raises:
            ParameterError: more than 50 million cells, shufflers times intervals between batch limits.
        """
        return batch_classes(self.shufflers, self.owner, self.first, self.last, self.users)

    def size_classes(self) -> Memberships:
        """Return memberships with those merged that hold batches of the same sizes, shuffler by shuffler.

        Raises:
            ParameterError: more than 50 million cells, shufflers times intervals between batch limits.
        """
        return size_classes(self.shufflers, self.owner, self.first, self.last, self.users)

    def _key(self) -> tuple[object, ...]:
        arrays = (self.owner, self.first, self.last)
        return (self.shufflers, self.users, *(each.tobytes() for each in arrays))

    def _fill(self, columns: Columns, users: ExactLike | None, source: str) -> None:
        """Check everything once and freeze it."""
        if not columns.owner:
            raise ParameterError(source or "batches", "must be at least one batch", "none")
        if len(columns.names) > MOST_SHUFFLERS:
            raise ParameterError(
                source or "batches", f"must have at most {MOST_SHUFFLERS} shufflers", len(columns.names)
            )
        for name in columns.names:
            if len(name) > LONGEST_NAME:
                where = source or "batches"
                rule = f"must have at most {LONGEST_NAME} characters"
                raise ParameterError(f"{where}, shuffler", rule, name)
            if not name.strip() or not name.isprintable():
                where = source or "batches"
                raise ParameterError(f"{where}, shuffler", "must be a nonempty printable name", name)
        object.__setattr__(self, "shufflers", tuple(columns.names))
        for key in ("owner", "first", "last"):
            frozen = np.array(getattr(columns, key), dtype=np.int64)
            frozen.setflags(write=False)
            object.__setattr__(self, key, frozen)
        object.__setattr__(self, "source", source)
        known = None if users is None else whole("users", users, least=1)
        self._check(known)
        object.__setattr__(self, "users", int(self.last.max()) if known is None else known)

    def _check(self, users: int | None) -> None:
        self._refuse(self.first < 1, "must begin at user 1 or later", "Users are numbered from 1")
        self._refuse(self.last < self.first, "must not end before it begins", "Both ends are included")
        most = LARGEST_COUNT if users is None else users
        self._refuse(self.last > most, f"must end at user {most} or earlier", "No later user arrived")
        order = np.lexsort((self.first, self.owner))
        same = self.owner[order[1:]] == self.owner[order[:-1]]
        overlap = same & (self.first[order[1:]] <= self.last[order[:-1]])
        if overlap.any():
            at = int(np.argmax(overlap))
            later, earlier = int(order[at + 1]), int(order[at])
            later, earlier = max(later, earlier), min(later, earlier)
            raise ParameterError(
                self.place(later),
                "must not overlap another batch of its shuffler",
                self._shown(later),
                f"It overlaps {self._shown(earlier)} of {self.place(earlier)}; a shuffler holds one batch at a time",
            )

    def _refuse(self, bad: NDArray[np.bool_], rule: str, remedy: str) -> None:
        if bad.any():
            at = int(np.argmax(bad))
            raise ParameterError(self.place(at), rule, self._shown(at), remedy)

    def _shown(self, index: int) -> str:
        return ",".join(map(str, self.batch(index)))


def _user(name: str, value: object) -> int:
    if type(value) is int and abs(value) <= LARGEST_COUNT:
        return value
    return whole(name, value, least=-LARGEST_COUNT)  # type: ignore[arg-type]


def _whole_column(name: str, column: ArrayLike) -> Integers:
    found = np.asarray(column)
    if found.ndim != 1 or found.dtype.kind not in "iu":
        raise ParameterError(name, "must be a column of whole numbers", f"{found.dtype}, shape {found.shape}")
    if found.size and (found.max() > LARGEST_COUNT or found.min() < -LARGEST_COUNT):
        raise ParameterError(name, "must be at most 10^18", int(found.max()))
    return found.astype(np.int64)

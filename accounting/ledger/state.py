"""What the ledger knows, as a value; each operation returns a new one.

Users are numbered 1, 2, .. as they arrive. A batch that is open has all users since it opened, so an open batch is a row
of users up to the latest. Users in a row who have spent the same share one entry: memory grows with memberships, not with users.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from ..errors import ParameterError
from ..numerics.exact import LARGEST_COUNT
from .units import LARGEST_UNITS

__all__ = ["State"]

Integers = npt.NDArray[np.int64]


def _array(values: list[int]) -> Integers:
    return _frozen(np.array(values, dtype=np.int64))


def _frozen(values: Integers) -> Integers:
    values.setflags(write=False)
    return values


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Arrivals, open batches and what everybody has spent.

    Attributes:
        arrived: users so far.
        open: for each open batch, by its shuffler, how many users had arrived when it opened.
        firsts: the first user of each row of users, in increasing order from 1. The last row goes on with users to come.
        spent: what each user of the row has spent, in units of 2^-52 nats; 0 in the last row.
        closed: how many batches were released.
    """

    arrived: int = 0
    open: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    firsts: Integers = field(default_factory=lambda: _array([1]))
    spent: Integers = field(default_factory=lambda: _array([0]))
    closed: int = 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, State):
            return NotImplemented
        return (
            (self.arrived, self.open, self.closed) == (other.arrived, other.open, other.closed)
            and np.array_equal(self.firsts, other.firsts)
            and np.array_equal(self.spent, other.spent)
        )

    __hash__ = None  # type: ignore[assignment]

    def arrive(self, count: int) -> State:
        """Let users arrive.

        Raises:
            ParameterError: more users than the ledger counts.
        """
        if self.arrived + count > LARGEST_COUNT:
            raise ParameterError("count", f"must keep the users at most {LARGEST_COUNT}", count)
        return replace(self, arrived=self.arrived + count)

    def open_batch(self, shuffler: str) -> State:
        """Open a batch for the users who arrive from now on.

        Raises:
            ParameterError: the shuffler has an open batch.
        """
        if shuffler in self.open:
            remedy = f"It has been open since user {self.open[shuffler] + 1}; close or discard it first"
            raise ParameterError("shuffler", "must have no open batch", shuffler, remedy)
        return replace(self._cut(), open=MappingProxyType({**self.open, shuffler: self.arrived}))

    def users_in(self, shuffler: str) -> int:
        """Count the members of the open batch.

        Raises:
            ParameterError: the shuffler has no open batch.
        """
        return self.arrived - self._start(shuffler)

    def most_spent_in(self, shuffler: str) -> int:
        """Return the most that a member of the open batch has spent, in units.

        Raises:
            ParameterError: the shuffler has no open batch.
        """
        return int(self.spent[self._row(self._start(shuffler)) :].max())

    def close_batch(self, shuffler: str, charge: int) -> State:
        """Release the open batch: every member spends the charge, in units.

        Raises:
            ParameterError: the shuffler has no open batch, or the sum leaves the range of the numbers.
        """
        row = self._row(self._start(shuffler))
        if not 0 <= charge <= LARGEST_UNITS - self.most_spent_in(shuffler):
            raise ParameterError("charge", f"must keep what is spent at most {LARGEST_UNITS} units", charge)
        cut = self._cut()
        end = len(cut.firsts) - (cut.firsts[-1] > self.arrived)
        spent = cut.spent.copy()
        spent[row:end] += charge
        return replace(cut, spent=_frozen(spent), closed=self.closed + 1)._without(shuffler, row)

    def discard_batch(self, shuffler: str) -> State:
        """End the open batch without a release; nobody spends anything.

        Raises:
            ParameterError: the shuffler has no open batch.
        """
        return self._without(shuffler, self._row(self._start(shuffler)))

    def spent_by(self, user: int) -> int:
        """Return what a user who has arrived has spent, in units."""
        return int(self.spent[self._row(user - 1)])

    def rows(self) -> list[tuple[int, int, int]]:
        """List (first user, last user, spent) of all users who have arrived."""
        lasts = [*(self.firsts[1:] - 1).tolist(), self.arrived]
        found = zip(self.firsts.tolist(), lasts, self.spent.tolist(), strict=True)
        return [(first, last, spent) for first, last, spent in found if first <= last]

    def _start(self, shuffler: str) -> int:
        if shuffler not in self.open:
            remedy = f"Open are: {', '.join(self.open) or 'none'}"
            raise ParameterError("shuffler", "must have an open batch", shuffler, remedy)
        return self.open[shuffler]

    def _row(self, before: int) -> int:
        """The row of the user after ``before`` users."""
        return int(np.searchsorted(self.firsts, before + 1, side="right")) - 1

    def _cut(self) -> State:
        """Begin a row with the next user."""
        if self.firsts[-1] == self.arrived + 1:
            return self
        return replace(
            self,
            firsts=_frozen(np.append(self.firsts, np.int64(self.arrived + 1))),
            spent=_frozen(np.append(self.spent, np.int64(0))),
        )

    def _without(self, shuffler: str, row: int) -> State:
        """Forget an open batch, and join rows from ``row`` on that no open batch separates and that spent the same."""
        still = MappingProxyType({name: start for name, start in self.open.items() if name != shuffler})
        begins = np.array([start + 1 for start in still.values()], dtype=np.int64)
        low = max(row, 1)
        alike = (self.spent[low:] == self.spent[low - 1 : -1]) & ~np.isin(self.firsts[low:], begins)
        if not alike.any():
            return replace(self, open=still)
        keep = np.concatenate([np.ones(low, dtype=bool), ~alike])
        return replace(self, open=still, firsts=_frozen(self.firsts[keep]), spent=_frozen(self.spent[keep]))

"""What a counter needs to go on, and the journal that keeps it: nothing is counted twice, and nothing is lost.

A record is written, and durable, before the estimate of its arrivals is returned. A process that dies before has shown nothing of them: they
come again, with fresh randomness. One that dies after goes on behind them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from os import PathLike
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from ..ledger.journal import Journal
from .plan import Plan
from .tree import Estimator

__all__ = ["CounterJournal", "Keeper", "Runs", "State", "opened", "state_as_json", "state_from_json"]

Runs = NDArray[np.int64]
"""Closed batches: level, first and last arrival; shape (batches, 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A counter between two arrivals.

    Attributes:
        arrivals: users so far.
        covered: the last arrival that a released count holds.
        batches: for each level the first arrival, the reports and the ones of its open batch. Secret.
        tree: for each level value and variance of the batches open to the top.
    """

    arrivals: int
    covered: int
    batches: tuple[tuple[int, int, int], ...]
    tree: tuple[tuple[float, float], ...]


class Keeper(Protocol):
    """Where a counter keeps its states."""

    def keep(self, state: State, runs: Runs) -> None:
        """Write the state after some arrivals and the batches that closed with them; durable when this returns."""

    def shut(self) -> None:
        """Let another counter have it."""


class CounterJournal(Journal):
    """The journal of a counter."""

    format: ClassVar[str] = "concurrent-shuffle-accounting counter"
    version: ClassVar[int] = 1
    keeper: ClassVar[str] = "counter"
    resume: ClassVar[str] = "Counter(plan, journal=..)"
    permissions: ClassVar[int] = 0o600

    def keep(self, state: State, runs: Runs) -> None:
        """Write the state after some arrivals and the batches that closed with them; durable when this returns."""
        self.append({**state_as_json(state), "closed": _folded(runs)})


def opened(
    path: str | PathLike[str], plan: Plan, estimator: Estimator
) -> tuple[CounterJournal, State | None, Runs]:
    """Open a journal, or begin one; return it with the last state and all closed batches.

    Raises:
        ParameterError: the journal is damaged, or of another plan, estimator or version.
    """
    header = {"plan": plan.to_toml(), "estimator": estimator.value}
    journal = CounterJournal.opened(path, header)
    state = None
    runs: list[Runs] = []
    with ExitStack() as failing:
        failing.callback(journal.shut)
        for number, content in journal.after(header):
            try:
                state = state_from_json(content, plan)
                runs.append(_unfolded(content["closed"]))  # type: ignore[arg-type]
            except (KeyError, TypeError, ValueError):
                raise journal.damaged(number, "must be the state of a counter") from None
        failing.pop_all()
    return journal, state, np.concatenate([np.empty((0, 3), dtype=np.int64), *runs])


def _folded(runs: Runs) -> list[list[int]]:
    """Write each level's batches as one row where they follow each other with one length, from the second on; else each for itself.

    A row is the level, the first arrival, the last one, and, for more than one batch, the length of those that follow and how many all are. A sweep's
    batches take one row a level, so that a record stays short however many arrivals it holds.
    """
    rows: list[list[int]] = []
    for level in np.unique(runs[:, 0]):
        first, last = runs[runs[:, 0] == level, 1:].T
        length = np.diff(last)
        if len(length) and np.all(length == length[0]) and np.array_equal(first[1:], last[:-1] + 1):
            rows.append([int(level), int(first[0]), int(last[0]), int(length[0]), len(last)])
        else:
            rows += [[int(level), int(a), int(b)] for a, b in zip(first, last, strict=True)]
    return rows


def _unfolded(rows: Sequence[Sequence[int]]) -> Runs:
    """Return the batches of a record in the order in which they closed, the lower levels first."""
    found = [np.empty((0, 3), dtype=np.int64)]
    for level, first, last, *more in rows:
        length, count = more or (0, 1)
        ends = last + length * np.arange(count, dtype=np.int64)
        starts = np.concatenate([[first], ends[:-1] + 1])
        found.append(np.column_stack([np.full(count, level), starts, ends]))
    runs = np.concatenate(found)
    return runs[np.lexsort((runs[:, 0], runs[:, 2]))]


def state_as_json(state: State) -> dict[str, object]:
    """Write a state; floats as they are, in hexadecimal digits."""
    return {
        "arrivals": state.arrivals,
        "covered": state.covered,
        "batches": [list(batch) for batch in state.batches],
        "tree": [[value.hex(), variance.hex()] for value, variance in state.tree],
    }


def state_from_json(content: Mapping[str, object], plan: Plan) -> State:
    """Read a state.

    Raises:
        KeyError, TypeError, ValueError: it is none of a counter with this plan.
    """
    batches = tuple((int(a), int(b), int(c)) for a, b, c in content["batches"])  # type: ignore[attr-defined]
    tree = tuple((float.fromhex(v), float.fromhex(w)) for v, w in content["tree"])  # type: ignore[attr-defined]
    if len(batches) != len(plan.levels) or len(tree) != len(plan.levels):
        raise ValueError("levels")
    return State(
        arrivals=int(content["arrivals"]),  # type: ignore[call-overload]
        covered=int(content["covered"]),  # type: ignore[call-overload]
        batches=batches,
        tree=tree,
    )

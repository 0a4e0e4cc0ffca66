"""What a counter needs to go on, and the journal that keeps it: nothing is counted twice, and nothing is lost.

A record is written, and durable, before the estimate of its arrivals is returned. A process that dies before has shown nothing of them: they
come again, with fresh randomness. One that dies after goes on behind them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..ledger.journal import Journal
from .plan import Plan
from .tree import Estimator

__all__ = ["CounterJournal", "Runs", "State", "opened"]

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


class CounterJournal(Journal):
    """The journal of a counter."""

    format: ClassVar[str] = "concurrent-shuffle-accounting counter"
    version: ClassVar[int] = 1
    keeper: ClassVar[str] = "counter"
    resume: ClassVar[str] = "Counter(plan, journal=..)"

    def keep(self, state: State, runs: Sequence[Sequence[int]]) -> None:
        """Write the state after some arrivals and the batches that closed with them; durable when this returns."""
        self.append(
            {
                "arrivals": state.arrivals,
                "covered": state.covered,
                "batches": [list(batch) for batch in state.batches],
                "tree": [[value.hex(), variance.hex()] for value, variance in state.tree],
                "closed": [[int(part) for part in run] for run in runs],
            }
        )


def opened(
    path: str | PathLike[str], plan: Plan, estimator: Estimator
) -> tuple[CounterJournal, State | None, Runs]:
    """Open a journal, or begin one; return it with the last state and all closed batches.

    Raises:
        ParameterError: the journal is damaged, or of another plan, estimator or version.
    """
    header = {"plan": plan.to_toml(), "estimator": estimator.value}
    journal = CounterJournal.open(path) if Path(path).exists() else CounterJournal.create(path, header)
    state = None
    runs: list[list[int]] = []
    try:
        for number, content in journal.replay():
            if number == 1:
                for key, expected in header.items():
                    if content.get(key) != expected:
                        raise ParameterError(
                            "journal",
                            f"must be of a counter with the same {key}",
                            str(path),
                            "Give the one that it began with, or name another file",
                        )
            else:
                try:
                    state = _state(content, plan)
                    runs += content["closed"]  # type: ignore[arg-type]
                except (KeyError, TypeError, ValueError):
                    raise journal.damaged(number, "must be the state of a counter") from None
    except ParameterError:
        journal.shut()
        raise
    return journal, state, np.array(runs, dtype=np.int64).reshape(-1, 3)


def _state(content: Mapping[str, object], plan: Plan) -> State:
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

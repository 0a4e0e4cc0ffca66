"""The journal of a counter without a horizon: one file for all epochs, each with its plan and the states after its arrivals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from os import PathLike
from typing import ClassVar

from ..ledger.journal import Journal
from .checkpoint import Runs, State, state_as_json, state_from_json
from .plan import Plan
from .tree import Estimator

__all__ = ["Epoch", "EpochsJournal", "Kept", "opened_epochs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a journal says of an epoch.

    Attributes:
        plan: with which it began.
        state: after its last arrival; None before the first one.
        rounded: whether a value so far lay between steps.
    """

    plan: Plan
    state: State | None
    rounded: bool


class EpochsJournal(Journal):
    """The journal of a counter without a horizon."""

    format: ClassVar[str] = "concurrent-shuffle-accounting doubling counter"
    version: ClassVar[int] = 1
    keeper: ClassVar[str] = "counter"
    resume: ClassVar[str] = "DoublingCounter(planner, journal=..)"
    permissions: ClassVar[int] = 0o600

    def begin(self, plan: Plan) -> None:
        """Write that an epoch begins; durable when this returns."""
        self.append({"plan": plan.to_toml()})

    def keep(self, state: State, *, rounded: bool) -> None:
        """Write the state of the epoch after some arrivals; durable when this returns."""
        self.append({**state_as_json(state), "rounded": int(rounded)})

    def epochs(self, header: Mapping[str, object]) -> Iterator[Kept]:
        """Yield the epochs in order, the last one as far as it went.

        Args:
            header: what this counter must have in common with the one that began the journal.

        Raises:
            ParameterError: the journal is damaged, or of another first horizon, estimator or version.
        """
        found: Kept | None = None
        for number, content in self.after(header):
            try:
                if "plan" in content:
                    if found is not None and found.state is not None:  # else nobody came in it
                        if found.state.arrivals != found.plan.users:
                            raise ValueError("an epoch before the end of another one")
                        yield found
                    plan = Plan.from_toml(str(content["plan"]))
                    found = Kept(plan=plan, state=None, rounded=found is not None and found.rounded)
                else:
                    found = _following(found, content)
            except (KeyError, TypeError, ValueError):
                raise self.damaged(number, "must be an epoch's beginning or its state") from None
        if found is not None:
            yield found


@dataclass(slots=True)
class Epoch:
    """Where the counter of one epoch keeps its states: in the journal of all.

    Attributes:
        journal: of all epochs.
        rounded: whether a value so far lay between steps, the next ones included.
    """

    journal: EpochsJournal
    rounded: bool

    def keep(self, state: State, runs: Runs) -> None:
        """Write the state after some arrivals; batches that closed are not asked for again."""
        self.journal.keep(state, rounded=self.rounded)

    def shut(self) -> None:
        """Let another counter have the journal."""
        self.journal.shut()


def opened_epochs(
    path: str | PathLike[str], *, first: int, estimator: Estimator
) -> tuple[EpochsJournal, list[Kept]]:
    """Open a journal, or begin one; return it with its epochs.

    Raises:
        ParameterError: the journal is damaged, or of another first horizon, estimator or version; or it cannot be opened or written.
    """
    header: dict[str, object] = {"first": first, "estimator": estimator.value}
    journal = EpochsJournal.opened(path, header)
    with ExitStack() as failing:
        failing.callback(journal.shut)
        found = list(journal.epochs(header))
        failing.pop_all()
    return journal, found


def _following(before: Kept | None, content: Mapping[str, object]) -> Kept:
    if before is None:
        raise ValueError("a state before the first epoch")
    state, rounded = state_from_json(content, before.plan), content["rounded"]
    least = 0 if before.state is None else before.state.arrivals
    if not least <= state.arrivals <= before.plan.users:
        raise ValueError("arrivals")
    if rounded not in (0, 1) or rounded < before.rounded:
        raise ValueError("rounded")
    return Kept(plan=before.plan, state=state, rounded=bool(rounded))

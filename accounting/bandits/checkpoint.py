"""What a bandit needs to go on, and the journal that keeps it: nothing is counted twice, and nothing is lost.

A record is written, and durable, before anybody is shown what its arrival lets be published. A process that dies before has released nothing of it:
the user comes again, with fresh randomness. One that dies after goes on behind it, and publishes what it would have: a batch is never released
with two draws of its noise. A record holds whole numbers; what is published is worked out anew from the counts that were released.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ..ledger.journal import Journal
from ..randomizers import gram_dimension
from .learner import Learner
from .plan import BanditPlan

__all__ = ["BanditJournal", "Counts", "Record", "header_of"]

Counts = tuple[int, ...]
"""Ones of each coordinate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A bandit after an arrival.

    Attributes:
        arrivals: users so far.
        clipped: how many of them were outside of the bounds.
        open: for each level the ones of its open batch. Secret.
        closed: ones of the batches that closed with this arrival, the lowest level first.
    """

    arrivals: int
    clipped: int
    open: tuple[Counts, ...]
    closed: tuple[Counts, ...]


class BanditJournal(Journal):
    """The journal of a bandit."""

    format: ClassVar[str] = "concurrent-shuffle-accounting bandit"
    version: ClassVar[int] = 1
    keeper: ClassVar[str] = "bandit"
    resume: ClassVar[str] = "Bandit(learner, journal=..)"
    permissions: ClassVar[int] = 0o600

    def keep(self, record: Record) -> None:
        """Write what an arrival led to; durable when this returns."""
        self.append(
            {
                "arrivals": record.arrivals,
                "clipped": record.clipped,
                "open": record.open,
                "closed": record.closed,
            }
        )

    def records(self, learner: Learner) -> Iterator[Record]:
        """Yield what was kept, from the first arrival on.

        Raises:
            ParameterError: the journal is damaged, or of another plan, confidence, exploration or version.
        """
        before = Record(arrivals=0, clipped=0, open=(), closed=())
        for number, content in self.after(header_of(learner)):
            try:
                before = _record(content, learner.plan, before)
            except (KeyError, TypeError, ValueError):
                raise self.damaged(number, "must be what an arrival at a bandit leads to") from None
            yield before


def header_of(learner: Learner) -> dict[str, str]:
    """Return what a bandit must have in common with the one that began a journal: published intervals hold together for one confidence."""
    return {
        "plan": learner.plan.to_toml(),
        "confidence": float(learner.confidence).hex(),
        "exploration": float(learner.exploration).hex(),
    }


def _record(content: Mapping[str, object], plan: BanditPlan, before: Record) -> Record:
    """Read a record that follows another one.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    found = Record(
        arrivals=_number(content["arrivals"]),
        clipped=_number(content["clipped"]),
        open=_all_counts(content["open"], plan),
        closed=_all_counts(content["closed"], plan),
    )
    if found.arrivals != before.arrivals + 1:
        raise ValueError("arrivals")
    if found.clipped - before.clipped not in (0, 1):
        raise ValueError("clipped")
    sizes = [level.batch for level in plan.levels]
    full = [size for size in sizes if found.arrivals % size == 0]
    if len(found.open) != len(sizes):
        raise ValueError("levels")
    held = [*found.closed, *found.open[len(full) :]]
    for level, counts in zip(plan.levels, held, strict=True):
        users = (found.arrivals - 1) % level.batch + 1
        if max(counts) > users * (2 * level.randomizer.levels + level.randomizer.bits):
            raise ValueError("counts")
    if any(map(any, found.open[: len(full)])):
        raise ValueError("open")
    return found


def _all_counts(content: object, plan: BanditPlan) -> tuple[Counts, ...]:
    size = gram_dimension(plan.features)
    found = tuple(tuple(_number(count) for count in _items(each)) for each in _items(content))
    if any(len(each) != size for each in found):
        raise ValueError("coordinates")
    return found


def _items(content: object) -> Sequence[object]:
    if not isinstance(content, list):
        raise TypeError("list")
    return content


def _number(content: object) -> int:
    if type(content) is not int or content < 0:  # true is no number
        raise TypeError("number")
    return content

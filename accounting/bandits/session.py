"""A bandit as it runs: devices choose and report, shufflers release counts, the server publishes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from os import PathLike
from typing import Any

import numpy as np

from ..claims import relies_on
from ..counter.sources import BitSource, OsSource, Source
from ..errors import ParameterError
from ..randomizers import VectorCount, gram_dimension
from .checkpoint import BanditJournal, Counts, Record, header_of
from .features import Floats, clip, vectors
from .learner import Learner, Widths
from .sums import NestedSums

__all__ = ["Bandit", "Release", "device_counts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a closed batch lets everybody see: the multiset of its tagged bits, so the ones of each coordinate.

    Attributes:
        level: from 1 on, the smallest batches first.
        first: the first arrival of the batch, from 1 on.
        last: its last arrival, included.
        ones: of each coordinate.
    """

    level: int
    first: int
    last: int
    ones: tuple[int, ...]


def device_counts(vector: Floats, randomizer: VectorCount, source: Source) -> list[int]:
    """Randomize one user's vector: how many ones the device sends with each coordinate's tag.

    Every coordinate is read exactly as the float it is, rounded at random by exact draws, and gets noise bits of its own.

    Args:
        vector: shape (dimension,), within [-1, 1].
        randomizer: of the level.
        source: of fresh randomness.
    """
    counts = []
    for value in vector:
        scaled = Fraction(float(value)) * randomizer.levels
        down = scaled.__floor__()
        up = scaled - down
        counts.append(randomizer.levels + down + (source.bernoulli(up) if up else 0))
    if isinstance(source, BitSource):
        noise = source.binomials(randomizer.bits, randomizer.p, len(counts)).tolist()
    else:
        noise = [sum(source.bernoulli(randomizer.p) for _ in range(randomizer.bits)) for _ in counts]
    return [count + more for count, more in zip(counts, noise, strict=True)]


class Bandit:
    """A contextual linear bandit over concurrent shufflers.

    It keeps all that a server knows, and open batches, which nobody may see; closed ones follow the plan's sizes.
    It is for one thread of one process: a copy or a fork that goes on, or an older copy of a journal, would release a report twice.

    Attributes:
        learner: the plan, the confidence and the exploration.
        arrivals: users that have come.
        clipped: how many of them were outside of the bounds.
        widths: what is published now; devices choose by it.
        releases: all closed batches.
        source: of random bits.
    """

    def __init__(
        self,
        learner: Learner,
        *,
        source: Source | None = None,
        refuse: bool = False,
        journal: str | PathLike[str] | None = None,
    ) -> None:
        """Begin without users, or go on where a journal ends.

        Args:
            learner: the plan, which must be certified for its budget.
            source: of random bits; by default the operating system's.
            refuse: refuse users outside of the bounds in place of clipping them.
            journal: a file that is written after each arrival, before anything new is published; when it exists already, the bandit
                goes on from it. It holds open batches after every arrival, so it is as secret as single reports.

        Raises:
            ParameterError: the plan is not certified to keep its budget; or the journal is damaged, or belongs to another plan,
                confidence, exploration or version.
        """
        learner.plan.certified()
        self.learner = learner
        self.arrivals = self.clipped = 0
        self.releases: list[Release] = []
        self.source = OsSource() if source is None else source
        self._refuse = refuse
        size = gram_dimension(learner.plan.features)
        self._open = [[0] * size for _ in learner.plan.levels]
        self._closed = NestedSums(len(learner.plan.levels), size)
        self.widths: Widths = learner.published(0, np.zeros(size))
        self._journal: BanditJournal | None = None
        if journal is not None:
            self._go_on(BanditJournal.opened(journal, header_of(learner)))

    def choose(self, contexts: Any) -> int:
        """Choose an arm on a user's device, from what is published.

        Args:
            contexts: one row an arm, shape (arms, d).

        Raises:
            ParameterError: the shape does not match, or a value is no finite number.
        """
        given = np.asarray(contexts, dtype=np.float64)
        clipped = clip(given, np.zeros(given.shape[:1]), features=self.learner.plan.features)
        return int(self.widths.choose(clipped.contexts[None])[0])

    @relies_on("bandit-privacy")
    def observe(self, context: Any, reward: float) -> tuple[Release, ...]:
        """Report a user's chosen context and reward to all levels, and close the batches that are full.

        Args:
            context: of the chosen arm, shape (d,), of length at most 1.
            reward: in [0, 1].

        Returns:
            The batches that closed; ``widths`` is new when there are any.

        Raises:
            ParameterError: the shape does not match, a value is no finite number, or the user is outside of the bounds and
                is not to be clipped; or more users come than the plan has.
            OSError: the journal could not be written. After either error the user has not come, and may come again.
        """
        plan = self.learner.plan
        if self.arrivals >= plan.users:
            raise ParameterError("users", f"must be at most the plan's {plan.users}", self.arrivals + 1)
        row = np.asarray(context, dtype=np.float64)
        user = clip(row[None], np.asarray([reward]), features=plan.features, refuse=self._refuse)
        weight = float(plan.reward_weight)
        (vector,) = vectors(user.contexts, user.rewards, reward_weight=weight)
        reports = [device_counts(vector, level.randomizer, self.source) for level in plan.levels]
        record = self._after(reports, clipped=user.changed)
        following = self._published(record)
        with self._whole_or_not_at_all():
            if self._journal is not None:
                self._journal.keep(record)
            return self._take(record, following)

    def shut(self) -> None:
        """Let another bandit have the journal."""
        if self._journal is not None:
            self._journal.shut()

    def _after(self, reports: list[list[int]], *, clipped: int) -> Record:
        """Put a user's reports into the open batches, and close those that are full."""
        arrivals = self.arrivals + 1
        held: list[Counts] = [
            tuple(count + more for count, more in zip(batch, report, strict=True))
            for batch, report in zip(self._open, reports, strict=True)
        ]
        full = [level for level in self.learner.plan.levels if arrivals % level.batch == 0]  # the lowest ones
        closed, still_open = tuple(held[: len(full)]), tuple(held[len(full) :])
        emptied = tuple((0,) * len(ones) for ones in closed)
        return Record(
            arrivals=arrivals, clipped=self.clipped + clipped, open=emptied + still_open, closed=closed
        )

    def _published(self, record: Record) -> tuple[NestedSums, Widths] | None:
        """Return the sums over closed batches, and what is published, after an arrival; None when it closes nothing."""
        if not record.closed:
            return None
        plan, sums = self.learner.plan, self._closed.copied()
        for place, (level, ones) in enumerate(zip(plan.levels, record.closed, strict=False)):
            sums.close(place, _read(ones, level.batch, level.randomizer))
        return sums, self.learner.published(record.arrivals, sums.total)

    def _take(self, record: Record, following: tuple[NestedSums, Widths] | None) -> tuple[Release, ...]:
        """Be the bandit after an arrival."""
        sizes = [level.batch for level in self.learner.plan.levels]
        released = tuple(
            Release(level=place, first=record.arrivals - size + 1, last=record.arrivals, ones=ones)
            for place, (size, ones) in enumerate(zip(sizes, record.closed, strict=False), 1)
        )
        self.arrivals, self.clipped = record.arrivals, record.clipped
        self._open = [list(counts) for counts in record.open]
        self.releases += released
        if following is not None:
            self._closed, self.widths = following
        return released

    @contextmanager
    def _whole_or_not_at_all(self) -> Iterator[None]:
        """Take an arrival back when it fails. Where it is not known whether the journal holds it, write no more: whoever goes on from there is right."""
        before = self.arrivals, self.clipped, self._open, self._closed, self.widths
        releases, done, on_disk = len(self.releases), False, False
        try:
            yield
            done = True
        except OSError:
            on_disk = True  # nothing of it: the journal is as before
            raise
        finally:
            if not done:
                self.arrivals, self.clipped, self._open, self._closed, self.widths = before
                del self.releases[releases:]
                if not on_disk:
                    self.shut()

    def _go_on(self, journal: BanditJournal) -> None:
        """Be the bandit after the last arrival of a journal, and write the next ones to it."""
        with ExitStack() as failing:
            failing.callback(journal.shut)
            for record in journal.records(self.learner):
                self._take(record, self._published(record))
            failing.pop_all()
        self._journal = journal
        if self.arrivals:
            self.source.go_on(self.arrivals)


def _read(ones: tuple[int, ...], users: int, randomizer: VectorCount) -> Floats:
    """Estimate the sum of a batch's vectors from its counts, without bias."""
    expected = users * (randomizer.levels + randomizer.bits * float(randomizer.p))
    return (np.asarray(ones, dtype=np.float64) - expected) / randomizer.levels

"""A bandit as it runs: devices choose and report, shufflers release counts, the server publishes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..claims import relies_on
from ..counter.sources import BitSource, OsSource, Source
from ..errors import ParameterError
from ..randomizers import VectorCount, gram_dimension
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
    It lives in one process, and keeps no journal.

    Attributes:
        learner: the plan, the confidence and the exploration.
        arrivals: users that have come.
        clipped: how many of them were outside of the bounds.
        widths: what is published now; devices choose by it.
        releases: all closed batches.
    """

    def __init__(self, learner: Learner, *, source: Source | None = None, refuse: bool = False) -> None:
        """Begin without users.

        Args:
            learner: the plan, which must be certified for its budget.
            source: of random bits; by default the operating system's.
            refuse: refuse users outside of the bounds in place of clipping them.

        Raises:
            ParameterError: the plan is not certified to keep its budget.
        """
        learner.plan.certified()
        self.learner = learner
        self.arrivals = self.clipped = 0
        self.releases: list[Release] = []
        self._source = OsSource() if source is None else source
        self._refuse = refuse
        size = gram_dimension(learner.plan.features)
        self._open = [[0] * size for _ in learner.plan.levels]
        self._closed = NestedSums(len(learner.plan.levels), size)
        self.widths: Widths = learner.published(0, np.zeros(size))

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
        """
        plan = self.learner.plan
        if self.arrivals >= plan.users:
            raise ParameterError("users", f"must be at most the plan's {plan.users}", self.arrivals + 1)
        row = np.asarray(context, dtype=np.float64)
        user = clip(row[None], np.asarray([reward]), features=plan.features, refuse=self._refuse)
        weight = float(plan.reward_weight)
        (vector,) = vectors(user.contexts, user.rewards, reward_weight=weight)
        reports = [device_counts(vector, level.randomizer, self._source) for level in plan.levels]
        self.arrivals += 1
        self.clipped += user.changed
        for held, report in zip(self._open, reports, strict=True):
            held[:] = [count + more for count, more in zip(held, report, strict=True)]
        return self._closings()

    def _closings(self) -> tuple[Release, ...]:
        plan, closed = self.learner.plan, []
        for place, level in enumerate(plan.levels):
            if self.arrivals % level.batch:
                break
            ones = tuple(self._open[place])
            closed.append(
                Release(level=place + 1, first=self.arrivals - level.batch + 1, last=self.arrivals, ones=ones)
            )
            self._open[place] = [0] * len(ones)
            self._closed.close(place, _read(ones, level.batch, level.randomizer))
        if closed:
            self.releases += closed
            self.widths = self.learner.published(self.arrivals, self._closed.total)
        return tuple(closed)


def _read(ones: tuple[int, ...], users: int, randomizer: VectorCount) -> Floats:
    """Estimate the sum of a batch's vectors from its counts, without bias."""
    expected = users * (randomizer.levels + randomizer.bits * float(randomizer.p))
    return (np.asarray(ones, dtype=np.float64) - expected) / randomizer.levels

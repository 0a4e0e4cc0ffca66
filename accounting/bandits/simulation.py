"""Runs of a bandit in bulk, for experiments: the laws are those of devices and shufflers, the random bits are not for privacy."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import ParameterError
from ..randomizers import gram_dimension
from .features import Floats, vectors
from .learner import Learner, Widths
from .sums import NestedSums

__all__ = ["Ball", "Environment", "FixedArms", "Round", "Run", "Statistics", "ThroughShufflers", "run"]

Generator: TypeAlias = np.random.Generator
Counts: TypeAlias = "npt.NDArray[np.int64]"

_MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Round:
    """Users who arrive together, grouped by what they see.

    Attributes:
        contexts: shape (groups, arms, d), each of length at most 1.
        means: expected rewards, shape (groups, arms).
        counts: users of each group, shape (groups,).
    """

    contexts: Floats
    means: Floats
    counts: Counts


class Environment(ABC):
    """Where users come from.

    Attributes:
        features: d.
        users: how many there are.
    """

    features: int
    users: int

    @abstractmethod
    def arrive(self, first: int, count: int, generator: Generator) -> Round:
        """Return users ``first .. first + count - 1``, counted from 0."""

    def most_at_once(self) -> int:
        """Return how many users may be asked for at once, for memory."""
        return _MOST_ROWS


@dataclass(frozen=True, slots=True)
class FixedArms(Environment):
    """The same arms, the unit vectors, for everybody; one is better than the others by a gap.

    Nothing is learnt about an arm but by choosing it: this is where optimism has to explore.

    Attributes:
        features: d, the number of arms.
        users: how many there are.
        gap: by which the expected reward of the best arm is above 1/2, that of the others.
        best: which arm.
    """

    features: int
    users: int
    gap: float
    best: int = 0

    def arrive(self, first: int, count: int, generator: Generator) -> Round:
        means = np.full((1, self.features), 0.5)
        means[0, self.best % self.features] += self.gap
        return Round(np.eye(self.features)[None], means, np.asarray([count]))

    def most_at_once(self) -> int:
        return self.users


@dataclass(frozen=True, slots=True)
class Ball(Environment):
    """Contexts ``(1, scale z)/sqrt 2`` with z uniform in the unit ball, and means ``(1 + signal scale w.z)/2`` for a hidden unit w.

    With the scale 1 everybody's report tells about all directions. With a small one arms differ little, in contexts as in means: noise of deviation
    s hides which are better until the end where the scale is of order ``sqrt(s/n)``, and then regret is of order ``sqrt(n s)``, the worst case of the analysis.

    Attributes:
        features: d, at least 2.
        users: how many there are.
        arms: of each user.
        signal: at most 1.
        hidden: which w, by a seed.
        scale: of what differs between arms; above 0, at most 1.
        kinds: how many kinds of users there are, each as likely, drawn by the seed; 0 draws every user's contexts afresh. Many users cost little then.
    """

    features: int
    users: int
    arms: int = 5
    signal: float = 1.0
    hidden: int = 0
    scale: float = 1.0
    kinds: int = 0

    def arrive(self, first: int, count: int, generator: Generator) -> Round:
        if self.kinds:
            contexts, means = _kinds(self)
            chances = np.full(self.kinds, 1.0 / self.kinds)
            return Round(contexts, means, generator.multinomial(count, chances))
        contexts, means = self._drawn(count, generator)
        return Round(contexts, means, np.ones(count, dtype=np.int64))

    def most_at_once(self) -> int:
        return self.users if self.kinds else _MOST_ROWS

    def _drawn(self, count: int, generator: Generator) -> tuple[Floats, Floats]:
        d = self.features - 1
        w = np.random.default_rng(self.hidden).standard_normal(d)
        w *= self.signal / math.sqrt(float(w @ w))
        z = generator.standard_normal((count, self.arms, d))
        lengths = np.sqrt(np.einsum("nai,nai->na", z, z))
        z *= self.scale * (generator.random((count, self.arms)) ** (1.0 / d) / lengths)[:, :, None]
        contexts = np.concatenate([np.ones((count, self.arms, 1)), z], axis=2) / math.sqrt(2.0)
        return contexts, (1.0 + z @ w) / 2.0


@lru_cache(maxsize=4)
def _kinds(ball: Ball) -> tuple[Floats, Floats]:
    """Draw the contexts and means of each kind of users."""
    return ball._drawn(ball.kinds, np.random.default_rng([ball.hidden, 1]))


class Statistics(ABC):
    """What the server knows of the sum of vectors."""

    @abstractmethod
    def next_update(self, step: int) -> int:
        """Return the first step above ``step`` at which the server learns something."""

    @abstractmethod
    def add(self, rows: Floats, counts: Counts) -> None:
        """Take the vectors of users who arrived, and how many users had each."""

    @abstractmethod
    def published(self, step: int, generator: Generator) -> Widths:
        """Return what is published after a step at which there is an update."""


class ThroughShufflers(Statistics):
    """The plan's levels: sums of whole batches, each with its noise bits, and with a normal variable for what rounding adds."""

    def __init__(self, learner: Learner) -> None:
        """Begin without users."""
        self.learner = learner
        size = gram_dimension(learner.plan.features)
        self._open = [np.zeros(size) for _ in learner.plan.levels]
        self._rounding = [np.zeros(size) for _ in learner.plan.levels]
        self._closed = NestedSums(len(learner.plan.levels), size)

    def next_update(self, step: int) -> int:
        smallest = self.learner.plan.levels[0].batch
        return (step // smallest + 1) * smallest

    def add(self, rows: Floats, counts: Counts) -> None:
        total = counts @ rows
        spreads: dict[int, Floats] = {}
        for place, level in enumerate(self.learner.plan.levels):
            steps = level.randomizer.levels
            if steps not in spreads:
                rest = rows * steps
                rest -= np.floor(rest)
                spreads[steps] = counts @ (rest * (1.0 - rest)) / steps**2
            self._open[place] += total
            self._rounding[place] += spreads[steps]

    def published(self, step: int, generator: Generator) -> Widths:
        plan = self.learner.plan
        for place, level in enumerate(plan.levels):
            if step % level.batch:
                break
            randomizer, size = level.randomizer, self._open[place].shape
            bits = level.batch * randomizer.bits
            noise = generator.binomial(bits, float(randomizer.p), size) - bits * float(randomizer.p)
            rounding = generator.standard_normal(size) * np.sqrt(self._rounding[place])
            self._closed.close(place, self._open[place] + noise / randomizer.levels + rounding)
            self._open[place][:] = 0.0
            self._rounding[place][:] = 0.0
        return self.learner.published(step, self._closed.total)


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run.

    Attributes:
        steps: users after which regret was noted.
        regret: expected reward that the best arms would have had in addition, summed up to each of these steps.
    """

    steps: tuple[int, ...]
    regret: tuple[float, ...]


def run(
    environment: Environment, statistics: Statistics, first: Widths, *, reward_weight: float, seed: int
) -> Run:
    """Let all users of an environment come.

    Args:
        environment: the users.
        statistics: what the server knows.
        first: what is published before anything is known.
        reward_weight: of rewards beside the Gram matrix.
        seed: of users, rewards and noise.

    Raises:
        ParameterError: the environment has other features than what is published.
    """
    if first.theta.shape != (environment.features,):
        raise ParameterError(
            "features", f"must be {first.theta.shape[0]}, as the plan has", environment.features
        )
    generator = np.random.default_rng(seed)
    published, step, regret = first, 0, 0.0
    steps: list[int] = []
    regrets: list[float] = []
    marks = {round(environment.users * share / 100) for share in (1, 3, 10, 30, 100)}
    most = environment.most_at_once()
    while step < environment.users:
        update = statistics.next_update(step)
        stop = min(update, environment.users, step + most, min(mark for mark in marks if mark > step))
        met = environment.arrive(step, stop - step, generator)
        chosen = published.choose(met.contexts)
        groups = np.arange(len(chosen))
        means = met.means[groups, chosen]
        regret += float(met.counts @ (met.means.max(axis=1) - means))
        gained = generator.binomial(met.counts, means)
        contexts = met.contexts[groups, chosen]
        for reward, counts in ((1.0, gained), (0.0, met.counts - gained)):
            some = counts > 0
            rewards = np.full(int(some.sum()), reward)
            statistics.add(vectors(contexts[some], rewards, reward_weight=reward_weight), counts[some])
        step = stop
        if step == update:
            published = statistics.published(step, generator)
        if step in marks:
            steps.append(step)
            regrets.append(regret)
    return Run(tuple(steps), tuple(regrets))

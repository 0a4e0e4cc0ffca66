"""The counter: clients, shufflers and an analyst at work over a stream of users."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ParameterError
from ..model.relation import read_member
from ..numerics.exact import ExactLike, exact
from ..schedules import Schedule
from .checkpoint import Keeper, Runs, State, opened
from .plan import Plan
from .roles import UNIT, Client, Release, Shuffler
from .sources import BitSource, OsSource, Source
from .sweep import swept
from .tree import Estimator, Node, Tree, count_estimate, noise_variance

__all__ = ["Closing", "Counter", "Estimate", "Public", "between_steps", "scheduled", "unit_array"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What the analyst says of the running sum after an arrival.

    Attributes:
        value: the estimate.
        variance: of its noise bits; randomized rounding of values that are no bits comes on top.
        hidden: users that no released count holds; each counts 1/2, and may be off by as much.
    """

    value: float
    variance: float
    hidden: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """All that a closing rule may look at: nothing of it depends on an open batch's messages.

    Attributes:
        arrivals: users so far.
        may_close: the highest level that may close now: its batch, and those of the levels below, are large enough.
        releases: everything that was released, in order.
        estimate: the running sum, as estimated after the last release.
    """

    arrivals: int
    may_close: int
    releases: tuple[Release, ...]
    estimate: float


Closing = Callable[[Public], int]
"""A rule that says how many levels close now, from the first on: 0 for none, at most ``may_close``."""


def scheduled(public: Public) -> int:
    """Close whatever is large enough: the batches of the plan."""
    return public.may_close


class Counter:
    """A streaming counter in the concurrent shuffle model.

    Each user's value goes to every level with fresh randomness. A level closes when its batch has the plan's size, or later
    when the closing rule waits; batches nest. The plan's certified loss covers closings and values that react to what was released.

    It is for one thread of one process: a copy or a fork that counts on, or an older copy of a journal, would release a report twice.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        source: Source | None = None,
        estimator: Estimator | str = Estimator.LEAST_SQUARES,
        closing: Closing = scheduled,
        journal: str | PathLike[str] | None = None,
    ) -> None:
        """Begin to count, or go on where a journal ends.

        Args:
            plan: batch sizes and noise; it is not certified here, `Plan.certified` does that.
            source: of randomness; by default the operating system.
            estimator: ``"plain"`` or ``"least-squares"``.
            closing: which levels close after an arrival; by default those with as many users as the plan says.
            journal: a file that is written after each arrival, before its estimate is returned; when it exists already, the
                counter goes on from it. It holds open batches, so it is as secret as what the shufflers hold.

        Raises:
            ParameterError: the journal is damaged, or belongs to another plan, estimator or version.
        """
        self.plan = plan
        self.source = OsSource() if source is None else source
        self.estimator = read_member("estimator", Estimator, estimator)
        self._closing = closing
        self._clients = [Client(level.randomizer, self.source) for level in plan.levels]
        self._shufflers = [
            Shuffler(place, level.batch, self.source) for place, level in enumerate(plan.levels, 1)
        ]
        self._tree = Tree(len(plan.levels), self.estimator)
        self._releases: list[Release] = []
        self._runs: list[Runs] = []
        self.arrivals = 0
        self._covered = 0
        self._waiting: State | None = None  # of open batches whose messages nobody has asked for yet
        self._journal: Keeper | None = None
        if journal is not None:
            self._journal, state, runs = opened(journal, plan, self.estimator)
            self._runs.append(runs)
            if state is not None:
                self._restore(state)
                self.source.go_on(state.arrivals)

    # ------------------------------------------------------------ one user at a time

    def observe(self, value: ExactLike | None, *, lost: Iterable[int] = ()) -> Estimate:
        """Take one user's value, and return the estimate of the running sum.

        Args:
            value: in [0, 1], read to 32 binary digits; None for a user who is absent, who counts 0 and sends as many messages
                as others.
            lost: levels, from 1 on, that this user's messages do not reach.

        Raises:
            ParameterError: the value lies outside, more users come than planned, a level is none, or a closing rule breaks its own.
            OSError: the journal could not be written. After any error the user has not come, and may come again.
        """
        units = _units(value)
        missing = self._levels(lost)
        if self.arrivals >= self.plan.users:
            raise ParameterError(
                "stream", f"must hold at most the {self.plan.users} users of the plan", self.arrivals + 1,
                "Make a plan for more users",
            )  # fmt: skip
        self._unpack()
        with self._whole_or_not_at_all():
            self.arrivals += 1
            for client, shuffler in zip(self._clients, self._shufflers, strict=True):
                if shuffler.level not in missing:
                    shuffler.accept(client.messages(units))
            released = self._close(self._levels_to_close())
            self._keep(
                np.array([(r.level, r.first, r.last) for r in released], dtype=np.int64).reshape(-1, 3)
            )
        return self.current()

    def _levels(self, lost: Iterable[int]) -> set[int]:
        missing = set(lost)
        if not missing <= set(range(1, len(self.plan.levels) + 1)):
            raise ParameterError(
                "lost", f"must name levels from 1 to {len(self.plan.levels)}", sorted(missing)
            )
        return missing

    @contextmanager
    def _whole_or_not_at_all(self) -> Iterator[None]:
        """Take an arrival back when a closing rule or the journal fails: nobody has been shown anything of it, and it may come again."""
        batches = [shuffler.mark() for shuffler in self._shufflers]
        tree, counts = self._tree.contents(), (self.arrivals, self._covered)
        releases, runs = len(self._releases), len(self._runs)
        done = False
        try:
            yield
            done = True
        finally:
            if not done:
                for shuffler, mark in zip(self._shufflers, batches, strict=True):
                    shuffler.go_back(mark)
                self._tree.restore(tree)
                self.arrivals, self._covered = counts
                del self._releases[releases:], self._runs[runs:]

    def current(self) -> Estimate:
        """Return the estimate of the running sum after the last arrival."""
        past = self._tree.past()
        hidden = self.arrivals - self._covered
        return Estimate(value=past.value + 0.5 * hidden, variance=past.variance, hidden=hidden)

    @property
    def releases(self) -> tuple[Release, ...]:
        """What was released to everybody by arrivals that `observe` took in this process."""
        return tuple(self._releases)

    def schedule(self) -> Schedule:
        """Return the closed batches, for the accountant and for the lower bound's witness.

        Raises:
            ParameterError: nothing has closed yet.
        """
        runs = np.concatenate([np.empty((0, 3), dtype=np.int64), *self._runs])
        names = np.array([f"level {place}" for place in range(len(self.plan.levels) + 1)])
        return Schedule.from_arrays(names[runs[:, 0]], runs[:, 1], runs[:, 2], users=self.arrivals)

    def shut(self) -> None:
        """Let another counter have the journal."""
        if self._journal is not None:
            self._journal.shut()

    def _levels_to_close(self) -> int:
        large = 0
        while (
            large < len(self._shufflers) and self._shufflers[large].reports >= self._shufflers[large].fewest
        ):
            large += 1
        if large == 0 and self._closing is scheduled:
            return 0
        public = Public(
            arrivals=self.arrivals,
            may_close=large,
            releases=tuple(self._releases),
            estimate=self._tree.past().value,
        )
        closing: object = self._closing(public)
        if not (isinstance(closing, int) and 0 <= closing <= large):
            raise ParameterError(
                "closing", f"must close at most the {large} levels whose batches are large enough", closing
            )
        return closing

    def _close(self, levels: int) -> list[Release]:
        """Close the lowest levels, the first one first."""
        released = []
        for shuffler in self._shufflers[:levels]:
            release = shuffler.close(self.arrivals)
            released.append(release)
            randomizer = self.plan.levels[release.level - 1].randomizer
            value = count_estimate(
                randomizer, release.reports, release.ones, release.last - release.first + 1
            )
            self._tree.close(release.level, Node(value, noise_variance(randomizer, release.reports)))
        self._releases += released
        if released:
            self._covered = self.arrivals
        return released

    # ------------------------------------------------------------ many users at once

    def estimates(self, values: ArrayLike) -> NDArray[np.float64]:
        """Take many users' values, and return the estimate after each: the same law as one by one, in one sweep.

        Args:
            values: in [0, 1], read to 32 binary digits; shape (users,). Nobody is absent.

        Returns:
            The estimate after each of them, shape (users,).

        Raises:
            ParameterError: a value lies outside, or more users come than planned; or the counter has a closing rule of its own or no source of
                bits, which go one by one.
            OSError: the journal could not be written; nobody of them has come.
        """
        units = unit_array(values)
        if self._closing is not scheduled or not isinstance(self.source, BitSource):
            raise ParameterError(
                "closing", "must be that of the plan for many users at once", "another", "Use observe"
            )
        if self.arrivals + len(units) > self.plan.users:
            raise ParameterError(
                "stream", f"must hold at most the {self.plan.users} users of the plan", self.arrivals + len(units),
                "Make a plan for more users",
            )  # fmt: skip
        if len(units) == 0:
            return np.empty(0)
        state, runs, estimates = swept(self.plan, self.estimator, self._state(), units, self.source)
        if self._journal is not None:  # first, so that arrivals that it does not take have not come
            self._journal.keep(state, runs)
        self._restore(state)
        self._runs.append(runs)
        return estimates

    # ------------------------------------------------------------ checkpoints

    def _keep(self, runs: Runs) -> None:
        self._runs.append(runs)
        if self._journal is not None:
            self._journal.keep(self._state(), runs)

    def _state(self) -> State:
        if self._waiting is not None:
            return self._waiting
        return State(
            arrivals=self.arrivals,
            covered=self._covered,
            batches=tuple(shuffler.contents() for shuffler in self._shufflers),
            tree=self._tree.contents(),
        )

    def _restore(self, state: State) -> None:
        self.arrivals, self._covered, self._waiting = state.arrivals, state.covered, state
        self._tree.restore(state.tree)

    def _unpack(self) -> None:
        """Give the shufflers the messages of open batches that a sweep or a journal left as counts."""
        if self._waiting is not None:
            for shuffler, level, batch in zip(
                self._shufflers, self.plan.levels, self._waiting.batches, strict=True
            ):
                shuffler.restore(batch, level.randomizer.levels + level.randomizer.bits)
            self._waiting = None


def _units(value: ExactLike | None) -> int:
    """Read a value as the nearest multiple of 1/UNIT."""
    if value is None:
        return 0
    given = exact("value", value)
    if not 0 <= given <= 1:
        raise ParameterError("value", "must lie in [0, 1]", value)
    return round(given * UNIT)


def between_steps(values: ArrayLike, steps: int) -> bool:
    """Say whether a value is rounded, at random to a step or to a multiple of 1/UNIT before."""
    units = unit_array(values)
    return bool(
        np.any(units * np.uint64(steps) % np.uint64(UNIT))
        or np.any(units != np.asarray(values, dtype=np.float64) * float(UNIT))
    )


def unit_array(values: ArrayLike) -> NDArray[np.uint64]:
    """Read many values as the nearest multiples of 1/UNIT.

    Raises:
        ParameterError: a value lies outside [0, 1], or they are no column of numbers.
    """
    try:
        given = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ParameterError("values", "must be numbers", type(values).__name__, str(error)) from None
    if given.ndim != 1:
        raise ParameterError("values", "must be one column", f"an array of shape {given.shape}")
    outside = np.flatnonzero(~((given >= 0.0) & (given <= 1.0)))  # NaN is outside, too
    if outside.size:
        place = int(outside[0])
        raise ParameterError(f"values[{place}]", "must lie in [0, 1]", float(given[place]))
    return np.rint(given * UNIT).astype(np.uint64)

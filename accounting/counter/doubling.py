"""A horizon that nobody knows: epochs of doubling length, each with a plan of its own.

Each user comes in one epoch, so that a user's loss is that of one plan: at most the largest one (statements parallel-batches and open-batches).
An epoch ends with a closing of its largest batches, so that nobody stays hidden for good; its last estimate is carried on.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from fractions import Fraction
from os import PathLike
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ParameterError
from ..model.relation import read_member
from ..numerics.exact import ExactLike, exact
from .counter import Counter, Estimate, between_steps, unit_array
from .epochs import Epoch, EpochsJournal, opened_epochs
from .law import ErrorLaw, read_confidence
from .plan import Plan
from .roles import UNIT
from .sources import OsSource, Source
from .tree import Estimator

__all__ = ["DoublingCounter", "Planner"]

Planner: TypeAlias = Callable[[int], Plan]
"""Gives a plan for a horizon."""


class DoublingCounter:
    """A counter without a horizon.

    Attributes:
        plans: those of the epochs so far; each user's loss is that of one of them.
    """

    def __init__(
        self,
        planner: Planner,
        *,
        first: int = 1024,
        source: Source | None = None,
        estimator: Estimator | str = Estimator.LEAST_SQUARES,
        journal: str | PathLike[str] | None = None,
    ) -> None:
        """Begin the first epoch, or go on where a journal ends.

        Args:
            planner: gives a plan for the horizon of an epoch; `certified` is called on each before users come.
            first: users of the first epoch, about; each following one is twice as long.
            source: of randomness; by default the operating system.
            estimator: how counts become estimates.
            journal: a file that is written after each arrival, before its estimate is returned; when it exists already, the counter goes
                on from it, with the plans that it began with. It holds open batches, so it is as secret as what the shufflers hold.

        Raises:
            ParameterError: a plan does not keep its budget, or plans have different budgets; or the journal is damaged, or belongs to
                another first horizon, estimator or version.
        """
        self._planner = planner
        self._source = OsSource() if source is None else source
        self._estimator = read_member("estimator", Estimator, estimator)
        self._horizon = first
        self._before = 0.0
        self._variance = 0.0
        self._rounded = False  # whether a value so far lay between steps
        self.plans: list[Plan] = []
        self._journal: EpochsJournal | None = None
        if journal is not None:
            self._go_on(journal)
        if not self.plans:
            self._begin(self._plan(first))

    @property
    def arrivals(self) -> int:
        """Users so far."""
        return sum(plan.users for plan in self.plans[:-1]) + self._counter.arrivals

    def observe(self, value: ExactLike | None) -> Estimate:
        """Take one user's value, as `Counter.observe` does."""
        self._next_epoch_if_over()
        rounded = self._rounded
        if value is not None:
            units = exact("value", value) * UNIT
            rounded |= units.denominator > 1 or units * self._counter.plan.steps % UNIT != 0
        self._keep_with(rounded=rounded)
        found = self._carried(self._counter.observe(value))
        self._rounded = rounded
        return found

    def estimates(self, values: ArrayLike) -> NDArray[np.float64]:
        """Take many users' values, as `Counter.estimates` does."""
        unit_array(values)  # all of them before any is taken
        rest = np.asarray(values)
        found = []
        while len(rest):
            self._next_epoch_if_over()
            room = self._counter.plan.users - self._counter.arrivals
            rounded = self._rounded or between_steps(rest[:room], self._counter.plan.steps)
            self._keep_with(rounded=rounded)
            found.append(self._before + self._counter.estimates(rest[:room]))
            self._rounded = rounded
            rest = rest[room:]
        return np.concatenate(found) if found else np.empty(0)

    def shut(self) -> None:
        """Let another counter have the journal."""
        if self._journal is not None:
            self._journal.shut()

    def current(self) -> Estimate:
        """Return the estimate after the last arrival."""
        return self._carried(self._counter.current())

    def bound(self, confidence: ExactLike) -> float:
        """Return a certified bound on the largest error over all steps so far.

        The e-th epoch may fail with ``2^-e`` of the chance that is allowed: half of that for its own steps, half for what it hands on.
        """
        failure = 1 - read_confidence(confidence)
        carried = largest = 0.0
        for place, plan in enumerate(self.plans, 1):
            law = ErrorLaw(plan, self._estimator, rounded=self._rounded)
            share = 1 - failure / 2 ** (place + 1)
            largest = max(largest, carried + law.bound(share))
            carried += law.half_width(plan.users, share)
        return float(np.nextafter(largest * (1.0 + 1e-14 * len(self.plans)), np.inf))

    def _carried(self, estimate: Estimate) -> Estimate:
        return Estimate(
            value=self._before + estimate.value,
            variance=self._variance + estimate.variance,
            hidden=estimate.hidden,
        )

    def _next_epoch_if_over(self) -> None:
        if self._counter.arrivals < self._counter.plan.users:
            return
        last, horizon = self._counter.current(), 2 * self._horizon
        self._begin(self._plan(horizon))  # first: a planner that fails may be asked again
        self._horizon = horizon
        self._before += last.value
        self._variance += last.variance

    def _plan(self, horizon: int) -> Plan:
        """Return a certified plan of whole largest batches, for about a horizon."""
        plan = self._planner(horizon)
        if self.plans and plan.budget != self.plans[0].budget:
            raise ParameterError("planner", "must give plans of one budget", plan.budget)
        largest = plan.levels[-1].batch
        whole = Plan(
            plan.levels,
            users=largest * max(1, Fraction(plan.users, largest).__floor__()),
            epsilon=plan.budget.epsilon,
            delta=plan.budget.delta,
        )
        whole.certified()
        return whole

    def _begin(self, plan: Plan) -> None:
        if self._journal is not None:
            self._journal.begin(plan)
        self._enter(plan)

    def _enter(self, plan: Plan) -> None:
        self.plans.append(plan)
        self._counter = Counter(plan, source=self._source, estimator=self._estimator)

    def _keep_with(self, *, rounded: bool) -> None:
        """Let the journal hold whether values so far lie between steps: the bound on the error needs it."""
        if self._journal is not None:
            self._counter._journal = Epoch(self._journal, rounded)

    def _go_on(self, path: str | PathLike[str]) -> None:
        journal, epochs = opened_epochs(path, first=self._horizon, estimator=self._estimator)
        with ExitStack() as failing:
            failing.callback(journal.shut)
            if epochs:
                epochs[-1].plan.certified()
            failing.pop_all()
        for place, kept in enumerate(epochs):
            if place:
                last = self._counter.current()
                self._horizon *= 2
                self._before += last.value
                self._variance += last.variance
            self._enter(kept.plan)
            self._rounded = kept.rounded
            if kept.state is not None:
                self._counter._restore(kept.state)
        if self.plans and self.arrivals:
            self._source.go_on(self.arrivals)
        self._journal = journal

"""Running the counter over a recorded stream, and comparing its error with its law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..numerics.exact import ExactLike
from .counter import Counter, unit_array
from .law import ErrorLaw, read_confidence
from .plan import Plan
from .roles import UNIT
from .sources import OsSource, Source
from .tree import Estimator

__all__ = ["Run", "run"]

_CHUNK = 1_000_000


@dataclass(frozen=True, eq=False)
class Run:
    """A run over a recorded stream.

    Attributes:
        law: of the error, for a horizon of as many users as came.
        counter: after the run.
        values: the stream as the counter reads it, to 32 binary digits; shape (users,).
        estimates: after each user, shape (users,).
        confidence: of the bound.
        bound: certified; the largest error over all steps stays within it with that confidence.
    """

    law: ErrorLaw
    counter: Counter
    values: NDArray[np.float64]
    estimates: NDArray[np.float64]
    confidence: Fraction
    bound: float

    @cached_property
    def sums(self) -> NDArray[np.float64]:
        """The true sums after each user."""
        return np.cumsum(self.values)

    @cached_property
    def max_error(self) -> float:
        """The largest error over all steps."""
        return float(np.abs(self.estimates - self.sums).max())

    @property
    def rms_error(self) -> float:
        """The root of the mean squared error over all steps."""
        return float(np.sqrt(np.mean((self.estimates - self.sums) ** 2)))

    def band(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return lower and upper ends around the estimates that hold all true sums at once, with the bound's confidence."""
        noise = np.nextafter(
            self.bound - 0.5 * min(self.law.plan.levels[0].batch - 1, len(self.values)), np.inf
        )
        hidden = np.arange(1, len(self.values) + 1) % self.law.plan.levels[0].batch
        return self.estimates - noise - 0.5 * hidden, self.estimates + noise + 0.5 * hidden

    @property
    def within_law(self) -> bool:
        """Whether the largest error is within the bound."""
        return self.max_error <= self.bound

    def as_dict(self) -> dict[str, object]:
        """Return JSON-able values."""
        return {
            "steps": len(self.values),
            "max_error": self.max_error,
            "rms_error": self.rms_error,
            "law": {"rms": self.law.rms(), "bound": self.bound, "confidence": float(self.confidence)},
            "within_law": self.within_law,
            "estimator": self.counter.estimator.value,
            "randomness": self.counter.source.description,
            "final": {"estimate": float(self.estimates[-1]), "sum": float(self.sums[-1])},
        }


def run(
    values: NDArray[np.float64],
    plan: Plan,
    *,
    source: Source | None = None,
    estimator: Estimator | str = Estimator.LEAST_SQUARES,
    confidence: ExactLike = "0.95",
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Count a recorded stream.

    Args:
        values: in [0, 1]; shape (users,), at most the plan's users.
        plan: its privacy is not certified here.
        source: of randomness; by default the operating system.
        estimator: how counts become estimates.
        confidence: of the bound on the largest error.
        progress: called with how many users are done, and how many there are.

    Raises:
        ParameterError: there are more values than the plan has users, or a value lies outside [0, 1].
    """
    if len(values) > plan.users:
        rule = f"must hold at most the {plan.users} users of the plan"
        raise ParameterError("stream", rule, len(values), "Make a plan for more users")
    counter = Counter(plan, source=OsSource() if source is None else source, estimator=estimator)
    estimates, read = np.empty(len(values)), np.empty(len(values))
    rounded = False
    for begin in range(0, len(values), _CHUNK):
        part = slice(begin, begin + _CHUNK)
        units = unit_array(values[part])
        rounded = rounded or bool(np.any(units * np.uint64(plan.steps) % np.uint64(UNIT)))
        read[part] = units / UNIT  # exact
        estimates[part] = counter.estimates(read[part])
        if progress is not None:
            progress(min(begin + _CHUNK, len(values)), len(values))
    came = Plan(plan.levels, users=len(values), epsilon=plan.budget.epsilon, delta=plan.budget.delta)
    law = ErrorLaw(came, counter.estimator, rounded=rounded)
    return Run(law, counter, read, estimates, read_confidence(confidence), law.bound(confidence))

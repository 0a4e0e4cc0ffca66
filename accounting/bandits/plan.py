"""A bandit's plan: nested levels of batches, each a vector count. As a file it is a deployment file with one table more."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from os import PathLike

from ..claims import relies_on
from ..counter.nested import check_budget, check_sizes, deployment_of, levels_of, lost, plan_table
from ..curves import Bounds
from ..errors import ParameterError
from ..model import Budget, Deployment
from ..model.reading import number, read_with
from ..model.writing import written_value
from ..numerics.exact import ExactLike, exact, whole
from ..randomizers import VectorCount, gram_dimension, gram_sensitivity
from ..shuffle import Shuffle

__all__ = ["LARGEST_HORIZON", "BanditLevel", "BanditPlan"]

LARGEST_HORIZON = 10**12


@dataclass(frozen=True, slots=True)
class BanditLevel:
    """One shuffler.

    Attributes:
        batch: users of a batch; also the fewest with which it may close.
        randomizer: what each user sends to it.
    """

    batch: int
    randomizer: VectorCount

    @property
    def shuffle(self) -> Shuffle:
        """The shuffle of one batch, of the fewest users."""
        return Shuffle(self.randomizer, self.batch)

    @property
    def variance(self) -> float:
        """A bound on the variance of one coordinate of a batch's sum, and on its sub-Gaussian proxy: noise bits and rounding."""
        count = self.batch * (self.randomizer.bits + 1.0)
        return count / 4.0 / self.randomizer.levels**2


@dataclass(frozen=True, slots=True, init=False)
class BanditPlan:
    """Batch sizes and noise of a contextual linear bandit, and the budget that they are certified for.

    Every user reports their context and reward once to every level, with fresh randomness. What is promised is *joint*
    differential privacy: all released sums, and so everything that other users are shown, are (epsilon, delta)-DP in one
    user's context and reward, since what others are shown depends on released sums and on their own contexts only. What the
    user themselves is shown depends on their own context; whoever sees that action learns about it, and it is not covered.

    Attributes:
        features: d, the length of contexts.
        levels: the smallest batches first; each batch size divides the next one.
        users: the horizon: the most users that will come.
        reward_weight: of rewards beside the Gram matrix.
        budget: what a user may lose in total.
    """

    features: int
    levels: tuple[BanditLevel, ...]
    users: int
    reward_weight: Fraction
    budget: Budget

    def __init__(
        self,
        levels: Iterable[BanditLevel],
        *,
        features: ExactLike,
        users: ExactLike,
        epsilon: ExactLike,
        delta: ExactLike,
        reward_weight: ExactLike = 1,
    ) -> None:
        """Describe a plan; ``privacy`` says whether it keeps its budget.

        Args:
            levels: at least one, the smallest batches first.
            features: d, the length of contexts.
            users: the horizon.
            epsilon: of the budget, in nats.
            delta: of the budget, a probability.
            reward_weight: of rewards beside the Gram matrix, above 0 and at most 1.

        Raises:
            ParameterError: a value breaks its rule.
        """
        found, count = tuple(levels), whole("features", features, least=1, most=1000)
        check_sizes([level.batch for level in found])
        least = gram_sensitivity(reward_weight)
        for place, level in enumerate(found, 1):
            if level.randomizer.dimension != gram_dimension(count):
                rule = f"must be {gram_dimension(count)}, for contexts of {count} features"
                raise ParameterError(f"dimension of level {place}", rule, level.randomizer.dimension)
            if level.randomizer.sensitivity < least:
                rule = f"must be at least {written_value(least)}, by which two users may differ"
                raise ParameterError(
                    f"sensitivity of level {place}", rule, written_value(level.randomizer.sensitivity)
                )
        object.__setattr__(self, "features", count)
        object.__setattr__(self, "levels", found)
        object.__setattr__(
            self, "users", whole("users", users, least=found[0].batch, most=LARGEST_HORIZON, remedy=_TOO_FEW)
        )
        object.__setattr__(self, "reward_weight", exact("reward_weight", reward_weight))
        object.__setattr__(self, "budget", Budget(epsilon=epsilon, delta=delta))

    def deployment(self) -> Deployment:
        """Return what ``check`` checks: a shuffler a level, with the fewest users of a batch."""
        title = f"Linear bandit of {self.features} features, {len(self.levels)} levels for {self.users} users"
        return deployment_of(self._batches, budget=self.budget, title=title)

    @property
    def _batches(self) -> tuple[Shuffle, ...]:
        return tuple(level.shuffle for level in self.levels)

    @relies_on("bandit-privacy", "gram-sensitivity")
    def privacy(self) -> Bounds:
        """Enclose the epsilon that a user loses in total at the budget's delta; its upper end may be promised.

        Guarantee:
            bandit-privacy, gram-sensitivity, gaussian-shift and adaptive-composition: other users' contexts, rewards and
            the closings may react to releases.
        """
        return lost(self._batches, self.budget.delta)

    def certified(self) -> Bounds:
        """Return ``privacy``, or refuse.

        Raises:
            ParameterError: the plan is not certified to keep its budget.
        """
        found = self.privacy()
        check_budget(found, self.budget)
        return found

    def closed_batches(self, step: int) -> tuple[int, ...]:
        """Return how many closed batches of each level make up the sum after a step, the smallest batches first.

        The largest batches are used as far as they go, the next ones in what remains, and so on.
        """
        counts, rest = [], step
        for level in reversed(self.levels):
            count, rest = divmod(rest, level.batch)
            counts.append(count)
        return tuple(reversed(counts))

    def deviation(self, step: int) -> float:
        """Bound the standard deviation, and the sub-Gaussian scale, of one coordinate of the estimated sum after a step."""
        counts = self.closed_batches(step)
        return math.sqrt(
            sum(count * level.variance for count, level in zip(counts, self.levels, strict=True))
        )

    def to_toml(self) -> str:
        """Write the plan; ``from_toml`` returns an equal one, and ``check`` reads it as a deployment."""
        lines = [
            f"features = {self.features}",
            f"users = {self.users}",
            f"reward_weight = {written_value(self.reward_weight)}",
        ]
        return f"{self.deployment().to_toml()}\n[bandit]\n" + "\n".join(lines) + "\n"

    @classmethod
    def from_toml(cls, source: str) -> BanditPlan:
        """Read a plan from TOML.

        Raises:
            ParameterError: the text is not that of a plan.
        """
        deployment = Deployment.from_toml(source)
        remedy = "Make plans with the command bandit plan"
        table = plan_table(source, "bandit", keys=("features", "users", "reward_weight"), remedy=remedy)
        levels = []
        for where, batch in levels_of(deployment, what="bandit"):
            if not isinstance(batch.randomizer, VectorCount):
                rule = "must be a vector-count"
                raise ParameterError(f"{where}.randomizer.kind", rule, batch.randomizer.kind)
            levels.append(BanditLevel(batch.users, batch.randomizer))
        budget = deployment.budget
        return cls(
            levels,
            features=number("bandit.features", table["features"], quoted=False),
            users=number("bandit.users", table["users"], quoted=False),
            reward_weight=number("bandit.reward_weight", table["reward_weight"]),
            epsilon=budget.epsilon,
            delta=budget.delta,
        )

    @classmethod
    def from_file(cls, path: str | PathLike[str]) -> BanditPlan:
        """Read a plan file.

        Raises:
            ParameterError: the file cannot be read, or is not that of a plan; the name starts with the path.
        """
        return read_with(path, cls.from_toml)


_TOO_FEW = "No batch would ever close"

"""A plan: nested levels of batches and the noise of each. As a file it is a deployment file with one table more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike

from ..claims import relies_on
from ..curves import Bounds
from ..errors import ParameterError
from ..model import Budget, Deployment
from ..model.reading import number, read_with
from ..model.writing import written_value
from ..numerics.exact import ExactLike, whole
from ..randomizers import BinomialCount
from ..shuffle import Shuffle
from .nested import check_budget, check_sizes, deployment_of, levels_of, lost, plan_table
from .tree import noise_variance

__all__ = ["LARGEST_HORIZON", "Level", "Plan"]

LARGEST_HORIZON = 10**15


@dataclass(frozen=True, slots=True, init=False)
class Level:
    """One shuffler of the counter.

    Attributes:
        batch: users of a batch; also the fewest with which it may close.
        randomizer: what each user sends to it.
    """

    batch: int
    randomizer: BinomialCount

    def __init__(self, batch: ExactLike, randomizer: BinomialCount) -> None:
        """Describe a level.

        Raises:
            ParameterError: the batch holds fewer than 2 users, or the randomizer is no binomial count, or none with noise.
        """
        remedy = "A batch of one user hides nothing but by its own noise; join it with the next"
        object.__setattr__(self, "batch", whole("batch", batch, least=2, remedy=remedy))
        if not isinstance(randomizer, BinomialCount):
            raise ParameterError("randomizer", "must be a binomial count", type(randomizer).__name__)
        if noise_variance(randomizer, 1) == 0.0:
            rule = "must leave the noise a variance that a float holds"
            raise ParameterError("randomizer", rule, randomizer.describe(), "It hides nobody")
        object.__setattr__(self, "randomizer", randomizer)

    @property
    def shuffle(self) -> Shuffle:
        """The shuffle of one batch, of the fewest users."""
        return Shuffle(self.randomizer, self.batch)


@dataclass(frozen=True, slots=True, init=False)
class Plan:
    """Batch sizes and noise of a counter, and the budget that they are certified for.

    Every user reports once to every level, with fresh randomness. The loss is that of one batch of each level, however
    many users come: the horizon matters to the error only.

    Attributes:
        levels: the smallest batches first; each batch size divides the next one.
        users: the horizon: the most users that will come.
        budget: what a user may lose in total.
    """

    levels: tuple[Level, ...]
    users: int
    budget: Budget

    def __init__(
        self, levels: Iterable[Level], *, users: ExactLike, epsilon: ExactLike, delta: ExactLike
    ) -> None:
        """Describe a plan; ``privacy`` says whether it keeps its budget.

        Args:
            levels: at least one, the smallest batches first.
            users: the horizon.
            epsilon: of the budget, in nats.
            delta: of the budget, a probability.

        Raises:
            ParameterError: a value breaks its rule.
        """
        found = tuple(levels)
        check_sizes([level.batch for level in found])
        steps = {level.randomizer.levels for level in found}
        if len(steps) > 1:
            raise ParameterError("levels", "must be the same steps of a value at each level", sorted(steps))
        object.__setattr__(self, "levels", found)
        object.__setattr__(self, "users", whole("users", users, least=1, most=LARGEST_HORIZON))
        object.__setattr__(self, "budget", Budget(epsilon=epsilon, delta=delta))

    @property
    def steps(self) -> int:
        """Into how many steps a value in [0, 1] is rounded; 1 is for bits."""
        return self.levels[0].randomizer.levels

    def deployment(self) -> Deployment:
        """Return what ``check`` checks: a shuffler a level, with the fewest users of a batch."""
        title = f"Counter of {len(self.levels)} levels for {self.users} users"
        return deployment_of(self._batches, budget=self.budget, title=title)

    @property
    def _batches(self) -> tuple[Shuffle, ...]:
        return tuple(level.shuffle for level in self.levels)

    @relies_on("counter-privacy")
    def privacy(self) -> Bounds:
        """Enclose the epsilon that a user loses in total at the budget's delta; its upper end may be promised.

        Guarantee:
            counter-privacy, shifted-counts and adaptive-composition: other users' values and closings may react to releases.
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

    def to_toml(self) -> str:
        """Write the plan; ``from_toml`` returns an equal one, and ``check`` reads it as a deployment."""
        return f"{self.deployment().to_toml()}\n[counter]\nusers = {written_value(self.users)}\n"

    @classmethod
    def from_toml(cls, source: str) -> Plan:
        """Read a plan from TOML.

        Raises:
            ParameterError: the text is not that of a plan.
        """
        deployment = Deployment.from_toml(source)
        table = plan_table(source, "counter", keys=("users",), remedy="Make plans with the command plan")
        levels = []
        for where, batch in levels_of(deployment, what="counter"):
            try:
                levels.append(Level(batch.users, batch.randomizer))  # type: ignore[arg-type]
            except ParameterError as error:
                raise error.renamed(f"{where}.{error.name}") from None
        users = number("counter.users", table["users"], quoted=False)
        budget = deployment.budget
        return cls(levels, users=users, epsilon=budget.epsilon, delta=budget.delta)

    @classmethod
    def from_file(cls, path: str | PathLike[str]) -> Plan:
        """Read a plan file.

        Raises:
            ParameterError: the file cannot be read, or is not that of a plan; the name starts with the path.
        """
        return read_with(path, cls.from_toml)

"""A deployment: shufflers, their randomizers, and the privacy budget that they share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from os import PathLike

from ..errors import AccountingError, NotCoveredError, ParameterError, shown
from ..numerics.exact import ExactLike, delta_parameter, epsilon_parameter
from ..shuffle import Shuffle
from .kinds import read_randomizer
from .reading import Table, located, number, parse, read_text, text, with_keys
from .relation import Inputs, Relation
from .writing import written_deployment

__all__ = ["LARGEST_DEPLOYMENT", "Budget", "Deployment", "NamedShuffle"]

LARGEST_DEPLOYMENT = 100_000

_KEYS = ("title", "relation", "inputs", "budget", "shuffler")
_SHUFFLER_KEYS = ("name", "users", "fresh", "randomizer")


@dataclass(frozen=True, slots=True, init=False)
class Budget:
    """What may be lost in total.

    Attributes:
        epsilon: in nats, at least 0.
        delta: a probability, at least 0 and below 1.
    """

    epsilon: Fraction
    delta: Fraction

    def __init__(self, *, epsilon: ExactLike, delta: ExactLike) -> None:
        """Read both numbers exactly.

        Raises:
            ParameterError: one of them breaks its rule.
        """
        limit = epsilon_parameter("epsilon", epsilon)
        if limit < 0:
            raise ParameterError("epsilon", "must be at least 0", epsilon, "A budget is a loss")
        object.__setattr__(self, "epsilon", limit)
        object.__setattr__(self, "delta", delta_parameter("delta", delta))


@dataclass(frozen=True, slots=True)
class NamedShuffle:
    """One shuffler of a deployment.

    Attributes:
        name: one nonempty printable line, unique in its deployment.
        shuffle: the randomizer and the fewest present and honest users of any of its batches.
    """

    name: str
    shuffle: Shuffle

    def __post_init__(self) -> None:
        if not text("name", self.name).strip():
            raise ParameterError("name", "must not be empty", self.name)


@dataclass(frozen=True, slots=True, init=False)
class Deployment:
    """Shufflers that one user reports to, with fresh randomness for each, and the budget of that user.

    Attributes:
        title: one printable line, for reports.
        relation: which data sets are neighbours.
        inputs: whether other users' values may react to releases.
        budget: the most that may be lost in total.
        shufflers: at least one, with distinct names.
    """

    title: str
    relation: Relation
    inputs: Inputs
    budget: Budget
    shufflers: tuple[NamedShuffle, ...]

    def __init__(
        self,
        shufflers: Iterable[NamedShuffle],
        *,
        budget: Budget,
        title: str = "",
        relation: Relation | str = Relation.REPLACE_ONE,
        inputs: Inputs | str = Inputs.ADAPTIVE,
    ) -> None:
        """Describe a deployment.

        Args:
            shufflers: at least one, with distinct names.
            budget: the most that may be lost in total.
            title: one printable line.
            relation: ``"replace-one"``.
            inputs: ``"adaptive"`` or ``"fixed"``.

        Raises:
            ParameterError: a value breaks its rule.
            NotCoveredError: a relation that no claim covers.
        """
        object.__setattr__(self, "title", text("title", title))
        object.__setattr__(self, "relation", Relation.read("relation", relation))
        object.__setattr__(self, "inputs", Inputs.read("inputs", inputs))
        object.__setattr__(self, "budget", budget)
        object.__setattr__(self, "shufflers", _distinct(tuple(shufflers)))

    @classmethod
    def from_toml(cls, source: str) -> Deployment:
        """Read a deployment from TOML; every number is read as the decimal that it was written as.

        Args:
            source: the text of a deployment file.

        Raises:
            ParameterError: the text is not TOML, or a key or value breaks its rule; the error's name is
                the path of the key (``"shuffler[0].users"``, counted from 0).
            NotCoveredError: no claim covers what the text asks for.
        """
        content = with_keys("", parse(source), needed=("budget", "shuffler"), known=_KEYS)
        table = with_keys(
            "budget", content["budget"], needed=("epsilon", "delta"), known=("epsilon", "delta")
        )
        values = {key: number(f"budget.{key}", value) for key, value in table.items()}
        try:
            budget = Budget(**values)
        except ParameterError as error:
            raise error.renamed(f"budget.{error.name}") from None
        rest = {key: content[key] for key in ("title", "relation", "inputs") if key in content}
        return cls(_shufflers(content["shuffler"]), budget=budget, **rest)  # type: ignore[arg-type]

    @classmethod
    def from_file(cls, path: str | PathLike[str]) -> Deployment:
        """Read a deployment file, of at most 10 MB.

        Args:
            path: a TOML file in UTF-8.

        Raises:
            ParameterError: the file cannot be read, or what it says breaks a rule; the error's name starts
                with the path.
            NotCoveredError: no claim covers what the file asks for.
        """
        source = read_text(path)
        try:
            return cls.from_toml(source)
        except AccountingError as error:
            raise located(path, error) from None

    def to_toml(self) -> str:
        """Write the deployment as TOML; ``from_toml`` returns an equal one.

        Raises:
            NotCoveredError: a randomizer that deployment files cannot describe.
        """
        return written_deployment(
            title=self.title,
            relation=self.relation.value,
            inputs=self.inputs.value,
            budget={"epsilon": self.budget.epsilon, "delta": self.budget.delta},
            shufflers=[(named.name, named.shuffle) for named in self.shufflers],
        )


def _distinct(shufflers: tuple[NamedShuffle, ...]) -> tuple[NamedShuffle, ...]:
    if not shufflers:
        raise ParameterError("shuffler", "must be given at least once", "none", "Add a [[shuffler]] table")
    seen: dict[str, int] = {}
    for i, named in enumerate(shufflers):
        first = seen.setdefault(named.name, i)
        if first != i:
            remedy = f"shuffler[{first}] has the same name"
            raise ParameterError(f"shuffler[{i}].name", "must be unique", named.name, remedy)
    return shufflers


def _shufflers(tables: object) -> list[NamedShuffle]:
    if not isinstance(tables, list):
        raise ParameterError(
            "shuffler", "must be an array of tables", tables, "Write [[shuffler]], in double brackets"
        )
    if len(tables) > LARGEST_DEPLOYMENT:
        raise ParameterError("shuffler", f"must be given at most {LARGEST_DEPLOYMENT} times", len(tables))
    found = []
    for i, table in enumerate(tables):
        where = f"shuffler[{i}]"
        try:
            found.append(_shuffler(where, table))
        except ParameterError as error:
            raise _called(error, table, where, alone=len(tables) == 1) from None
    return found


def _shuffler(where: str, table: object) -> NamedShuffle:
    content = with_keys(where, table, needed=("name", "users", "randomizer"), known=_SHUFFLER_KEYS)
    name = text(f"{where}.name", content["name"])
    _check_fresh(f"{where}.fresh", content)
    users = number(f"{where}.users", content["users"], quoted=False)
    randomizer = read_randomizer(f"{where}.randomizer", content["randomizer"])
    try:
        return NamedShuffle(name, Shuffle(randomizer, users=users))
    except ParameterError as error:
        raise error.renamed(f"{where}.{error.name}") from None


def _check_fresh(where: str, content: Table) -> None:
    fresh = content.get("fresh", True)
    if not isinstance(fresh, bool):
        raise ParameterError(where, "must be true or false", fresh)
    if not fresh:
        raise NotCoveredError(
            f"{where} = false is not covered: a report that is used again in another batch is no composition,"
            " because overlapping batches subtract. Draw fresh randomness for each shuffler"
        )


def _called(error: ParameterError, table: object, where: str, *, alone: bool) -> ParameterError:
    """Add the shuffler's name, when there are several, because counting tables is tedious."""
    name = table.get("name") if isinstance(table, dict) else None
    if alone or not isinstance(name, str) or not name.isprintable():
        return error
    remedy = f"{error.remedy}; {where} is {shown(name)}" if error.remedy else f"{where} is {shown(name)}"
    return ParameterError(error.name, error.rule, error.value, remedy)

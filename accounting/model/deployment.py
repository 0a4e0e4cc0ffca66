"""A deployment: shufflers, their randomizers, and the privacy budget that they share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from os import PathLike
from typing import TYPE_CHECKING

from ..claims import relies_on
from ..composition.reused import SharedReport
from ..errors import ParameterError, shown
from ..numerics.exact import LARGEST_COUNT, ExactLike, delta_parameter, epsilon_parameter, whole
from ..shuffle import Shuffle
from .kinds import read_randomizer
from .reading import Table, number, parse, read_with, text, with_keys
from .relation import Inputs, Relation
from .writing import written_deployment

if TYPE_CHECKING:
    from ..curves import PrivacyCurve

__all__ = ["LARGEST_DEPLOYMENT", "Budget", "Deployment", "NamedShuffle"]

LARGEST_DEPLOYMENT = 100_000

_KEYS = ("title", "relation", "inputs", "atom_at_least", "budget", "shuffler", "counter", "bandit")
"""The tables ``counter`` and ``bandit`` make a plan of a deployment; they say nothing about privacy, and are not read here."""
_SHUFFLER_KEYS = ("name", "users", "present_at_least", "dishonest_at_most", "fresh", "randomizer")


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
        dishonest_at_most: how many more users may be present and dishonest: known to the observer, they hide nobody.
        fresh: whether reports to this shuffler are drawn for it; else they are the ones that all shufflers get
            which are not fresh.
    """

    name: str
    shuffle: Shuffle
    dishonest_at_most: int = field(default=0, kw_only=True)
    fresh: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        if not text("name", self.name).strip():
            raise ParameterError("name", "must not be empty", self.name)
        most = LARGEST_COUNT - self.shuffle.users
        dishonest = whole("dishonest_at_most", self.dishonest_at_most, least=0, most=most)
        object.__setattr__(self, "dishonest_at_most", dishonest)

    @property
    def present_at_least(self) -> int:
        """The fewest users who are present in any batch, dishonest ones included."""
        return self.shuffle.users + self.dishonest_at_most


@dataclass(frozen=True, slots=True, init=False)
class Deployment:
    """Shufflers that one user reports to, and the budget of that user.

    Randomness is fresh for each shuffler, except that those declared not fresh all get one report.

    Attributes:
        title: one printable line, for reports.
        relation: which data sets are neighbours.
        inputs: whether other users' values may react to releases.
        budget: the most that may be lost in total.
        shufflers: at least one, with distinct names.
        atom_at_least: the fewest honest users who are in exactly the same batches that get the one report, as
            any user; 1 promises nobody beside the user.
    """

    title: str
    relation: Relation
    inputs: Inputs
    budget: Budget
    shufflers: tuple[NamedShuffle, ...]
    atom_at_least: int

    def __init__(
        self,
        shufflers: Iterable[NamedShuffle],
        *,
        budget: Budget,
        title: str = "",
        relation: Relation | str = Relation.REPLACE_ONE,
        inputs: Inputs | str = Inputs.ADAPTIVE,
        atom_at_least: ExactLike = 1,
    ) -> None:
        """Describe a deployment.

        Args:
            shufflers: at least one, with distinct names.
            budget: the most that may be lost in total.
            title: one printable line.
            relation: ``"replace-one"``.
            inputs: ``"adaptive"`` or ``"fixed"``.
            atom_at_least: where shufflers are not fresh, fewest honest users in exactly the same of their batches.

        Raises:
            ParameterError: a value breaks its rule.
            NotCoveredError: a relation that no claim covers.
        """
        object.__setattr__(self, "title", text("title", title))
        object.__setattr__(self, "relation", Relation.read("relation", relation))
        object.__setattr__(self, "inputs", Inputs.read("inputs", inputs))
        object.__setattr__(self, "budget", budget)
        object.__setattr__(self, "shufflers", _distinct(tuple(shufflers)))
        object.__setattr__(self, "atom_at_least", _read_atom(atom_at_least, self.shufflers))

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
        if "atom_at_least" in content:
            rest["atom_at_least"] = number("atom_at_least", content["atom_at_least"], quoted=False)
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
        return read_with(path, cls.from_toml)

    @property
    def reused(self) -> tuple[NamedShuffle, ...]:
        """The shufflers that get one and the same report."""
        return tuple(named for named in self.shufflers if not named.fresh)

    @property
    def parts(self) -> tuple[Shuffle | SharedReport, ...]:
        """What composes: the fresh shuffles in their order, then the shared report, where there is one."""
        fresh = tuple(named.shuffle for named in self.shufflers if named.fresh)
        return (*fresh, shared) if (shared := self.shared_report) is not None else fresh

    def curve(self) -> PrivacyCurve:
        """Return the privacy curve of all that a user's reports release together.

        Raises:
            NotCoveredError: no claim covers a randomizer.
        """
        from ..composition.concurrent import ConcurrentShuffles

        return ConcurrentShuffles(self.parts, inputs=self.inputs.value).curve()

    @property
    def shared_report(self) -> SharedReport | None:
        """The report that the shufflers get which are not fresh; its batch is the smallest of them."""
        if not self.reused:
            return None
        smallest = min((named.shuffle for named in self.reused), key=lambda shuffle: shuffle.users)
        return SharedReport(smallest.randomizer, atom_at_least=self.atom_at_least, batch=smallest.users)

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
            atom_at_least=self.atom_at_least,
            shufflers=[(_keys(named), named.shuffle.randomizer) for named in self.shufflers],
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
    content = with_keys(where, table, needed=("name", "randomizer"), known=_SHUFFLER_KEYS)
    name = text(f"{where}.name", content["name"])
    fresh = content.get("fresh", True)
    if not isinstance(fresh, bool):
        raise ParameterError(f"{where}.fresh", "must be true or false", fresh)
    users, dishonest = _counted(where, content)
    randomizer = read_randomizer(f"{where}.randomizer", content["randomizer"])
    try:
        return NamedShuffle(name, Shuffle(randomizer, users), dishonest_at_most=dishonest, fresh=fresh)
    except ParameterError as error:
        raise error.renamed(f"{where}.{error.name}") from None


@relies_on("monotone-users", "reused-atoms")
def _counted(where: str, content: Table) -> tuple[ExactLike, int]:
    """Read ``users``, or count those present less the dishonest ones; return how many are dishonest, too."""
    given = [key for key in ("users", "present_at_least") if key in content]
    if len(given) != 1:
        value = "both" if given else "neither"
        remedy = "users are present and honest; present_at_least goes with dishonest_at_most"
        raise ParameterError(
            f"{where}.users", "or present_at_least must be given, one of the two", value, remedy
        )
    if given == ["users"]:
        if "dishonest_at_most" in content:
            remedy = "users counts honest users only: write present_at_least instead"
            raise ParameterError(
                f"{where}.dishonest_at_most",
                "goes with present_at_least",
                content["dishonest_at_most"],
                remedy,
            )
        return number(f"{where}.users", content["users"], quoted=False), 0
    name = f"{where}.present_at_least"
    present = whole(name, number(name, content["present_at_least"], quoted=False), least=2)
    name = f"{where}.dishonest_at_most"
    dishonest = whole(name, number(name, content.get("dishonest_at_most", 0), quoted=False), least=0)
    if present - dishonest < 2:
        rule = f"must leave at least 2 of the {present} users of present_at_least"
        raise ParameterError(name, rule, dishonest, "Dishonest users hide nobody")
    return present - dishonest, dishonest


def _keys(named: NamedShuffle) -> dict[str, object]:
    """Return the keys that describe a shuffler in a deployment file, without its randomizer."""
    keys: dict[str, object] = {"name": named.name}
    if named.dishonest_at_most:
        keys |= {"present_at_least": named.present_at_least, "dishonest_at_most": named.dishonest_at_most}
    else:
        keys["users"] = named.shuffle.users
    return keys if named.fresh else keys | {"fresh": False}


def _read_atom(atom_at_least: ExactLike, shufflers: tuple[NamedShuffle, ...]) -> int:
    """Read the size of the smallest atom; shufflers that get one report have one randomizer."""
    atom = whole("atom_at_least", atom_at_least, least=1)
    reused = [(i, named.shuffle) for i, named in enumerate(shufflers) if not named.fresh]
    if not reused:
        if atom > 1:
            remedy = "It counts users who are in the same batches of shufflers that get one report"
            raise ParameterError("atom_at_least", "goes with shufflers that have fresh = false", atom, remedy)
        return atom
    first, shared = reused[0]
    for i, shuffle in reused:
        if shuffle.randomizer != shared.randomizer:
            rule = f"must be that of shuffler[{first}], because both get one report (fresh = false)"
            remedy = "Draw fresh randomness for one of them, or describe the randomizer in the same way"
            raise ParameterError(f"shuffler[{i}].randomizer", rule, shuffle.randomizer.describe(), remedy)
    fewest = min(shuffle.users for _, shuffle in reused)
    if atom > fewest:
        remedy = "They are all in each batch of shufflers with fresh = false, dishonest users not counted"
        raise ParameterError("atom_at_least", f"must be at most {fewest}", atom, remedy)
    return atom


def _called(error: ParameterError, table: object, where: str, *, alone: bool) -> ParameterError:
    """Add the shuffler's name, when there are several, because counting tables is tedious."""
    name = table.get("name") if isinstance(table, dict) else None
    if alone or not isinstance(name, str) or not name.isprintable():
        return error
    remedy = f"{error.remedy}; {where} is {shown(name)}" if error.remedy else f"{where} is {shown(name)}"
    return ParameterError(error.name, error.rule, error.value, remedy)

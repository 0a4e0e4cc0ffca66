"""What a published bound is: a paper's statement, its status, and the numbers that it claims.

Nothing here is a promise of the toolkit, and no bound of the toolkit imports this room.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from ..errors import NotCoveredError
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..randomizers import Randomizer

__all__ = ["PublishedBound", "Source", "Status", "local_factor"]


class Status(StrEnum):
    """What is known about a published bound."""

    PROVED = "proved"
    """Its proof stands: what it claims may be relied on, though it is not what this toolkit answers with."""

    ERRATUM = "erratum"
    """Its authors corrected it; the numbers are those first published, and the remark says what is left of them."""

    REFUTED = "refuted"
    """Some data sets lose more than it claims."""

    APPROXIMATE = "approximate"
    """It states a limit, a float computation or a constant left open; its numbers promise nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a statement comes from.

    Attributes:
        authors: family names.
        year: of publication, else of the first preprint.
        arxiv: identifier with the version that is cited (``"2012.12803v3"``); without a version where none
            was compared; empty where there is no preprint.
        place: theorem, lemma, corollary or equation.
        checked: how the formula and its place were compared with the source; "from memory" where they were not.
    """

    authors: str
    year: int
    arxiv: str
    place: str
    checked: str

    def __str__(self) -> str:
        where = f", arXiv {self.arxiv}" if self.arxiv else ""
        return f"{self.authors} {self.year}{where}, {self.place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedBound(ABC):
    """A bound on what one shuffle loses, as its paper states it.

    The relation is replace-one; all users apply the same randomizer.

    Attributes:
        id: a name of words.
        title: the bound in one line.
        source: where it is stated.
        status: what is known about it.
        remark: what is wrong with it or what limits it, in one sentence; empty where nothing is.
        exceeded: whether data sets are known that lose more than it claims.
    """

    id: str
    title: str
    source: Source
    status: Status
    remark: str = ""
    exceeded: bool = False

    @abstractmethod
    def claimed_delta(self, randomizer: Randomizer, *, users: int, alpha: Fraction) -> Enclosure:
        """Enclose the delta that the paper claims; not the delta of the shuffle.

        Args:
            randomizer: what every user applies.
            users: n, the target included; at least 2.
            alpha: e^epsilon, at least 1.

        Returns:
            An enclosure of the claimed value; its width is numeric. A claim above 1 is returned as it is.

        Raises:
            NotCoveredError: the paper claims nothing here: for this kind of randomizer, or outside its conditions.
            ParameterError: a parameter breaks its rule.
        """

    @abstractmethod
    def claimed_epsilon(self, randomizer: Randomizer, *, users: int, delta: Fraction) -> Enclosure:
        """Enclose the epsilon, in nats, that the paper claims; not the epsilon of the shuffle.

        Args:
            randomizer: what every user applies.
            users: n, the target included; at least 2.
            delta: a probability, strictly between 0 and 1.

        Returns:
            An enclosure of the claimed value; its width is numeric.

        Raises:
            NotCoveredError: the paper claims nothing here: for this kind of randomizer, or outside its conditions.
            ParameterError: a parameter breaks its rule.
        """


def local_factor(bound_id: str, randomizer: Randomizer) -> Factor:
    """Return ``e^epsilon0`` for a bound that is stated for all epsilon0-LDP randomizers.

    Raises:
        NotCoveredError: the randomizer has no finite epsilon0.
    """
    factor = randomizer.local_factor()
    if factor is None:
        raise NotCoveredError(
            f"{bound_id} is stated for epsilon0-LDP randomizers; {randomizer.describe()} has no finite epsilon0"
        )
    return factor

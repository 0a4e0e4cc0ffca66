"""One shuffler: users apply one randomizer, and the multiset of their messages is released."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from .curves import PairCurve, PrivacyCurve
from .curves.answers import HasCurve
from .curves.composed import ComposedCurve
from .curves.pair_curve import Part
from .errors import ParameterError
from .numerics.exact import ExactLike, whole
from .pairs.of_randomizer import releases_of
from .randomizers import Randomizer

__all__ = ["Shuffle"]


@dataclass(frozen=True, slots=True, init=False)
class Shuffle(HasCurve):
    """A batch of users whose messages are released as a multiset.

    All users apply the same randomizer with fresh randomness. The relation is replace-one: neighbouring
    data sets differ in one user's value.

    Attributes:
        randomizer: what every user applies.
        users: n, present and honest users, the target included; at least 2.
    """

    randomizer: Randomizer
    users: int

    def __init__(self, randomizer: Randomizer, users: ExactLike) -> None:
        """Describe the batch.

        Args:
            randomizer: what every user applies.
            users: present and honest users, the target included; from 2 to 10^18.

        Raises:
            ParameterError: users is no such number, or the randomizer is none.
        """
        if not isinstance(randomizer, Randomizer):
            raise ParameterError(
                "randomizer", "must be a randomizer", randomizer, "See accounting.randomizers"
            )
        object.__setattr__(self, "randomizer", randomizer)
        remedy = "A shuffler with one report hides nothing"
        object.__setattr__(self, "users", whole("users", users, least=2, remedy=remedy))

    def curve(self) -> PrivacyCurve:
        factors = releases_of(self.randomizer, self.users)
        if len(factors) == 1:
            return PairCurve(factors[0])
        return ComposedCurve(
            tuple(Part.of(pairs, count) for pairs, count in Counter(factors).items()), "adaptive"
        )

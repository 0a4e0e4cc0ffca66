"""What is known about one shuffle: the pairs that bound it, and those that are attained."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..randomizers import Randomizer
from .pair import Pair

__all__ = ["Origin", "Pairs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What pairs were made of, so that they can be made again.

    Attributes:
        randomizer: what every user applies.
        users: n, the target included.
        release: which of the shuffle's independent releases it is.
    """

    randomizer: Randomizer
    users: int
    release: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """What is known about one shuffle.

    Attributes:
        upper: pairs of which the largest delta bounds every pair of neighbouring data sets, in both orders.
        lower: pairs that explicit neighbouring data sets attain.
        is_exact: upper and lower are the same pairs, and attained.
        single: pairs of which each belongs to one pair of data sets; where it is empty, those of ``lower`` do.
        composing: pairs to use in place of ``upper`` where hundreds of values are asked for; none are needed
            where ``upper`` is quick.
        origin: what they were made of.
        one_order: the pairs bound one of several independent releases in one order only, and the other order of all of them together
            belongs to other data sets of the family.
    """

    upper: tuple[Pair, ...]
    lower: tuple[Pair, ...]
    is_exact: bool = False
    single: tuple[Pair, ...] = ()
    composing: tuple[Pair, ...] = ()
    origin: Origin | None = field(default=None, compare=False, repr=False)
    one_order: bool = False

    @property
    def quick(self) -> tuple[Pair, ...]:
        """Pairs that bound like ``upper``, perhaps a little looser, and answer at hundreds of factors."""
        return self.composing or self.upper

    @property
    def explicit(self) -> tuple[Pair, ...]:
        """Pairs of which each is attained by one pair of data sets at every epsilon."""
        return self.single or self.lower

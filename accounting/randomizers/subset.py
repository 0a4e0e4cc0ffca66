"""Subset selection: report a random set of values, more likely one that holds the true value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import comb, perm

from ..errors import ParameterError
from ..numerics.exact import ExactLike, whole
from ..numerics.factor import Factor
from .base import InputPair
from .kary import read_odds, shown_factor
from .two_level import Membership, TwoLevelKernel

__all__ = ["SubsetSelection"]


@dataclass(frozen=True, slots=True, init=False)
class SubsetSelection(TwoLevelKernel):
    """Report a set of ``size`` values; each set with the true value is ``e^epsilon0`` times as likely as each one without.

    Attributes:
        values: the number of values, at least 2.
        size: of the reported set, from 1 (k-ary response) to values - 1.
        factor: ``e^epsilon0``, above 1.

    Source: Wang, Huang, Wang, Nie, Xu, Yang, Li and Qiao, arXiv 1607.08025; Ye and Barg, arXiv 1702.00610. Privacy in a
    shuffle is not taken from there.
    """

    values: int
    size: int
    factor: Factor

    def __init__(
        self,
        values: ExactLike,
        size: ExactLike,
        epsilon0: ExactLike | None = None,
        *,
        keep: ExactLike | None = None,
    ) -> None:
        """Describe the randomizer by its local epsilon or by the probability that the set holds the true value.

        Args:
            values: the number of values, at least 2.
            size: of the reported set, from 1 to values - 1.
            epsilon0: the local epsilon, in nats; positive, at most 300.
            keep: P(the true value is in the reported set); above size/values and below 1. Give one of the two.

        Raises:
            ParameterError: a value breaks its rule.
        """
        count = whole("values", values, least=2, remedy="One value has nothing to hide")
        among = whole("size", size, least=1)
        if among >= count:
            raise ParameterError(
                "size", "must be below the number of values", size, "All values tell nothing"
            )
        object.__setattr__(self, "values", count)
        object.__setattr__(self, "size", among)
        object.__setattr__(self, "factor", read_odds(Fraction(among, count), epsilon0, keep))

    @property
    def kind(self) -> str:
        return "subset-selection"

    def describe(self) -> str:
        return f"{self.size}-subsets of {self.values} values, {shown_factor(self.factor)}"

    def neighbours(self) -> Sequence[InputPair]:
        """One pair: renaming the values maps every ordered pair on it."""
        return ((0, 1),)

    def companions(self, pair: InputPair) -> Sequence[int]:
        """A third value, like all others but the two of the pair."""
        return (2, *pair) if self.values > 2 else pair

    @property
    def share(self) -> Fraction:
        return Fraction(self.size, self.values)

    @property
    def common(self) -> Fraction:
        return Fraction(0)

    def shares(self, places: tuple[int, ...]) -> dict[Membership, Fraction]:
        """A random set of this size: hypergeometric."""
        shares = {}
        for members in product((True, False), repeat=len(places)):
            inside = sum(members)
            ways = perm(self.size, inside) * perm(self.values - self.size, len(places) - inside)
            if ways:
                shares[members] = Fraction(ways, perm(self.values, len(places)))
        return shares

    @property
    def messages(self) -> int:
        return comb(self.values, self.size)

    def sets(self) -> Iterator[Membership]:
        for subset in combinations(range(self.values), self.size):
            yield tuple(x in subset for x in range(self.values))

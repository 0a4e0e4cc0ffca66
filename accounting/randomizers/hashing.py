"""Local hashing: report a hash function, and the hash of the value by randomized response."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from ..numerics.exact import ExactLike, whole
from ..numerics.factor import Factor
from .base import InputPair
from .kary import read_factor, shown_factor
from .two_level import Membership, TwoLevelKernel, independent

__all__ = ["LocalHashing"]

_MOST_COMMON = 64


@dataclass(frozen=True, slots=True, init=False)
class LocalHashing(TwoLevelKernel):
    """Draw a hash function, hash the value into buckets, and report the function with the bucket by k-ary response.

    The function is drawn afresh for each report, uniformly from *all* functions of values to buckets and independently
    of the value, and it is a part of the message: who sees the shuffled reports sees it. What is shuffled are
    pairs (function, bucket); a function that is assigned to a user by name would tell whose report it is. Above
    64 values nothing is used but that two values get each pair of buckets equally often, so that the upper end
    holds for any pairwise independent family.

    Attributes:
        values: the number of values, at least 2.
        buckets: at least 2; optimised for estimation about ``e^epsilon0 + 1``.
        factor: ``e^epsilon0``, above 1.

    Source: Wang, Blocki, Li and Jha, USENIX Security 2017 (arXiv 1705.04421). Privacy in a shuffle is not taken from there.
    """

    values: int
    buckets: int
    factor: Factor

    def __init__(
        self,
        values: ExactLike,
        buckets: ExactLike,
        epsilon0: ExactLike | None = None,
        *,
        keep: ExactLike | None = None,
    ) -> None:
        """Describe the randomizer by its local epsilon or by the probability of the true bucket.

        Args:
            values: the number of values, at least 2.
            buckets: at least 2.
            epsilon0: the local epsilon, in nats; positive, at most 300.
            keep: P(report = the value's bucket); above 1/buckets and below 1. Give one of the two.

        Raises:
            ParameterError: a value breaks its rule.
        """
        count = whole("values", values, least=2, remedy="One value has nothing to hide")
        parts = whole("buckets", buckets, least=2, remedy="One bucket tells nothing")
        object.__setattr__(self, "values", count)
        object.__setattr__(self, "buckets", parts)
        object.__setattr__(self, "factor", read_factor(parts, epsilon0, keep))

    @property
    def kind(self) -> str:
        return "local-hashing"

    @property
    def assumes(self) -> tuple[str, ...]:
        enough = (
            "from a family that gives any two values each pair of buckets equally often"
            if self.values > _MOST_COMMON
            else "uniformly from all functions of values to buckets"
        )
        return (
            f"Local hashing: each report carries a hash function that was drawn for it alone, {enough},"
            " independently of the value.",
        )

    def describe(self) -> str:
        return (
            f"local hashing of {self.values} values into {self.buckets} buckets, {shown_factor(self.factor)}"
        )

    def neighbours(self) -> Sequence[InputPair]:
        """One pair: renaming the values maps every ordered pair on it, and all functions on all functions."""
        return ((0, 1),)

    def companions(self, pair: InputPair) -> Sequence[int]:
        """A third value, like all others but the two of the pair."""
        return (2, *pair) if self.values > 2 else pair

    @property
    def share(self) -> Fraction:
        return Fraction(1, self.buckets)

    @property
    def common(self) -> Fraction:
        """The constant functions; beyond 64 values they are left out."""
        if self.values > _MOST_COMMON:
            return Fraction(0)
        return Fraction(1, self.buckets**self.values)

    def shares(self, places: tuple[int, ...]) -> dict[Membership, Fraction]:
        """A random function hashes different values independently."""
        return independent(len(places), Fraction(1, self.buckets))

    @property
    def messages(self) -> int:
        return int(self.buckets ** (self.values + 1))

    def sets(self) -> Iterator[Membership]:
        for hashes in product(range(self.buckets), repeat=self.values):
            for bucket in range(self.buckets):
                yield tuple(held == bucket for held in hashes)

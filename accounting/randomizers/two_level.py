"""Randomizers with two levels: each value has a set of messages, and favours it by one factor.

A message is ``w = e^epsilon0`` times as likely for the values whose sets hold it as for all others. All sets are
equally large, so the probabilities depend on nothing but in which sets a message is.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from ..errors import ParameterError
from ..numerics.ball import arb, ball
from ..numerics.factor import Factor
from .base import Channel, FiniteKernel, InputPair, Letter

__all__ = ["Membership", "TwoLevelKernel", "independent"]

Membership: TypeAlias = tuple[bool, ...]
"""In which of a few values' sets a message is."""

LARGEST_WRITTEN = 20_000
"""Entries up to which the matrix is written out."""

LARGEST_VALUES = 64
"""Values beyond which messages are not even counted."""


class TwoLevelKernel(FiniteKernel):
    """The letters and the matrix of a randomizer with two levels.

    A subclass has the attributes below, lists its classes of pairs, and says how large the sets are and how they overlap.

    Attributes:
        values: the number of values, at least 2.
        factor: ``e^epsilon0``, above 1.
    """

    values: int
    factor: Factor

    @property
    @abstractmethod
    def share(self) -> Fraction:
        """The share of all messages that is in one value's set; strictly between 0 and 1."""

    @property
    @abstractmethod
    def common(self) -> Fraction:
        """A share of messages that are in the sets of all values; if not all of them, the blanket is smaller, so still sound."""

    @abstractmethod
    def shares(self, places: tuple[int, ...]) -> Mapping[Membership, Fraction]:
        """Return the share of messages for each membership in the sets of these values, which are different."""

    @abstractmethod
    def sets(self) -> Iterable[Membership]:
        """Go through the messages, each as its membership in the sets of all values."""

    @property
    @abstractmethod
    def messages(self) -> int:
        """The number of messages."""

    def local_factor(self) -> Factor:
        return self.factor

    @property
    def inputs(self) -> int:
        return self.values

    def blanket_letters(self, pair: InputPair) -> tuple[Letter, ...]:
        """Messages classed by membership in both sets; the least mass is the lower level, but for common messages."""
        w, unit = self.factor.ball(), self._unit()
        shares, common = self.shares(pair), ball(self.common)
        high, low = w * unit, unit
        letters = []
        alike = common * high
        for (first, second), share in shares.items():
            if first and second:
                some = share - self.common
                if some:
                    letters.append(Letter(ball(some) * high, ball(some) * high, ball(some) * low))
            elif first or second:
                mass = ball(share)
                letters.append(
                    Letter(mass * (high if first else low), mass * (high if second else low), mass * low)
                )
            else:
                alike += ball(share) * low
        if shares.get((False, False), Fraction(0)) or self.common:
            letters.append(Letter(alike, alike, alike))
        residual = (w - 1) * ball(self.share - self.common) * unit
        return (*letters, Letter(arb(0), arb(0), residual))

    def companion_letters(self, pair: InputPair, companion: int) -> tuple[Letter, ...]:
        """Messages classed by membership in the sets of x0, x1 and x2."""
        places = tuple(dict.fromkeys((*pair, companion)))
        levels = {True: self.factor.ball() * self._unit(), False: self._unit()}
        merged: dict[Membership, list[arb]] = {}
        for members, share in self.shares(places).items():
            if not share:
                continue
            held = dict(zip(places, members, strict=True))
            triple = tuple(held[x] for x in (*pair, companion))
            key = (
                (False, False, False) if all(triple) else triple
            )  # (w, w, w) and (1, 1, 1) have the same ratios
            sums = merged.setdefault(key, [arb(0)] * 3)
            for i, inside in enumerate(triple):
                sums[i] += ball(share) * levels[inside]
        return tuple(Letter(*sums) for sums in merged.values())

    def channel(self) -> Channel | None:
        """The matrix of all messages, or None when e^epsilon0 is irrational.

        Raises:
            ParameterError: the matrix has more than 20,000 entries.
        """
        columns = self._columns()
        w = self.factor.rational
        if w is None:
            return None
        unit = 1 / (self.share * w + 1 - self.share) / self.messages
        levels = {True: w * unit, False: unit}
        return tuple(tuple(levels[column[x]] for column in columns) for x in range(self.values))

    def ball_channel(self) -> tuple[tuple[arb, ...], ...]:
        """The matrix of all messages in balls.

        Raises:
            ParameterError: the matrix has more than 20,000 entries.
        """
        columns = self._columns()
        unit = self._unit() / self.messages
        levels = {True: self.factor.ball() * unit, False: unit}
        return tuple(tuple(levels[column[x]] for column in columns) for x in range(self.values))

    def _unit(self) -> arb:
        """The lower level, times the number of messages."""
        share = ball(self.share)
        return 1 / (share * self.factor.ball() + (1 - share))

    def _columns(self) -> list[Membership]:
        if self.values > LARGEST_VALUES or self.values * self.messages > LARGEST_WRITTEN:
            rule = f"must be small enough for a matrix of {LARGEST_WRITTEN} entries to be written out"
            raise ParameterError("values", rule, self.values, "A shuffle's delta() brackets the answer")
        return list(self.sets())


def independent(places: int, chance: Fraction) -> dict[Membership, Fraction]:
    """The shares where a message is in each set independently with one chance."""
    shares = {}
    for members in product((True, False), repeat=places):
        inside = sum(members)
        shares[members] = chance**inside * (1 - chance) ** (places - inside)
    return shares

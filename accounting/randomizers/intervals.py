"""Means of numbers in an interval: Duchi's mechanism and the piecewise mechanism.

The interval does not matter: values are scaled to it. Inputs are named by where they lie: 0 is the lower end, 1 the
upper end, 2 the middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, TypeVar

from ..numerics.ball import arb
from ..numerics.exact import ExactLike, positive_epsilon
from ..numerics.factor import Factor
from .base import Channel, FiniteKernel, InputPair, Letter, Randomizer
from .kary import BinaryRandomizedResponse, read_factor, shown_factor

__all__ = ["DuchiMean", "EndsAndMiddle", "PiecewiseMean", "PiecewisePoints", "RoundedNoise"]

_Number = TypeVar("_Number", Fraction, arb)
_Members: TypeAlias = tuple[bool, bool, bool]
"""Whether a message is in the own interval of the lower end, of the upper end, and of the middle."""


@dataclass(frozen=True, slots=True, init=False)
class DuchiMean(BinaryRandomizedResponse):
    """Duchi, Jordan and Wainwright's mechanism for one number of an interval: report one of two numbers.

    The chance of the larger one rises linearly with the value: the value is rounded at random to an end of the interval,
    and the end is reported by binary randomized response. So a batch loses exactly what binary response loses.

    Attributes:
        values: 2, the ends.
        factor: ``e^epsilon0``, above 1.

    Source: Duchi, Jordan and Wainwright, arXiv 1302.3203. Privacy in a shuffle is not taken from there.

    Guarantee:
        input-mixtures.
    """

    @property
    def kind(self) -> str:
        return "duchi-mean"

    def describe(self) -> str:
        return f"Duchi's mean of an interval (0 and 1 are its ends), {shown_factor(self.factor)}"


@dataclass(frozen=True, slots=True, init=False)
class PiecewiseMean(Randomizer):
    """The piecewise mechanism: report a number near the value with a high density, and any other one with a low one.

    With ``t = e^(epsilon0/2)``, values in [-1, 1] and reports in [-C, C], C = (t + 1)/(t - 1): the density is ``t^2`` times as
    high on an interval of length C - 1, whose centre is (C + 1)/2 times the value, as elsewhere.

    Attributes:
        root: ``e^(epsilon0/2)``, above 1.

    Source: Wang, Xiao, Yang, Zhao, Hui, Shin, Shin and Yu, arXiv 1907.00834. Privacy in a shuffle is not taken from there.
    """

    root: Factor

    def __init__(self, epsilon0: ExactLike | None = None, *, keep: ExactLike | None = None) -> None:
        """Describe the mechanism by its local epsilon or by the probability of the value's own interval.

        Args:
            epsilon0: the local epsilon, in nats; positive, at most 300.
            keep: P(the report is in the value's own interval) = t/(t + 1); above 1/2 and below 1. Give one of the two.

        Raises:
            ParameterError: a value breaks its rule.
        """
        if epsilon0 is not None and keep is None:
            object.__setattr__(self, "root", Factor.exp(positive_epsilon("epsilon0", epsilon0) / 2))
            return
        object.__setattr__(self, "root", read_factor(2, epsilon0, keep))

    @property
    def kind(self) -> str:
        return "piecewise-mean"

    def local_factor(self) -> Factor:
        return _squared(self.root)

    def describe(self) -> str:
        return _words(self.root)

    def points(self) -> PiecewisePoints:
        """Return the same mechanism for the ends and the middle of the interval alone."""
        return PiecewisePoints(self.root)


class EndsAndMiddle(FiniteKernel):
    """A mechanism for three values of an interval: its ends, 0 and 1, and its middle, 2."""

    __slots__ = ()

    @property
    def inputs(self) -> int:
        return 3

    def neighbours(self) -> Sequence[InputPair]:
        """The ends, and an end with the middle in both orders; reflecting the interval gives the others."""
        return (0, 1), (0, 2), (2, 0)

    def companions(self, pair: InputPair) -> Sequence[int]:
        return range(3)


class RoundedNoise(EndsAndMiddle):
    """Noise of a symmetric law that falls with the distance, its messages rounded to pieces of the line.

    Pieces mirror each other around the middle of the interval: the first half of each row of ``ball_channel`` lies below it.
    """

    __slots__ = ()

    def channel(self) -> None:
        return None

    def blanket_letters(self, pair: InputPair) -> tuple[Letter, ...]:
        """Messages one by one; the end farther away gives the least mass."""
        rows = self.ball_channel()
        half = len(rows[0]) // 2
        least = (*rows[1][:half], *rows[0][half:])
        return (
            *_letters(rows[pair[0]], rows[pair[1]], least),
            Letter(arb(0), arb(0), 1 - sum(least, arb(0))),
        )

    def companion_letters(self, pair: InputPair, companion: int) -> tuple[Letter, ...]:
        rows = self.ball_channel()
        return _letters(rows[pair[0]], rows[pair[1]], rows[companion])


def _letters(first: Sequence[arb], second: Sequence[arb], reference: Sequence[arb]) -> tuple[Letter, ...]:
    return tuple(Letter(*masses) for masses in zip(first, second, reference, strict=True))


@dataclass(frozen=True, slots=True)
class PiecewisePoints(EndsAndMiddle):
    """The piecewise mechanism for three values: the ends of the interval and its middle.

    Messages are pieces of the line. As shares of its length: an own interval has 1/(t + 1); those of the two ends do not meet; that of
    the middle shares (2 - t)/(2 (t + 1)) with each of them for t < 2, and nothing from t = 2 on. Relative to the
    uniform density the levels are t and 1/t.

    Attributes:
        root: ``e^(epsilon0/2)``, above 1.
    """

    root: Factor

    @property
    def kind(self) -> str:
        return "piecewise-points"

    def local_factor(self) -> Factor:
        return _squared(self.root)

    def describe(self) -> str:
        return _words(self.root)

    def blanket_letters(self, pair: InputPair) -> tuple[Letter, ...]:
        """The least density is the low one everywhere, since the intervals of the two ends do not meet."""
        t = self.root.ball()
        low = tuple(share / t for _, share in self._pieces())
        return (*self._letters(pair, low, pair), Letter(arb(0), arb(0), 1 - 1 / t))

    def companion_letters(self, pair: InputPair, companion: int) -> tuple[Letter, ...]:
        return self._letters(pair, self.ball_channel()[companion], (*pair, companion))

    def channel(self) -> Channel | None:
        t = self.root.rational
        if t is None:
            return None
        return tuple(
            tuple(share * (t if members[x] else 1 / t) for members, share in _pieces(t, apart=t >= 2))
            for x in range(3)
        )

    def ball_channel(self) -> tuple[tuple[arb, ...], ...]:
        t = self.root.ball()
        return tuple(
            tuple(share * (t if members[x] else 1 / t) for members, share in self._pieces()) for x in range(3)
        )

    def _pieces(self) -> list[tuple[_Members, arb]]:
        return _pieces(self.root.ball(), apart=self.root.at_least(Factor.of(Fraction(2))))

    def _letters(
        self, pair: InputPair, reference: Sequence[arb], places: tuple[int, ...]
    ) -> tuple[Letter, ...]:
        """Merge pieces that are in the own intervals of the same ones of these values."""
        rows = self.ball_channel()
        merged: dict[tuple[bool, ...], list[arb]] = {}
        for index, (members, _) in enumerate(self._pieces()):
            sums = merged.setdefault(tuple(members[x] for x in places), [arb(0)] * 3)
            for slot, mass in enumerate((rows[pair[0]][index], rows[pair[1]][index], reference[index])):
                sums[slot] += mass
        return tuple(Letter(*sums) for sums in merged.values())


def _pieces(t: _Number, *, apart: bool) -> list[tuple[_Members, _Number]]:
    """The pieces of the line: in whose own intervals they are, and their shares of its length.

    Args:
        t: ``e^(epsilon0/2)``.
        apart: whether t is at least 2, so that the interval of the middle meets no other one.
    """
    own, common = 1 / (t + 1), (2 - t) / (2 * (t + 1))
    if not apart:
        return [
            ((True, False, False), own - common),
            ((True, False, True), common),
            ((False, False, True), own - 2 * common),
            ((False, True, True), common),
            ((False, True, False), own - common),
        ]
    alone: list[tuple[_Members, _Number]] = [
        ((True, False, False), own),
        ((False, True, False), own),
        ((False, False, True), own),
    ]
    if t != 2:
        alone.append(((False, False, False), (t - 2) * own))
    return alone


def _squared(root: Factor) -> Factor:
    if root.rational is not None:
        return Factor.of(root.rational**2)
    return Factor.exp(2 * (root.exponent or Fraction(0)))


def _words(root: Factor) -> str:
    where = "0 and 1 are the ends of the interval, 2 its middle"
    return f"piecewise mechanism ({where}), {shown_factor(_squared(root))}"

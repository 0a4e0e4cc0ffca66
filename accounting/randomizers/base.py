"""What one user sends: the shape that every randomizer has.

A *finite kernel* offers, for representatives of all its ordered pairs of inputs, the letters of its
privacy blanket and of the data sets in which everybody else holds one value. Letters with the same
likelihood ratios are merged, so that cost does not grow with the number of messages.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from ..numerics.ball import arb
from ..numerics.factor import Factor

__all__ = ["Channel", "FiniteKernel", "InputPair", "Letter", "Randomizer"]

InputPair: TypeAlias = tuple[int, int]
Channel: TypeAlias = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A class of messages: its mass under the target's two inputs and under the reference measure.

    Attributes:
        first: mass under ``R_x0``.
        second: mass under ``R_x1``.
        reference: mass under the reference measure, a probability (``R_x2``; or the blanket times gamma, with
            a letter of mass 1 - gamma that the target never sends); 0 outside its support.
    """

    first: arb
    second: arb
    reference: arb


class Randomizer(ABC):
    """A local randomizer: one user's value in, one user's message out.

    Every user of a shuffle applies the same randomizer with fresh randomness.
    """

    @property
    @abstractmethod
    def kind(self) -> str:
        """The name of the kind in deployment files."""

    @abstractmethod
    def local_factor(self) -> Factor | None:
        """Return ``e^epsilon0``, the largest likelihood ratio of one report; None when infinite."""

    @property
    def assumes(self) -> tuple[str, ...]:
        """What its description takes for granted, in sentences for reports; mostly nothing."""
        return ()

    def describe(self) -> str:
        """Describe the randomizer in a few words."""
        return repr(self)


class FiniteKernel(Randomizer):
    """A randomizer with finitely many inputs and one message out of a finite set.

    Methods that return letters evaluate at the working precision of ``numerics.ball``.
    """

    @property
    @abstractmethod
    def inputs(self) -> int:
        """The number of inputs."""

    @abstractmethod
    def neighbours(self) -> Sequence[InputPair]:
        """Return ordered pairs (x0, x1), at least one of each class under the kernel's symmetries."""

    @abstractmethod
    def companions(self, pair: InputPair) -> Sequence[int]:
        """Return values x2 for everybody else, at least one of each class that fixes the pair."""

    def pair_factor(self, pair: InputPair) -> Factor | None:
        """Return the largest ``R_x0(y) / R_x1(y)`` of one ordered pair; None when infinite.

        Unless a kernel says otherwise, every pair that it lists reaches ``local_factor()``.
        """
        return self.local_factor()

    @abstractmethod
    def blanket_letters(self, pair: InputPair) -> tuple[Letter, ...]:
        """Return the letters with ``inf_x R_x`` as the reference, completed to a probability by a letter nobody sends."""

    @abstractmethod
    def companion_letters(self, pair: InputPair, companion: int) -> tuple[Letter, ...]:
        """Return the letters with ``R_companion`` as the reference measure."""

    @abstractmethod
    def channel(self) -> Channel | None:
        """Return the whole matrix (row = input), or None when an entry is irrational.

        Only for small kernels: the matrix has ``inputs`` rows.
        """

    @abstractmethod
    def ball_channel(self) -> tuple[tuple[arb, ...], ...]:
        """Enclose the whole matrix at the working precision; only for small kernels."""

"""What an enumeration goes through: neighbouring data sets, and the exact laws of what is released."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from ..numerics.polynomials import Law
from ..randomizers.base import InputPair

__all__ = ["Comparison", "Experiment", "effort"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two neighbouring data sets, and the laws of what is released from them.

    Attributes:
        target: the values (x0, x1) of the user in whom the data sets differ.
        others: the values of everybody else, sorted.
        lower: law when the target holds x0, not too large, and law when the target holds x1, not too small:
            their divergence is at most the true one.
        upper: the same two laws, not too small and not too large; where all is rational, equal to ``lower``.
    """

    target: InputPair
    others: tuple[int, ...]
    lower: tuple[Law, Law]
    upper: tuple[Law, Law]


class Experiment(ABC):
    """All neighbouring data sets of one shuffle, up to symmetries that keep every divergence."""

    @property
    @abstractmethod
    def scale(self) -> int:
        """What all weights are relative to: a law's true weights sum to it."""

    @property
    @abstractmethod
    def is_exact(self) -> bool:
        """Whether the weights are the true ones."""

    @property
    @abstractmethod
    def steps(self) -> int:
        """An estimate of the work of going through the comparisons; where it is huge, a lower bound."""

    @abstractmethod
    def comparisons(self) -> Iterator[Comparison]:
        """Go through the ordered pairs of neighbouring data sets."""


def effort(factors: int, base: int) -> int:
    """Return the steps that one weight takes: long integers take more, one for each 2048 bits."""
    return 1 + factors * base.bit_length() // 2048

"""The shape of one ordered pair of output laws of a shuffle, known through its privacy curve."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..numerics.pieces import Piece
from .witness import Witness

__all__ = ["Pair", "Value"]


@dataclass(frozen=True, slots=True)
class Value:
    """The hockey-stick divergence of a pair at one factor.

    Attributes:
        delta: encloses it.
        witness: data sets that attain at least ``delta.lower``; None where the pair only dominates.
    """

    delta: Enclosure
    witness: Witness | None = None


class Pair(ABC):
    """A pair (P, Q), or the worst over a family of pairs, with a falling curve ``delta(alpha)``."""

    @property
    @abstractmethod
    def claims(self) -> tuple[str, ...]:
        """Ids of the claims that its values rest on."""

    @property
    def is_symmetric(self) -> bool:
        """Whether the curve obeys the swap law by itself: both orders have the same one."""
        return False

    @abstractmethod
    def value(self, alpha: Factor, relative_width: float) -> Value:
        """Enclose ``sup_E P(E) - alpha Q(E)``.

        Args:
            alpha: e^epsilon.
            relative_width: the width to aim at, relative to the value; wider is possible, wrong is not.
        """

    def values(self, alphas: Sequence[Factor], relative_width: float) -> list[Value]:
        """The same at several factors; where they share work, this is faster than one by one."""
        return [self.value(alpha, relative_width) for alpha in alphas]

    def alone(self, far: Factor) -> Pair:
        """Return one pair of laws, sharp up to a factor, for what combines values at several factors: itself, but where values are the best of several pairs' ones."""
        return self

    @property
    def is_from_above(self) -> bool:
        """Whether `values` and `piece` bound from above only, so that their sharpness cannot be seen."""
        return False

    @property
    def is_smooth(self) -> bool:
        """Whether it is worth asking for pieces."""
        return False

    def piece(self, low: float, high: float, relative_width: float) -> Piece | None:
        """Enclose delta between polynomials for all factors from ``low`` to ``high``.

        Args:
            low: the least factor, taken exactly.
            high: the largest factor, taken exactly; 1 is not strictly between the two.
            relative_width: the width to aim at, relative to the value.

        Returns:
            None where single values have to do.
        """
        return None

    @abstractmethod
    def ceiling(self) -> Factor | None:
        """Return the least factor at which delta is 0; None when delta never vanishes."""

    @abstractmethod
    def floor(self) -> Enclosure:
        """Enclose the mass of P outside the support of Q: delta stays above it at every epsilon."""

    def hint(self, alpha: Factor) -> float:
        """Return about log delta, quickly, for choosing among witnesses; nothing rests on it."""
        return math.log(max(float(self.value(alpha, 0.1).delta.lower), 1e-300))

    def witness_at_zero(self) -> Witness | None:
        """Data sets that attain the largest likelihood ratio; None where the pair only dominates."""
        return None

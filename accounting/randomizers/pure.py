"""A randomizer of which only the local epsilon is known."""

from __future__ import annotations

from dataclasses import dataclass

from ..numerics.exact import ExactLike, positive_epsilon
from ..numerics.factor import Factor
from .base import Randomizer

__all__ = ["PureLocal"]


@dataclass(frozen=True, slots=True, init=False)
class PureLocal(Randomizer):
    """Some epsilon0-LDP randomizer, the same for every user; only epsilon0 is known.

    Attributes:
        factor: ``e^epsilon0``, above 1.
    """

    factor: Factor

    def __init__(self, epsilon0: ExactLike) -> None:
        """Describe the randomizer.

        Args:
            epsilon0: the local epsilon, in nats; positive, at most 300.

        Raises:
            ParameterError: it is not.
        """
        object.__setattr__(self, "factor", Factor.exp(positive_epsilon("epsilon0", epsilon0)))

    @property
    def kind(self) -> str:
        return "pure-local"

    def local_factor(self) -> Factor:
        return self.factor

    def describe(self) -> str:
        return f"any epsilon0-LDP randomizer, epsilon0 = {float(self.factor.exponent or 0):g}"

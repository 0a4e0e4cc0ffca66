"""What everything that has a privacy curve answers: by asking the curve."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from ..numerics.exact import ExactLike
from .bounds import Bounds
from .curve import PrivacyCurve

__all__ = ["HasCurve"]


class HasCurve(ABC):
    """A mechanism with a privacy curve: a shuffle, a concatenation, a schedule's worst user."""

    __slots__ = ()

    @abstractmethod
    def curve(self) -> PrivacyCurve:
        """Return the privacy curve, with both ends at every epsilon.

        Raises:
            NotCoveredError: no proved claim covers a randomizer.
        """

    def delta(
        self,
        *,
        epsilon: ExactLike | None = None,
        alpha: ExactLike | None = None,
        relative_width: ExactLike | None = None,
    ) -> Bounds:
        """Bound delta at an epsilon in nats, of either sign, or at a rational alpha = e^epsilon.

        Args:
            epsilon: in nats; or
            alpha: a positive rational. Give one of the two.
            relative_width: the numeric width of each end that is aimed at, relative to its value. None takes what costs
                little: 1e-6 for one shuffle, at most 1e-3 for several where many users report.

        Returns:
            Ends in [0, 1]; the lower one is attained by the witness.

        Raises:
            ParameterError: a parameter breaks its rule.
            NotCoveredError: no proved claim covers a randomizer.
        """
        return self.curve().delta(epsilon=epsilon, alpha=alpha, relative_width=relative_width)

    def epsilon(self, *, delta: ExactLike, relative_width: ExactLike | None = None) -> Bounds:
        """Bound the least epsilon >= 0, in nats, that goes with a delta.

        Args:
            delta: a probability, 0 included and 1 excluded.
            relative_width: the numeric width of each end that is aimed at, relative to its value. None takes what costs
                little: 1e-6 for one shuffle, at most 1e-4 for several where many users report.

        Returns:
            Ends in nats; the upper one is infinite when delta stays above the given one at every epsilon.

        Raises:
            ParameterError: a parameter breaks its rule.
            NotCoveredError: no proved claim covers a randomizer.
        """
        return self.curve().epsilon(delta=delta, relative_width=relative_width)

    def to_dp_accounting(self, *, interval: float = 1e-4, tail: ExactLike = "1e-25") -> Any:
        """Return a pessimistic ``PrivacyLossDistribution`` of dp_accounting.

        Its delta at an epsilon is not below the curve; what dp_accounting does on composing, in floats, is its own.

        Args:
            interval: the ``value_discretization_interval``, in nats; what is to be composed must have the same.
            tail: about how much mass may be moved to the infinite loss.

        Raises:
            ParameterError: a parameter breaks its rule.
            NotCoveredError: no proved claim covers a randomizer, or dp-accounting is not installed.
        """
        return self.curve().to_dp_accounting(interval=interval, tail=tail)

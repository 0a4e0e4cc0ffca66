"""Privacy curves: what every one of them answers, whatever it is computed from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction

from ..errors import ParameterError
from ..numerics.dots import GridLoss
from ..numerics.exact import ExactLike, epsilon_parameter, exact
from ..numerics.factor import Factor
from .bounds import Bounds

__all__ = ["PrivacyCurve", "read_factor", "read_width"]


class PrivacyCurve(ABC):
    """delta as a function of epsilon under replacing one user's value, with both ends."""

    __slots__ = ()

    @abstractmethod
    def delta(
        self,
        *,
        epsilon: ExactLike | None = None,
        alpha: ExactLike | None = None,
        relative_width: ExactLike | None = None,
    ) -> Bounds:
        """Bound delta at an epsilon.

        Args:
            epsilon: in nats, of either sign, at most 300 in absolute value; or
            alpha: e^epsilon, a positive rational. Give one of the two.
            relative_width: the numeric width of each end that is aimed at, relative to its value; an end may
                be wider, never wrong. None takes what costs little: 1e-6 for one shuffle.

        Returns:
            Ends in [0, 1]; the lower one is attained by the witness.

        Raises:
            ParameterError: a parameter breaks its rule.
        """

    @abstractmethod
    def epsilon(self, *, delta: ExactLike, relative_width: ExactLike | None = None) -> Bounds:
        """Bound the least epsilon >= 0 that goes with a delta.

        Args:
            delta: a probability, 0 included and 1 excluded. At 0 the answer is the largest log ratio.
            relative_width: the numeric width of each end that is aimed at, relative to its value; an end may
                be wider, never wrong. None takes what costs little: 1e-6 for one shuffle.

        Returns:
            Ends in nats; the upper one is infinite when delta stays above the given one at every epsilon.

        Raises:
            ParameterError: a parameter breaks its rule.
        """

    @abstractmethod
    def losses_above(self, *, step: Fraction, tail: Fraction) -> GridLoss:
        """Return losses on a grid whose privacy curve is at least this one at every epsilon.

        They are those of a dominating pair, so they compose, and every f-divergence of theirs is at least
        that of any pair of neighbouring data sets, in both orders.

        Args:
            step: the grid's step in nats; the curve is overestimated by the order of its square.
            tail: about how much mass may be moved to the infinite loss.

        Returns:
            Masses in units of ``2^-BITS`` of ``numerics.dots``.
        """


def read_factor(epsilon: ExactLike | None, alpha: ExactLike | None) -> Factor:
    """Read e^epsilon, given as one of the two."""
    if (epsilon is None) == (alpha is None):
        raise ParameterError("epsilon", "or alpha must be given, one of the two", f"{epsilon}, {alpha}")
    if epsilon is not None:
        return Factor.exp(epsilon_parameter("epsilon", epsilon))
    value = exact("alpha", alpha)  # type: ignore[arg-type]
    if value <= 0:
        raise ParameterError("alpha", "must be positive", alpha, "alpha is e^epsilon")
    return Factor.of(value)


def read_width(relative_width: ExactLike | None, default: str) -> float:
    """Read the width to aim at; None takes the default."""
    if relative_width is None:
        relative_width = default
    width = exact("relative_width", relative_width)
    if not Fraction(1, 10**12) <= width <= Fraction(1, 2):
        raise ParameterError("relative_width", "must lie between 1e-12 and 1/2", relative_width)
    return float(width)

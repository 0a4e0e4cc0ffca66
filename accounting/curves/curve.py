"""Privacy curves: what every one of them answers, whatever it is computed from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..errors import ParameterError
from ..numerics.dots import GridLoss
from ..numerics.exact import ExactLike, epsilon_parameter, exact
from ..numerics.factor import Factor
from .bounds import Bounds

if TYPE_CHECKING:
    from ..pairs.witness import JointWitness, Witness
    from .trade_off import TradeOff

__all__ = ["PrivacyCurve", "each_of", "read_factor", "read_width"]


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

    @abstractmethod
    def losses_attained(self, *, step: Fraction, tail: Fraction) -> GridLoss:
        """Return losses on a grid whose privacy curve is at most that of the witness, one pair of data sets.

        Args:
            step: the grid's step in nats.
            tail: about how much mass may be lost.

        Returns:
            Masses in units of ``2^-BITS`` of ``numerics.dots``; where no witness is known, no loss at all.
        """

    @property
    def basis(self) -> PrivacyCurve:
        """The curve that bounds this one at every epsilon and is made of pairs or of losses: mostly this one itself."""
        return self

    def is_on(self, step: Fraction) -> bool:
        """Whether the curve is that of losses on multiples of this very step, in nats."""
        return False

    @property
    @abstractmethod
    def attained_by(self) -> tuple[Witness | JointWitness | None, tuple[str, ...]]:
        """The pair of data sets that ``losses_attained`` belongs to, and the ids of the claims behind it."""

    def deltas(
        self, epsilons: npt.ArrayLike, *, relative_width: ExactLike | None = None
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Bound delta at each epsilon of an array; see ``delta``.

        Args:
            epsilons: in nats, of any shape.
            relative_width: the numeric width of each end that is aimed at, relative to its value; by default the
                curve's own.

        Returns:
            Lower and upper ends, rounded outward, in the shape of ``epsilons``.

        Raises:
            ParameterError: an epsilon is no number between -300 and 300.
        """
        # from the largest on: what is sampled finely enough there serves the smaller ones
        if relative_width is None:
            return each_of("epsilons", epsilons, lambda value: self.delta(epsilon=value), -1)
        return each_of(
            "epsilons", epsilons, lambda value: self.delta(epsilon=value, relative_width=relative_width), -1
        )

    def epsilons(
        self, deltas: npt.ArrayLike, *, relative_width: ExactLike | None = None
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Bound the least epsilon >= 0 for each delta of an array; see ``epsilon``.

        Args:
            deltas: probabilities below 1, of any shape.
            relative_width: the numeric width of each end that is aimed at, relative to its value; by default the
                curve's own.

        Returns:
            Lower and upper ends in nats, rounded outward, in the shape of ``deltas``.

        Raises:
            ParameterError: a delta is no probability below 1.
        """
        if relative_width is None:
            return each_of("deltas", deltas, lambda value: self.epsilon(delta=value), +1)
        return each_of(
            "deltas", deltas, lambda value: self.epsilon(delta=value, relative_width=relative_width), +1
        )

    def total_variation(self) -> Bounds:
        """Bound the largest total variation distance between the outputs on neighbouring data sets: delta(0)."""
        return self.delta(epsilon=0)

    def trade_off(self, alpha: ExactLike) -> TradeOff:
        """Enclose the least type II error of a test of type I error ``alpha`` between neighbouring data sets.

        Args:
            alpha: a probability.

        Returns:
            The lower end is the promise, for all neighbouring data sets; the upper end is a test's, for the witness's.

        Raises:
            ParameterError: alpha is no probability.
        """
        from .trade_off import trade_offs

        return trade_offs(self, [alpha])[0]

    def trade_offs(self, alphas: Sequence[ExactLike]) -> list[TradeOff]:
        """Enclose the trade-off function at several type I errors, faster than one by one; see ``trade_off``."""
        from .trade_off import trade_offs

        return trade_offs(self, alphas)

    def renyi(self, order: ExactLike) -> Bounds:
        """Bound the largest Renyi divergence between the outputs on neighbouring data sets.

        Args:
            order: a rational above 1 and at most 10^6.

        Returns:
            Ends in nats; the upper one is infinite where no finite bound is certified.

        Raises:
            ParameterError: the order breaks its rule.
        """
        from .renyi import renyi_bounds

        return renyi_bounds(self, order)

    def to_dp_accounting(self, *, interval: float = 1e-4, tail: ExactLike = "1e-25") -> Any:
        """Return a pessimistic ``PrivacyLossDistribution`` of dp_accounting; see ``curves.pld.to_dp_accounting``.

        Args:
            interval: the ``value_discretization_interval``, in nats; what is to be composed must have the same.
            tail: about how much mass may be moved to the infinite loss.

        Raises:
            ParameterError: a parameter breaks its rule.
            NotCoveredError: dp-accounting is not installed.
        """
        from .pld import to_dp_accounting

        return to_dp_accounting(self, interval=interval, tail=tail)

    def gaussian_mu(self) -> Bounds:
        """Bound the least mu for which the Gaussian mechanism of that mu dominates at every epsilon.

        It has the curve ``Phi(-epsilon/mu + mu/2) - e^epsilon Phi(-epsilon/mu - mu/2)``: a shift by mu standard
        deviations, so that mu^2 / 2 is its zero-concentrated rho.

        Returns:
            The upper end is certified to dominate, and infinite where none is; no mu below the lower end dominates.
        """
        from .gaussian import gaussian_mu

        return gaussian_mu(self)


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


def each_of(
    name: str, values: npt.ArrayLike, answer: Callable[[ExactLike], Bounds], direction: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Answer a question for each number of an array, equal ones once, in rising (+1) or falling (-1) order."""
    given = np.asarray(values)
    if given.dtype.kind not in "iuf":
        raise ParameterError(name, "must be an array of numbers", values)
    distinct, place = np.unique(given, return_inverse=True)
    lower, upper = np.empty(distinct.size), np.empty(distinct.size)
    for k in list(range(distinct.size))[::direction]:
        found = answer(distinct[k])
        lower[k], upper[k] = found.lower, found.upper
    return lower[place].reshape(given.shape), upper[place].reshape(given.shape)

r"""From a budget (epsilon, delta) to the Renyi divergence that may be spent, and back.

For an order a > 1, with c = (1/a)(1 - 1/a)^(a-1), a loss l satisfies ``(1 - e^(epsilon - l))_+ <= c e^((a-1)(l - epsilon))``.
Hence ``epsilon = spent + log(c / delta)/(a - 1)``. Statement: renyi-filter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from ..claims import relies_on
from ..curves.renyi import read_order
from ..errors import ParameterError
from ..numerics.ball import arb, ball, exact_lower, exact_upper, precision
from ..numerics.exact import ExactLike, delta_parameter, epsilon_parameter
from .units import LARGEST_UNITS, nats, units_at_most

__all__ = ["RenyiBudget", "budget_order"]

_BITS = 128
_EXPONENTS = range(-150, 251)  # orders from 1.001 to 10^5 + 1


@dataclass(frozen=True, slots=True, init=False)
class RenyiBudget:
    """A budget together with the order at which it is kept.

    Attributes:
        epsilon: the most that any user may lose, in nats.
        delta: a probability, above 0 and below 1.
        order: the Renyi order, above 1; fixed before anything is released.
    """

    epsilon: Fraction
    delta: Fraction
    order: Fraction

    def __init__(self, *, epsilon: ExactLike, delta: ExactLike, order: ExactLike | None = None) -> None:
        """Read the budget.

        Args:
            epsilon: in nats, from 0 to 300.
            delta: a probability, above 0 and below 1.
            order: above 1 and at most 10^6; ``budget_order(..)`` when left out.

        Raises:
            ParameterError: a value breaks its rule, or nothing may be spent at this order.
        """
        limit = epsilon_parameter("epsilon", epsilon)
        if limit < 0:
            raise ParameterError("epsilon", "must be at least 0", epsilon, "A budget is a loss")
        level = _positive_delta(delta)
        object.__setattr__(self, "epsilon", limit)
        object.__setattr__(self, "delta", level)
        chosen = budget_order(epsilon=limit, delta=level) if order is None else read_order(order)
        object.__setattr__(self, "order", chosen)
        if self.limit <= 0:
            remedy = "Choose a higher order, or a larger epsilon or delta"
            raise ParameterError("order", "must leave something to spend within the budget", chosen, remedy)

    @property
    def limit(self) -> int:
        """What may be spent at this order, in units of 2^-52 nats, rounded down."""
        with precision(_BITS):
            spendable = units_at_most(exact_lower(ball(self.epsilon) - _overhead(self.order, self.delta)))
        return min(spendable, LARGEST_UNITS)

    @relies_on("renyi-filter", "outward-rounding")
    def epsilon_of(self, spent: int, *, delta: ExactLike | None = None) -> Fraction:
        """Return an epsilon that goes with what was spent.

        Args:
            spent: the sum of a user's charges, in units of 2^-52 nats.
            delta: above 0 and below 1; that of the budget when left out.

        Returns:
            An upper end in nats, at least 0. With sizes that react to releases it depends on them; the
            statement says what it then promises.

        Raises:
            ParameterError: delta breaks its rule.
        """
        level = self.delta if delta is None else _positive_delta(delta)
        if spent == 0:
            return Fraction(0)  # no batch with this user was released
        with precision(_BITS):
            found = exact_upper(ball(nats(spent)) + _overhead(self.order, level))
        return found if found > 0 else Fraction(0)  # the least epsilon that is asked for is 0


def budget_order(*, epsilon: ExactLike, delta: ExactLike) -> Fraction:
    """Choose the order that admits most large batches.

    The Renyi divergence of a large batch grows about linearly in the order, so the order maximises what may be
    spent over the order. Any order is sound; the choice depends on nothing but the budget.

    Args:
        epsilon: in nats, from 0 to 300.
        delta: a probability, above 0 and below 1.

    Returns:
        A rational of at most four significant digits.

    Raises:
        ParameterError: a value breaks its rule, or no order up to 10^5 leaves anything to spend.
    """
    limit, level = epsilon_parameter("epsilon", epsilon), _positive_delta(delta)
    log_delta = math.log(level.numerator) - math.log(level.denominator)

    def share(order: float) -> float:
        log_c = (order - 1) * math.log1p(-1 / order) - math.log(order)
        return (float(limit) - (log_c - log_delta) / (order - 1)) / order

    best = max((1 + 10 ** (i / 50) for i in _EXPONENTS), key=share)
    if share(best) <= 0:
        remedy = "At so small an epsilon delta has to be larger"
        raise ParameterError("epsilon", "must leave something to spend at some order", epsilon, remedy)
    return Fraction(f"{best:.4g}")


def _overhead(order: Fraction, delta: Fraction) -> arb:
    """``log(c / delta)/(a - 1)``: what the conversion adds to the spent divergence."""
    # a is the order, c = (1/a)(1 - 1/a)^(a-1), as in statements/renyi-filter.md
    a = ball(order)
    log_c = (a - 1) * ball(1 - 1 / order).log() - a.log()
    return (log_c - ball(delta).log()) / (a - 1)


def _positive_delta(delta: ExactLike) -> Fraction:
    level = delta_parameter("delta", delta)
    if level == 0:
        remedy = "At delta = 0 use ConcurrentShuffles(..).epsilon(delta=0)"
        raise ParameterError("delta", "must be positive for a Renyi filter", delta, remedy)
    return level

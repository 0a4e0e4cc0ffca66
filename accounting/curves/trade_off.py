"""The trade-off function: the least type II error of a test between neighbouring data sets, given type I.

Which end means what: the *lower* end is the promise, since no test does better on any neighbouring data sets; the
*upper* end is the error of an explicit test between the data sets of the witness. Statement: trade-off-of-curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from ..claims import relies_on
from ..numerics.ball import arb, ball, exact_lower, exact_upper, precision
from ..numerics.dots import BITS, GridLoss
from ..numerics.exact import ExactLike, probability
from ..numerics.rounding import float_at_least, float_at_most, print_at_least, print_at_most
from ..pairs.witness import JointWitness, Witness
from .curve import PrivacyCurve
from .scale import scale_of, step_near

__all__ = ["TradeOff", "trade_offs"]

_UNIT = 1 << BITS
_FINENESS = Fraction(1, 32)  # grid step over the loss's spread
_LOST = Fraction(1, 10**7)  # share of the least type I error that may go to the infinite loss
_LEAST = Fraction(1, 10**30)


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeOff:
    """The least type II error at one type I error.

    Attributes:
        alpha: the type I error, a probability.
        lower: no test of type I error alpha has a type II error below this, for any neighbouring data sets.
        upper: some test of type I error at most alpha has a type II error of at most this, for the witness's data sets.
        lower_claims: ids of the claims that ``lower`` rests on: of the curve's upper end.
        upper_claims: ids of those that ``upper`` rests on: of the witness.
        witness: the pair of neighbouring data sets; None where none is known, and then ``upper`` is 1 - alpha.
        assumptions: ids of the named assumptions that the caller owes.
    """

    alpha: Fraction
    lower: float
    upper: float
    lower_claims: tuple[str, ...]
    upper_claims: tuple[str, ...] = ()
    witness: Witness | JointWitness | None = None
    assumptions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.lower <= self.upper:
            raise ArithmeticError(f"a lower bound above an upper bound: {self.lower!r} > {self.upper!r}")

    def __str__(self) -> str:
        return f"[{print_at_most(self.lower)}, {print_at_least(self.upper)}]"


@relies_on("trade-off-of-curve")
def trade_offs(curve: PrivacyCurve, alphas: Sequence[ExactLike]) -> list[TradeOff]:
    """Enclose the trade-off function at several type I errors, which share the losses on a grid.

    Args:
        curve: of the mechanism.
        alphas: type I errors, probabilities.

    Returns:
        In the order of ``alphas``.

    Raises:
        ParameterError: an alpha is no probability.
    """
    read = [probability("alpha", alpha) for alpha in alphas]
    if not read:
        return []
    least = min((alpha for alpha in read if alpha), default=_LEAST)
    tail = max(least * _LOST, _LEAST)
    step = step_near(scale_of(curve) * float(_FINENESS))
    above = _Tests.of(step, curve.losses_above(step=step, tail=tail))
    below = _Tests.of(step, curve.losses_attained(step=step, tail=tail))
    rests = curve.delta(epsilon=0)
    witness, claims = curve.attained_by
    return [
        TradeOff(
            alpha=alpha,
            lower=float_at_most(above.error_at_least(alpha)),
            upper=float_at_least(below.error_at_most(alpha)),
            lower_claims=tuple(
                dict.fromkeys((*rests.upper_claims, "connect-the-dots", "trade-off-of-curve"))
            ),
            upper_claims=tuple(dict.fromkeys((*claims, "connect-the-dots", "trade-off-of-curve"))),
            witness=witness,
            assumptions=rests.assumptions,
        )
        for alpha in read
    ]


@dataclass(frozen=True, slots=True)
class _Tests:
    """The tests that reject at losses from some mark on, and the curve ``h`` of the losses.

    Attributes:
        factors: e^loss at each mark.
        power: P's mass from each mark on, the infinite loss included, in units of 2^-BITS.
        size: Q's mass from each mark on, in the same units.
    """

    factors: tuple[arb, ...]
    power: tuple[int, ...]
    size: tuple[arb, ...]

    @classmethod
    def of(cls, step: Fraction, loss: GridLoss) -> _Tests:
        with precision(BITS + 64):
            factors = [(ball(step) * (loss.low + k)).exp() for k in range(len(loss.masses))]
            size = [arb(0)]
            for factor, mass in zip(reversed(factors), reversed(loss.masses), strict=True):
                size.append(size[-1] + mass / factor)
            power = list(accumulate(reversed(loss.masses), initial=loss.infinite))[::-1]
        return cls(tuple(factors), tuple(power), tuple(reversed(size)))

    def error_at_least(self, alpha: Fraction) -> Fraction:
        """Return ``1 - h(t) - alpha t`` at a mark near the best: no test has a smaller type II error."""
        first, last = self._around(alpha)
        with precision(BITS + 64):
            return max(Fraction(0), *(exact_lower(self._line(k, alpha)) for k in range(first, last + 1)))

    def error_at_most(self, alpha: Fraction) -> Fraction:
        """Return the largest ``1 - h(t) - alpha t`` over all marks, and at t = 0, or 1 - alpha."""
        first, last = self._around(alpha)
        with precision(BITS + 64):
            largest = max(exact_upper(self._line(k, alpha)) for k in range(first, last + 1))
        # a coin that rejects with probability alpha errs with 1 - alpha
        return min(max(largest, 1 - Fraction(self.power[0], _UNIT)), 1 - alpha)

    def _line(self, k: int, alpha: Fraction) -> arb:
        factor = self.factors[k]
        return 1 - (arb(self.power[k]) - factor * self.size[k]) / _UNIT - factor * ball(alpha)

    def _around(self, alpha: Fraction) -> tuple[int, int]:
        """Marks of which one maximises the line over all marks: its slope into mark k is ``size[k] - alpha``."""
        with precision(BITS + 64):
            level = ball(alpha) * _UNIT
            low, high = 0, len(self.factors)  # the first mark from which size is certainly at most alpha
            while low < high:
                middle = (low + high) // 2
                if self.size[middle] <= level:
                    high = middle
                else:
                    low = middle + 1
            first = last = max(low - 1, 0)
            while first and not self.size[first] > level:
                first -= 1
        return first, last

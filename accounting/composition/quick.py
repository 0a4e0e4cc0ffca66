"""The total of several shufflers from above only, on a coarse grid: for searches and comparisons.

The same composition as that of ``ConcurrentShuffles`` with fewer samples of each curve. Every value is a certified upper
end, looser by less than one percent of epsilon, and for large batches of binary response, whose exact curve takes its time, by what
their blanket is looser; lower ends are not computed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from ..claims import relies_on
from ..curves.bounds import Bounds
from ..curves.curve import largest, largest_many
from ..curves.inverse import Guess, certified_inverse
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..numerics.rounding import float_at_least
from ..pairs.of_randomizer import Pairs, pairs_of
from ..randomizers import FiniteKernel, KaryRandomizedResponse
from ..shuffle import Shuffle
from .convolution import ComposedLoss, compose_above
from .dots import GridLoss, loss_above, sample

__all__ = ["QuickTotal"]

_FINENESS = 0.1
_LOST = 1e-4  # share of delta that may go to the infinite loss
_ROUGH = 1e-2
_LEAST = 1e-36
_LARGEST = Fraction(300)
_SPREAD = math.sqrt(2.0 * math.pi)
_KEPT = 512
_EXACT_BINARY = 2000  # users of binary response up to which its exact curve is sampled; above, its blanket is


@dataclass(frozen=True, slots=True)
class QuickTotal:
    """A grid on which shufflers are composed from above; totals on one grid share their samples.

    Attributes:
        step: the grid's step in nats, a power of two.
        tail: where the samples of one curve stop.
    """

    step: Fraction
    tail: float

    @classmethod
    def near(cls, parts: Mapping[Shuffle, int], delta: Fraction) -> QuickTotal:
        """Choose a grid.

        Args:
            parts: the shufflers, each with the number of times that it occurs.
            delta: a positive probability; totals are sharp where delta is about this, and sound everywhere.

        Raises:
            NotCoveredError: no proved claim covers a randomizer.
        """
        count = sum(parts.values())
        square = sum(times * _spread(shuffle) ** 2 for shuffle, times in parts.items())
        exponent = math.floor(math.log2(_FINENESS * math.sqrt(square / count)))
        return cls(Fraction(2) ** exponent, max(float(delta), _LEAST) * _LOST / count)

    @relies_on("connect-the-dots", "grid-composition", "adaptive-composition")
    def delta(self, parts: Mapping[Shuffle, int], epsilon: Fraction) -> Bounds:
        """Bound the total delta at an epsilon in nats, for adaptive inputs, from above.

        Returns:
            A certified upper end in [0, 1]; the lower end is 0 and says nothing.

        Raises:
            NotCoveredError: no proved claim covers a randomizer.
        """
        return self._bounds(parts, self._composed(parts).delta(Factor.exp(epsilon)).upper)

    @relies_on("connect-the-dots", "grid-composition", "adaptive-composition", "certified-inverse")
    def epsilon(self, parts: Mapping[Shuffle, int], delta: Fraction) -> Bounds:
        """Bound the total epsilon at a positive delta, in nats, for adaptive inputs, from above.

        Returns:
            A certified upper end, infinite when none up to 300 is; the lower end is 0 and says nothing.

        Raises:
            NotCoveredError: no proved claim covers a randomizer.
        """
        loss = self._composed(parts)

        def curve(factor: Factor, _: float) -> Enclosure:
            return loss.delta(factor)

        if curve(Factor.exp(Fraction(0)), 0.0).upper <= delta:
            return self._bounds(parts, Fraction(0))
        guess = loss.epsilon(delta)
        if guess is None:
            return self._bounds(parts, None)
        near = Guess(max(float(guess), 1e-9), 1.0)
        return self._bounds(parts, certified_inverse(curve, delta, near, _LARGEST, 1e-9)[1])

    def _composed(self, parts: Mapping[Shuffle, int]) -> ComposedLoss:
        losses = [(_loss(shuffle, self.step, self.tail), times) for shuffle, times in parts.items()]
        return ComposedLoss(self.step, compose_above(losses, Fraction(self.tail) / 1000))

    def _bounds(self, parts: Mapping[Shuffle, int], upper: Fraction | None) -> Bounds:
        own = (claim for shuffle in parts for pair in _pairs(shuffle).upper[:1] for claim in pair.claims)
        return Bounds(
            lower=0.0,
            upper=math.inf if upper is None else float_at_least(upper),
            upper_claims=tuple(
                dict.fromkeys((*own, "connect-the-dots", "grid-composition", "adaptive-composition"))
            ),
        )


@relies_on("blanket-reduction")
def _pairs(shuffle: Shuffle) -> Pairs:
    """Return pairs that bound the shuffle from above; of large binary response the blanket, which is quick."""
    randomizer = shuffle.randomizer
    if (
        isinstance(randomizer, KaryRandomizedResponse)
        and randomizer.values == 2
        and shuffle.users > _EXACT_BINARY
    ):
        return pairs_of.dispatch(FiniteKernel)(randomizer, shuffle.users)
    return pairs_of(randomizer, shuffle.users)


@lru_cache(maxsize=_KEPT)
def _spread(shuffle: Shuffle) -> float:
    """About the root mean square of the loss in nats."""
    pairs = _pairs(shuffle)
    distance = largest(pairs.upper, Factor.exp(Fraction(0)), _ROUGH).value.delta.upper
    return max(_SPREAD * float(distance), 1e-30)


@lru_cache(maxsize=_KEPT)
def _loss(shuffle: Shuffle, step: Fraction, tail: float) -> GridLoss:
    pairs = _pairs(shuffle)
    dots = sample(
        lambda factors, width: largest_many(pairs.upper, factors, width),
        step,
        tail,
        max(pair.floor().lower for pair in pairs.upper),
        spread=_spread(shuffle),
        mirrors=True,
    )
    return loss_above(dots)

"""The total of several shufflers on a coarse grid: for searches and comparisons.

The same composition as that of ``ConcurrentShuffles`` with fewer samples of each curve. Every value is a certified upper
end, looser by less than one percent of epsilon, or a lower end of one data set.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from ..claims import relies_on
from ..curves.bounds import Bounds
from ..curves.inverse import Guess, certified_inverse
from ..curves.pair_curve import Part
from ..numerics.convolution import ComposedLoss, compose_above, compose_below
from ..numerics.dots import GridLoss, loss_above, loss_below
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..numerics.rounding import float_at_least, float_at_most
from ..numerics.samples import Layout
from ..pairs.of_randomizer import factors_of
from ..pairs.witness import JointWitness, Witness
from ..shuffle import Shuffle

__all__ = ["QuickTotal"]

_FINENESS = 0.1
_COARSE = Layout(width=1e-4)
_LOST = 1e-4  # share of delta that may go to the infinite loss
_LEAST = 1e-36
_LARGEST = Fraction(300)
_KEPT = 512


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
        square = sum(times * part.spread**2 for shuffle, times in parts.items() for part in _parts(shuffle))
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

    @relies_on("connect-the-dots", "grid-composition", "homogeneous-witness")
    def both_ends(self, parts: Mapping[Shuffle, int], epsilon: Fraction) -> Bounds:
        """Bound the total delta at an epsilon in nats from both sides: from below, by one data set for all shufflers.

        Returns:
            Ends in [0, 1]; the upper one is that of ``delta``.

        Raises:
            NotCoveredError: no proved claim covers a randomizer.
        """
        above = self.delta(parts, epsilon)
        counted = [(part, times) for shuffle, times in parts.items() for part in _parts(shuffle)]
        finer = self.step / 2  # a grid costs the lower end more than the upper one
        losses = [(_attained(part, finer, self.tail), times) for part, times in counted]
        below = compose_below(finer, losses, Fraction(self.tail)).delta(Factor.exp(epsilon)).lower
        held: Counter[Witness] = Counter()
        for part, times in counted:
            if (data := part.witness.witness_at_zero()) is not None:
                held[data] += times
        own = (claim for part, _ in counted for claim in part.witness.claims)
        return replace(
            above,
            lower=float_at_most(below),
            lower_claims=tuple(dict.fromkeys((*own, "connect-the-dots", "grid-composition"))),
            witness=JointWitness(parts=tuple((data, times // data.releases) for data, times in held.items())),
        )

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
        losses = [
            (loss, times)
            for shuffle, times in parts.items()
            for loss in _losses(shuffle, self.step, self.tail)
        ]
        return compose_above(self.step, losses, Fraction(self.tail))

    def _bounds(self, parts: Mapping[Shuffle, int], upper: Fraction | None) -> Bounds:
        own = (
            claim
            for shuffle in parts
            for part in _parts(shuffle)
            for pair in part.pairs.quick[:1]
            for claim in pair.claims
        )
        return Bounds(
            lower=0.0,
            upper=math.inf if upper is None else float_at_least(upper),
            upper_claims=tuple(
                dict.fromkeys((*own, "connect-the-dots", "grid-composition", "adaptive-composition"))
            ),
        )


@lru_cache(maxsize=_KEPT)
def _parts(shuffle: Shuffle) -> tuple[Part, ...]:
    """Return the independent releases of a shuffle."""
    return tuple(Part.of(pairs, 1) for pairs in factors_of(shuffle.randomizer, shuffle.users))


@lru_cache(maxsize=_KEPT)
def _losses(shuffle: Shuffle, step: Fraction, tail: float) -> tuple[GridLoss, ...]:
    found: dict[Part, GridLoss] = {}
    for part in _parts(shuffle):
        if part not in found:
            found[part] = loss_above(part.samples_above(step, tail, _COARSE))
    return tuple(found[part] for part in _parts(shuffle))


@lru_cache(maxsize=_KEPT)
def _attained(part: Part, step: Fraction, tail: float) -> GridLoss:
    return loss_below(part.samples_attained(step, tail, _COARSE))

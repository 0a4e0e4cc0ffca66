"""Basic composition: epsilons add and deltas add, also when later batches react to earlier releases."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from ..claims import relies_on
from ..curves.bounds import Bounds
from ..errors import ParameterError
from ..numerics.exact import ExactLike, delta_parameter, epsilon_parameter
from ..numerics.rounding import float_at_least
from ..shuffle import Shuffle

__all__ = ["BasicComposition", "delta_alone", "epsilon_alone", "total"]

_ROUGH = "1e-2"
_GRAIN = 10**15
_KEPT = 256
_LEAST_LOG = -745.0  # of the least positive float: all that is known of a delta of 0


@lru_cache(maxsize=_KEPT)
def delta_alone(shuffle: Shuffle, epsilon: Fraction) -> Bounds:
    """Return what one shuffle loses, computed once."""
    return shuffle.delta(epsilon=epsilon)


@lru_cache(maxsize=_KEPT)
def epsilon_alone(shuffle: Shuffle, delta: Fraction) -> Bounds:
    """Return what one shuffle loses, computed once."""
    return shuffle.epsilon(delta=delta)


@dataclass(frozen=True, slots=True)
class BasicComposition:
    """Several shuffles that one user takes part in, each with fresh randomness.

    Attributes:
        parts: distinct shuffles, each with the number of times that it occurs.
    """

    parts: tuple[tuple[Shuffle, int], ...]

    @relies_on("basic-composition")
    def delta(self, *, epsilon: ExactLike) -> Bounds:
        """Bound the total delta at an epsilon, for adaptive inputs.

        Args:
            epsilon: in nats.

        Returns:
            Upper end: deltas of the parts at epsilons that sum to at most the given one, added. Lower end: the
            most that a single part loses, the releases of the others being ignored.

        Raises:
            ParameterError: epsilon is no number, or far outside of what is of use.
        """
        whole = epsilon_parameter("epsilon", epsilon)
        alone = [delta_alone(shuffle, whole) for shuffle, _ in self.parts]
        if self._count == 1:
            return alone[0]
        shares = self._epsilon_shares(whole, alone)
        spent = [shuffle.delta(epsilon=share) for (shuffle, _), share in zip(self.parts, shares, strict=True)]
        return self._joined(alone, spent, most=1.0)

    @relies_on("basic-composition")
    def epsilon(self, *, delta: ExactLike) -> Bounds:
        """Bound the total epsilon at a delta, for adaptive inputs.

        Args:
            delta: a probability, 0 included and 1 excluded.

        Returns:
            Upper end: epsilons of the parts at deltas that sum to at most the given one, added; infinite when
            a part's is. Lower end: the most that a single part loses.

        Raises:
            ParameterError: delta is no such probability.
        """
        whole = delta_parameter("delta", delta)
        alone = [epsilon_alone(shuffle, whole) for shuffle, _ in self.parts]
        if self._count == 1:
            return alone[0]
        shares = [whole * weight for weight in self._weights([bounds.upper for bounds in alone])]
        spent = [shuffle.epsilon(delta=share) for (shuffle, _), share in zip(self.parts, shares, strict=True)]
        return self._joined(alone, spent, most=math.inf)

    @property
    def _count(self) -> int:
        return sum(count for _, count in self.parts)

    def _epsilon_shares(self, whole: Fraction, alone: Sequence[Bounds]) -> list[Fraction]:
        """Split epsilon so that the sum of deltas is small; any split is sound.

        Each part's delta is taken to fall like ``exp(-e^2 / (2 s^2))``: s is read off its value at the whole
        epsilon, and once more off a rough value at its first share.
        """
        equal = [whole / self._count] * len(self.parts)
        if len(self.parts) == 1 or whole <= 0:
            return equal
        shares = self._shares(whole, [_spread(whole, bounds) for bounds in alone])
        rough = [
            shuffle.delta(epsilon=share, relative_width=_ROUGH)
            for (shuffle, _), share in zip(self.parts, shares, strict=True)
        ]
        spreads = [_spread(share, bounds) for share, bounds in zip(shares, rough, strict=True)]
        return self._shares(whole, spreads)

    def _shares(self, whole: Fraction, spreads: Sequence[float]) -> list[Fraction]:
        """Share epsilon so that under the model one more bit of it would gain the same everywhere.

        That is about ``delta_i = s_i D``: bisection for D, on a log scale.
        """
        tilts = [2 * math.log(max(spreads) / spread) for spread in spreads]

        def needs(height: float) -> list[float]:
            return [spread * math.sqrt(height + tilt) for spread, tilt in zip(spreads, tilts, strict=True)]

        low, high = 0.0, 1e7
        for _ in range(60):
            middle = (low + high) / 2
            used = sum(need * count for need, (_, count) in zip(needs(middle), self.parts, strict=True))
            low, high = (middle, high) if used < whole else (low, middle)
        return [whole * weight for weight in self._weights(needs(high))]

    def _weights(self, sizes: Sequence[float]) -> list[Fraction]:
        """Turn sizes into weights that, counted with multiplicity, sum to at most 1."""
        largest = max(sizes)
        if not 0 < largest < math.inf:
            return [Fraction(1, self._count)] * len(sizes)
        exact = [Fraction(max(size / largest, 1e-6)) for size in sizes]
        whole = sum(size * count for size, (_, count) in zip(exact, self.parts, strict=True))
        return [Fraction(math.floor(size / whole * _GRAIN), _GRAIN) for size in exact]

    def _joined(self, alone: Sequence[Bounds], spent: Sequence[Bounds], *, most: float) -> Bounds:
        largest = max(alone, key=lambda bounds: bounds.lower)
        return Bounds(
            lower=largest.lower,
            upper=min(
                _added([(part.upper, count) for part, (_, count) in zip(spent, self.parts, strict=True)]),
                most,
            ),
            lower_claims=largest.lower_claims,
            upper_claims=_union([*(part.upper_claims for part in spent), ("basic-composition",)]),
            witness=largest.witness,
            assumptions=_union(part.assumptions for part in spent),
        )


def total(shuffles: Iterable[Shuffle]) -> BasicComposition:
    """Compose shuffles that one user takes part in, each with fresh randomness.

    Args:
        shuffles: at least one; equal ones are computed once.

    Raises:
        ParameterError: there is none.
    """
    counts = Counter(shuffles)
    if not counts:
        raise ParameterError("shuffles", "must be at least one", "none")
    return BasicComposition(tuple(counts.items()))


def _spread(epsilon: Fraction, bounds: Bounds) -> float:
    """Fit s in ``delta = exp(-epsilon^2 / (2 s^2))``."""
    value = bounds.upper_value.upper if bounds.upper_value is not None else Fraction(bounds.upper)
    log = math.log(value.numerator) - math.log(value.denominator) if value > 0 else _LEAST_LOG
    return float(epsilon) / math.sqrt(-2 * min(log, -0.02))


def _added(terms: Iterable[tuple[float, int]]) -> float:
    """Add floats exactly and round up; infinite when one of them is."""
    sums = Fraction(0)
    for value, count in terms:
        if math.isinf(value):
            return math.inf
        sums += Fraction(value) * count
    return float_at_least(sums)


def _union(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Join tuples, each entry once, in the order of first appearance."""
    return tuple(dict.fromkeys(entry for group in groups for entry in group))

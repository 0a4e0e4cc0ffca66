"""epsilon(delta) of one shuffle when that of a similar one is known: fewer evaluations, ends as certified as ever."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..claims import relies_on
from ..numerics.ball import enclosure_of, precision
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..pairs.pair import Pair
from .bounds import Bounds
from .inverse import certified_inverse, search_near
from .pair_curve import PairCurve, largest, ranked

__all__ = ["Meeting", "Near", "epsilon_near"]

_COARSE = 1e-2
_FAR = 0.9  # below this share of the upper end another witness may promise more
_SAME = 10.0  # widths up to this many times the wanted one will do


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where a curve meets a level, in floats.

    Attributes:
        epsilon: in nats, above 0.
        elasticity: about ``d log h / d log epsilon`` there, for the height ``h = sqrt(-2 log delta)``; None if unknown.
    """

    epsilon: float
    elasticity: float | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """Where the two ends of an answer are, about.

    Attributes:
        upper: of the largest of the pairs that bound.
        lower: of the witness.
    """

    upper: Meeting
    lower: Meeting

    @classmethod
    def of(cls, bounds: Bounds) -> Near | None:
        """Read it off an answer; None where an end is 0 or infinite."""
        if not 0.0 < bounds.lower <= bounds.upper < math.inf:
            return None
        return cls(Meeting(bounds.upper), Meeting(bounds.lower))

    def scaled(self, share: float) -> Near:
        """Move both ends."""
        return Near(
            Meeting(self.upper.epsilon * share, self.upper.elasticity),
            Meeting(self.lower.epsilon * share, self.lower.elasticity),
        )


@relies_on("certified-inverse")
def epsilon_near(
    curve: PairCurve, delta: Fraction, relative_width: float, near: Near
) -> tuple[Bounds, Near] | None:
    """Bound the least epsilon that goes with a delta, like ``curve.epsilon``, from where it should be.

    Args:
        curve: of one shuffle.
        delta: a probability, strictly between 0 and 1.
        relative_width: the numeric width of each end that is aimed at, relative to its value.
        near: where the ends should be, about; however wrong it is, the answer is not.

    Returns:
        Ends in nats, without a witness, and where they are; None where they are not nearby.
    """
    pairs = curve.pairs
    if pairs.is_exact:  # a search over data sets: there is little to save, and kinks to stumble over
        return None
    upper = _inverse(pairs.upper, delta, relative_width, near.upper)
    if upper is None:
        return None
    witness = _best_at(pairs.lower, upper.meeting.epsilon)
    share = upper.meeting.epsilon / near.upper.epsilon  # what was wrong about one end is so about the other
    start = Meeting(near.lower.epsilon * share, near.lower.elasticity)
    lower = _inverse([witness], delta, relative_width, start)
    if lower is None:
        return None
    at = lower.meeting.epsilon
    if at < _FAR * upper.meeting.epsilon and _best_at(pairs.lower, at) is not witness:
        return None
    bounds = Bounds(
        lower=lower.enclosure.floats[0],
        upper=upper.enclosure.floats[1],
        upper_claims=(*upper.claims, "certified-inverse"),
        lower_claims=(*lower.claims, "certified-inverse"),
        upper_value=upper.enclosure,
        lower_value=lower.enclosure,
    )
    return bounds, Near(upper.meeting, lower.meeting)


def _best_at(pairs: Sequence[Pair], epsilon: float) -> Pair:
    return ranked(pairs, Factor.exp(Fraction(epsilon)))[0]


@dataclass(frozen=True, slots=True)
class _Found:
    enclosure: Enclosure
    claims: tuple[str, ...]
    meeting: Meeting


def _inverse(pairs: Sequence[Pair], delta: Fraction, width: float, near: Meeting) -> _Found | None:
    most = _most(pairs)
    if most is None:
        return None

    def curve(factor: Factor, relative_width: float) -> Enclosure:
        return largest(pairs, factor, relative_width).value.delta

    guess = search_near(curve, delta, near.epsilon, near.elasticity)
    if guess is None or not 0.0 < guess.epsilon < most:
        return None
    lower, upper = certified_inverse(curve, delta, guess, most, width)
    if lower == 0 or upper is None or upper - lower > Fraction(_SAME * width) * lower:
        return None
    owner = pairs[0] if len(pairs) == 1 else largest(pairs, Factor.exp(lower), _COARSE).pair
    height = 2.0 * (math.log(delta.denominator) - math.log(delta.numerator))  # the height squared
    return _Found(Enclosure(lower, upper), owner.claims, Meeting(guess.epsilon, guess.steepness / height))


def _most(pairs: Sequence[Pair]) -> Fraction | None:
    """The least epsilon from which on all curves vanish, rounded up; None when one never does."""
    ceilings = [pair.ceiling() for pair in pairs]
    if any(ceiling is None for ceiling in ceilings):
        return None
    with precision(128):
        return max(enclosure_of(ceiling.log()).upper for ceiling in ceilings if ceiling is not None)

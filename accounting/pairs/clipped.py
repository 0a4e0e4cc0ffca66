"""Walks whose steps have no bound: one walk for each place where the steps are cut off, and the place that serves best.

Steps with a heavy tail have no exponential moments, so that the contour wants them cut off where few walks reach, and not farther out.
Where that is depends on alpha. Floats choose it; whatever they choose is sound.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from ..claims import relies_on
from ..numerics.atoms import Guide, saddle
from ..numerics.ball import arb, arb_poly, ball, enclosure_of, gaussian_delta, positive_part, precision
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..numerics.pieces import Piece
from .pair import Pair, Value
from .walks import WalkPair
from .witness import Witness

__all__ = ["ClippedPair", "DeepPair"]

_BITS = 128
_FAR_BITS = 600  # chances of far messages are tiny beside 1
_WIDE = 1e-2  # relative width: the contour was not sharp
_TRIED = 3
_SHARPEST = 1e-4  # relative width: what is cut off costs more
_FAR_ABOVE = 6.0  # of a logarithm: Chernoff's bound on a walk is above the walk, but less than so much
_NEGLIGIBLE = -9.0  # of a logarithm beside another one


@dataclass(frozen=True, slots=True)
class _Place:
    """What floats say about one cut at one alpha; nothing rests on it.

    Attributes:
        walk: the walk.
        saddle: where the contour would cross.
        reach: the saddle times the largest step.
        log_walk: about the logarithm of Chernoff's bound on the walk's part of delta.
        log_outside: about that of the part outside the reference.
    """

    walk: WalkPair
    saddle: float
    reach: float
    log_walk: float
    log_outside: float

    @property
    def is_negligible_outside(self) -> bool:
        """Whether cutting there costs less than sharpness does."""
        return self.log_outside < self.log_walk + _NEGLIGIBLE

    @property
    def log_bound(self) -> float:
        """The logarithm of the sum of both."""
        return max(self.log_walk, self.log_outside) + math.log1p(
            math.exp(-abs(self.log_walk - self.log_outside))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClippedPair(Pair):
    """Walks that all bound one family of pairs of laws, in both orders: the least one bounds it, at each alpha.

    Attributes:
        walks: with the step cut off farther and farther out.
        shift: of the Gaussian pair of one report alone, in standard deviations.
        workable: of the saddle point times the largest step: up to here the contour is quick and sharp.
    """

    walks: tuple[WalkPair, ...]
    shift: Fraction
    workable: float

    @property
    def is_symmetric(self) -> bool:
        return True

    @property
    def claims(self) -> tuple[str, ...]:
        return self.walks[0].claims

    @relies_on("clipped-letters", "swap-law")
    def value(self, alpha: Factor, relative_width: float) -> Value:
        if alpha.compare_with_one() < 0:
            return Value(_swapped(self.value(alpha.inverse(), relative_width).delta, alpha))
        index, best = self._cut(alpha), self._one_report(alpha)
        # few users' walks have no sharp contour, and cost most
        if _is_beyond(_place(self.walks[index], alpha), best):
            return Value(best)
        for cut in range(index, max(index - _TRIED, -1), -1):
            best = _least(best, self.walks[cut].value(alpha, max(relative_width, _SHARPEST)).delta)
            if best.relative_width <= _WIDE:
                break
        if best.relative_width > _WIDE or not _place(self.walks[index], alpha).is_negligible_outside:
            place = self._crossing(alpha)
            best = _least(best, _chernoff(place.walk, alpha, place.saddle))
        return Value(best)

    def values(self, alphas: Sequence[Factor], relative_width: float) -> list[Value]:
        """Bound the curve from above; the least of the bounds' lower ends would not be those of one curve."""
        return [_from_above(self.value(alpha, relative_width)) for alpha in alphas]

    @property
    def is_from_above(self) -> bool:
        return True

    @property
    def is_smooth(self) -> bool:
        return self.walks[0].is_smooth

    @relies_on("clipped-letters")
    def piece(self, low: float, high: float, relative_width: float) -> Piece | None:
        """The walk that serves at the high end, where most is cut off, bounds the whole piece."""
        if low < 1.0:
            return None
        piece = self.walks[self._cut(Factor.of(Fraction(high)))].piece(
            low, high, max(relative_width, _SHARPEST)
        )
        return piece and replace(piece, below=arb_poly([0]))

    def ceiling(self) -> None:
        return None

    def floor(self) -> Enclosure:
        return self.walks[-1].floor()

    def hint(self, alpha: Factor) -> float:
        if alpha.compare_with_one() < 0:
            return Pair.hint(self, alpha)
        return _place(self.walks[self._cut(alpha)], alpha).log_bound

    def _one_report(self, alpha: Factor) -> Enclosure:
        """The bound of the walk that is cut off where the likelihood ratio is alpha, and so never rises: what one report loses."""
        with precision(_BITS):
            return enclosure_of(positive_part(gaussian_delta(ball(self.shift), alpha.ball(), alpha.log())))

    def _cut(self, alpha: Factor) -> int:
        """The nearest cut with hardly anything outside, beside Chernoff's bound inside, or the last workable one if that is nearer."""

        def is_far(place: _Place) -> bool:
            return place.reach > self.workable or place.is_negligible_outside

        index = self._first(is_far, alpha)
        return max(index - 1, 0) if _place(self.walks[index], alpha).reach > self.workable else index

    def _crossing(self, alpha: Factor) -> _Place:
        """The nearest cut outside of which there is less than Chernoff's bound inside, or the one before."""
        index = self._first(lambda place: place.log_outside < place.log_walk, alpha)
        places = (_place(walk, alpha) for walk in self.walks[max(index - 1, 0) : index + 1])
        return min(places, key=lambda place: place.log_bound)

    def _first(self, holds: Callable[[_Place], bool], alpha: Factor) -> int:
        """The nearest cut where something holds that holds farther out, too; the last one if it holds nowhere."""
        found = bisect_left(self.walks, 1, key=lambda walk: int(holds(_place(walk, alpha))))
        return min(found, len(self.walks) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepPair(Pair):
    """Walks of the same data sets, messages being rounded in different ways: each is a lower end.

    Attributes:
        walks: messages are told apart finely, farther and farther out.
        tails: of these only the first class of messages is used, far out on the target's first side: whether anybody sends one
            is one test, so that what it tells apart is a lower end.
        workable: of the saddle point times the largest step: up to here the contour is quick and sharp.
    """

    walks: tuple[WalkPair, ...]
    tails: tuple[WalkPair, ...]
    workable: float

    @property
    def claims(self) -> tuple[str, ...]:
        return (*self.walks[0].claims, "spread-letters")

    @relies_on("spread-letters", "homogeneous-witness")
    def value(self, alpha: Factor, relative_width: float) -> Value:
        fine = self._fine(alpha, max(relative_width, _SHARPEST))
        tail = _far_exactly(self._tail(alpha), alpha)
        return fine if fine.delta.lower >= tail.delta.lower else tail

    def alone(self, far: Factor) -> WalkPair:
        """The last walk that the contour is likely to evaluate sharply up to a factor: one rounding, at all factors."""
        return self.walks[self._last(far)]

    def ceiling(self) -> None:
        return None

    def floor(self) -> Enclosure:
        return Enclosure.exactly(0)

    def witness_at_zero(self) -> Witness | None:
        return self.walks[0].attained_by

    def _fine(self, alpha: Factor, relative_width: float) -> Value:
        """The value of the last walk that the contour evaluates sharply."""
        index = self._last(alpha)
        value = self.walks[index].value(alpha, relative_width)
        for shallower in range(index - 1, max(index - 1 - _TRIED, -1), -1):
            if value.delta.relative_width <= _WIDE:
                break
            value = self.walks[shallower].value(alpha, relative_width)
        return value

    def _last(self, alpha: Factor) -> int:
        """The place of the last walk that the contour is likely to evaluate sharply."""
        return last_workable(self.walks, lambda walk: _place(walk, alpha).reach <= self.workable)

    def _tail(self, alpha: Factor) -> WalkPair:
        factor = _float(alpha)
        return max(self.tails, key=lambda tail: _far(tail, factor))


def _far_exactly(tail: WalkPair, alpha: Factor) -> Value:
    """``P(E) - alpha Q(E)``, E: somebody's message is of the first class of messages."""
    with precision(_FAR_BITS):
        letter = tail.known()[0]
        nobody = (1 - letter.reference) ** (tail.users - 1)
        first, second = 1 - (1 - letter.first) * nobody, 1 - (1 - letter.second) * nobody
        return Value(enclosure_of(positive_part(first - alpha.ball() * second)), tail.attained_by)


def _far(tail: WalkPair, alpha: float) -> float:
    """About ``P(E) - alpha Q(E)``, E: somebody's message is of the first class of messages."""
    letters = _Letters.of(tail)
    chance = letters.chances[0]
    nobody = (tail.users - 1) * math.log1p(-chance)
    return float(
        -math.expm1(math.log1p(-letters.first[0] * chance) + nobody)
        + alpha * math.expm1(math.log1p(-letters.second[0] * chance) + nobody)
    )


def last_workable(walks: Sequence[WalkPair], works: Callable[[WalkPair], bool]) -> int:
    """Return the place of the last walk that works, where those that work come first; the first one if none does."""
    return max(bisect_left(walks, 1, key=lambda walk: 1 - int(works(walk))) - 1, 0)


def _is_beyond(place: _Place, bound: Enclosure) -> bool:
    """Whether a walk is hardly ever below a bound: Chernoff's bound on it is far above."""
    return place.log_bound > math.log(max(float(bound.upper), 1e-300)) + _FAR_ABOVE


def _least(one: Enclosure, other: Enclosure) -> Enclosure:
    """Return the bound with the smaller upper end."""
    return one if one.upper <= other.upper else other


def _from_above(value: Value) -> Value:
    return Value(Enclosure(Fraction(0), value.delta.upper))


def _swapped(delta: Enclosure, alpha: Factor) -> Enclosure:
    """``1 - alpha + alpha delta``: the other order, of the same curve, at one over the factor."""
    with precision(_BITS):
        factor = alpha.ball()
        low, high = (
            enclosure_of(positive_part(1 - factor + factor * ball(end))) for end in (delta.lower, delta.upper)
        )
    return Enclosure(low.lower, min(high.upper, Fraction(1)))


def _chernoff(walk: WalkPair, alpha: Factor, c: float) -> Enclosure:
    """Between the tail alone and the tail with Chernoff's bound ``x_+ <= e^(c x - 1) / c`` on the walk."""
    outside = walk.outside(alpha)
    with precision(_BITS):
        moment = walk.step_at(alpha).moment(arb(c))
        bound = (walk.users * moment.log() - 1).exp() / (arb(c) * walk.users)
        if not bound < 1:  # not finite, or no better than nothing
            return Enclosure(outside.lower, Fraction(1))
        return Enclosure(outside.lower, min(outside.upper + enclosure_of(bound).upper, Fraction(1)))


@dataclass(frozen=True, slots=True)
class _Letters:
    """The letters of a walk in floats, as likelihood ratios."""

    first: tuple[float, ...]
    second: tuple[float, ...]
    chances: tuple[float, ...]
    outside: float

    @classmethod
    @lru_cache(maxsize=1024)
    def of(cls, walk: WalkPair) -> _Letters:
        with precision(_BITS):
            letters = walk.known()
            inside = [a for a in letters if not a.reference.is_zero()]
            return cls(
                tuple(float(a.first / a.reference) for a in inside),
                tuple(float(a.second / a.reference) for a in inside),
                tuple(float(a.reference) for a in inside),
                sum(float(a.first) for a in letters if a.reference.is_zero()),
            )

    def guide(self, alpha: float) -> Guide:
        """A step of the walk; of its mirror image below 1, where the walk itself drifts upwards."""
        sign = 1.0 if alpha >= 1.0 else -1.0
        values = (sign * (u - alpha * v) for u, v in zip(self.first, self.second, strict=True))
        return Guide(tuple(values), self.chances, 0.0)


def _place(walk: WalkPair, alpha: Factor) -> _Place:
    letters = _Letters.of(walk)
    guide = letters.guide(_float(alpha))
    log_outside = math.log(max(letters.outside, 1e-300))
    most = max(guide.values)
    if not most > 1e-12:
        return _Place(walk, 1.0, 0.0, -math.inf, log_outside)
    c = saddle(guide, walk.users)
    log_moment, _, _ = guide.cumulants(c)
    return _Place(walk, c, c * most, walk.users * log_moment - 1.0 - math.log(c * walk.users), log_outside)


def _float(alpha: Factor) -> float:
    with precision(_BITS):
        return float(alpha.ball())

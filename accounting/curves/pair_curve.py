"""The privacy curve of one shuffle: the largest of its upper pairs, and the best of its witnesses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..claims import relies_on
from ..numerics.ball import arb, enclosure_of, precision
from ..numerics.dots import GridLoss, loss_above, loss_below
from ..numerics.enclosure import Enclosure
from ..numerics.exact import ExactLike, delta_parameter
from ..numerics.factor import Factor
from ..numerics.pieces import LargestPiece
from ..numerics.rounding import float_at_least, float_at_most
from ..numerics.samples import USUAL, Layout, Pieces, Samples, no_pieces, sample
from ..pairs.known import Pairs
from ..pairs.pair import Pair, Value
from ..pairs.witness import Witness
from .bounds import Bounds
from .curve import PrivacyCurve, read_factor, read_width
from .inverse import certified_inverse, search

__all__ = ["PairCurve", "Part", "best_witness", "largest", "largest_many", "ranked"]

_COARSE = 1e-2
_FAR = 0.9  # of the upper end: a lower end below this share may have a better witness
_CONTENDERS = 6
_NEAR = 0.5  # hints, on a logarithmic scale, that are no reason to prefer one witness
_LARGEST = 300.0
_SPREAD = math.sqrt(2.0 * math.pi)  # delta(0) of a Gaussian of small mu is mu over this
_FAR_OUT = 6.0  # spreads: where witnesses have to be sharp still
_SAME = 10.0  # widths up to this many times the wanted one still count as one number


@dataclass(frozen=True, slots=True)
class PairCurve(PrivacyCurve):
    """The curve of one shuffle.

    Attributes:
        pairs: the pairs that bound it and the pairs that attain parts of it.
    """

    pairs: Pairs

    def delta(
        self,
        *,
        epsilon: ExactLike | None = None,
        alpha: ExactLike | None = None,
        relative_width: ExactLike | None = None,
    ) -> Bounds:
        factor = read_factor(epsilon, alpha)
        width = read_width(relative_width, "1e-6")
        upper = largest(self.pairs.upper, factor, width)
        lower = upper if self.pairs.is_exact else best_witness(self.pairs.lower, factor, width)
        return Bounds(
            lower=float_at_most(lower.value.delta.lower),
            upper=float_at_least(upper.value.delta.upper),
            upper_claims=upper.pair.claims,
            lower_claims=lower.pair.claims,
            witness=lower.value.witness,
            is_exact=self.pairs.is_exact and upper.value.delta.relative_width <= _SAME * width,
            upper_value=upper.value.delta,
            lower_value=lower.value.delta,
        )

    def epsilon(self, *, delta: ExactLike, relative_width: ExactLike | None = None) -> Bounds:
        level = delta_parameter("delta", delta)
        width = read_width(relative_width, "1e-6")
        upper, near = _inverse(self.pairs.upper, level, width)
        lower = upper
        if not self.pairs.is_exact:
            witnesses: Sequence[Pair] = self.pairs.lower
            if level:  # one witness is inverted: the one that promises most near the answer
                witnesses = _ranked_below(witnesses, near)[:1]
            lower, found = _inverse(witnesses, level, width)
            if level and found < _FAR * near:  # there another one may promise more
                again, _ = _inverse(_ranked_below(self.pairs.lower, found)[:1], level, width)
                lower = max(lower, again, key=lambda inverse: inverse.lower)
        return Bounds(
            lower=lower.lower,
            upper=upper.upper,
            upper_claims=(*upper.at.pair.claims, "certified-inverse"),
            lower_claims=(*lower.at.pair.claims, "certified-inverse"),
            witness=lower.at.value.witness,
            is_exact=self.pairs.is_exact and upper.is_narrow(width),
            upper_value=upper.enclosure,
            lower_value=lower.enclosure,
        )

    def losses_above(self, *, step: Fraction, tail: Fraction) -> GridLoss:
        return loss_above(Part.of(self.pairs, 1).samples_above(step, float(tail)))

    def losses_attained(self, *, step: Fraction, tail: Fraction) -> GridLoss:
        return loss_below(Part.of(self.pairs, 1).samples_attained(step, float(tail)))

    @property
    def attained_by(self) -> tuple[Witness | None, tuple[str, ...]]:
        pair = Part.of(self.pairs, 1).witness
        return pair.witness_at_zero(), pair.claims


@dataclass(frozen=True, slots=True)
class _At:
    """A value and the pair that decides it."""

    pair: Pair
    value: Value


@dataclass(frozen=True, slots=True)
class _Inverse:
    """An answer to epsilon(delta), in floats and, where it is finite, as an enclosure."""

    lower: float
    upper: float
    enclosure: Enclosure | None
    at: _At

    @classmethod
    def of(cls, enclosure: Enclosure, at: _At) -> _Inverse:
        return cls(*enclosure.floats, enclosure, at)

    def is_narrow(self, width: float) -> bool:
        """Whether both ends are one number up to the width that was asked for, or both are infinite."""
        if self.enclosure is None:
            return self.lower == self.upper
        return self.enclosure.relative_width <= _SAME * width


def largest(pairs: Sequence[Pair], factor: Factor, width: float) -> _At:
    """Enclose the largest value of all pairs: coarse values tell which ones need a fine one."""
    if len(pairs) == 1:
        return _At(pairs[0], pairs[0].value(factor, width))
    coarse = [(pair.value(factor, _COARSE).delta.upper, pair) for pair in pairs]
    coarse.sort(key=lambda item: item[0], reverse=True)
    best: _At | None = None
    enclosure = Enclosure.exactly(0)
    for ceiling, pair in coarse:
        if best is not None and ceiling <= enclosure.lower:
            break
        value = pair.value(factor, width)
        if best is None or value.delta.lower > enclosure.lower:
            best = _At(pair, value)
        enclosure = enclosure.maximum(value.delta)
    if best is None:
        raise ArithmeticError("a curve needs at least one pair")
    return _At(best.pair, Value(enclosure, best.value.witness))


def largest_many(pairs: Sequence[Pair], factors: Sequence[Factor], width: float) -> list[Enclosure]:
    """Enclose the largest value of all pairs at several factors."""
    if len(pairs) > 1:
        return [largest(pairs, factor, width).value.delta for factor in factors]
    return [value.delta for value in pairs[0].values(factors, width)]


def ranked(pairs: Sequence[Pair], factor: Factor) -> list[Pair]:
    """Order the witnesses that promise most; few are worth a coarse value, one a fine one."""
    if len(pairs) == 1:
        return list(pairs)
    hints = {pair: pair.hint(factor) for pair in pairs}
    best = max(hints.values())
    hinted = sorted(
        (pair for pair in pairs if hints[pair] >= best - _NEAR), key=hints.__getitem__, reverse=True
    )
    if len(hinted) == 1:
        return hinted
    return sorted(
        hinted[:_CONTENDERS], key=lambda pair: pair.value(factor, _COARSE).delta.lower, reverse=True
    )


def _ranked_below(pairs: Sequence[Pair], epsilon: float) -> list[Pair]:
    """Order witnesses at an epsilon, or a little below where all vanish."""
    for share in (1.0, 0.98, 0.9, 0.7, 0.4, 0.1, 0.03, 0.01):
        factor = Factor.exp(Fraction(epsilon * share))
        order = ranked(pairs, factor)
        if order[0].value(factor, _COARSE).delta.lower > 0:
            break
    return order


def best_witness(pairs: Sequence[Pair], factor: Factor, width: float) -> _At:
    """Enclose the value of the pair that promises most."""
    best = ranked(pairs, factor)[0]
    return _At(best, best.value(factor, width))


def _inverse(pairs: Sequence[Pair], level: Fraction, width: float) -> tuple[_Inverse, float]:
    """Enclose epsilon(level) of the largest of the pairs; also return about where it is."""

    def curve(factor: Factor, relative_width: float) -> Enclosure:
        return largest(pairs, factor, relative_width).value.delta

    ceilings = [pair.ceiling() for pair in pairs]
    endless = next((pair for pair, ceiling in zip(pairs, ceilings, strict=True) if ceiling is None), None)
    if level == 0:
        return _at_zero(pairs, ceilings)
    start = largest(pairs, Factor.exp(Fraction(0)), _COARSE)
    if start.value.delta.lower <= level < start.value.delta.upper:
        start = largest(pairs, Factor.exp(Fraction(0)), width)
    if start.value.delta.upper <= level:
        return _Inverse.of(Enclosure.exactly(0), start), 0.0
    most = Fraction(_LARGEST)
    if endless is None:
        with precision(128):
            most = max(enclosure_of(ceiling.log()).upper for ceiling in ceilings if ceiling is not None)
    else:
        floor = Enclosure.exactly(0)
        for pair in pairs:
            floor = floor.maximum(pair.floor())
        if floor.lower > level:
            at = _At(endless, Value(floor, endless.witness_at_zero()))
            return _Inverse(math.inf, math.inf, None, at), _LARGEST
    guess = search(curve, level, float(most))
    lower, upper = certified_inverse(curve, level, guess, most, width)
    at = largest(pairs, Factor.exp(lower), _COARSE)
    if upper is None:
        return _Inverse(float_at_most(lower), math.inf, None, at), guess.epsilon
    return _Inverse.of(Enclosure(lower, upper), at), guess.epsilon


@relies_on("pure-ratio")
def _at_zero(pairs: Sequence[Pair], ceilings: Sequence[Factor | None]) -> tuple[_Inverse, float]:
    """At delta = 0 the answer is the largest log ratio, which the witnesses attain."""
    best: Enclosure | None = None
    owner = pairs[0]
    for pair, ceiling in zip(pairs, ceilings, strict=True):
        if ceiling is None:
            at = _At(pair, Value(Enclosure.exactly(0), pair.witness_at_zero()))
            return _Inverse(math.inf, math.inf, None, at), _LARGEST
        with precision(160):
            log = enclosure_of(ceiling.log())
        if best is None or log.lower > best.lower:
            owner = pair
        best = log if best is None else best.maximum(log)
    if best is None:
        raise ArithmeticError("a curve needs at least one pair")
    at = _At(owner, Value(Enclosure.exactly(0), owner.witness_at_zero()))
    return _Inverse.of(best, at), float(best.upper)


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of shuffle: its pairs, how often it occurs, and the scale of its loss in nats."""

    pairs: Pairs
    count: int
    spread: float
    witness: Pair

    @classmethod
    def of(cls, pairs: Pairs, count: int) -> Part:
        """Look at the scale of the loss and choose the witness."""
        distance = float(largest(pairs.quick, Factor.exp(Fraction(0)), _COARSE).value.delta.upper)
        spread = max(_SPREAD * distance, 1e-30)
        near = Factor.exp(Fraction(min(2.0 * spread, 10.0)))
        far = Factor.exp(Fraction(min(_FAR_OUT * spread, 10.0)))
        return cls(pairs, count, spread, ranked(pairs.explicit, near)[0].alone(far))

    def samples_above(self, step: Fraction, tail: float, layout: Layout = USUAL) -> Samples:
        """Sample the supremum of the curves that bound the shuffle."""
        pairs = self.pairs.quick

        def curve(factors: Sequence[Factor], width: float) -> list[Enclosure]:
            return largest_many(pairs, factors, width)

        return sample(
            curve,
            step,
            tail,
            self.floor,
            spread=self.spread,
            mirrors=not self.pairs.one_order,
            pieces=_pieces(pairs),
            layout=layout,
        )

    def samples_attained(self, step: Fraction, tail: float, layout: Layout = USUAL) -> Samples:
        """Sample the curve of the witness."""
        pair = self.witness

        def curve(factors: Sequence[Factor], width: float) -> list[Enclosure]:
            return [value.delta for value in pair.values(factors, width)]

        return sample(
            curve,
            step,
            tail,
            pair.floor().lower,
            spread=self.spread,
            mirrors=pair.is_symmetric,
            pieces=_pieces((pair,)),
            layout=layout,
        )

    @property
    def floor(self) -> Fraction:
        """A lower bound of the loss that is infinite."""
        return max(pair.floor().lower for pair in self.pairs.quick)


def _pieces(pairs: Sequence[Pair]) -> Pieces:
    """Return how the largest of the pairs is known piece by piece."""
    if not all(pair.is_smooth for pair in pairs):
        return no_pieces
    if len(pairs) == 1:
        return pairs[0].piece

    def piece(low: float, high: float, relative_width: float) -> LargestPiece | None:
        """Leave out pairs whose largest value on the piece, at its low end, is below the least value of another one."""
        first, last = Factor.of(Fraction(low)), Factor.of(Fraction(high))
        most = {pair: pair.value(first, _COARSE).delta.upper for pair in pairs}
        least = max(pair.value(last, _COARSE).delta.lower for pair in pairs)
        found = [pair.piece(low, high, relative_width) for pair in pairs if most[pair] >= least]
        known = tuple(each for each in found if each is not None)
        if not known or len(known) < len(found):
            return None
        return LargestPiece(max(known, key=lambda each: float(each.below(arb(0)))), known)

    return piece

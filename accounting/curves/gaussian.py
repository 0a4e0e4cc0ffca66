"""The Gaussian mechanism that dominates a curve at every epsilon. Statement: gaussian-dominance.

The test that rejects beyond a threshold gives, for each threshold, a line ``Phi(a) - alpha Phi(a - mu)`` below the
Gaussian's curve. A chord above our curve lies below it as soon as both of its ends lie below one such line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import NormalDist

from ..claims import relies_on
from ..numerics.ball import arb, ball, exact_upper, normal_cdf, precision
from ..numerics.rounding import float_at_least
from .bounds import Bounds
from .chords import Point, points_above
from .composed import ComposedCurve
from .curve import PrivacyCurve
from .grid_curve import GridCurve
from .pair_curve import PairCurve
from .scale import scale_of

__all__ = ["gaussian_mu", "gaussian_mu_upper"]

_BITS = 192
_FINE = 1e-6  # mu is found to this share
_LARGEST = 1e4
# epsilons at which witnesses are asked, in spreads
_SIZES = (0, 2, 4, 7, 11, 16, 20, 24, 28, 33, 39, 50, 80, 130, 200, 400)
_FARTHEST = 300
_STANDARD = NormalDist()


def gaussian_mu(curve: PrivacyCurve) -> Bounds:
    """Bound the least mu of a dominating Gaussian mechanism; see ``PrivacyCurve.gaussian_mu``."""
    upper = gaussian_mu_upper(curve)
    rests = curve.delta(epsilon=0)
    lower, attained = _required(curve, rests, _LARGEST if upper is None else float(upper))
    return Bounds(
        lower=lower,
        upper=math.inf if upper is None else float_at_least(upper),
        upper_claims=(*rests.upper_claims, "gaussian-dominance"),
        lower_claims=(*attained.lower_claims, "gaussian-dominance"),
        witness=attained.witness,
        assumptions=rests.assumptions,
    )


def gaussian_mu_upper(curve: PrivacyCurve) -> Fraction | None:
    """Return a mu whose Gaussian mechanism certainly dominates at every epsilon; None where none is certified.

    Guarantee:
        gaussian-dominance; for several shuffles, adaptive-composition: squares of mu add.
    """
    curve = curve.basis
    match curve:
        case PairCurve():
            return _dominating(_points(curve))
        case ComposedCurve():
            return _of_parts(curve)
        case GridCurve():
            return _dominating(curve.points())
        case _:
            return None


@relies_on("adaptive-composition", "gaussian-dominance")
def _of_parts(curve: ComposedCurve) -> Fraction | None:
    """The product of Gaussian mechanisms dominates the product of what each dominates."""
    total = Fraction(0)
    for part in curve.parts:
        mu = _dominating(_points(PairCurve(part.pairs)))
        if mu is None:
            return None
        total += part.count * mu**2
    with precision(_BITS):
        return exact_upper(ball(total).sqrt())


def _points(curve: PairCurve) -> list[Point] | None:
    return points_above(curve.pairs, tilt=0.0, enough=lambda _: False)


@relies_on("gaussian-dominance", "swap-law", "pure-ratio")
def _dominating(points: Sequence[Point] | None) -> Fraction | None:
    """Raise mu until every chord lies below the Gaussian's curve; what holds for a mu holds for larger ones."""
    if points is None:
        return None
    with precision(_BITS):
        chords = [_Chord.of(a, b) for a, b in pairwise(points)]
        mu = max(2.0 * _STANDARD.inv_cdf(0.5 + min(float(points[0].delta), 0.999) / 2.0), 1e-18)
        for chord in chords:
            mu = _raised(chord.is_dominated, mu)
            if mu > _LARGEST:
                return None
    return Fraction(mu)


def _raised(holds: Callable[[float], bool], mu: float) -> float:
    """Return about the least mu from the given one on for which the condition holds; it does for what is returned."""
    if holds(mu):
        return mu
    low, move = mu, _FINE * mu
    while not holds(low + move):
        low += move
        move *= 2.0
        if low > _LARGEST:
            return math.inf
    high = low + move
    while high - low > _FINE * high:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


@dataclass(frozen=True, slots=True)
class _Chord:
    """The line through two points above a curve.

    Attributes:
        epsilons: of its ends, in nats, as floats; nothing rests on them.
        alphas: of its ends.
        deltas: of its ends.
        quantile: about z with ``Phi(-z)`` the chord's slope downwards.
    """

    epsilons: tuple[float, float]
    alphas: tuple[arb, arb]
    deltas: tuple[arb, arb]
    quantile: float

    @classmethod
    def of(cls, first: Point, second: Point) -> _Chord:
        alphas = ball(first.epsilon).exp(), ball(second.epsilon).exp()
        deltas = ball(first.delta), ball(second.delta)
        slope = (deltas[0] - deltas[1]) / (alphas[1] - alphas[0])
        log = float(slope.log()) if slope > 0 else -math.inf
        return cls((float(first.epsilon), float(second.epsilon)), alphas, deltas, _quantile(log))

    def is_dominated(self, mu: float) -> bool:
        """Whether both ends certainly lie below the line of the best threshold."""
        threshold = min(max(mu * (self.quantile - mu / 2.0), self.epsilons[0]), self.epsilons[1])
        shift = ball(Fraction(mu))
        a = shift / 2 - ball(Fraction(threshold)) / shift
        power, size = normal_cdf(a), normal_cdf(a - shift)
        return all(
            bool(power - alpha * size >= delta) for alpha, delta in zip(self.alphas, self.deltas, strict=True)
        )


def _quantile(log: float) -> float:
    """About z with ``log Phi(-z) = log``; nothing rests on it."""
    if log > -600.0:
        return -_STANDARD.inv_cdf(min(math.exp(log), 1.0 - 1e-16))
    if log == -math.inf:
        return math.inf
    z = math.sqrt(-2.0 * log)
    for _ in range(4):
        z = math.sqrt(max(-2.0 * (log + math.log(z) + 0.5 * math.log(2.0 * math.pi)), 1.0))
    return z


def _required(curve: PrivacyCurve, start: Bounds, upper: float) -> tuple[float, Bounds]:
    """Return a mu below which no Gaussian mechanism reaches a witness's curve at some epsilon, and delta there."""
    spread = scale_of(curve)
    best, attained = 0.0, start
    with precision(_BITS):
        for size in _SIZES:
            epsilon = Fraction(size * spread)
            if epsilon > _FARTHEST or (start.lower_value is None and size):  # each would compose anew
                break
            found = curve.delta(epsilon=epsilon) if size else start
            low = Fraction(found.lower) if found.lower_value is None else found.lower_value.lower
            if low <= 0:
                break
            needed = (
                _least_at(epsilon, low, best, upper)
                if best
                else _least_at(epsilon, low, 1e-3 * spread, upper)
            )
            if needed > best:
                best, attained = needed, found
    return best, attained


def _least_at(epsilon: Fraction, delta: Fraction, mu: float, most: float) -> float:
    """Raise mu as long as the Gaussian mechanism's curve is certainly below delta at epsilon."""
    target, factor = ball(delta), ball(epsilon).exp()

    def fails(mu: float) -> bool:
        shift = ball(Fraction(mu))
        a = shift / 2 - ball(epsilon) / shift
        return bool(normal_cdf(a) - factor * normal_cdf(a - shift) < target)

    if not fails(mu):
        return mu
    low, high = mu, 2.0 * mu
    while high < most and fails(high):
        low, high = high, 2.0 * high
    while high - low > _FINE * high:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if fails(middle) else (low, middle)
    return low

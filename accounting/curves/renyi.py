"""The Renyi divergence of a mechanism, bounded from above through its privacy curve.

For a curve f of a mechanism, both orders of each pair of neighbouring data sets included, and order a > 1,

    E_Q[(P/Q)^a] <= 1 + a (a - 1) * Integral over t from 1 on of (t^(a-2) + t^(-a-1)) f(t) dt,

which only rises when chords replace f. Statement: renyi-of-curve.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from ..claims import relies_on
from ..errors import NotCoveredError, ParameterError
from ..numerics.ball import arb, ball, exact_lower, exact_upper, precision
from ..numerics.dots import BITS
from ..numerics.exact import ExactLike, exact
from ..numerics.rounding import float_at_least, float_at_most
from ..pairs.known import Pairs
from .bounds import Bounds
from .chords import Point, points_above
from .composed import ComposedCurve
from .curve import PrivacyCurve
from .grid_curve import GridCurve
from .pair_curve import PairCurve
from .scale import scale_of, step_near

__all__ = ["read_order", "renyi_bounds", "renyi_upper", "renyi_uppers"]

_BITS = 400
_LARGEST = 10**6
_FINENESS = 1 / 32  # grid step of the witness's losses over their spread
_LOST = Fraction(1, 10**20)
_SHARE = 1e-4  # of the moment's excess over 1 that the last chord may cost


def renyi_upper(curve: PrivacyCurve, order: ExactLike) -> Fraction | None:
    """Bound the Renyi divergence of an order from above; arguments and result as in ``renyi_uppers``."""
    return renyi_uppers(curve, [order])[0]


def renyi_uppers(curve: PrivacyCurve, orders: Sequence[ExactLike]) -> tuple[Fraction | None, ...]:
    """Bound the Renyi divergences of several orders, which share all evaluations of the curve.

    Args:
        curve: of a mechanism under replacing one user's value.
        orders: rationals above 1 and at most 10^6.

    Returns:
        For each order, a number of nats that ``log(E_Q[(P/Q)^order]) / (order - 1)`` does not exceed, for any pair of neighbouring
        data sets in either order of the two; None where no finite bound is certified. They add under (adaptive)
        composition. It is an upper end only: the divergence itself may be smaller.

    Raises:
        ParameterError: an order is not between 1 and 10^6.
        NotCoveredError: the curve is of a kind that this is not defined for.

    Guarantee:
        renyi-of-curve; for several shuffles, adaptive-composition.
    """
    read = [read_order(order) for order in orders]
    if not read:
        return ()
    curve = curve.basis
    match curve:
        case PairCurve():
            return tuple(_of_shuffle(curve.pairs, read))
        case ComposedCurve():
            return _of_parts([(part.pairs, part.count) for part in curve.parts], read)
        case GridCurve():
            points = curve.points()
            return tuple(None if points is None else _bound(points, order) for order in read)
        case _:
            raise NotCoveredError(f"no Renyi divergence is certified for a {type(curve).__name__}")


@relies_on("renyi-of-curve")
def renyi_bounds(curve: PrivacyCurve, order: ExactLike) -> Bounds:
    """Bound a Renyi divergence from both sides; see ``PrivacyCurve.renyi``."""
    upper = renyi_upper(curve, order)
    rests = curve.delta(epsilon=0)
    witness, claims = curve.attained_by
    return Bounds(
        lower=float_at_most(_attained(curve, read_order(order))),
        upper=math.inf if upper is None else float_at_least(upper),
        upper_claims=(*rests.upper_claims, "renyi-of-curve"),
        lower_claims=tuple(dict.fromkeys((*claims, "connect-the-dots", "renyi-of-curve"))),
        witness=witness,
        assumptions=rests.assumptions,
    )


def _attained(curve: PrivacyCurve, order: Fraction) -> Fraction:
    """What the witness's losses have at least; an infinite loss is left out, and less is lost by no mechanism than 0."""
    step = step_near(scale_of(curve) * _FINENESS)
    loss = curve.losses_attained(step=step, tail=_LOST)
    with precision(_BITS):
        growth = ball((order - 1) * step)
        terms = ((growth * (loss.low + k)).exp() * mass for k, mass in enumerate(loss.masses) if mass)
        moment = sum(terms, arb(0)) / (1 << BITS)
        return max(exact_lower(moment.log() / ball(order - 1)), Fraction(0)) if moment > 0 else Fraction(0)


def read_order(order: ExactLike) -> Fraction:
    """Read a Renyi order."""
    value = exact("order", order)
    if not 1 < value <= _LARGEST:
        raise ParameterError("order", f"must be above 1 and at most {_LARGEST}", order)
    return value


@relies_on("adaptive-composition", "renyi-of-curve")
def _of_parts(parts: Sequence[tuple[Pairs, int]], orders: Sequence[Fraction]) -> tuple[Fraction | None, ...]:
    """The product of the parts' dominating pairs: divergences add."""
    total: list[Fraction | None] = [Fraction(0)] * len(orders)
    for pairs, count in parts:
        added = _of_shuffle(pairs, orders)
        total = [
            None if one is None or other is None else one + count * other
            for one, other in zip(total, added, strict=True)
        ]
    return tuple(total)


@relies_on("renyi-of-curve", "swap-law", "pure-ratio")
def _of_shuffle(pairs: Pairs, orders: Sequence[Fraction]) -> list[Fraction | None]:
    largest = max(orders)

    def enough(points: Sequence[Point]) -> bool:
        with precision(64):
            *before, last = _terms(points, largest)
            return bool(last < _SHARE * sum(before, arb(0)))

    points = points_above(pairs, tilt=float(largest - 1), enough=enough)
    if points is None:
        return [None] * len(orders)
    return [_bound(points, order) for order in orders]


def _bound(points: Sequence[Point], order: Fraction) -> Fraction:
    with precision(_BITS):
        moment = 1 + sum(_terms(points, order), arb(0))
        divergence = exact_upper(moment.log() / ball(order - 1))
    return min(divergence, points[-1].epsilon)  # no divergence exceeds the largest log ratio


def _terms(points: Sequence[Point], order: Fraction) -> list[arb]:
    """What each chord adds: its slope downwards times the rise of ``t^a + t^(1-a) - t``."""
    a = ball(order)
    ratios = [ball(point.epsilon).exp() for point in points]
    powers = [(a * ball(point.epsilon)).exp() for point in points]
    rises = [power + ratio / power - ratio for power, ratio in zip(powers, ratios, strict=True)]
    deltas = [ball(point.delta) for point in points]
    return [
        (deltas[i] - deltas[j]) / (ratios[j] - ratios[i]) * (rises[j] - rises[i])
        for i, j in pairwise(range(len(points)))
    ]

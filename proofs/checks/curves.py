"""Checks of what is read off a curve: inverses, Renyi divergences and trade-offs."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from random import Random

from flint import arb, ctx

from accounting.curves import inverse, renyi, trade_off
from accounting.curves.pair_curve import PairCurve
from accounting.numerics import dots
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.numerics.samples import Samples
from accounting.pairs.of_randomizer import pairs_of
from accounting.randomizers import KaryRandomizedResponse

from ..reference.shuffle_enumeration import kary_response, neighbours, released_law
from .boxes import exactly
from .check import CheckFailedError, Evidence, checks
from .laws import Law, divergence, kinks, larger_of_both, lower, points_above, two_way, upper

__all__ = [
    "inverses_bracket",
    "moments_are_bounded",
    "moments_as_integrals",
    "moments_of_small_shuffles",
    "trade_offs_are_bracketed",
]

F = Fraction


@checks("certified-inverse", evidence=Evidence.PROPERTY)
@checks(
    "certified-inverse",
    evidence=Evidence.PROPERTY,
    units=tuple((5000, seed) for seed in range(1, 5)),
    deep=True,
)
def inverses_bracket(draws: int = 600, seed: int = 0) -> int:
    """600 drawn levels of piecewise linear curves, enclosed with drawn errors, from good and bad guesses: both numbers bracket."""
    random = Random(seed)
    for _ in range(draws):
        w = F(random.randint(3, 60), random.randint(1, 2))
        level = (w - 1) / (w + 1) * F(random.randint(1, 99), 100)
        alpha = w - level * (w + 1)  # where (w - alpha)/(w + 1) meets the level
        seeds = random.random()

        def curve(factor: Factor, width: float, w: Fraction = w, seeds: float = seeds) -> Enclosure:
            own = Random(f"{seeds} {factor.exponent} {factor.rational}")
            with ctx.workprec(150):
                value = (exactly(w) - factor.ball()) / exactly(w + 1)
                low, high = lower(value), upper(value)
            moved = F(width) * (abs(low) + abs(high)) / 2
            return Enclosure(low - moved * own.randint(0, 8) / 8, high + moved * own.randint(0, 8) / 8)

        with ctx.workprec(300):
            truth = exactly(alpha).log()
            wanted = random.choice((1e-2, 1e-3, 1e-6))
            near = 1.0 + random.uniform(-2.0, 2.0) * wanted
            guess = float(truth) * random.choice((1.0, near, near, near, 0.7, 2.0))
            most = upper(exactly(w).log())
            steep = random.choice((0.01, 1.0, 30.0))
            low, high = inverse.certified_inverse(curve, level, inverse.Guess(guess, steep), most, wanted)
            if exactly(low) > truth or (high is not None and exactly(high) < truth):
                raise CheckFailedError(
                    f"w = {w}, level {level}: epsilon = {truth} is not between {low} and {high}"
                )
    return draws


@checks("renyi-of-curve", evidence=Evidence.SYMBOLIC)
def moments_as_integrals() -> int:
    """All x > 0, a > 1: x^a = a(a-1) int t^(a-2) (x-t)_+ dt; w'' is the weight, w'(1) = 1; the part below t = 1 adds to 1."""
    import sympy as sp

    x, t = sp.symbols("x t", positive=True)
    order = sp.Symbol("b", positive=True)  # a - 1
    a = order + 1
    w = t**a + t ** (1 - a)
    inner = a * (a - 1) * (x * t ** (a - 1) / (a - 1) - t**a / a)  # a primitive of a (a-1) t^(a-2) (x - t)
    zeros = (
        sp.diff(inner, t) - a * (a - 1) * t ** (a - 2) * (x - t),
        inner.subs(t, x) - x**a,
        sp.diff(w, t, 2) - a * (a - 1) * (t ** (a - 2) + t ** (-a - 1)),
        sp.diff(w, t).subs(t, 1) - 1,
        a * (a - 1) * (1 / (a - 1) - 1 / a) - 1,
    )
    for zero in zeros:
        if sp.simplify(zero) != 0:
            raise CheckFailedError(f"{zero} is not zero")
    if sp.limit(inner.subs(order, sp.Rational(1, 2)), t, 0) != 0:
        raise CheckFailedError("the primitive does not vanish at 0")
    return len(zeros) + 1


@checks("renyi-of-curve", evidence=Evidence.EXHAUSTIVE, units=((2, 12), (3, 8)))
@checks("renyi-of-curve", evidence=Evidence.EXHAUSTIVE, units=((2, 40), (3, 14), (4, 10)), deep=True)
def moments_are_bounded(outcomes: int, denominator: int) -> int:
    """All pairs of laws on 2 (3) outcomes, denominator 12 (8), orders 2, 3, 7, 2 and 12 chords: the exact moment is not above its bound."""
    seen = 0
    for p, q in two_way(outcomes, denominator):
        for order in (2, 3, 7):
            moment = max(
                sum(a**order / b ** (order - 1) for a, b in zip(*pair, strict=True))
                for pair in ((p, q), (q, p))
            )
            for spaces in (2, 12):
                with ctx.workprec(200):
                    bound = renyi._bound(points_above(p, q, spaces), F(order))
                    if exactly(moment).log() / (order - 1) > exactly(bound):
                        raise CheckFailedError(
                            f"{p} against {q}, order {order}: the moment {moment} is above e^({bound} (a - 1))"
                        )
                seen += 1
    return seen


@checks("renyi-of-curve", evidence=Evidence.EXHAUSTIVE, units=((2, 2), (2, 3), (3, 2)))
def moments_of_small_shuffles(values: int, users: int) -> int:
    """Randomized response of 2 and 3 values, w = 3, 2 and 3 users, orders 2 and 5: the worst exact moment is between both ends."""
    w = F(3)
    channel = kary_response(values, w / (w + values - 1))
    curve = PairCurve(pairs_of(KaryRandomizedResponse.with_factor(values, Factor.of(w)), users))
    for order in (2, 5):
        worst = max(
            sum((first[y] ** order / second[y] ** (order - 1) for y in first), F(0))
            for first, second in (
                (released_law(channel, a), released_law(channel, b)) for a, b in neighbours(values, users)
            )
        )
        found = renyi.renyi_bounds(curve, order)
        with ctx.workprec(200):
            truth = exactly(worst).log() / (order - 1)
            if not (arb(found.lower) <= truth and truth <= arb(found.upper)):
                raise CheckFailedError(
                    f"{values} values, {users} users, order {order}: {truth} is not in {found}"
                )
    return 2


def _samples(p: Law, q: Law, step: Fraction) -> Samples:
    """Enclose the larger curve of both orders at multiples of a step."""
    with ctx.workprec(300):
        top = math.ceil(float(exactly(max(kinks([(p, q), (q, p)]))).log()) / float(step)) + 1
        marks = range(-top, top + 1)
        values = []
        for mark in marks:
            alpha = (exactly(mark * step)).exp()
            values.append(Enclosure(larger_of_both(p, q, upper(alpha)), larger_of_both(p, q, lower(alpha))))
    return Samples.of(step, list(marks), values, F(0))


@checks("trade-off-of-curve", evidence=Evidence.EXHAUSTIVE, units=((2, 12), (3, 8)))
@checks("trade-off-of-curve", evidence=Evidence.EXHAUSTIVE, units=((2, 40), (3, 14), (4, 10)), deep=True)
def trade_offs_are_bracketed(outcomes: int, denominator: int) -> int:
    """All pairs of laws on 2 (3) outcomes, denominator 12 (8), 9 type I errors: the best test's exact error is between both ends."""
    seen, step = 0, F(1, 16)
    for p, q in two_way(outcomes, denominator):
        samples = _samples(p, q, step)
        above = trade_off._Tests.of(step, dots.loss_above(samples))
        below = trade_off._Tests.of(step, dots.loss_below(samples))
        for k in range(9):
            alpha = F(k, 8)
            least = min(_best_test(p, q, alpha), _best_test(q, p, alpha))
            low, high = above.error_at_least(alpha), below.error_at_most(alpha)
            if not low <= least:
                raise CheckFailedError(
                    f"{p} against {q}, type I error {alpha}: a test errs with {least}, below {low}"
                )
            # the losses from below lie under the larger curve of both orders, so under the trade-off of one pair with it
            envelope = _envelope(p, q, alpha)
            if not envelope <= high:
                raise CheckFailedError(
                    f"{p} against {q}, type I error {alpha}: the curve allows {envelope}, above {high}"
                )
            seen += 2
    return seen


def _best_test(p: Law, q: Law, alpha: Fraction) -> Fraction:
    """The least type II error: reject outcomes in the order of p/q until the type I error is used up."""
    order = sorted(zip(p, q, strict=True), key=lambda masses: masses[0] / masses[1], reverse=True)
    error, left = F(1), alpha
    for a, b in order:
        share = min(F(1), left / b)
        error, left = error - share * a, left - share * b
    return error


def _envelope(p: Law, q: Law, alpha: Fraction) -> Fraction:
    """The largest 1 - f(t) - t alpha, f the larger curve of both orders: at t = 0, at a kink or at a crossing."""
    both = ((p, q), (q, p))
    places = {F(0), F(1), *kinks(both)}
    ends = sorted(places)
    for left, right in pairwise(ends):
        gaps = [divergence(p, q, t) - divergence(q, p, t) for t in (left, right)]
        if gaps[0] * gaps[1] < 0:
            places.add(left + (right - left) * gaps[0] / (gaps[0] - gaps[1]))
    return max(1 - larger_of_both(p, q, t) - t * alpha for t in places)

"""Checks of the Gaussian mechanism that dominates a curve, on whole intervals of alpha."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from random import Random

from flint import ctx

from accounting.curves import gaussian

from .boxes import exactly, phi
from .check import CheckFailedError, Evidence, checks
from .laws import divergence, kinks, points_above, two_way

__all__ = ["gaussian_lies_above", "lower_mu_is_not_enough"]

F = Fraction


@checks("gaussian-dominance", evidence=Evidence.ENCLOSED, units=((2, 12), (3, 8)))
@checks("gaussian-dominance", evidence=Evidence.ENCLOSED, units=((2, 60), (3, 18), (4, 12)), deep=True)
def gaussian_lies_above(outcomes: int, denominator: int) -> int:
    """All pairs of laws on 2 (3) outcomes, denominator 12 (8): the Gaussian curve is above theirs on the whole ray alpha >= 1, by tangents."""
    seen = 0
    for p, q in two_way(outcomes, denominator):
        mu = gaussian._dominating(points_above(p, q, 16))
        if mu is None:
            raise CheckFailedError(f"no mu for {p} against {q}")
        ends = sorted({F(1), *(kink for kink in kinks([(p, q), (q, p)]) if kink > 1)})
        for first, second in ((p, q), (q, p)):
            for low, high in pairwise(ends):
                seen += _tangents_above(
                    mu, low, high, divergence(first, second, low), divergence(first, second, high)
                )
    return seen


def _tangents_above(mu: Fraction, low: Fraction, high: Fraction, first: Fraction, second: Fraction) -> int:
    """Show that the Gaussian's curve, which is convex, is above a chord: a tangent is, piece by piece."""
    left, seen = [(low, high)], 0
    with ctx.workprec(160):
        while left:
            a, b = left.pop()
            seen += 1
            middle = exactly((a + b) / 2)
            z = -middle.log() / exactly(mu) + exactly(mu) / 2
            power, size = phi(z), phi(z - exactly(mu))
            ends = [first + (second - first) * (at - low) / (high - low) for at in (a, b)]
            if all(power - exactly(at) * size >= exactly(end) for at, end in zip((a, b), ends, strict=True)):
                continue
            chord = first + (second - first) * ((a + b) / 2 - low) / (high - low)
            if power - middle * size < exactly(chord) or seen > 2000:
                raise CheckFailedError(
                    f"mu = {float(mu)}: the Gaussian curve is not above {float(chord)} at {float((a + b) / 2)}"
                )
            left.extend(((a, (a + b) / 2), ((a + b) / 2, b)))
    return seen


@checks("gaussian-dominance", evidence=Evidence.PROPERTY)
def lower_mu_is_not_enough() -> int:
    """100 drawn points: the Gaussian curve of the mu that is said to be needed is below the point, in mpmath with 40 digits."""
    from mpmath.ctx_mp import MPContext

    mp, random = MPContext(), Random(4)
    mp.dps = 40
    for _ in range(100):
        epsilon, start = F(random.randint(0, 60), 16), 1e-3
        delta = F(1, 10 ** random.randint(1, 12)) * random.randint(1, 9)
        with ctx.workprec(192):
            mu = gaussian._least_at(epsilon, delta, start, 1e4)
        e, m = mp.mpf(epsilon.numerator) / epsilon.denominator, mp.mpf(mu)
        found = mp.ncdf(m / 2 - e / m) - mp.exp(e) * mp.ncdf(-m / 2 - e / m)
        if mu > start and not found < mp.mpf(delta.numerator) / delta.denominator:
            raise CheckFailedError(
                f"mu = {mu} reaches delta = {found} at epsilon {epsilon}, not below {delta}"
            )
    return 100

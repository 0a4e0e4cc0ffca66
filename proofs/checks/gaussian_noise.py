"""Gaussian noise on an interval: which values lose most, and what giving away the far part of a ratio does."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

from mpmath import MPContext

import accounting as csa
from accounting.numerics.ball import arb, exact_lower, exact_upper, precision
from proofs.reference.gaussian import pieces

from .check import CheckFailedError, Evidence, checks
from .ends import GRID, Classes, code_bounds_noise, positive_part

F = Fraction
ALPHAS = tuple(map(F, ("1/2", "1", "5/4", "3")))
CUTS = ("-1", "-0.25", "0", "0.25", "0.5", "0.75", "1", "1.25", "2")
_DIGITS = F(1, 10**50)


@checks("gaussian-ends", evidence=Evidence.PROPERTY)
def ends_spread_most() -> int:
    """The integral of (R_x - c nu)_+ over all messages, in closed form, for five values, four sigmas and eight c: none is above that of the ends."""
    context, count = MPContext(), 0
    context.dps = 20
    for sigma, log_c in product(("0.2", "0.5", "1", "3"), ("0", "0.01", "0.05", "0.2", "0.5", "1", "3", "8")):
        shift = 1 / context.mpf(sigma)
        most = excess(context, 0, shift, context.mpf(log_c))
        for x in ("0.1", "0.3", "0.5", "0.8", "1"):
            found = excess(context, context.mpf(x), shift, context.mpf(log_c))
            if found > most + context.mpf("1e-15"):
                raise CheckFailedError(f"sigma = {sigma}, log c = {log_c}, value {x}: {found} > {most}")
            count += 1
    return count


def excess(context: MPContext, x: Any, shift: Any, log_c: Any) -> Any:
    """The integral of (R_x - c nu)_+, between the roots of its exponents, which are lines in the message.

    For c >= 1 the density is above c times the least one outside of an interval around the middle only.
    """
    total = context.mpf(0)
    for near in (x, 1 - x):  # the lower half, and the mirror image of the upper one
        if near == 1:
            continue
        # log R_x/R_1 = (h^2 (1 - x^2))/2 - h (1 - x) t, which is log c at
        root = (shift * (1 + near)) / 2 - log_c / (shift * (1 - near))
        end = min(root, shift / 2)
        total += context.ncdf(end - near * shift) - context.exp(log_c) * context.ncdf(end - shift)
    if x in (0, 1):  # on the other half the density is the least one itself
        total += max(0, (1 - context.exp(log_c)) * context.ncdf(-shift / 2))
    return total


@checks("gaussian-ends", evidence=Evidence.PROPERTY, units=(("1/5",), ("2",)), deep=True)
def code_bounds_more_gaussian_noise(sigma: str) -> int:
    """The same for less and more noise: sigma = 1/5 and 2."""
    return code_bounds_gaussian_noise(sigma)


@checks("gaussian-ends", evidence=Evidence.PROPERTY, units=(("1/2",),))
def code_bounds_gaussian_noise(sigma: str) -> int:
    """The code's two ends for Gaussian noise, sigma = 1/2, against all data sets of five values of the interval, messages rounded to ten pieces, 2 users, four factors."""
    channel = pieces(str(float(F(sigma))), GRID, CUTS)
    return code_bounds_noise(csa.GaussianNoise(sigma), channel, ALPHAS)


# ---------------------------------------------------------------- clipped-letters


def clip(f: Fraction, g: Fraction, m: Fraction, ratio: Fraction) -> tuple[Classes, Fraction]:
    """Lower the first ratio of a class to ``ratio``; also return the mass that is given away."""
    kept = min(f, ratio * m)
    return [(kept, g, m)], f - kept


@checks("clipped-letters", evidence=Evidence.EXHAUSTIVE, units=((2,), (3,)))
def clipping_never_lowers_a_bound(users: int) -> int:
    """Two classes with all ratios out of 1/2, 1, 2, 5 and reference masses of 1/4 and 1/2, one of them clipped at three ratios; 2 and 3 users, four factors."""
    ratios, masses, count = (F(1, 2), F(1), F(2), F(5)), (F(1, 4), F(1, 2)), 0
    for u, v, x, m, k, alpha in product(ratios, ratios[:3], ratios[:3], masses, masses, ALPHAS):
        one, other = (u * m, v * m, m), (x * k, k, k)
        before = positive_part([one, other], users, alpha) / users
        for ratio in (F(1, 2), F(3, 2), F(4)):
            clipped, given_away = clip(*one, ratio)
            after = positive_part([*clipped, other], users, alpha) / users + given_away
            if after < before:
                case = f"{one} and {other}, clipped at {ratio}, {users} users, alpha = {alpha}"
                raise CheckFailedError(f"{case}: {after} < {before}")
            count += 1
    return count


@checks("clipped-letters", evidence=Evidence.PROPERTY)
def code_clips_gaussian_noise() -> int:
    """The code's letters for Gaussian noise: total masses against the definition in 50 digits, none negative, for three sigmas and three cuts."""
    count = 0
    for sigma, cut in product(("0.2", "1", "8"), (F(1), F(4), F(9))):
        first, second = pieces(sigma, ("0", "1"), ("0.5",))
        least = second[0] + first[1]
        with precision(400):
            letters = csa.GaussianNoise(sigma).spread_letters(cut, F(1, 3))
            away = letters[-1].first
            truths = (
                ("the reference", sum((a.reference for a in letters), arb(0)), F(1)),
                ("the first end", sum((a.first for a in letters), arb(0)), F(1)),
                ("the second end", sum((a.second for a in letters), arb(0)) + away, F(1)),
                ("what nobody sends", letters[-2].reference, 1 - F(int(least * 10**55), 10**55)),
            )
            for name, found, truth in truths:
                if not exact_lower(found) - _DIGITS <= truth <= exact_upper(found) + _DIGITS:
                    raise CheckFailedError(
                        f"sigma = {sigma}, cut = {cut}, mass of {name}: {found} and {truth}"
                    )
                count += 1
            for letter in letters:
                if letter.first < 0 or letter.second < 0 or letter.reference < 0:
                    raise CheckFailedError(f"sigma = {sigma}, cut = {cut}: a negative mass")
    return count

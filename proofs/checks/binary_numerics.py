"""Checks of shuffled binary response: tables, search and envelope against whole numbers, for every data set."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache

from flint import ctx, fmpz_poly

from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.pairs import binary, binary_envelope, binary_table

from .boxes import exactly
from .check import CheckFailedError, Evidence, checks

__all__ = ["blocks_are_bounded", "envelopes_hold", "searches_hold", "small_numbers_of_users", "tables_hold"]

F = Fraction


@lru_cache(maxsize=128)
def _law(m: int, total: int, w: int) -> tuple[int, ...]:
    """Masses of Bin(m, w/(1+w)) + Bin(total - m, 1/(1+w)), times (1+w)^total."""
    law = fmpz_poly([1, w]) ** m * fmpz_poly([w, 1]) ** (total - m)
    return tuple(map(int, law.coeffs()))


def _best(m: int, total: int, w: int, alpha: Fraction) -> Fraction:
    """The largest F(m, t) over all t, in whole numbers: (w - alpha) P(Z >= t-1) - (alpha w - 1) P(Z >= t), over 1 + w."""
    gain, loss, beyond, best = (
        w * alpha.denominator - alpha.numerator,
        alpha.numerator * w - alpha.denominator,
        0,
        0,
    )
    for mass in reversed(_law(m, total, w)):
        best = max(best, gain * (beyond + mass) - loss * beyond)
        beyond += mass
    return F(best, alpha.denominator * (1 + w) ** (total + 1))


def _worst(total: int, w: int, alpha: Fraction, data_sets: Iterable[int] | None = None) -> Fraction:
    return max(_best(m, total, w, alpha) for m in (range(total + 1) if data_sets is None else data_sets))


def _alphas(users: int, w: int) -> list[Fraction]:
    """Factors from 1 to far in the tail."""
    spread = math.sqrt((1 + w) ** 2 / (w * users))
    return [
        F(1),
        *(
            1 + F(share * spread).limit_denominator(1000)
            for share in (0.7, 2.0, 4.0)
            if share * spread < w - 1.01
        ),
    ]


def _assert_between(truth: Fraction, low: Fraction, high: Fraction, case: str) -> None:
    if not low <= truth <= high:
        raise CheckFailedError(
            f"{case}: the worst data set has {float(truth)!r}, not in [{float(low)!r}, {float(high)!r}]"
        )


@checks("binary-table", evidence=Evidence.EXHAUSTIVE, units=((2, 5), (3, 30), (7, 60), (3, 120), (5, 250)))
@checks(
    "binary-table",
    evidence=Evidence.EXHAUSTIVE,
    units=tuple((w, users) for w in (2, 3, 15) for users in (300, 700)),
    deep=True,
)
def tables_hold(w: int, users: int) -> int:
    """W = 2 to 7 and 5 to 250 users, four alphas: the exact maximum over all data sets and thresholds is between both floats."""
    alphas = _alphas(users, w)
    keep, lie = float(F(w, 1 + w)), float(F(1, 1 + w))
    gains, losses = (
        [float(each / (1 + w)) for each in column]
        for column in ([w - a for a in alphas], [a * w - 1 for a in alphas])
    )
    found = binary_table.worst_by_table(users - 1, keep, lie, gains, losses)
    for alpha, worst in zip(alphas, found, strict=True):
        if worst is not None:
            truth = _worst(users - 1, w, alpha)
            _assert_between(truth, F(worst.lower), F(worst.upper), f"w = {w}, {users} users, alpha = {alpha}")
            attained = _best(worst.ones, users - 1, w, alpha)
            _assert_between(
                attained, F(worst.lower), truth, f"{worst.ones} ones, w = {w}, {users} users, alpha = {alpha}"
            )
    return users * len(alphas)


@checks("binary-relaxation", evidence=Evidence.EXHAUSTIVE, units=((3, 2), (3, 9), (13, 24)))
def small_numbers_of_users(w: int, users: int) -> int:
    """W = 3 and 13, 2, 9 and 24 users, up to four alphas: the exact maximum over all data sets is in the enclosure."""
    alphas = _alphas(users, w)
    found = binary.worst_binaries(users, Factor.of(F(w)), [Factor.of(alpha) for alpha in alphas], 1e-6)
    for alpha, worst in zip(alphas, found, strict=True):
        truth = _worst(users - 1, w, alpha)
        _assert_between(
            truth, worst.delta.lower, worst.delta.upper, f"w = {w}, {users} users, alpha = {alpha}"
        )
    return users * len(alphas)


@checks("binary-relaxation", evidence=Evidence.PROPERTY, units=((3, 60), (7, 100)))
@checks(
    "binary-relaxation",
    evidence=Evidence.PROPERTY,
    units=tuple((w, users) for w in (2, 5, 9) for users in (150, 400)),
    deep=True,
)
def searches_hold(w: int, users: int) -> int:
    """W = 3, 60 users, and w = 7, 100: branch and bound at two widths against the exact maximum over all data sets."""
    seen = 0
    for alpha in _alphas(users, w)[1:]:
        truth = _worst(users - 1, w, alpha)
        for width in (1e-2, 1e-5):
            with ctx.workprec(120):
                bracket = binary._bracket(users, Factor.of(F(w)), Factor.of(alpha))
                delta = binary._Search(bracket, width).run().delta
            _assert_between(
                truth, delta.lower, delta.upper, f"w = {w}, {users} users, alpha = {alpha}, width {width}"
            )
            seen += 1
    return seen


@checks("binary-relaxation", evidence=Evidence.PROPERTY, units=((3, 60), (7, 80)))
def blocks_are_bounded(w: int, users: int) -> int:
    """Blocks of 1, 5 and 13 data sets from every third one on, of 60 and 80 users, two alphas: no exact F(m, t) is above the bound."""
    seen, total = 0, users - 1
    for alpha in _alphas(users, w)[1:3]:
        with ctx.workprec(120):
            search = binary._Search(binary._bracket(users, Factor.of(F(w)), Factor.of(alpha)), 1e-3)
            for length in (1, 5, 13):
                for least in range(0, total - length + 1, 3):
                    contour = search._contour_at(least + length // 2)
                    bound = search._bound(contour, least, least + length - 1)
                    truth = _worst(total, w, alpha, range(least, least + length))
                    if exactly(truth) > bound:
                        raise CheckFailedError(
                            f"w = {w}, {users} users, ones {least} .. {least + length - 1}: {truth} is above {bound}"
                        )
                    seen += 1
    return seen


def _envelopes(users: int, w: int, alphas: Sequence[Fraction]) -> dict[Fraction, Enclosure]:
    found = binary_envelope.envelopes(users, Factor.of(F(w)), [Factor.of(alpha) for alpha in alphas])
    return {alpha: found[Factor.of(alpha)] for alpha in alphas if Factor.of(alpha) in found}


@checks("binary-envelope", evidence=Evidence.PROPERTY)
@checks("binary-envelope", evidence=Evidence.PROPERTY, units=((3, 2001, 1), (15, 2500, 3)), deep=True)
def envelopes_hold(w: int = 3, users: int = 2001, apart: int = 25) -> int:
    """2001 users, w = 3, seven alphas on both sides of 1: every 25th data set exactly below, the attained end below the last one."""
    alphas = [F(1), F(101, 100), F(21, 20), F(11, 10)]
    found = _envelopes(users, w, [*alphas, *(1 / alpha for alpha in alphas[1:])])
    if len(found) < len(alphas):
        raise CheckFailedError(f"envelopes for {len(found)} alphas only")
    total, seen = users - 1, 0
    for alpha, delta in found.items():
        up = max(alpha, 1 / alpha)
        for m in {*range(0, total, apart), total}:
            best = _best(m, total, w, up)
            here = best if alpha >= 1 else 1 - alpha + alpha * best
            if not here <= delta.upper:
                raise CheckFailedError(
                    f"alpha = {alpha}, {m} ones: {float(here)!r} is above {float(delta.upper)!r}"
                )
            if m == total and not delta.lower <= here:
                raise CheckFailedError(
                    f"alpha = {alpha}: {float(delta.lower)!r} is not attained, only {float(here)!r}"
                )
            seen += 1
    return seen

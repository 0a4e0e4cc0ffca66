"""Shuffled binary response: thresholds on the count, and how they change with the data set.

The symbolic checks are in u = w - 1 > 0, w = e^epsilon0: a polynomial in u without negative coefficients is not negative for any w > 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

import sympy

import accounting as csa
from accounting.numerics.factor import Factor
from accounting.pairs import binary
from proofs.exhaustive.exact_curves import ExactPair
from proofs.reference.counts import binary_delta, convolved

from .check import CheckFailedError, Evidence, checks

ALPHAS = tuple(map(Fraction, ("1", "9/8", "5/4", "3/2", "2", "3", "8")))
WIDTH = 1e-9

ODDS = sympy.Symbol("u", nonnegative=True)
FACTOR = sympy.Symbol("alpha", positive=True)

_W = sympy.Poly(ODDS + 1, ODDS)
_ONE = sympy.Poly(1, ODDS)
_ZERO = sympy.Poly(0, ODDS)


@lru_cache(maxsize=1024)
def others_law(ones: int, zeros: int) -> tuple[Any, ...]:
    """The law of the others' count of reported ones, times (1 + w)^(ones + zeros), as polynomials in u."""
    law = [_ONE]
    for truth, lie in [(_W, _ONE)] * ones + [(_ONE, _W)] * zeros:
        law = [
            (law[t - 1] * truth if t else _ZERO) + (law[t] * lie if t < len(law) else _ZERO)
            for t in range(len(law) + 1)
        ]
    return tuple(law)


def never_negative(polynomial: Any, case: str) -> None:
    """Ask that a polynomial in u has no negative coefficient."""
    if any(coefficient < 0 for coefficient in polynomial.all_coeffs()):
        raise CheckFailedError(f"{case}: {polynomial.as_expr()} has a negative coefficient")


def _at(law: Sequence[Any], t: int) -> Any:
    return law[t] if 0 <= t < len(law) else _ZERO


# ---------------------------------------------------------------- binary-threshold


@checks("binary-threshold", evidence=Evidence.SYMBOLIC, units=[(16,)])
def counts_are_log_concave(most: int) -> int:
    """For every w > 1: laws of the others' counts are log-concave, and the likelihood ratio of the released count rises; 2 to 16 users, all data sets."""
    return _log_concave(most)


@checks("binary-threshold", evidence=Evidence.SYMBOLIC, units=[(40,)], deep=True)
def larger_counts_are_log_concave(most: int) -> int:
    """For every w > 1: laws of the others' counts are log-concave, and the likelihood ratio of the released count rises; 2 to 40 users, all data sets."""
    return _log_concave(most)


def _log_concave(most: int) -> int:
    count = 0
    for users in range(2, most + 1):
        for ones in range(users):
            others = others_law(ones, users - 1 - ones)
            first, second = others_law(ones + 1, users - 1 - ones), others_law(ones, users - ones)
            for t in range(users + 1):
                case = f"{users} users, {ones} ones among the others, count {t}"
                never_negative(_at(others, t) ** 2 - _at(others, t - 1) * _at(others, t + 1), case)
                never_negative(_at(first, t + 1) * _at(second, t) - _at(first, t) * _at(second, t + 1), case)
                count += 1
    return count


def bracket(others: Sequence[Any], t: int, w: Any, alpha: Any) -> Any:
    """F(m, t) of the statement: ``A P(Z >= t - 1) - B P(Z >= t)``, for any number type."""
    gain, loss = (w - alpha) / (1 + w), (alpha * w - 1) / (1 + w)
    return gain * sum(others[max(t - 1, 0) :]) - loss * sum(others[t:])


@checks("binary-threshold", evidence=Evidence.SYMBOLIC)
def brackets_are_threshold_events() -> int:
    """For all w and alpha: F(m, t) is P(T >= t) - alpha Q(T >= t); 2 to 6 users, all data sets and thresholds."""
    count = 0
    for users in range(2, 7):
        for ones in range(users):
            total = (2 + ODDS) ** (users - 1)
            others = [mass.as_expr() / total for mass in others_law(ones, users - 1 - ones)]
            first, second = (
                [mass.as_expr() / (total * (2 + ODDS)) for mass in law]
                for law in (others_law(ones + 1, users - 1 - ones), others_law(ones, users - ones))
            )
            for t in range(1, users + 1):
                event = sum(first[t:]) - FACTOR * sum(second[t:])
                if sympy.cancel(bracket(others, t, 1 + ODDS, FACTOR) - event) != 0:
                    raise CheckFailedError(f"{users} users, {ones} ones, threshold {t}: F is not {event}")
                count += 1
    return count


@checks("binary-threshold", evidence=Evidence.EXHAUSTIVE, units=[(2,), (3,), (4,), (5,), (6,), (7,)])
def best_threshold_is_the_divergence(users: int) -> int:
    """All flip probabilities with denominators up to 7, 2 to 7 users, all data sets, every alpha from 1 to w; and the sign of F(m, t) - F(m, t + 1)."""
    return _thresholds(users, _flips(7))


@checks("binary-threshold", evidence=Evidence.EXHAUSTIVE, units=[(n,) for n in range(2, 13)], deep=True)
def best_threshold_is_the_divergence_of_more(users: int) -> int:
    """All flip probabilities with denominators up to 12, 2 to 12 users, all data sets, every alpha from 1 to w; and the sign of F(m, t) - F(m, t + 1)."""
    return _thresholds(users, _flips(12))


def _flips(denominator: int) -> list[Fraction]:
    return sorted(
        {Fraction(a, b) for b in range(3, denominator + 1) for a in range(1, b) if 2 * a < b}, reverse=True
    )


def _thresholds(users: int, flips: Sequence[Fraction]) -> int:
    """Both sides are convex and turn where the likelihood ratios are: they agree if they do there and half-way between."""
    count = 0
    for flip in flips:
        w = (1 - flip) / flip
        for ones in range(users):
            others = _listed(flip, ones, users - 1 - ones)
            laws = [_listed(flip, ones + 1, users - 1 - ones), _listed(flip, ones, users - ones)]
            pair = ExactPair.of_fractions(*(dict(enumerate(law)) for law in laws))
            turns = sorted({Fraction(1), w, *(Fraction(a, b) for a, b in pair.turns if b < a < w * b)})
            for alpha in (*turns, *((a + b) / 2 for a, b in pairwise(turns))):
                values = [bracket(others, t, w, alpha) for t in range(1, users + 1)]
                best = max(Fraction(0), *values)
                case = f"flip {flip}, {users} users, {ones} ones among the others, alpha = {alpha}"
                if pair.delta(alpha) != best:
                    raise CheckFailedError(
                        f"{case}: delta is {pair.delta(alpha)}, the best threshold gives {best}"
                    )
                if alpha < w:
                    ask_one_peak(values, case)
                count += 1
    return count


@lru_cache(maxsize=4096)
def _listed(flip: Fraction, ones: int, zeros: int) -> tuple[Fraction, ...]:
    law = convolved([1 - flip] * ones + [flip] * zeros)
    return tuple(law[(count,)] for count in range(ones + zeros + 1))


def _search(users: int, flips: Sequence[Fraction]) -> int:
    count = 0
    for flip in flips:
        w = (1 - flip) / flip
        randomizer = csa.BinaryRandomizedResponse(keep=1 - flip)
        for alpha in (alpha for alpha in ALPHAS if alpha < w):
            truths = [binary_delta(flip, ones, users, alpha) for ones in range(users)]
            worst = binary.worst_binary(users, Factor.of(w), Factor.of(alpha), WIDTH)
            case = f"flip {flip}, {users} users, alpha = {alpha}"
            if not worst.delta.lower <= max(truths) <= worst.delta.upper:
                raise CheckFailedError(f"{case}: delta is {max(truths)}, outside of {worst.delta}")
            if truths[worst.ones] < worst.delta.lower:
                raise CheckFailedError(
                    f"{case}: {worst.ones} ones lose {truths[worst.ones]}, not {worst.delta}"
                )
            for factor in (alpha, 1 / alpha):
                truth = _swapped(max(truths), alpha, factor)
                bounds = csa.Shuffle(randomizer, users).delta(alpha=factor)
                if not bounds.lower <= truth <= bounds.upper:
                    raise CheckFailedError(f"{case}, asked at {factor}: {truth} is outside of {bounds}")
                count += 1
    return count


def _swapped(delta: Fraction, alpha: Fraction, factor: Fraction) -> Fraction:
    """At 1/alpha the divergence of the other order; its data set is among those gone through."""
    return delta if factor == alpha else 1 - factor + factor * delta


@checks("binary-threshold", evidence=Evidence.EXHAUSTIVE, units=[(2,), (3,), (5,), (8,)])
def code_finds_the_worst_data(users: int) -> int:
    """The code's search against every data set: flip probabilities with denominators up to 7, 2, 3, 5 and 8 users, up to 14 factors."""
    return _search(users, _flips(7))


@checks("binary-threshold", evidence=Evidence.EXHAUSTIVE, units=[(12,), (25,), (31,)], deep=True)
def code_finds_the_worst_data_of_more(users: int) -> int:
    """The code's search against every data set: flip probabilities with denominators up to 5, 12, 25 and 31 users, up to 14 factors."""
    return _search(users, _flips(5))


# ---------------------------------------------------------------- binary-unimodal


def ask_one_peak(values: Sequence[Fraction], case: str) -> None:
    """Ask that a sequence rises, and then falls (both weakly)."""
    falls = [later < earlier for earlier, later in pairwise(values)]
    rises = [later > earlier for earlier, later in pairwise(values)]
    if any(True in rises[i:] for i, fell in enumerate(falls) if fell):
        raise CheckFailedError(f"{case}: {', '.join(map(str, values))} falls and rises again")


def _ratio_falls(most: int) -> int:
    """``P(Z' = t - 2)/P(Z' = t - 1)`` does not rise when one of the others turns from zero to one, cross-multiplied."""
    count = 0
    for users in range(3, most + 1):
        for ones in range(users - 2):
            fewer = others_law(ones, users - 2 - ones)
            more = others_law(ones + 1, users - 3 - ones)
            for t in range(1, users + 1):
                gap = _at(fewer, t - 2) * _at(more, t - 1) - _at(more, t - 2) * _at(fewer, t - 1)
                never_negative(gap, f"{users} users, from {ones} to {ones + 1} ones, threshold {t}")
                count += 1
    return count


@checks("binary-unimodal", evidence=Evidence.SYMBOLIC, units=[(16,)])
def difference_changes_sign_once(most: int) -> int:
    """For every w > 1 and alpha: F(m + 1, t) - F(m, t) turns from plus to minus at most once in m; 3 to 16 users, all thresholds."""
    return _ratio_falls(most)


@checks("binary-unimodal", evidence=Evidence.SYMBOLIC, units=[(40,)], deep=True)
def difference_changes_sign_once_with_more(most: int) -> int:
    """For every w > 1 and alpha: F(m + 1, t) - F(m, t) turns from plus to minus at most once in m; 3 to 40 users, all thresholds."""
    return _ratio_falls(most)


def brackets_of(flip: Fraction, users: int, alpha: Fraction) -> list[list[Fraction]]:
    """F(m, t) for m = 0 .. n - 1 (rows) and t = 1 .. n, from the laws of the others' counts."""
    w = (1 - flip) / flip
    return [
        [bracket(_listed(flip, ones, users - 1 - ones), t, w, alpha) for t in range(1, users + 1)]
        for ones in range(users)
    ]


def _peaks(users: int, flips: Sequence[Fraction]) -> int:
    count = 0
    for flip in flips:
        for alpha in (alpha for alpha in ALPHAS if alpha < (1 - flip) / flip):
            table = brackets_of(flip, users, alpha)
            case = f"flip {flip}, {users} users, alpha = {alpha}"
            for t, column in enumerate(zip(*table, strict=True), start=1):
                ask_one_peak(column, f"{case}, threshold {t}")
            for ones, row in enumerate(table):
                ask_one_peak(row, f"{case}, {ones} ones")
            count += 2 * users
    return count


@checks("binary-unimodal", evidence=Evidence.EXHAUSTIVE, units=[(n,) for n in range(2, 9)])
def brackets_have_one_peak(users: int) -> int:
    """F itself in fractions, along m and along t: flip probabilities with denominators up to 7, 2 to 8 users, up to 7 factors."""
    return _peaks(users, _flips(7))


@checks("binary-unimodal", evidence=Evidence.EXHAUSTIVE, units=[(n,) for n in (12, 16, 24)], deep=True)
def brackets_have_one_peak_with_more(users: int) -> int:
    """F itself in fractions, along m and along t: flip probabilities with denominators up to 12, 12, 16 and 24 users, up to 7 factors."""
    return _peaks(users, _flips(12))

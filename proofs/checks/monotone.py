"""Checks of what never hurts: one more user, a smaller epsilon0; and of delta = 0 and the clones pair.

For two laws with finitely many outcomes the divergence is piecewise linear in alpha: comparing at every likelihood
ratio, at 0 and beyond the last one compares at every alpha >= 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import comb

from flint import arb, ctx

from accounting.composition.exact_delta import exact_delta
from accounting.curves.pair_curve import PairCurve
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.pairs import of_randomizer
from accounting.pairs.of_randomizer import pairs_of
from accounting.randomizers import FiniteRandomizer, KaryRandomizedResponse
from accounting.shuffle import Shuffle

from ..reference.bounds import clones_delta
from ..reference.shuffle_enumeration import Law, hockey_stick, neighbours, released_law
from ..reference.walk import compositions
from .boxes import Side, exactly, positive_on
from .check import CheckFailedError, Evidence, checks
from .laws import laws

__all__ = [
    "averages_given_the_next_sum",
    "clones_walk_is_the_pair",
    "codes_bounds_fall_in_users",
    "degrading_keeps_response",
    "exact_deltas_rise_in_epsilon0",
    "least_epsilon_at_delta_zero",
    "one_more_user_never_hurts",
    "walk_bounds_fall_on_a_box",
]

F = Fraction
_INFINITE = F(10**9)
Channel = tuple[tuple[Fraction, ...], ...]


def _ratios(laws_: Sequence[tuple[Law, Law]]) -> list[Fraction]:
    """All alphas at which a divergence of the pairs changes its slope."""
    found = {F(0)}
    for p, q in laws_:
        found |= {p.get(y, F(0)) / mass for y, mass in q.items() if mass}
    return [*sorted(found), max(found) + 1]


def _channels(letters: int, denominator: int) -> Iterator[Channel]:
    """Go through channels of two inputs, up to the order of the letters."""
    for p, q in product(laws(letters, denominator), repeat=2):
        columns = list(zip(p, q, strict=True))
        if p != q and columns == sorted(columns):
            yield p, q


@checks("monotone-users", evidence=Evidence.SYMBOLIC)
def averages_given_the_next_sum() -> int:
    """3 atoms, all chances and values, n = 1 to 4: E[S_n/n | counts of n + 1] = S_(n+1)/(n+1), from which Jensen does the rest."""
    import sympy as sp

    p, g = sp.symbols("p:3", positive=True), sp.symbols("g:3", real=True)
    seen = 0

    def mass(counts: tuple[int, ...]) -> sp.Expr:
        ways, left, value = 1, sum(counts), sp.Integer(1)
        for a, chance in zip(counts, p, strict=True):
            ways, left, value = ways * comb(left, a), left - a, value * chance**a
        return ways * value

    for n in range(1, 5):
        for counts in compositions(n + 1, 3):
            total = sp.Integer(0)
            for i in range(3):
                if counts[i]:
                    before = tuple(a - (i == k) for k, a in enumerate(counts))
                    total += mass(before) * p[i] * sum(a * x for a, x in zip(before, g, strict=True)) / n
            whole = sum(a * x for a, x in zip(counts, g, strict=True)) / sp.Integer(n + 1)
            if sp.expand(total - mass(counts) * whole) != 0:
                raise CheckFailedError(f"n = {n}, counts {counts}: {total} is not {whole} times the mass")
            seen += 1
    return seen


@checks("monotone-users", evidence=Evidence.EXHAUSTIVE, units=((2, 6, 4), (3, 3, 4)))
@checks(
    "monotone-users",
    evidence=Evidence.EXHAUSTIVE,
    units=((2, 12, 5), (2, 16, 6), (3, 8, 4), (4, 4, 4)),
    deep=True,
)
def one_more_user_never_hurts(letters: int, denominator: int, users: int) -> int:
    """All channels of 2 inputs, 2 (3) messages, denominator 6 (3), all data sets of up to 3 users and one more: at every alpha."""
    seen = 0
    for channel in _channels(letters, denominator):
        for n in range(1, users):
            for others in product((0, 1), repeat=n - 1):
                small = released_law(channel, (0, *others)), released_law(channel, (1, *others))
                for more in (0, 1):
                    large = (
                        released_law(channel, (0, *others, more)),
                        released_law(channel, (1, *others, more)),
                    )
                    for alpha in _ratios([small, large]):
                        before, after = hockey_stick(*small, alpha), hockey_stick(*large, alpha)
                        if after > before:
                            raise CheckFailedError(
                                f"{channel}, others {others} and {more}, alpha = {alpha}: {after} > {before}"
                            )
                        seen += 1
    return seen


@checks("monotone-users", evidence=Evidence.ENCLOSED, units=((2, 2), (3, 2)))
@checks(
    "monotone-users", evidence=Evidence.ENCLOSED, units=((2, 3), (2, 4), (2, 6), (3, 3), (3, 4)), deep=True
)
def walk_bounds_fall_on_a_box(values: int, n: int) -> int:
    """Blanket walks of 2 and of 3 values, all w in [2, 4] and alpha in [1.05, 1.5]: E(S_n)_+/n for n = 2 above n = 3 on the box."""

    def walk(w: arb, alpha: arb, users: int) -> arb:
        lie = 1 / (w + values - 1)
        atoms = [
            (w - alpha, lie),
            (1 - alpha * w, lie),
            (1 - alpha, (values - 2) * lie),
            (arb(0), 1 - values * lie),
        ]
        total = arb(0)
        for counts in compositions(users, 4):
            end, mass, left = arb(0), arb(1), users
            for (g, p), a in zip(atoms, counts, strict=True):
                end, mass, left = end + g * a, mass * p**a * comb(left, a), left - a
            total += mass * arb(0).max(end)
        return total / users

    box: tuple[Side, ...] = ((F(2), F(4)), (F(105, 100), F(3, 2)))
    return positive_on(
        lambda w, alpha: walk(w, alpha, n) - walk(w, alpha, n + 1),
        box,
        what=f"one more than {n} users of {values} values",
    )


@checks("monotone-users", evidence=Evidence.PROPERTY)
def codes_bounds_fall_in_users() -> int:
    """Upper and lower pairs of 2-, 4- and 30-ary response and of a channel with a certain message, n = 2 to 10^6, five alphas."""
    channel = FiniteRandomizer([["1/2", "1/2", "0"], ["1/3", "1/3", "1/3"]])
    seen = 0
    for randomizer in (
        *(KaryRandomizedResponse.with_factor(k, Factor.of(F(3))) for k in (2, 4, 30)),
        channel,
    ):
        for alpha in (F(3, 4), F(1), F(101, 100), F(5, 4), F(2)):
            former: list[Enclosure] | None = None
            for users in (2, 3, 10, 30, 31, 1000, 10**6):
                pairs = pairs_of(randomizer, users)
                found = [pair.value(Factor.of(alpha), 1e-4).delta for pair in (*pairs.upper, *pairs.lower)]
                for before, after in zip(former or found, found, strict=True):
                    if after.lower > before.upper:
                        raise CheckFailedError(
                            f"{randomizer}, alpha = {alpha}: {users} users lose {after}, fewer lose {before}"
                        )
                    seen += 1
                former = found
    return seen


@checks("monotone-epsilon0", evidence=Evidence.SYMBOLIC)
def degrading_keeps_response() -> int:
    """All k, v, w: response at w, then T = b I + (1 - b) U, is response at v, both entries; 1 - b = k(w - v)/((w - 1)(v + k - 1))."""
    import sympy as sp

    k, v, w = sp.symbols("k v w", positive=True)

    def truth(x: sp.Expr) -> sp.Expr:
        return x / (x + k - 1)

    def lie(x: sp.Expr) -> sp.Expr:
        return 1 / (x + k - 1)

    def share(x: sp.Expr) -> sp.Expr:
        return (x - 1) / (x + k - 1)

    b = share(v) / share(w)
    same, other = b + (1 - b) / k, (1 - b) / k
    zeros = (
        truth(w) * same + (k - 1) * lie(w) * other - truth(v),
        truth(w) * other + lie(w) * same + (k - 2) * lie(w) * other - lie(v),
        1 - b - k * (w - v) / ((w - 1) * (v + k - 1)),
    )
    for zero in zeros:
        if sp.simplify(zero) != 0:
            raise CheckFailedError(f"{zero} is not zero")
    return len(zeros)


@checks("monotone-epsilon0", evidence=Evidence.PROPERTY)
def exact_deltas_rise_in_epsilon0() -> int:
    """K = 2, 3 and up to 4 users, 7 values of w from 5/4 to 8, six alphas: the exact delta of the code does not fall in w."""
    seen = 0
    for values, users in ((2, 2), (2, 3), (2, 4), (3, 2), (3, 3)):
        for alpha in (F(1, 2), F(1), F(11, 10), F(3, 2), F(2), F(4)):
            former: Fraction | None = None
            for w in (F(5, 4), F(3, 2), F(2), F(5, 2), F(3), F(5), F(8)):
                lie = 1 / (w + values - 1)
                kernel = FiniteRandomizer(
                    [[str(w * lie if x == y else lie) for y in range(values)] for x in range(values)]
                )
                found = exact_delta(Shuffle(kernel, users=users), alpha=alpha).delta
                low = found.lower if isinstance(found, Enclosure) else found
                if former is not None and low < former:
                    raise CheckFailedError(
                        f"{values} values, {users} users, alpha = {alpha}: {low} at w = {w}, {former} before"
                    )
                former, seen = low, seen + 1
    return seen


@checks("pure-ratio", evidence=Evidence.EXHAUSTIVE, units=((2, 5), (3, 4)))
@checks("pure-ratio", evidence=Evidence.EXHAUSTIVE, units=((2, 30), (3, 10), (4, 7)), deep=True)
def least_epsilon_at_delta_zero(letters: int, denominator: int) -> int:
    """All channels of 2 inputs, 2 (3) messages, denominator 5 (4), 1 to 3 users: the largest likelihood ratio, by all data sets."""
    seen = 0
    for channel in _channels(letters, denominator):
        if not all(any(column) for column in zip(*channel, strict=True)):
            continue  # a message that nobody sends is refused
        randomizer = FiniteRandomizer([[str(mass) for mass in row] for row in channel])
        for pair in ((0, 1), (1, 0)):
            found = of_randomizer.largest_ratio(randomizer, pair)
            ratio = _INFINITE if found is None or found.rational is None else found.rational
            for users in (1, 2, 3):
                for data, changed in neighbours(2, users):
                    if (data[0], changed[0]) == pair:
                        worst = _largest_ratio(released_law(channel, data), released_law(channel, changed))
                        alike = len(set(data[1:])) <= 1
                        if worst > ratio or (alike and worst < ratio):
                            raise CheckFailedError(
                                f"{channel}, {data} against {changed}: the largest ratio is {worst}, not {found}"
                            )
                        seen += 1
        answer = PairCurve(pairs_of(randomizer, 3)).epsilon(delta=0)
        ratio = max(_largest_ratio(_law_of(channel[i]), _law_of(channel[1 - i])) for i in (0, 1))
        with ctx.workprec(160):
            inside = arb(answer.lower) <= exactly(ratio).log() and exactly(ratio).log() <= arb(answer.upper)
            if answer.upper != math.inf if ratio == _INFINITE else not inside:
                raise CheckFailedError(f"{channel}: epsilon(0) is {answer}, not log {ratio}")
    return seen


def _law_of(row: Sequence[Fraction]) -> Law:
    """One report as a law."""
    return {(y,): mass for y, mass in enumerate(row)}


def _largest_ratio(first: Law, second: Law) -> Fraction:
    """The largest likelihood ratio."""
    ratios = [mass / second[y] if second.get(y) else _INFINITE for y, mass in first.items() if mass]
    return max(ratios)


@checks("clones-reduction", evidence=Evidence.PROPERTY)
def clones_walk_is_the_pair() -> int:
    """W = 3/2, 3, 10, 1 to 6 users, six alphas: the walk that the code evaluates contains the exact divergence of the pair."""
    seen = 0
    for w in (F(3, 2), F(3), F(10)):
        for users in range(1, 7):
            pair = of_randomizer.clones_pair(Factor.of(w), users)
            for alpha in (F(1, 2), F(1), F(6, 5), F(7, 4), F(3), F(9)):
                found, truth = pair.value(Factor.of(alpha), 1e-6).delta, clones_delta(w, users, alpha)
                if truth not in found:
                    raise CheckFailedError(
                        f"w = {w}, {users} users, alpha = {alpha}: {truth} is not in {found}"
                    )
                seen += 1
    return seen

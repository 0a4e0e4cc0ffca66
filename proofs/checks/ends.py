"""Noise whose density falls geometrically with the distance: which values lose most, and how continuous messages are cut."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations, product
from typing import Any

import accounting as csa
from accounting.numerics.ball import arb, exact_lower, exact_upper, precision
from proofs.reference.bounds import blanket_walk
from proofs.reference.laplace import pieces
from proofs.reference.randomizers import truncated_geometric

from .check import CheckFailedError, Evidence, checks

F = Fraction
ALPHAS = tuple(map(F, ("1/2", "1", "5/4", "2", "3")))
FEW_ALPHAS = tuple(map(F, ("1/2", "5/4", "3")))
DECAYS = tuple(map(F, ("1/3", "2/3", "9/10")))
GRID = ("0", "0.25", "0.5", "0.75", "1")
CUTS = ("0", "0.125", "0.25", "0.375", "0.5", "0.625", "0.75", "0.875", "1")
_DIGITS = F(1, 10**50)
_ROUNDING = 1e-13  # of sums of a hundred floats

Classes = Sequence[tuple[Fraction, Fraction, Fraction]]


@checks("farthest-ends", evidence=Evidence.PROPERTY, units=((2, 3), (3, 3), (4, 2), (5, 2)))
def ends_lose_most_in_the_walk(levels: int, users: int) -> int:
    """The blanket walk of all pairs of 3 to 6 levels of geometric noise, three decays, 2 and 3 users, five factors: none is above that of the ends."""
    count = 0
    for decay, alpha in product(DECAYS, ALPHAS):
        channel = truncated_geometric(levels, decay)
        most = blanket_walk(channel, (0, levels), users, alpha)
        for pair in permutations(range(levels + 1), 2):
            found = blanket_walk(channel, pair, users, alpha)
            if found > most:
                case = f"{levels + 1} levels, decay = {decay}, {users} users, alpha = {alpha}, values {pair}"
                raise CheckFailedError(f"{case}: {found} > {most}")
            count += 1
    return count


@checks("farthest-ends", evidence=Evidence.PROPERTY, units=(("0.5",), ("5",)), deep=True)
def code_bounds_more_laplace_noise(epsilon0: str) -> int:
    """The same for less and more noise: epsilon0 = 1/2 and 5."""
    return code_bounds_laplace_noise(epsilon0)


@checks("farthest-ends", evidence=Evidence.PROPERTY, units=(("2",),))
def code_bounds_laplace_noise(epsilon0: str) -> int:
    """The code's ends for Laplace noise, epsilon0 = 2, against all data sets of five values of the interval, messages rounded to ten pieces, 2 users, three factors."""
    return code_bounds_noise(csa.LaplaceNoise(epsilon0), pieces(epsilon0, GRID, CUTS), FEW_ALPHAS)


def code_bounds_noise(
    randomizer: csa.Randomizer, channel: Sequence[Sequence[Any]], alphas: Sequence[Fraction]
) -> int:
    """Compare the code's upper end among 2 users with all data sets of the values whose rounded messages the channel has, in floats."""
    shuffle, count = csa.Shuffle(randomizer, users=2), 0
    rows = [[float(mass) for mass in row] for row in channel]
    most = dict.fromkeys(alphas, 0.0)
    for other, (old, new) in product(range(len(rows)), permutations(range(len(rows)), 2)):
        first, second = (_released(rows[value], rows[other]) for value in (old, new))
        for alpha in alphas:
            found = sum(max(0.0, p - float(alpha) * q) for p, q in zip(first, second, strict=True))
            most[alpha] = max(most[alpha], found)
            count += 1
    for alpha in alphas:
        bounds = shuffle.delta(alpha=alpha)
        if not most[alpha] <= bounds.upper + _ROUNDING:
            raise CheckFailedError(
                f"{randomizer.describe()}, alpha = {alpha}: {most[alpha]} > {bounds.upper!r}"
            )
    return count


def _released(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """The law of two shuffled messages: of unordered pairs."""
    return [
        one[i] * other[j] + (one[j] * other[i] if i != j else 0.0)
        for i in range(len(one))
        for j in range(i + 1)
    ]


# ---------------------------------------------------------------- spread-letters


def positive_part(classes: Classes, users: int, alpha: Fraction) -> Fraction:
    """``E (G_1 + .. + G_n)_+`` for classes of masses (f, g, m), by going through all sequences; the rest of the mass of m is at 0."""
    steps = [((f - alpha * g) / m, m) for f, g, m in classes if m]
    steps.append((F(0), 1 - sum((m for _, m in steps), F(0))))
    total = F(0)
    for drawn in product(steps, repeat=users):
        chance, value = F(1), F(0)
        for step, mass in drawn:
            chance *= mass
            value += step
        total += chance * max(value, F(0))
    return total


def spread(f: Fraction, g: Fraction, m: Fraction, high: Fraction, low: Fraction) -> Classes:
    """Spread one class onto the ratios ``high`` and ``low`` of its first mass, the second ratio being the same."""
    share = (f - low * m) / (high - low)
    ratio = g / m
    return [(high * share, ratio * share, share), (low * (m - share), ratio * (m - share), m - share)]


@checks("spread-letters", evidence=Evidence.EXHAUSTIVE, units=((2,), (3,)))
def spreading_never_lowers_a_walk(users: int) -> int:
    """Two classes with all ratios out of 1/2, 1, 2 and reference masses of 1/4 and 1/2, one of them spread by three widths; 2 and 3 users, five factors."""
    ratios, masses, count = (F(1, 2), F(1), F(2)), (F(1, 4), F(1, 2)), 0
    for u, v, x, m, k, alpha in product(ratios, ratios, ratios, masses, masses, ALPHAS):
        one, other = (u * m, v * m, m), (x * k, k, k)
        before = positive_part([one, other], users, alpha)
        for high, low in ((u + F(1, 2), u - F(1, 2)), (u + 1, u), (u + F(1, 3), u - F(1, 4))):
            after = positive_part([*spread(*one, high, low), other], users, alpha)
            if after < before:
                case = f"{one} and {other}, ratios {high} and {low}, {users} users, alpha = {alpha}"
                raise CheckFailedError(f"{case}: {after} < {before}")
            count += 1
    return count


@checks("spread-letters", evidence=Evidence.PROPERTY)
def code_spreads_laplace_noise() -> int:
    """The code's spread letters for Laplace noise: total masses against the definition, and every ratio between e^-epsilon0 and e^epsilon0; four epsilon0."""
    count = 0
    for epsilon0 in ("0.1", "1", "3", "12"):
        first, second = pieces(epsilon0, ("0", "1"), ("0", "0.5", "1"))
        least = [min(a, b) for a, b in zip(first, second, strict=True)]
        with precision(300):
            letters = csa.LaplaceNoise(epsilon0).spread_letters(24)
            lower = [a for a in letters if a.first > a.second]
            wanted = (
                ("the reference", sum((a.reference for a in letters), arb(0)), F(1)),
                ("the first end", sum((a.first for a in letters), arb(0)), F(1)),
                ("the second end", sum((a.second for a in letters), arb(0)), F(1)),
                (
                    "what nobody sends",
                    letters[-1].reference,
                    1 - sum((F(int(mass * 10**55), 10**55) for mass in least), F(0)),
                ),
            )
            for name, found, truth in wanted:
                if not exact_lower(found) - _DIGITS <= truth <= exact_upper(found) + _DIGITS:
                    raise CheckFailedError(f"epsilon0 = {epsilon0}, mass of {name}: {found} and {truth}")
                count += 1
            for letter in lower:
                if letter.second - letter.reference != 0 and not (letter.second - letter.reference).contains(
                    0
                ):
                    raise CheckFailedError(
                        f"epsilon0 = {epsilon0}: a letter of the lower half off its segment"
                    )
                count += 1
    return count

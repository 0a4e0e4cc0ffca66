"""Releases that are counts of a vector's coordinates: binomial quantiles, Gaussian shifts, Gram matrices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, product
from math import ceil, comb, floor, isqrt
from random import Random

import sympy as sp
from flint import arb, ctx

import accounting as csa
from accounting.numerics.factor import Factor
from accounting.pairs import gaussian_shift
from accounting.pairs.of_randomizer import pairs_of
from accounting.randomizers import gram

from .boxes import exactly, phi
from .check import CheckFailedError, Evidence, checks

__all__ = [
    "contexts_are_within_the_distance",
    "corners_of_the_windows",
    "distance_is_a_square",
    "quantiles_of_binomial_laws",
    "rounded_vectors_by_enumeration",
    "shifted_vectors_by_enumeration",
    "the_ratio_is_an_average",
]

F = Fraction
CHANCES = tuple(map(F, ("1/2", "1/3", "1/20", "4/5")))
ALPHAS = tuple(map(F, ("1/3", "1", "11/10", "3/2", "3", "8")))


def binomial(total: int, p: Fraction) -> list[Fraction]:
    """The law of Bin(total, p), by its definition."""
    return [comb(total, k) * p**k * (1 - p) ** (total - k) for k in range(total + 1)]


# ---------------------------------------------------------------- binomial-normal


@checks("binomial-normal", evidence=Evidence.ENCLOSED, units=tuple((p, 2, 40) for p in range(len(CHANCES))))
@checks(
    "binomial-normal",
    evidence=Evidence.ENCLOSED,
    units=tuple((p, 41, 160) for p in range(len(CHANCES))),
    deep=True,
)
def quantiles_of_binomial_laws(chance: int, fewest: int, most: int) -> int:
    """Every count of Bin(N, p), N = 2 .. 40 and four p (deep: to 160): exact tails between Phi(c(k)) and Phi(c(k+1)), steps of c below kappa."""
    p, seen = CHANCES[chance], 0
    for total in range(fewest, most + 1):
        tail = F(0)
        with ctx.workprec(100 + 6 * total):
            roots = {k: gaussian_shift._quantile(total, k, p) for k in range(1, total)}
            for k, mass in enumerate(binomial(total, p)[:-1]):
                tail += mass
                if k + 1 in roots and not exactly(tail) <= phi(roots[k + 1]):
                    raise CheckFailedError(
                        f"N = {total}, p = {p}: P(Z <= {k}) = {float(tail)} is above Phi(c({k + 1}))"
                    )
                if k in roots and not exactly(tail) >= phi(roots[k]):
                    raise CheckFailedError(
                        f"N = {total}, p = {p}: P(Z <= {k}) = {float(tail)} is below Phi(c({k}))"
                    )
                seen += 2
            for low, high in _around(total, p):
                step = gaussian_shift._steepest(total, low, high)
                for k in range(low, high):
                    if roots[k + 1] - roots[k] > step:
                        raise CheckFailedError(f"N = {total}, p = {p}: c grows by more than {step} from {k}")
                    seen += 1
    return seen


def _around(total: int, p: Fraction) -> Iterator[tuple[int, int]]:
    """Windows that contain the mean."""
    mean = total * p
    for low in range(1, total):
        for high in range(low + 1, total):
            if low <= mean <= high and (high - low) % 3 == 1:
                yield low, high


@checks("binomial-normal", evidence=Evidence.SYMBOLIC)
def the_ratio_is_an_average() -> int:
    """For all z, p: the divergence is the integral of (1-v) g(v) from y to 1, g falls, and the derivative of D is the bracket."""
    z, p, v = sp.symbols("z p v", positive=True)
    y = (1 - z) / (1 - p)
    g = (1 - z) / (v * (v - (1 - z)))
    divergence = z * sp.log(z / p) + (1 - z) * sp.log((1 - z) / (1 - p))
    of_integral = -((1 - y) * g.subs(v, y)) * sp.diff(y, p)
    zeros = [
        sp.simplify(sp.diff(divergence, p) - of_integral),  # both vanish at p = z
        sp.simplify(divergence.subs(p, z)),
        sp.simplify((z - p) / (1 - p) - (1 - y)),
        # g falls: its derivative is -(1-z)(2v - (1-z))/(v (v - (1-z)))^2, negative for v > 1-z
        sp.simplify(sp.diff(g, v) + (1 - z) * (2 * v - (1 - z)) / (v * (v - (1 - z))) ** 2),
    ]
    total, k = 7, 3
    count = k + 1
    tail = sum(sp.binomial(total, i) * p**i * (1 - p) ** (total - i) for i in range(count))
    slope = -(total - k) * sp.binomial(total, k) * p**k * (1 - p) ** (total - count)
    zeros.append(sp.expand(sp.diff(tail, p) - slope))
    half = total * divergence.subs(z, sp.Rational(count, total))  # c^2/2
    zeros.append(sp.simplify(sp.diff(half, p) + (count - total * p) / (p * (1 - p))))
    for zero in zeros:
        if zero != 0:
            raise CheckFailedError(f"{zero} is not zero")
    return len(zeros)


# ---------------------------------------------------------------- gaussian-shift

Law = dict[tuple[int, ...], int]
"""Numerators over a common denominator."""


def weights(total: int, p: Fraction) -> list[int]:
    """The law of Bin(total, p) times ``denominator^total``."""
    one, other = p.numerator, p.denominator - p.numerator
    weights = [other**total]
    for k in range(total):
        weights.append(weights[-1] * (total - k) * one // ((k + 1) * other))
    return weights


def moved(noise: Sequence[int], shift: Sequence[int]) -> Law:
    """Independent noises, each shifted."""
    law: Law = {(): 1}
    for by in shift:
        law = {(*key, k + by): mass * share for key, mass in law.items() for k, share in enumerate(noise)}
    return law


def divergence(first: Law, second: Law, alpha: Fraction) -> Fraction:
    """The exact hockey-stick divergence of two laws with the same denominator."""
    up, down = alpha.numerator, alpha.denominator
    best = sum(max(down * mass - up * second.get(key, 0), 0) for key, mass in first.items())
    return F(best, down * sum(first.values()))


def bound(randomizer: csa.VectorCount, alpha: Fraction) -> Fraction:
    """What the code certifies for two users."""
    return max(pair.value(Factor.of(alpha), 1e-9).delta.upper for pair in pairs_of(randomizer, 2).upper)


def compared(randomizer: csa.VectorCount, first: Law, second: Law, case: str) -> int:
    """Compare both orders at several factors with what the code certifies."""
    for alpha in ALPHAS:
        most = bound(randomizer, alpha)
        for one, other in ((first, second), (second, first)):
            exact = divergence(one, other, alpha)
            if exact > most:
                raise CheckFailedError(f"{case}, alpha = {alpha}: {float(exact)} is above {float(most)}")
    return 2 * len(ALPHAS)


@checks("gaussian-shift", evidence=Evidence.EXHAUSTIVE, units=((20, 1, 0), (24, 2, 0), (30, 1, 1)))
@checks(
    "gaussian-shift", evidence=Evidence.EXHAUSTIVE, units=((48, 2, 1), (90, 2, 0), (150, 1, 2)), deep=True
)
def shifted_vectors_by_enumeration(bits: int, levels: int, chance: int) -> int:
    """Two coordinates, all whole shifts within the length, noise of two users: exact divergences of both orders are below the bound."""
    p, seen = CHANCES[chance], 0
    noise = weights(2 * bits, p)
    still = moved(noise, (0, 0))
    reach = range(-2 * levels, 2 * levels + 1)
    for shift in ((a, b) for a, b in product(reach, repeat=2) if a >= abs(b) and a):
        # vectors on the grid, just within the declared distance
        least = (root_below(F(sum(step**2 for step in shift))) + F(1, 10**6)) / levels
        randomizer = csa.VectorCount(2, levels, min(least, F(2828427, 10**6)), bits, p)
        case = f"N = {2 * bits}, p = {p}, shift {shift}"
        seen += compared(randomizer, moved(noise, shift), still, case)
    return seen


def root_below(value: Fraction) -> Fraction:
    scale = 10**6
    return F(isqrt(int(value * scale**2)), scale)


@checks("gaussian-shift", evidence=Evidence.EXHAUSTIVE, units=((16, 1, 0),))
@checks("gaussian-shift", evidence=Evidence.EXHAUSTIVE, units=((20, 1, 1), (30, 1, 0), (20, 2, 0)), deep=True)
def rounded_vectors_by_enumeration(bits: int, levels: int, chance: int) -> int:
    """Two coordinates in thirds of a level, rounded at random: the exact laws of two users' release are below the bound."""
    p, seen = CHANCES[chance], 0
    noise = weights(2 * bits, p)
    thirds = (-3 * levels, -1, 0, 2, 3 * levels - 1)
    for x in product(thirds, repeat=2):
        for z in ((0, 0), (1, -1), (3 * levels, -2)):
            square = F(sum((a - b) ** 2 for a, b in zip(x, z, strict=True)), (3 * levels) ** 2)
            sensitivity = root_below(square) + F(1, 10**6)
            if sensitivity * levels < 1 or sensitivity**2 > 8:
                continue
            randomizer = csa.VectorCount(2, levels, sensitivity, bits, p)
            first, second = released(noise, x), released(noise, z)
            seen += compared(randomizer, first, second, f"N = {2 * bits}, p = {p}, {x} against {z} in thirds")
    return seen


def released(noise: Sequence[int], thirds: Sequence[int]) -> Law:
    """Both counts of a vector given in thirds of a level: each coordinate is rounded down or up by itself."""
    law: Law = {(): 1}
    for value in thirds:
        down, up = divmod(value, 3)
        coordinate = [0] * (len(noise) + 1)
        for k, share in enumerate(noise):
            coordinate[k] += share * (3 - up)
            coordinate[k + 1] += share * up
        law = {
            (*key, k + down): mass * share for key, mass in law.items() for k, share in enumerate(coordinate)
        }
    return law


@checks("gaussian-shift", evidence=Evidence.ENCLOSED, units=((200, 8, 0), (900, 8, 2), (400, 3, 3)))
@checks(
    "gaussian-shift",
    evidence=Evidence.ENCLOSED,
    units=((1500, 30, 0), (5000, 12, 2), (1200, 20, 1)),
    deep=True,
)
def corners_of_the_windows(total: int, levels: int, chance: int) -> int:
    """Every threshold of every window, three distances: exact tails, no Gaussian test does better than the corner, and what is outside is within the tail."""
    p, seen = CHANCES[chance], 0
    mean = total * p
    noise = binomial(total, p)
    tails = list(accumulate(noise))
    with ctx.workprec(300):
        quantiles = [_quantile_above(tail) for tail in tails]
        balls, above = [exactly(tail) for tail in tails], [exactly(1 - tail) for tail in tails]
        for shift, distance in ((2, F(1, levels)), (levels + 1, F(1)), (2 * levels, F(2))):
            # one coordinate, so the shift that rounding can make of the distance is whole
            randomizer = csa.VectorCount(1, levels, distance, total // 2, p)
            for window, spread in zip(
                gaussian_shift.shift_windows(randomizer, 2), gaussian_shift._SPREADS, strict=False
            ):
                mu = exactly(window.mu)
                half = isqrt(ceil(spread**2 * mean * (1 - p))) + 1
                low, high = floor(mean) - half, ceil(mean) + half
                if tails[low] + 1 - tails[high - 1] > window.tail.upper:
                    raise CheckFailedError(
                        f"N = {total}, p = {p}: more than {float(window.tail.upper)} is outside of {low} .. {high}"
                    )
                for k in range(max(low, shift), high + shift):
                    place = quantiles[k] - mu
                    if not (phi(place) <= balls[k - shift] or phi(-place) >= above[k - shift]):
                        raise CheckFailedError(
                            f"N = {total}, p = {p}: {shift} steps down from {k} are more than {float(window.mu)}"
                        )
                    seen += 1
    return seen


def _quantile_above(tail: Fraction) -> arb:
    """A number at which the normal law certainly has no less below it, and hardly more."""
    upper_half = tail > F(1, 2)
    side = exactly(1 - tail if upper_half else tail)
    if side == 0:
        return arb(1000)
    place = _log_quantile(side)
    high = arb(-place if upper_half else place) + arb(2) ** -30
    if not (phi(-high) <= side if upper_half else phi(high) >= side):
        raise CheckFailedError(f"no quantile was found for {float(tail)}")
    return high


def _log_quantile(chance: arb) -> float:
    """About the x < 0 with ``Phi(x) = chance``, by bisection."""
    low, high = -1000.0, 0.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if phi(arb(middle)) >= chance else (middle, high)
    return high


# ---------------------------------------------------------------- gram-sensitivity


@checks("gram-sensitivity", evidence=Evidence.SYMBOLIC)
def distance_is_a_square() -> int:
    """For all weights and inner products of unit vectors: the claim minus the distance is a square, and lengths and rewards only help."""
    r, t, c, y, w, weight = sp.symbols("r t c y w l", nonnegative=True)
    distance = r**2 + t**2 - 2 * c**2 + weight**2 * (r * y**2 + t * w**2 - 2 * y * w * c)
    most = 2 * (1 + weight**2 / 2) ** 2
    units = distance.subs({r: 1, t: 1, y: 1, w: 1})
    zeros = [
        sp.expand(most - units - 2 * (c + weight**2 / 2) ** 2),
        sp.expand(sp.diff(distance.subs({y: 1, w: 1}), r) - (2 * r + weight**2)),  # rises in the lengths
        sp.expand(
            sp.diff(distance, y, 2) * sp.diff(distance, w, 2)
            - sp.diff(distance, y, w) ** 2
            - 4 * weight**4 * (r * t - c**2)
        ),
        sp.expand(most - (2 + weight**2) - (weight**2 + weight**4 / 2)),  # the corner (1, 0) is less
    ]
    x, z = sp.symbols("x:3", real=True), sp.symbols("z:3", real=True)
    first, second = sp.Matrix(x), sp.Matrix(z)
    square = sum(entry**2 for entry in first * first.T - second * second.T)
    inner = first.dot(second)
    zeros.append(sp.expand(square - (first.dot(first) ** 2 + second.dot(second) ** 2 - 2 * inner**2)))
    for zero in zeros:
        if zero != 0:
            raise CheckFailedError(f"{zero} is not zero")
    return len(zeros)


@checks("gram-sensitivity", evidence=Evidence.PROPERTY, units=((2, 2000), (3, 1000), (5, 500)))
def contexts_are_within_the_distance(features: int, draws: int) -> int:
    """Drawn pairs of contexts and rewards, many of them near the farthest: squared distances in rationals are not above the code's."""
    random, nearest = Random(features), F(10)
    weights = [F(1), F(1, 2), F(3, 10)]
    for draw in range(draws):
        weight = weights[draw % 3]
        x, z = _context(random, features), _context(random, features)
        if draw % 2:  # next to the worst inner product
            z = _toward(x, z, -(weight**2) / 2)
        y, w = (F(1), F(1)) if draw % 4 < 3 else (F(random.randint(0, 8), 8), F(random.randint(0, 8), 8))
        square = sum((a * b - c * d) ** 2 for (a, c), (b, d) in product(zip(x, z, strict=True), repeat=2))
        square += weight**2 * sum((y * a - w * b) ** 2 for a, b in zip(x, z, strict=True))
        most = gram.gram_sensitivity(weight)
        if square > most**2:
            raise CheckFailedError(
                f"{x}, {z}, rewards {y}, {w}, weight {weight}: {float(square)} is above {float(most**2)}"
            )
        nearest = min(nearest, most**2 - square)
    if nearest > F(1, 100):
        raise CheckFailedError(f"no drawn pair comes near the distance: {float(nearest)}")
    return draws


def _context(random: Random, features: int) -> list[Fraction]:
    entries = [F(round(random.gauss(0, 1) * 1000), 1000) or F(1, 1000) for _ in range(features)]
    return _shortened(entries)


def _shortened(entries: list[Fraction]) -> list[Fraction]:
    """Scale to a length just below 1."""
    length = root_below(sum((entry * entry for entry in entries), F(0))) + F(1, 10**5)
    return [entry / length for entry in entries]


def _toward(x: list[Fraction], z: list[Fraction], inner: Fraction) -> list[Fraction]:
    """A vector of length about 1 with about that inner product with x."""
    along = sum(a * b for a, b in zip(x, z, strict=True))
    across = [b - along * a for a, b in zip(x, z, strict=True)]
    length = root_below(sum((entry * entry for entry in across), F(0))) + F(1, 10**5)
    side = root_below(1 - inner**2)
    return _shortened([inner * a + side * b / length for a, b in zip(x, across, strict=True)])

"""The published formulas once more, in mpmath and from their wording: what the enclosures have to contain."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import mpmath

from accounting.numerics.enclosure import Enclosure

DIGITS = 50


@contextmanager
def digits() -> Iterator[Any]:
    """Work with 50 digits inside the block."""
    with mpmath.workdps(DIGITS):
        yield mpmath.mp


def number(value: Fraction | int) -> Any:
    value = Fraction(value)
    return mpmath.mpf(value.numerator) / value.denominator


def holds(found: Enclosure, value: Any, *, relative_width: float = 1e-15) -> bool:
    """Whether an enclosure contains a number that is known to 40 digits, and is narrow."""
    room = abs(value) * mpmath.mpf(10) ** (10 - DIGITS)
    near = number(found.lower) <= value + room and value - room <= number(found.upper)
    return near and float(found.width) <= relative_width * float(abs(value))


def erlingsson(epsilon0: Any, users: int, delta: Any) -> Any:
    return 12 * epsilon0 * mpmath.sqrt(mpmath.log(1 / delta) / users)


def kary_blanket(w: Any, values: int, users: int, delta: Any) -> Any:
    """The epsilon at which the required gamma is that of the randomizer, by solving for it."""
    gamma, low, high = values / (w + values - 1), mpmath.mpf(0), mpmath.mpf(1)
    for _ in range(200):
        epsilon = (low + high) / 2
        spread = 14 * values * mpmath.log(2 / delta) / ((users - 1) * epsilon**2)
        needed = max(spread, 27 * values / ((users - 1) * epsilon))
        low, high = (epsilon, high) if needed > gamma else (low, epsilon)
    return high


def clones(w: Any, users: int, delta: Any) -> Any:
    root = mpmath.sqrt(w * mpmath.log(4 / delta)) / mpmath.sqrt(users)
    return mpmath.log(1 + (w - 1) / (w + 1) * (8 * root + 8 * w / users))


def stronger_clones(w: Any, users: int, delta: Any) -> Any:
    """As the paper writes it, with ``4 sqrt(2 log(4/delta)) / sqrt((w + 1) n) + 4/n``."""
    root = 4 * mpmath.sqrt(2 * mpmath.log(4 / delta)) / mpmath.sqrt((w + 1) * users)
    return mpmath.log(1 + (w - 1) * (root + mpmath.mpf(4) / users))


def cheu(w: Any, users: int, delta: Any) -> Any:
    noisy = 2 * users / (w + 1)
    surely = noisy - mpmath.sqrt(2 * noisy * mpmath.log(2 / delta))
    return mpmath.sqrt(32 * mpmath.log(4 / delta) / surely) * (1 - surely / users)


def balcer_cheu(p: Any, users: int, delta: Any) -> Any:
    return mpmath.sqrt(50 * mpmath.log(2 / delta) / (users * (1 - p)))


def smooth(levels: int, bits: int, p: Any, users: int, alpha: Any) -> Any:
    """``epsilon = levels log((1 + a)/(1 - a))``, solved for a."""
    root = alpha ** (mpmath.mpf(1) / levels)
    a, m = (root - 1) / (root + 1), users * bits * min(p, 1 - p)
    return mpmath.exp(-(a**2) * m / 8) + mpmath.exp(-(a**2) * m / (8 + 2 * a))


def renyi(w: Any, users: int, delta: Any, order: int) -> Any:
    m = mpmath.floor((users - 1) / (2 * w)) + 1
    rare = mpmath.log(w) * order - (users - 1) / (8 * w)
    rho = mpmath.log(mpmath.exp(order**2 * (w - 1) ** 2 / m) + mpmath.exp(rare)) / (order - 1)
    return (
        rho
        + mpmath.log((order - 1) / mpmath.mpf(order))
        - (mpmath.log(delta) + mpmath.log(order)) / (order - 1)
    )


def kary_gains(w: Any, values: int, alpha: Any) -> list[tuple[Any, Any]]:
    """The values of L under the blanket of k-ary response, with their chances."""
    gamma = values / (w + values - 1)
    gains = [gamma * (w - alpha), gamma * (1 - alpha * w), *[gamma * (1 - alpha)] * (values - 2)]
    return [(gain, mpmath.mpf(1) / values) for gain in gains]


def averaged(gamma: Any, users: int, bound: Any) -> Any:
    """``(1/(n gamma)) E[bound(M); M >= 1]``, M ~ Bin(n, gamma), one term after another."""
    total = mpmath.fsum(
        mpmath.binomial(users, m) * gamma**m * (1 - gamma) ** (users - m) * bound(m)
        for m in range(1, users + 1)
    )
    return total / (users * gamma)


def hoeffding(gains: list[tuple[Any, Any]], gamma: Any, users: int, alpha: Any) -> Any:
    """With the term at M = 0, which the closed form keeps."""
    a, b = alpha - 1, max(g for g, _ in gains) - min(g for g, _ in gains)
    without = averaged(gamma, users, lambda m: b**2 / (4 * a) * mpmath.exp(-2 * m * a**2 / b**2))
    return without + (1 - gamma) ** users * b**2 / (4 * a) / (users * gamma)


def bennett(gains: list[tuple[Any, Any]], gamma: Any, users: int, alpha: Any) -> Any:
    a, b, c = alpha - 1, max(g for g, _ in gains), mpmath.fsum(g**2 * p for g, p in gains)
    u = a * b / c
    rate = c / b**2 * ((1 + u) * mpmath.log(1 + u) - u)
    return averaged(gamma, users, lambda m: mpmath.exp(-m * rate) * b / mpmath.log(1 + u))


def gaussian(mu: Any, alpha: Any) -> Any:
    t = mpmath.log(alpha) / mu
    return mpmath.ncdf(mu / 2 - t) - alpha * mpmath.ncdf(-mu / 2 - t)


def tangent(mu: Any, alpha: Any) -> Any:
    """The same to first order, as the integral of the normal tail from ``epsilon/mu`` on."""
    t = mpmath.log(alpha) / mu
    return mu * mpmath.quad(lambda x: (x - t) * mpmath.npdf(x), [t, t + 5, t + 40])

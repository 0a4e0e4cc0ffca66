"""Differences of tails of a sum of two kinds of Bernoulli variables, by a finite Fourier sum.

For Z = Bin(m, p1) + Bin(l, p2), an integer shift g >= 1 and numbers A, B >= 0, the *bracket*

    F(m, t) = A P(Z >= t - g) - B P(Z >= t)

is, for c > 0 and N equally spaced nodes s_j = c + 2 pi i j / N, the real part of

    (1/N) sum_j M1(s_j)^m M2(s_j)^l e^{-t s_j} (A e^{g s_j} - B) / (1 - e^{-s_j})

up to aliases, with M1, M2 the moment generating functions of one variable of each kind. The sum makes
sense for real m and t too, which is what bounds whole blocks of data sets at once. Statement:
lattice-contour.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..claims import relies_on
from .ball import acb, arb, arb_poly, exact_lower

__all__ = [
    "Bracket",
    "LatticeContour",
    "bernoulli_law",
    "choose_contour",
    "combined",
    "larger",
    "moved",
    "nearest_whole",
    "tilted_mean",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracket:
    """What is to be summed; probabilities and weights in balls at the working precision.

    Attributes:
        total: m + l, the number of Bernoulli variables.
        first: p1, the chance of a one in each of m variables.
        second: p2, the chance of a one in each of the other l = total - m.
        shift: g, at least 1.
        gain: A, at least 0.
        loss: B, at least 0.
    """

    total: int
    first: arb
    second: arb
    shift: int
    gain: arb
    loss: arb


@dataclass(frozen=True)
class LatticeContour:
    """The nodes and everything at them that does not depend on m and t.

    Coordinates: ``t = origin + slope m + y``; along constant y the first term does not change with m.

    Attributes:
        bracket: what is summed.
        abscissa: c > 0.
        beyond: lambda > c, the exponent of the Chernoff bound for the aliases on the right.
        nodes: N; ``kept`` of them are evaluated on each side of the real axis, and the real one.
        origin: see above.
    """

    bracket: Bracket
    abscissa: float
    beyond: float
    nodes: int
    kept: int
    origin: int

    @cached_property
    def slope(self) -> arb:
        """How far t moves along the ridge for one more variable of the first kind."""
        c = arb(self.abscissa)
        slope: arb = (_moment(self.bracket.first, c).log() - _moment(self.bracket.second, c).log()) / c
        return slope

    @cached_property
    def points(self) -> list[acb]:
        """The kept nodes s_j, j = 0 .. kept."""
        turn = 2 * arb.pi() / self.nodes
        return [acb(arb(self.abscissa), turn * j) for j in range(self.kept + 1)]

    @cached_property
    def rates(self) -> list[acb]:
        """Coefficients of m in the exponents: ``log M1 - log M2 - slope s``; the first one is 0."""
        first, second = self.bracket.first, self.bracket.second
        return [
            (acb(_moment(first, s)).log() - acb(_moment(second, s)).log() - self.slope * s) if j else acb(0)
            for j, s in enumerate(self.points)
        ]

    @cached_property
    def bases(self) -> list[acb]:
        """Factors ``(1/N) M2(s)^total e^{-origin s}``, doubled where the conjugate is another node."""
        b = self.bracket
        values = []
        for j, s in enumerate(self.points):
            exponent = b.total * acb(_moment(b.second, s)).log() - s * arb(self.origin)
            values.append(exponent.exp() * self._multiplicity(j) / self.nodes)
        return values

    def _multiplicity(self, j: int) -> int:
        return 1 if j == 0 or 2 * j == self.nodes else 2

    @cached_property
    def tail_kernel(self) -> list[acb]:
        """The kernel of the bracket."""
        return [kernel / (1 - (-s).exp()) for kernel, s in zip(self.fall_kernel, self.points, strict=True)]

    @cached_property
    def fall_kernel(self) -> list[acb]:
        """The kernel of ``A P(Z = t - g) - B P(Z = t)``, the bracket's fall from t to t + 1."""
        b = self.bracket
        return [b.gain * (s * b.shift).exp() - b.loss for s in self.points]

    @cached_property
    def drift_kernel(self) -> list[acb]:
        """The kernel of the bracket's derivative in m."""
        return [kernel * rate for kernel, rate in zip(self.tail_kernel, self.rates, strict=True)]

    @cached_property
    def sizes(self) -> list[tuple[arb, arb, arb, arb]]:
        """Moduli at the nodes: point, rate, tail kernel, fall kernel."""
        rows = zip(self.points, self.rates, self.tail_kernel, self.fall_kernel, strict=True)
        return [(abs(s), abs(rate), abs(tail), abs(fall)) for s, rate, tail, fall in rows]

    def offset(self, m: int, t: int) -> arb:
        """The coordinate y of integers (m, t)."""
        return t - arb(self.origin) - self.slope * m

    def state(self, m: int, y: arb) -> list[acb]:
        """The terms ``base_j e^{m rate_j - y s_j}``, without a kernel."""
        rows = zip(self.bases, self.rates, self.points, strict=True)
        return [base * (m * rate - y * s).exp() for base, rate, s in rows]

    def steps(self, width: arb | int) -> list[acb]:
        """Factors that move a state from y to y + width."""
        return [(-s * width).exp() for s in self.points]

    @cached_property
    def unit_steps(self) -> tuple[list[acb], list[acb]]:
        """Factors that move a state from t to t + 1, and back."""
        return self.steps(1), self.steps(-1)

    @relies_on("lattice-contour")
    def value(self, m: int, t: int) -> arb:
        """Enclose the bracket F(m, t) for integers."""
        y = self.offset(m, t)
        return combined(self.state(m, y), self.tail_kernel) + arb(0, 1) * self.error(y, m, m)

    @relies_on("lattice-contour")
    def error(self, y: arb, least: int, most: int) -> arb:
        """Bound the aliases and the nodes left out, for m in least .. most, at this y or above it.

        The bound holds for the bracket and for its fall from t to t + 1.
        """
        b, c = self.bracket, arb(self.abscissa)
        height = self.nodes * abs(self.bases[0]) * (-y * c).exp()  # M1^m M2^l e^{-tc}, the same for all m
        left = (-c * self.nodes).exp()
        aliases = (b.gain + b.loss) * left / (1 - left) + self._right_aliases(y, least, most)
        return aliases + height * self._left_out

    @cached_property
    def _left_out(self) -> arb:
        """Bound the nodes left out, over the height: moduli fall along the half circle, for every m."""
        if 2 * self.kept + 1 >= self.nodes:
            return arb(0)
        b, c = self.bracket, arb(self.abscissa)
        square = (arb.pi() * (self.kept + 1) / self.nodes).sin() ** 2
        logs = []
        for p in (b.first, b.second):
            tilted = p * c.exp() / _moment(p, c)
            logs.append((1 - 4 * tilted * (1 - tilted) * square).log() / 2)
        kernel = (b.gain * (c * b.shift).exp() + b.loss) / (1 - (-c).exp())
        return (b.total * larger(*logs)).exp() * kernel

    def _right_aliases(self, y: arb, least: int, most: int) -> arb:
        """Bound ``sum_{i>0} e^{ciN} P(Z >= t - g + iN)`` and the like by Chernoff's inequality."""
        b, c = self.bracket, arb(self.abscissa)
        lam = arb(self.beyond)
        # log of M1(lam)^m M2(lam)^l e^{-lam t} is linear in m: its ends decide
        growth = []
        for m in (least, most):
            t = arb(self.origin) + self.slope * m + y
            growth.append(
                m * _moment(b.first, lam).log() + (b.total - m) * _moment(b.second, lam).log() - lam * t
            )
        ratio = (-(lam - c) * self.nodes).exp()
        return (b.gain * (lam * b.shift).exp() + b.loss) * larger(*growth).exp() * ratio / (1 - ratio)


def _moment(p: arb, s: Any) -> Any:
    """E e^{sX} for a Bernoulli(p) variable X, real or complex like s."""
    return 1 + p * (s.exp() - 1)


def combined(state: list[acb], kernel: list[acb]) -> arb:
    """The real part of the sum of a state's terms times a kernel."""
    total = arb(0)
    for term, factor in zip(state, kernel, strict=True):
        total += (term * factor).real
    return total


def moved(state: list[acb], steps: list[acb]) -> list[acb]:
    """A state at another y."""
    return [term * step for term, step in zip(state, steps, strict=True)]


def larger(left: arb, right: arb) -> arb:
    """The larger of two upper ends."""
    a, b = left.upper(), right.upper()
    return b if a < b else a


def bernoulli_law(m: int, first: arb, others: int, second: arb) -> list[arb]:
    """Enclose the law of Bin(m, first) + Bin(others, second), from 0 to m + others."""
    law = arb_poly([1 - first, first]) ** m * arb_poly([1 - second, second]) ** others
    return [law[z] for z in range(m + others + 1)]


def tilted_mean(bracket: Bracket, m: int) -> arb:
    """Return about where the bracket peaks in t: the mean of Z tilted by ``log(B / A)``; only a guess."""
    grown = bracket.loss / bracket.gain
    first, second = (p * grown / (1 - p + p * grown) for p in (bracket.first, bracket.second))
    return (m * first + (bracket.total - m) * second).mid()


def nearest_whole(value: arb) -> int:
    """A whole number near the middle of a ball; only a guess."""
    middle = exact_lower(value.mid())
    return math.floor(middle)


def choose_contour(bracket: Bracket, m: int, t: int, relative_width: float) -> LatticeContour:
    """Choose abscissa and nodes for brackets near (m, t); floats decide, any choice is sound."""
    guide = _Guide(m, bracket.total - m, float(bracket.first), float(bracket.second))
    gain, loss, shift = float(bracket.gain), float(bracket.loss), bracket.shift
    # where the kernel vanishes, the terms are smallest; the pole at 0 keeps its distance
    c = max(math.log(loss / gain) / shift if gain > 0.0 else 1.0, 1e-300)
    c = max(c, 1.6 / math.sqrt(guide.variance(c) + 0.25))
    spread = math.sqrt(guide.variance(c))
    # F is about height * kernel / (spread (1 + c spread)); the aliases on the left are about e^{-cN}
    kernel = (math.log(gain) if gain > 0.0 else 0.0) + c * shift
    size = guide.log_moment(c) - c * t + kernel - math.log(3.0 * (spread + 1.0) * (1.0 + c * spread))
    wanted = -size - math.log(relative_width) + math.log(100.0 * (1.0 + gain + loss))
    nodes = max(math.ceil(wanted / c), math.ceil(9.0 * spread), 8)
    candidates = [c + nodes / (spread * spread + 1.0) * share for share in (1.2, 0.8, 0.5, 0.3, 0.15)]
    beyond = min(candidates, key=lambda at: guide.log_moment(at) - at * (t + nodes))
    quantile = 30.0 - math.log(relative_width)
    kept = min(nodes // 2, math.ceil(nodes / (2.0 * math.pi) * math.sqrt(2.0 * quantile) / (spread + 1e-9)))
    while 2 * kept + 1 < nodes and guide.log_modulus(c, math.pi * (kept + 1) / nodes) > -quantile:
        kept = min(nodes // 2, kept + kept // 8 + 1)
    contour = LatticeContour(bracket, c, beyond, nodes, kept, 0)
    return replace(contour, origin=nearest_whole(t - contour.slope * m))


@dataclass(frozen=True, slots=True)
class _Guide:
    """Both kinds of variables in floats, for choosing parameters only."""

    m: int
    others: int
    first: float
    second: float

    def log_moment(self, c: float) -> float:
        return self.m * _log_moment(self.first, c) + self.others * _log_moment(self.second, c)

    def variance(self, c: float) -> float:
        return sum(
            count * (q := _tilted(p, c)) * (1.0 - q)
            for count, p in ((self.m, self.first), (self.others, self.second))
        )

    def log_modulus(self, c: float, half_angle: float) -> float:
        """Log |M(c + i theta) / M(c)| at theta = 2 half_angle, the larger of the two kinds, all alike."""
        square = math.sin(half_angle) ** 2
        tilted = min((q := _tilted(p, c)) * (1.0 - q) for p in (self.first, self.second))
        return 0.5 * (self.m + self.others) * math.log1p(-min(4.0 * tilted * square, 1.0 - 1e-16))


def _log_moment(p: float, c: float) -> float:
    return math.log1p(p * math.expm1(c)) if c < 600.0 else c + math.log(p)


def _tilted(p: float, c: float) -> float:
    return p / (p + (1.0 - p) * math.exp(-c))

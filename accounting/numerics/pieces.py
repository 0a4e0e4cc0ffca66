"""The expected positive part of a walk as a function of alpha: polynomials on both sides of it, piece by piece.

The steps are ``G = gain - alpha cost``. On ``|alpha - centre| <= radius`` the contour's integrand at each
node is a power series in ``u = (alpha - centre) / radius``; its coefficients are summed over the nodes in
balls, and the rest of the series, the nodes left out, the aliases and the smoothing are bounded on the
whole piece at once. Statement: contour-pieces.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from flint import acb_mat, acb_series, ctx

from ..claims import relies_on
from .atoms import Step, saddle
from .ball import acb, arb, arb_poly
from .contour import ContourPlan, alias_bound, beyond_last, bound_after, plan_contour
from .tail import far_nodes

__all__ = ["LargestPiece", "LinearStep", "Piece", "walk_piece"]

_TERMS = 14
_MOST_NODES = 1 << 16
_MOST_CORE = 2_000  # nodes that are summed as series; a walk that needs more is no bump
_LEAST_CURVATURE = 1e-12  # where the tilted walk hardly moves, a contour cannot be planned
_TOLERATED = 3.0  # times the width that is aimed at
_LEAST_BITS = 4  # of the distance of two atoms, over the whole piece
_CORE = 8.0  # as in the contour


@dataclass(frozen=True, slots=True)
class LinearStep:
    """A step ``G = gain - alpha cost`` of a walk, with finitely many values, in balls.

    Attributes:
        chances: probabilities, certainly positive, that sum to 1.
        gains: shape as chances.
        costs: shape as chances.
    """

    chances: tuple[arb, ...]
    gains: tuple[arb, ...]
    costs: tuple[arb, ...]

    def at(self, alpha: arb) -> Step:
        """Return the law of G at a factor, or for all factors in a ball."""
        values = tuple(gain - alpha * cost for gain, cost in zip(self.gains, self.costs, strict=True))
        return Step(values, self.chances, arb(0))

    def reflected(self) -> LinearStep:
        """The law of -G."""
        return LinearStep(self.chances, tuple(-g for g in self.gains), tuple(-c for c in self.costs))


@dataclass(frozen=True, slots=True)
class Piece:
    """Two polynomials in ``u = (alpha - centre) / radius`` with ``below <= E(S)_+ <= above`` for u in [-1, 1].

    Attributes:
        centre: the middle of the piece, exact.
        radius: half its length, exact.
        above: coefficients are exact.
        below: coefficients are exact.
    """

    centre: arb
    radius: arb
    above: arb_poly
    below: arb_poly

    def over(self, count: int) -> Piece:
        """Return the piece divided by a whole number."""
        above, below = ([term / count for term in side.coeffs()] for side in (self.above, self.below))
        return Piece(self.centre, self.radius, _raised(above), _lowered(below))

    def plus_line(self, start: arb, slope: arb) -> Piece:
        """Return the piece of the function plus ``start + slope alpha``."""
        line = [start + slope * self.centre, slope * self.radius]
        above, below = (_added(side.coeffs(), line) for side in (self.above, self.below))
        return Piece(self.centre, self.radius, _raised(above), _lowered(below))

    def ends(self, alpha: arb) -> tuple[arb, arb]:
        """Return below and above at a factor of the piece."""
        u = (alpha - self.centre) / self.radius
        return self.below(u), self.above(u)

    def dips(self, alphas: Sequence[arb]) -> list[arb]:
        """Bound how far ``below`` falls below its chord, between neighbours among increasing factors."""
        second = self.below.derivative().derivative()
        us = [(alpha - self.centre) / self.radius for alpha in alphas]
        found = []
        for left, right in pairwise(us):
            bend = second(left.union(right)).upper()
            found.append(((right - left) ** 2 / 8 * bend).upper() if bend > 0 else arb(0))
        return found


@dataclass(frozen=True, slots=True)
class LargestPiece:
    """The largest of several functions on one piece.

    Attributes:
        best: the piece of one of them, which bounds the largest from below.
        all: pieces of all that can be the largest somewhere on the piece.
    """

    best: Piece
    all: tuple[Piece, ...]

    def ends(self, alpha: arb) -> tuple[arb, arb]:
        """Return below and above at a factor of the piece."""
        above = self.all[0].ends(alpha)[1]
        for piece in self.all[1:]:
            above = above.max(piece.ends(alpha)[1])
        return self.best.ends(alpha)[0], above

    def dips(self, alphas: Sequence[arb]) -> list[arb]:
        """Bound how far below falls below its chord, between neighbours among increasing factors."""
        return self.best.dips(alphas)


@relies_on("contour-pieces", "contour-identity", "contour-smoothing", "contour-aliasing", "contour-tail")
def walk_piece(step: LinearStep, n: int, low: float, high: float, relative_width: float) -> Piece | None:
    """Enclose ``E[(G_1 + .. + G_n)_+]`` for all alpha from ``low`` to ``high``.

    Args:
        step: the law of G at a working precision of at least 64 + log2(n) bits.
        n: number of steps.
        low: the least factor, taken exactly.
        high: the largest factor, taken exactly; the mean of G is not clearly positive between them.
        relative_width: the width to aim at, relative to the value.

    Returns:
        The piece; None where the contour does not give that width: then single values have to do.

    Guarantee:
        contour-pieces, with contour-identity, contour-smoothing, contour-aliasing, contour-tail.
    """
    centre = arb(low / 2 + high / 2)
    radius = max(arb(high) - centre, centre - arb(low)).upper()
    middle, everywhere = step.at(centre), step.at(centre + radius * arb(0, 1))
    guide = middle.guide()
    if max(guide.values) <= 0.0:
        return None
    c = saddle(guide, n)
    if not n * guide.cumulants(c)[2] * c * c > _LEAST_CURVATURE:
        return None
    plan = plan_contour(guide, n, c, math.sqrt(relative_width / 2.5) / c, relative_width / 8.0)
    if plan.core > _MOST_CORE:
        return None
    nodes = _Nodes.of(step, middle, radius, plan)
    found = _far(everywhere, plan, nodes.growth, relative_width * nodes.scale)
    if found is None:  # a shorter piece may do
        return None
    core, left_out = found
    nodes, smoothing = replace(nodes, plan=replace(plan, core=core)), arb(plan.tau) ** 2
    value, density, rest = nodes.summed()
    prefactor = (n * middle.moment(arb(c)).log()).exp() * arb(plan.step) / arb.pi()
    aliases = alias_bound(everywhere, plan, plan.left) + alias_bound(everywhere, plan, plan.right)
    error = (prefactor * (rest[0] + left_out[0])).upper()
    loss = error + (aliases + smoothing * prefactor * (rest[1] + left_out[1])).upper()
    values = [prefactor * term for term in value]
    corrected = [prefactor * (term - smoothing * other) for term, other in zip(value, density, strict=True)]
    above, below = _raised(_added(values, [error])), _lowered(_added(corrected, [-loss]))
    piece = Piece(centre, radius, above, below)
    return piece if _is_narrow(piece, _TOLERATED * relative_width) else None


def _is_narrow(piece: Piece, relative_width: float) -> bool:
    for u in (arb(-1), arb(1)):
        low, high = piece.below(u), piece.above(u)
        if not (low > 0 and (high - low) < arb(relative_width) * low):
            return False
    return True


def _raised(terms: Sequence[arb]) -> arb_poly:
    """Return the polynomial of the midpoints, raised by all radii: on [-1, 1] it is at least the given one."""
    radii = sum((term.rad() for term in terms), arb(0))
    return arb_poly([(terms[0].mid() + radii).upper(), *(term.mid() for term in terms[1:])])


def _lowered(terms: Sequence[arb]) -> arb_poly:
    """Return the polynomial of the midpoints, lowered by all radii."""
    radii = sum((term.rad() for term in terms), arb(0))
    return arb_poly([(terms[0].mid() - radii).lower(), *(term.mid() for term in terms[1:])])


def _added(terms: Sequence[arb], others: Sequence[arb]) -> list[arb]:
    return [a + b for a, b in zip_longest(terms, others, fillvalue=arb(0))]


def _far(everywhere: Step, plan: ContourPlan, growth: arb, most: float) -> tuple[int, tuple[arb, arb]] | None:
    """Bound the sums over all nodes beyond the core, of the value and of the density, on the whole piece.

    Far nodes turn too fast with alpha to be summed as power series.

    Returns:
        The last node of the core, which may be longer than planned, and the sums; None where they cannot be shown to be below ``most``.
    """
    c = arb(plan.c)
    weights = [p * (c * g).exp() for p, g in zip(everywhere.chances, everywhere.values, strict=True)]
    moment = sum(weights, arb(0))
    tilted = [weight / moment for weight in weights]
    after = beyond_last(plan)
    after_value = after / (plan.last * arb(plan.step)) ** 2

    budget = most / (4.0 * float(growth))
    core, bound, pairs = bound_after(tilted, arb(0), everywhere.values, plan, budget, least_bits=_LEAST_BITS)
    if bound is None:
        if plan.last > _MOST_NODES:
            return None
        far = far_nodes(pairs, plan.n, plan.c, plan.step, plan.tau, plan.core, plan.last)
        _, *rest = far.split(math.inf, 0)
        bound = rest[0], rest[1]
    sums = growth * (bound[0] + after_value), growth * (bound[1] + after)
    return (core, sums) if sums[0] + arb(plan.tau) ** 2 * sums[1] < most else None


@dataclass(frozen=True, slots=True)
class _Nodes:
    """The integrand over ``m(c)^n`` at the nodes of the core, as a power series in u."""

    tilted: tuple[arb, ...]
    values: tuple[arb, ...]
    slopes: tuple[arb, ...]
    plan: ContourPlan

    @classmethod
    def of(cls, step: LinearStep, middle: Step, radius: arb, plan: ContourPlan) -> _Nodes:
        c = arb(plan.c)
        weights = [p * (c * g).exp() for p, g in zip(middle.chances, middle.values, strict=True)]
        moment = sum(weights, arb(0))
        return cls(
            tuple(weight / moment for weight in weights),
            middle.values,
            tuple(radius * cost for cost in step.costs),
            plan,
        )

    @property
    def growth(self) -> arb:
        """Bound ``(m_alpha(c) / m(c))^n`` on the piece."""
        whole = arb(0, 1)
        c = arb(self.plan.c)
        moment = sum(
            (p * (-c * slope * whole).exp() for p, slope in zip(self.tilted, self.slopes, strict=True)),
            arb(0),
        )
        return (self.plan.n * moment.log()).exp().upper()

    @property
    def scale(self) -> float:
        """About the size of the sum of the values."""
        plan = self.plan
        spread = _CORE / (plan.core * plan.step)
        return 1.25 / (spread * plan.step * plan.c**2)

    def summed(self) -> tuple[list[arb], list[arb], tuple[arb, arb]]:
        """Sum over nodes: coefficients of the value, of the density, and bounds for the rests of both series.

        The series of a node are in ``v = -s u``, which leaves real coefficients to the powers of the slopes.
        """
        value, density = [arb(0)] * _TERMS, [arb(0)] * _TERMS
        rest_value, rest_density = arb(0), arb(0)
        c, h, half_square = arb(self.plan.c), arb(self.plan.step), arb(self.plan.tau) ** 2 / 2
        middle, around, points = [], [], []
        nodes = range(self.plan.core + 1)
        for j in nodes:
            t = h * j
            s = acb(c, t)
            points.append(s)
            turned = [p * acb(0, t * g).exp() for p, g in zip(self.tilted, self.values, strict=True)]
            whole = s * arb(0, 1)
            middle.append(turned)
            around.append([z * (whole * slope).exp() for z, slope in zip(turned, self.slopes, strict=True)])
        powers = acb_mat([[slope**k / math.factorial(k) for k in range(_TERMS + 1)] for slope in self.slopes])
        with _length(_TERMS + 1):
            rows = zip(nodes, points, self._rows(middle, powers), self._rows(around, powers), strict=True)
            for j, s, inner, outer in rows:
                factor = (half_square * s * s).exp() if j else (half_square * s * s).exp() / 2
                over_square, back = 1 / (s * s), -s
                for k, term in enumerate(self._power(inner[:_TERMS])):
                    whole = term * factor
                    value[k] += (whole * over_square).real
                    density[k] += whole.real
                    factor *= back
                last = abs(self._power(outer)[_TERMS] * factor).upper()
                rest_value += last * abs(over_square)
                rest_density += last
        return value, density, (rest_value.upper(), rest_density.upper())

    def _rows(self, weights: Sequence[Sequence[acb]], powers: acb_mat) -> list[list[acb]]:
        return (acb_mat(weights) * powers).tolist()

    def _power(self, coefficients: Sequence[acb]) -> list[acb]:
        """Coefficients of the n-th power of a power series, to the same length."""
        length = len(coefficients)
        found = (acb_series(coefficients, prec=length).log() * self.plan.n).exp().coeffs()
        return [*found, *[acb(0)] * (length - len(found))]


@contextmanager
def _length(terms: int) -> Iterator[None]:
    """Work with power series of this many terms inside the block."""
    former = ctx.cap
    ctx.cap = terms
    try:
        yield
    finally:
        ctx.cap = former

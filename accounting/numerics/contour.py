"""The expected positive part of a random walk by a contour integral, in time that does not grow with n.

With ``m(s) = E e^{sG}``, a centred Gaussian U of standard deviation tau, and c > 0,

    E(S + U)_+ = (1/2 pi) Integral of m(s)^n e^{tau^2 s^2/2} / s^2 dt,      s = c + i t.

The trapezoid rule with step h gives this number plus aliases that are all nonnegative, and
``E(S+U)_+ - tau^2 f(0) <= E(S)_+ <= E(S+U)_+`` with f the density of S + U. Nodes that are left out are
bounded one by one. Statements: contour-identity, contour-smoothing, contour-aliasing, contour-tail.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from flint import acb_mat

from ..claims import relies_on
from .atoms import Guide, Step, saddle
from .ball import acb, arb, hull
from .tail import SHARP, Blocks, Pair, far_nodes, no_return_bound, useful_pairs

__all__ = [
    "ContourPlan",
    "alias_bound",
    "beyond_last",
    "bound_after",
    "contour_positive_part",
    "plan_contour",
    "reached_by_blocks",
    "up_to_chernoff",
]

_CORE = 8.0  # nodes within this many standard deviations are always evaluated
_REACH = 6.5  # the smoothing factor ends the sum at this many over tau
_MANY_VALUES = 8  # from here on few pairs say little of the far nodes
_LONGEST_CORE = 1_000
_BISECTIONS = 8
_LONGEST_BLOCK = 128  # of neighbouring nodes whose turns are multiplied together
_TURNED = 16  # times a rotation is applied before it is made afresh: each time widens a ball by up to a half
_MOST_EVALUATED = 12_000
_MOST_WORK = 1 << 20  # rotations in the core; a tilted walk that needs more hardly moves
_MOST_NODES = 1 << 19
_MOST_SHARP_NODES = 1 << 22  # instead, where eight digits or more are asked for


@dataclass(frozen=True, slots=True)
class ContourPlan:
    """Where the integrand is sampled: abscissa c, nodes ``step * j`` up to ``last``, smoothing tau.

    ``left`` < c < ``right`` are the exponents of Chernoff's bound for the aliases on each side.
    """

    n: int
    c: float
    step: float
    tau: float
    core: int
    last: int
    left: float
    right: float


@relies_on("contour-identity", "contour-smoothing", "contour-aliasing", "contour-tail")
def contour_positive_part(
    step: Step, n: int, relative_width: float, *, patient: bool = True, c: float | None = None
) -> arb:
    """Enclose ``E[(G_1 + .. + G_n)_+]`` for i.i.d. steps whose mean is not clearly positive.

    Args:
        step: the law of G at a working precision of at least 64 + log2(n) bits; some value is positive.
        n: number of steps.
        relative_width: the width to aim at; the result may be wider, never wrong.
        c: the abscissa; by default the saddle point.
        patient: whether finer smoothing is tried where the first one leaves the result too wide.

    Returns:
        A ball that contains the number.

    Guarantee:
        contour-identity, contour-smoothing, contour-aliasing, contour-tail.
    """
    guide = step.guide()
    c = saddle(guide, n) if c is None else c
    tau = math.sqrt(relative_width / 2.5) / c
    plan = plan_contour(guide, n, c, tau, relative_width)
    if plan.core * len(step.values) > _MOST_WORK:
        return up_to_chernoff(step, n, c)
    best = _evaluate(step, plan, relative_width)
    aimed = relative_width
    for _ in range(3 if patient else 0):
        reached = float(2 * best.rad() / abs(best.mid())) if best.mid() != 0 else math.inf
        if reached <= relative_width or plan.last >= _MOST_NODES:
            break
        share = 0.6 * relative_width / reached
        tau *= max(0.03, min(0.7, share))
        aimed *= max(0.03, min(1.0, share))  # aliases, too, may be more than guessed
        plan = plan_contour(guide, n, c, tau, aimed)
        found = _evaluate(step, plan, relative_width)
        best = found if found.rad() < best.rad() else best
    return best


def up_to_chernoff(step: Step, n: int, c: float) -> arb:
    """Enclose the same number without a contour, from 0 to Chernoff's bound: ``x_+ <= e^{cx} / (e c)``."""
    return arb(0).union((n * step.moment(arb(c)).log()).exp() / (arb(c) * arb(1).exp()))


def plan_contour(guide: Guide, n: int, c: float, tau: float, relative_width: float) -> ContourPlan:
    """Choose step and smoothing: any choice is sound, a good one is narrow and cheap."""
    log_m, _, curvature = guide.cumulants(c)
    spread = math.sqrt(n * curvature)
    widest = max(abs(g - other) for g in (*guide.values, 0.0) for other in (*guide.values, 0.0))
    tau = min(tau, _REACH * widest / 2.9)  # below the first return, finer smoothing is free
    # the value is about m(c)^n / (c^2 spread sqrt(2 pi)); alias sums must stay far below
    scale = n * log_m - 2.0 * math.log(c) - math.log(2.6 * spread + 1.0 / c)
    target = scale + math.log(relative_width) - math.log(100.0)
    _, mean, variance = guide.cumulants(0.0)
    period = max(6.0 * spread, (1.0 + math.log(6.0 * spread) - target) / c)
    for _ in range(60):
        left = _left_exponent(n * mean, n * variance, c, period)
        right = _right_exponent(guide, n, c, period, spread)
        if _alias_exponent(guide, n, c, period, tau, right) > target:
            right = _heavy_exponent(guide, n, c, period, right)
        if max(_alias_exponent(guide, n, c, period, tau, at) for at in (left, right)) <= target:
            break
        period *= 1.08
    h = 2.0 * math.pi / period
    reach = max(_REACH / tau, _CORE / spread)
    core = max(4, math.ceil(_CORE / spread / h))
    last = max(core, math.ceil(reach / h))
    most = _MOST_NODES if relative_width > 1e-8 else _MOST_SHARP_NODES
    if last > most and last * h * widest > 3.0:
        # nodes must be looked at one by one, which below the first return they need not: smooth as finely as so many allow
        last = max(core, most)
        tau = max(tau, _REACH / (last * h))
    return ContourPlan(n, c, h, tau, core, last, left, right)


def _left_exponent(drift: float, variance: float, c: float, period: float) -> float:
    """Choose 0 < lambda < c that makes the bound for the aliases at ``S + jL`` small.

    For a normal sum: ``variance lambda^2 + (drift + L) lambda = 1``.
    """
    ahead = drift + period
    root = math.hypot(ahead, 2.0 * math.sqrt(variance))
    found = 2.0 / (ahead + root) if ahead > 0.0 else (root - ahead) / (2.0 * variance)
    return min(max(found, 1e-9 * c), 0.999 * c)


def _right_exponent(guide: Guide, n: int, c: float, period: float, spread: float) -> float:
    """Choose lambda > c that makes the bound for the aliases at ``S - jL`` small."""
    candidates = [c + share * period / (spread * spread) for share in (0.8, 0.3)]
    return min(candidates, key=lambda at: n * guide.cumulants(at)[0] - (at - c) * period)


def _heavy_exponent(guide: Guide, n: int, c: float, period: float, far: float) -> float:
    """Choose c < lambda < far that makes the same bound small where rare large steps forbid larger ones: the tilted mean is about L."""
    near = c
    for _ in range(_BISECTIONS):
        middle = 0.5 * (near + far)
        if n * guide.cumulants(middle)[1] > period:
            far = middle
        else:
            near = middle
    return far


def _alias_exponent(guide: Guide, n: int, c: float, period: float, tau: float, at: float) -> float:
    ratio = math.exp(-abs(c - at) * period)
    if ratio >= 1.0:
        return math.inf
    growth = n * guide.cumulants(at)[0] + 0.5 * tau * tau * at * at
    return growth - abs(c - at) * period - math.log1p(-ratio) - 1.0 - math.log(at)


def alias_bound(step: Step, plan: ContourPlan, at: float) -> arb:
    """Bound the aliases on one side, by ``y_+ <= e^{lambda y} / (e lambda)`` and a geometric series."""
    lam = arb(at)
    period = 2 * arb.pi() / arb(plan.step)
    ratio = (-abs(arb(plan.c) - lam) * period).exp()
    growth = (plan.n * step.moment(lam).log() + (arb(plan.tau) * lam) ** 2 / 2).exp()
    return growth / (lam * arb(1).exp()) * ratio / (1 - ratio)


def _evaluate(step: Step, plan: ContourPlan, relative_width: float) -> arb:
    c, h = arb(plan.c), arb(plan.step)
    weights = [p * (c * g).exp() for p, g in zip(step.chances, step.values, strict=True)]
    moment = sum(weights, step.rest)
    tilted = [weight / moment for weight in weights]
    log_moment = moment.log()
    summand = _Summand(step.values, tilted, step.rest / moment, plan.n, c, h, arb(plan.tau))
    value, density = summand.core(plan.core)
    budget = float(abs(value.mid())) * relative_width / 16.0
    core, bound, pairs = bound_after(tilted, step.rest / moment, step.values, plan, budget)
    if core > plan.core:
        value, density = summand.core(core)
    if bound is None:
        far = far_nodes(pairs, plan.n, plan.c, plan.step, plan.tau, plan.core, plan.last)
        chosen, *others = far.split(budget, _MOST_EVALUATED)
        more, more_density = summand.at(chosen)
        value, density, bound = value + more, density + more_density, (others[0], others[1])
    left_out, left_out_density = bound
    beyond = beyond_last(plan)
    value += arb(0, 1) * (left_out + beyond / (plan.last * h) ** 2)
    density += left_out_density + beyond
    prefactor = (plan.n * log_moment).exp() * h / arb.pi()
    aliases = alias_bound(step, plan, plan.left) + alias_bound(step, plan, plan.right)
    smoothed = prefactor * value  # E(S+U)_+ plus aliases
    correction = (prefactor * density).upper() * arb(plan.tau) ** 2
    return hull(smoothed - aliases.upper() - correction, smoothed)


def bound_after(
    tilted: list[arb],
    rest: arb,
    values: tuple[arb, ...],
    plan: ContourPlan,
    budget: float,
    *,
    least_bits: int = SHARP,
) -> tuple[int, tuple[arb, arb] | None, tuple[Pair, ...]]:
    """Bound all nodes after a core at once, by blocks if there are many values, or else before the first return.

    Args:
        tilted: chances.
        rest: chance of the value 0.
        values: values.
        plan: of the contour.
        budget: what blocks may widen the result by.
        least_bits: pairs of values whose distance is known to fewer bits are left out.

    Returns:
        The last node of the core, which may be longer than planned; the bounds with and without the factor 1/t^2, None where nodes have
        to be looked at one by one; and the pairs to do that with, where blocks were not enough.
    """
    if len(values) > _MANY_VALUES:
        core, bound = reached_by_blocks(Blocks.of(tilted, rest, values), plan, budget)
        if bound is not None:
            return core, bound, ()
    pairs = useful_pairs(tilted, rest, values, least_bits=least_bits)
    bound = no_return_bound(pairs, plan.n, plan.c, plan.step, plan.tau, plan.core, plan.last)
    return plan.core, bound, pairs


def reached_by_blocks(blocks: Blocks, plan: ContourPlan, budget: float) -> tuple[int, tuple[arb, arb] | None]:
    """Bound all nodes after a core that may be longer than planned, so that they widen the result by at most ``budget``.

    Returns:
        The last node of the core, and the bounds; the planned core and None where no core of moderate length is enough.
    """
    core = plan.core
    while core <= min(_LONGEST_CORE, plan.last):
        bound = blocks.bound(plan.n, plan.c, plan.step, plan.tau, core, plan.last)
        if bound[0] + arb(plan.tau) ** 2 * bound[1] <= budget:
            return core, bound
        core += max(core // 2, 1)
    return plan.core, None


def beyond_last(plan: ContourPlan) -> arb:
    """Bound the sum of ``e^{tau^2 (c^2 - t^2)/2}`` over the nodes after the last one (|phi| <= 1)."""
    tau, c, h, reach = arb(plan.tau), arb(plan.c), arb(plan.step), arb(plan.last) * arb(plan.step)
    return (tau**2 * (c**2 - reach**2) / 2).exp() / (1 - (-(tau**2) * reach * h).exp())


@dataclass(frozen=True, slots=True)
class _Summand:
    """The integrand over ``m(c)^n`` at a node, and the same times s^2 (the density's)."""

    values: tuple[arb, ...]
    tilted: list[arb]
    rest: arb
    n: int
    c: arb
    h: arb
    tau: arb

    def core(self, last: int) -> tuple[arb, arb]:
        """Sum over the nodes 0 .. last, the first one halved, by powers of one rotation a value."""
        s = acb(self.c)
        half_square = self.tau**2 / 2
        weight = (half_square * self.c**2).exp() / 2
        value, density = weight / self.c**2, weight
        turns = [acb(0, self.h * g).exp() for g in self.values]
        state = [acb(p) for p in self.tilted]
        for j in range(1, last + 1):
            if j % _TURNED:
                state = [u * turn for u, turn in zip(state, turns, strict=True)]
            else:
                t = self.h * j
                state = [p * acb(0, t * g).exp() for p, g in zip(self.tilted, self.values, strict=True)]
            s += acb(0, self.h)
            at_node = self._power(sum(state, acb(self.rest)), half_square * s * s)
            density += at_node.real
            value += (at_node / (s * s)).real
        return value, density

    def at(self, nodes: Sequence[int]) -> tuple[arb, arb]:
        """Sum over the given nodes, in blocks of neighbours: the turn of a node is that of its block's first node and its own within."""
        value, density = arb(0), arb(0)
        half_square = self.tau**2 / 2
        length = min(max(math.isqrt(len(nodes)), 1), _LONGEST_BLOCK)
        blocks = sorted({j // length for j in nodes})
        firsts = [
            [
                p * acb(0, self.h * (length * block) * g).exp()
                for p, g in zip(self.tilted, self.values, strict=True)
            ]
            for block in blocks
        ]
        within = [[acb(0, self.h * r * g).exp() for r in range(length)] for g in self.values]
        sums = dict(zip(blocks, (acb_mat(firsts) * acb_mat(within)).tolist() if blocks else (), strict=True))
        for j in nodes:
            s = acb(self.c, self.h * j)
            at_node = self._power(sums[j // length][j % length] + self.rest, half_square * s * s)
            density += at_node.real
            value += (at_node / (s * s)).real
        return value, density

    def _power(self, phi: acb, exponent: acb) -> acb:
        if phi.real > 0:
            return (self.n * phi.log() + exponent).exp()
        return phi**self.n * exponent.exp()

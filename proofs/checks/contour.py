"""Checks of the contour: its identity, smoothing and aliases, each against what it stands for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from random import Random

from flint import acb, arb, ctx

from accounting.numerics import contour
from accounting.numerics.atoms import Step
from accounting.numerics.contour import ContourPlan

from .boxes import Side, contains, exactly, positive_on
from .check import CheckFailedError, Evidence, checks
from .walks import Atoms, blanket, drawn_step, law_of_sum, positive_part, spread_at, step_of

__all__ = [
    "aliases_are_below_their_bound",
    "any_contour_contains_the_exact_value",
    "rectangle_sums_are_aliases",
    "residue_and_transforms",
    "smoothing_correction",
    "smoothing_is_bracketed",
    "smoothing_of_coarse_contours",
]

F = Fraction
_TWO: Atoms = blanket(2, F(3), F(3, 2))


@checks("contour-identity", evidence=Evidence.SYMBOLIC)
def residue_and_transforms() -> int:
    """For all x, tau, z: the transform of 1/s^2 is x_+, its residue x, E e^(zU) = e^(tau^2 z^2/2), s_+ = s + (-s)_+."""
    import sympy as sp

    x, z, u = sp.symbols("x z u", real=True)
    s, tau = sp.Symbol("s"), sp.Symbol("tau", positive=True)
    normal = sp.exp(-(u**2) / (2 * tau**2)) / (tau * sp.sqrt(2 * sp.pi))
    positive = sp.Symbol("y", positive=True)
    zeros = (
        sp.residue(sp.exp(s * x) / s**2, s, 0) - x,
        sp.inverse_laplace_transform(1 / s**2, s, x) - x * sp.Heaviside(x),
        sp.integrate(sp.exp(z * u) * normal, (u, -sp.oo, sp.oo)) - sp.exp(tau**2 * z**2 / 2),
        *(sp.Max(0, y) - y - sp.Max(0, -y) for y in (positive, -positive)),
    )
    for zero in zeros:
        if sp.simplify(zero) != 0:
            raise CheckFailedError(f"{zero} is not zero")
    return len(zeros)


@checks("contour-identity", evidence=Evidence.PROPERTY, units=tuple((atoms,) for atoms in (2, 3, 4)))
@checks(
    "contour-identity",
    evidence=Evidence.PROPERTY,
    units=tuple((atoms, 400) for atoms in (2, 3, 4)),
    deep=True,
)
def any_contour_contains_the_exact_value(atoms: int, draws: int = 15) -> int:
    """Drawn steps of 2, 3 and 4 values, 1 to 14 of them, abscissas off the saddle: the exact rational is in the ball."""
    random, seen = Random(atoms), 0
    for _ in range(draws):
        step, n, width = drawn_step(random, atoms), random.randint(1, 14), random.choice((1e-1, 1e-3, 1e-5))
        with ctx.workprec(140):
            guide = step_of(step).guide()
            c, spread = spread_at(guide, n)
            share = random.uniform(0.4, 2.5)
            if not spread * c > 1e-6:  # of a walk that hardly moves: numerics/walk.py asks no contour there
                continue
            if not spread * c > 0.1:
                share = 1.0
            found = contour.contour_positive_part(step_of(step), n, width, patient=False, c=share * c)
            _assert_inside(found, positive_part(step, n), f"n = {n}, c = {share * c}, {step}")
            seen += 1
    return seen


def _assert_inside(found: arb, truth: Fraction, case: str) -> None:
    if not contains(found, truth):
        raise CheckFailedError(f"{case}: {found} does not contain {exactly(truth)}")


@checks("contour-identity", evidence=Evidence.PROPERTY)
def rounding_of_the_core() -> int:
    """The core's sum at the least precision contains that of mpmath with 80 digits, for n = 10 to 10^12 and two widths."""
    seen = 0
    for n in (10, 1000, 10**6, 10**12):
        for values, width in ((2, 1e-2), (4, 1e-6)):
            alpha = F(1 + 2 * math.sqrt(2 / n)).limit_denominator(10**15)
            atoms = blanket(values, F(3), min(alpha, F(2)))
            with ctx.workprec(64 + n.bit_length()):
                step = step_of(atoms)
                c, spread = spread_at(step.guide(), n)
                h, tau, last = 0.4 / spread, math.sqrt(width) / c, 40
                weights = [p * (arb(c) * g).exp() for p, g in zip(step.chances, step.values, strict=True)]
                moment = sum(weights, step.rest)
                tilted = [weight / moment for weight in weights]
                summand = contour._Summand(
                    step.values, tilted, step.rest / moment, n, arb(c), arb(h), arb(tau)
                )
                found = summand.core(last)
            wanted = _core_in_mpmath(atoms, n, c, h, tau, last)
            for ball, truth in zip(found, wanted, strict=True):
                _assert_inside(ball, truth, f"the core's sum for n = {n}, {values} values")
                seen += 1
    return seen


def _core_in_mpmath(atoms: Atoms, n: int, c: float, h: float, tau: float, last: int) -> Sequence[Fraction]:
    """Sum phi^n e^(tau^2 s^2/2), over s^2 and as it is, in a library with its own arithmetic."""
    from mpmath.ctx_mp import MPContext

    mp = MPContext()
    mp.dps = 80
    law = [(mp.mpf(g.numerator) / g.denominator, mp.mpf(p.numerator) / p.denominator) for g, p in atoms]
    least = sum(p * mp.exp(c * g) for g, p in law)
    value = density = mp.mpf(0)
    for j in range(last + 1):
        s = mp.mpc(c, mp.mpf(h) * j)
        term = (sum(p * mp.exp(s * g) for g, p in law) / least) ** n * mp.exp(mp.mpf(tau) ** 2 * s * s / 2)
        half = mp.mpf(1 if j else "0.5")
        value += half * (term / (s * s)).real
        density += half * term.real
    return [F(str(mp.nstr(number, 70))) for number in (value, density)]


@checks("contour-smoothing", evidence=Evidence.SYMBOLIC)
def smoothing_correction() -> int:
    """For all x > 0 and tau: E(x+U)_+ - x_+ is even in x, and tau^2 phi(x) - x P(U > x): below the correction."""
    import sympy as sp

    u = sp.Symbol("u", real=True)
    x, tau = sp.symbols("x tau", positive=True)
    normal = sp.exp(-(u**2) / (2 * tau**2)) / (tau * sp.sqrt(2 * sp.pi))
    tail = sp.integrate(normal, (u, x, sp.oo))
    below = sp.integrate((u - x) * normal, (u, x, sp.oo))  # E(-x + U)_+
    above = sp.integrate((u + x) * normal, (u, -x, sp.oo)) - x
    zeros = (above - below, below - (tau**2 * normal.subs(u, x) - x * tail))
    for zero in zeros:
        if sp.simplify(zero.rewrite(sp.erf)) != 0:
            raise CheckFailedError(f"{zero} is not zero")
    return len(zeros)


@checks("contour-smoothing", evidence=Evidence.ENCLOSED)
def smoothing_is_bracketed() -> int:
    """0 < E(x+U)_+ - x_+ < tau^2 phi(x), both relative to the right side, for all 0.001 <= |x|/tau <= 8."""

    def excess(x: arb) -> arb:
        """What smoothing adds over its correction: 1 - x P(U > x)/phi(x), for tau = 1."""
        scaled = (x * x / 2).exp() * (x / arb(2).sqrt()).erfc() * (arb.pi() / 2).sqrt()
        return 1 - x * scaled

    ends = (F(1, 1000), F(8))
    seen = positive_on(excess, [ends], what="smoothing raises")
    return seen + positive_on(lambda x: 1 - excess(x), [ends], what="the correction covers smoothing")


@checks("contour-smoothing", evidence=Evidence.PROPERTY)
def smoothing_of_coarse_contours() -> int:
    """Contours whose smoothing is 0.06 to 0.9 of 1/c, for three walks of 8 to 60 steps: the exact value is inside."""
    seen = 0
    for atoms, n in ((_TWO, 60), (blanket(4, F(5), F(2)), 20), (blanket(3, F(3), F(3, 2)), 8)):
        truth = positive_part(atoms, n)
        for width in (0.01, 0.1, 0.5, 2.0):
            with ctx.workprec(140):
                found = contour.contour_positive_part(step_of(atoms), n, width, patient=False)
                _assert_inside(found, truth, f"n = {n}, width {width}")
            seen += 1
    return seen


@checks("contour-aliasing", evidence=Evidence.PROPERTY)
def rectangle_sums_are_aliases() -> int:
    """24 drawn walks, abscissas, steps and tau: the rule's sum over nodes is the sum of all aliases, to 25 digits."""
    random, seen = Random(5), 0
    for _ in range(24):
        atoms, n = drawn_step(random, random.choice((2, 3))), random.randint(1, 6)
        law = law_of_sum(atoms, n)
        size = max(abs(float(s)) for s, _ in law)
        c, tau = random.uniform(0.3, 2.0) / size, random.uniform(0.2, 0.6) * size
        period = random.uniform(1.0, 3.0) * size
        with ctx.workprec(200):
            rule, nodes = arb(0), math.ceil(14.0 * period / (6.28 * tau)) + 2
            for j in range(-nodes, nodes + 1):
                s = acb(c, 2 * arb.pi() / arb(period) * j)
                m = sum((exactly(p) * (s * exactly(g)).exp() for g, p in atoms), acb(0))
                rule += (m**n * (arb(tau) ** 2 * s * s / 2).exp() / (s * s)).real
            rule /= arb(period)
            reach = math.ceil(80.0 / (c * period)) + 4
            found = sum(
                (_alias(law, arb(c), arb(tau), arb(period), k) for k in range(-reach, reach + 1)), arb(0)
            )
            if not abs(rule - found) < arb(10) ** -25 * found:
                raise CheckFailedError(
                    f"{atoms}, n = {n}, c = {c}, tau = {tau}, period {period}: {rule}, not {found}"
                )
        seen += 1
    return seen


def _smoothed(x: arb, tau: arb) -> arb:
    """E(x + U)_+ for a normal U of standard deviation tau."""
    z = x / tau
    normal = (-z * z / 2).exp() / (2 * arb.pi()).sqrt()
    return x * (-z / arb(2).sqrt()).erfc() / 2 + tau * normal


def _alias(law: Sequence[tuple[Fraction, Fraction]], c: arb, tau: arb, period: arb, k: int) -> arb:
    """e^(c k L) E(S + U - k L)_+ for a period L."""
    terms = (exactly(p) * _smoothed(exactly(s) - k * period, tau) for s, p in law)
    return (c * k * period).exp() * sum(terms, arb(0))


_BOXES: tuple[tuple[int, int], ...] = ((2, 6), (3, 4))


@checks("contour-aliasing", evidence=Evidence.ENCLOSED, units=_BOXES)
@checks(
    "contour-aliasing",
    evidence=Evidence.ENCLOSED,
    units=tuple((k, n) for k in (2, 3, 4) for n in (3, 5, 8)),
    deep=True,
)
def aliases_are_below_their_bound(values: int, n: int) -> int:
    """6 (4) steps of 2- (3-)ary blankets, w = 3, all alpha in [1.3, 1.6], c in [0.3, 0.35], tau in [0.2, 0.4], L in [4, 5]: bound > sum."""
    ranges: tuple[Side, ...] = (
        (F(13, 10), F(16, 10)),
        (F(3, 10), F(35, 100)),
        (F(2, 10), F(4, 10)),
        (F(4), F(5)),
    )
    seen = 0
    for at in (F(1, 10), F(6, 10)):

        def gap(alpha: arb, c: arb, tau: arb, period: arb, at: Fraction = at) -> arb:
            lie = 1 / (3 + arb(values) - 1)
            step = Step(
                (3 - alpha, 1 - 3 * alpha, 1 - alpha), (lie, lie, (values - 2) * lie), 1 - values * lie
            )
            plan = ContourPlan(n, c, 2 * arb.pi() / period, tau, 4, 4, 0.1, 0.6)  # type: ignore[arg-type]
            bound = contour.alias_bound(step, plan, exactly(at))  # type: ignore[arg-type]
            return bound - _aliases_above(
                step, n, c.upper(), c.lower(), tau.upper(), period, at > ranges[1][1]
            )

        seen += positive_on(gap, ranges, what=f"aliases for the exponent {at}")
    return seen


def _aliases_above(step: Step, n: int, c: arb, least_c: arb, tau: arb, period: arb, right: object) -> arb:
    """Bound the sum of the aliases on one side from above: E(x + U)_+ rises in x and in tau."""
    sums = [
        (sum((g * k for g, k in zip((*step.values, arb(0)), counts, strict=True)), arb(0)), mass)
        for counts, mass in _counts(step, n)
    ]
    total, reach = arb(0), 6
    for k in range(1, reach + 1):
        shift = -k * period if right else k * period
        weight = (c * k * period.upper() if right else -least_c * k * period.lower()).exp()
        total += weight * sum((mass * _smoothed((s + shift).upper(), tau) for s, mass in sums), arb(0))
    most = sum((abs(s).upper() * mass for s, mass in sums), arb(0)) + tau
    if right:  # beyond: at most e^(ckL) tau phi((kL - top)/tau), whose ratios fall in k
        top = sums[0][0].upper()
        for s, _ in sums:
            top = top.max(s.upper())
        first, second = (
            (c * k * period.upper()).exp() * tau * (-(((k * period.lower() - top) / tau) ** 2) / 2).exp()
            for k in (reach + 1, reach + 2)
        )
        return (total + first / (1 - second / first)).upper()
    ratio, longest = (-least_c * period.lower()).exp(), period.upper()
    after = ratio ** (reach + 1) * (
        (most + (reach + 1) * longest) / (1 - ratio) + longest * ratio / (1 - ratio) ** 2
    )
    return (total + after).upper()


def _counts(step: Step, n: int) -> list[tuple[tuple[int, ...], arb]]:
    from ..reference.walk import compositions

    chances = (*step.chances, step.rest)
    found = []
    for counts in compositions(n, len(chances)):
        mass = arb(math.factorial(n))
        for p, a in zip(chances, counts, strict=True):
            mass *= p**a / math.factorial(a)
        found.append((counts, mass))
    return found

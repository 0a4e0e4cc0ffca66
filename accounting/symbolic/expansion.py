r"""Large batches: the first two orders of delta at a fixed ``z = epsilon sqrt(n)``, and of the total variation.

A shuffle that is a random walk loses ``delta = E[(L_1 + .. + L_n)_+] / n`` with ``L = a - alpha b``, a and b being the likelihood
ratios ``R_x0 / W`` and ``R_x1 / W`` of a letter of law W (statement walk-identity). At ``alpha = e^{z/sqrt n}`` the sum is nearly
normal with a mean of the order of its spread, and Edgeworth's expansion of its law gives, for fixed z and n -> infinity,

    sqrt(n) delta = leading(z) + second(z) / sqrt(n) + O(1/n) .

At z = 0 the second term vanishes. There the next one is of order 1/n, and where the values of ``a - b`` lie on a lattice it depends on
where in the lattice zero lies. These are statements about limits: they certify nothing for any n, and no bound of the toolkit rests on them.
They say how bounds scale, and which of two is better in the long run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ..errors import ParameterError

__all__ = ["Expansion", "TotalVariation", "expansion", "kary_alike", "kary_blanket", "total_variation"]

Symbol = Any
"""sympy ships no types: a symbol or an expression."""

Letters = tuple[tuple[Symbol, Symbol, Symbol], ...]
"""For each letter its mass under ``R_x0``, ``R_x1`` and the reference W."""

_z = sp.Symbol("z", real=True)


@dataclass(frozen=True)
class Expansion:
    """Two orders of ``sqrt(n) delta`` at ``epsilon = z / sqrt(n)``.

    Attributes:
        leading: the limit, in the symbol z.
        second: what is divided by ``sqrt(n)``.
        z: the symbol.
    """

    leading: Symbol
    second: Symbol
    z: Symbol

    def latex(self) -> str:
        """Return both orders as LaTeX."""
        left = r"\sqrt{n}\,\delta(z/\sqrt{n})"
        return rf"{left} = {sp.latex(self.leading)} + \frac{{1}}{{\sqrt{{n}}}} \left({sp.latex(self.second)}\right) + O(1/n)"

    def delta(self, users: int, z: Symbol, *, digits: int = 30, orders: int = 2) -> Symbol:
        """Evaluate the expansion: an approximation of delta, on neither side of it.

        Args:
            users: n, the target included.
            z: epsilon times the square root of n; epsilon in nats.
            digits: decimal digits of the arithmetic.
            orders: 1 or 2.

        Returns:
            A sympy float.

        Raises:
            ParameterError: orders is neither 1 nor 2, or letters still hold symbols.
        """
        if orders not in (1, 2):
            raise ParameterError("orders", "must be 1 or 2", orders)
        total = self.leading + (self.second / sp.sqrt(users) if orders == 2 else 0)
        value = (total / sp.sqrt(users)).subs(self.z, z)
        if value.free_symbols:
            names = ", ".join(sorted(map(str, value.free_symbols)))
            raise ParameterError(
                "letters", "must be numbers before they are evaluated", names, "Substitute them"
            )
        return sp.N(value, digits)

    def subs(self, values: dict[Symbol, Symbol]) -> Expansion:
        """Return the expansion with symbols replaced."""
        return Expansion(leading=self.leading.subs(values), second=self.second.subs(values), z=self.z)


@dataclass(frozen=True)
class TotalVariation:
    """Two orders of the total variation, ``leading / sqrt(n) (1 + relative / n)``.

    Attributes:
        leading: the limit of ``sqrt(n)`` times the total variation.
        relative: of the second order; with ``span``, it holds the symbol theta.
        theta: the distance of zero from the lattice of sums below it, as a share of the span, in [0, 1).
        span: of the lattice on which the values of ``a - b`` lie; 0 when they lie on none.
        a_value: one of the values of ``a - b``: theta is the fractional part of ``-n a_value / span``.
    """

    leading: Symbol
    relative: Symbol
    theta: Symbol
    span: Symbol
    a_value: Symbol

    def value(self, users: int, *, digits: int = 30, orders: int = 2) -> Symbol:
        """Evaluate the expansion at a number of users: an approximation, on neither side."""
        relative = self.relative if orders == 2 else sp.S.Zero
        if self.span != 0:
            offset = -users * self.a_value / self.span
            relative = relative.subs(self.theta, sp.nsimplify(offset - sp.floor(offset)))
        return sp.N(self.leading / sp.sqrt(users) * (1 + relative / users), digits)


def kary_alike(factor: Symbol, values: Symbol) -> Letters:
    """Return the letters of k-ary randomized response among users who all hold a third value: a data set.

    Args:
        factor: ``e^epsilon0``, a number or a symbol.
        values: k, at least 3, a number or a symbol.
    """
    w, r = sp.sympify(factor), 1 / (sp.sympify(factor) + values - 1)
    return (
        (w * r, r, r),
        (r, w * r, r),
        (r, r, w * r),
        ((values - 3) * r, (values - 3) * r, (values - 3) * r),
    )


def kary_blanket(factor: Symbol, values: Symbol) -> Letters:
    """Return the letters of the privacy blanket of k-ary randomized response: an upper bound.

    The blanket sends each of the k values with chance r; with chance 1 - k r a message says nothing of the target.
    """
    w, r = sp.sympify(factor), 1 / (sp.sympify(factor) + values - 1)
    rest = (values - 2) * r
    return ((w * r, r, r), (r, w * r, r), (rest, rest, rest), (sp.S.Zero, sp.S.Zero, 1 - values * r))


def expansion(letters: Sequence[Sequence[Symbol]]) -> Expansion:
    """Derive two orders of delta at fixed ``z = epsilon sqrt(n)``.

    Args:
        letters: for each letter its mass under both inputs of the target and under the law of the others; numbers or symbols.

    Returns:
        The expansion, simplified.

    Raises:
        ParameterError: masses do not sum to 1 identically, or the two inputs are the same.
    """
    moments = _Moments(_checked(letters))
    s = sp.Symbol("s", positive=True)  # 1 / sqrt(n)
    alpha = sp.series(sp.exp(_z * s), s, 0, 3).removeO()
    mean = 1 - alpha  # both inputs have mass 1
    square, cube = moments.of_step(2, alpha), moments.of_step(3, sp.S.One)
    drift, bend = (
        sp.expand(mean).coeff(s, order) for order in (1, 2)
    )  # sqrt(n) times the mean is drift + bend s + ..
    variance = sp.factor(sp.simplify(square.subs(s, 0)))
    slope = sp.factor(sp.simplify(sp.diff(square - mean**2, s).subs(s, 0)))  # of the variance in s
    third = sp.factor(sp.simplify(cube))
    # E(S)_+ = sigma sqrt(n) (h(u) + third / (6 sigma^3 sqrt(n)) h'''(u) + ..) with u = sqrt(n) mean / sigma and
    # h(u) = E(Z + u)_+, h'' = phi, h''' = -u phi. As functions of mean and variance, sigma h(mean / sigma) has the
    # derivatives Phi(mean / sigma) and phi(mean / sigma) / (2 sigma).
    sigma = sp.sqrt(variance)
    density, tail = _phi(drift / sigma), _Phi(drift / sigma)
    at_density = sp.factor(sp.simplify(slope / (2 * sigma) - third * drift / (6 * sigma**3)))
    return Expansion(leading=sigma * density + drift * tail, second=bend * tail + at_density * density, z=_z)


def total_variation(letters: Sequence[Sequence[Symbol]], *, span: Symbol = 0) -> TotalVariation:
    """Derive two orders of the total variation, which is delta at epsilon = 0.

    Args:
        letters: as for ``expansion``.
        span: the largest h such that all values of ``R_x0 / W - R_x1 / W`` differ by multiples of h; 0 when there is none.

    Raises:
        ParameterError: masses do not sum to 1 identically, the two inputs are the same, or the values are on no lattice of that span.
    """
    checked = _checked(letters)
    moments = _Moments(checked)
    square, cube, fourth = (moments.of_step(order, sp.S.One) for order in (2, 3, 4))
    theta = sp.Symbol("theta", nonnegative=True)
    skew, excess = cube**2 / square**3, fourth / square**2 - 3
    relative = (skew - excess) / 24
    differences = [(first - second) / reference for first, second, reference in checked if reference != 0]
    if span != 0:
        for value in differences:
            steps = sp.simplify((value - differences[0]) / span)
            if steps.is_integer is not True:
                raise ParameterError(
                    "span", "must divide all differences of the values", span, f"One is {steps} spans"
                )
        # Euler and Maclaurin: summing x_+ over a lattice in place of integrating it costs half of B_2(theta) span^2 f(0)
        relative -= sp.Rational(1, 2) * (theta**2 - theta + sp.Rational(1, 6)) * span**2 / square
    return TotalVariation(
        leading=sp.sqrt(sp.factor(sp.simplify(square)) / (2 * sp.pi)),
        relative=sp.factor(sp.simplify(relative)),
        theta=theta,
        span=sp.sympify(span),
        a_value=differences[0],
    )


def _checked(letters: Sequence[Sequence[Symbol]]) -> Letters:
    rows = tuple((sp.sympify(a), sp.sympify(b), sp.sympify(c)) for a, b, c in letters)
    for place, name in enumerate(("first input", "second input", "reference")):
        total = sp.simplify(sum(row[place] for row in rows) - 1)
        if total != 0:
            raise ParameterError(
                "letters", f"must have masses of the {name} that sum to 1 identically", total + 1
            )
    for first, second, reference in rows:
        if reference == 0 and (first != 0 or second != 0):
            raise ParameterError(
                "letters",
                "must lie where the reference does",
                (first, second),
                "The excess of such a letter does not fall with n",
            )
    if all(sp.simplify(first - second) == 0 for first, second, _ in rows):
        raise ParameterError("letters", "must differ between the two inputs", rows, "Nothing is lost")
    return rows


@dataclass(frozen=True)
class _Moments:
    letters: Letters

    def of_step(self, order: int, alpha: Symbol) -> Symbol:
        """Return the expectation of a power of ``(R_x0 - alpha R_x1) / W`` under W."""
        return sum(
            (first - alpha * second) ** order / reference ** (order - 1)
            for first, second, reference in self.letters
            if reference != 0
        )


def _phi(u: Symbol) -> Symbol:
    return sp.exp(-(u**2) / 2) / sp.sqrt(2 * sp.pi)


def _Phi(u: Symbol) -> Symbol:  # noqa: N802 - the usual name of the normal distribution function
    return sp.erfc(-u / sp.sqrt(2)) / 2

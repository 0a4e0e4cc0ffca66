"""Exponents of the best summation error, from above and from below, for every number of shufflers at once.

Upper bound. k levels of batches of sizes ``b_1 | .. | b_k``; with ``r_j = b_{j+1} / b_j`` (and ``r_k = n / b_k``) at most ``r_j`` batches of
level j are added, each with noise of standard deviation of order ``1 / epsilon``, and fewer than ``b_1`` users are hidden:

    E  >=  b_1,      E  >=  sqrt(r_j) / epsilon,      b_1 r_1 .. r_k = n          (up to constants in k and logarithms).

Lower bound (statement lower-bound-theorem). Blocks of m users, groups of ``g`` of order ``1 / epsilon``, N groups, a window of ``m N^k`` steps:

    E  is at least of order  min(m, g sqrt(N))     wherever     m N^k <= n .

Taking logarithms to the base n, with ``epsilon = n^-y``, both are linear programs in the exponents, and both have the solution in which all
constraints are tight. `certificate` gives the multipliers that prove it for a symbolic k: no choice of unequal ratios does better above, no
choice of m and N does better below.

``python -m proofs.symbolic.exponents`` prints the exponents for a symbolic k and for k = 1 .. 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

__all__ = [
    "Exponents",
    "above",
    "below",
    "certificate",
    "main",
    "with_logarithmic_shufflers",
]

k = sp.Symbol("k", positive=True, integer=True)
y = sp.Symbol("y", nonnegative=True)
"""The exponent of epsilon: ``epsilon = n^-y``."""


@dataclass(frozen=True, slots=True)
class Exponents:
    """Powers of n and of epsilon.

    Attributes:
        of_users: the power of n.
        of_epsilon: the power of epsilon.
    """

    of_users: Any
    of_epsilon: Any


def above() -> Exponents:
    """Solve the tight system of the mechanism: ``E = b``, ``E = r/2 + y``, ``b + k r = 1``, in exponents."""
    e, b, r = sp.symbols("e b r", real=True)
    (solution,) = sp.linsolve([e - b, e - (r / 2 + y), b + k * r - 1], e, b, r)
    return _split(solution[0])


def below() -> Exponents:
    """Solve the tight system of the theorem: ``E = m``, ``E = y + N/2``, ``m + k N = 1``, in exponents."""
    e, m, count = sp.symbols("e m N", real=True)
    (solution,) = sp.linsolve([e - m, e - (y + count / 2), m + k * count - 1], e, m, count)
    return _split(solution[0])


def certificate(found: Exponents) -> Any:
    """Return what is left of the dual certificate: zero means that no choice of sizes does better.

    Above, feasible exponents satisfy ``e >= b``, ``e >= r_j/2 + y`` and ``b + r_1 + .. + r_k = 1``: with the weight 1 on the first and 2 on each of the k
    others, ``(1 + 2k) e >= 1 + 2 k y``, whatever the ratios are. Below, ``e <= m``, ``e <= y + N/2`` and ``m + k N <= 1``: with the weights 1 and 2k,
    ``(1 + 2k) e <= 1 + 2 k y``. A solution is optimal when it attains this.
    """
    return sp.simplify((1 + 2 * k) * (found.of_users - found.of_epsilon * y) - (1 + 2 * k * y))


def with_logarithmic_shufflers() -> Any:
    """Return the limit of ``n^(1/(2k+1))`` for ``k = log n`` as n grows: a constant, so that what remains are powers of log n."""
    n = sp.Symbol("n", positive=True)
    power = above().of_users.subs(k, sp.log(n))
    return sp.limit(sp.exp(power * sp.log(n)), n, sp.oo)


def _split(exponent: Any) -> Exponents:
    """Write an exponent ``a + c y`` of n, with ``epsilon = n^-y``, as ``n^a epsilon^-c``."""
    polynomial = sp.Poly(sp.together(exponent), y)
    return Exponents(
        of_users=sp.factor(polynomial.coeff_monomial(1)), of_epsilon=sp.factor(-polynomial.coeff_monomial(y))
    )


def main() -> None:
    """Print the exponents."""
    upper, lower = above(), below()
    print(f"above: n^({upper.of_users}) epsilon^({upper.of_epsilon})")
    print(f"below: n^({lower.of_users}) epsilon^({lower.of_epsilon})")
    print(f"what is left of the certificates: {certificate(upper)}, {certificate(lower)}")
    print(f"k = log n: n^(1/(2k+1)) tends to {with_logarithmic_shufflers()}")
    for shufflers in range(1, 9):
        print(
            f"k = {shufflers}: n^({upper.of_users.subs(k, shufflers)}) epsilon^({upper.of_epsilon.subs(k, shufflers)})"
        )


if __name__ == "__main__":
    main()

"""The exponent of regret with k shufflers, from the balance of delay and noise: ``python -m proofs.bandits.exponents``.

A sum of at most r batches a level, each with noise of constant deviation, has noise of order sqrt(r) (up to k and logarithms), and optimism over a
ridge estimate with noise s costs regret of order sqrt(n s). The smallest batch costs its size, as nothing is learnt before it closes. With equal ratios

    R  >=  b,        R  >=  sqrt(n sqrt(r)),        b r^k = n.

In exponents of n this is a linear program, at whose solution all three are tight.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

__all__ = ["balance", "certificate", "main", "predicted"]

k = sp.Symbol("k", positive=True, integer=True)


def balance() -> tuple[Any, Any, Any]:
    """Solve the tight system for the exponents of regret, of the smallest batch and of the ratio."""
    regret, first, ratio = sp.symbols("R b r", real=True)
    (solution,) = sp.linsolve(
        [regret - first, regret - (sp.Rational(1, 2) + ratio / 4), first + k * ratio - 1],
        regret,
        first,
        ratio,
    )
    return tuple(sp.factor(part) for part in solution)


def certificate() -> Any:
    """Return zero: weights (1, 4k)/(4k+1) of the two lower bounds on R prove that no other b and r has a smaller exponent.

    ``R >= (b + 4k (1/2 + r/4))/(4k+1) = (b + k r + 2k)/(4k+1) = (2k+1)/(4k+1)``.
    """
    first, ratio = sp.symbols("b r", real=True)
    weighted = (first + 4 * k * (sp.Rational(1, 2) + ratio / 4)) / (4 * k + 1)
    return sp.simplify(weighted.subs(first, 1 - k * ratio) - balance()[0])


def predicted(shufflers: int) -> sp.Rational:
    """Return the exponent for a number of shufflers."""
    return balance()[0].subs(k, shufflers)


def main() -> None:
    """Print the exponents."""
    regret, first, ratio = balance()
    print(
        f"regret n^({regret}), smallest batch n^({first}), ratio n^({ratio}); k to infinity: {sp.limit(regret, k, sp.oo)}"
    )
    for shufflers in range(1, 9):
        print(f"k = {shufflers}: {predicted(shufflers)} = {float(predicted(shufflers)):.4f}")


if __name__ == "__main__":
    main()

"""The expansion for large batches beside certified numbers: does the error fall as its order says?

``python -m proofs.symbolic.expansions`` prints, for n = 10^2 .. 10^10 and a fixed z = epsilon sqrt(n), the certified delta, the
relative errors of one and of two orders, and the orders of convergence that are observed between neighbouring n; two orders
leave O(1/n), so that the last column tends to 1 for the factor by which n grows, up to a bounded oscillation that sums on
nearly a lattice cause.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

import accounting as csa
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.pairs.of_randomizer import pairs_of
from accounting.symbolic.expansion import Expansion, expansion, kary_alike, kary_blanket

__all__ = ["CASES", "Case", "Row", "main", "rows"]

_WIDTH = 1e-13  # relative, to aim at
_POWERS = range(2, 11)


@dataclass(frozen=True, slots=True)
class Case:
    """A k-ary randomized response at a fixed z.

    Attributes:
        factor: ``e^epsilon0``.
        values: k.
        z: epsilon times the square root of the users; epsilon in nats.
        side: "upper", the blanket, or "lower", a data set whose others hold one third value.
    """

    factor: int
    values: int
    z: Fraction
    side: str

    def expansion(self) -> Expansion:
        """Derive the two orders."""
        letters = kary_blanket if self.side == "upper" else kary_alike
        return expansion(letters(self.factor, self.values))

    def certified(self, users: int, epsilon: Fraction) -> Enclosure:
        """Enclose delta."""
        keep = Fraction(self.factor, self.factor + self.values - 1)
        pairs = pairs_of(csa.KaryRandomizedResponse(values=self.values, keep=keep), users)
        (pair,) = pairs.upper if self.side == "upper" else pairs.lower[:1]
        return pair.value(Factor.exp(epsilon), _WIDTH).delta


CASES = tuple(
    Case(factor, values, Fraction(z), side)
    for factor, values, z in ((13, 4, "1/2"), (13, 4, "8"), (3, 10, "1"))
    for side in ("upper", "lower")
)


@dataclass(frozen=True, slots=True)
class Row:
    """One number of users.

    Attributes:
        users: n.
        delta: certified.
        one: the relative error of the leading order.
        two: the relative error of both orders.
        unknown: how much of both is due to the width of the enclosure.
    """

    users: int
    delta: Enclosure
    one: float
    two: float
    unknown: float


def rows(case: Case, powers: Sequence[int] = _POWERS) -> Iterator[Row]:
    """Yield a row for each power of ten."""
    expanded = case.expansion()
    for power in powers:
        users = 10**power
        epsilon = case.z / Fraction(math.isqrt(users * 10**24), 10**12)
        z = sp.Rational(epsilon.numerator, epsilon.denominator) * sp.sqrt(users)  # to all digits
        delta = case.certified(users, epsilon)
        middle = (delta.lower + delta.upper) / 2
        exact = sp.Rational(middle.numerator, middle.denominator)
        one, two = (float(expanded.delta(users, z, orders=k) / exact - 1) for k in (1, 2))
        yield Row(users, delta, one, two, float((delta.upper - delta.lower) / (2 * middle)))


def main() -> None:
    """Print the tables."""
    for case in CASES:
        print(
            f"\n{case.values} values, e^epsilon0 = {case.factor}, epsilon = {case.z} / sqrt(n), {case.side} end"
        )
        print(
            f"{'n':>12} {'sqrt(n) delta':>16} {'one order':>11} {'two orders':>11} {'not known':>10} {'n two':>7} {'rate 1':>7} {'rate 2':>7}"
        )
        before: Row | None = None
        for row in rows(case):
            scaled = math.sqrt(row.users) * float(row.delta.lower)
            rates = ["", ""]
            if before is not None:
                grown = math.log(row.users / before.users)
                rates = [
                    f"{math.log(abs(a / b)) / grown:7.2f}" if abs(b) > 3 * row.unknown else ""
                    for a, b in ((before.one, row.one), (before.two, row.two))
                ]
            product = f"{row.users * row.two:7.3f}" if abs(row.two) > 3 * row.unknown else ""
            print(
                f"{row.users:>12} {scaled:16.12f} {row.one:11.2e} {row.two:11.2e} {row.unknown:10.1e} {product:>7} {rates[0]:>7} {rates[1]:>7}"
            )
            before = row


if __name__ == "__main__":
    main()

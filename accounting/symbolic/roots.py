"""Real algebraic numbers as isolated roots, and the division of a line into cells where nothing changes.

Polynomials in one symbol are tuples of integers, the leading coefficient first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache, total_ordering
from itertools import pairwise
from math import gcd
from typing import Any, Generic, TypeAlias, TypeVar

import sympy

__all__ = ["Cell", "Coefficients", "Root", "cells", "odd_roots", "sign_at"]

Coefficients: TypeAlias = tuple[int, ...]

_X = sympy.Symbol("x")
_L = TypeVar("_L")


def sign_at(f: Coefficients, at: Fraction) -> int:
    """Return the sign of a polynomial at a rational number."""
    top, bottom, value, power = at.numerator, at.denominator, 0, 1
    for c in f:
        value = value * top + c * power
        power *= bottom
    return (value > 0) - (value < 0)


@total_ordering
@dataclass(eq=False)
class Root:
    """A real algebraic number: the one root of an irreducible polynomial in an interval with rational ends.

    Attributes:
        polynomial: integer coefficients, the leading one first; irreducible and primitive.
        index: which of its real roots, from 0 and from below.
        lower: at most the number; equal to it and to ``upper`` where the number is rational.
        upper: at least the number.
    """

    polynomial: Coefficients
    index: int
    lower: Fraction = field(compare=False)
    upper: Fraction = field(compare=False)

    @property
    def rational(self) -> Fraction | None:
        """The number itself where it is rational, else None."""
        return self.lower if self.lower == self.upper else None

    def enclosed(self, width: Fraction = Fraction(1, 10**12)) -> tuple[Fraction, Fraction]:
        """Return rational ends around the number that are at most ``width`` apart."""
        while self.upper - self.lower > width:
            self.halve()
        return self.lower, self.upper

    def halve(self) -> None:
        """Halve the interval; the number stays the same."""
        middle = (self.lower + self.upper) / 2
        sign = sign_at(self.polynomial, middle)
        if sign == 0:
            self.lower = self.upper = middle
        elif sign == sign_at(self.polynomial, self.lower):
            self.lower = middle
        else:
            self.upper = middle

    def compare(self, value: Fraction) -> int:
        """Return the sign of the number minus a rational one, exactly."""
        if len(self.polynomial) == 2:
            return (self.lower > value) - (self.lower < value)
        while self.lower <= value <= self.upper:
            self.halve()
        return 1 if self.lower > value else -1

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Root):
            return NotImplemented
        return self.polynomial == other.polynomial and self.index == other.index

    def __hash__(self) -> int:
        return hash((self.polynomial, self.index))

    def __lt__(self, other: Root) -> bool:
        if self == other:
            return False
        while self.lower <= other.upper and other.lower <= self.upper:
            if self.rational is not None and other.rational is not None:
                break
            self.halve()
            other.halve()
        return self.upper < other.lower or (self.upper == other.lower and self.lower < other.upper)

    def __float__(self) -> float:
        lower, upper = self.enclosed(Fraction(1, 2**60))
        return float((lower + upper) / 2)

    def expression(self) -> Any:
        """Return the number as sympy knows it."""
        poly = sympy.Poly(list(self.polynomial), _X, domain="ZZ")
        return sympy.Rational(str(self.lower)) if self.rational is not None else poly.real_roots()[self.index]

    def __str__(self) -> str:
        return str(self.rational) if self.rational is not None else f"{float(self):.6g}"


def odd_roots(f: Coefficients, lower: Fraction | None, upper: Fraction | None) -> tuple[Root, ...]:
    """Return where a polynomial changes its sign between two ends, both excluded, rising."""
    common = gcd(*f)
    if common == 0:
        return ()
    primitive = tuple(c // common for c in f)
    if lower is not None and not _variations(primitive, lower):
        return ()
    return tuple(
        root
        for root in _all_odd_roots(primitive)
        if (lower is None or root.compare(lower) > 0) and (upper is None or root.compare(upper) < 0)
    )


@lru_cache(maxsize=20_000)
def _all_odd_roots(f: Coefficients) -> tuple[Root, ...]:
    _, factors = sympy.Poly(list(f), _X, domain="ZZ").factor_list()
    return tuple(sorted(root for factor, times in factors if times % 2 for root in _roots_of(factor)))


def _roots_of(irreducible: Any) -> Iterator[Root]:
    coefficients = tuple(int(c) for c in irreducible.all_coeffs())
    if len(coefficients) == 2:
        number = Fraction(-coefficients[1], coefficients[0])
        yield Root(coefficients, 0, number, number)
        return
    for index, ((low, high), _) in enumerate(irreducible.intervals()):
        lower, upper = Fraction(int(low.p), int(low.q)), Fraction(int(high.p), int(high.q))
        yield Root(coefficients, index, lower, upper)


def _variations(f: Coefficients, lower: Fraction) -> int:
    """Count sign changes of the coefficients of ``f(lower + t)``: no fewer than there are roots above ``lower``."""
    top, bottom = lower.numerator, lower.denominator
    scaled = [c * bottom**i for i, c in enumerate(f)]  # f(x / bottom), up to a positive factor
    for stop in range(len(scaled), 1, -1):
        for i in range(1, stop):
            scaled[i] += top * scaled[i - 1]
    signs = [c > 0 for c in scaled if c]
    return sum(a != b for a, b in pairwise(signs))


@dataclass(frozen=True, slots=True)
class Cell(Generic[_L]):
    """An open interval in which nothing changes.

    Attributes:
        lower: its lower end; None for the lower end of the whole line in question.
        upper: its upper end; None for the upper end of the whole line in question.
        label: what holds in it.
        sample: a rational number inside.
    """

    lower: Root | None
    upper: Root | None
    label: _L
    sample: Fraction


def cells(
    lower: Fraction | None,
    upper: Fraction | None,
    look: Callable[[Fraction], tuple[_L, Sequence[Coefficients]]],
) -> tuple[Cell[_L], ...]:
    """Divide an interval into cells.

    Args:
        lower: its lower end, None for none.
        upper: its upper end, None for none.
        look: what holds at a rational number, and polynomials of which none vanishes identically: it holds as far as
            none of them changes its sign.

    Returns:
        The cells, rising; neighbours have different labels. Their common ends belong to neither.
    """
    found: list[Cell[_L]] = []
    gaps: list[tuple[Root | None, Root | None]] = [(None, None)]
    while gaps:
        low, high = gaps.pop()
        for at in _between(low, high, lower, upper):
            label, certificates = look(at)
            if all(sign_at(f, at) for f in certificates):
                break
        left, right = low, high
        for f in certificates:
            for root in odd_roots(f, lower, upper):
                if root.compare(at) < 0:
                    left = root if left is None else max(left, root)
                elif right is None or root < right:
                    right = root
        if left != low:
            gaps.append((low, left))
        if right != high:
            gaps.append((right, high))
        found.append(Cell(left, right, label, at))
    found.sort(key=lambda cell: cell.sample)
    return _joined(found)


def _joined(found: Sequence[Cell[_L]]) -> tuple[Cell[_L], ...]:
    joined: list[Cell[_L]] = []
    for cell in found:
        if joined and joined[-1].label == cell.label:
            before = joined.pop()
            joined.append(Cell(before.lower, cell.upper, cell.label, before.sample))
        else:
            joined.append(cell)
    return tuple(joined)


def _between(
    low: Root | None, high: Root | None, lower: Fraction | None, upper: Fraction | None
) -> Iterator[Fraction]:
    """Yield rational numbers between two ends, without end and each one once."""
    if low is not None and high is not None:
        while low.upper >= high.lower:
            low.halve()
            high.halve()
    first = low.upper if low is not None else lower
    last = high.lower if high is not None else upper
    share = 2
    while True:
        if first is not None and last is not None:
            yield first + (last - first) / share
        elif first is not None:
            yield first + Fraction(2, share)
        elif last is not None:
            yield last - Fraction(2, share)
        else:
            yield Fraction(share - 2)
        share += 1

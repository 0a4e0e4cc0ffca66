"""Symbols with assumptions, the polynomials in them, and what signs polynomials have under the assumptions.

A symbol ranges over an interval with rational ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import compress
from typing import Any

import sympy
from sympy.polys.rings import ring

from ..errors import ParameterError
from ..numerics.exact import ExactLike, exact
from .reading import Expression, Polynomial, Quotient, RationalLike, lowest_terms, rational_function
from .roots import odd_roots, sign_at

__all__ = ["Domain", "RangeOf", "dense", "inside"]

_ASSUMPTION = re.compile(r"\s*([A-Za-z]\w*)\s*(>=|<=|>|<)\s*(\S+)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeOf:
    """The interval of one symbol.

    Attributes:
        name: the symbol.
        lower: the lower end, None for none.
        upper: the upper end, None for none.
        holds_lower: whether the lower end belongs to the interval.
        holds_upper: whether the upper end does.
        is_whole: whether the symbol stands for whole numbers only.
    """

    name: str
    lower: Fraction | None = None
    upper: Fraction | None = None
    holds_lower: bool = False
    holds_upper: bool = False
    is_whole: bool = False

    def contains(self, value: Fraction) -> bool:
        """Say whether a value lies in the interval."""
        above = self.lower is None or value > self.lower or (self.holds_lower and value == self.lower)
        below = self.upper is None or value < self.upper or (self.holds_upper and value == self.upper)
        return above and below and (value.denominator == 1 or not self.is_whole)

    def __str__(self) -> str:
        parts = []
        if self.lower is not None:
            parts.append(f"{self.name} {'>=' if self.holds_lower else '>'} {self.lower}")
        if self.upper is not None:
            parts.append(f"{self.name} {'<=' if self.holds_upper else '<'} {self.upper}")
        return " and ".join(parts) + (", a whole number" if self.is_whole else "")


@dataclass(frozen=True)
class Domain:
    """What is assumed of the symbols.

    Attributes:
        ranges: one interval for each symbol, sorted by name.
    """

    ranges: tuple[RangeOf, ...]

    @classmethod
    def of(cls, assume: str | Iterable[object]) -> Domain:
        """Read assumptions like ``"w > 1"`` or ``("p > 0", "p < 1/2")``; sympy relations are read as their text.

        Raises:
            ParameterError: an assumption has another form, or a symbol has no value left.
        """
        given = [assume] if isinstance(assume, str) or not isinstance(assume, Iterable) else list(assume)
        found: dict[str, RangeOf] = {}
        for each in given:
            match = _ASSUMPTION.fullmatch(str(each))
            if match is None or match[1] in ("alpha", "oo", "I", "E"):
                remedy = 'Write each as a symbol, a sign and a number, like "w > 1"; alpha is taken'
                raise ParameterError("assume", "must compare a symbol with a number", str(each), remedy)
            name, sign, end = match[1], match[2], exact("assume", match[3])
            found[name] = _narrowed(found.get(name, RangeOf(name=name)), sign, end)
        if not found:
            raise ParameterError("assume", "must name the symbols", given, 'Like "w > 1" for w = e^epsilon0')
        return cls(tuple(found[name] for name in sorted(found)))

    @property
    def names(self) -> tuple[str, ...]:
        """The symbols."""
        return tuple(each.name for each in self.ranges)

    @cached_property
    def ring(self) -> Any:
        """Polynomials in the symbols with integer coefficients."""
        return ring(",".join(self.names), sympy.ZZ)[0]

    @cached_property
    def symbols(self) -> tuple[Expression, ...]:
        """The symbols as sympy knows them, without assumptions of its own."""
        return tuple(sympy.Symbol(name) for name in self.names)

    @property
    def only(self) -> RangeOf:
        """The interval of the only symbol.

        Raises:
            ParameterError: there are several symbols.
        """
        if len(self.ranges) != 1:
            remedy = "Give all others a value first, with with_values()"
            raise ParameterError("symbols", "must be one", ", ".join(self.names), remedy)
        return self.ranges[0]

    def union(self, other: Domain) -> Domain:
        """Join the symbols of two domains, which agree on those that both have.

        Raises:
            ParameterError: they assume different things of one symbol.
        """
        found = {each.name: each for each in self.ranges}
        for each in other.ranges:
            if found.setdefault(each.name, each) != each:
                remedy = "Use other names where other symbols are meant"
                raise ParameterError(
                    "assume", f"must be the same of one symbol: {found[each.name]}", str(each), remedy
                )
        return Domain(tuple(found[name] for name in sorted(found)))

    def with_whole(self, name: str) -> Domain:
        """Say that a symbol stands for whole numbers."""
        return Domain(
            tuple(replace(each, is_whole=each.is_whole or each.name == name) for each in self.ranges)
        )

    def without(self, names: Iterable[str]) -> Domain:
        """Leave out symbols."""
        left = set(names)
        return Domain(tuple(each for each in self.ranges if each.name not in left))

    def values(self, given: Mapping[str, ExactLike]) -> dict[str, Fraction]:
        """Read values of some symbols.

        Raises:
            ParameterError: a name is not that of a symbol, or a value contradicts the assumptions.
        """
        known = {each.name: each for each in self.ranges}
        for name in given:
            if name not in known:
                raise ParameterError(name, f"must be one of the symbols {', '.join(self.names)}", given[name])
        read = {name: exact(name, value) for name, value in given.items()}
        for name, value in read.items():
            if not known[name].contains(value):
                raise ParameterError(name, f"must satisfy the assumption {known[name]}", str(value))
        return read

    def point(self, given: Mapping[str, ExactLike]) -> tuple[Fraction, ...]:
        """Read a value for each symbol, in their order.

        Raises:
            ParameterError: a value is missing or contradicts the assumptions, or a name is unknown.
        """
        read = self.values(given)
        for name in self.names:
            if name not in read:
                raise ParameterError(name, "must be given a value", "nothing", f"Like {name}=3")
        return tuple(read[name] for name in self.names)

    def expression(self, numerator: Polynomial, denominator: Polynomial | None = None) -> Expression:
        """Return a quotient of polynomials as a sympy expression, factored and in lowest terms."""
        top, bottom = lowest_terms(numerator, self.ring.one if denominator is None else denominator)
        return self._factored(top) / self._factored(bottom)

    def _factored(self, f: Polynomial) -> Expression:
        if not f:
            return sympy.Integer(0)
        known = self._factorings.get(f)
        if known is None:
            constant, factors = f.factor_list()
            known = sympy.Mul(
                sympy.Integer(int(constant)),
                *(part.as_expr(*self.symbols) ** times for part, times in factors),
            )
            self._factorings[f] = known
        return known

    @cached_property
    def _factorings(self) -> dict[Polynomial, Expression]:
        """What has been factored before: denominators come again and again."""
        return {}

    def read(self, name: str, value: RationalLike) -> Quotient:
        """Read a rational function in the symbols, exactly, in lowest terms.

        Args:
            name: what the caller calls it; used in errors.
            value: a number, text like ``"w/(1 + w)"``, or a sympy expression.

        Raises:
            ParameterError: it is not a quotient of polynomials in the symbols, or divides by zero.
        """
        return rational_function(name, value, self.ring, self.symbols)

    def is_nonnegative(self, f: Polynomial) -> bool:
        """Prove that a polynomial is nowhere negative; with one symbol a "no" is a proof of the contrary."""
        if len(self.ranges) == 1:
            return self._sign_of_one(f) >= 0
        moved = self._moved(f)
        return moved is not None and all(c >= 0 for c in moved.values())

    def is_positive(self, f: Polynomial) -> bool:
        """Prove that a polynomial is positive everywhere; with one symbol a "no" is a proof of the contrary."""
        if len(self.ranges) == 1:
            return bool(f) and self._sign_of_one(f) > 0 and not self._vanishes(f)
        if any(each.lower is not None and each.holds_upper for each in self.ranges):
            return False  # the substitution does not reach such an end
        moved = self._moved(f)
        if moved is None or any(c < 0 for c in moved.values()):
            return False
        closed = tuple(each.holds_lower or each.holds_upper for each in self.ranges)
        return any(not any(compress(powers, closed)) for powers in moved)

    def _sign_of_one(self, f: Polynomial) -> int:
        """Return the sign that a polynomial in the only symbol has up to isolated zeros.

        It is 0 for the zero polynomial, and -2 for one that takes both signs.
        """
        if not f:
            return 0
        interval = self.only
        coefficients = dense(f)
        if odd_roots(coefficients, interval.lower, interval.upper):
            return -2
        at = inside(interval.lower, interval.upper)
        while not (sign := sign_at(coefficients, at)):  # a zero of even order
            at = inside(at, interval.upper)
        return sign

    def _vanishes(self, f: Polynomial) -> bool:
        interval = self.only
        poly = sympy.Poly(list(dense(f)), self.symbols[0], domain="ZZ")
        count = int(poly.count_roots(_rational(interval.lower), _rational(interval.upper)))
        for end, held in ((interval.lower, interval.holds_lower), (interval.upper, interval.holds_upper)):
            if end is not None and not held and not sign_at(dense(f), end):
                count -= 1
        return count > 0

    def _moved(self, f: Polynomial) -> dict[tuple[int, ...], Fraction] | None:
        """Substitute so that each symbol's interval becomes the positive numbers; None where it is the whole line."""
        terms = {powers: Fraction(int(c)) for powers, c in f.items()}
        for place, each in enumerate(self.ranges):
            if each.lower is None and each.upper is None:
                return None
            terms = _substituted(terms, place, each)
        return terms


def dense(f: Polynomial) -> tuple[int, ...]:
    """Return the coefficients of a polynomial in one symbol, the leading one first."""
    if not f:
        return (0,)
    found = {powers[0]: int(c) for powers, c in f.items()}
    return tuple(found.get(power, 0) for power in range(max(found), -1, -1))


def inside(lower: Fraction | None, upper: Fraction | None) -> Fraction:
    """Return some number of an open interval."""
    if lower is not None and upper is not None:
        return (lower + upper) / 2
    if lower is not None:
        return lower + 1
    return upper - 1 if upper is not None else Fraction(0)


def _rational(value: Fraction | None) -> Expression:
    return None if value is None else sympy.Rational(value.numerator, value.denominator)


def _narrowed(known: RangeOf, sign: str, end: Fraction) -> RangeOf:
    lower, upper = known.lower, known.upper
    holds_lower, holds_upper = known.holds_lower, known.holds_upper
    held = sign.endswith("=")
    if sign.startswith(">"):
        if lower is None or end > lower or (end == lower and not held):
            lower, holds_lower = end, held
    elif upper is None or end < upper or (end == upper and not held):
        upper, holds_upper = end, held
    made = RangeOf(
        name=known.name, lower=lower, upper=upper, holds_lower=holds_lower, holds_upper=holds_upper
    )
    if lower is not None and upper is not None and lower >= upper:
        raise ParameterError("assume", f"must leave {known.name} an interval", str(made))
    return made


def _substituted(
    terms: dict[tuple[int, ...], Fraction], place: int, each: RangeOf
) -> dict[tuple[int, ...], Fraction]:
    """Put x = a + t, x = b - t, or x = (a + b t)/(1 + t), the last times ``(1 + t)^degree``."""
    degree = max((powers[place] for powers in terms), default=0)
    if each.lower is None:
        start, step, rest = each.upper or Fraction(0), Fraction(-1), Fraction(0)
    elif each.upper is None:
        start, step, rest = each.lower, Fraction(1), Fraction(0)
    else:
        start, step, rest = each.lower, each.upper, Fraction(1)
    found: dict[tuple[int, ...], Fraction] = {}
    for powers, c in terms.items():
        line = [c]
        for i in range(degree):
            constant, slope = (start, step) if i < powers[place] else (Fraction(1), rest)
            line = [
                constant * (line[j] if j < len(line) else 0) + slope * (line[j - 1] if j else 0)
                for j in range(len(line) + 1)
            ]
        for power, value in enumerate(line):
            if value:
                key = (*powers[:place], power, *powers[place + 1 :])
                found[key] = found.get(key, Fraction(0)) + value
    return {powers: value for powers, value in found.items() if value}

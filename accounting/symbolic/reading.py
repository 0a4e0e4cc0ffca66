"""Rational functions as callers write them: numbers, text or sympy expressions.

Text goes through a small grammar of its own, so that nothing is evaluated as Python.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, TypeAlias

import sympy
from sympy.polys.polyerrors import PolynomialError

from ..errors import ParameterError
from ..numerics.exact import ExactLike, exact

__all__ = ["Expression", "Polynomial", "Quotient", "RationalLike", "lowest_terms", "rational_function"]

Expression: TypeAlias = Any
"""A sympy expression; sympy ships no types."""

Polynomial: TypeAlias = Any
"""An element of a sympy polynomial ring with integer coefficients."""

Quotient: TypeAlias = tuple[Polynomial, Polynomial]
"""Numerator and denominator."""

RationalLike: TypeAlias = "ExactLike | Expression"
"""A number that ``exact`` reads, text like ``"w/(1 + w)"``, or a sympy expression."""

_LARGEST_POWER = 100
_LONGEST = 10_000
_REMEDY = "Entries are quotients of polynomials in the symbols, like w/(1 + w)"


def rational_function(name: str, value: RationalLike, ring: Any, symbols: Sequence[Expression]) -> Quotient:
    """Read a rational function exactly, in lowest terms.

    Args:
        name: what the caller calls it; used in errors.
        value: a number, text, or a sympy expression.
        ring: the polynomials in the symbols.
        symbols: the symbols, in the order of the ring.

    Raises:
        ParameterError: it is not a quotient of polynomials in the symbols, or divides by zero.
    """
    names = tuple(symbol.name for symbol in symbols)
    if isinstance(value, sympy.Basic):
        top, bottom = _of_expression(name, value, ring, symbols, names)
    elif isinstance(value, str):
        if len(value) > _LONGEST:
            raise ParameterError(name, f"must have at most {_LONGEST} characters", value)
        try:
            text = value.strip()
            top, bottom = _of_tree(name, text, ast.parse(text, mode="eval").body, ring, names)
        except (SyntaxError, RecursionError, MemoryError):
            raise ParameterError(name, "must be a rational function", value, _REMEDY) from None
    else:
        number = exact(name, value)
        top, bottom = ring(number.numerator), ring(number.denominator)
    if not bottom:
        raise ParameterError(name, "must have a denominator other than zero", str(value))
    return lowest_terms(top, bottom)


def lowest_terms(top: Polynomial, bottom: Polynomial) -> Quotient:
    """Cancel what numerator and denominator have in common; the denominator leads with a positive coefficient."""
    common = top.gcd(bottom)
    if bottom.exquo(common).LC < 0:
        common = -common
    return top.exquo(common), bottom.exquo(common)


def _of_expression(
    name: str, value: Expression, ring: Any, symbols: Sequence[Expression], names: tuple[str, ...]
) -> Quotient:
    if not isinstance(value, sympy.Expr):
        raise ParameterError(name, "must be a rational function", str(value), _REMEDY)
    if value.has(sympy.Float):
        raise ParameterError(name, "must be exact", str(value), "Write decimals as ratios, like 1/3")
    for symbol in value.free_symbols:
        if symbol.name not in names:
            raise _unknown(name, symbol.name, names)
    plain = value.xreplace({symbol: sympy.Symbol(symbol.name) for symbol in value.free_symbols})
    top, bottom = sympy.fraction(sympy.together(plain))
    try:
        first, second = (sympy.Poly(part, *symbols, domain="QQ") for part in (top, bottom))
    except (PolynomialError, sympy.CoercionFailed):
        raise ParameterError(name, "must be a rational function", str(value), _REMEDY) from None
    scale, first = first.clear_denoms(convert=True)
    other, second = second.clear_denoms(convert=True)
    return (
        ring.from_dict(first.rep.to_dict()) * int(other),
        ring.from_dict(second.rep.to_dict()) * int(scale),
    )


def _of_tree(name: str, text: str, node: ast.expr, ring: Any, names: tuple[str, ...]) -> Quotient:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            digits = ast.get_source_segment(text, node) if isinstance(number, float) else None
            value = exact(name, digits or number)
            return ring(value.numerator), ring(value.denominator)
        case ast.Name(id=symbol):
            if symbol not in names:
                raise _unknown(name, symbol, names)
            return ring.gens[names.index(symbol)], ring.one
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            top, bottom = _of_tree(name, text, inner, ring, names)
            return -top, bottom
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _of_tree(name, text, inner, ring, names)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(name, text, _of_tree(name, text, left, ring, names), right)
        case ast.BinOp(left=left, op=operation, right=right):
            a, b = _of_tree(name, text, left, ring, names)
            c, d = _of_tree(name, text, right, ring, names)
            match operation:
                case ast.Add():
                    return a * d + c * b, b * d
                case ast.Sub():
                    return a * d - c * b, b * d
                case ast.Mult():
                    return a * c, b * d
                case ast.Div():
                    if not c:
                        raise ParameterError(name, "must have a denominator other than zero", text)
                    return a * d, b * c
                case _:
                    pass
        case _:
            pass
    raise ParameterError(name, "must be a rational function", text, _REMEDY)


def _power(name: str, text: str, base: Quotient, exponent: ast.expr) -> Quotient:
    sign = 1
    if isinstance(exponent, ast.UnaryOp) and isinstance(exponent.op, ast.USub):
        sign, exponent = -1, exponent.operand
    if not (
        isinstance(exponent, ast.Constant)
        and type(exponent.value) is int
        and exponent.value <= _LARGEST_POWER
    ):
        rule = f"must have whole exponents of at most {_LARGEST_POWER}"
        raise ParameterError(name, rule, text, _REMEDY)
    top, bottom = base if sign > 0 else base[::-1]
    if not bottom:
        raise ParameterError(name, "must have a denominator other than zero", text)
    if exponent.value * max(*_degrees(top), *_degrees(bottom)) > _LARGEST_POWER:
        raise ParameterError(name, f"must have degree at most {_LARGEST_POWER}", text)
    return top**exponent.value, bottom**exponent.value


def _degrees(f: Polynomial) -> tuple[int, ...]:
    return tuple(sum(powers) for powers in f) or (0,)


def _unknown(name: str, symbol: str, names: tuple[str, ...]) -> ParameterError:
    remedy = f'Assume something of it, like "{symbol} > 1"'
    return ParameterError(name, f"must use the symbols {', '.join(names)}", symbol, remedy)

"""Reading what the caller typed, exactly, once.

A float is read as the decimal that it prints as: ``0.1`` means one tenth.
"""

from __future__ import annotations

import math
import numbers
import re
from decimal import Decimal
from fractions import Fraction
from typing import SupportsIndex, TypeAlias

from ..errors import ParameterError

__all__ = [
    "LARGEST_COUNT",
    "ExactLike",
    "delta_parameter",
    "epsilon_parameter",
    "exact",
    "positive_epsilon",
    "probability",
    "whole",
]

ExactLike: TypeAlias = "int | float | str | Decimal | Fraction | numbers.Rational | SupportsIndex"

LARGEST_COUNT = 10**18
LARGEST_EPSILON = 300
_EXPONENT_LIMIT = 5000
_DECIMAL = re.compile(r"[+-]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(e[+-]?\d+)?", re.IGNORECASE)
_RATIO = re.compile(r"[+-]?\d[\d_]*\s*/\s*\d[\d_]*")


def exact(name: str, value: ExactLike) -> Fraction:
    """Read a finite real number exactly.

    Args:
        name: what the caller calls the number; used in errors.
        value: an int, a Fraction, a Decimal, a decimal or ratio as a string (``"0.1"``, ``"1e-9"``,
            ``"1/3"``), a float (read as the decimal that it prints as) or a numpy scalar.

    Returns:
        The number as a Fraction.

    Raises:
        ParameterError: it is not a finite number, or has more than 5000 digits.

    >>> exact("p", "0.1") == exact("p", 0.1) == exact("p", Fraction(1, 10))
    True
    """
    if isinstance(value, bool) or type(value).__name__ in {"bool_", "bool"}:
        raise ParameterError(name, "must be a number, not a truth value", value)
    if isinstance(value, str):
        return _read_text(name, value)
    if isinstance(value, numbers.Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ParameterError(name, "must be a finite number", str(value))
        return _read_text(name, str(value))
    if isinstance(value, numbers.Real):  # float, numpy floating
        if not math.isfinite(value):
            raise ParameterError(name, "must be a finite number", str(value))
        # str() gives the shortest decimal of the value's own width, for floats and numpy scalars alike
        return _read_text(name, str(value))
    if isinstance(value, SupportsIndex):
        try:
            return Fraction(value.__index__())
        except TypeError:  # an array has the method but is no number
            pass
    raise ParameterError(name, "must be a number", value, "Write it as a decimal or a ratio, like 0.1 or 1/3")


def _read_text(name: str, text: str) -> Fraction:
    stripped = text.strip()
    if stripped.lower().lstrip("+-") in {"nan", "inf", "infinity", "snan"}:
        raise ParameterError(name, "must be a finite number", text)
    if len(stripped) > _EXPONENT_LIMIT:
        raise ParameterError(name, f"must have at most {_EXPONENT_LIMIT} digits", text)
    if _DECIMAL.fullmatch(stripped):
        _, _, exponent = stripped.lower().partition("e")
        if exponent and abs(int(exponent)) > _EXPONENT_LIMIT:
            raise ParameterError(name, f"must have an exponent of at most {_EXPONENT_LIMIT}", text)
        return Fraction(stripped)
    if _RATIO.fullmatch(stripped):
        top, _, bottom = stripped.partition("/")
        if int(bottom) == 0:
            raise ParameterError(name, "must have a denominator other than zero", text)
        return Fraction(int(top), int(bottom))
    raise ParameterError(name, "must be a number", text, "Write it as a decimal or a ratio, like 0.1 or 1/3")


def whole(name: str, value: ExactLike, *, least: int, most: int = LARGEST_COUNT, remedy: str = "") -> int:
    """Read a whole number between ``least`` and ``most``, both included."""
    number = exact(name, value)
    if number.denominator != 1:
        raise ParameterError(name, "must be a whole number", value, remedy)
    if number < least:
        raise ParameterError(name, f"must be at least {least}", value, remedy)
    if number > most:
        raise ParameterError(name, f"must be at most {most}", value, remedy)
    return int(number)


def probability(name: str, value: ExactLike) -> Fraction:
    """Read a probability, 0 and 1 included."""
    number = exact(name, value)
    if not 0 <= number <= 1:
        raise ParameterError(name, "must be a probability between 0 and 1", value)
    return number


def positive_epsilon(name: str, value: ExactLike) -> Fraction:
    """Read a local epsilon0, in nats: positive and at most 300."""
    number = exact(name, value)
    if number <= 0:
        raise ParameterError(name, "must be positive", value, "At 0 the reports carry no information")
    if number > LARGEST_EPSILON:
        raise ParameterError(name, f"must be at most {LARGEST_EPSILON}", value, "Such a report hides nothing")
    return number


def epsilon_parameter(name: str, value: ExactLike) -> Fraction:
    """Read an epsilon, in nats, of either sign: at most 300 in absolute value."""
    number = exact(name, value)
    if abs(number) > LARGEST_EPSILON:
        raise ParameterError(name, f"must lie between -{LARGEST_EPSILON} and {LARGEST_EPSILON}", value)
    return number


def delta_parameter(name: str, value: ExactLike) -> Fraction:
    """Read a delta: a probability, 0 included and 1 excluded."""
    number = exact(name, value)
    if not 0 <= number < 1:
        raise ParameterError(
            name, "must be at least 0 and below 1", value, "At delta = 1 every mechanism is private"
        )
    return number

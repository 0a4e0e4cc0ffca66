"""The values that a search goes through, numbered so that a larger number is never less private.

``place`` puts a number on a scale on which the logarithm of the height ``sqrt(-2 log delta)`` is nearly linear; it
guides the search, and nothing rests on it.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction

from ..numerics.exact import LARGEST_COUNT, LARGEST_EPSILON

__all__ = ["DIGITS", "FACTOR_DIGITS", "Counts", "Decimals", "Falling", "Grid", "Rising"]

DIGITS = 5
"""Significant digits of an epsilon0."""

FACTOR_DIGITS = 4
"""Significant digits of a factor."""

LEAST_EPSILON0 = Fraction(1, 10**9)


class Grid(ABC):
    """Numbered candidates.

    Attributes:
        first: the number of the least private candidate.
        last: the number of the most private one.
    """

    first: int
    last: int

    @abstractmethod
    def value(self, number: int) -> int | Fraction:
        """Return the candidate of a number."""

    @abstractmethod
    def place(self, number: int) -> float:
        """Return where the candidate is on the search's scale; it rises with the number."""

    @abstractmethod
    def nearest(self, value: float) -> int:
        """Return the number of a candidate near a positive value, inside the grid."""


@dataclass(frozen=True, slots=True)
class Counts(Grid):
    """Whole numbers of users, more of them being more private."""

    first: int = 2
    last: int = LARGEST_COUNT

    def value(self, number: int) -> int:
        return number

    def place(self, number: int) -> float:
        return math.log(number)

    def nearest(self, value: float) -> int:
        return min(max(round(min(value, float(self.last))), self.first), self.last)


def _ten_to(power: int) -> Fraction:
    return Fraction(10**power) if power >= 0 else Fraction(1, 10**-power)


@dataclass(frozen=True, slots=True)
class Decimals:
    """All positive decimals with a fixed number of significant digits, numbered in increasing order.

    >>> [str(Decimals(2).value(k)) for k in (-1, 0, 1, 89, 90)]
    ['99/100', '1', '11/10', '99/10', '10']
    """

    digits: int

    def value(self, number: int) -> Fraction:
        """Return a decimal; 0 is the number of 1."""
        least: int = 10 ** (self.digits - 1)
        power, rest = divmod(number, 9 * least)
        return (least + rest) * _ten_to(power - self.digits + 1)

    def at_most(self, value: Fraction) -> int:
        """Return the number of the largest decimal that is not above a positive value."""
        least: int = 10 ** (self.digits - 1)
        power = len(str(value.numerator)) - len(str(value.denominator))
        while _ten_to(power) > value:
            power -= 1
        while _ten_to(power + 1) <= value:
            power += 1
        mantissa = math.floor(value / _ten_to(power - self.digits + 1))
        return power * 9 * least + mantissa - least


@dataclass(frozen=True, slots=True, init=False)
class Rising(Grid):
    """Decimal factors of numbers of users, larger ones being more private."""

    decimals: Decimals
    first: int
    last: int

    def __init__(self, least: Fraction, most: Fraction, digits: int = FACTOR_DIGITS) -> None:
        decimals = Decimals(digits)
        object.__setattr__(self, "decimals", decimals)
        object.__setattr__(self, "first", decimals.at_most(least))
        object.__setattr__(self, "last", decimals.at_most(most))

    def value(self, number: int) -> Fraction:
        return self.decimals.value(number)

    def place(self, number: int) -> float:
        return math.log(self.value(number))

    def nearest(self, value: float) -> int:
        return min(max(self.decimals.at_most(Fraction(value)), self.first), self.last)


@dataclass(frozen=True, slots=True, init=False)
class Falling(Grid):
    """Decimal values of epsilon0, or factors of several, smaller ones being more private.

    Attributes:
        scale: the epsilon0 that a value of 1 stands for; it only shapes the scale of the search.
    """

    decimals: Decimals
    scale: float
    first: int
    last: int

    def __init__(
        self,
        *,
        least: Fraction = LEAST_EPSILON0,
        most: Fraction = Fraction(LARGEST_EPSILON),
        scale: float = 1.0,
        digits: int = DIGITS,
    ) -> None:
        decimals = Decimals(digits)
        object.__setattr__(self, "decimals", decimals)
        object.__setattr__(self, "scale", scale)
        object.__setattr__(self, "first", -decimals.at_most(most))
        object.__setattr__(self, "last", -decimals.at_most(least))

    def value(self, number: int) -> Fraction:
        return self.decimals.value(-number)

    def place(self, number: int) -> float:
        epsilon0 = self.scale * float(self.value(number))
        return -(epsilon0 + math.log(-math.expm1(-epsilon0)))  # -log(e^epsilon0 - 1)

    def nearest(self, value: float) -> int:
        return min(max(-self.decimals.at_most(Fraction(value)), self.first), self.last)

"""The number type at boundaries: a real number known to lie between two rationals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from ..errors import UndecidedError
from .rounding import float_at_least, float_at_most, print_at_least, print_at_most

__all__ = ["Enclosure"]


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A real number between two rational ends, both included.

    It has no order and no truth value: a comparison that the ends do not decide is an error, never
    a silent ``False``.

    Attributes:
        lower: the number is at least this.
        upper: the number is at most this.
    """

    lower: Fraction
    upper: Fraction

    def __post_init__(self) -> None:
        if not self.lower <= self.upper:
            raise ArithmeticError(f"the ends of an enclosure cross: {self.lower} > {self.upper}")

    @classmethod
    def exactly(cls, value: Fraction | int) -> Enclosure:
        """Enclose a number that is known exactly."""
        return cls(Fraction(value), Fraction(value))

    def __bool__(self) -> NoReturn:
        raise TypeError("an enclosure has no truth value; ask certainly_at_most")

    def __contains__(self, value: Fraction | int | float) -> bool:
        return self.lower <= value <= self.upper

    @property
    def is_exact(self) -> bool:
        """Whether both ends are the same number."""
        return self.lower == self.upper

    @property
    def width(self) -> Fraction:
        """The distance of the ends."""
        return self.upper - self.lower

    @property
    def relative_width(self) -> float:
        """The width over the lower end, rounded up; 0 when exact, infinite when the lower end is not positive."""
        if self.is_exact:
            return 0.0
        return float_at_least(self.width / self.lower) if self.lower > 0 else math.inf

    @property
    def floats(self) -> tuple[float, float]:
        """Both ends as floats, rounded outward."""
        return float_at_most(self.lower), float_at_least(self.upper)

    def certainly_at_most(self, other: Enclosure | Fraction | int) -> bool:
        """Decide ``self <= other`` for the enclosed numbers.

        Raises:
            UndecidedError: the ends overlap.
        """
        if not isinstance(other, Enclosure):
            other = Enclosure.exactly(other)
        if self.upper <= other.lower:
            return True
        if self.lower > other.upper:
            return False
        raise UndecidedError(f"{self} and {other} overlap; ask for more precision")

    def maximum(self, other: Enclosure) -> Enclosure:
        """Enclose the larger of two enclosed numbers."""
        return Enclosure(max(self.lower, other.lower), max(self.upper, other.upper))

    def __str__(self) -> str:
        return f"[{print_at_most(self.lower)}, {print_at_least(self.upper)}]"

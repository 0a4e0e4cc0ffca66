"""Likelihood factors: ``e^x`` for a rational x, or a positive rational itself."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..errors import UndecidedError
from .ball import arb, ball, precision

__all__ = ["Factor"]

_MOST_BITS = 1 << 17


@dataclass(frozen=True, slots=True)
class Factor:
    """A positive real that is exactly described, so that every precision can be asked of it.

    Exactly one of the two attributes is set.

    Attributes:
        exponent: the factor is ``e^exponent``.
        rational: the factor itself.
    """

    exponent: Fraction | None = None
    rational: Fraction | None = None

    @classmethod
    def exp(cls, exponent: Fraction) -> Factor:
        """Describe ``e^exponent``; ``e^0`` is the rational 1."""
        return cls(rational=Fraction(1)) if exponent == 0 else cls(exponent=exponent)

    @classmethod
    def of(cls, value: Fraction) -> Factor:
        """Describe a positive rational."""
        return cls(rational=value)

    def ball(self) -> arb:
        """Enclose the factor at the working precision."""
        return ball(self.rational) if self.rational is not None else ball(self._exponent).exp()

    def log(self) -> arb:
        """Enclose the logarithm of the factor at the working precision."""
        return ball(self.rational).log() if self.rational is not None else ball(self._exponent)

    def inverse(self) -> Factor:
        """Describe one over the factor."""
        if self.rational is not None:
            return Factor.of(1 / self.rational)
        return Factor.exp(-self._exponent)

    def compare_with_one(self) -> int:
        """Return the sign of ``factor - 1``, exactly."""
        value = self.rational - 1 if self.rational is not None else self._exponent
        return (value > 0) - (value < 0)

    def at_least(self, other: Factor) -> bool:
        """Decide ``self >= other``, exactly."""
        if self.rational is not None and other.rational is not None:
            return self.rational >= other.rational
        if self.exponent is not None and other.exponent is not None:
            return self.exponent >= other.exponent
        # e^x is irrational for a rational x other than 0, so enough bits decide
        bits = 128
        while bits <= _MOST_BITS:
            with precision(bits):
                gap = self.ball() - other.ball()
                if gap > 0:
                    return True
                if gap < 0:
                    return False
            bits *= 4
        raise UndecidedError(f"{self} and {other} agree to {_MOST_BITS} bits")

    @property
    def _exponent(self) -> Fraction:
        if self.exponent is None:
            raise TypeError("a factor needs an exponent or a rational")
        return self.exponent

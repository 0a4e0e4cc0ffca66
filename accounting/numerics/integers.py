"""Long sequences of nonnegative integers, as polynomials: products, cuts and sums, exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flint import arb_poly, fmpz, fmpz_poly

from .ball import arb

__all__ = ["Integers"]


@dataclass(frozen=True, slots=True)
class Integers:
    """A sequence of integers; trailing zeros do not count.

    Attributes:
        poly: the polynomial with these coefficients.
    """

    poly: fmpz_poly

    @classmethod
    def of(cls, values: Iterable[int]) -> Integers:
        """Collect integers."""
        return cls(fmpz_poly(list(values)))

    def __len__(self) -> int:
        return int(self.poly.length())

    def __getitem__(self, index: int) -> int:
        return int(self.poly[index])

    def as_tuple(self) -> tuple[int, ...]:
        """Return the integers; at least one, which may be 0."""
        return tuple(map(int, self.poly.coeffs())) or (0,)

    def plus(self, value: int, index: int) -> Integers:
        """Add a number to one entry."""
        return Integers(self.poly + fmpz_poly([value]).left_shift(index))

    def times_down(self, other: Integers, shift: int) -> Integers:
        """Convolve, and divide by 2^shift, rounding down."""
        return Integers((self.poly * other.poly) // (fmpz(1) << shift))

    def times_up(self, other: Integers, shift: int) -> Integers:
        """Convolve, and divide by 2^shift, rounding up."""
        product, unit = self.poly * other.poly, fmpz(1) << shift
        # a division of polynomials floors what is not negative only: a coefficient above -unit would go to 0
        return Integers((product + fmpz_poly([unit - 1] * product.length())) // unit)

    def between(self, start: int, stop: int) -> Integers:
        """Return the entries from ``start`` up to but without ``stop``."""
        return Integers(self.poly.truncate(stop).right_shift(start))

    def total(self) -> int:
        """Return the sum of all entries."""
        return int(self.poly(fmpz(1)))

    def weighted(self, ratio: arb) -> arb:
        """Enclose the sum of entry i times ratio^i, at the working precision."""
        return arb_poly(self.poly)(ratio)

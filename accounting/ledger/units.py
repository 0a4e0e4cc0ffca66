"""The unit of the ledger's sums: 2^-52 nats, so that they are exact integers of 64 bits."""

from __future__ import annotations

from fractions import Fraction

__all__ = ["LARGEST_UNITS", "nats", "units_at_least", "units_at_most"]

_BITS = 52
LARGEST_UNITS = 1 << 61  # 512 nats: two of them still fit into 64 bits with a sign


def units_at_least(value: Fraction) -> int:
    """Return the least number of units that is not below a number of nats."""
    return -((-value.numerator << _BITS) // value.denominator)


def units_at_most(value: Fraction) -> int:
    """Return the largest number of units that is not above a number of nats."""
    return (value.numerator << _BITS) // value.denominator


def nats(units: int) -> Fraction:
    """Return a number of units in nats, exactly."""
    return Fraction(units, 1 << _BITS)

"""Products of sequences of large integers, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from flint import fmpz, fmpz_poly

__all__ = ["convolved", "suffix_sums"]


def convolved(first: Sequence[int], second: Sequence[int], shift: int, *, up: int) -> list[int]:
    """Convolve two sequences of nonnegative integers and divide by 2^shift, rounding down after adding ``up``.

    Args:
        first: not empty.
        second: not empty.
        shift: the power of two to divide by.
        up: added before the division: 0 rounds down, ``2^shift - 1`` rounds up.
    """
    left = fmpz_poly(list(first))
    product = left * left if first is second else left * fmpz_poly(list(second))
    length = len(first) + len(second) - 1
    more = fmpz(up)
    values = [int((value + more) >> shift) for value in product.coeffs()]
    return values + [int(more >> shift)] * (length - len(values))


def suffix_sums(values: Sequence[int]) -> list[int]:
    """Return ``values[i] + values[i+1] + ..`` for every i, and a final 0."""
    return [*accumulate(reversed(values), initial=0)][::-1]

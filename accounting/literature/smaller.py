"""Randomizers that are simpler than a given one, the simplest first: what a shrinking counterexample tries next."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import lcm

from ..numerics.factor import Factor
from ..randomizers import FiniteKernel, FiniteRandomizer, KaryRandomizedResponse
from ..randomizers.base import Channel
from .certificate import kernel_of

__all__ = ["smaller_kernels"]


def smaller_kernels(channel: Channel) -> Iterator[FiniteKernel]:
    """Yield randomizers with fewer values, then with fewer messages, then with smaller common denominators.

    For k-ary response they are k-ary responses. Else one value is dropped, two messages are merged, or every row
    is rounded to a smaller common denominator; entries that are positive stay positive, so that epsilon0 stays finite.

    Args:
        channel: the matrix of the randomizer, rational.
    """
    kernel = kernel_of(channel)
    if isinstance(kernel, KaryRandomizedResponse):
        yield from _responses(kernel)
        return
    values, messages = range(len(channel)), range(len(channel[0]))
    if len(channel) > 2:
        for dropped in values:
            yield from _valid(tuple(channel[x] for x in values if x != dropped))
    if len(channel[0]) > 2:
        for kept in messages:
            for merged in range(kept + 1, len(channel[0])):
                yield from _valid(tuple(_merge(row, kept, merged) for row in channel))
    base = lcm(*(entry.denominator for row in channel for entry in row))
    for denominator in range(len(channel[0]), base):
        yield from _valid(tuple(_rounded(row, denominator) for row in channel))


def _responses(kernel: KaryRandomizedResponse) -> Iterator[FiniteKernel]:
    """Fewer values at the same or simpler factors, then the same values at simpler factors."""
    w = kernel.factor.rational
    if w is None:
        return
    most = _denominator(w, kernel.values)
    candidates = sorted(
        {Fraction(top, bottom) for bottom in range(1, most) for top in range(bottom + 1, most)} | {w},
        key=lambda each: (_denominator(each, kernel.values), each),
    )
    for values in range(2, kernel.values + 1):
        for factor in candidates:
            if values < kernel.values or _denominator(factor, values) < most:
                yield KaryRandomizedResponse.with_factor(values, Factor.of(factor))


def _denominator(factor: Fraction, values: int) -> int:
    """The common denominator of the channel of k-ary response."""
    total = factor + values - 1
    return lcm((1 / total).denominator, (factor / total).denominator)


def _merge(row: tuple[Fraction, ...], kept: int, merged: int) -> tuple[Fraction, ...]:
    return tuple(entry + row[merged] if j == kept else entry for j, entry in enumerate(row) if j != merged)


def _rounded(row: tuple[Fraction, ...], denominator: int) -> tuple[Fraction, ...]:
    """Round a row to a denominator, by largest remainders; positive entries get at least one part."""
    parts = [max(int(entry * denominator), 1 if entry else 0) for entry in row]
    by_error = sorted(range(len(row)), key=lambda j: row[j] * denominator - parts[j])
    while sum(parts) < denominator:
        parts[by_error.pop()] += 1
    for j in by_error:
        while sum(parts) > denominator and parts[j] > 1:
            parts[j] -= 1
    return tuple(Fraction(part, denominator) for part in parts)


def _valid(channel: Channel) -> Iterator[FiniteKernel]:
    """The channel as a randomizer, where rows are laws, not all the same, and every message can occur."""
    if any(sum(row) != 1 for row in channel) or len(set(channel)) == 1:
        return
    if all(any(column) for column in zip(*channel, strict=True)):
        yield FiniteRandomizer(channel)

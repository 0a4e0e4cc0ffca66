"""Families of randomizers to try published bounds on, each from its simplest member to its largest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement, permutations
from math import lcm

from ..errors import ParameterError
from ..numerics.exact import whole
from ..numerics.factor import Factor
from ..randomizers import FiniteKernel, FiniteRandomizer, KaryRandomizedResponse
from ..randomizers.base import Channel

__all__ = ["asymmetric_binary", "extremal_channels", "kary", "small_channels"]

_Row = tuple[Fraction, ...]


def kary(values: Iterable[int], factors: Iterable[Fraction]) -> tuple[KaryRandomizedResponse, ...]:
    """Return k-ary responses, fewest values first, then by the common denominator of their channels.

    Args:
        values: numbers of values.
        factors: e^epsilon0 of each, above 1.

    Raises:
        ParameterError: a number of values is below 2, or a factor is not above 1.
    """
    values = [whole("values", count, least=2) for count in values]
    chosen = tuple(factors)
    if any(factor <= 1 for factor in chosen):
        raise ParameterError(
            "factors", "must be above 1", [str(factor) for factor in chosen], "They are e^epsilon0"
        )
    responses = [
        KaryRandomizedResponse.with_factor(count, Factor.of(factor)) for count in values for factor in chosen
    ]
    return tuple(sorted(responses, key=_simplicity))


def asymmetric_binary(denominator: int) -> tuple[FiniteKernel, ...]:
    """Return the channels of two values and two messages that are not binary response, entries positive."""
    return tuple(
        kernel for kernel in small_channels(2, 2, denominator) if not _is_response(kernel.channel() or ())
    )


def small_channels(values: int, messages: int, denominator: int) -> tuple[FiniteKernel, ...]:
    """Return the channels with positive entries over one denominator, up to names of values and messages.

    Every class is met once for each common denominator up to the largest: renaming values renames data sets,
    and renaming messages renames outcomes. Channels that are constant, or are so up to an unused denominator, are
    left out; epsilon0 is finite because entries are positive.

    Args:
        values: the number of values.
        messages: the number of messages.
        denominator: the largest common denominator of a channel.
    """
    if messages > denominator:
        raise ParameterError(
            "denominator", f"must be at least the number of messages, {messages}", denominator
        )
    found: list[FiniteKernel] = []
    for base in range(messages, denominator + 1):
        rows = sorted(_rows(messages, base))
        for channel in combinations_with_replacement(rows, values):
            if channel[0] == channel[-1] or channel != _least(channel):
                continue
            if lcm(*(entry.denominator for row in channel for entry in row)) == base:
                found.append(FiniteRandomizer(channel))
    return tuple(found)


def extremal_channels(shares: int, factors: Iterable[Fraction]) -> Iterator[FiniteKernel]:
    """Yield channels of three values in which every message has two probabilities, one e^epsilon0 times the other.

    One kind of message favours one value, another kind two of the three; weight moves from the first kind to the second.
    So the channels lead from 3-ary response to the channel in which every message rules out, as far as it may, one value.

    Args:
        shares: in how many steps weight is moved.
        factors: e^epsilon0 of each, above 1.
    """
    for w in factors:
        for step in range(shares + 1):
            part = Fraction(step, shares)
            single, double = (1 - part) / (w + 2), part / (2 * w + 1)
            favoured = [(single, {x}) for x in range(3)] + [(double, {x, (x + 1) % 3}) for x in range(3)]
            columns = [(share, kept) for share, kept in favoured if share]
            yield FiniteRandomizer(
                [[share * (w if x in kept else 1) for share, kept in columns] for x in range(3)]
            )


def _rows(messages: int, base: int) -> Iterator[_Row]:
    def parts(count: int, left: int) -> Iterator[tuple[int, ...]]:
        if count == 1:
            yield (left,)
            return
        for first in range(1, left - count + 2):
            for rest in parts(count - 1, left - first):
                yield (first, *rest)

    for weights in parts(messages, base):
        yield tuple(Fraction(weight, base) for weight in weights)


def _least(channel: Sequence[_Row]) -> tuple[_Row, ...]:
    orders = permutations(range(len(channel[0])))
    return min(tuple(sorted(tuple(row[j] for j in order) for row in channel)) for order in orders)


def _is_response(channel: Channel) -> bool:
    return len(channel) == 2 and len(channel[0]) == 2 and channel[0] == channel[1][::-1]


def _simplicity(kernel: FiniteKernel) -> tuple[int, int]:
    entries = kernel.channel() or ()
    return kernel.inputs, lcm(*(entry.denominator for row in entries for entry in row))

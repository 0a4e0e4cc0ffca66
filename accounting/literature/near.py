"""Data sets in which all others but one hold one value, among many users: certified lower ends of what they lose.

With n - 2 users at x2, one at x3 and the target at x0 or x1, let W = R_x2, M the multinomial law of n messages from W, and
b = (R_x0 - alpha R_x1)/W, e = R_x3/W. Given the histogram h, the target's and the other's places are an ordered pair of distinct
messages, all pairs being equally likely under M; so the difference of the two laws is

    P(h) - alpha Q(h) = M(h) ((sum_y h_y b_y) (sum_y h_y e_y) - sum_y h_y b_y e_y) / (n (n - 1)).

Any part of the sum of its positive parts is a lower bound; here it is taken over a window around the mean, for three messages.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import lcm

from ..numerics.ball import arb, ball, exact_lower, precision
from ..randomizers.base import Channel, InputPair

__all__ = ["affordable", "near_alike"]

_BITS = 128
_REACH = 10.0  # standard deviations of each count: what lies beyond has mass below 1e-20
_MOST_POINTS = 300_000


def affordable(channel: Channel, companion: int, users: int) -> bool:
    """Say whether the window has few enough histograms, and the channel three messages that the companion can send."""
    if len(channel[0]) != 3 or min(channel[companion]) == 0 or users < 3:
        return False
    (first, last), (low, high) = _window(channel[companion], users)
    return (last - first + 1) * (high - low + 1) <= _MOST_POINTS


def near_alike(
    channel: Channel, pair: InputPair, companion: int, lone: int, users: int, alpha: Fraction
) -> Fraction:
    """Return a certified lower end of the loss where one of the others holds ``lone`` and the rest ``companion``.

    Args:
        channel: P(message = column | value = row), three columns; the companion's row is positive.
        pair: the target's two values.
        companion: what n - 2 users hold.
        lone: what one user holds.
        users: n, the target included; at least 3.
        alpha: e^epsilon.

    Returns:
        At most ``sum_h (P(h) - alpha Q(h))_+`` of the released histograms; at least 0.
    """
    reference = channel[companion]
    gains, base = _whole(
        [(p - alpha * q) / w for p, q, w in zip(channel[pair[0]], channel[pair[1]], reference, strict=True)]
    )
    shares, scale = _whole([p / w for p, w in zip(channel[lone], reference, strict=True)])
    with precision(_BITS):
        logs = [ball(p).log() for p in reference]
        factorials = _log_factorials(users)
        total = arb(0)
        for counts in _positive(reference, users, gains, shares):
            excess = _excess(counts, gains, shares)
            chance = factorials[users]
            for count, log in zip(counts, logs, strict=True):
                chance += count * log - factorials[count]
            total += excess * chance.exp()
        return max(exact_lower(total / (base * scale * users * (users - 1))), Fraction(0))


def _positive(
    reference: Sequence[Fraction], users: int, gains: Sequence[int], shares: Sequence[int]
) -> Iterator[tuple[int, int, int]]:
    """The histograms of the window at which the first law exceeds alpha times the second."""
    (first, last), (low, high) = _window(reference, users)
    for a in range(first, last + 1):
        for b in range(low, min(high, users - a) + 1):
            counts = (a, b, users - a - b)
            if _excess(counts, gains, shares) > 0:
                yield counts


def _excess(counts: Sequence[int], gains: Sequence[int], shares: Sequence[int]) -> int:
    gain = share = both = 0
    for count, b, e in zip(counts, gains, shares, strict=True):
        gain += count * b
        share += count * e
        both += count * b * e
    return gain * share - both


def _window(reference: Sequence[Fraction], users: int) -> tuple[tuple[int, int], tuple[int, int]]:
    ends = []
    for chance in map(float, reference[:2]):
        mean, away = users * chance, _REACH * math.sqrt(users * chance * (1.0 - chance)) + 1.0
        ends.append((max(0, math.floor(mean - away)), min(users, math.ceil(mean + away))))
    return ends[0], ends[1]


def _whole(values: Sequence[Fraction]) -> tuple[list[int], int]:
    """Return whole numbers and what they are relative to."""
    base = lcm(*(value.denominator for value in values))
    return [int(value * base) for value in values], base


def _log_factorials(most: int) -> list[arb]:
    found = [arb(0)]
    for count in range(1, most + 1):
        found.append(found[-1] + arb(count).log())
    return found

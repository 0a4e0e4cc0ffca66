"""Published pairs of counts in fractions: what a paper claims about few users, exactly, by sums over all counts.

The bounds themselves enclose their claims at every number of users; a certificate is better off with the fraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations
from math import lcm

from ..numerics.polynomials import excess, linear_forms
from ..randomizers import FiniteKernel, KaryRandomizedResponse
from ..randomizers.base import Channel, InputPair

__all__ = ["blanket_delta", "exactly_claimed", "trinomial_delta"]

_MOST_USERS = 60  # the fraction has hundreds of digits from there on


def trinomial_delta(
    *, factor: Fraction, clone: Fraction, target: Fraction, users: int, alpha: Fraction
) -> Fraction:
    """Return the divergence of (A + D1, C - A + D2) from (A + D2, C - A + D1), exactly.

    C ~ Bin(n - 1, 2 c), A ~ Bin(C, 1/2); D1 = 1 with chance w p, D2 = 1 with chance p, exclusively.

    Args:
        factor: w.
        clone: c, the chance with which one of the others adds to a given count; at most 1/2.
        target: p, at most 1/(w + 1).
        users: n, the target included.
        alpha: e^epsilon.
    """
    w, c, p = factor, clone, target
    rows = ((c, c, 1 - 2 * c), (w * p, p, 1 - (w + 1) * p), (p, w * p, 1 - (w + 1) * p))
    return _divergence(rows, users, alpha)


def _divergence(rows: Sequence[Sequence[Fraction]], users: int, alpha: Fraction) -> Fraction:
    """The divergence of histograms: laws of a message of each of the others, and of the target's two messages."""
    base = lcm(*(entry.denominator for row in rows for entry in row))
    other, first, second = linear_forms([[int(entry * base) for entry in row] for row in rows])
    crowd = other ** (users - 1)
    return Fraction(excess(crowd * first, crowd * second, alpha), alpha.denominator * base**users)


def blanket_delta(channel: Channel, pair: InputPair, users: int, alpha: Fraction) -> Fraction:
    """Return the divergence of the blanket's pair exactly: each of the others sends a blanket message or is seen not to.

    Args:
        channel: P(message = column | value = row).
        pair: the target's two values.
        users: n, the target included.
        alpha: e^epsilon.
    """
    masses = [min(column) for column in zip(*channel, strict=True)]
    rows = ((*masses, 1 - sum(masses)), (*channel[pair[0]], Fraction(0)), (*channel[pair[1]], Fraction(0)))
    return _divergence(rows, users, alpha)


def exactly_claimed(bound_id: str, kernel: FiniteKernel, users: int, alpha: Fraction) -> Fraction | None:
    """Return what a bound claims as a fraction; None where it is no such pair, or users are many.

    Args:
        bound_id: the id of the bound.
        kernel: what every user applies.
        users: n, the target included.
        alpha: e^epsilon.
    """
    channel, largest = kernel.channel(), kernel.local_factor()
    if channel is None or users > _MOST_USERS or largest is None or largest.rational is None:
        return None
    w = largest.rational
    match bound_id:
        case "clones":
            clone, target = 1 / (2 * w), 1 / (w + 1)
        case "stronger-clones":
            clone = target = 1 / (w + 1)
        case "stronger-clones-kary" if isinstance(kernel, KaryRandomizedResponse):
            clone = target = 1 / (w + kernel.values - 1)
        case "blanket-numerical":
            return max(blanket_delta(channel, pair, users, alpha) for pair in kernel.neighbours())
        case "koskela" if isinstance(kernel, KaryRandomizedResponse):
            return max(blanket_delta(channel, pair, users, alpha) for pair in kernel.neighbours())
        case "koskela":
            clone, target = 1 / (2 * w), 1 / (w + 1)
        case "variation-ratio" if w > 1:
            clone = target = _total_variation(channel) / (w - 1)
        case _:
            return None
    return trinomial_delta(factor=w, clone=clone, target=target, users=users, alpha=alpha)


def _total_variation(channel: Channel) -> Fraction:
    """The largest total variation distance of two rows."""
    return max(
        sum((max(a - b, Fraction(0)) for a, b in zip(first, second, strict=True)), Fraction(0))
        for first, second in permutations(channel, 2)
    )

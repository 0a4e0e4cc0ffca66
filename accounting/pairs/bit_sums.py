"""Sums of unary encodings whose bits lie differently about ones and zeros: one position loses a one, another gains one.

The two sums are independent, and neither is the other one mirrored: in the first the target's bit is a one in the first data
set and a zero in the second, in the other the reverse, among others of whom some send ones. Renaming the two values gives the
other order of the same data sets, so one order of each sum is enough. Statement: unary-bit-sums.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Literal, TypeAlias

from ..claims import relies_on
from ..numerics.ball import arb, exact_lower, exact_upper, precision
from ..numerics.factor import Factor
from ..randomizers.base import Letter
from ..randomizers.unary_vectors import UnaryVectors
from .walks import WalkPair
from .witness import Witness

__all__ = ["BitSum", "bit_sums"]

Side: TypeAlias = Literal["first", "second"]
Crowd: TypeAlias = Literal["ones", "zeros", "blanket"]
_SIDES: tuple[Side, Side] = ("first", "second")

_BITS = 256
_STEEP = 4.0  # where one of two sums is asked when both have delta near 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class BitSum:
    """What is known about one of the two sums.

    Attributes:
        bound: the blanket's walk, which bounds all data sets in the one order.
        attained: the walk of one pair of data sets, the same ones for both sums.
    """

    bound: WalkPair
    attained: WalkPair


@relies_on("unary-bit-sums", "blanket-reduction", "homogeneous-witness")
def bit_sums(randomizer: UnaryVectors, users: int) -> tuple[BitSum, BitSum]:
    """Return the sum that loses a one, and the one that gains it."""
    bounds = [
        WalkPair(
            users=users,
            letters=partial(_letters, randomizer, side, "blanket"),
            largest=_ends(randomizer, side)[1],
            basis=("unary-bit-sums", "blanket-reduction"),
        )
        for side in _SIDES
    ]
    options = [_alike(randomizer, users, value) for value in randomizer.companions((0, 1))]
    with precision(96):
        _, lie = (float(chance) for chance in randomizer.ball_bits())
    near = Factor.exp(Fraction(min(_STEEP / math.sqrt(users * lie * (1.0 - lie) + 1.0), 1.0)))
    best = max(options, key=lambda walks: sum(walk.hint(near) for walk in walks))
    first, second = (
        BitSum(bound=bound, attained=attained) for bound, attained in zip(bounds, best, strict=True)
    )
    return first, second


def _alike(randomizer: UnaryVectors, users: int, value: int) -> Sequence[WalkPair]:
    """Both sums where the target moves from value 0 to value 1 and all others hold one value."""
    data = Witness(
        randomizer=randomizer.describe(), users=users, target=(0, 1), others=((value, users - 1),), releases=2
    )
    return [
        WalkPair(
            users=users,
            letters=partial(_letters, randomizer, side, "ones" if value == place else "zeros"),
            largest=_ends(randomizer, side)[0],
            basis=("unary-bit-sums", "homogeneous-witness"),
            attained_by=data,
        )
        for place, side in enumerate(_SIDES)
    ]


def _letters(randomizer: UnaryVectors, one_in: Side, others: Crowd) -> tuple[Letter, ...]:
    """A one and a zero, and what the target never sends.

    Args:
        randomizer: the encoding.
        one_in: the data set in which the target's bit at this place is a one.
        others: the bits of all others there, or the blanket of any others.
    """
    p, q = randomizer.ball_bits()
    rest: tuple[Letter, ...] = ()
    chances = (p, q) if one_in == "first" else (q, p)
    if others == "blanket":
        reference = (q, 1 - p)
        rest = (Letter(arb(0), arb(0), p - q),)
    else:
        sent = p if others == "ones" else q
        reference = (sent, 1 - sent)
    return (
        Letter(chances[0], chances[1], reference[0]),
        Letter(1 - chances[0], 1 - chances[1], reference[1]),
        *rest,
    )


def _ends(randomizer: UnaryVectors, one_in: Side) -> tuple[Factor, Factor]:
    """The largest likelihood ratio of one bit, p/q or (1 - q)/(1 - p): itself if rational, else just below and just above it.

    Just below it a curve that vanishes from there on is no more than attained; just above it, one is not below the bound.
    """
    bits = randomizer.bits()
    if bits is not None:
        p, q = bits
        ratio = Factor.of(p / q if one_in == "first" else (1 - q) / (1 - p))
        return ratio, ratio
    with precision(_BITS):
        chances = randomizer.ball_bits()
        ball = chances[0] / chances[1] if one_in == "first" else (1 - chances[1]) / (1 - chances[0])
        return Factor.of(exact_lower(ball)), Factor.of(exact_upper(ball))

"""Sums of symmetric unary encodings: one position loses a one, another gains one, and they are independent.

Seen from its own end, each of the two sums is the count of shuffled binary response: P has a one more than Q.
With m_a ones of the others at the position that loses and m_b at the one that gains, the numbers of the others
that side with P are ``k_a = m_a`` and ``k_b = users - 1 - m_b``, and one data set has ``k_a <= k_b``. Statement:
unary-sums.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial

from ..claims import relies_on
from ..numerics.ball import arb, enclosure_of, positive_part, precision
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..numerics.lattice import bernoulli_law
from ..randomizers.kary import KaryRandomizedResponse
from ..randomizers.unary import SymmetricUnary
from .binary import worst_binary
from .binary_envelope import envelopes
from .binary_pair import BinaryPair
from .pair import Pair, Value
from .walks import WalkPair
from .witness import Witness

__all__ = ["EnvelopePair", "OnesPair", "SumPair", "sum_witness"]

_LISTED = 400  # users up to which the law of a sum is listed as it stands
_SEARCHED = 2000  # users up to which all data sets are searched where the envelope is not made
_STEEP = 4.0  # where one of two sums is asked when both have delta near 1e-9
_BITS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopePair(BinaryPair):
    """The largest divergence over all data sets of binary response, bounded at many factors at once.

    Its values are a little above the maximum. Where hardly any report is a lie they are those of the blanket, up to
    about sqrt 2 above it in epsilon.
    """

    @property
    def claims(self) -> tuple[str, ...]:
        return ("binary-envelope", *BinaryPair.claims.fget(self))  # type: ignore[attr-defined]

    @relies_on("binary-envelope", "swap-law")
    def values(self, alphas: Sequence[Factor], relative_width: float) -> list[Value]:
        above = envelopes(self.users, self.odds, alphas)
        rest = [alpha for alpha in dict.fromkeys(alphas) if alpha not in above]
        if self.users > _SEARCHED:  # hundreds of searches that give up would take minutes
            unknown, nobody = Enclosure(Fraction(0), Fraction(1)), self._witness(0)
            found = {alpha: self._bracketed(alpha, relative_width, unknown, nobody) for alpha in rest}
        else:
            found = (
                dict(zip(rest, BinaryPair.values(self, rest, relative_width), strict=True)) if rest else {}
            )
        return [Value(above[alpha]) if alpha in above else found[alpha] for alpha in alphas]


@dataclass(frozen=True, slots=True, kw_only=True)
class SumPair(EnvelopePair):
    """The largest divergence of one of the two sums, over all that the others may hold."""

    @property
    @relies_on("unary-sums")
    def claims(self) -> tuple[str, ...]:
        return ("unary-sums", *EnvelopePair.claims.fget(self))  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnesPair(Pair):
    """One sum for one data set: ``ones`` of the others side with P. The whole law is listed.

    Attributes:
        users: n, the target included.
        odds: e^epsilon0 of one bit.
        ones: of the others.
        data: the data sets.
    """

    users: int
    odds: Factor
    ones: int
    data: Witness

    @property
    def claims(self) -> tuple[str, ...]:
        return ("unary-sums", "outward-rounding")

    @relies_on("unary-sums")
    def value(self, alpha: Factor, relative_width: float) -> Value:
        if alpha.at_least(self.odds):
            return Value(Enclosure.exactly(0), self.data)
        first, second = _laws(self.users, self.odds, self.ones)
        with precision(_BITS):
            factor = alpha.ball()
            gains = (positive_part(p - factor * q) for p, q in zip(first, second, strict=True))
            found = enclosure_of(sum(gains, arb(0)))
        return Value(Enclosure(found.lower, min(found.upper, Fraction(1))), self.data)

    def ceiling(self) -> Factor:
        return self.odds

    def floor(self) -> Enclosure:
        return Enclosure.exactly(0)

    def witness_at_zero(self) -> Witness:
        return self.data


@lru_cache(maxsize=64)
def _laws(users: int, odds: Factor, ones: int) -> tuple[tuple[arb, ...], tuple[arb, ...]]:
    """The laws of the sum when the target's bit is a one, and when it is a zero."""
    with precision(_BITS + users):
        w = odds.ball()
        truth, lie = w / (1 + w), 1 / (1 + w)
        one = bernoulli_law(ones + 1, truth, users - 1 - ones, lie)
        zero = bernoulli_law(ones, truth, users - ones, lie)
    return tuple(one), tuple(zero)


@relies_on("unary-sums", "homogeneous-witness")
def sum_witness(randomizer: SymmetricUnary, users: int) -> Pair:
    """Return one sum of one data set, whose other sum has the same law seen from its end.

    The target moves from value 0 to value 1, k of the others hold 0 and all the rest hold 1: then both sums
    have k others that side with P. This is a data set, whatever the number of values; k is chosen by floats.
    """
    odds = randomizer.factor
    with precision(96):
        w = odds.ball()
        noise = float(w / (1 + w) ** 2) * users
        most = float(odds.log())
    near = Factor.exp(Fraction(min(_STEEP / math.sqrt(noise + 1.0), 0.7 * most)))
    if users <= _LISTED:
        ones = worst_binary(users, odds, near, 1e-2).ones
        return OnesPair(users=users, odds=odds, ones=ones, data=_data(randomizer, users, ones))
    binary = KaryRandomizedResponse.with_factor(2, odds)
    alike = [
        WalkPair(
            users=users,
            letters=partial(binary.companion_letters, (1, 0), companion),
            largest=odds,
            basis=("unary-sums", "homogeneous-witness"),
            attained_by=_data(randomizer, users, companion * (users - 1)),
        )
        for companion in (1, 0)
    ]
    return max(alike, key=lambda pair: pair.value(near, 1e-2).delta.lower)


def _data(randomizer: SymmetricUnary, users: int, ones: int) -> Witness:
    return Witness(
        randomizer=randomizer.describe(),
        users=users,
        target=(0, 1),
        others=((0, ones), (1, users - 1 - ones)),
        releases=2,
    )

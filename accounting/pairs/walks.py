"""Pairs that are random walks: blanket, clones, and data sets in which all others hold one value.

With letters y of mass ``R_x0(y)``, ``R_x1(y)`` and reference mass ``nu(y)``, the step G is
``(R_x0(y) - alpha R_x1(y)) / nu(y)`` with chance ``nu(y)``; then delta is
``E[(G_1 + .. + G_n)_+] / n`` plus ``(R_x0(y) - alpha R_x1(y))_+`` for the letters outside the reference.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from ..claims import relies_on
from ..numerics.atoms import Step
from ..numerics.ball import arb, enclosure_of, positive_part, precision, working_bits
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..numerics.pieces import LinearStep, Piece, walk_piece
from ..numerics.walk import expected_positive_part
from ..randomizers.base import Letter
from .pair import Pair, Value
from .witness import Witness

__all__ = ["WalkPair"]

_PIECE_BITS = 110
_WIDEST = 1e-2
_FEW = 100  # users below which a normal approximation is no guide


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkPair(Pair):
    """A random-walk pair.

    Attributes:
        users: n, the target included.
        letters: returns the letters at the working precision.
        largest: the least factor at which delta is 0; None when it never vanishes.
        basis: ids of the claims that make the walk a bound or a data set.
        attained_by: the data sets, for a witness.
        symmetric: some renaming of the messages swaps the two inputs and keeps the reference.
    """

    users: int
    letters: Callable[[], tuple[Letter, ...]]
    largest: Factor | None
    basis: tuple[str, ...]
    attained_by: Witness | None = None
    symmetric: bool = False

    @property
    def is_symmetric(self) -> bool:
        return self.symmetric

    @property
    def claims(self) -> tuple[str, ...]:
        numerics = ("exact-walk", "contour-identity", "contour-smoothing", "contour-aliasing", "contour-tail")
        return (*self.basis, "walk-identity", *numerics, "outward-rounding")

    @relies_on("walk-identity")
    def value(self, alpha: Factor, relative_width: float) -> Value:
        if self.largest is not None and alpha.at_least(self.largest):
            return Value(Enclosure.exactly(0), self.attained_by)
        walk = expected_positive_part(lambda: self.step_at(alpha), self.users, relative_width=relative_width)
        inside = Enclosure(walk.lower / self.users, walk.upper / self.users)
        revealed = self.outside(alpha)
        upper = min(inside.upper + revealed.upper, Fraction(1))
        lower = inside.lower + revealed.lower
        return Value(Enclosure(lower, upper), self.attained_by)

    def outside(self, alpha: Factor) -> Enclosure:
        """Enclose what letters outside the reference add to delta."""
        with precision(128):
            factor = alpha.ball()
            outside = [
                positive_part(a.first - factor * a.second) for a in self.known() if a.reference.is_zero()
            ]
            return enclosure_of(positive_part(sum(outside, arb(0))))

    @property
    def is_smooth(self) -> bool:
        return self.users > _FEW

    @relies_on("walk-identity", "contour-pieces")
    def piece(self, low: float, high: float, relative_width: float) -> Piece | None:
        if self.largest is not None and Factor.of(Fraction(high)).at_least(self.largest):
            return None
        with precision(_PIECE_BITS + self.users.bit_length()):
            inside = [letter for letter in self.known() if not letter.reference.is_zero()]
            alone = self._line(arb(low), arb(high))
            if alone is None:
                return None
            step = LinearStep(
                chances=tuple(letter.reference for letter in inside),
                gains=tuple(letter.first / letter.reference for letter in inside),
                costs=tuple(letter.second / letter.reference for letter in inside),
            )
            if low >= 1.0:
                walk = walk_piece(step, self.users, low, high, relative_width)
                return walk and walk.over(self.users).plus_line(*alone)
            # E(S)_+ = E S + E(-S)_+, and the mean of a step is that of the masses inside
            share = min(relative_width / (1.0 - low), _WIDEST) if low < 1.0 else relative_width
            walk = walk_piece(step.reflected(), self.users, low, high, share)
            first, second = (sum((a.first for a in inside), arb(0)), sum((a.second for a in inside), arb(0)))
            return walk and walk.over(self.users).plus_line(alone[0] + first, alone[1] - second)

    def _line(self, low: arb, high: arb) -> tuple[arb, arb] | None:
        """What letters outside the reference add to delta between two factors, as ``start + slope alpha``; None where it bends."""
        start, slope = arb(0), arb(0)
        for letter in self.known():
            if letter.reference.is_zero():
                if letter.first - high * letter.second >= 0:
                    start, slope = start + letter.first, slope - letter.second
                elif not letter.first - low * letter.second <= 0:
                    return None
        return start, slope

    def known(self) -> tuple[Letter, ...]:
        """The letters at the working precision, made once."""
        return _made(self.letters, working_bits())

    def ceiling(self) -> Factor | None:
        return self.largest

    def floor(self) -> Enclosure:
        with precision(128 + self.users.bit_length()):
            letters = self.known()
            impossible = [a for a in letters if a.second.is_zero() and not a.first.is_zero()]
            if not impossible:
                return Enclosure.exactly(0)
            # a letter inside the reference gives the target away only if nobody sends a possible one
            possible = sum((a.reference for a in letters if not a.second.is_zero()), arb(0))
            alone = sum((a.first for a in impossible if a.reference.is_zero()), arb(0))
            covered = sum((a.first for a in impossible if not a.reference.is_zero()), arb(0))
            return enclosure_of(alone + covered * positive_part(1 - possible) ** (self.users - 1))

    def hint(self, alpha: Factor) -> float:
        """The normal approximation of delta, on a logarithmic scale; nothing rests on it."""
        if self.users <= _FEW:
            return Pair.hint(self, alpha)
        with precision(64 + self.users.bit_length()):
            guide = self.step_at(alpha).guide()
            factor = alpha.ball()
            outside = [float(a.first - factor * a.second) for a in self.known() if a.reference.is_zero()]
        alone = sum(excess for excess in outside if excess > 0.0)
        if alone > 0.0:
            return math.log(alone)
        _, mean, variance = guide.cumulants(0.0)
        spread = math.sqrt(max(self.users * variance, 1e-300))
        z = max(self.users * mean / spread, -1e100)
        if z < -6.0:  # E(S)_+ is about spread phi(z) / z^2
            return math.log(spread / self.users) - 2.0 * math.log(-z) - 0.5 * z * z
        density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
        positive = spread * (density + z * 0.5 * math.erfc(-z / math.sqrt(2.0)))
        return math.log(max(positive / self.users, 1e-300))

    def witness_at_zero(self) -> Witness | None:
        return self.attained_by

    def step_at(self, alpha: Factor) -> Step:
        """The law of one step inside the reference, at the working precision."""
        factor = alpha.ball()
        inside = [letter for letter in self.known() if not letter.reference.is_zero()]
        chances = tuple(letter.reference for letter in inside)
        values = tuple((a.first - factor * a.second) / a.reference for a in inside)
        return Step(values, chances, arb(0))


@lru_cache(maxsize=512)
def _made(letters: Callable[[], tuple[Letter, ...]], bits: int) -> tuple[Letter, ...]:
    """Make the letters at a working precision."""
    with precision(bits):
        return letters()

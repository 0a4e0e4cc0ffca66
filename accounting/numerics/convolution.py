"""The composition of losses on a grid, in exact integers: one road rounds up, the other one down.

Masses are multiplied exactly and rounded outward to 2^-BITS; what leaves the window goes to its low end or
to the infinite loss (from above), or is dropped or moved down (from below). Statement: grid-composition.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..claims import relies_on
from .ball import arb, ball, enclosure_of, precision
from .dots import BITS, GridLoss
from .enclosure import Enclosure
from .factor import Factor
from .integers import Integers

__all__ = ["ComposedLoss", "compose_above", "compose_below"]

_STAGES = 64
_GUARD = 40


@dataclass(frozen=True, slots=True)
class ComposedLoss:
    """The privacy curve of a composition of grid losses.

    Attributes:
        step: the grid's step in nats.
        low: the multiple of the step at which ``masses`` begins.
        masses: under P, in units of 2^-bits; under Q they are e^-loss times as much.
        infinite: the mass that is impossible under Q, in the same units.
        bits: at most BITS.
    """

    step: Fraction
    low: int
    masses: Integers
    infinite: int
    bits: int = BITS

    @classmethod
    def of(cls, step: Fraction, loss: GridLoss) -> ComposedLoss:
        """Look at losses as a curve, as they stand."""
        return cls(step, loss.low, Integers.of(loss.masses), loss.infinite)

    @property
    def loss(self) -> GridLoss:
        """The losses as they stand."""
        more = BITS - self.bits
        return GridLoss(self.low, tuple(m << more for m in self.masses.as_tuple()), self.infinite << more)

    @property
    def infinite_share(self) -> Fraction:
        """The probability of an infinite loss."""
        return Fraction(self.infinite, 1 << self.bits)

    def _tails(self, start: int) -> tuple[int, arb]:
        """Sums of ``P`` and of ``Q = P e^-loss`` from one index on."""
        tail = self.masses.between(start, len(self.masses))
        weight = (-ball(self.step) * (self.low + start)).exp()
        return tail.total(), weight * tail.weighted((-ball(self.step)).exp())

    def delta(self, alpha: Factor) -> Enclosure:
        """Enclose ``sum_s P(s) (1 - alpha e^-s)_+`` plus the infinite loss."""
        with precision(BITS + 64):
            factor = alpha.ball()
            above = (factor.log() / ball(self.step)).floor()
            first = _clamped(above, self.low, len(self.masses))
            best = arb(0)
            for start in {max(first - 1, 0), first, min(first + 1, len(self.masses))}:
                mass, other = self._tails(start)
                best = best.max(mass - factor * other)  # the right start gives the most
            return _share((best + self.infinite) / (1 << self.bits))

    def epsilon(self, delta: Fraction) -> Fraction | None:
        """Return about the epsilon at which the curve meets delta; None when it stays above. Nothing rests on it."""
        level = delta * (1 << self.bits) - self.infinite
        if level <= 0:
            return None
        with precision(BITS + 64):
            # delta at the marks falls: find the first mark at which it is at most the level
            low, high = 0, len(self.masses)
            while low < high:
                middle = (low + high) // 2
                mass, other = self._tails(middle)
                alpha = (ball(self.step) * (self.low + middle)).exp()
                if float(mass - alpha * other - ball(level)) > 0:
                    low = middle + 1
                else:
                    high = middle
            # between the marks low - 1 and low the curve is linear in alpha
            mass, other = self._tails(low)
            alpha = (mass - ball(level)) / other if other > 0 else arb(0)
            if not alpha > 0:
                return (self.low + low) * self.step
            return enclosure_of(alpha.log().mid()).lower


@relies_on("grid-composition")
def compose_above(step: Fraction, parts: Sequence[tuple[GridLoss, int]], tail: Fraction) -> ComposedLoss:
    """Compose losses so that the composed curve is at least the true one.

    Args:
        step: the grid's step in nats, the same for all.
        parts: losses, each with the number of times that it occurs.
        tail: about how much mass may be cut off in total.
    """
    return _composed(step, parts, _Above(_bits_for(parts, tail)), tail)


@relies_on("grid-composition")
def compose_below(step: Fraction, parts: Sequence[tuple[GridLoss, int]], tail: Fraction) -> ComposedLoss:
    """Compose losses so that the composed curve is at most the true one; arguments as above."""
    return _composed(step, parts, _Below(_bits_for(parts, tail)), tail)


@dataclass(frozen=True, slots=True)
class _Loss:
    """A grid loss whose masses are ready to be multiplied; ``count`` of the given losses are in it."""

    low: int
    masses: Integers
    infinite: int
    count: int


@dataclass(frozen=True, slots=True)
class _Above:
    """Rounding up, trimming upwards: low masses to the window's low end, high ones to the infinite loss."""

    bits: int

    def taken(self, loss: GridLoss) -> _Loss:
        """Round a loss to the bits in use."""
        less = BITS - self.bits
        return _Loss(loss.low, Integers.of(-(-m >> less) for m in loss.masses), -(-loss.infinite >> less), 1)

    def multiplied(self, first: _Loss, second: _Loss, allowed: int) -> _Loss:
        masses = first.masses.times_up(second.masses, self.bits)
        infinite = -(-_infinite_mass(first, second) >> self.bits)
        start, stop, cut, moved = _window(masses, allowed)
        kept = masses.between(start, stop).plus(cut, 0)
        return _Loss(first.low + second.low + start, kept, infinite + moved, first.count + second.count)


@dataclass(frozen=True, slots=True)
class _Below:
    """Rounding down, trimming downwards: low masses are dropped, high ones put at the window's high end."""

    bits: int

    def taken(self, loss: GridLoss) -> _Loss:
        """Round a loss to the bits in use."""
        less = BITS - self.bits
        return _Loss(loss.low, Integers.of(m >> less for m in loss.masses), loss.infinite >> less, 1)

    def multiplied(self, first: _Loss, second: _Loss, allowed: int) -> _Loss:
        masses = first.masses.times_down(second.masses, self.bits)
        infinite = _infinite_mass(first, second) >> self.bits
        start, stop, _, moved = _window(masses, allowed)
        kept = masses.between(start, stop).plus(moved, stop - start - 1)
        return _Loss(first.low + second.low + start, kept, infinite, first.count + second.count)


def _infinite_mass(first: _Loss, second: _Loss) -> int:
    """The mass of the product where one part or both are infinite, in units of 2^-(2 BITS)."""
    a, b = first.infinite, second.infinite
    if not a and not b:
        return 0
    return a * second.masses.total() + b * first.masses.total() + a * b


def _window(masses: Integers, allowed: int) -> tuple[int, int, int, int]:
    """Cut at most ``allowed`` from each end; return the window and what was cut below and above it."""
    start, stop, below, above = 0, max(len(masses), 1), 0, 0
    while stop > 1 and above + masses[stop - 1] <= allowed:
        stop -= 1
        above += masses[stop]
    while start < stop - 1 and below + masses[start] <= allowed:
        below += masses[start]
        start += 1
    return start, stop, below, above


def _bits_for(parts: Sequence[tuple[GridLoss, int]], tail: Fraction) -> int:
    """Choose bits with which all roundings together stay far below the tail; more of them only cost time."""
    count = sum(count for _, count in parts)
    return min(BITS, _GUARD + math.ceil(math.log2(count / float(tail)))) if tail > 0 else BITS


def _composed(
    step: Fraction, parts: Sequence[tuple[GridLoss, int]], way: _Above | _Below, tail: Fraction
) -> ComposedLoss:
    """Multiply everything: powers by squaring, then the shortest first."""
    total, allowed = sum(count for _, count in parts), int(tail * (1 << way.bits))

    def multiplied(first: _Loss, second: _Loss) -> _Loss:
        # each stage of the multiplication may cut about the same in all of the copies that are made of it
        return way.multiplied(first, second, allowed * (first.count + second.count) // (_STAGES * total))

    def power(loss: _Loss, count: int) -> _Loss:
        if count == 1:
            return loss
        half = power(loss, count // 2)
        square = multiplied(half, half)
        return multiplied(square, loss) if count % 2 else square

    powers = [power(way.taken(loss), count) for loss, count in parts]
    while len(powers) > 1:
        powers.sort(key=lambda loss: len(loss.masses), reverse=True)
        powers.append(multiplied(powers.pop(), powers.pop()))
    return ComposedLoss(step, powers[0].low, powers[0].masses, powers[0].infinite, way.bits)


def _clamped(value: arb, low: int, length: int) -> int:
    """About the index of the first mark above a value."""
    guess = int(float(value)) + 1 - low
    return min(max(guess, 0), length)


def _share(value: arb) -> Enclosure:
    found = enclosure_of(value)
    return Enclosure(min(found.lower, Fraction(1)), min(found.upper, Fraction(1)))

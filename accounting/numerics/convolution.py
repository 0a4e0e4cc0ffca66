"""The composition of losses on a grid, in exact integers: one road rounds up, the other one down.

Masses are multiplied exactly and rounded outward to 2^-BITS; what leaves the window goes to its low end or
to the infinite loss (from above), or is dropped or moved down (from below). Statement: grid-composition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

from ..claims import relies_on
from .ball import arb, ball, enclosure_of, precision
from .dots import BITS, GridLoss
from .enclosure import Enclosure
from .factor import Factor
from .integers import convolved, suffix_sums

__all__ = ["ComposedLoss", "compose_above", "compose_below"]

_UNIT = 1 << BITS


@dataclass(frozen=True)
class ComposedLoss:
    """The privacy curve of a composition of grid losses.

    Attributes:
        step: the grid's step in nats.
        loss: the composed losses.
    """

    step: Fraction
    loss: GridLoss

    @cached_property
    def _sums(self) -> tuple[list[int], list[arb]]:
        """Sums of ``P`` and of ``Q = P e^-loss`` from each mark on."""
        with precision(BITS + 64):
            fall = (-ball(self.step)).exp()
            weight = (-ball(self.step) * self.loss.low).exp()
            terms = []
            for mass in self.loss.masses:
                terms.append(weight * mass)
                weight *= fall
            return suffix_sums(self.loss.masses), list(accumulate(reversed(terms), initial=arb(0)))[::-1]

    def delta(self, alpha: Factor) -> Enclosure:
        """Enclose ``sum_s P(s) (1 - alpha e^-s)_+`` plus the infinite loss."""
        tails, others = self._sums
        with precision(BITS + 64):
            factor = alpha.ball()
            above = (factor.log() / ball(self.step)).floor()
            first = _clamped(above, self.loss.low, len(self.loss.masses))
            best = arb(0)
            for start in {max(first - 1, 0), first, min(first + 1, len(self.loss.masses))}:
                value = tails[start] - factor * others[start]
                best = best.max(value)  # the right start gives the most
            return _share(best + self.loss.infinite)

    def epsilon(self, delta: Fraction) -> Fraction | None:
        """Return about the epsilon at which the curve meets delta; None when it stays above. Nothing rests on it."""
        tails, others = self._sums
        level = delta * _UNIT - self.loss.infinite
        if level <= 0:
            return None
        with precision(BITS + 64):
            # delta at the marks falls: find the first mark at which it is at most the level
            low, high = 0, len(self.loss.masses)
            while low < high:
                middle = (low + high) // 2
                alpha = (ball(self.step) * (self.loss.low + middle)).exp()
                if float(tails[middle] - alpha * others[middle] - ball(level)) > 0:
                    low = middle + 1
                else:
                    high = middle
            # between the marks low - 1 and low the curve is linear in alpha
            if low >= len(tails) or not others[low] > 0:
                return (self.loss.low + low) * self.step
            alpha = (tails[low] - ball(level)) / others[low]
            if not alpha > 0:
                return (self.loss.low + low) * self.step
            return enclosure_of(alpha.log().mid()).lower


@relies_on("grid-composition")
def compose_above(parts: Sequence[tuple[GridLoss, int]], tail: Fraction) -> GridLoss:
    """Compose losses so that the composed curve is at least the true one.

    Args:
        parts: losses, each with the number of times that it occurs.
        tail: mass that may be moved to the infinite loss.
    """
    return _composed(parts, _Above(int(tail * _UNIT)))


@relies_on("grid-composition")
def compose_below(parts: Sequence[tuple[GridLoss, int]], tail: Fraction) -> GridLoss:
    """Compose losses so that the composed curve is at most the true one; arguments as above."""
    return _composed(parts, _Below(int(tail * _UNIT)))


@dataclass(frozen=True, slots=True)
class _Above:
    """Rounding up, trimming upwards: low masses to the window's low end, high ones to the infinite loss."""

    tail: int

    def multiplied(self, first: GridLoss, second: GridLoss) -> GridLoss:
        masses = convolved(first.masses, second.masses, BITS, up=_UNIT - 1)
        infinite = -(-_infinite_mass(first, second) >> BITS)
        start, stop, cut, moved = _window(masses, self.tail >> 8)
        kept = masses[start:stop]
        kept[0] += cut
        return GridLoss(first.low + second.low + start, tuple(kept), infinite + moved)


@dataclass(frozen=True, slots=True)
class _Below:
    """Rounding down, trimming downwards: low masses are dropped, high ones put at the window's high end."""

    tail: int

    def multiplied(self, first: GridLoss, second: GridLoss) -> GridLoss:
        masses = convolved(first.masses, second.masses, BITS, up=0)
        infinite = _infinite_mass(first, second) >> BITS
        start, stop, _, moved = _window(masses, self.tail >> 8)
        kept = masses[start:stop]
        kept[-1] += moved
        return GridLoss(first.low + second.low + start, tuple(kept), infinite)


def _infinite_mass(first: GridLoss, second: GridLoss) -> int:
    """The mass of the product where one part or both are infinite, in units of 2^-(2 BITS)."""
    a, b = first.infinite, second.infinite
    if not a and not b:
        return 0
    return a * sum(second.masses) + b * sum(first.masses) + a * b


def _window(masses: Sequence[int], allowed: int) -> tuple[int, int, int, int]:
    """Cut at most ``allowed`` from each end; return the window and what was cut below and above it."""
    start, stop, below, above = 0, len(masses), 0, 0
    while stop > 1 and above + masses[stop - 1] <= allowed:
        stop -= 1
        above += masses[stop]
    while start < stop - 1 and below + masses[start] <= allowed:
        below += masses[start]
        start += 1
    return start, stop, below, above


def _composed(parts: Sequence[tuple[GridLoss, int]], way: _Above | _Below) -> GridLoss:
    """Multiply everything: powers by squaring, then the shortest first."""
    powers = [_power(loss, count, way) for loss, count in parts]
    while len(powers) > 1:
        powers.sort(key=lambda loss: len(loss.masses), reverse=True)
        powers.append(way.multiplied(powers.pop(), powers.pop()))
    return powers[0]


def _power(loss: GridLoss, count: int, way: _Above | _Below) -> GridLoss:
    result: GridLoss | None = None
    while count:
        if count & 1:
            result = loss if result is None else way.multiplied(result, loss)
        count >>= 1
        if count:
            loss = way.multiplied(loss, loss)
    if result is None:
        raise ArithmeticError("a loss must occur at least once")
    return result


def _clamped(value: arb, low: int, length: int) -> int:
    """About the index of the first mark above a value."""
    guess = int(float(value)) + 1 - low
    return min(max(guess, 0), length)


def _share(value: arb) -> Enclosure:
    found = enclosure_of(value / _UNIT)
    return Enclosure(min(found.lower, Fraction(1)), min(found.upper, Fraction(1)))

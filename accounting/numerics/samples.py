"""Certified samples of a privacy curve at multiples of one step, dense where the losses are.

Where the curve is known between polynomials on a whole piece, each interval between two marks also gets its
*share*: a number that the curve over the chord of the lower ends is at least. Statement: connect-the-dots.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

from ..claims import relies_on
from .ball import arb, ball, exact_lower, exact_upper, positive_part, precision
from .enclosure import Enclosure
from .factor import Factor
from .pieces import LargestPiece, Piece
from .rounding import float_at_least, float_at_most

__all__ = ["USUAL", "Curves", "Layout", "Pieces", "Samples", "no_pieces", "sample"]

_WORKING = 400
_MOST = 20_000
_BLOCK = 24
_WIDEST = 1e-3  # of samples, whatever the width asked for
_LONGEST = 0.75  # a piece over the spread; where the curve is steep pieces are shorter
_STEEP = 3.0
# spreads beyond the dense ones from which on marks are twice as far apart again
_SPARSER = (0.0, 2.0, 5.0, 9.0)
_FEWEST = 3  # intervals for which a piece is worth its while
_FLAT = 0.8
_PATIENCE = 3  # runs without a piece after which none is tried
_FARTHEST = 300.0  # nats
_HARDLY_LESS = 0.99
_LESS, _MORE = 1.0 - 2.0**-50, 1.0 + 2.0**-40

Curves: TypeAlias = Callable[[Sequence[Factor], float], list[Enclosure]]
Pieces: TypeAlias = Callable[[float, float, float], Piece | LargestPiece | None]


def no_pieces(low: float, high: float, relative_width: float) -> None:
    """Stand for a curve of which only single values are known."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Certified values of a privacy curve.

    Attributes:
        step: the grid's step in nats.
        marks: increasing multiples of the step.
        lows: delta at ``epsilon = mark * step`` is at least this; exact.
        highs: delta there is at most this; exact.
        floor: delta stays above this at every epsilon.
        shares: for each interval between marks a lower bound, at most 1, for the curve over the chord of the
            lower ends, where one is known; else None.
    """

    step: Fraction
    marks: tuple[int, ...]
    lows: tuple[arb, ...]
    highs: tuple[arb, ...]
    floor: Fraction
    shares: tuple[float | None, ...]

    @classmethod
    def of(
        cls, step: Fraction, marks: Sequence[int], values: Sequence[Enclosure], floor: Fraction
    ) -> Samples:
        """Collect single values."""
        with precision(_WORKING):
            side = _of_values(marks, values)
        return cls(step, side.marks, side.lows, side.highs, floor, side.shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where samples are taken and how sharp they are; every layout is sound.

    Attributes:
        dense: up to this many spreads neighbouring marks are ``apart`` multiples of the step apart.
        leeway: near 0, where walks are nearly lattices, pieces may be this many times as wide.
        apart: how many multiples of the step are between two marks where they are dense.
        width: relative width of samples near 0 to aim at; further out it may be larger.
    """

    dense: float = 3.0
    leeway: float = 16.0
    apart: int = 1
    width: float = 1e-5


USUAL = Layout()


def sample(
    curve: Curves,
    step: Fraction,
    tail: float,
    floor: Fraction,
    *,
    spread: float,
    mirrors: bool,
    pieces: Pieces = no_pieces,
    layout: Layout = USUAL,
) -> Samples:
    """Sample a curve, from where it is nearly ``1 - alpha`` to where it is below ``tail``.

    Args:
        curve: encloses delta at several factors.
        step: the grid's step in nats.
        tail: where to stop.
        floor: delta is certainly at least this.
        spread: the scale of the losses in nats; marks are coarser where little mass is.
        mirrors: the curve obeys the swap law by itself, as that of a family that holds both orders of each pair.
        pieces: encloses delta between polynomials from one factor to another, where that is possible.
        layout: how fine the samples are.
    """
    with precision(_WORKING):
        sampler = _Sampler(curve, pieces, step, spread, layout)
        side = _positive(sampler, max(tail, float(floor) * (1.0 + 1e-6)))
        below = side.mirrored(step) if mirrors else _negative(sampler, side, tail)
        whole = below.joined(side)
        return Samples(step, whole.marks, whole.lows, whole.highs, floor, whole.shares)


def _positive(sampler: _Sampler, stop: float) -> _Side:
    """Sample at multiples of the step from 0 on, until the value is at most ``stop``."""
    fruitless, layout, known = 0, sampler.layout, sampler.pieces
    fruits: list[Piece | LargestPiece] = []

    def pieces(low: float, high: float, relative_width: float) -> Piece | LargestPiece | None:
        found = known(low, high, relative_width)
        fruits.extend([found] if found else [])
        return found

    side = sampler.singles((0,))
    sampler = sampler if known is no_pieces else replace(sampler, pieces=pieces)
    while len(side.marks) < _MOST and not (side.highs[-1] <= stop and len(side.marks) > 1):
        if float(side.marks[-1] * sampler.step) > _FARTHEST:
            break
        z = side.marks[-1] * float(sampler.step) / sampler.spread
        gap = layout.apart * (1 << bisect_left(_SPARSER, z - layout.dense))
        length = min(_LONGEST, _STEEP / (z + 1.0)) * sampler.spread / float(sampler.step)
        count = max(math.ceil(length / gap), _FEWEST)
        run = sampler.run([side.marks[-1] + gap * i for i in range(count + 1)])
        fruitless = 0 if fruits else fruitless + 1
        fruits.clear()
        if fruitless == _PATIENCE:
            sampler = replace(sampler, pieces=no_pieces)
        side = side.joined(run, stop)
    return side


def _negative(sampler: _Sampler, side: _Side, tail: float) -> _Side:
    """Sample at the negative marks of a side, and on to where the curve is nearly ``1 - alpha``, or parallel to it."""
    below = _Side((0,), side.lows[:1], side.highs[:1], ())
    for first in range(0, len(side.marks) - 1, _BLOCK):
        block = [-mark for mark in side.marks[first : first + _BLOCK + 1]]
        below = sampler.run(block[::-1]).joined(below)
    former, fruitless = math.inf, 0
    while len(below.marks) < _MOST and fruitless < _PATIENCE:
        last = below.marks[0]
        alpha = (last * ball(sampler.step)).exp()
        excess = float(below.highs[0] - (1 - alpha))
        if not excess > tail or float(last * sampler.step) < -_FARTHEST:
            break
        share = excess / float(alpha)  # delta of the other order at 1 / alpha
        former, fruitless = share, fruitless + 1 if share > _HARDLY_LESS * former else 0
        run = sampler.run([last - 4 * sampler.layout.apart * i for i in range(_BLOCK, -1, -1)])
        below = run.joined(below)
    return below


@dataclass(frozen=True, slots=True)
class _Side:
    """A stretch of samples; see :class:`Samples`."""

    marks: tuple[int, ...]
    lows: tuple[arb, ...]
    highs: tuple[arb, ...]
    shares: tuple[float | None, ...]

    def joined(self, other: _Side, stop: float = -1.0) -> _Side:
        """Append a stretch that begins with this one's last mark, up to the first value of at most ``stop``."""
        low, high = max(self.lows[-1], other.lows[0]), min(self.highs[-1], other.highs[0])
        if low > high:
            raise ArithmeticError(f"samples of one curve contradict each other: {low} > {high}")
        left = (*self.shares[:-1], *(_moved(share, self.lows[-1], low) for share in self.shares[-1:]))
        right = (*(_moved(share, other.lows[0], low) for share in other.shares[:1]), *other.shares[1:])
        kept = 1 + next((i for i, end in enumerate(other.highs) if i and end <= stop), len(other.highs))
        return _Side(
            (*self.marks, *other.marks[1:kept]),
            (*self.lows[:-1], low, *other.lows[1:kept]),
            (*self.highs[:-1], high, *other.highs[1:kept]),
            (*left, *right[: kept - 1]),
        )

    @relies_on("swap-law")
    def mirrored(self, step: Fraction) -> _Side:
        """Return the samples at the negative marks of a curve that obeys the swap law.

        delta at -epsilon is ``1 - alpha + alpha delta(epsilon)``, alpha = e^-epsilon. A chord l goes over into the chord
        ``c = 1 - alpha + alpha l``, and a curve of at least r l into one of at least ``c - (1 - r) alpha l``.
        """
        alphas = [(-mark * ball(step)).exp() for mark in self.marks]
        lows = [(1 - alpha + alpha * low).lower() for alpha, low in zip(alphas, self.lows, strict=True)]
        highs = [(1 - alpha + alpha * high).upper() for alpha, high in zip(alphas, self.highs, strict=True)]
        ends = [(float(low), float(its)) for low, its in zip(self.lows, lows, strict=True)]
        shares = []
        for share, ((low, its), (next_low, its_next)) in zip(self.shares, pairwise(ends), strict=True):
            lost = None if share is None else (1.0 - share) * max(low, next_low) / min(its, its_next)
            shares.append(None if lost is None else _one_less(lost))
        return _Side(
            tuple(-mark for mark in self.marks[::-1]),
            tuple(lows[::-1]),
            tuple(highs[::-1]),
            tuple(shares[::-1]),
        )


def _moved(share: float | None, own: arb, used: arb) -> float | None:
    """Return the share of an interval of which one end is raised from ``own`` to ``used``."""
    if share is None or own == used:
        return share
    return share * float(own / used) * _LESS**8 or None


def _one_less(lost: float) -> float | None:
    """Return 1 less what is lost, whose roundings are far below 2^-40 of it, rounded down; None when nothing is left."""
    return (1.0 - lost * _MORE) * _LESS if lost < 0.9 else None


def _of_values(marks: Sequence[int], values: Sequence[Enclosure]) -> _Side:
    lows = tuple(ball(value.lower).lower() for value in values)
    highs = tuple(ball(value.upper).upper() for value in values)
    return _Side(tuple(marks), lows, highs, (None,) * (len(marks) - 1))


@dataclass(frozen=True, slots=True)
class _Sampler:
    """Takes samples at given marks."""

    curve: Curves
    pieces: Pieces
    step: Fraction
    spread: float
    layout: Layout

    def singles(self, marks: Sequence[int]) -> _Side:
        """Take single values."""
        width = 2.0 * self._width(min(abs(mark) for mark in marks))  # near 0 they cost more than pieces
        return _of_values(marks, self.curve([Factor.exp(mark * self.step) for mark in marks], width))

    def run(self, marks: Sequence[int], halvings: int = 2) -> _Side:
        """Sample at increasing marks of one sign: by a piece, by shorter ones, or by single values."""
        if self.pieces is no_pieces or len(marks) <= _FEWEST or halvings < 0:
            return self.singles(marks)
        alphas = [(mark * ball(self.step)).exp() for mark in marks]
        low, high = float_at_most(exact_lower(alphas[0])), float_at_least(exact_upper(alphas[-1]))
        for width in self._widths(min(abs(marks[0]), abs(marks[-1]))):
            piece = self.pieces(low, high, width)
            if piece is not None:
                return _of_piece(piece, marks, alphas)
        middle = len(marks) // 2
        left, right = marks[: middle + 1], marks[middle:]
        return self.run(left, halvings - 1).joined(self.run(right, halvings - 1))

    def _widths(self, mark: int) -> tuple[float, ...]:
        """Widths to ask of a piece: near 0, where the walk is nearly a lattice, some leeway is given."""
        z, width = mark * float(self.step) / self.spread, self._width(mark)
        return (width, self.layout.leeway * width) if z < _FLAT and self.layout.leeway > 1.0 else (width,)

    def _width(self, mark: int) -> float:
        """The width to ask for at a mark: what the tail has too much moves epsilon little."""
        z = mark * float(self.step) / self.spread
        return min(self.layout.width * (1.0 + z * z), _WIDEST)


def _of_piece(piece: Piece | LargestPiece, marks: Sequence[int], alphas: Sequence[arb]) -> _Side:
    ends = [piece.ends(alpha) for alpha in alphas]
    lows = [positive_part(low).lower() for low, _ in ends]
    floats = [float(low) for low in lows]
    dips = zip(piece.dips(alphas), pairwise(floats), strict=True)
    shares = (_one_less(float(dip.upper()) / min(pair)) if min(pair) > 0.0 else None for dip, pair in dips)
    return _Side(tuple(marks), tuple(lows), tuple(high.upper() for _, high in ends), tuple(shares))

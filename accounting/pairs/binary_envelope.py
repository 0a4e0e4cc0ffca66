"""Shuffled binary response at many factors at once: bounds a little above the worst data set, fast.

The largest ``F(m, t) = a P(Z = t - 1) - (alpha - 1) P(Z >= t)`` (see ``binary``) over all m and t is bounded on
rectangles of the real relaxation: by the largest corner and second derivatives. Factors of nearby alpha share
a contour, and on it everything is linear in two tables of floats. Statement: binary-envelope.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..claims import relies_on
from ..numerics.ball import acb, arb, ball, exact_lower, exact_upper, precision
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..numerics.lattice import Bracket, LatticeContour, choose_contour, nearest_whole, tilted_mean

__all__ = ["envelopes"]

_Reals = NDArray[np.float64]
_Complexes = NDArray[np.complex128]

_BITS = 128
_TARGET = 5e-4  # about what the bounds may be above the maximum, relative; more in far tails
_LEAST_USERS = 2001  # up to 2000 tables are exact, and fast
_LEAST_SPREAD = 4.0
_FARTHEST = 30.0  # tilts, in units of the spread, that floats are asked for
_MOST_NODES = 400
_MOST_POINTS = 1500
_LOOSE = 0.05  # what they may be where grids would be too fine
_MOST_PANELS = 60
_APART = 0.5  # how far alphas of one contour may lie apart, in units of the spread
_TRIES = (
    (3.0, 1.0),
    (4.0, 1.5),
    (6.0, 2.5),
    (9.0, 4.0),
)  # margins of a strip around the peaks, and room for nodes
_PIECES = 4  # of the units of y at both ends of a strip
_UNIT = 2.0**-53
_ROUNDED = 1.0 + 1e-9  # covers the roundings of a sum of moduli
_SMALLEST = 1e-290


@dataclass(frozen=True, slots=True)
class _Weights:
    """The weights of one alpha: a, alpha - 1 and their sum; in balls, and in floats that are off by one rounding."""

    alpha: Factor
    gain: arb
    growth: arb
    loss: arb

    @classmethod
    def of(cls, odds: Factor, alpha: Factor) -> _Weights:
        w, factor = odds.ball(), alpha.ball()
        return cls(alpha, (w - factor) / (1 + w), factor - 1, (factor * w - 1) / (1 + w))

    @property
    def tilt(self) -> float:
        return math.log(float(self.loss / self.gain))


@relies_on("binary-envelope", "lattice-contour", "binary-threshold", "swap-law")
def envelopes(users: int, odds: Factor, alphas: Sequence[Factor]) -> dict[Factor, Enclosure]:
    """Bound delta of shuffled binary response, maximised over all data sets, at several factors.

    Args:
        users: n, the target included.
        odds: w = keep / (1 - keep) > 1.
        alphas: factors e^epsilon on either side of 1.

    Returns:
        Enclosures of the maximum; the lower end is attained by others who all agree with the target's first
        value. A factor for which this road is not made (few users, hardly any lie, far tails) is left out.

    Guarantee:
        binary-envelope.
    """
    found: dict[Factor, Enclosure] = {}
    folded = {alpha: alpha if alpha.compare_with_one() >= 0 else alpha.inverse() for alpha in alphas}
    with precision(_BITS + users.bit_length()):
        w = odds.ball()
        lie = 1 / (1 + w)
        spread = math.sqrt((users - 1) * float(w * lie * lie))
        if users < _LEAST_USERS or spread < _LEAST_SPREAD:
            return {}
        sought = []
        for alpha in dict.fromkeys(folded.values()):
            if alpha.at_least(odds):
                found[alpha] = Enclosure.exactly(0)
            elif (weights := _Weights.of(odds, alpha)).tilt * spread <= _FARTHEST:
                sought.append(weights)
        for group in _groups(sought, spread):
            found.update(_Group(users - 1, w * lie, lie, group, spread).bounds())
    return {
        alpha: found[up] if up is alpha or up == alpha else _mirrored(alpha, found[up])
        for alpha, up in folded.items()
        if up in found
    }


def _groups(sought: list[_Weights], spread: float) -> list[list[_Weights]]:
    """Collect alphas whose peaks are near each other."""
    groups: list[list[_Weights]] = []
    for weights in sorted(sought, key=lambda each: each.tilt):
        if groups and (weights.tilt - groups[-1][0].tilt) * spread <= _APART:
            groups[-1].append(weights)
        else:
            groups.append([weights])
    return groups


def _mirrored(alpha: Factor, delta: Enclosure) -> Enclosure:
    """delta(alpha) = 1 - alpha + alpha delta(1/alpha): the maximum is over both orders."""
    with precision(_BITS + 64):
        factor = alpha.ball()
        ends = [1 - factor + factor * ball(end) for end in (delta.lower, delta.upper)]
        return Enclosure(exact_lower(ends[0]), min(exact_upper(ends[1]), Fraction(1)))


class _WideBallError(ArithmeticError):
    """A ball that no float stands for."""


class _Group:
    """Alphas of nearby tilts, for all data sets."""

    def __init__(self, total: int, first: arb, second: arb, group: list[_Weights], spread: float) -> None:
        self.total, self.group, self.spread = total, group, spread
        self.hardest = group[-1]
        self.brackets = [
            Bracket(total=total, first=first, second=second, shift=1, gain=each.gain, loss=each.loss)
            for each in (group[0], group[-1])
        ]
        # gain falls and loss rises with alpha: errors with both at their largest hold for the whole group
        self.cover = replace(self.brackets[1], gain=group[0].gain)
        self.gains = np.array([float(each.gain) for each in group])
        self.growths = np.array([float(each.growth) for each in group])
        self.losses = np.array([float(each.loss) for each in group])

    def bounds(self) -> dict[Factor, Enclosure]:
        """Bound the maximum at each alpha, or return nothing."""
        edges = self._edges()
        uppers = [Fraction(0)] * len(self.group)
        lowers = uppers
        for least, most in pairwise(edges):
            contour = self._contour(least, most)
            if contour is None:
                return {}
            above = None
            for margin, room in _TRIES:
                nodes = math.ceil(contour.nodes * room)
                # without the node at half circle, where logarithms meet their cut
                wider = replace(
                    contour, nodes=nodes, kept=min(math.ceil(contour.kept * room), (nodes - 1) // 2)
                )
                try:
                    panel = _Panel(self, wider, least, most, margin)
                    above = panel.above()
                except _WideBallError:
                    return {}
                if above is not None:
                    break
            if above is None:
                return {}
            uppers = [max(pair) for pair in zip(uppers, above, strict=True)]
            if most == self.total:
                lowers = panel.attained()
        return {
            each.alpha: Enclosure(low, min(high, Fraction(1)))
            for each, low, high in zip(self.group, lowers, uppers, strict=True)
        }

    def _edges(self) -> list[int]:
        """Cut 0 .. total where the ridge would drift by more than half a spread."""
        c = max(self.hardest.tilt, 1.6 / self.spread)
        p = float(self.cover.second)
        first, second = ((1 - q) * math.exp(c) / (q + (1 - q) * math.exp(c)) for q in (p, 1 - p))
        slope = 1.0 + (math.log1p(p * math.expm1(-c)) - math.log1p(p * math.expm1(c))) / c
        panels = min(
            max(1, math.ceil(self.total * abs(first - second - slope) / (0.5 * self.spread))), _MOST_PANELS
        )
        return sorted({self.total * i // panels for i in range(panels + 1)})

    def _contour(self, least: int, most: int) -> LatticeContour | None:
        middle = (least + most) // 2
        t = nearest_whole(tilted_mean(self.brackets[1], middle)) + 1
        width = _TARGET * 1e-9 / (1.0 + self.spread)
        chosen = choose_contour(self.brackets[1], middle, t, width)
        return None if chosen.kept > _MOST_NODES else replace(chosen, bracket=self.cover)


class _Panel:
    """One contour's nodes in floats, for data sets least .. most."""

    def __init__(self, group: _Group, contour: LatticeContour, least: int, most: int, margin: float) -> None:
        self.group, self.contour, self.least, self.most = group, contour, least, most
        ridges = [
            float(contour.offset(m, 0) + tilted_mean(bracket, m)) + 1.0
            for m in (least, most)
            for bracket in group.brackets
        ]
        # whole numbers, so that differences are exact
        margin += 0.15 * group.spread
        self.low = float(math.floor(min(ridges) - margin))
        self.high = float(math.ceil(max(ridges) + margin))
        self.rates = contour.rates
        size = abs(contour.bases[0]) * (-arb(self.low) * contour.abscissa).exp()
        self.exponent = nearest_whole(size.log() / arb(2).log())
        scale = arb(2) ** -self.exponent
        # terms at (least, low), scaled by a power of two
        self.terms = _floats(
            [
                base * (rate * least - s * arb(self.low)).exp() * scale
                for base, rate, s in zip(contour.bases, self.rates, contour.points, strict=True)
            ]
        )
        ahead = [s.exp() for s in contour.points]
        self.point = _floats(ahead)  # P(Z = t - 1)
        self.tail = _floats([1 / (1 - 1 / each) for each in ahead])  # P(Z >= t)
        self.moduli = np.abs(_floats(contour.points))
        self.rate_moduli = np.abs(_floats(self.rates))
        across = np.array(
            [max(1.0, float((rate.real * (most - least)).exp().upper())) for rate in self.rates]
        )
        # at least the moduli of the terms for all m in least .. most at y = low; they fall like e^(-c y)
        self.sizes = np.abs(self.terms) * across * _ROUNDED
        self.error = float((contour.error(arb(self.low), least, most) * scale).upper()) * _ROUNDED

    def above(self) -> list[Fraction] | None:
        """Bound F(m, t) for all integers t and least <= m <= most, at each alpha."""
        steepness = self.group.hardest.tilt * self.group.spread
        target = _TARGET * max(1.0, steepness / 4.0) ** 3
        rows = 6
        width = self.group.spread * math.sqrt(8.0 * target / (4.0 + steepness**3))
        if not self._peaks_lie_inside(rows):
            return None
        while True:
            columns = math.ceil((self.high - self.low) / width) + 1
            if max(rows, columns) > _MOST_POINTS:
                return None
            found, excess, mostly_rows = self._above(rows, columns)
            if excess <= 2.0 * target or (excess <= _LOOSE and 1.5 * columns > _MOST_POINTS):
                return found
            rows, width = (2 * rows, width) if mostly_rows else (rows, width / 1.5)

    def _above(self, rows: int, columns: int) -> tuple[list[Fraction], float, bool]:
        """The bounds of one grid, what they are above its largest corner, and whether more rows help."""
        width, height = (self.high - self.low) / (columns - 1), (self.most - self.least) / rows
        along = self._powers(
            [-s * arb(self.high - self.low) / (columns - 1) for s in self.contour.points], columns
        )
        across = self._powers([rate * (self.most - self.least) / rows for rate in self.rates], rows + 1)
        points, tails = (_table(across * (self.terms * kernel), along) for kernel in (self.point, self.tail))
        decay = np.exp(-self.contour.abscissa * width * np.arange(columns - 1)) * _ROUNDED
        uppers, excess, mostly_rows = [], 0.0, False
        for gain, growth in zip(self.group.gains, self.group.growths, strict=True):
            values = (gain * points - growth * tails).max(axis=0)
            corners = np.maximum(values[:-1], values[1:])
            kernel = np.abs(gain * self.point - growth * self.tail) * self.sizes
            down = (kernel * (width * self.moduli) ** 2).sum()
            over = (kernel * (height * self.rate_moduli) ** 2).sum()
            mostly_rows = mostly_rows or over > down
            slack = (down + over) / 8.0 + self._rounding(gain, growth, rows + columns)
            best = float((corners + slack * decay * _ROUNDED).max()) + self.error
            top = float(corners.max())
            excess = max(excess, best / top - 1.0 if top > 0.0 else math.inf)
            uppers.append(self._scaled(math.nextafter(max(best, _SMALLEST) * _ROUNDED, math.inf)))
        return uppers, excess, mostly_rows

    def _peaks_lie_inside(self, rows: int) -> bool:
        """Whether for every m and alpha F rises in t on the lowest unit of y, and falls on the highest."""
        across = self._powers([rate * (self.most - self.least) / rows for rate in self.rates], rows + 1)
        height = (self.most - self.least) / rows
        for at, sign in ((self.low, -1.0), (self.high - 1.0, 1.0)):
            moved = _floats([(-s * arb(at - self.low)).exp() for s in self.contour.points])
            edges = moved * self._powers([-s / _PIECES for s in self.contour.points], _PIECES + 1)
            before, here = (
                _table(across * (self.terms * kernel), edges) for kernel in (self.point, self.point * 0 + 1)
            )
            for gain, growth, loss in zip(
                self.group.gains, self.group.growths, self.group.losses, strict=True
            ):
                falls = gain * before - loss * here
                kernel = np.abs(gain * self.point - loss) * self.sizes * np.abs(moved)
                bend = (kernel * (self.moduli / _PIECES) ** 2).sum() + (
                    kernel * (height * self.rate_moduli) ** 2
                ).sum()
                rounding = self._rounding(gain, growth + loss, rows + _PIECES) * abs(moved[0])
                slack = (bend / 8.0 + rounding) * _ROUNDED + self.error
                if not (sign * falls).min() > slack:
                    return False
        return True

    def attained(self) -> list[Fraction]:
        """Bound the largest F(most, t) from below, at each alpha."""
        lowest = nearest_whole(self.contour.origin + self.contour.slope * self.most + self.low) + 1
        y = self.contour.offset(self.most, lowest)
        if not y > self.low:
            raise _WideBallError(f"{y} is not certainly above {self.low}")
        count = min(max(2, math.floor(self.high - float(y)) + 1), _MOST_POINTS)
        shift = _floats(
            [
                (rate * (self.most - self.least) - s * (y - arb(self.low))).exp()
                for rate, s in zip(self.rates, self.contour.points, strict=True)
            ]
        )
        every = max(1, math.floor((self.high - float(y)) / count))
        along = self._powers([-s * every for s in self.contour.points], count)
        points, tails = (
            _table((self.terms * kernel * shift)[None, :], along) for kernel in (self.point, self.tail)
        )
        lowers = []
        for gain, growth in zip(self.group.gains, self.group.growths, strict=True):
            best = float((gain * points - growth * tails).max())
            safe = best - (self._rounding(gain, growth, count) + self.error) * _ROUNDED
            lowers.append(self._scaled(safe / _ROUNDED) if safe > _SMALLEST else Fraction(0))
        return lowers

    def _powers(self, logs: list[acb], count: int) -> _Complexes:
        """Powers 0 .. count - 1 of the numbers with these logarithms, by multiplication: one row a power."""
        steps = np.vstack([np.ones(len(logs)), np.tile(_floats([log.exp() for log in logs]), (count - 1, 1))])
        return np.multiply.accumulate(steps, axis=0)

    def _rounding(self, gain: float, growth: float, powers: int) -> float:
        """Bound what floats lose in one value at y = low; elsewhere it is less by the same decay as the terms."""
        mass = (self.sizes * (gain * np.abs(self.point) + growth * np.abs(self.tail) + growth)).sum()
        return float(8.0 * (powers + len(self.sizes) + 20) * _UNIT * mass * _ROUNDED)

    def _scaled(self, value: float) -> Fraction:
        return Fraction(value) * Fraction(2) ** self.exponent


def _floats(values: Sequence[acb]) -> _Complexes:
    """Take the middles of balls that are off by less than a rounding.

    Raises:
        _WideBallError: a ball is wider.
    """
    for value in values:
        if not value.real.rad() + value.imag.rad() <= abs(value).lower() * 2**-54:
            raise _WideBallError(f"a wide ball: {value}")
    return np.array([complex(float(value.real.mid()), float(value.imag.mid())) for value in values])


def _table(left: _Complexes, right: _Complexes) -> _Reals:
    """Real parts of ``sum_j left[k, j] right[l, j]``."""
    return np.hstack([left.real, -left.imag]) @ np.hstack([right.real, right.imag]).T

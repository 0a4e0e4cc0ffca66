"""Shuffled binary randomized response: the worst data set, searched over all of them with a certificate.

With m ones among the other users, ``F(m, t) = a P(Z = t - 1) - (alpha - 1) P(Z >= t)`` with
Z = Bin(m, 1-p) + Bin(n-1-m, p) and ``a = 1 - p - alpha p`` is what the threshold t on the count of ones
reveals; delta is the largest of them all. The difference ``F(m, t) - F(m, t+1)`` changes sign once in t, so
for one m the best t is known. Blocks of m are bounded through the real relaxation of the lattice contour,
and split until the largest bound meets the best value found.
Few users are enumerated. Statements: binary-threshold, binary-relaxation, binary-table.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ..claims import relies_on
from ..numerics.ball import acb, arb, exact_lower, exact_upper, precision
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..numerics.lattice import (
    Bracket,
    LatticeContour,
    bernoulli_law,
    choose_contour,
    combined,
    larger,
    moved,
    nearest_whole,
    tilted_mean,
)
from .binary_table import TableWorst, worst_by_table

__all__ = ["BinaryWorst", "worst_binaries", "worst_binary"]

_ENUMERATED = 24  # up to this many users every data set and threshold is evaluated in balls
_TABULATED = 2000  # up to this many in floats with a bound
_SHARP = 70
_MOST_BITS = 2000
_MOST_KEPT = 1500  # nodes beyond which a search would take too long
_LEAST_SPREAD = 2.0
_LEAST_NOISE = 1e-3
_AFFORDED = 150  # users up to which balls are used where floats are no use
_LEAF = 3  # data sets of a block that are evaluated one by one
_ROOM = 12  # thresholds on each side of the guess
_COARSE = 1e-4
_BUDGET = 300  # evaluations of one data set before the bracket is given as it stands


@dataclass(frozen=True, slots=True)
class BinaryWorst:
    """The worst data set of shuffled binary response at one factor alpha >= 1.

    Attributes:
        delta: encloses the maximum over all data sets and both orders.
        ones: ones among the other users, in the best data set found; it attains at least the lower end.
        threshold: the count of ones from which on the released count speaks for the first data set.
    """

    delta: Enclosure
    ones: int
    threshold: int


@relies_on("binary-threshold", "binary-relaxation", "binary-table", "lattice-contour")
def worst_binary(users: int, odds: Factor, alpha: Factor, relative_width: float) -> BinaryWorst:
    """Enclose delta of shuffled binary response, exactly maximised over all data sets.

    Args:
        users: n, the target included; at least 2.
        odds: w = keep / (1 - keep) > 1.
        alpha: e^epsilon with 1 <= alpha < w.
        relative_width: the width to aim at; the result may be wider, never wrong.

    Guarantee:
        binary-threshold, binary-relaxation, binary-table, lattice-contour.
    """
    return worst_binaries(users, odds, [alpha], relative_width)[0]


@relies_on("binary-threshold", "binary-relaxation", "binary-table", "lattice-contour")
def worst_binaries(
    users: int, odds: Factor, alphas: Sequence[Factor], relative_width: float
) -> list[BinaryWorst]:
    """The same for several alphas, which share what does not depend on alpha."""
    bits = 96 + users.bit_length()
    while True:  # near alpha = w and for tiny epsilon0 the weights are small differences
        with precision(bits):
            brackets = [_bracket(users, odds, alpha) for alpha in alphas]
            if bits >= _MOST_BITS or all(map(_is_sharp, brackets)):
                tabled = _tabled(users, brackets)
                return [
                    _worst(bracket, found, relative_width)
                    for bracket, found in zip(brackets, tabled, strict=True)
                ]
        bits *= 2


def _is_sharp(bracket: Bracket) -> bool:
    """Whether floats of these balls are off by at most one rounding."""
    return all(
        ball.rel_accuracy_bits() >= _SHARP
        for ball in (bracket.first, bracket.second, bracket.gain, bracket.loss)
    )


def _tabled(users: int, brackets: Sequence[Bracket]) -> Sequence[TableWorst | None]:
    first = brackets[0]
    few = _ENUMERATED < users <= _TABULATED and users * float(first.second) > _LEAST_NOISE
    if not few or not all(map(_is_sharp, brackets)):
        return [None] * len(brackets)
    return worst_by_table(
        users - 1,
        float(first.first),
        float(first.second),
        [float(bracket.gain) for bracket in brackets],
        [float(bracket.loss) for bracket in brackets],
    )


def _bracket(users: int, odds: Factor, alpha: Factor) -> Bracket:
    w, factor = odds.ball(), alpha.ball()
    lie = 1 / (1 + w)
    return Bracket(
        total=users - 1,
        first=w * lie,
        second=lie,
        shift=1,
        gain=(w - factor) * lie,
        loss=(factor * w - 1) * lie,
    )


def _worst(bracket: Bracket, tabled: TableWorst | None, relative_width: float) -> BinaryWorst:
    truthful = (bracket.total + 1) * float(bracket.second) <= _LEAST_NOISE and bracket.total < _AFFORDED
    if bracket.total < _ENUMERATED or truthful:
        return _enumerated(bracket)
    if tabled is not None and tabled.lower > 0.0 and tabled.upper < 2.0 * tabled.lower:
        return BinaryWorst(
            Enclosure(Fraction(tabled.lower), Fraction(tabled.upper)), tabled.ones, tabled.threshold
        )
    search = _Search(bracket, relative_width)
    if search.spread < _LEAST_SPREAD:  # nearly all others report the truth: nothing to sum over
        return BinaryWorst(Enclosure(Fraction(0), Fraction(1)), 0, 1)
    return search.run()


def _enumerated(bracket: Bracket) -> BinaryWorst:
    """Evaluate F for every m and t."""
    best_upper, best = Fraction(0), (Fraction(-1), 0, 1)
    for m in range(bracket.total + 1):
        law = bernoulli_law(m, bracket.first, bracket.total - m, bracket.second)
        beyond = arb(0)
        for t in range(bracket.total + 1, 0, -1):
            inside = beyond + law[t - 1]  # P(Z >= t - 1)
            value = bracket.gain * inside - bracket.loss * beyond
            beyond = inside
            best_upper = max(best_upper, exact_upper(value))
            best = max(best, (exact_lower(value), m, t))
    return BinaryWorst(Enclosure(max(best[0], Fraction(0)), best_upper), best[1], best[2])


@dataclass(order=True, slots=True)
class _Block:
    """Data sets least .. most, none of which reaches above ``bound``; a heap pops the largest bound."""

    key: float
    least: int
    most: int
    bound: arb
    contour: LatticeContour


class _Search:
    """Best-first branch and bound over m."""

    def __init__(self, bracket: Bracket, relative_width: float) -> None:
        self.bracket = bracket
        self.width = relative_width
        self.budget = _BUDGET if relative_width < _COARSE else _BUDGET // 4
        p = float(bracket.second)
        self.spread = math.sqrt(bracket.total * p * (1.0 - p))  # the same for every data set
        self.best = arb(0)
        self.where = (0, 1)
        self.leaf_upper = arb(0)
        self.spent = 0

    def run(self) -> BinaryWorst:
        total = self.bracket.total
        heap: list[_Block] = []
        edges = sorted({0, total // 2, total + 1})
        for least, after in pairwise(edges):
            contour = self._contour_at((least + after - 1) // 2)
            if contour.kept > _MOST_KEPT:
                return BinaryWorst(Enclosure(Fraction(0), Fraction(1)), 0, 1)
            self._evaluate(self._contour_at(least), least)
            self._push(heap, contour, least, after - 1)
        self._evaluate(self._contour_at(total), total)
        while heap and self.spent < self.budget:
            if heap[0].bound <= self.best.lower() * (1 + self.width / 2):
                break
            block = heapq.heappop(heap)
            if block.most - block.least < _LEAF:
                for m in range(block.least, block.most + 1):
                    self._evaluate(block.contour, m)
                continue
            middle = (block.least + block.most) // 2
            contour = block.contour
            if 64 * (block.most - block.least) > total:
                contour = self._contour_at(middle)
            self._evaluate(contour, middle)
            self._push(heap, contour, block.least, middle - 1)
            self._push(heap, contour, middle + 1, block.most)
        upper = self.leaf_upper
        for block in heap:
            upper = larger(upper, block.bound)
        lower = max(exact_lower(self.best), Fraction(0))
        return BinaryWorst(Enclosure(lower, min(exact_upper(upper), Fraction(1))), *self.where)

    def _contour_at(self, m: int) -> LatticeContour:
        """A contour for the best threshold at m."""
        t = self._guess(m)
        return choose_contour(self.bracket, m, t, self.width / (64.0 * (1.0 + self.spread)))

    def _guess(self, m: int) -> int:
        """About the best threshold for m."""
        above = nearest_whole(tilted_mean(self.bracket, m)) + 1
        return min(max(above, 1), self.bracket.total + 1)

    def _evaluate(self, contour: LatticeContour, m: int) -> None:
        """Enclose max_t F(m, t) and remember it: from F(m, t) to F(m, t + 1) the sign changes once."""
        self.spent += 1 + contour.kept // 60
        last = self.bracket.total + 1
        t = self._guess(m)
        y = contour.offset(m, t)
        ahead, back = contour.unit_steps

        def enclosed(state: list[acb], kernel: list[acb], at: int) -> arb:
            return combined(state, kernel) + arb(0, 1) * contour.error(y + (at - t), m, m)

        # go up while F(m, t + 1) may be larger, then down from the start while F(m, t - 1) may be
        start = contour.state(m, y)
        seen = [(t, enclosed(start, contour.tail_kernel, t))]
        here, at = start, t
        while (
            not (above_is_lower := at == last or enclosed(here, contour.fall_kernel, at) >= 0)
            and at < t + _ROOM
        ):
            here, at = moved(here, ahead), at + 1
            seen.append((at, enclosed(here, contour.tail_kernel, at)))
        here, at = moved(start, back), t - 1
        while (
            not (below_is_lower := at < 1 or enclosed(here, contour.fall_kernel, at) <= 0) and at > t - _ROOM
        ):
            seen.append((at, enclosed(here, contour.tail_kernel, at)))
            here, at = moved(here, back), at - 1
        upper = arb(0) if above_is_lower and below_is_lower else arb(1)
        for threshold, value in seen:
            if self.best.lower() < value.lower():
                self.best, self.where = value, (m, threshold)
            upper = larger(upper, value)
        self.leaf_upper = larger(self.leaf_upper, upper)

    def _push(self, heap: list[_Block], contour: LatticeContour, least: int, most: int) -> None:
        if least > most:
            return
        bound = self._bound(contour, least, most)
        self.spent += contour.kept // 30
        heapq.heappush(
            heap, _Block(-float(bound.log()) if bound > 0 else math.inf, least, most, bound, contour)
        )

    @relies_on("binary-relaxation")
    def _bound(self, contour: LatticeContour, least: int, most: int) -> arb:
        """Bound max_t F(m, t) for every m in least .. most, through real m and y."""
        middle = (least + most) // 2
        radius = max(middle - least, most - middle)
        centre = contour.offset(middle, 0) + tilted_mean(self.bracket, middle) + 0.5
        half = max(2.0, 1e-3 * self.spread)
        for _ in range(5):
            bound = self._strip_bound(contour, middle, radius, centre, half)
            if bound is not None:
                return bound
            half *= 1.7
        for depth in (4.0, 8.0, 14.0):
            bound = self._rough_bound(contour, middle, radius, centre - depth)
            if bound is not None:
                return bound
        return arb(1)  # nothing is claimed of these data sets but delta <= 1

    def _rough_bound(self, contour: LatticeContour, m: int, radius: int, low: arb) -> arb | None:
        """Bound F by the moduli of its terms at ``low``, if all peaks of the block lie above: they fall in y."""
        lowest = contour.state(m, low)
        fall_twice = across_fall = size_of_all = arb(0)
        for term, (s, rate, tail, fall) in zip(lowest, contour.sizes, strict=True):
            size = abs(term) * (radius * rate).exp()
            fall_twice += size * fall * s * s
            across_fall += size * fall * rate
            size_of_all += size * tail
        error = contour.error(low, m - radius, m + radius)
        slack = fall_twice / 8 + radius * across_fall + error
        for distance in (0.0, 1.0):
            if not combined(moved(lowest, contour.steps(arb(distance))), contour.fall_kernel) < -slack:
                return None
        return (size_of_all + error).upper()

    def _strip_bound(
        self, contour: LatticeContour, m: int, radius: int, centre: arb, half: float
    ) -> arb | None:
        """Bound F over data sets within ``radius`` of m, if its peaks have ``|y - centre| <= half``.

        Taylor's formula around (m, y), with derivatives bounded by the moduli of the terms. The peaks lie
        inside when F rises on the strip's lowest unit of y and falls on its highest one, whatever the
        m: each unit of y holds an integer t.
        """
        low = centre - half
        lowest = contour.state(m, low)
        fall_twice = across_fall = along_twice = both = across_twice = arb(0)
        for term, (s, rate, tail, fall) in zip(lowest, contour.sizes, strict=True):
            size = abs(term) * (radius * rate).exp()  # falls in y
            fall_twice += size * fall * s * s
            across_fall += size * fall * rate
            along_twice += size * tail * s * s
            both += size * tail * s * rate
            across_twice += size * tail * rate * rate
        error = contour.error(low, m - radius, m + radius)
        slack = fall_twice / 8 + radius * across_fall + error
        for distance in (0.0, 1.0):
            if not combined(moved(lowest, contour.steps(arb(distance))), contour.fall_kernel) < -slack:
                return None
        for distance in (2 * half - 1, 2 * half):
            if not combined(moved(lowest, contour.steps(arb(distance))), contour.fall_kernel) > slack:
                return None
        drift = abs(combined(moved(lowest, contour.steps(arb(half))), contour.drift_kernel)) + half * both
        pieces = min(64, max(4, math.ceil(2 * half * self._fineness(along_twice))))
        width = arb(2 * half) / pieces
        steps = contour.steps(width)
        peak = arb(0)
        for _ in range(pieces + 1):
            peak = larger(peak, combined(lowest, contour.tail_kernel))
            lowest = moved(lowest, steps)
        peak += along_twice * width**2 / 8
        return (peak + radius * drift + radius**2 * across_twice / 2 + error).upper()

    def _fineness(self, along_twice: arb) -> float:
        """Pieces per unit of y that make the interpolation error a small share of the wanted width."""
        allowed = 8.0 * self.width * max(float(self.best), 1e-300) / 16.0
        return math.sqrt(min(float(along_twice) / allowed, 1e6))

"""Where in (symbol, alpha) which pieces of delta, and which data sets, are the largest: exactly.

At a fixed point of the symbols each pair's divergence is the largest of finitely many lines ``A - alpha B`` (the sums of its
first atoms by falling likelihood ratio), and delta is their upper envelope. While a symbol moves, the envelope keeps its
form as long as no line rises above it at one of its breakpoints; what has to keep its sign for that is a polynomial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

import sympy

from ..claims import relies_on
from ..numerics.exact import ExactLike
from .domain import Domain, RangeOf, dense
from .loss import Data, SymbolicLoss, read_alpha
from .randomizer import evaluated
from .reading import Expression, Polynomial
from .roots import Cell, Coefficients, Root, cells

__all__ = ["Piece", "PiecewiseDelta", "Region", "RegionPiece", "along_symbol", "at_numbers", "in_plane"]

Line: TypeAlias = tuple[Polynomial, Polynomial]
_Label: TypeAlias = tuple[tuple[Line, frozenset[int]], ...]
_ALPHA = sympy.Symbol("alpha")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of alpha in which delta is one line, ``intercept - alpha slope``.

    Attributes:
        start: where it begins, a rational number.
        end: where it ends; None for the last piece, which does not.
        intercept: the line's value at alpha = 0.
        slope: how fast the line falls.
        worst: for each pair of data sets that attains it on the whole piece: the data of each shuffle.
    """

    start: Fraction
    end: Fraction | None
    intercept: Fraction
    slope: Fraction
    worst: tuple[tuple[Data, ...], ...]


@dataclass(frozen=True, slots=True)
class PiecewiseDelta:
    """delta as a function of alpha = e^epsilon > 0, exactly, where all probabilities are rational.

    Attributes:
        pieces: from left to right; each begins where the one before ends.
    """

    pieces: tuple[Piece, ...]

    @property
    def breakpoints(self) -> tuple[Fraction, ...]:
        """Where one line takes over from another, rising."""
        return tuple(piece.start for piece in self.pieces[1:])

    def at(self, alpha: ExactLike) -> Fraction:
        """Return delta at a rational alpha, exactly.

        Raises:
            ParameterError: alpha is not a positive number.
        """
        factor = read_alpha(alpha)
        piece = next(piece for piece in self.pieces if piece.end is None or factor <= piece.end)
        return piece.intercept - factor * piece.slope


@dataclass(frozen=True)
class RegionPiece:
    """A piece whose ends and line are rational functions of the symbol.

    Attributes:
        domain: the symbol.
        scale: what the line is relative to.
        line: intercept and slope, over ``scale``.
        before: the line on the left, None at alpha = 0.
        after: the line on the right, None for the last piece.
        worst: indices of the pairs of data sets that attain it.
        data: the same as data, for each shuffle.
    """

    domain: Domain
    scale: Polynomial
    line: Line
    before: Line | None
    after: Line | None
    worst: frozenset[int]
    data: tuple[tuple[Data, ...], ...]

    @property
    def start(self) -> Expression:
        """Where the piece begins, as an expression in the symbol."""
        return sympy.Integer(0) if self.before is None else _crossing(self.domain, self.before, self.line)

    @property
    def end(self) -> Expression:
        """Where the piece ends; ``oo`` for the last one."""
        return sympy.oo if self.after is None else _crossing(self.domain, self.line, self.after)

    @property
    def value(self) -> Expression:
        """The value of delta on the piece, an expression in the symbol and ``alpha``."""
        first, second = (self.domain.expression(part, self.scale) for part in self.line)
        return first - _ALPHA * second


@dataclass(frozen=True)
class Region:
    """An interval of the symbol in which delta has the same pieces in alpha.

    Attributes:
        lower: its lower end, an algebraic number; None for the lower end of what is assumed of the symbol.
        upper: its upper end; None for the upper end of what is assumed.
        pieces: by rising alpha.
        sample: a rational number inside.
    """

    lower: Root | None
    upper: Root | None
    pieces: tuple[RegionPiece, ...]
    sample: Fraction

    def contains(self, value: Fraction) -> bool:
        """Say whether a value of the symbol, which satisfies the assumptions, lies in the closed interval."""
        return (self.lower is None or self.lower.compare(value) <= 0) and (
            self.upper is None or self.upper.compare(value) >= 0
        )

    def latex(self) -> str:
        """Return delta in this region as LaTeX cases, with the breakpoints."""
        rows = []
        for piece in self.pieces:
            ends = [rf"{sympy.latex(piece.start)} \le "] if piece.before is not None else ["0 < "]
            ends.append(r"\alpha")
            if piece.after is not None:
                ends.append(rf" \le {sympy.latex(piece.end)}")
            rows.append(rf"{shown_line(piece.domain, piece.scale, piece.line)} & {''.join(ends)}")
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


@relies_on("symbolic-enumeration", "symbolic-regions")
def at_numbers(losses: Sequence[SymbolicLoss], point: tuple[Fraction, ...]) -> PiecewiseDelta:
    """Return the pieces in alpha where every symbol has a value."""
    scale = evaluated(losses[0].scale, point)
    lines: dict[tuple[Fraction, Fraction], set[int]] = {}
    for index, each in enumerate(losses):
        atoms = [(evaluated(a.first, point) / scale, evaluated(a.second, point) / scale) for a in each.atoms]
        first = second = Fraction(0)
        lines.setdefault((first, second), set()).add(index)
        for p, q in sorted(atoms, key=_by_falling_ratio):
            first, second = first + p, second + q
            lines.setdefault((first, second), set()).add(index)
    known = list(lines)
    chosen = [known[i] for i in envelope(known)]
    starts = [Fraction(0), *((a - c) / (b - d) for (a, b), (c, d) in pairwise(chosen))]
    return PiecewiseDelta(
        tuple(
            Piece(
                start=start,
                end=end,
                intercept=line[0],
                slope=line[1],
                worst=tuple(losses[i].data for i in sorted(lines[line])),
            )
            for line, start, end in zip(chosen, starts, [*starts[1:], None], strict=True)
        )
    )


def envelope(lines: Sequence[tuple[Fraction, Fraction]]) -> list[int]:
    """Return which of the lines ``A - alpha B`` are the largest somewhere in alpha > 0, by rising alpha.

    All B are nonnegative; where several lines are equal, or meet in one point, the first ones that are needed count.
    """
    order = sorted(range(len(lines)), key=lambda i: (-lines[i][1], -lines[i][0]))
    stack: list[int] = []
    for i in order:
        a, b = lines[i]
        if stack and lines[stack[-1]][1] == b:
            continue  # parallel, and not above
        while stack:
            c, d = lines[stack[-1]]
            start = (c - a) / (d - b)  # from here on the new line is above the last one
            if len(stack) == 1:
                if start > 0:
                    break
            else:
                e, f = lines[stack[-2]]
                if start > (e - c) / (f - d):
                    break
            stack.pop()
        stack.append(i)
    return stack


@relies_on("symbolic-enumeration", "symbolic-regions")
def in_plane(losses: Sequence[SymbolicLoss], symbol: RangeOf) -> tuple[Region, ...]:
    """Divide the values of the symbol into intervals in which the envelope has one form."""
    plane = _Plane(losses)
    found = cells(symbol.lower, symbol.upper, plane.look)
    return tuple(Region(cell.lower, cell.upper, plane.pieces(cell.label), cell.sample) for cell in found)


@relies_on("symbolic-enumeration", "symbolic-regions")
def along_symbol(
    losses: Sequence[SymbolicLoss], symbol: RangeOf, alpha: Fraction
) -> tuple[Cell[tuple[int, ...]], ...]:
    """Divide the values of the symbol into intervals in which the same pairs of data sets are worst."""
    plane = _Plane(losses)
    return cells(symbol.lower, symbol.upper, lambda at: plane.look_along(alpha, at))


class _Plane:
    """The lines of some pairs of data sets over one symbol."""

    def __init__(self, losses: Sequence[SymbolicLoss]) -> None:
        self.losses = losses
        self.domain = losses[0].domain
        self.scale = losses[0].scale
        self.loose = [i for i, each in enumerate(losses) if not each.is_ordered]

    @cached_property
    def fixed(self) -> dict[Line, frozenset[int]]:
        """The lines of the pairs whose likelihood ratios keep their order."""
        found: dict[Line, frozenset[int]] = {}
        for i, each in enumerate(self.losses):
            if each.is_ordered:
                for line in self._sums([(a.first, a.second) for a in reversed(each.rising)]):
                    found[line] = found.get(line, frozenset()) | {i}
        return found

    def lines_at(self, at: Fraction) -> dict[Line, frozenset[int]]:
        """Return all lines that are needed at a value of the symbol."""
        found = dict(self.fixed)
        for i in self.loose:
            atoms = sorted(
                ((a.first, a.second) for a in self.losses[i].atoms),
                key=lambda pq: _by_falling_ratio((evaluated(pq[0], (at,)), evaluated(pq[1], (at,)))),
            )
            for line in self._sums(atoms):
                found[line] = found.get(line, frozenset()) | {i}
        return found

    def look(self, at: Fraction) -> tuple[_Label, list[Coefficients]]:
        """Find the envelope at a value of the symbol, and what has to keep its sign for it to stay."""
        lines = self.lines_at(at)
        known = list(lines)
        top = [known[i] for i in envelope([(evaluated(a, (at,)), evaluated(b, (at,))) for a, b in known])]
        signs = {self.scale - top[0][0], top[-1][1]}
        for (a, b), (c, d) in pairwise(top):
            rise, run = a - c, b - d  # they cross at alpha = rise / run
            height = a * run - b * rise
            signs.add(run)
            signs.update(height - (first * run - second * rise) for first, second in self.fixed)
            for i in self.loose:
                here = [(atom, atom.first * run - atom.second * rise) for atom in self.losses[i].atoms]
                signs.update(sign for _, sign in here)
                counted = [sign for _, sign in here if evaluated(sign, (at,)) > 0]
                signs.add(height - sum(counted, self.domain.ring.zero))
        return tuple((line, lines[line]) for line in top), [dense(f) for f in signs if f]

    def look_along(self, alpha: Fraction, at: Fraction) -> tuple[tuple[int, ...], list[Coefficients]]:
        """Find the worst pairs at one alpha and one value of the symbol, and what has to keep its sign."""
        top, bottom = alpha.numerator, alpha.denominator
        signs: set[Polynomial] = set()
        values: list[tuple[Polynomial, frozenset[int]]] = [
            (bottom * a - top * b, those) for (a, b), those in self.fixed.items()
        ]
        for i in self.loose:
            here = [bottom * atom.first - top * atom.second for atom in self.losses[i].atoms]
            signs.update(here)
            counted = sum((f for f in here if evaluated(f, (at,)) > 0), self.domain.ring.zero)
            values.append((counted, frozenset({i})))
        most = max(values, key=lambda value: evaluated(value[0], (at,)))[0]
        signs.update(most - value for value, _ in values)
        worst = frozenset[int]().union(*(those for value, those in values if value == most))
        return tuple(sorted(worst)), [dense(f) for f in signs if f]

    def pieces(self, label: _Label) -> tuple[RegionPiece, ...]:
        """Spell out an envelope."""
        top = [line for line, _ in label]
        return tuple(
            RegionPiece(
                self.domain,
                self.scale,
                line,
                before,
                after,
                those,
                tuple(self.losses[i].data for i in sorted(those)),
            )
            for (line, those), before, after in zip(label, [None, *top[:-1]], [*top[1:], None], strict=True)
        )

    def _sums(self, atoms: Sequence[Line]) -> list[Line]:
        first = second = self.domain.ring.zero
        sums = [(first, second)]
        for p, q in atoms:
            first, second = first + p, second + q
            sums.append((first, second))
        return sums


def _by_falling_ratio(atom: tuple[Fraction, Fraction]) -> tuple[int, Fraction]:
    p, q = atom
    return (0, Fraction(0)) if not q else (1, -p / q)


def shown_line(domain: Domain, scale: Polynomial, line: Line) -> str:
    """Write ``A - alpha B`` as LaTeX."""
    first, second = (sympy.latex(domain.expression(part, scale)) for part in line)
    if second == "0":
        return str(first)
    return rf"{first} - \alpha" if second == "1" else rf"{first} - {second}\,\alpha"


def _crossing(domain: Domain, left: Line, right: Line) -> Expression:
    return domain.expression(left[0] - right[0], left[1] - right[1])

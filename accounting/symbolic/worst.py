"""Which data set of shuffled binary response is the worst, as an exact function of (w, alpha)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any, Generic, TypeVar

from ..claims import relies_on
from ..numerics.exact import ExactLike, whole
from .delta import ALPHA, SymbolicDelta
from .domain import Domain
from .loss import single
from .randomizer import SymbolicRandomizer
from .reading import Expression, Polynomial
from .regions import Region
from .roots import Root

__all__ = ["Boundary", "Stretch", "WorstOnes", "worst_ones"]

_MOST_USERS = 10
_End = TypeVar("_End", Fraction, Root)


@dataclass(frozen=True, slots=True)
class Stretch(Generic[_End]):
    """An interval on which the same data sets are worst.

    Attributes:
        lower: its lower end; None for the lower end of all that is allowed (0 for alpha, the assumption for w).
        upper: its upper end; None for the upper end of all that is allowed.
        ones: how many of the other users hold a one, for each data set that is worst there.
    """

    lower: _End | None
    upper: _End | None
    ones: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Boundary:
    """An arc of an algebraic curve in (w, alpha) that separates two worst data sets.

    Attributes:
        domain: the symbol.
        numerator: alpha is ``numerator / denominator`` on the arc; polynomials in w.
        denominator: positive on the arc.
        below: how many of the others hold a one where alpha is a little smaller.
        above: the same where alpha is a little larger.
        lower: the arc's lower end in w, an algebraic number; None for the lower end of what is assumed of w.
        upper: its upper end in w; None for the upper end of what is assumed.
    """

    domain: Domain
    numerator: Polynomial
    denominator: Polynomial
    below: tuple[int, ...]
    above: tuple[int, ...]
    lower: Root | None
    upper: Root | None

    @property
    def alpha(self) -> Expression:
        """The arc as a function: alpha, a rational function of w."""
        return self.domain.expression(self.numerator, self.denominator)

    @property
    def curve(self) -> Expression:
        """The curve as a polynomial in w and alpha, zero on the arc."""
        common = self.numerator.gcd(self.denominator)
        top, bottom = (
            self.domain.expression(part.exquo(common)) for part in (self.numerator, self.denominator)
        )
        return (top - ALPHA * bottom).expand()


@dataclass(frozen=True)
class WorstOnes:
    """The worst data sets of n users with binary response, the target moving from one to zero.

    A data set is the number m of ones among the others. In the other direction rename ones and zeros: m becomes n - 1 - m.
    By the swap law it is enough to look at alpha >= 1: at 1/alpha the worst number is n - 1 minus the one at alpha.

    Attributes:
        users: n, the target included.
        delta: over all m; the index of a loss is m.
    """

    users: int
    delta: SymbolicDelta

    def at(self, alpha: ExactLike, **symbols: ExactLike) -> tuple[int, ...]:
        """Return the numbers of ones of all worst data sets at one rational alpha and w, exactly.

        Raises:
            ParameterError: a value is missing or breaks its rule.
        """
        worst = self.delta.worst(alpha, **symbols)
        return tuple(sum(each.data[0][1]) for each in worst)

    def along_alpha(self, **symbols: ExactLike) -> tuple[Stretch[Fraction], ...]:
        """Divide alpha > 0 at one rational w; the ends are rational numbers, exactly.

        Raises:
            ParameterError: a value is missing or breaks its rule.
        """
        stretches: list[Stretch[Fraction]] = []
        for piece in self.delta.pieces(**symbols).pieces:
            ones = tuple(sum(data[0][1]) for data in piece.worst)
            start = stretches.pop().lower if stretches and stretches[-1].ones == ones else piece.start or None
            stretches.append(Stretch(start, piece.end, ones))
        return tuple(stretches)

    def along_symbol(self, alpha: ExactLike) -> tuple[Stretch[Root], ...]:
        """Divide the values of w at one rational alpha; the ends are algebraic numbers, isolated exactly.

        Raises:
            ParameterError: alpha is not a positive number.
        """
        return tuple(Stretch(cell.lower, cell.upper, cell.label) for cell in self.delta.along(alpha))

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """The division of the whole plane: intervals of w, with the breakpoints in alpha as functions of w."""
        return self.delta.regions()

    @cached_property
    def boundaries(self) -> tuple[Boundary, ...]:
        """All arcs that separate different worst data sets, each as long as it lasts; by falling number of ones below.

        Where several data sets are equally bad on one side, as for alpha >= w, where nobody loses anything, all are named.
        """
        arcs: list[Boundary] = []
        for region in self.regions:
            for left, right in pairwise(region.pieces):
                if left.worst == right.worst:
                    continue
                top, bottom = left.line[0] - right.line[0], left.line[1] - right.line[1]
                below, above = tuple(sorted(left.worst)), tuple(sorted(right.worst))
                new = Boundary(self.delta.domain, top, bottom, below, above, region.lower, region.upper)
                arcs = _prolonged(arcs, new)
        return tuple(sorted(arcs, key=lambda arc: (arc.below, arc.above), reverse=True))


@relies_on("symbolic-enumeration", "symbolic-regions")
def worst_ones(users: ExactLike, factor: Any = "w", *, assume: str | Iterable[object] = "w > 1") -> WorstOnes:
    """Derive which numbers of ones among the others are worst for shuffled binary response.

    Args:
        users: n, the target included; from 2 to 10. Eight take seconds.
        factor: ``w = e^epsilon0``, a rational function of one symbol.
        assume: what holds of the symbol.

    Raises:
        ParameterError: a parameter breaks its rule.

    Guarantee:
        symbolic-enumeration, symbolic-regions.

    >>> from accounting import symbolic
    >>> three = symbolic.worst_ones(3)
    >>> three.at(1, w=3), three.at("5/2", w=3)
    ((1,), (2,))
    """
    n = whole("users", users, least=2, most=_MOST_USERS)
    randomizer = SymbolicRandomizer.binary(factor, assume=assume)
    losses = (single(randomizer, ((1, 0), (0,) * (n - 1 - m) + (1,) * m)) for m in range(n))
    return WorstOnes(n, SymbolicDelta(tuple(losses)))


def _prolonged(arcs: Sequence[Boundary], new: Boundary) -> list[Boundary]:
    """Add an arc, or prolong the one that ends where it begins."""
    kept: list[Boundary] = []
    for arc in arcs:
        same_curve = arc.numerator * new.denominator == new.numerator * arc.denominator
        touches = arc.upper is not None and arc.upper == new.lower
        if touches and same_curve and (arc.below, arc.above) == (new.below, new.above):
            new = Boundary(
                arc.domain, arc.numerator, arc.denominator, arc.below, arc.above, arc.lower, new.upper
            )
        else:
            kept.append(arc)
    return [*kept, new]

"""Finite randomizers whose probabilities are rational functions of symbols."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import TypeAlias

import sympy

from ..errors import ParameterError
from ..numerics.exact import ExactLike, whole
from ..randomizers.finite import FiniteRandomizer
from .domain import Domain
from .reading import Expression, Polynomial, Quotient, RationalLike

__all__ = ["Letter", "SymbolicRandomizer", "refuse_entries"]

_MOST_ENTRIES = 400
_MOST_LISTED = 64

_Rows: TypeAlias = tuple[tuple[Polynomial, ...], ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A class of messages that are alike under all values in question.

    Attributes:
        name: the messages, as a few words.
        masses: of the whole class under each value, over the randomizer's common denominator.
        messages: how many messages are in the class; an expression where the number of values is a symbol.
    """

    name: str
    masses: tuple[Polynomial, ...]
    messages: Expression


@dataclass(frozen=True)
class SymbolicRandomizer:
    """What one user sends, in symbols: a matrix, or k-ary response for a number of values that is a symbol, too.

    Make one with :meth:`of_matrix`, :meth:`binary` or :meth:`kary`.

    Attributes:
        domain: the symbols, and what is assumed of them.
        base: the common denominator of all entries, positive under the assumptions.
        rows: numerators over ``base``, row = value, column = message; None for k-ary response.
        kary_masses: for k-ary response the numerators of truth and lie, and the number of values; else None.
    """

    domain: Domain
    base: Polynomial
    rows: _Rows | None = None
    kary_masses: tuple[Polynomial, Polynomial, Polynomial] | None = None

    @classmethod
    def of_matrix(
        cls, matrix: Iterable[Iterable[RationalLike]], *, assume: str | Iterable[object]
    ) -> SymbolicRandomizer:
        """Read a matrix of rational functions.

        Args:
            matrix: at least two rows of the same length, row = value, column = message; entries are text like
                ``"w/(1 + w)"``, sympy expressions, or numbers. Each row sums to 1 identically.
            assume: what holds of each symbol, like ``"w > 1"`` or ``("p > 0", "p < 1/2")``. ``w = e^epsilon0`` is a
                symbol like any other.

        Raises:
            ParameterError: an entry is no rational function of the symbols, has a denominator that is not proved to
                be positive, or is not proved to be nonnegative; or a row has a wrong length or sum.
        """
        domain = Domain.of(assume)
        entries = _read_matrix(domain, matrix)
        base = reduce(
            lambda a, b: a.lcm(b), (bottom for row in entries for _, bottom in row), domain.ring.one
        )
        if not domain.is_positive(base):
            base = -base
        if not domain.is_positive(base):
            remedy = "Narrow the assumptions, or cancel the factor"
            shown = str(domain.expression(base))
            raise ParameterError("matrix", "must have denominators without zeros", shown, remedy)
        rows = tuple(tuple(top * base.exquo(bottom) for top, bottom in row) for row in entries)
        for i, row in enumerate(rows):
            if sum(row) != base:
                remedy = "Write the last entry as 1 minus the others"
                raise ParameterError(
                    f"matrix[{i}]",
                    "must sum to 1 identically",
                    str(domain.expression(sum(row), base)),
                    remedy,
                )
            for j, top in enumerate(row):
                if not domain.is_nonnegative(top):
                    where = " and ".join(str(each) for each in domain.ranges)
                    raise ParameterError(
                        f"matrix[{i}][{j}]",
                        f"must be provably nonnegative for {where}",
                        str(domain.expression(top, base)),
                        "Narrow the assumptions",
                    )
        for j, column in enumerate(zip(*rows, strict=True)):
            if not any(column):
                raise ParameterError(
                    f"matrix column {j}", "must have a positive entry", 0, "Remove the column"
                )
        return cls(domain, base, rows)

    @classmethod
    def binary(
        cls, factor: RationalLike = "w", *, assume: str | Iterable[object] = "w > 1"
    ) -> SymbolicRandomizer:
        """Describe binary randomized response by ``w = e^epsilon0``: the truth has probability ``w/(1 + w)``."""
        return cls.kary(2, factor, assume=assume)

    @classmethod
    def kary(
        cls,
        values: ExactLike | str,
        factor: RationalLike = "w",
        *,
        assume: str | Iterable[object] = "w > 1",
    ) -> SymbolicRandomizer:
        """Describe k-ary randomized response: the truth has probability ``w/(w + k - 1)``, each lie ``1/(w + k - 1)``.

        Args:
            values: the number of values; or the name of a symbol, of which a lower end has to be assumed, like
                ``values="k", assume=("w > 1", "k >= 4")``. Messages that are alike are then counted, not listed.
            factor: ``w``, a rational function of the symbols.
            assume: what holds of each symbol.

        Raises:
            ParameterError: the number of values is below 2 or has no lower end, or the factor is not proved positive.
        """
        domain = Domain.of(assume)
        if isinstance(values, str) and values in domain.names:
            least = next(each.lower for each in domain.ranges if each.name == values)
            if least is None or least < 2:
                rule, remedy = "must be assumed to be at least 2", f'Like "{values} >= 4"'
                raise ParameterError(values, rule, str(least), remedy)
            domain = domain.with_whole(values)
        else:
            whole("values", values, least=2, remedy="One value has nothing to hide")
        count, _ = domain.read("values", values)
        top, bottom = domain.read("factor", factor)
        if not domain.is_positive(top) or not domain.is_positive(bottom):
            raise ParameterError("factor", "must be provably positive", str(factor), "Assume it, like w > 1")
        # w = top / bottom: truth top / base, lie bottom / base
        return cls(domain, top + bottom * (count - 1), None, (top, bottom, count))

    @property
    def values(self) -> int | None:
        """The number of values; None where it is a symbol."""
        if self.rows is not None:
            return len(self.rows)
        count = self._count
        return int(count.LC) if count.is_ground else None

    @property
    def least_values(self) -> int:
        """The number of values, or the least that is assumed of it."""
        if self.values is not None:
            return self.values
        each = self.domain.ranges[self.domain.ring.gens.index(self._count)]
        end = each.lower or Fraction(2)
        return int(end) + (end.denominator > 1 or not each.holds_lower)

    @property
    def is_kary(self) -> bool:
        """Whether it is k-ary response, whose values are all alike."""
        return self.kary_masses is not None

    def letters(self, used: Sequence[int]) -> tuple[Letter, ...]:
        """Return the classes of messages, merged where they are alike, with their masses.

        Args:
            used: the values in question; the masses of a letter are in their order.
        """
        if self.rows is not None:
            return self._merged(tuple(self.rows[x] for x in used))
        truth, lie, _ = self._kary
        own = tuple(
            Letter(str(y), tuple(truth if x == y else lie for x in used), sympy.Integer(1)) for y in used
        )
        others = self._count - len(used)
        if not others:
            return own
        rest = Letter("rest", tuple(lie * others for _ in used), self.domain.expression(others))
        return (*own, rest)

    def with_values(self, **symbols: ExactLike) -> FiniteRandomizer:
        """Give every symbol a rational value.

        Returns:
            The randomizer with rational probabilities, for everything else that the toolkit computes.

        Raises:
            ParameterError: a value is missing or contradicts the assumptions, or there are too many rows to list.
        """
        point = self.domain.point(symbols)
        scale = evaluated(self.base, point)
        if self.rows is not None:
            listed = [[evaluated(top, point) / scale for top in row] for row in self.rows]
            possible = [column for column in zip(*listed, strict=True) if any(column)]
            return FiniteRandomizer(zip(*possible, strict=True))
        truth, lie = (evaluated(part, point) for part in self._kary[:2])
        count = whole("values", evaluated(self._count, point), least=2, most=_MOST_LISTED)
        return FiniteRandomizer(
            [[(truth if x == y else lie) / scale for y in range(count)] for x in range(count)]
        )

    def matrix(self) -> tuple[tuple[Expression, ...], ...]:
        """Return the probabilities as sympy expressions.

        Raises:
            ParameterError: the number of values is a symbol.
        """
        rows = self.rows
        if rows is None:
            count = self.values
            if count is None or count > _MOST_LISTED:
                raise ParameterError(
                    "values", f"must be at most {_MOST_LISTED} to be listed", str(self._count)
                )
            truth, lie, _ = self._kary
            rows = tuple(tuple(truth if x == y else lie for y in range(count)) for x in range(count))
        return tuple(tuple(self.domain.expression(top, self.base) for top in row) for row in rows)

    @property
    def _kary(self) -> tuple[Polynomial, Polynomial, Polynomial]:
        if self.kary_masses is None:
            raise TypeError("a randomizer needs a matrix or the masses of k-ary response")
        return self.kary_masses

    @property
    def _count(self) -> Polynomial:
        return self._kary[2]

    def _merged(self, rows: _Rows) -> tuple[Letter, ...]:
        """Merge messages with proportional columns."""
        merged: dict[tuple[Polynomial, ...], tuple[str, Polynomial, int]] = {}
        for j, column in enumerate(zip(*rows, strict=True)):
            common = reduce(lambda a, b: a.gcd(b), column)
            if not common:
                continue  # none of the values in question sends it
            if common.LC < 0:
                common = -common
            direction = tuple(top.exquo(common) for top in column)
            if direction not in merged and tuple(-top for top in direction) in merged:
                direction, common = tuple(-top for top in direction), -common
            name, times, messages = merged.get(direction, ("", self.domain.ring.zero, 0))
            merged[direction] = (f"{name}+{j}" if name else str(j), times + common, messages + 1)
        return tuple(
            Letter(name, tuple(top * times for top in direction), sympy.Integer(messages))
            for direction, (name, times, messages) in merged.items()
        )


def evaluated(f: Polynomial, point: Sequence[Fraction]) -> Fraction:
    """Return the value of a polynomial at a rational point, exactly."""
    total = Fraction(0)
    for powers, c in f.items():
        term = Fraction(int(c))
        for value, power in zip(point, powers, strict=True):
            if power:
                term *= value**power
        total += term
    return total


def _read_matrix(domain: Domain, matrix: Iterable[Iterable[RationalLike]]) -> list[list[Quotient]]:
    if isinstance(matrix, str) or not isinstance(matrix, Iterable):
        raise ParameterError("matrix", "must be a list of rows", matrix)
    rows: list[list[Quotient]] = []
    for i, row in enumerate(matrix):
        if isinstance(row, str) or not isinstance(row, Iterable):
            raise ParameterError(f"matrix[{i}]", "must be a row of probabilities", row)
        rows.append([domain.read(f"matrix[{i}][{j}]", value) for j, value in enumerate(row)])
        if len(rows[i]) != len(rows[0]) or not rows[0]:
            raise ParameterError(
                f"matrix[{i}]", f"must have {max(len(rows[0]), 1)} entries like the first row", len(rows[i])
            )
    if len(rows) < 2:
        raise ParameterError(
            "matrix", "must have at least two rows", len(rows), "A single input has nothing to hide"
        )
    refuse_entries(len(rows) * len(rows[0]))
    return rows


def refuse_entries(count: int) -> None:
    """Refuse a matrix that is too large to be written out in symbols.

    Raises:
        ParameterError: it has more than 400 entries.
    """
    if count > _MOST_ENTRIES:
        raise ParameterError("matrix", f"must have at most {_MOST_ENTRIES} entries", count)

"""delta as a function of alpha = e^epsilon and of the symbols: over one pair of neighbouring data sets, or over all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement, permutations, product
from math import comb, prod
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from ..claims import relies_on
from ..errors import ParameterError
from ..numerics.exact import ExactLike, whole
from .domain import Domain
from .loss import (
    Atom,
    Data,
    SymbolicLoss,
    joined,
    loss,
    merged,
    read_alpha,
    read_batches,
    refuse_terms,
    single,
)
from .randomizer import SymbolicRandomizer
from .reading import Polynomial
from .regions import PiecewiseDelta, Region, along_symbol, at_numbers, in_plane, shown_line

__all__ = ["SymbolicDelta", "delta"]

ALPHA = sympy.Symbol("alpha")


@dataclass(frozen=True)
class SymbolicDelta:
    """The largest hockey-stick divergence over some pairs of neighbouring data sets, for all values of the symbols.

    It is ``max over pairs of sum_c (p_c - alpha q_c)_+``, with rational functions p_c, q_c of the symbols; so it is
    piecewise linear in alpha, with breakpoints that are rational functions of the symbols. Their order may depend on the
    symbols: :meth:`regions` says where.

    Attributes:
        losses: the laws of each pair; pairs with the same laws count once.
    """

    losses: tuple[SymbolicLoss, ...]

    def __post_init__(self) -> None:
        if any(each.scale != self.losses[0].scale for each in self.losses):
            raise ParameterError("losses", "must all be relative to the same scale", "different ones")

    @property
    def domain(self) -> Domain:
        """The symbols, and what is assumed of them."""
        return self.losses[0].domain

    def at(self, alpha: ExactLike, **symbols: ExactLike) -> Fraction:
        """Return delta at epsilon = ln(alpha), exactly.

        Args:
            alpha: ``e^epsilon``, rational and positive.
            symbols: a rational value for each symbol.

        Raises:
            ParameterError: a value is missing or breaks its rule.
        """
        factor, point = read_alpha(alpha), self.domain.point(symbols)
        return max(each.excess_at(factor, point) for each in self.losses)

    def worst(self, alpha: ExactLike, **symbols: ExactLike) -> tuple[SymbolicLoss, ...]:
        """Return the pairs of data sets that attain delta at rational numbers, exactly; see :meth:`at`."""
        factor, point = read_alpha(alpha), self.domain.point(symbols)
        values = [each.excess_at(factor, point) for each in self.losses]
        most = max(values)
        return tuple(each for each, value in zip(self.losses, values, strict=True) if value == most)

    def with_values(self, **symbols: ExactLike) -> SymbolicDelta:
        """Give some symbols rational values; at least one is left.

        Raises:
            ParameterError: a value breaks its rule, or no symbol is left; ``at`` and ``pieces`` take values for all.
        """
        values = self.domain.values(symbols)
        if len(values) == len(self.domain.names):
            raise ParameterError(
                "symbols", "must leave one of them open", ", ".join(values), "Ask for pieces()"
            )
        return SymbolicDelta(_distinct(_specialised(self.losses, values)))

    def pieces(self, **symbols: ExactLike) -> PiecewiseDelta:
        """Return delta as a piecewise linear function of alpha > 0, exactly, where every symbol has a value.

        Args:
            symbols: a rational value for each symbol.

        Raises:
            ParameterError: a value is missing or breaks its rule.
        """
        return at_numbers(self.losses, self.domain.point(symbols))

    def regions(self) -> tuple[Region, ...]:
        """Divide the values of the only symbol into intervals in which the pieces in alpha have one form.

        In each the breakpoints are rational functions of the symbol, rising, and each piece names the data sets that
        are worst there. The ends are algebraic numbers, isolated exactly; at the ends themselves delta is continuous.

        Raises:
            ParameterError: there are several symbols.
        """
        return in_plane(self.losses, self.domain.only)

    def along(self, alpha: ExactLike) -> tuple[Any, ...]:
        """Divide the values of the only symbol into intervals in which the same data sets are worst at one alpha.

        Args:
            alpha: ``e^epsilon``, rational and positive.

        Returns:
            Cells; ``label`` holds indices into ``losses``. Ends are algebraic numbers, isolated exactly.

        Raises:
            ParameterError: there are several symbols, or alpha breaks its rule.
        """
        return along_symbol(self.losses, self.domain.only, read_alpha(alpha))

    def expression(self) -> Any:
        """Return delta as a sympy expression in ``alpha`` and the symbols: a maximum of sums of positive parts."""
        show = self.domain.expression
        sums = [
            sympy.Add(
                *(
                    sympy.Max(0, show(a.first, each.scale) - ALPHA * show(a.second, each.scale))
                    for a in each.atoms
                    if a.first
                )
            )
            for each in self.losses
        ]
        return sympy.Max(*sums, evaluate=False) if len(sums) > 1 else sums[0]

    def latex(self) -> str:
        """Return delta as LaTeX, right for all values of the symbols.

        One pair whose breakpoints keep their order becomes cases, with the breakpoints; everything else a maximum of
        sums of positive parts.
        """
        if len(self.losses) == 1 and self.losses[0].is_ordered:
            return _cases(self.losses[0])
        sums = [
            " + ".join(
                rf"\left({shown_line(self.domain, each.scale, (a.first, a.second))}\right)_+"
                for a in each.atoms
                if a.first
            )
            for each in self.losses
        ]
        body = sums[0] if len(sums) == 1 else r"\max\left\{" + r",\; ".join(sums) + r"\right\}"
        return rf"\delta(\alpha) = {body}"

    def compile(self) -> Callable[..., npt.NDArray[np.float64]]:
        """Return a numpy function of ``alpha`` and the symbols, by name; arrays are broadcast.

        It works in floats and promises nothing about rounding: for plots and searches. :meth:`at` is exact.
        """
        names = self.domain.names
        symbols = self.domain.symbols
        laws = [
            [
                sympy.lambdify(symbols, self.domain.expression(part, each.scale), "numpy")
                for part in (a.first, a.second)
            ]
            for each in self.losses
            for a in each.atoms
        ]
        ends = np.cumsum([len(each.atoms) for each in self.losses])

        def evaluate(alpha: npt.ArrayLike, **values: npt.ArrayLike) -> npt.NDArray[np.float64]:
            if set(values) != set(names):
                raise ParameterError("symbols", f"must be {', '.join(names)}", ", ".join(values))
            given = np.broadcast_arrays(alpha, *(values[name] for name in names))
            factor, *point = (np.asarray(each, dtype=np.float64) for each in given)
            terms = [np.maximum(0.0, first(*point) - factor * second(*point)) for first, second in laws]
            sums = [sum(part, np.zeros(factor.shape)) for part in _split(terms, ends)]
            return np.asarray(np.maximum.reduce(sums), dtype=np.float64)

        return evaluate


@relies_on("symbolic-enumeration", "histogram-enumeration")
def delta(
    randomizers: Any,
    *,
    users: Any = None,
    target: Any = None,
    others: Any = None,
) -> SymbolicDelta:
    """Derive delta over all neighbouring data sets, or over one pair of them.

    Args:
        randomizers: one :class:`SymbolicRandomizer`, or a list of them, for several shuffles with fresh randomness and
            with data fixed in advance, where one user is in all of them.
        users: over all data sets: how many users there are, the target included; for a list one number, or one for each.
        target: over one pair: the target's values (x0, x1), as for :func:`loss`.
        others: over one pair: the values of everybody else.

    Returns:
        delta(alpha), for replacing one user's value. Over one pair it is a lower bound of the mechanism's delta, attained
        by that pair; over all it is the mechanism's delta with inputs fixed in advance, exactly.

    Raises:
        ParameterError: a parameter breaks its rule; users are not given, or together with data; there are too many cases;
            or data sets with fewer values than users would be left out, because the number of values is a symbol.

    Guarantee:
        symbolic-enumeration, histogram-enumeration.

    >>> from accounting import symbolic
    >>> binary = symbolic.delta(symbolic.SymbolicRandomizer.binary(), users=3)
    >>> binary.at(2, w=3)  # equal to csa.exact_delta at keep = 3/4 and alpha = 2
    Fraction(9, 64)
    """
    if users is None:
        if target is None or others is None:
            remedy = "Give users for all data sets, or target and others for one pair"
            raise ParameterError("users", "must be given, or target and others", "nothing", remedy)
        return SymbolicDelta((loss(randomizers, target=target, others=others),))
    if target is not None or others is not None:
        raise ParameterError("users", "must stand alone, without target and others", users)
    if isinstance(randomizers, SymbolicRandomizer):
        return SymbolicDelta(_options(randomizers, whole("users", users, least=1)))
    batches = read_batches(randomizers)
    sizes = (
        list(users) if isinstance(users, Sequence) and not isinstance(users, str) else [users] * len(batches)
    )
    if len(sizes) != len(batches):
        raise ParameterError("users", f"must have {len(batches)} entries, one for each shuffle", len(sizes))
    read = [whole("users", size, least=1) for size in sizes]
    return SymbolicDelta(_concatenated(tuple(zip(batches, read, strict=True))))


def _options(randomizer: SymbolicRandomizer, users: int) -> tuple[SymbolicLoss, ...]:
    """Derive the laws of all data sets of one shuffle, up to symmetry."""
    if randomizer.is_kary:
        if randomizer.values is None and randomizer.least_values < users + 1:
            remedy = f"Assume at least {users + 1}, or give the number: data sets may hold as many values"
            raise ParameterError("values", f"must be at least {users + 1}", randomizer.least_values, remedy)
        refuse_terms(users * users, users)
        data, terms = [], 0
        for each in _data_of_alike(randomizer.least_values, users):
            letters = len({*each[0], *each[1]}) + 1
            terms += comb(users + letters - 1, letters - 1)
            refuse_terms(terms, users)
            data.append(each)
    else:
        values = randomizer.least_values
        letters = len(randomizer.letters(range(values)))
        crowds = comb(users + values - 2, values - 1)
        refuse_terms(crowds * values * values * comb(users + letters - 1, letters - 1), users)
        data = [
            (pair, others)
            for pair in permutations(range(values), 2)
            for others in combinations_with_replacement(range(values), users - 1)
        ]
    return _distinct(single(randomizer, each) for each in data)


def _data_of_alike(values: int, users: int) -> Iterator[Data]:
    """Go through the data sets of k-ary response up to renaming of values; the target moves from 0 to 1."""
    for rest in range(users):
        for parts in _partitions(rest, rest):
            if len(parts) > values - 2:
                continue
            tail = tuple(x for x, count in enumerate(parts, start=2) for _ in range(count))
            for ones in range(users - rest):
                yield (0, 1), (0,) * (users - 1 - rest - ones) + (1,) * ones + tail


def _partitions(total: int, largest: int) -> Iterator[tuple[int, ...]]:
    """Yield the ways to write a number as a sum of falling parts."""
    if total == 0:
        yield ()
    for part in range(min(total, largest), 0, -1):
        for others in _partitions(total - part, part):
            yield (part, *others)


def _concatenated(batches: Sequence[tuple[SymbolicRandomizer, int]]) -> tuple[SymbolicLoss, ...]:
    """Derive the laws of all choices of one pair of data sets for each shuffle; alike shuffles may be swapped."""
    known: dict[tuple[SymbolicRandomizer, int], int] = {}
    stages: list[tuple[SymbolicLoss, ...]] = []
    kinds: list[int] = []
    for randomizer, size in batches:
        if (randomizer, size) not in known:
            known[randomizer, size] = len(stages)
            stages.append(_options(randomizer, size))
        kinds.append(known[randomizer, size])
    refuse_terms(prod(sum(len(each.atoms) for each in stages[kind]) for kind in kinds), batches[0][1])
    chosen = product(
        *(combinations_with_replacement(stages[kind], kinds.count(kind)) for kind in dict.fromkeys(kinds))
    )
    return _distinct(joined([part for group in choice for part in group]) for choice in chosen)


def _distinct(losses: Any) -> tuple[SymbolicLoss, ...]:
    """Keep one of the pairs that have the same laws."""
    seen: dict[frozenset[tuple[Polynomial, Polynomial]], SymbolicLoss] = {}
    for each in losses:
        seen.setdefault(frozenset((atom.first, atom.second) for atom in each.atoms), each)
    return tuple(seen.values())


def _specialised(losses: Sequence[SymbolicLoss], values: dict[str, Fraction]) -> Iterator[SymbolicLoss]:
    """Put numbers for symbols; the same positive number clears the denominators of all weights."""
    names = losses[0].domain.names
    domain = losses[0].domain.without(values)
    fixed = {place: values[name] for place, name in enumerate(names) if name in values}
    degrees = {place: max(_degree(f, place) for each in losses for f in _weights(each)) for place in fixed}

    def put(f: Polynomial) -> Polynomial:
        terms: dict[tuple[int, ...], int] = {}
        for powers, c in f.items():
            value = int(c)
            for place, number in fixed.items():
                up = powers[place]
                value *= number.numerator**up * number.denominator ** (degrees[place] - up)
            key = tuple(power for place, power in enumerate(powers) if place not in fixed)
            terms[key] = terms.get(key, 0) + value
        return domain.ring.from_dict({powers: c for powers, c in terms.items() if c})

    for each in losses:
        atoms = [Atom(put(a.first), put(a.second), a.outcomes, a.example) for a in each.atoms]
        yield merged(domain, put(each.scale), atoms, each.data)


def _weights(each: SymbolicLoss) -> Iterator[Polynomial]:
    yield each.scale
    for atom in each.atoms:
        yield atom.first
        yield atom.second


def _degree(f: Polynomial, place: int) -> int:
    return max((powers[place] for powers in f), default=0)


def _cases(each: SymbolicLoss) -> str:
    """Write one pair as cases: from the largest likelihood ratio down, one more atom counts."""
    domain, zero = each.domain, each.domain.ring.zero
    rows: list[str] = []
    first, second, end = zero, zero, ""
    for atom in reversed(each.rising):
        if atom.first and atom.second:
            ratio = sympy.latex(domain.expression(atom.first, atom.second))
            where = rf"{ratio} \le \alpha" + (rf" \le {end}" if end else "")
            rows.append(rf"{shown_line(domain, each.scale, (first, second))} & {where}")
            end = ratio
        if atom.first:
            first, second = first + atom.first, second + atom.second
    last = rf"0 < \alpha \le {end}" if end else r"0 < \alpha"
    rows.append(rf"{shown_line(domain, each.scale, (first, second))} & {last}")
    return r"\delta(\alpha) = \begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


def _split(terms: Sequence[Any], ends: npt.NDArray[np.int64]) -> Iterator[Sequence[Any]]:
    start = 0
    for end in ends:
        yield terms[start : int(end)]
        start = int(end)

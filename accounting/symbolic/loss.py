"""The exact privacy loss distribution of shuffled histograms, in symbols."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise, product
from math import comb
from typing import Any, TypeAlias

import sympy

from ..claims import relies_on
from ..errors import ParameterError
from ..numerics.exact import LARGEST_COUNT, ExactLike, exact, whole
from .domain import Domain
from .randomizer import Letter, SymbolicRandomizer, evaluated
from .reading import Expression, Polynomial

__all__ = ["Atom", "SymbolicLoss", "loss"]

_MOST_TERMS = 200_000
"""Weights that are begun: about a minute."""

Histogram: TypeAlias = tuple[tuple[str, int], ...]
Weights: TypeAlias = tuple[Polynomial, Polynomial]
Data: TypeAlias = tuple[tuple[int, int], tuple[int, ...]]
"""The target's two values in one shuffle, and the others' values."""


@dataclass(frozen=True, slots=True)
class Atom:
    """The outcomes of one likelihood ratio.

    Attributes:
        first: their weight when the target holds x0, over the loss's ``scale``.
        second: their weight when the target holds x1.
        outcomes: how many outcomes there are; an expression where the number of values is a symbol.
        example: one of them, for each shuffle: the messages, or classes of messages that are alike, and how many were sent.
    """

    first: Polynomial
    second: Polynomial
    outcomes: Expression
    example: tuple[Histogram, ...]


@dataclass(frozen=True)
class SymbolicLoss:
    """The two laws of what is released from neighbouring data sets, merged by likelihood ratio.

    Attributes:
        domain: the symbols, and what is assumed of them.
        scale: what all weights are relative to: each of the two laws sums to it; positive under the assumptions.
        atoms: by likelihood ratio; no two have the same one.
        data: for each shuffle the target's values (x0, x1) and the values of everybody else.
    """

    domain: Domain
    scale: Polynomial
    atoms: tuple[Atom, ...]
    data: tuple[Data, ...]

    @property
    def distribution(self) -> tuple[tuple[Expression, Expression, Expression], ...]:
        """For each class of outcomes: its probability with the target at x0 and at x1, and the likelihood ratio.

        The first probabilities are the privacy loss distribution: the loss is the logarithm of the ratio, in nats; the
        ratio is ``oo`` where the second law does not reach.
        """
        show = self.domain.expression
        return tuple(
            (
                show(atom.first, self.scale),
                show(atom.second, self.scale),
                show(atom.first, atom.second) if atom.second else sympy.oo,
            )
            for atom in self.atoms
        )

    @cached_property
    def is_ordered(self) -> bool:
        """Whether the likelihood ratios are proved to stay in one order under the assumptions; ``atoms`` then rise."""
        return self._ranked is not None

    @cached_property
    def rising(self) -> tuple[Atom, ...]:
        """The atoms by rising likelihood ratio.

        Raises:
            ParameterError: the order depends on the symbols, or is not decided.
        """
        if self._ranked is None:
            raise ParameterError(
                "symbols",
                "must leave the likelihood ratios in one order",
                ", ".join(self.domain.names),
                "Ask for regions(), or give the symbols values",
            )
        return self._ranked

    @cached_property
    def _ranked(self) -> tuple[Atom, ...] | None:
        point = _some_point(self.domain)
        ranked = sorted(self.atoms, key=lambda atom: _ratio_at(atom, point))
        for a, b in pairwise(ranked):
            if not self.domain.is_nonnegative(b.first * a.second - a.first * b.second):
                return None
        return tuple(ranked)

    def excess_at(self, alpha: Fraction, point: Sequence[Fraction]) -> Fraction:
        """Return the hockey-stick divergence at a rational alpha and point, exactly."""
        total = Fraction(0)
        for atom in self.atoms:
            value = evaluated(atom.first, point) - alpha * evaluated(atom.second, point)
            if value > 0:
                total += value
        return total / evaluated(self.scale, point)

    def at(self, alpha: ExactLike, **symbols: ExactLike) -> Fraction:
        """Return the hockey-stick divergence ``sum_y (P(y) - alpha Q(y))_+`` of this pair, exactly.

        It is a lower bound of the mechanism's delta at epsilon = ln(alpha), attained by these data sets.

        Args:
            alpha: ``e^epsilon``, rational and positive.
            symbols: a rational value for each symbol.

        Raises:
            ParameterError: a value is missing or breaks its rule.
        """
        return self.excess_at(read_alpha(alpha), self.domain.point(symbols))


def read_alpha(value: ExactLike) -> Fraction:
    """Read ``e^epsilon``, a positive rational."""
    alpha = exact("alpha", value)
    if alpha <= 0:
        raise ParameterError("alpha", "must be positive", value, "It is e^epsilon")
    return alpha


@relies_on("symbolic-enumeration")
def loss(randomizers: Any, *, target: Any, others: Any) -> SymbolicLoss:
    """Derive the exact laws of the shuffled histogram for one pair of neighbouring data sets.

    Args:
        randomizers: one :class:`SymbolicRandomizer`, or a list of them, for several shuffles with fresh randomness and
            with data fixed in advance.
        target: the target's values (x0, x1); for a list one pair for each shuffle.
        others: the values of everybody else, like ``(0, 0, 2)``; for a list one tuple for each shuffle. Users are
            these and the target.

    Returns:
        The laws, merged by likelihood ratio. Outcomes that symmetry makes alike are counted, not listed.

    Raises:
        ParameterError: a value is none of the randomizer's, or there are too many outcomes.

    Guarantee:
        symbolic-enumeration. Exact for all values of the symbols that satisfy the assumptions.

    >>> from accounting import symbolic
    >>> laws = symbolic.loss(symbolic.SymbolicRandomizer.binary(), target=(1, 0), others=(0,))
    >>> [str(ratio) for _, _, ratio in laws.distribution]
    ['1/w', '(w**2 + 1)/(2*w)', 'w']
    """
    batches: tuple[SymbolicRandomizer, ...]
    if isinstance(randomizers, SymbolicRandomizer):
        batches, targets, crowds = (randomizers,), (target,), (others,)
    else:
        batches, targets, crowds = read_batches(randomizers), tuple(target), tuple(others)
        for name, given in (("target", targets), ("others", crowds)):
            if len(given) != len(batches):
                rule = f"must have one entry for each of the {len(batches)} shuffles"
                raise ParameterError(name, rule, len(given))
    parts = []
    for randomizer, pair, crowd in zip(batches, targets, crowds, strict=True):
        data = _read_data(randomizer, pair, crowd)
        parts.append(single(randomizer, data))
    return joined(parts)


def read_batches(randomizers: Any) -> tuple[SymbolicRandomizer, ...]:
    """Read a list of randomizers.

    Raises:
        ParameterError: it is empty, or holds something else.
    """
    if isinstance(randomizers, str) or not isinstance(randomizers, Iterable):
        raise ParameterError("randomizers", "must be a SymbolicRandomizer or a list of them", randomizers)
    batches = tuple(randomizers)
    if not batches:
        raise ParameterError("randomizers", "must have at least one entry", "an empty list")
    for i, each in enumerate(batches):
        if not isinstance(each, SymbolicRandomizer):
            raise ParameterError(f"randomizers[{i}]", "must be a SymbolicRandomizer", each)
    return batches


def _read_data(randomizer: SymbolicRandomizer, target: Any, others: Any) -> Data:
    most = LARGEST_COUNT if randomizer.values is None else randomizer.values - 1
    read = []
    for name, given in (("target", target), ("others", others)):
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise ParameterError(name, "must be values like (0, 1)", given)
        read.append(tuple(whole(name, value, least=0, most=most) for value in given))
    if len(read[0]) != 2:
        raise ParameterError("target", "must be a pair of values (x0, x1)", target)
    held = {*read[0], *read[1]}
    if len(held) > randomizer.least_values:
        rule = f"and target must hold at most {randomizer.least_values} values"
        raise ParameterError("others", rule, len(held), "Assume more values")
    return (read[0][0], read[0][1]), tuple(sorted(read[1]))


def single(randomizer: SymbolicRandomizer, data: Data) -> SymbolicLoss:
    """Derive the laws of one shuffle."""
    (x0, x1), others = data
    used = tuple(dict.fromkeys((x0, x1, *others)))
    rows = tuple(used.index(x) for x in (x0, x1, *others))
    letters = randomizer.letters(used)
    refuse_terms((len(others) + 1) * comb(len(others) + len(letters), len(letters) - 1), len(others) + 1)
    law: dict[tuple[int, ...], Polynomial] = {(0,) * len(letters): randomizer.domain.ring.one}
    for x in rows[2:]:
        law = _sent(law, letters, x)
    ends = [_sent(law, letters, x) for x in rows[:2]]
    zero = randomizer.domain.ring.zero
    atoms = [
        Atom(
            ends[0].get(h, zero),
            ends[1].get(h, zero),
            _outcomes(letters, h),
            (tuple((letter.name, count) for letter, count in zip(letters, h, strict=True) if count),),
        )
        for h in sorted({**ends[0], **ends[1]})
    ]
    scale = randomizer.base ** (len(others) + 1)
    return merged(randomizer.domain, scale, atoms, (data,))


def _sent(
    law: dict[tuple[int, ...], Polynomial], letters: Sequence[Letter], x: int
) -> dict[tuple[int, ...], Polynomial]:
    """Add one message, sent by a user who holds x."""
    found: dict[tuple[int, ...], Polynomial] = {}
    for histogram, weight in law.items():
        for y, letter in enumerate(letters):
            if letter.masses[x]:
                key = (*histogram[:y], histogram[y] + 1, *histogram[y + 1 :])
                term = weight * letter.masses[x]
                found[key] = found[key] + term if key in found else term
    return found


def _outcomes(letters: Sequence[Letter], histogram: Sequence[int]) -> Expression:
    """Count the histograms of single messages in one of classes: multisets within each class."""
    total = sympy.Integer(1)
    for letter, count in zip(letters, histogram, strict=True):
        total *= sympy.prod([letter.messages + i for i in range(count)]) / sympy.factorial(count)
    return total


def merged(domain: Domain, scale: Polynomial, atoms: Iterable[Atom], data: tuple[Data, ...]) -> SymbolicLoss:
    """Merge atoms of identical likelihood ratio; those that neither law reaches are left out."""
    found: dict[Weights, Atom] = {}
    times: dict[Weights, Polynomial] = {}
    for atom in atoms:
        if not atom.first and not atom.second:
            continue
        common = atom.first.gcd(atom.second)
        if (atom.first or atom.second).exquo(common).LC < 0:
            common = -common
        ratio = (atom.first.exquo(common), atom.second.exquo(common))
        before = found.get(ratio)
        times[ratio] = times[ratio] + common if ratio in times else common
        found[ratio] = (
            Atom(*ratio, sympy.expand(before.outcomes + atom.outcomes), before.example)
            if before is not None
            else atom
        )
    point = _some_point(domain)
    kept = [
        Atom(first * times[first, second], second * times[first, second], atom.outcomes, atom.example)
        for (first, second), atom in found.items()
    ]
    kept.sort(key=lambda atom: _ratio_at(atom, point))
    return SymbolicLoss(domain, scale, tuple(kept), data)


def joined(parts: Sequence[SymbolicLoss]) -> SymbolicLoss:
    """Return the laws of several shuffles with fresh randomness, whose data do not react to releases."""
    total = parts[0]
    for part in parts[1:]:
        domain = total.domain.union(part.domain)
        into = domain.ring
        refuse_terms(len(total.atoms) * len(part.atoms), len(part.data[0][1]) + 1)
        atoms = (
            Atom(
                a.first.set_ring(into) * b.first.set_ring(into),
                a.second.set_ring(into) * b.second.set_ring(into),
                a.outcomes * b.outcomes,
                a.example + b.example,
            )
            for a, b in product(total.atoms, part.atoms)
        )
        scale = total.scale.set_ring(into) * part.scale.set_ring(into)
        total = merged(domain, scale, atoms, total.data + part.data)
    return total


def refuse_terms(terms: int, users: int) -> None:
    """Refuse work beyond the limit, naming the estimate.

    Raises:
        ParameterError: there are more weights than that.
    """
    if terms > _MOST_TERMS:
        power = terms.bit_length() * 30103 // 100_000  # the number may be too large for a float
        rule = (
            f"must be few enough to derive symbolically: about 10^{power} weights, at most {_MOST_TERMS:.0e}"
        )
        raise ParameterError("users", rule, users, "csa.exact_delta and csa.Shuffle take numbers")


def _ratio_at(atom: Atom, point: Sequence[Fraction]) -> tuple[int, Fraction]:
    second = evaluated(atom.second, point)
    return (0, evaluated(atom.first, point) / second) if second else (1, Fraction(0))


def _some_point(domain: Domain) -> tuple[Fraction, ...]:
    """Return a point under the assumptions at which few polynomials vanish."""
    primes: Iterator[int] = iter(sympy.primerange(100, 1000))
    return tuple(_generic(each.lower, each.upper, next(primes)) for each in domain.ranges)


def _generic(lower: Fraction | None, upper: Fraction | None, prime: int) -> Fraction:
    share = Fraction(37, prime)
    if lower is not None and upper is not None:
        return lower + (upper - lower) * share
    if lower is not None:
        return lower + 2 + share
    return (upper if upper is not None else Fraction(0)) - 2 - share

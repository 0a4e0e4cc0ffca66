"""The kinds of randomizers with finitely many messages, in symbols.

``w`` stands for ``e^epsilon0``, or for the largest likelihood ratio of one bit where that is said. Which messages there are is
asked of the kernels themselves; a test compares every kind, at a grid of values, with the kernel's own matrix and with
``exact_delta``. Matrices have at most 400 entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import sympy

from ..numerics.exact import ExactLike
from ..randomizers import (
    CountMeanSketch,
    HadamardResponse,
    LocalHashing,
    OptimizedUnary,
    Rappor,
    SubsetSelection,
    TruncatedGeometric,
)
from ..randomizers.two_level import TwoLevelKernel
from .domain import Domain
from .randomizer import SymbolicRandomizer, refuse_entries
from .reading import Expression, RationalLike

__all__ = [
    "basic_rappor",
    "count_mean_sketch",
    "hadamard_response",
    "local_hashing",
    "optimized_unary",
    "rappor",
    "subset_selection",
    "symmetric_unary",
    "truncated_geometric",
    "unary_encoding",
]

Assumed = str | Iterable[object]

_W = "w > 1"
_BITS = ("p > 0", "p < 1", "q > 0", "q < 1")
_RAPPOR = ("f > 0", "f < 1", *_BITS)
_NOISE = {"f": "1/2", "p": "1/4", "q": "3/4"}  # which sets of bits there are does not depend on it


def symmetric_unary(
    values: ExactLike, factor: RationalLike = "w", *, assume: Assumed = _W
) -> SymbolicRandomizer:
    """Describe shuffled vectors of symmetric unary encoding.

    Args:
        values: the number of values, at least 2.
        factor: the largest likelihood ratio of one bit, a rational function of the symbols; each bit is flipped with
            probability 1/(1 + factor), so that e^epsilon0 of a vector is its square.
        assume: what holds of each symbol.

    Raises:
        ParameterError: a value breaks its rule, or there are too many messages.
    """
    (w,) = _read(assume, factor=factor)
    return _one_hot(values, w / (1 + w), 1 / (1 + w), assume)


def optimized_unary(
    values: ExactLike, factor: RationalLike = "w", *, assume: Assumed = _W
) -> SymbolicRandomizer:
    """Describe shuffled vectors of optimised unary encoding: a one is a fair coin, a zero is sent as a one with probability 1/(1 + factor).

    Args:
        values: the number of values, at least 2.
        factor: ``w = e^epsilon0`` of a whole vector, a rational function of the symbols.
        assume: what holds of each symbol.

    Raises:
        ParameterError: a value breaks its rule, or there are too many messages.
    """
    (w,) = _read(assume, factor=factor)
    return _one_hot(values, sympy.Rational(1, 2), 1 / (1 + w), assume)


def unary_encoding(
    values: ExactLike,
    true_one: RationalLike = "p",
    false_one: RationalLike = "q",
    *,
    assume: Assumed = _BITS,
) -> SymbolicRandomizer:
    """Describe shuffled vectors of unary encoding.

    Args:
        values: the number of values, at least 2.
        true_one: P(a one is sent as a one), a rational function of the symbols.
        false_one: P(a zero is sent as a one).
        assume: what holds of each symbol.

    Raises:
        ParameterError: a value breaks its rule, or there are too many messages.
    """
    truth, lie = _read(assume, true_one=true_one, false_one=false_one)
    return _one_hot(values, truth, lie, assume)


def basic_rappor(
    values: ExactLike,
    f: RationalLike = "f",
    p: RationalLike = "p",
    q: RationalLike = "q",
    *,
    assume: Assumed = _RAPPOR,
) -> SymbolicRandomizer:
    """Describe one report of basic RAPPOR.

    Args:
        values: the number of values, at least 2.
        f: of the permanent bits, a rational function of the symbols, like all three.
        p: P(a permanent zero is sent as a one).
        q: P(a permanent one is sent as a one).
        assume: what holds of each symbol.

    Raises:
        ParameterError: a value breaks its rule, or there are too many messages.
    """
    truth, lie = _rappor_bits(assume, f, p, q)
    return _one_hot(values, truth, lie, assume)


def rappor(
    bloom_bits: ExactLike,
    hashes: ExactLike,
    cohorts: ExactLike = 1,
    *,
    f: RationalLike = "f",
    p: RationalLike = "p",
    q: RationalLike = "q",
    assume: Assumed = _RAPPOR,
) -> SymbolicRandomizer:
    """Describe one report of RAPPOR with a Bloom filter; inputs are all ways to set bits in every cohort, as those of ``Rappor``.

    Args:
        bloom_bits: of a report.
        hashes: the number of hash functions of a cohort.
        cohorts: the number of cohorts.
        f: of the permanent bits, a rational function of the symbols, like all three.
        p: P(a permanent zero is sent as a one).
        q: P(a permanent one is sent as a one).
        assume: what holds of each symbol.

    Raises:
        ParameterError: a value breaks its rule, or there are too many messages.
    """
    truth, lie = _rappor_bits(assume, f, p, q)
    kernel = Rappor(bloom_bits, hashes, cohorts, **_NOISE)
    refuse_entries(kernel.inputs * kernel.choices * kernel.encodings)
    ones = [[kernel.pattern(code) for code in row] for row in kernel.lists()]
    return _by_index(kernel.bloom_bits, ones, truth, lie, assume)


def count_mean_sketch(
    hashes: ExactLike, width: ExactLike, root: RationalLike = "w", *, assume: Assumed = _W
) -> SymbolicRandomizer:
    """Describe a count-mean sketch; inputs are all lists of buckets under the hash functions, as those of ``CountMeanSketch``.

    Args:
        hashes: the number of public hash functions.
        width: the number of buckets, and of bits.
        root: ``e^(epsilon0/2)``, the largest likelihood ratio of one bit, a rational function of the symbols.
        assume: what holds of each symbol.

    Raises:
        ParameterError: a value breaks its rule, or there are too many messages.
    """
    (w,) = _read(assume, root=root)
    kernel = CountMeanSketch(hashes, width, 1)
    refuse_entries(kernel.inputs * kernel.choices * kernel.encodings)
    ones = [[frozenset({code}) for code in row] for row in kernel.lists()]
    return _by_index(kernel.width, ones, w / (1 + w), 1 / (1 + w), assume)


def subset_selection(
    values: ExactLike, size: ExactLike, factor: RationalLike = "w", *, assume: Assumed = _W
) -> SymbolicRandomizer:
    """Describe subset selection.

    Args:
        values: the number of values, at least 2.
        size: of the reported set.
        factor: ``w = e^epsilon0``, a rational function of the symbols.
        assume: what holds of each symbol.

    Raises:
        ParameterError: a value breaks its rule, or there are too many messages.
    """
    return _two_level(SubsetSelection(values, size, 1), factor, assume)


def hadamard_response(
    values: ExactLike, blocks: ExactLike = 1, factor: RationalLike = "w", *, assume: Assumed = _W
) -> SymbolicRandomizer:
    """Describe Hadamard response.

    Args:
        values: the number of values, at least 2.
        blocks: from 1 to values.
        factor: ``w = e^epsilon0``, a rational function of the symbols.
        assume: what holds of each symbol.

    Raises:
        ParameterError: a value breaks its rule, or there are too many messages.
    """
    return _two_level(HadamardResponse(values, blocks, 1), factor, assume)


def local_hashing(
    values: ExactLike, buckets: ExactLike, factor: RationalLike = "w", *, assume: Assumed = _W
) -> SymbolicRandomizer:
    """Describe local hashing with a function drawn from all functions of values to buckets.

    Args:
        values: the number of values, at least 2.
        buckets: at least 2.
        factor: ``w = e^epsilon0``, a rational function of the symbols.
        assume: what holds of each symbol.

    Raises:
        ParameterError: a value breaks its rule, or there are too many messages.
    """
    return _two_level(LocalHashing(values, buckets, 1), factor, assume)


def truncated_geometric(
    levels: ExactLike, step: RationalLike = "w", *, assume: Assumed = _W
) -> SymbolicRandomizer:
    """Describe geometric noise that is truncated to 0 .. levels.

    Args:
        levels: the largest value, at least 1.
        step: the likelihood ratio of two messages next to each other, 1/decay, a rational function of the symbols;
            ``e^epsilon0`` is its power ``levels``.
        assume: what holds of each symbol.

    Raises:
        ParameterError: a value breaks its rule, or there are too many messages.
    """
    (w,) = _read(assume, step=step)
    ends = TruncatedGeometric(levels, 1).levels
    refuse_entries((ends + 1) ** 2)
    inner, end = (w - 1) / (w + 1), w / (w + 1)
    rows = [
        [(end if y in (0, ends) else inner) / w ** abs(x - y) for y in range(ends + 1)]
        for x in range(ends + 1)
    ]
    return SymbolicRandomizer.of_matrix(rows, assume=assume)


def _read(assume: Assumed, **given: RationalLike) -> tuple[Expression, ...]:
    """Read rational functions of the symbols."""
    domain = Domain.of(assume)
    return tuple(domain.expression(*domain.read(name, value)) for name, value in given.items())


def _rappor_bits(
    assume: Assumed, f: RationalLike, p: RationalLike, q: RationalLike
) -> tuple[Expression, Expression]:
    replaced, low, high = _read(assume, f=f, p=p, q=q)
    half = replaced / 2
    return (1 - half) * high + half * low, half * high + (1 - half) * low


def _one_hot(values: ExactLike, truth: Expression, lie: Expression, assume: Assumed) -> SymbolicRandomizer:
    count = OptimizedUnary(values, 1).values
    refuse_entries(count << min(count, 64))
    return _by_index(count, [[frozenset({x})] for x in range(count)], truth, lie, assume)


def _by_index(
    bits: int,
    ones: Sequence[Sequence[frozenset[int]]],
    truth: Expression,
    lie: Expression,
    assume: Assumed,
) -> SymbolicRandomizer:
    """Draw an index, and send each bit of what it sets: for each value, the sets of bits by index."""
    chances = {(True, 1): truth, (True, 0): 1 - truth, (False, 1): lie, (False, 0): 1 - lie}
    vectors = list(product((0, 1), repeat=bits))
    rows = [
        [
            sympy.Mul(*(chances[place in held, bit] for place, bit in enumerate(vector))) / len(sets)
            for held in sets
            for vector in vectors
        ]
        for sets in ones
    ]
    return SymbolicRandomizer.of_matrix(rows, assume=assume)


def _two_level(kernel: TwoLevelKernel, factor: RationalLike, assume: Assumed) -> SymbolicRandomizer:
    (w,) = _read(assume, factor=factor)
    refuse_entries(kernel.values * kernel.messages)
    share = sympy.Rational(kernel.share.numerator, kernel.share.denominator)
    unit = 1 / ((share * w + 1 - share) * kernel.messages)
    sets = list(kernel.sets())
    rows = [[w * unit if members[x] else unit for members in sets] for x in range(kernel.values)]
    return SymbolicRandomizer.of_matrix(rows, assume=assume)

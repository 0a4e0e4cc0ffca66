"""Randomness: uniform bits from the operating system or from a seed, and exact draws made of them.

A Bernoulli of rational p compares whole numbers, never a float; a binomial count is a count of such comparisons. So the laws are
exact whatever p is, as far as the bits are uniform.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..numerics.exact import ExactLike, whole

__all__ = ["BitSource", "OsSource", "SeededSource", "Source"]

_T = TypeVar("_T")

_ONES = np.array([byte.bit_count() for byte in range(256)], dtype=np.uint8)
_CHUNK = 1 << 22  # bytes that one step of a vectorised draw holds
_WORD = 62  # bits of the largest denominator that is drawn in machine words
_POOL = 1 << 12


class Source(ABC):
    """Where a client and a shuffler take their randomness from."""

    @property
    @abstractmethod
    def description(self) -> str:
        """Where the bits come from, for reports."""

    def go_on(self, arrivals: int) -> None:  # noqa: B027 (most sources have nothing to do)
        """Prepare to draw for what comes after so many arrivals that another process drew for.

        A generator that begins anew with its seed would give what it gave them.
        """

    @abstractmethod
    def below(self, n: int) -> int:
        """Draw a whole number uniformly from 0 .. n - 1."""

    def bernoulli(self, p: Fraction) -> int:
        """Draw 1 with probability p, else 0."""
        return int(self.below(p.denominator) < p.numerator)

    def permuted(self, items: Sequence[_T]) -> list[_T]:
        """Return the items in a uniformly random order (Fisher and Yates)."""
        drawn = list(items)
        for last in range(len(drawn) - 1, 0, -1):
            other = self.below(last + 1)
            drawn[last], drawn[other] = drawn[other], drawn[last]
        return drawn


class BitSource(Source):
    """A source of uniform bits, with draws of many numbers at once."""

    def __init__(self) -> None:
        self._pool = 0
        self._left = 0

    @abstractmethod
    def octets(self, count: int) -> bytes:
        """Return uniform bytes."""

    def below(self, n: int) -> int:
        width = (n - 1).bit_length()
        while (drawn := self._bits(width)) >= n:  # each number below n stays as likely as any other
            pass
        return drawn

    def _bits(self, width: int) -> int:
        if width > self._left:
            size = max(_POOL, (width + 7) // 8)
            self._pool, self._left = int.from_bytes(self.octets(size), "little"), 8 * size
        drawn = self._pool & ((1 << width) - 1)
        self._pool >>= width
        self._left -= width
        return drawn

    def uniform_words(self, count: int, width: int) -> NDArray[np.uint64]:
        """Draw whole numbers uniformly below ``2^width``, width at most 64; shape (count,)."""
        words = np.frombuffer(self.octets(8 * count), dtype="<u8")
        return words >> np.uint64(64 - width)

    def binomials(self, trials: int, p: Fraction, count: int) -> NDArray[np.int64]:
        """Draw independent binomial counts, exactly.

        Args:
            trials: of each count.
            p: probability of a one, strictly between 0 and 1.
            count: how many counts; shape (count,).
        """
        found = np.zeros(count, dtype=np.int64)
        if trials == 0 or count == 0:
            return found
        if p.denominator & (p.denominator - 1) == 0:
            self._by_planes(found, trials, p)
        else:
            self._by_words(found, trials, p)
        return found

    def _by_planes(self, found: NDArray[np.int64], trials: int, p: Fraction) -> None:
        """Compare bit by bit, from the lowest: ``u < a`` for 8 trials in each byte."""
        digits = [p.numerator >> place & 1 for place in range(p.denominator.bit_length() - 1)]
        width = (trials + 7) // 8
        last = np.uint8((1 << (trials - 8 * (width - 1))) - 1)
        for rows, begin, size in _pieces(len(found), width):
            below = np.zeros((rows.stop - rows.start, size), dtype=np.uint8)
            for digit in digits:
                plane = np.frombuffer(self.octets(below.size), dtype=np.uint8).reshape(below.shape)
                below = below | plane if digit else below & plane
            if begin + size == width:
                below[:, -1] &= last
            found[rows] += _ONES[below].sum(axis=1, dtype=np.int64)

    def _by_words(self, found: NDArray[np.int64], trials: int, p: Fraction) -> None:
        """Compare whole numbers below the denominator, drawn by rejection."""
        width = (p.denominator - 1).bit_length()
        if width > _WORD:
            found += [sum(self.bernoulli(p) for _ in range(trials)) for _ in range(len(found))]
            return
        bound, top = np.uint64(p.numerator), np.uint64(p.denominator)
        for rows, _, size in _pieces(len(found), trials, item=8):
            shape = (rows.stop - rows.start, size)
            words = self.uniform_words(shape[0] * size, width)
            while (outside := np.flatnonzero(words >= top)).size:
                words[outside] = self.uniform_words(outside.size, width)
            found[rows] += (words < bound).reshape(shape).sum(axis=1, dtype=np.int64)


def _pieces(rows: int, width: int, item: int = 1) -> list[tuple[slice, int, int]]:
    """Cut an array of rows into pieces of bounded size: rows, first column, columns."""
    most = max(1, _CHUNK // item)
    columns = min(width, most)
    height = max(1, most // columns)
    return [
        (slice(row, min(row + height, rows)), begin, min(columns, width - begin))
        for row in range(0, rows, height)
        for begin in range(0, width, columns)
    ]


class OsSource(BitSource):
    """Bits of the operating system's generator: what a deployment uses.

    It keeps no bits for later, so that no two draws share any: not in several threads, not after a fork, and not in a copy.
    """

    @property
    def description(self) -> str:
        return "the operating system"

    def octets(self, count: int) -> bytes:
        return os.urandom(count)

    def _bits(self, width: int) -> int:
        size = (width + 7) // 8
        return int.from_bytes(os.urandom(size), "little") >> (8 * size - width)


class SeededSource(BitSource):
    """Bits of a seeded generator (numpy's PCG64), for experiments that are to be repeated.

    Whoever knows the seed knows all noise, so nothing that it produces is private.
    """

    def __init__(self, seed: ExactLike) -> None:
        """Begin with a seed.

        Args:
            seed: a whole number of at least 0.

        Raises:
            ParameterError: the seed breaks its rule.
        """
        super().__init__()
        self._seed = whole("seed", seed, least=0)
        self._generator = np.random.Generator(np.random.PCG64(self._seed))

    @property
    def description(self) -> str:
        return f"a generator with seed {self._seed}: for experiments, not private"

    def octets(self, count: int) -> bytes:
        return self._generator.bytes(count)

    def go_on(self, arrivals: int) -> None:
        self._left = 0
        self._generator = np.random.Generator(np.random.PCG64([self._seed, arrivals]))

"""Every outcome of a randomized program, with its exact probability: the program runs again for each.

The program takes its randomness from an `Enumerating` source. Wherever it asks for a random number, the run forks; a run follows
a script of choices, and the next run changes the last choice that has an alternative. A uniform number is only known as far as the
program looks at it: a comparison splits the numbers that are still possible in two. So a Bernoulli of 1/3 has two outcomes, and
the code that compares runs as it stands, also where it draws one of ``2^32`` numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from accounting.counter import BitSource, Source
from proofs.reference.counts import convolved

__all__ = ["Enumerating", "EnumeratingBits", "Fork", "outcomes"]

_T = TypeVar("_T")
_S = TypeVar("_S", bound="Fork")


class Fork:
    """Where runs fork.

    Attributes:
        chance: the exact probability of the run so far.
    """

    def __init__(self) -> None:
        """Begin with the run that makes the first choice everywhere."""
        self.chance = Fraction(1)
        self._script: list[tuple[int, int]] = []  # the choice, and how many there are
        self._done = 0

    def choose(self, weights: Sequence[Fraction]) -> int:
        """Return one of the alternatives, which have positive probabilities."""
        if self._done == len(self._script):
            self._script.append((0, len(weights)))
        chosen, _ = self._script[self._done]
        self._done += 1
        self.chance *= weights[chosen]
        return chosen

    def rewind(self) -> None:
        """Begin the run anew."""
        self.chance, self._done = Fraction(1), 0

    def advance(self) -> bool:
        """Go over to the next script; False when all have been run."""
        while self._script:
            chosen, of = self._script.pop()
            if chosen + 1 < of:
                self._script.append((chosen + 1, of))
                return True
        return False


class _Uniform:
    """A uniform whole number that nobody has looked at more closely than the comparisons so far."""

    def __init__(self, fork: Fork, n: int) -> None:
        self._fork, self._low, self._high = fork, 0, n

    def __lt__(self, bound: object) -> bool:
        cut = min(max(int(bound), self._low), self._high)  # type: ignore[call-overload]
        if cut in (self._low, self._high):
            return bool(cut == self._high)
        share = Fraction(cut - self._low, self._high - self._low)
        is_below = self._fork.choose((share, 1 - share)) == 0
        self._low, self._high = (self._low, cut) if is_below else (cut, self._high)
        return is_below

    def __index__(self) -> int:
        width = self._high - self._low
        drawn = self._low + self._fork.choose([Fraction(1, width)] * width)
        self._low, self._high = drawn, drawn + 1
        return drawn

    __int__ = __index__


class Enumerating(Fork, Source):
    """A source that forks.

    The order in which a batch of more than ``orders_up_to`` messages is shown is not gone through: it is shown sorted. That loses nothing, for an
    order that is uniform given the multiset has the same law under all data sets, so that the multiset is all that counts. Below
    that size the source's own permutation runs.

    Attributes:
        orders_up_to: the largest batch, in messages, of which all orders are gone through.
    """

    def __init__(self, orders_up_to: int = 0) -> None:
        """Begin with the first run."""
        super().__init__()
        self.orders_up_to = orders_up_to

    @property
    def description(self) -> str:
        return "all outcomes, one after the other"

    def below(self, n: int) -> int:
        return cast("int", _Uniform(self, n))

    def permuted(self, items: Sequence[_T]) -> list[_T]:
        if len(items) > self.orders_up_to:
            return sorted(items)  # type: ignore[type-var]
        return super().permuted(items)


class EnumeratingBits(Fork, BitSource):
    """A source that forks, for the draws of many numbers at once: counts fork by their binomial law.

    That the code which makes such counts of bits has this law is checked by itself, over all octets.
    """

    def __init__(self) -> None:
        """Begin with the first run."""
        Fork.__init__(self)
        BitSource.__init__(self)

    @property
    def description(self) -> str:
        return "all outcomes, one after the other"

    def octets(self, count: int) -> bytes:
        return bytes(self.choose([Fraction(1, 256)] * 256) for _ in range(count))

    def below(self, n: int) -> int:
        return cast("int", _Uniform(self, n))

    def permuted(self, items: Sequence[_T]) -> list[_T]:
        return sorted(items)  # type: ignore[type-var]

    def uniform_words(self, count: int, width: int) -> NDArray[np.uint64]:
        words = np.empty(count, dtype=object)
        words[:] = [_Uniform(self, 1 << width) for _ in range(count)]
        return words

    def binomials(self, trials: int, p: Fraction, count: int) -> NDArray[np.int64]:
        weights = _binomial(trials, p)
        return np.array([self.choose(weights) for _ in range(count)], dtype=np.int64)


@lru_cache(maxsize=64)
def _binomial(trials: int, p: Fraction) -> tuple[Fraction, ...]:
    return tuple(convolved([p] * trials).values())


def outcomes(fork: _S, program: Callable[[_S], _T]) -> Iterator[tuple[_T, Fraction]]:
    """Run a program once for each of its outcomes.

    Args:
        fork: the source that the program is given; nobody else may use it meanwhile.
        program: the same at each call but for its randomness.

    Yields:
        What it returned, with the probability of the run; these add up to 1.
    """
    more = True
    while more:
        fork.rewind()
        result = program(fork)
        yield result, fork.chance
        more = fork.advance()

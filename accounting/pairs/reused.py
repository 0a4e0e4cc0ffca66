"""Pairs of a report that several batches release: one report alone, and reports among their atom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial, singledispatch

from ..claims import relies_on
from ..errors import NotCoveredError
from ..numerics.ball import arb, enclosure_of, positive_part, precision
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..randomizers import (
    BinomialCount,
    FiniteKernel,
    KaryRandomizedResponse,
    MixedResponse,
    PureLocal,
    Randomizer,
)
from ..randomizers.base import Letter
from ..randomizers.public_functions import PublicFunctions
from .counts import CountPair
from .known import Pairs
from .of_randomizer import largest_ratio, pairs_of
from .pair import Pair, Value
from .witness import Witness

__all__ = ["LocalPair", "ReusedPair", "local_pairs", "reused_pairs"]

_SHARP = 2.0**-60  # one report costs little: its value is known beyond floats
_MOST_BITS = 1 << 14


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalPair(Pair):
    """The two laws of one report that nobody hides.

    Attributes:
        letters: returns the masses of the messages at the working precision; references are not looked at.
        largest: the least factor at which delta is 0; None when it never vanishes.
        attained_by: the values of the one user.
    """

    letters: Callable[[], tuple[Letter, ...]]
    largest: Factor | None
    attained_by: Witness

    @property
    def claims(self) -> tuple[str, ...]:
        return ("local-report", "outward-rounding")

    @relies_on("local-report")
    def value(self, alpha: Factor, relative_width: float) -> Value:
        if self.largest is not None and alpha.at_least(self.largest):
            return Value(Enclosure.exactly(0), self.attained_by)
        bits = 128
        while True:
            with precision(bits):
                factor = alpha.ball()
                excess = (positive_part(letter.first - factor * letter.second) for letter in self.letters())
                found = enclosure_of(sum(excess, arb(0)))
            if bits >= _MOST_BITS or found.relative_width <= min(relative_width, _SHARP):
                return Value(Enclosure(found.lower, min(found.upper, Fraction(1))), self.attained_by)
            bits *= 2

    def ceiling(self) -> Factor | None:
        return self.largest

    def floor(self) -> Enclosure:
        with precision(128):
            revealing = (letter.first for letter in self.letters() if letter.second.is_zero())
            return enclosure_of(sum(revealing, arb(0)))

    def witness_at_zero(self) -> Witness:
        return self.attained_by


@dataclass(frozen=True, slots=True, kw_only=True)
class ReusedPair(Pair):
    """The pair of a shuffle, for a report that is released in more than one batch.

    Attributes:
        pair: that of a shuffle of the users among whom the report hides.
        among: says who they are, for witnesses.
    """

    pair: Pair
    among: str

    @property
    def claims(self) -> tuple[str, ...]:
        return ("reused-atoms", *self.pair.claims)

    @property
    def is_symmetric(self) -> bool:
        return self.pair.is_symmetric

    def value(self, alpha: Factor, relative_width: float) -> Value:
        return self._told(self.pair.value(alpha, relative_width))

    def values(self, alphas: Sequence[Factor], relative_width: float) -> list[Value]:
        return [self._told(value) for value in self.pair.values(alphas, relative_width)]

    def ceiling(self) -> Factor | None:
        return self.pair.ceiling()

    def floor(self) -> Enclosure:
        return self.pair.floor()

    def hint(self, alpha: Factor) -> float:
        return self.pair.hint(alpha)

    def witness_at_zero(self) -> Witness | None:
        return self._located(self.pair.witness_at_zero())

    def _told(self, value: Value) -> Value:
        return Value(value.delta, self._located(value.witness))

    def _located(self, witness: Witness | None) -> Witness | None:
        return None if witness is None else replace(witness, among=self.among)


@relies_on("reused-atoms")
def reused_pairs(randomizer: Randomizer, *, atom: int, atom_words: str, seen: int, seen_words: str) -> Pairs:
    """Return the pairs of a report that several batches release.

    Args:
        randomizer: what every user applies, once.
        atom: the fewest honest users who are in exactly the same batches as some user, that user included.
        atom_words: says who they are.
        seen: users of some set of which the release determines the histogram; at least ``atom``.
        seen_words: says who they are.

    Returns:
        Upper pairs: those of a shuffle of the atom. Lower pairs: those of a shuffle of the users who are seen
        together.

    Raises:
        NotCoveredError: no proved claim covers the randomizer.
    """
    above = _among(report_pairs(randomizer, atom), atom_words)
    if seen == atom:
        return above
    below = _among(report_pairs(randomizer, seen), seen_words)
    return Pairs(upper=above.upper, lower=below.lower, single=below.single)


def report_pairs(randomizer: Randomizer, users: int) -> Pairs:
    """Return the pairs of a shuffle of ``users`` users, of whom there may be only one.

    Raises:
        NotCoveredError: no proved claim covers the randomizer; or it has groups, whose shares are those of whole batches.
    """
    if isinstance(randomizer, MixedResponse):
        raise NotCoveredError(
            f"{randomizer.describe()}: the shares are those of a batch, and the users who are in exactly the same batches may all be of"
            " one group. Draw fresh randomness for every batch"
        )
    return local_pairs(randomizer) if users == 1 else pairs_of(randomizer, users)


@singledispatch
def local_pairs(randomizer: Randomizer) -> Pairs:
    """Return the pairs of one report by itself, which nobody hides.

    Raises:
        NotCoveredError: no proved claim covers this kind of randomizer.
    """
    raise NotCoveredError(f"no proved bound covers one report of a {type(randomizer).__name__}")


@local_pairs.register
@relies_on("local-report")
def _finite(randomizer: FiniteKernel) -> Pairs:
    alone = tuple(
        LocalPair(
            letters=partial(randomizer.companion_letters, pair, pair[0]),
            largest=largest_ratio(randomizer, pair),
            attained_by=Witness(randomizer=randomizer.describe(), users=1, target=pair, others=()),
        )
        for pair in randomizer.neighbours()
    )
    return Pairs(upper=alone, lower=alone, is_exact=True)


@local_pairs.register
@relies_on("local-report", "public-functions")
def _public(randomizer: PublicFunctions) -> Pairs:
    def alone(letters: Callable[[], tuple[Letter, ...]], words: str) -> LocalPair:
        return LocalPair(
            letters=letters,
            largest=randomizer.local_factor(),
            attained_by=Witness(randomizer=words, users=1, target=(0, 1), others=()),
        )

    words = randomizer.describe()
    return Pairs(
        upper=(alone(partial(randomizer.companion_letters, (0, 1), 0), words),),
        lower=(alone(partial(randomizer.witness_letters, 0), f"{words} ({randomizer.witness_words})"),),
    )


@local_pairs.register
@relies_on("local-report")
def _pure(randomizer: PureLocal) -> Pairs:
    return _finite(KaryRandomizedResponse.with_factor(2, randomizer.factor))


@local_pairs.register
@relies_on("shifted-counts")
def _count(randomizer: BinomialCount) -> Pairs:
    orders = tuple(CountPair(randomizer=randomizer, users=1, rising=rising) for rising in (True, False))
    return Pairs(upper=orders, lower=orders, is_exact=True)


def _among(pairs: Pairs, words: str) -> Pairs:
    def told(group: tuple[Pair, ...]) -> tuple[Pair, ...]:
        return tuple(ReusedPair(pair=pair, among=words) for pair in group)

    return Pairs(
        upper=told(pairs.upper), lower=told(pairs.lower), is_exact=pairs.is_exact, single=told(pairs.single)
    )

"""Unary encoding with bits that lie differently about ones and zeros: optimised, general, and basic RAPPOR.

What is released are the shuffled vectors, or only how many ones there are in each position (``release="sums"``).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from ..errors import ParameterError
from ..numerics.ball import arb, ball
from ..numerics.exact import ExactLike, exact, probability, whole
from ..numerics.factor import Factor
from .base import Channel, FiniteKernel, InputPair, Letter
from .kary import read_factor, shown_factor
from .unary import RELEASES

__all__ = ["BasicRappor", "OptimizedUnary", "UnaryEncoding", "UnaryVectors", "rappor_bits", "read_rappor"]

LARGEST_WRITTEN = 8
"""Values up to which the matrix of all 2^values messages is written out."""


class UnaryVectors(FiniteKernel):
    """The letters and the matrix of a one-hot vector whose bits are sent independently.

    A bit that is one is sent as a one with probability p, a zero is sent as a one with probability q,
    ``0 < q < p < 1``.

    Attributes:
        values: the number of values, and of bits; at least 2.
        release: "vectors" for the shuffled vectors, "sums" for the number of ones in each position and nothing else.
            The methods of a finite kernel describe the vector of one user.
    """

    values: int
    release: str

    @property
    def _released(self) -> str:
        return "sums" if self.release == "sums" else "shuffled vectors"

    @abstractmethod
    def bits(self) -> tuple[Fraction, Fraction] | None:
        """Return (p, q); None when one of them is irrational."""

    @abstractmethod
    def ball_bits(self) -> tuple[arb, arb]:
        """Enclose (p, q) at the working precision."""

    @property
    def inputs(self) -> int:
        return self.values

    def neighbours(self) -> Sequence[InputPair]:
        """One pair: renaming the positions maps every ordered pair of values on it."""
        return ((0, 1),)

    def companions(self, pair: InputPair) -> Sequence[int]:
        """A third value, like all others but the two of the pair."""
        return (2, *pair) if self.values > 2 else pair

    def blanket_letters(self, pair: InputPair) -> tuple[Letter, ...]:
        """Messages classed by their bits at x0 and x1, and by whether all other bits are ones.

        ``R_x`` is the law of zeros only, times p/q if the bit at x is a one and (1-p)/(1-q) if not. So ``inf_x R_x`` has
        the second factor as soon as any bit is a zero, and the first one for the vector of ones only.
        """
        p, q = self.ball_bits()
        ones = p * q ** (self.values - 1)  # the vector of ones, which every value sends with this chance
        zeros = (1 - p) * (1 - q)
        letters = [
            Letter(p * (1 - q), (1 - p) * q, (1 - p) * q),
            Letter((1 - p) * q, p * (1 - q), (1 - p) * q),
            Letter(zeros + ones, zeros + ones, zeros + ones),
        ]
        if self.values > 2:
            some = q * (1 - q ** (self.values - 2))  # over p: two ones, and a zero elsewhere
            letters.append(Letter(p * some, p * some, (1 - p) * q * some / (1 - q)))
        residual = (p - q) / (1 - q) * (1 - q ** (self.values - 1))
        return (*letters, Letter(arb(0), arb(0), residual))

    def companion_letters(self, pair: InputPair, companion: int) -> tuple[Letter, ...]:
        """Messages classed by their bits at x0, x1 and x2: the other bits have the same law under all three."""
        places = tuple(dict.fromkeys((*pair, companion)))
        p, q = self.ball_bits()
        merged: dict[tuple[int, ...], list[arb]] = {}
        for sent in product((1, 0), repeat=len(places)):
            key = (0,) * len(places) if all(sent) else sent  # all ones and all zeros have the same ratios
            sums = merged.setdefault(key, [arb(0)] * 3)
            for slot, value in enumerate((*pair, companion)):
                sums[slot] += _chance(sent, [place == value for place in places], p, q)
        return tuple(Letter(*sums) for sums in merged.values())

    def channel(self) -> Channel | None:
        """The matrix of all vectors, or None when a probability is irrational.

        Raises:
            ParameterError: there are more than 8 values.
        """
        vectors, bits = self._vectors(), self.bits()
        if bits is None:
            return None
        p, q = bits
        rows = []
        for x in range(self.values):
            row = []
            for vector in vectors:
                mass = Fraction(1)
                for place, bit in enumerate(vector):
                    one = p if place == x else q
                    mass *= one if bit else 1 - one
                row.append(mass)
            rows.append(tuple(row))
        return tuple(rows)

    def ball_channel(self) -> tuple[tuple[arb, ...], ...]:
        """The matrix of all vectors in balls.

        Raises:
            ParameterError: there are more than 8 values.
        """
        p, q = self.ball_bits()
        return tuple(
            tuple(
                _chance(vector, [place == x for place in range(self.values)], p, q)
                for vector in self._vectors()
            )
            for x in range(self.values)
        )

    def _vectors(self) -> list[tuple[int, ...]]:
        if self.values > LARGEST_WRITTEN:
            rule = f"must be at most {LARGEST_WRITTEN} for all vectors to be enumerated"
            raise ParameterError("values", rule, self.values, "A shuffle's delta() brackets the answer")
        return list(product((0, 1), repeat=self.values))


def _chance(sent: Sequence[int], held: Sequence[bool], p: arb, q: arb) -> arb:
    """The probability of some bits, given which of them were ones."""
    mass = arb(1)
    for bit, one in zip(sent, held, strict=True):
        chance = p if one else q
        mass *= chance if bit else 1 - chance
    return mass


@dataclass(frozen=True, slots=True, init=False)
class OptimizedUnary(UnaryVectors):
    """Optimised unary encoding: a one is sent as a fair coin, a zero as a one with probability ``1 / (e^epsilon0 + 1)``.

    epsilon0 belongs to a whole vector.

    Attributes:
        values: the number of values, and of bits; at least 2.
        factor: ``e^epsilon0``, above 1.

    Source: Wang, Blocki, Li and Jha, USENIX Security 2017 (arXiv 1705.04421). Privacy in a shuffle is not taken from there.
    """

    values: int
    factor: Factor
    release: str

    def __init__(
        self,
        values: ExactLike,
        epsilon0: ExactLike | None = None,
        *,
        keep: ExactLike | None = None,
        release: str = "vectors",
    ) -> None:
        """Describe the randomizer by the epsilon of a vector, or by the probability that a zero is kept.

        Args:
            values: the number of values, at least 2.
            epsilon0: of one vector, in nats; positive, at most 300.
            keep: P(a zero is sent as a zero); above 1/2 and below 1. Give one of the two.
            release: "vectors" or "sums".

        Raises:
            ParameterError: a value breaks its rule.
        """
        count = whole("values", values, least=2, remedy="One value has nothing to hide")
        object.__setattr__(self, "values", count)
        object.__setattr__(self, "factor", read_factor(2, epsilon0, keep))
        object.__setattr__(self, "release", _read_release(release))

    @property
    def kind(self) -> str:
        return "optimized-unary"

    def local_factor(self) -> Factor:
        return self.factor

    def describe(self) -> str:
        return f"{self._released} of {self.values}-bit optimised unary encoding, {shown_factor(self.factor)}"

    def bits(self) -> tuple[Fraction, Fraction] | None:
        w = self.factor.rational
        return None if w is None else (Fraction(1, 2), 1 / (w + 1))

    def ball_bits(self) -> tuple[arb, arb]:
        return ball(Fraction(1, 2)), 1 / (1 + self.factor.ball())


class _RationalBits(UnaryVectors):
    """Unary encoding of which both probabilities are rational."""

    @abstractmethod
    def bits(self) -> tuple[Fraction, Fraction]:
        """Return (p, q)."""

    def ball_bits(self) -> tuple[arb, arb]:
        p, q = self.bits()
        return ball(p), ball(q)

    def local_factor(self) -> Factor:
        """``p (1 - q) / (q (1 - p))``: two vectors of different values differ in two bits."""
        p, q = self.bits()
        return Factor.of(p * (1 - q) / (q * (1 - p)))


@dataclass(frozen=True, slots=True, init=False)
class UnaryEncoding(_RationalBits):
    """A one-hot vector of which a one is sent as a one with one probability, and a zero with another.

    Attributes:
        values: the number of values, and of bits; at least 2.
        true_one: P(a one is sent as a one).
        false_one: P(a zero is sent as a one), below it.

    Source: Wang, Blocki, Li and Jha, USENIX Security 2017 (arXiv 1705.04421). Privacy in a shuffle is not taken from there.
    """

    values: int
    true_one: Fraction
    false_one: Fraction
    release: str

    def __init__(
        self, values: ExactLike, true_one: ExactLike, false_one: ExactLike, *, release: str = "vectors"
    ) -> None:
        """Describe the randomizer.

        Args:
            values: the number of values, at least 2.
            true_one: P(a one is sent as a one), below 1.
            false_one: P(a zero is sent as a one), above 0 and below true_one.
            release: "vectors" or "sums".

        Raises:
            ParameterError: a value breaks its rule.
        """
        count = whole("values", values, least=2, remedy="One value has nothing to hide")
        object.__setattr__(self, "values", count)
        truth, lie = exact("true_one", true_one), exact("false_one", false_one)
        _refuse_bits("true_one", truth, "false_one", lie)
        object.__setattr__(self, "true_one", truth)
        object.__setattr__(self, "false_one", lie)
        object.__setattr__(self, "release", _read_release(release))

    @property
    def kind(self) -> str:
        return "unary-encoding"

    def describe(self) -> str:
        sent = f"ones sent with {self.true_one} and {self.false_one}"
        return f"{self._released} of {self.values}-bit unary encoding, {sent}"

    def bits(self) -> tuple[Fraction, Fraction]:
        return self.true_one, self.false_one


@dataclass(frozen=True, slots=True, init=False)
class BasicRappor(_RationalBits):
    """One report of basic RAPPOR: a one-hot vector, its permanent bits, and from these the bits that are sent.

    A permanent bit is the true one with probability ``1 - f``, else a fair coin. It is sent as a one with probability
    q if it is a one, with probability p if it is a zero. One report is a unary encoding in which a one is sent as a one
    with probability ``(1 - f/2) q + f/2 p``, and a zero with ``f/2 q + (1 - f/2) p``.

    This holds for *one* report of each permanent vector. Devices that keep it and report repeatedly re-use its
    randomness: then all their reports together are a post-processing of the permanent vector, ``permanent()``,
    which is to be accounted for as one report that is sent to several shufflers (``ReusedReports``).

    Attributes:
        values: the number of values, and of bits; at least 2.
        f: of the permanent bits.
        p: P(a permanent zero is sent as a one).
        q: P(a permanent one is sent as a one), above p.

    Source: Erlingsson, Pihur and Korolova, arXiv 1407.6981 (basic one-time RAPPOR for f or an instantaneous step
    that does nothing). Privacy in a shuffle is not taken from there.
    """

    values: int
    f: Fraction
    p: Fraction
    q: Fraction
    release: str

    def __init__(
        self, values: ExactLike, f: ExactLike, p: ExactLike, q: ExactLike, *, release: str = "vectors"
    ) -> None:
        """Describe the randomizer.

        Args:
            values: the number of values, at least 2.
            f: of the permanent bits, from 0 to below 1.
            p: P(a permanent zero is sent as a one).
            q: P(a permanent one is sent as a one), above p.
            release: "vectors" or "sums".

        Raises:
            ParameterError: a value breaks its rule, or the sent bits are sure of a value.
        """
        count = whole("values", values, least=2, remedy="One value has nothing to hide")
        object.__setattr__(self, "values", count)
        for name, value in zip("fpq", read_rappor(f, p, q), strict=True):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "release", _read_release(release))

    @property
    def kind(self) -> str:
        return "basic-rappor"

    @property
    def assumes(self) -> tuple[str, ...]:
        return ("RAPPOR: each permanent vector is used for one report only.",)

    def describe(self) -> str:
        what = "sums" if self.release == "sums" else "shuffled reports"
        return f"{what} of {self.values}-bit basic RAPPOR, f = {self.f}, p = {self.p}, q = {self.q}"

    def bits(self) -> tuple[Fraction, Fraction]:
        return rappor_bits(self.f, self.p, self.q)

    def permanent(self) -> UnaryEncoding:
        """Return what the permanent vector itself would tell: more than any number of reports that are made of it.

        Raises:
            ParameterError: f is 0, so that the permanent vector is the true one.
        """
        if self.f == 0:
            raise ParameterError(
                "f", "must be above 0 for repeated reports", 0, "The permanent bits are the true ones"
            )
        return UnaryEncoding(self.values, 1 - self.f / 2, self.f / 2)


def _read_release(release: str) -> str:
    if release not in RELEASES:
        raise ParameterError("release", 'must be "vectors" or "sums"', release)
    return release


def read_rappor(f: ExactLike, p: ExactLike, q: ExactLike) -> tuple[Fraction, Fraction, Fraction]:
    """Read the noise of RAPPOR's bits: f from 0 to below 1, p below q, and no bit that is sure.

    Raises:
        ParameterError: a value breaks its rule.
    """
    replaced, low, high = probability("f", f), probability("p", p), probability("q", q)
    if replaced == 1:
        raise ParameterError("f", "must be below 1", f, "At 1 reports carry nothing")
    if not low < high:
        raise ParameterError("q", f"must be above p = {low}", q, "Else a one says no more than a zero")
    truth, lie = rappor_bits(replaced, low, high)
    if lie == 0 or truth == 1:
        rule = "must let every bit be sent in both ways"
        raise ParameterError("f", rule, f, "With f = 0, p must be above 0 and q below 1")
    return replaced, low, high


def rappor_bits(f: Fraction, p: Fraction, q: Fraction) -> tuple[Fraction, Fraction]:
    """Return P(a one is sent as a one) and P(a zero is sent as a one), through the permanent bits."""
    half = f / 2
    return (1 - half) * q + half * p, half * q + (1 - half) * p


def _refuse_bits(first: str, truth: Fraction, second: str, lie: Fraction) -> None:
    if not 0 < lie < 1:
        raise ParameterError(
            second, "must lie strictly between 0 and 1", str(lie), "A bit that is sure hides nothing"
        )
    if not lie < truth < 1:
        rule = f"must lie strictly between {second} = {lie} and 1"
        raise ParameterError(first, rule, str(truth), "Else a one says no more than a zero, or is sure")

"""Symmetric unary encoding: a one-hot vector, every bit of which may be flipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from ..errors import ParameterError
from ..numerics.ball import arb
from ..numerics.exact import ExactLike, whole
from ..numerics.factor import Factor
from .base import Channel, FiniteKernel, InputPair, Letter
from .kary import read_factor, shown_factor

__all__ = ["RELEASES", "SymmetricUnary"]

RELEASES = ("sums", "vectors")
LARGEST_WRITTEN = 8
"""Values up to which the matrix of all 2^values messages is written out."""


@dataclass(frozen=True, slots=True, init=False)
class SymmetricUnary(FiniteKernel):
    """Send a one-hot vector, each bit of it flipped with probability ``1 / (e^epsilon0 + 1)``.

    epsilon0 belongs to one bit; two vectors of different values differ in two bits, so a whole vector is
    ``2 epsilon0``-LDP. With ``release="sums"`` a batch releases how many ones it has in each position, and
    nothing else; with ``release="vectors"`` the vectors themselves, shuffled. The methods of a finite kernel
    describe the vector of one user.

    Attributes:
        values: the number of values, and of bits; at least 2.
        factor: ``e^epsilon0`` of one bit, above 1.
        release: "sums" or "vectors".

    Source: basic RAPPOR without its permanent noise (Erlingsson, Pihur and Korolova, arXiv 1407.6981). Privacy
    is not taken from there but from the exact laws of what is released.
    """

    values: int
    factor: Factor
    release: str

    def __init__(
        self,
        values: ExactLike,
        epsilon0: ExactLike | None = None,
        *,
        release: str = "sums",
        keep: ExactLike | None = None,
    ) -> None:
        """Describe the randomizer by the epsilon of one bit, or by the probability that a bit is kept.

        Args:
            values: the number of values, at least 2.
            epsilon0: of one bit, in nats; positive, at most 300.
            release: "sums" when only the number of ones in each position is released, "vectors" when the
                shuffled vectors are.
            keep: P(a bit is sent as it is); above 1/2 and below 1. Give this or epsilon0.

        Raises:
            ParameterError: a value breaks its rule.
        """
        count = whole("values", values, least=2, remedy="One value has nothing to hide")
        if release not in RELEASES:
            raise ParameterError("release", 'must be "sums" or "vectors"', release)
        object.__setattr__(self, "values", count)
        object.__setattr__(self, "factor", read_factor(2, epsilon0, keep))
        object.__setattr__(self, "release", release)

    @classmethod
    def with_factor(cls, values: int, factor: Factor) -> SymmetricUnary:
        """Describe shuffled vectors by ``e^epsilon0`` of one bit itself."""
        made = object.__new__(cls)
        object.__setattr__(made, "values", values)
        object.__setattr__(made, "factor", factor)
        object.__setattr__(made, "release", "vectors")
        return made

    @property
    def kind(self) -> str:
        return "symmetric-unary"

    def local_factor(self) -> Factor:
        """``e^(2 epsilon0)``: the largest likelihood ratio of one vector."""
        w = self.factor
        return (
            Factor.of(w.rational**2)
            if w.rational is not None
            else Factor.exp(2 * (w.exponent or Fraction(0)))
        )

    @property
    def inputs(self) -> int:
        return self.values

    def describe(self) -> str:
        what = "sums" if self.release == "sums" else "shuffled vectors"
        return f"{what} of {self.values}-bit symmetric unary encoding, {shown_factor(self.factor)} a bit"

    def neighbours(self) -> Sequence[InputPair]:
        """One pair: renaming the positions maps every ordered pair of values on it."""
        return ((0, 1),)

    def companions(self, pair: InputPair) -> Sequence[int]:
        """A third value, like all others but the two of the pair."""
        return (2, *pair) if self.values > 2 else pair

    def blanket_letters(self, pair: InputPair) -> tuple[Letter, ...]:
        r"""Messages classed by their bits at x0 and x1, and by whether all other bits are ones.

        With s ones a vector has ``R_x = p^s (1-p)^(values-s)`` times w if its bit x is a one, 1/w if not. So
        ``inf_x R_x`` has the factor 1/w as soon as any bit is a zero, and w for the vector of ones only.
        """
        truth, lie = self._masses()
        w = self.factor.ball()
        both = truth * lie
        ones = both * lie ** (self.values - 2)
        letters = [
            Letter(truth**2, lie**2, lie**2),
            Letter(lie**2, truth**2, lie**2),
            Letter(both + ones, both + ones, both + ones),  # two zeros, or all ones
        ]
        residual = 1 - both - ones - 2 * lie**2
        if self.values > 2:
            some = both - ones  # two ones, and a zero elsewhere
            letters.append(Letter(some, some, some / w**2))
            residual -= some / w**2
        return (*letters, Letter(arb(0), arb(0), residual))

    def companion_letters(self, pair: InputPair, companion: int) -> tuple[Letter, ...]:
        """Messages classed by their bits at x0, x1 and x2: the other bits have the same law under all three."""
        truth, lie = self._masses()
        places = list(dict.fromkeys((*pair, companion)))

        def mass(bits: tuple[int, ...], value: int) -> arb:
            total = arb(1)
            for place, bit in zip(places, bits, strict=True):
                total *= truth if bit == (place == value) else lie
            return total

        return tuple(
            Letter(mass(bits, pair[0]), mass(bits, pair[1]), mass(bits, companion))
            for bits in product((1, 0), repeat=len(places))
        )

    def channel(self) -> Channel | None:
        """The matrix of all vectors, or None when e^epsilon0 is irrational.

        Raises:
            ParameterError: there are more than 8 values.
        """
        self._refuse_long_vectors()
        w = self.factor.rational
        if w is None:
            return None
        powers = tuple(w**kept / (w + 1) ** self.values for kept in range(self.values + 1))
        return tuple(tuple(powers[kept] for kept in row) for row in self._kept_bits())

    def ball_channel(self) -> tuple[tuple[arb, ...], ...]:
        """The matrix of all vectors in balls.

        Raises:
            ParameterError: there are more than 8 values.
        """
        self._refuse_long_vectors()
        truth, lie = self._masses()
        powers = tuple(truth**kept * lie ** (self.values - kept) for kept in range(self.values + 1))
        return tuple(tuple(powers[kept] for kept in row) for row in self._kept_bits())

    def bit(self) -> tuple[Fraction, Fraction] | None:
        """P(a bit is sent as it is) and P(it is flipped); None when they are irrational."""
        w = self.factor.rational
        return None if w is None else (w / (w + 1), 1 / (w + 1))

    def ball_bit(self) -> tuple[arb, arb]:
        """The same in balls, at the working precision."""
        return self._masses()

    def _kept_bits(self) -> list[list[int]]:
        """How many bits are as they were, for each value and each vector that may be sent."""
        vectors = list(product((0, 1), repeat=self.values))
        return [
            [sum(bit == (place == value) for place, bit in enumerate(vector)) for vector in vectors]
            for value in range(self.values)
        ]

    def _refuse_long_vectors(self) -> None:
        if self.values > LARGEST_WRITTEN:
            rule = f"must be at most {LARGEST_WRITTEN} for all vectors to be enumerated"
            raise ParameterError("values", rule, self.values, "A shuffle's delta() brackets the answer")

    def _masses(self) -> tuple[arb, arb]:
        """P(kept) and P(flipped), of one bit."""
        w = self.factor.ball()
        lie = 1 / (1 + w)
        return w * lie, lie

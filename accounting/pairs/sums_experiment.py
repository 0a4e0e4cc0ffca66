"""All neighbouring data sets of one release of sums of unary encodings. Statements: unary-sums, unary-bit-sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor, lcm
from typing import TypeAlias

from ..claims import relies_on
from ..numerics.ball import exact_lower, exact_upper, precision
from ..numerics.polynomials import Law, bernoulli_sum, independent
from ..randomizers.unary import SymmetricUnary
from ..randomizers.unary_vectors import UnaryVectors
from .experiment import Comparison, Experiment, effort

__all__ = ["SumsExperiment", "sums_experiment"]

Weights: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class SumsExperiment(Experiment):
    """Numbers of ones in each position of unary encodings; two of them know the target.

    The target moves from value 0 to value 1. Of the others the numbers at 0 and at 1 matter, and what these
    may be: renaming the two values gives the other order of the same data sets.

    Attributes:
        sides: weights, over ``base``, of a bit that is a one to be sent as a zero and as a one, and of a zero likewise: the exact
            ones, or ones that are too small and ones that are too large.
        values: of one user.
        users: the target included.
        base: what the weights of one bit are relative to.
    """

    sides: tuple[Weights, ...]
    values: int
    users: int
    base: int

    @property
    def scale(self) -> int:
        return int(self.base ** (2 * self.users))

    @property
    def is_exact(self) -> bool:
        return len(self.sides) == 1

    @property
    def steps(self) -> int:
        data = self.users if self.values == 2 else self.users * (self.users + 1) // 2
        return 2 * len(self.sides) * data * (self.users + 1) ** 2 * effort(2 * self.users, self.base)

    def comparisons(self) -> Iterator[Comparison]:
        total = self.users - 1
        for zeros in range(total + 1):
            for ones in range(total - zeros + 1) if self.values > 2 else (total - zeros,):
                others = (0,) * zeros + (1,) * ones + (2,) * (total - zeros - ones)
                ends = [
                    (
                        independent(self._sum(zeros + 1, side), self._sum(ones, side)),
                        independent(self._sum(zeros, side), self._sum(ones + 1, side)),
                    )
                    for side in self.sides
                ]
                small, large = ends[0], ends[-1]
                yield Comparison((0, 1), others, (small[0], large[1]), (large[0], small[1]))

    def _sum(self, ones: int, side: Weights) -> Law:
        """The law of one sum, to which ``ones`` users contribute a bit that is a one."""
        return bernoulli_sum(ones, *side[:2]) * bernoulli_sum(self.users - ones, *side[2:])


@relies_on("unary-sums", "unary-bit-sums")
def sums_experiment(randomizer: SymmetricUnary | UnaryVectors, users: int, bits: int) -> SumsExperiment:
    """Prepare the enumeration; ``bits`` is the precision where a bit's probability is irrational."""
    exact = _chances(randomizer)
    if exact is not None:
        base = lcm(*(chance.denominator for chance in exact))
        one, zero = (int(chance * base) for chance in exact)
        return SumsExperiment(((base - one, one, base - zero, zero),), randomizer.values, users, base)
    base = 1 << bits
    with precision(bits + 32):
        p, q = randomizer.ball_bits() if isinstance(randomizer, UnaryVectors) else randomizer.ball_bit()
        balls = (1 - p, p, 1 - q, q)
        lower = [floor(exact_lower(ball) * base) for ball in balls]
        upper = [-floor(-exact_upper(ball) * base) for ball in balls]
    sides = (lower[0], lower[1], lower[2], lower[3]), (upper[0], upper[1], upper[2], upper[3])
    return SumsExperiment(sides, randomizer.values, users, base)


def _chances(randomizer: SymmetricUnary | UnaryVectors) -> tuple[Fraction, Fraction] | None:
    """P(a one is sent as a one) and P(a zero is sent as a one); of symmetric encoding the bit's P(kept) and P(flipped)."""
    return randomizer.bits() if isinstance(randomizer, UnaryVectors) else randomizer.bit()

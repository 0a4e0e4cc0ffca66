"""All neighbouring data sets of one release of sums of symmetric unary encodings. Statement: unary-sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor

from ..claims import relies_on
from ..numerics.ball import exact_lower, exact_upper, precision
from ..numerics.polynomials import Law, bernoulli_sum, independent
from ..randomizers.unary import SymmetricUnary
from .experiment import Comparison, Experiment, effort

__all__ = ["SumsExperiment", "sums_experiment"]


@dataclass(frozen=True, slots=True)
class SumsExperiment(Experiment):
    """Numbers of ones in each position of symmetric unary encodings; two of them know the target.

    The target moves from value 0 to value 1. Of the others the numbers at 0 and at 1 matter, and what these
    may be: renaming the two values gives the other order of the same data sets.

    Attributes:
        sides: weights of a kept and of a flipped bit over ``base``: the exact ones, or ones that are too small
            and ones that are too large.
        values: of one user.
        users: the target included.
        base: what the weights of one bit are relative to.
    """

    sides: tuple[tuple[int, int], ...]
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

    def _sum(self, ones: int, side: tuple[int, int]) -> Law:
        """The law of one sum, to which ``ones`` users send a one unless it is flipped."""
        kept, flipped = side
        return bernoulli_sum(ones, flipped, kept) * bernoulli_sum(self.users - ones, kept, flipped)


@relies_on("unary-sums")
def sums_experiment(randomizer: SymmetricUnary, users: int, bits: int) -> SumsExperiment:
    """Prepare the enumeration; ``bits`` is the precision where a bit's probability is irrational."""
    exact = randomizer.bit()
    if exact is not None:
        base = exact[0].denominator
        return SumsExperiment(((int(exact[0] * base), int(exact[1] * base)),), randomizer.values, users, base)
    base = 1 << bits
    with precision(bits + 32):
        balls = randomizer.ball_bit()
        kept, flipped = ((exact_lower(ball), exact_upper(ball)) for ball in balls)
    lower = (floor(kept[0] * base), floor(flipped[0] * base))
    upper = (-floor(-kept[1] * base), -floor(-flipped[1] * base))
    return SumsExperiment((lower, upper), randomizer.values, users, base)

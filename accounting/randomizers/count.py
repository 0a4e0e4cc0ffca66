"""Multi-message sums: every user sends their value in ones, plus noise bits."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..errors import ParameterError
from ..numerics.exact import ExactLike, exact, whole
from .base import Randomizer

__all__ = ["BinomialCount", "read_noise_bits"]


@dataclass(frozen=True, slots=True, init=False)
class BinomialCount(Randomizer):
    """A value in [0, 1], rounded at random to a multiple of 1/levels, sent as 0/1 messages with noise bits.

    Each user sends ``levels + bits`` messages: as many ones as the rounded value has levels, and ``bits``
    Bernoulli(p) bits. All messages are anonymous 0s and 1s, so what a batch releases is its count of ones.

    Attributes:
        levels: steps of one user's value, at least 1.
        bits: noise bits per user, at least 1.
        p: probability of a one in each noise bit, strictly between 0 and 1.

    Source: Balcer and Cheu, arXiv 1911.06879; Cheu, Joseph, Mao and Peng, arXiv 2106.09805. Privacy is not
    taken from their formulas but from the exact law of the count.
    """

    levels: int
    bits: int
    p: Fraction

    def __init__(self, levels: ExactLike = 1, bits: ExactLike = 1, p: ExactLike = "1/2") -> None:
        """Describe the randomizer.

        Args:
            levels: steps of one user's value, at least 1.
            bits: noise bits per user, at least 1.
            p: probability of a one in each noise bit, strictly between 0 and 1.

        Raises:
            ParameterError: a value breaks its rule.
        """
        object.__setattr__(self, "levels", whole("levels", levels, least=1, most=10**9))
        noise, chance = read_noise_bits(bits, p)
        object.__setattr__(self, "bits", noise)
        object.__setattr__(self, "p", chance)

    @property
    def kind(self) -> str:
        return "binomial-count"

    def local_factor(self) -> None:
        return None

    def describe(self) -> str:
        return f"binomial count, {self.levels} levels, {self.bits} noise bits with p = {self.p} per user"


def read_noise_bits(bits: ExactLike, p: ExactLike) -> tuple[int, Fraction]:
    """Read how many noise bits a user sends, and the chance of a one in each.

    Raises:
        ParameterError: a value breaks its rule.
    """
    remedy = "Without noise bits the count is released as it is"
    count, chance = whole("bits", bits, least=1, most=10**9, remedy=remedy), exact("p", p)
    if not 0 < chance < 1:
        raise ParameterError("p", "must lie strictly between 0 and 1", p, "A constant bit is no noise")
    return count, chance

"""Sums of vectors: every coordinate is sent in ones, with noise bits of its own, and released as a count."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..errors import ParameterError
from ..numerics.exact import ExactLike, exact, whole
from .base import Randomizer
from .count import read_noise_bits

__all__ = ["VectorCount"]


@dataclass(frozen=True, slots=True, init=False)
class VectorCount(Randomizer):
    """A vector with coordinates in [-1, 1], each rounded at random to a multiple of 1/levels and sent as tagged 0/1 messages.

    For each coordinate v a user draws U uniform on [0, 1), and sends ``2 levels + bits`` messages with the coordinate's
    tag: ``levels + floor(levels v + U)`` ones, as many zeros as there is room for, and ``bits`` Bernoulli(p) bits. A batch
    releases, for each coordinate, its count of ones.

    Attributes:
        dimension: coordinates of one user's vector, at least 1.
        levels: steps in a unit of a coordinate, at least 1.
        sensitivity: the largest Euclidean distance between the vectors of any two users.
        bits: noise bits of one user for each coordinate, at least 1.
        p: probability of a one in each noise bit, strictly between 0 and 1.

    Guarantee:
        gaussian-shift; for one coordinate shifted-counts.
    """

    dimension: int
    levels: int
    sensitivity: Fraction
    bits: int
    p: Fraction

    def __init__(
        self,
        dimension: ExactLike,
        levels: ExactLike,
        sensitivity: ExactLike,
        bits: ExactLike,
        p: ExactLike = "1/2",
    ) -> None:
        """Describe the randomizer.

        Args:
            dimension: coordinates of one user's vector, at least 1.
            levels: steps in a unit of a coordinate, at least 1.
            sensitivity: the largest Euclidean distance between the vectors of any two users; positive, and not above
                2 sqrt(dimension), than which no two vectors are farther apart.
            bits: noise bits of one user for each coordinate, at least 1.
            p: probability of a one in each noise bit, strictly between 0 and 1.

        Raises:
            ParameterError: a value breaks its rule.
        """
        count = whole("dimension", dimension, least=1, most=10**6)
        object.__setattr__(self, "dimension", count)
        object.__setattr__(self, "levels", whole("levels", levels, least=1, most=10**8))
        distance = exact("sensitivity", sensitivity)
        if distance <= 0:
            remedy = "It is the largest distance between two users' vectors"
            raise ParameterError("sensitivity", "must be positive", sensitivity, remedy)
        if distance**2 > 4 * count:
            remedy = "Vectors with coordinates in [-1, 1] are not farther apart"
            raise ParameterError("sensitivity", "must be at most 2 sqrt(dimension)", sensitivity, remedy)
        if min(distance, Fraction(2)) * self.levels < 1:
            remedy = "Coarser steps than that hide nothing more; take more levels"
            raise ParameterError("levels", "must be at least 1/sensitivity", levels, remedy)
        object.__setattr__(self, "sensitivity", distance)
        noise, chance = read_noise_bits(bits, p)
        object.__setattr__(self, "bits", noise)
        object.__setattr__(self, "p", chance)

    @property
    def kind(self) -> str:
        return "vector-count"

    def local_factor(self) -> None:
        return None

    @property
    def assumes(self) -> tuple[str, ...]:
        return (
            "Every device makes sure that its vector has coordinates in [-1, 1], and is within the declared distance "
            "(the sensitivity) of every vector that another user may hold.",
        )

    def describe(self) -> str:
        return (
            f"vector count, {self.dimension} coordinates in steps of 1/{self.levels}, sensitivity {float(self.sensitivity):.4g}, "
            f"{self.bits} noise bits with p = {self.p} per user and coordinate"
        )

"""Multi-message sums whose noise grows by adding users: Poisson and negative binomial shares."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from fractions import Fraction

from ..errors import ParameterError
from ..numerics.exact import ExactLike, exact, whole
from ..numerics.noise import NegativeBinomial, NoiseLaw, Poisson
from .base import Randomizer

__all__ = ["DiscreteLaplaceCount", "NegativeBinomialCount", "PoissonCount", "SharedNoise"]

LARGEST_LEVELS = 10**9
LARGEST_NEGATIVE_BINOMIAL = 1000
_LEAST_MARGIN = Fraction(1, 10**12)
_LARGEST_DENOMINATOR = 10**18
_LARGEST = 10**9


class SharedNoise(Randomizer):
    """A sum of values in levels, to which every user adds a share of noise that is a whole number of ones.

    Each user sends as many ones as the value, rounded at random to a whole number of levels, has, and as many more as a draw
    of their own says. Messages of one kind look alike, so that a batch releases no more than how many there are.
    """

    levels: int

    @abstractmethod
    def noise(self, users: int) -> NoiseLaw:
        """The law of the sum of all users' shares.

        Args:
            users: how many users add a share; the target is one of them.
        """

    @property
    def assumes(self) -> tuple[str, ...]:
        return (
            "only the multiset of a batch's messages is visible: not who sent how many, nor whether a user sent any",
        )

    def local_factor(self) -> None:
        return None


@dataclass(frozen=True, slots=True, init=False)
class PoissonCount(SharedNoise):
    """A value in [0, 1], rounded at random to a multiple of 1/levels, sent as ones, with Poisson(mean) further ones.

    Attributes:
        levels: steps of one user's value, at least 1.
        mean: the mean of one user's share of the noise, a count; positive.

    Source: the limit of binomial noise (Balcer and Cheu, arXiv 1911.06879) with many bits that are rarely ones. Privacy is
    not taken from there but from the exact law of the count.
    """

    levels: int
    mean: Fraction

    def __init__(self, levels: ExactLike = 1, mean: ExactLike = 1) -> None:
        """Describe the randomizer.

        Args:
            levels: steps of one user's value, from 1 to 10^9.
            mean: the mean of one user's share of the noise; positive, at most 10^9.

        Raises:
            ParameterError: a value breaks its rule.
        """
        object.__setattr__(self, "levels", whole("levels", levels, least=1, most=LARGEST_LEVELS))
        object.__setattr__(self, "mean", _positive("mean", mean))

    @property
    def kind(self) -> str:
        return "poisson-count"

    def noise(self, users: int) -> Poisson:
        return Poisson(users * self.mean)

    def describe(self) -> str:
        return f"Poisson count, {self.levels} levels, {self.mean} noise ones per user on average"


@dataclass(frozen=True, slots=True, init=False)
class NegativeBinomialCount(SharedNoise):
    """A value in [0, 1], rounded at random to a multiple of 1/levels, sent as ones, with negative binomial further ones.

    The shares of users whose shapes sum to 1 add up to geometric noise.

    Attributes:
        levels: steps of one user's value, at least 1.
        shape: of one user's share; positive.
        ratio: of the noise, P(z + 1)/P(z) for large z; strictly between 0 and 1.

    Source: Ghazi, Kumar, Manurangsi, Pagh and Sinha, arXiv 2109.13158; Harrison and Manurangsi, arXiv
    2504.05202. Privacy is not taken from their formulas but from the exact law of the count.
    """

    levels: int
    shape: Fraction
    ratio: Fraction

    def __init__(self, levels: ExactLike, shape: ExactLike, ratio: ExactLike) -> None:
        """Describe the randomizer.

        Args:
            levels: steps of one user's value, from 1 to 1000.
            shape: of one user's share of the noise; positive, at most 10^9.
            ratio: of the noise; from 10^-12 to 1 - 10^-12.

        Raises:
            ParameterError: a value breaks its rule.
        """
        object.__setattr__(self, "levels", whole("levels", levels, least=1, most=LARGEST_NEGATIVE_BINOMIAL))
        object.__setattr__(self, "shape", _positive("shape", shape))
        object.__setattr__(self, "ratio", _ratio(ratio))

    @property
    def kind(self) -> str:
        return "negative-binomial-count"

    def noise(self, users: int) -> NegativeBinomial:
        return NegativeBinomial(users * self.shape, self.ratio)

    def describe(self) -> str:
        return (
            f"negative binomial count, {self.levels} levels, shape {self.shape} per user, ratio {self.ratio}"
        )


@dataclass(frozen=True, slots=True, init=False)
class DiscreteLaplaceCount(NegativeBinomialCount):
    """A sum of plus ones and minus ones, whose difference has discrete Laplace noise when all shapes sum to 1.

    Each user sends the value, rounded at random, in plus ones, and two independent negative binomial shares, one in plus ones
    and one in minus ones. A shuffler releases *both* counts, and the count of minus ones tells nothing about the target: what is
    lost is what `NegativeBinomialCount` loses by the plus ones alone. The smaller loss of the discrete Laplace mechanism would
    hold where the difference of the counts is all that anybody sees; no shuffler of messages releases only that.

    Attributes:
        levels: steps of one user's value, at least 1.
        shape: of each of one user's two shares; positive.
        ratio: of the noise; strictly between 0 and 1.

    Source: Ghazi, Kumar, Manurangsi, Pagh and Sinha, arXiv 2109.13158, without the correlated pairs of plus and minus
    ones by which they hide both counts. Privacy is not taken from there.
    """

    @property
    def kind(self) -> str:
        return "discrete-laplace-count"

    def describe(self) -> str:
        return f"plus and minus ones, {self.levels} levels, two negative binomial shares of shape {self.shape} per user, ratio {self.ratio}"


def _positive(name: str, value: ExactLike) -> Fraction:
    number = exact(name, value)
    if number <= 0:
        raise ParameterError(name, "must be positive", value, "Without noise the count is released as it is")
    if number > _LARGEST:
        raise ParameterError(name, f"must be at most {_LARGEST}", value)
    return _short(name, value, number)


def _ratio(value: ExactLike) -> Fraction:
    number = exact("ratio", value)
    if not _LEAST_MARGIN <= number <= 1 - _LEAST_MARGIN:
        rule = "must lie between 10^-12 and 1 - 10^-12"
        raise ParameterError("ratio", rule, value, "At 0 there is no noise, at 1 nothing but noise")
    return _short("ratio", value, number)


def _short(name: str, value: ExactLike, number: Fraction) -> Fraction:
    if number.denominator > _LARGEST_DENOMINATOR:
        raise ParameterError(name, "must have at most 18 decimals, or a denominator of at most 10^18", value)
    return number

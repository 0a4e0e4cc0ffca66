"""Published constants for sums that are released with binomial noise."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import NotCoveredError
from ..numerics.ball import arb, ball, below, enclosure_of, precision
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..randomizers import BinomialCount, Randomizer
from .bound import PublishedBound, Source, Status
from .shapes import DeltaClaim, EpsilonClaim, Span

__all__ = ["COUNTS"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Smooth(DeltaClaim):
    """``e^(-a^2 m/8) + e^(-a^2 m/(8 + 2a))`` for ``levels <= a m/2``, with ``(1 + a)/(1 - a) = e^(epsilon/levels)``.

    m is the number of noise bits times the chance of their rarer value.
    """

    def delta_at(
        self, randomizer: Randomizer, users: int, alpha: Factor, relative_width: float
    ) -> Enclosure | None:
        if not isinstance(randomizer, BinomialCount):
            raise NotCoveredError(f"{self.id} is stated for sums with binomial noise")
        with precision(192 + users.bit_length()):
            a = (alpha.log() / (2 * randomizer.levels)).tanh()
            m = ball(users * randomizer.bits * min(randomizer.p, 1 - randomizer.p))
            if not below(arb(randomizer.levels), a * m / 2):
                return None
            return enclosure_of((-a * a * m / 8).exp() + (-a * a * m / (8 + 2 * a)).exp())


@dataclass(frozen=True, slots=True, kw_only=True)
class _BalcerCheu(EpsilonClaim):
    """``1 - p = 50 log(2/delta) / (epsilon^2 n)`` for epsilon <= 1 and ``n >= 100 log(2/delta) / epsilon^2``."""

    def epsilon_at(self, randomizer: Randomizer, users: int, log: arb) -> arb:
        return (50 * (arb(2).log() + log) / (users * self._zeros(randomizer))).sqrt()

    def span(self, randomizer: Randomizer, users: int) -> Span:
        most = users * self._zeros(randomizer) / 50 - arb(2).log()
        if not below(arb(0), most):
            raise NotCoveredError(f"{self.id} claims nothing among {users} users: epsilon would be above 1")
        return Span(least=arb(0), most=most)

    def _zeros(self, randomizer: Randomizer) -> arb:
        if not isinstance(randomizer, BinomialCount) or (randomizer.levels, randomizer.bits) != (1, 1):
            raise NotCoveredError(f"{self.id} is stated for one bit and one noise bit a user")
        if 2 * (1 - randomizer.p) > 1:
            raise NotCoveredError(f"{self.id} is stated for noise bits with p >= 1/2")
        return ball(1 - randomizer.p)


COUNTS: tuple[PublishedBound, ...] = (
    _Smooth(
        id="binomial-smooth",
        title="Binomial noise is smooth",
        source=Source(
            authors="Ghazi, Golowich, Kumar, Pagh and Velingker",
            year=2019,
            arxiv="1908.11358",
            place="lemma on the smoothness of binomial laws, number not verified",
            checked="formula compared with a summary of arXiv 1911.06879 that quotes it; authors and arXiv number from memory",
        ),
        status=Status.PROVED,
    ),
    _BalcerCheu(
        id="balcer-cheu",
        title="Sums of bits with one noise bit a user",
        source=Source(
            authors="Balcer and Cheu",
            year=2019,
            arxiv="1911.06879",
            place="theorem on the protocol for binary sums, number not verified",
            checked="constants and conditions compared with a summary of the paper",
        ),
        status=Status.PROVED,
    ),
)

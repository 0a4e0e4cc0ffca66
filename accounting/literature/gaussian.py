"""The Gaussian limit of a shuffle, taken as if it were a bound at finitely many users."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from ..errors import NotCoveredError
from ..numerics.ball import arb, gaussian_delta, normal_cdf
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..randomizers import FiniteKernel, Randomizer
from .bound import PublishedBound, Source, Status
from .shapes import DeltaClaim, sharp

__all__ = ["GAUSSIAN"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Normal(DeltaClaim):
    """A formula in ``mu^2 = chi^2 / n``.

    ``chi^2 = sum_y (R_x0(y) - R_x1(y))^2 / R_x2(y)``, the largest over x0, x1 and the value x2 of everybody else.
    """

    @abstractmethod
    def of_mu(self, mu: arb, alpha: Factor) -> arb:
        """Evaluate the formula at the working precision."""

    def delta_at(
        self, randomizer: Randomizer, users: int, alpha: Factor, relative_width: float
    ) -> Enclosure | None:
        if not isinstance(randomizer, FiniteKernel):
            raise NotCoveredError(f"{self.id} is stated for finite randomizers")

        def value() -> arb:
            return self.of_mu((self._largest(randomizer) / users).sqrt(), alpha)

        return sharp(value, users)

    def _largest(self, randomizer: FiniteKernel) -> arb:
        largest = arb(0)
        for pair in randomizer.neighbours():
            for companion in randomizer.companions(pair):
                total = arb(0)
                for letter in randomizer.companion_letters(pair, companion):
                    if letter.reference.is_zero():
                        raise NotCoveredError(f"{self.id} needs messages that are possible for every value")
                    gap = letter.first - letter.second
                    total += gap * gap / letter.reference  # a power of a ball around 0 is not defined
                largest = largest.max(total)
        if largest.is_zero():
            raise NotCoveredError(f"{self.id} needs inputs that differ in their messages")
        return largest


@dataclass(frozen=True, slots=True, kw_only=True)
class _GaussianLimit(_Normal):
    """``Phi(mu/2 - epsilon/mu) - alpha Phi(-mu/2 - epsilon/mu)``: the curve of a Gaussian mechanism."""

    def of_mu(self, mu: arb, alpha: Factor) -> arb:
        return gaussian_delta(mu, alpha.ball(), alpha.log())


@dataclass(frozen=True, slots=True, kw_only=True)
class _GaussianTangent(_Normal):
    """``mu (phi(t) - t Phi(-t))`` at ``epsilon = t mu``, up to O(1/n)."""

    def of_mu(self, mu: arb, alpha: Factor) -> arb:
        t = alpha.log() / mu
        density = (-t * t / 2).exp() / (2 * arb.pi()).sqrt()
        return mu * (density - t * normal_cdf(-t))


_SHVETS = "Shvets"
_ABSTRACT = "compared with the abstract, which treats two inputs; here others may hold a third value"
_LIMIT = "A limit is no bound: at finitely many users explicit data sets lose more."

GAUSSIAN: tuple[PublishedBound, ...] = (
    _GaussianLimit(
        id="gaussian-limit",
        title="Gaussian limit of the shuffle among users who all hold one value, as a Gaussian mechanism",
        source=Source(
            authors=_SHVETS,
            year=2026,
            arxiv="2602.09029",
            place="equivalence to Gaussian differential privacy, theorem number not verified",
            checked="that the limit is a Gaussian mechanism: " + _ABSTRACT,
        ),
        status=Status.APPROXIMATE,
        exceeded=True,
        remark=_LIMIT,
    ),
    _GaussianTangent(
        id="gaussian-tangent",
        title="Gaussian limit of the shuffle among users who all hold one value, to first order",
        source=Source(
            authors=_SHVETS,
            year=2026,
            arxiv="2602.09029v5",
            place="abstract: curves at epsilon = t mu, up to O(1/n)",
            checked="formula " + _ABSTRACT,
        ),
        status=Status.APPROXIMATE,
        exceeded=True,
        remark=_LIMIT,
    ),
)

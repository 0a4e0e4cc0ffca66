"""Laws of whole-number noise that grow by adding users: Poisson and negative binomial, with certified tails.

A tail is a finite Fourier sum on the circle of radius ``e^c``: with step ``2 pi / N`` the sum is the tail itself plus tilted
tails N apart, all of them positive, and nodes far from the real axis are bounded by the decay of the transform. The number of
nodes does not grow with the noise. Statement: noise-tails.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from ..claims import relies_on
from .ball import acb, arb, ball, working_bits

__all__ = ["CountLaw", "NegativeBinomial", "NoiseLaw", "Poisson"]

_DEPTH = 110.0  # nats between a sum and what is left out of it
_FEW_SHARES = 64  # shape up to which the incomplete beta function answers
_PRODUCTS = 64  # shifts up to which a ratio is a product
_LARGEST_TILT = 600.0


class CountLaw(ABC):
    """A law on 0, 1, 2, .. known through its transform."""

    @property
    @abstractmethod
    def mean(self) -> Fraction:
        """The mean, a count."""

    @abstractmethod
    def log_transform(self, s: acb) -> acb:
        """Enclose ``log E e^(sZ)`` where it converges, the branch that is real on the real axis."""

    @abstractmethod
    def tilt(self, place: float) -> float:
        """About the s at which the tilted mean is ``place``, within the range of convergence."""

    @abstractmethod
    def spread(self, tilt: float) -> float:
        """About the standard deviation of the tilted law."""

    @abstractmethod
    def converges(self, tilt: arb) -> bool:
        """Whether ``E e^(sZ)`` is certainly finite."""

    @abstractmethod
    def fading(self, tilt: arb, angle: arb) -> arb:
        """Bound ``|E e^((c + i x) Z)| / E e^(cZ)`` for all x from ``angle`` to pi."""

    def bits(self, z: int) -> int:
        """A precision at which tails around z keep more than thirty digits."""
        size = max(z, math.ceil(self.mean), 1).bit_length()
        return 256 + 3 * size

    def log_chernoff(self, z: int) -> arb:
        """Bound ``log P(Z >= z)`` for z above the mean, ``log P(Z <= z)`` below."""
        s = self.tilt(float(z))
        while not self.converges(arb(s)):  # any s of the right sign is a bound
            s *= 1.0 - 2.0**-8
        return self._log_transform(arb(s)) - arb(s) * z

    def tail(self, z: int) -> arb:
        """Enclose ``P(Z >= z)``."""
        if z <= 0:
            return arb(1)
        return self._upper(z) if z > self.mean else 1 - self._lower(z)

    def head(self, z: int) -> arb:
        """Enclose ``P(Z < z)``."""
        if z <= 0:
            return arb(0)
        return 1 - self._upper(z) if z > self.mean else self._lower(z)

    def _log_transform(self, s: arb) -> arb:
        return self.log_transform(acb(s)).real

    @relies_on("noise-tails")
    def _upper(self, z: int) -> arb:
        """``P(Z >= z)``, z above the mean."""
        at = self.tilt(float(z))
        c = _rounded(min(max(at, 1.0 / self.spread(at)), _LARGEST_TILT))
        while not self.converges(arb(c)):
            c /= 2.0
        step = 1.0 / self.spread(c)
        while not self.converges(arb(c + step)):
            step /= 2.0
        nodes = math.ceil(_DEPTH * max(1.0 / c, 1.0 / step))
        total, beyond = self._sum(c, z, nodes)
        # e^(clN) P(Z >= z + lN) for l > 0, by Chernoff at c + step, and at most e^(-clN) for l < 0
        above, share = (
            (self._log_transform(arb(c + step)) - arb(c + step) * z).exp(),
            (-arb(step) * nodes).exp(),
        )
        below = (-arb(c) * nodes).exp()
        alias = above * share / (1 - share) + below / (1 - below)
        return (total + beyond).union(total - beyond - alias)

    @relies_on("noise-tails")
    def _lower(self, z: int) -> arb:
        """``P(Z < z)``, z not above the mean."""
        at = self.tilt(max(float(z - 1), 0.5))
        c = _rounded(min(at, -1.0 / self.spread(at)))
        step = 1.0 / self.spread(c)
        nodes = math.ceil(_DEPTH * max(-1.0 / c, 1.0 / step))
        total, beyond = self._sum(c, z, nodes)
        below, share = (
            (self._log_transform(arb(c - step)) - arb(c - step) * (z - 1)).exp(),
            (-arb(step) * nodes).exp(),
        )
        above = (arb(c) * nodes).exp()
        alias = below * share / (1 - share) + above / (1 - above)
        return (total + beyond).union(total - beyond - alias)

    def _sum(self, c: float, z: int, nodes: int) -> tuple[arb, arb]:
        """The mean over all nodes of ``E e^(s(Z - z)) / |1 - e^(-s)|``, s = c + ix, and a bound of those left out.

        For c > 0 the last factor is the sum of ``e^(-sj)`` over j >= 0, for c < 0 that of ``e^(sj)`` over j >= 1.
        """
        kept = _kept_nodes(self, c, nodes, working_bits())
        total = arb(0)
        for s, log, weight in kept.nodes:
            total += ((log - s * z).exp() * weight).real
        if kept.fading is None:
            return total, arb(0)
        centre = arb(c)
        size = (self._log_transform(centre) - centre * z).exp() / abs(1 - (-centre).exp())
        return total, size * kept.fading


class NoiseLaw(CountLaw):
    """A law with a positive mass at every count."""

    @property
    @abstractmethod
    def is_log_concave(self) -> bool:
        """Whether ``P(z - 1)/P(z)`` rises in z; else it falls."""

    @property
    @abstractmethod
    def decay(self) -> Fraction:
        """The limit of ``P(z + 1)/P(z)``; 0 where masses fall faster than every geometric sequence."""

    @abstractmethod
    def quotient(self, z: int) -> Fraction:
        """Return ``P(z - 1)/P(z)``, z >= 1."""

    @abstractmethod
    def log_mass(self, z: int) -> arb:
        """Enclose ``log P(z)``."""

    def log_ratio(self, z: int, shift: int) -> arb:
        """Enclose ``log P(z - shift) - log P(z)``, z >= shift."""
        if shift > _PRODUCTS:
            return self.log_mass(z - shift) - self.log_mass(z)
        ratio = arb(1)
        for i in range(shift):
            ratio *= ball(self.quotient(z - i))
        return ratio.log()

    def first_ratio(self, shift: int) -> Fraction:
        """Return ``P(0)/P(shift)``."""
        return math.prod((self.quotient(z) for z in range(1, shift + 1)), start=Fraction(1))


@dataclass(frozen=True, slots=True)
class _Kept:
    """The nodes of a circle that are summed.

    Attributes:
        nodes: s, the logarithm of the transform there, and the weight: ``1 / (N |1 - e^-s|)`` up to the sign, twice for the conjugate's sake.
        fading: bounds the transform's decay at all others; None where there are none.
    """

    nodes: tuple[tuple[acb, acb, acb], ...]
    fading: arb | None


@lru_cache(maxsize=256)
def _kept_nodes(law: CountLaw, c: float, nodes: int, bits: int) -> _Kept:
    """Choose the nodes and evaluate what does not depend on the count.

    Args:
        law: the law.
        c: the real part of all nodes.
        nodes: how many the circle has.
        bits: the working precision; nodes of another one are not shared.
    """
    del bits
    centre, last = arb(c), nodes // 2
    threshold = arb(-_DEPTH).exp()
    turn = 2 * arb.pi() / nodes
    low, high = 0, last
    while low < high:  # the first node from which on the transform has faded
        middle = (low + high) // 2
        if law.fading(centre, turn * (middle + 1)) < threshold:
            high = middle
        else:
            low = middle + 1
    sign = 1 if c > 0 else -1
    found = []
    for k in range(low + 1):
        s = acb(centre, turn * k)
        times = sign if k == 0 or 2 * k == nodes else 2 * sign
        found.append((s, law.log_transform(s), times / (1 - (-s).exp()) / nodes))
    return _Kept(tuple(found), None if low == last else law.fading(centre, turn * (low + 1)))


@dataclass(frozen=True, slots=True)
class Poisson(NoiseLaw):
    """``P(z) = e^-rate rate^z / z!``.

    Attributes:
        rate: the mean, positive.
    """

    rate: Fraction

    @property
    def mean(self) -> Fraction:
        return self.rate

    @property
    def is_log_concave(self) -> bool:
        return True

    @property
    def decay(self) -> Fraction:
        return Fraction(0)

    def quotient(self, z: int) -> Fraction:
        return z / self.rate

    def log_mass(self, z: int) -> arb:
        rate = ball(self.rate)
        return z * rate.log() - rate - arb(z + 1).lgamma()

    def log_transform(self, s: acb) -> acb:
        return ball(self.rate) * (s.exp() - 1)

    def tilt(self, place: float) -> float:
        return math.log(place) - math.log(self.rate)

    def spread(self, tilt: float) -> float:
        return math.exp(min((math.log(self.rate) + tilt) / 2.0, _LARGEST_TILT))

    def converges(self, tilt: arb) -> bool:
        return True

    def fading(self, tilt: arb, angle: arb) -> arb:
        """``exp(-rate e^c (1 - cos x))``, falling in x."""
        half = (angle / 2).sin()
        return (-ball(self.rate) * tilt.exp() * 2 * half * half).exp()


@dataclass(frozen=True, slots=True)
class NegativeBinomial(NoiseLaw):
    """``P(z) = (1 - ratio)^shape ratio^z shape (shape + 1) .. (shape + z - 1) / z!``.

    Attributes:
        shape: positive; the law of shape 1 is geometric.
        ratio: strictly between 0 and 1, and not above 1 - 10^-12.
    """

    shape: Fraction
    ratio: Fraction

    @property
    def mean(self) -> Fraction:
        return self.shape * self.ratio / (1 - self.ratio)

    @property
    def is_log_concave(self) -> bool:
        return self.shape >= 1

    @property
    def decay(self) -> Fraction:
        return self.ratio

    def quotient(self, z: int) -> Fraction:
        return z / (self.ratio * (self.shape + z - 1))

    def log_mass(self, z: int) -> arb:
        shape = ball(self.shape)
        return (
            (shape + z).lgamma() - shape.lgamma() - arb(z + 1).lgamma()
            + shape * ball(1 - self.ratio).log() + z * ball(self.ratio).log()
        )  # fmt: skip

    def log_transform(self, s: acb) -> acb:
        """The real part of ``1 - ratio e^s`` is positive, so that the principal logarithm is the right one."""
        return ball(self.shape) * (ball(1 - self.ratio).log() - (1 - ball(self.ratio) * s.exp()).log())

    def tilt(self, place: float) -> float:
        return -_log1p_of(math.log(self.shape) - math.log(place)) - _log_of(self.ratio)

    def spread(self, tilt: float) -> float:
        log_tilted = min(tilt + _log_of(self.ratio), -1e-300)
        return math.exp(min((math.log(self.shape) + log_tilted) / 2.0, _LARGEST_TILT)) / -math.expm1(
            log_tilted
        )

    def converges(self, tilt: arb) -> bool:
        return bool(ball(self.ratio) * tilt.exp() < 1)

    def fading(self, tilt: arb, angle: arb) -> arb:
        """``(1 + 2 Q (1 - cos x)/(1 - Q)^2)^(-shape/2)``, Q = ratio e^c, falling in x."""
        tilted = ball(self.ratio) * tilt.exp()
        half = (angle / 2).sin()
        return (-ball(self.shape) / 2 * (1 + 4 * tilted * half * half / (1 - tilted) ** 2).log()).exp()

    def _upper(self, z: int) -> arb:
        if self.shape > _FEW_SHARES:
            return NoiseLaw._upper(self, z)
        return ball(self.ratio).beta_lower(arb(z), ball(self.shape), 1)

    def _lower(self, z: int) -> arb:
        if self.shape > _FEW_SHARES:
            return NoiseLaw._lower(self, z)
        return ball(1 - self.ratio).beta_lower(ball(self.shape), arb(z), 1)


def _rounded(tilt: float) -> float:
    """A tilt within five percent, so that neighbouring counts share their nodes."""
    return math.copysign(2.0 ** (round(8.0 * math.log2(abs(tilt))) / 8.0), tilt)


def _log_of(ratio: Fraction) -> float:
    """The logarithm of a number in (0, 1), also of one that is 1 in floats."""
    return math.log1p(-float(1 - ratio)) if ratio > Fraction(1, 2) else math.log(ratio)


def _log1p_of(log: float) -> float:
    """``log(1 + e^log)``."""
    return math.log1p(math.exp(log)) if log < 0 else log + math.log1p(math.exp(-log))

"""A published bound on the Renyi divergence of a shuffle, turned into epsilon at a delta."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ..numerics.ball import arb
from ..randomizers import Randomizer
from .bound import PublishedBound, Source, Status, local_factor
from .shapes import EpsilonClaim, Span

__all__ = ["RENYI", "orders"]

_EACH = 40  # orders up to which every integer is tried
_LARGEST = 10**8


@cache
def orders() -> tuple[int, ...]:
    """The integer orders at which the bound is evaluated: all small ones, then steps of three percent."""

    def walk() -> Iterator[int]:
        order = 2
        while order <= _LARGEST:
            yield order
            order += 1 if order < _EACH else order * 3 // 100

    return tuple(walk())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Girgis(EpsilonClaim):
    """``rho(order) = log(e^(order^2 (w-1)^2/m) + e^(epsilon0 order - (n-1)/(8w))) / (order - 1)``.

    w = e^epsilon0, ``m = floor((n-1)/(2w)) + 1``. The claimed epsilon is the least of
    ``rho + (log(1/delta) - log order)/(order - 1) + log(1 - 1/order)`` over ``orders()``.
    """

    def epsilon_at(self, randomizer: Randomizer, users: int, log: arb) -> arb:
        factor = local_factor(self.id, randomizer)
        w, epsilon0 = factor.ball(), factor.log()
        m = ((users - 1) / (2 * w)).floor() + 1
        growth, rare = (w - 1) * (w - 1) / m, (users - 1) / (8 * w)
        best: arb | None = None
        for order in orders():
            usual = order**2 * growth
            rho = (usual + (1 + (epsilon0 * order - rare - usual).exp()).log()) / (order - 1)
            epsilon = rho + (log - arb(order).log()) / (order - 1) + (1 - 1 / arb(order)).log()
            best = epsilon if best is None else best.min(epsilon)
        return arb(0) if best is None else best.max(arb(0))  # an epsilon is not negative

    def span(self, randomizer: Randomizer, users: int) -> Span:
        local_factor(self.id, randomizer)
        return Span(least=arb(0), most=None)


RENYI: tuple[PublishedBound, ...] = (
    _Girgis(
        id="girgis-renyi",
        title="Renyi divergence of the shuffle, simplified upper bound, converted to epsilon at a delta",
        source=Source(
            authors="Girgis, Data, Diggavi, Suresh and Kairouz",
            year=2021,
            arxiv="2105.05180",
            place="second (simplified) upper bound, theorem number not verified",
            checked="formula, place and conversion from memory; not compared with the paper",
        ),
        status=Status.PROVED,
        remark="Meant for many compositions: for one shuffle the conversion from Renyi divergences costs much.",
    ),
)

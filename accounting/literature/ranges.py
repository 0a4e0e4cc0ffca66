"""Where a published bound for k-ary response fails: over numbers of values and users, factors and deltas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..errors import NotCoveredError
from ..numerics.exact import whole
from ..numerics.rounding import float_at_most
from ..randomizers import KaryRandomizedResponse
from .factors import factors_at
from .families import kary
from .losses import Loss, worst
from .search import Claiming

__all__ = ["RangeRow", "range_row", "ranges"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeRow:
    """How a bound fares at one k-ary response and number of users.

    Attributes:
        values: of the k-ary response.
        factor: its e^epsilon0.
        users: n, the target included.
        compared: at how many factors e^epsilon loss and claim were compared.
        refuted: the factors at which the loss is certified to be above the claim.
        undecided: at how many factors the loss lies inside the enclosure of the claim, so that nothing follows.
        worst: the factor at which the loss exceeds the claim most, relative to it; None where it never does.
        loss: the loss there.
        claimed: a certified upper end of the claim there.
    """

    values: int
    factor: Fraction
    users: int
    compared: int
    refuted: tuple[Fraction, ...]
    undecided: int
    worst: Fraction | None
    loss: Loss | None
    claimed: Fraction | None

    @property
    def excess(self) -> float:
        """The loss over the claim less 1 at the worst factor, rounded down; 0 where the bound is not refuted."""
        if self.loss is None or self.claimed is None:
            return 0.0
        return float_at_most(self.loss.delta / self.claimed - 1)

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values; losses are rounded down, claims up."""
        return {
            "values": self.values,
            "factor": str(self.factor),
            "users": self.users,
            "compared": self.compared,
            "refuted": [str(alpha) for alpha in self.refuted],
            "undecided": self.undecided,
            "worst": None if self.worst is None else str(self.worst),
            "excess": self.excess,
        }


def ranges(
    bound: Claiming, *, values: Iterable[int], factors: Iterable[Fraction], users: Iterable[int]
) -> Iterator[RangeRow]:
    """Yield one row for each combination.

    Args:
        bound: what claims a delta for k-ary response.
        values: numbers of values.
        factors: e^epsilon0 of each, rational and above 1.
        users: numbers of users, the target included.

    Raises:
        ParameterError: a number of values or users is below 2, or a factor is not above 1.
    """
    sizes = [whole("users", n, least=2) for n in users]
    kernels = kary(values, factors)
    for kernel in sorted(kernels, key=lambda each: (each.factor.rational or 0, each.values)):
        for n in sizes:
            yield range_row(bound, kernel, n)


def range_row(bound: Claiming, kernel: KaryRandomizedResponse, users: int) -> RangeRow:
    """Compare a bound with the worst data sets known, at factors where delta is near each of ``factors.LEVELS``.

    Raises:
        NotCoveredError: e^epsilon0 is irrational.
    """
    if kernel.factor.rational is None:
        raise NotCoveredError(f"{kernel.describe()}: certificates need rational probabilities")
    alphas = factors_at(kernel, users)
    losses = worst(kernel, users, alphas)
    refuted: list[tuple[Fraction, Loss, Fraction]] = []
    compared = undecided = 0
    for alpha, loss in zip(alphas, losses, strict=True):
        try:
            claim = bound.claimed_delta(kernel, users=users, alpha=alpha)
        except NotCoveredError:
            continue
        compared += 1
        if loss.delta > claim.upper:
            refuted.append((alpha, loss, claim.upper))
        elif loss.delta > claim.lower:
            undecided += 1
    # a claim of 0 is exceeded by an infinite factor; the others say more
    finite = [each for each in refuted if each[2] > 0]
    most = max(finite, key=lambda each: each[1].delta / each[2], default=None)
    return RangeRow(
        values=kernel.values,
        factor=kernel.factor.rational,
        users=users,
        compared=compared,
        refuted=tuple(alpha for alpha, _, _ in refuted),
        undecided=undecided,
        worst=None if most is None else most[0],
        loss=None if most is None else most[1],
        claimed=None if most is None else most[2],
    )

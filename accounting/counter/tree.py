"""The analyst: from released counts to estimates of the running sum, with the variance of their noise.

Batches nest: a batch of level j + 1 closes together with one of level j, so that it is a run of whole batches of level j. A closed
batch that no closed batch contains is *open to the top*; the batches open to the top make up the whole past up to the last closing of
level 1, and the sum of their estimates is that of the past. Users after it are hidden and count 1/2 each.

Two estimates of a batch: its own released count (``plain``), or the combination of that and of what its parts give, with weights inverse to their
variances (``least-squares``). The latter is the best linear unbiased estimate from all that was released: for nested batches, generalised least squares
of a batch open to the top is this recursion, because nothing outside it says anything about its users.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ..randomizers import BinomialCount

__all__ = ["Estimator", "Node", "Tree", "count_estimate", "joined", "noise_variance"]


class Estimator(StrEnum):
    """How released counts become estimates."""

    PLAIN = "plain"
    LEAST_SQUARES = "least-squares"


@dataclass(frozen=True, slots=True)
class Node:
    """An estimate of the sum over a run of users.

    Attributes:
        value: the estimate.
        variance: of its noise bits; randomized rounding of values comes on top.
    """

    value: float
    variance: float


def noise_variance(randomizer: BinomialCount, reports: int) -> float:
    """Return the variance that the noise bits of a batch put on the estimate of its sum."""
    spread = float(randomizer.p * (1 - randomizer.p))  # exact before it is a float: p may be next to 1
    return reports * randomizer.bits * spread / randomizer.levels**2


def count_estimate(randomizer: BinomialCount, reports: int, ones: int, arrivals: int) -> float:
    """Return the estimate of a batch's sum from its count; users whose messages were lost count 1/2 each.

    Args:
        randomizer: of the batch.
        reports: users whose messages it held.
        ones: the released count.
        arrivals: users who arrived from its first to its last.
    """
    noise = reports * randomizer.bits * randomizer.p.numerator / randomizer.p.denominator
    return (ones - noise) / randomizer.levels + 0.5 * (arrivals - reports)


def joined(own: Node, parts: Node) -> Node:
    """Combine two independent estimates of the same sum with weights inverse to their variances."""
    weight = own.variance + parts.variance
    return Node(
        (own.value * parts.variance + parts.value * own.variance) / weight,
        own.variance * parts.variance / weight,
    )


class Tree:
    """Estimates of the batches open to the top, one running sum a level."""

    def __init__(self, levels: int, estimator: Estimator) -> None:
        """Begin with no batch."""
        self.estimator = estimator
        self._open = [Node(0.0, 0.0)] * levels

    def close(self, level: int, own: Node) -> None:
        """Take the estimate of a batch of a level that has just closed, after those of the levels below."""
        node = own
        if level > 1:
            if self.estimator is Estimator.LEAST_SQUARES:
                node = joined(own, self._open[level - 2])
            self._open[level - 2] = Node(0.0, 0.0)
        here = self._open[level - 1]
        self._open[level - 1] = Node(here.value + node.value, here.variance + node.variance)

    def past(self) -> Node:
        """Return the estimate of the sum up to the last closing of level 1."""
        return Node(sum(node.value for node in self._open), sum(node.variance for node in self._open))

    def contents(self) -> tuple[tuple[float, float], ...]:
        """Return what a checkpoint keeps."""
        return tuple((node.value, node.variance) for node in self._open)

    def restore(self, contents: Iterable[tuple[float, float]]) -> None:
        """Go on from what a checkpoint kept."""
        self._open = [Node(value, variance) for value, variance in contents]

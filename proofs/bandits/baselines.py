"""What the bandit is held against: no privacy, the local model, and a trusted server with a binary tree."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from accounting.bandits.features import Floats
from accounting.bandits.learner import Widths, estimated
from accounting.bandits.simulation import Counts, Generator, Statistics
from accounting.bandits.sums import NestedSums
from accounting.counter.sizes import gaussian_variance
from accounting.randomizers import gram_dimension, gram_sensitivity

__all__ = ["MODELS", "Baseline", "Model"]

_EARLY = 8  # a part of the users so far, after which models without a tree are renewed at first
_UPDATES = 512  # of a run; a power of two, for the tree


@dataclass(frozen=True, slots=True)
class Model:
    """A model of trust.

    Attributes:
        name: for tables.
        private: whether there is any noise.
        tree: noise of a binary tree's nodes in place of every user's own.
    """

    name: str
    private: bool
    tree: bool


MODELS = (
    Model("not private", private=False, tree=False),
    Model("central tree", private=True, tree=True),
    Model("local", private=True, tree=False),
)


class Baseline(Statistics):
    """The same estimate from sums with Gaussian noise.

    Where there is no tree, models are renewed after an eighth of the users so far, and at least 512 times. Local: every user adds noise of deviation ``Delta/mu``. Tree: every user is in one node of each of its levels, whose sums have noise
    of deviation ``Delta sqrt(levels)/mu``; a prefix is the sum of at most one node a level. ``mu`` is that of (epsilon, delta).
    """

    def __init__(
        self,
        model: Model,
        *,
        users: int,
        features: int,
        epsilon: float,
        delta: float,
        exploration: float,
        confidence: float,
    ) -> None:
        """Begin without users."""
        self.model, self.features, self.exploration = model, features, exploration
        self.block = max(1, math.ceil(users / _UPDATES))
        self.chance = (1.0 - confidence) / (3.0 * 2.0 * _UPDATES)  # early updates are fewer than the others
        self._last = 0
        deviation = float(gram_sensitivity()) * math.sqrt(gaussian_variance(epsilon, delta))
        self.levels = _UPDATES.bit_length()
        self.deviation = deviation * math.sqrt(self.levels) if model.tree else deviation
        size = gram_dimension(features)
        self._sum = np.zeros(size)
        self._noise = NestedSums(self.levels, size)

    def first(self) -> Widths:
        """What is published before anybody came."""
        return self._estimate(0, np.zeros_like(self._sum))

    def next_update(self, step: int) -> int:
        if self.model.tree:
            return (step // self.block + 1) * self.block
        return step + min(self.block, max(1, step // _EARLY))

    def add(self, rows: Floats, counts: Counts) -> None:
        self._sum += counts @ rows

    def published(self, step: int, generator: Generator) -> Widths:
        if self.model.private:
            fresh = generator.standard_normal(self._sum.shape) * self.deviation
            if self.model.tree:  # the node that ends here takes the place of the smaller ones inside of it
                block = step // self.block
                self._noise.close((block & -block).bit_length() - 1, fresh)
            else:
                self._noise.close(0, fresh * math.sqrt(step - self._last))
        self._last = step
        return self._estimate(step, self._sum + self._noise.total)

    def _estimate(self, step: int, total: Floats) -> Widths:
        blocks = step // self.block
        variance = self.deviation**2 * (blocks.bit_count() if self.model.tree else step)
        return estimated(
            step,
            total,
            scale=math.sqrt(variance) if self.model.private else 0.0,
            features=self.features,
            reward_weight=1.0,
            chance=self.chance,
            exploration=self.exploration,
        )

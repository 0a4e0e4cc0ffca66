"""The sum over all users of closed batches, which nest: the largest ones as far as they go, then smaller ones."""

from __future__ import annotations

import numpy as np

from .features import Floats

__all__ = ["NestedSums"]


class NestedSums:
    """What the closed batches of each level add to the sum over all users who are in one.

    Attributes:
        levels: for each level, the smallest batches first, the sum of the batches that are inside of no larger closed one.
    """

    def __init__(self, levels: int, size: int) -> None:
        """Begin without a closed batch.

        Args:
            levels: how many.
            size: coordinates of a sum.
        """
        self.levels = [np.zeros(size) for _ in range(levels)]

    def copied(self) -> NestedSums:
        """Return another one with the same sums."""
        found = NestedSums(len(self.levels), 0)
        found.levels = [total.copy() for total in self.levels]
        return found

    def close(self, place: int, total: Floats) -> None:
        """Add a batch of a level, which takes the place of all smaller ones inside of it.

        Args:
            place: of the level, from 0 on.
            total: the sum over its users.
        """
        for below in self.levels[:place]:
            below[:] = 0.0
        self.levels[place] += total

    @property
    def total(self) -> Floats:
        """The sum over the users of all closed batches."""
        found: Floats = np.sum(self.levels, axis=0)
        return found

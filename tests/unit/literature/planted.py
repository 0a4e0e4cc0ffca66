"""Bounds with a known truth: exactly right, too small by a known factor, or too small in known places only."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import accounting as csa
from accounting.numerics.enclosure import Enclosure
from accounting.randomizers.base import FiniteKernel

F = Fraction
NONE, ALL = F(0), F(1)


def everywhere(*_: object) -> bool:
    return True


def exact_delta(randomizer: csa.Randomizer, users: int, alpha: Fraction) -> Fraction:
    found = csa.exact_delta(csa.Shuffle(randomizer, users), alpha=alpha).delta
    assert isinstance(found, Fraction)
    return found


@dataclass(frozen=True)
class Planted:
    """Claims the exact delta, times ``scale`` where ``wrong`` holds, in an enclosure of relative width ``slack``."""

    scale: Fraction = ALL
    wrong: Callable[[FiniteKernel, int, Fraction], bool] = everywhere
    slack: Fraction = NONE
    id: str = "planted"

    def claimed_delta(self, randomizer: csa.Randomizer, *, users: int, alpha: Fraction) -> Enclosure:
        if not isinstance(randomizer, FiniteKernel):
            raise csa.NotCoveredError("planted for finite randomizers")
        delta = exact_delta(randomizer, users, alpha)
        if self.wrong(randomizer, users, alpha):
            delta *= self.scale
        return Enclosure(delta * (1 - self.slack), delta * (1 + self.slack))

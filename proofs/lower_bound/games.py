"""The best adaptive rules for opening and closing batches, against the value of the theorem: a game tree, gone through whole.

A player opens and closes batches knowing all releases; the game ends at the first bad step, and costs what the best
estimator errs there. The minimum over all players is exact. Opening and closing at random cannot do better, as the cost of a
random rule is a mean of costs of fixed ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from .hard_inputs import Construction
from .transcripts import History, Randomizer, error_of_node, running_sums, split

__all__ = ["Game", "GameValue", "best_policy_error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """What the player may do.

    Attributes:
        construction: the hard inputs and what a bad step is.
        shufflers: k.
        users: n.
        randomizer: what batches release.
        least: the smallest batch that may be closed.
    """

    construction: Construction
    shufflers: int
    users: int
    randomizer: Randomizer
    least: int = 1


@dataclass(frozen=True, slots=True)
class GameValue:
    """The result of a game.

    Attributes:
        error: the least mean error at the first bad step, over all policies and estimators.
        positions: how many ends of steps were looked at.
    """

    error: Fraction
    positions: int


@dataclass(slots=True)
class _Play:
    game: Game
    sums: tuple[tuple[int, ...], ...]
    positions: int = 0

    def begin(self, step: int, history: History, weights: Sequence[int], norm: int) -> Fraction:
        """Value before the step's user arrives: choose which idle shufflers open a batch."""
        if step > self.game.users:
            raise ValueError(f"{history} has no bad step among {self.game.users} users")
        return min(self.close(step, after, weights, norm) for after in openings(history, step))

    def close(self, step: int, history: History, weights: Sequence[int], norm: int) -> Fraction:
        """Value after the step's user has arrived: close one batch, look at it and go on, or stop closing."""
        best = self.end(step, history, weights, norm)
        for shuffler, first in enumerate(history.open_since):
            if first is None or step - first + 1 < self.game.least:
                continue
            outcomes = split(history, weights, shuffler, step, self.game.randomizer, self.sums)
            best = min(
                best, sum((self.close(step, h, w, norm * more) for h, w, more in outcomes), Fraction(0))
            )
        return best

    def end(self, step: int, history: History, weights: Sequence[int], norm: int) -> Fraction:
        """Value at the end of a step: the game ends there if it is bad."""
        self.positions += 1
        if self.game.construction.is_bad(step, history.spans):
            return Fraction(error_of_node(weights, self.sums[step]), norm)
        return self.begin(step + 1, history, weights, norm)


def openings(history: History, step: int) -> Iterator[History]:
    """Every choice of idle shufflers that open a batch before a step's user; equal ones in their order."""
    idle = [shuffler for shuffler, first in enumerate(history.open_since) if first is None]
    for count in range(len(idle), -1, -1):
        for chosen in combinations(idle, count):
            yield History(
                tuple(step if s in chosen else first for s, first in enumerate(history.open_since)),
                history.releases,
            )


def best_policy_error(game: Game) -> GameValue:
    """Go through all policies that react to releases; return the least mean error at the first bad step.

    Raises:
        ValueError: some policy has no bad step among so few users.
    """
    inputs = game.construction.inputs(game.users)
    play = _Play(game, running_sums(inputs, game.users))
    error = play.begin(1, History((None,) * game.shufflers), (1,) * len(inputs), 1)
    return GameValue(error / len(inputs), play.positions)

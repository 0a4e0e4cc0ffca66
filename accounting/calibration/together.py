"""Several releases together: the nearest safe value by totals on a coarse grid of losses."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from fractions import Fraction

from ..composition.concurrent import ConcurrentShuffles
from ..composition.quick import QuickTotal
from ..curves.bounds import Bounds
from ..model import Budget
from ..shuffle import Shuffle
from .grid import Grid
from .result import Calibration, Quantity
from .search import Found, Question, find
from .vary import Reach

__all__ = ["solve_together"]

_CLOSE = 2e-3
_MOST = 5


def solve_together(
    shuffles_at: Callable[[int | Fraction], list[Shuffle]],
    grid: Grid,
    *,
    budget: Budget,
    inputs: str,
    quantity: Quantity,
    subject: str,
    guess: float,
    grid_words: str,
    monotone: str,
    reach: Reach = Reach.BOTH,
    lower_ends: bool,
    seconds: float,
) -> Calibration:
    """Search with totals from above, then certify both values, the unsafe one by a data set for all shufflers.

    Args:
        shuffles_at: the shufflers at a value of the grid.
        grid: the values.
        budget: the most that may be lost.
        inputs: "adaptive" or "fixed".
        quantity: what the values are.
        subject: what is fixed, in words.
        guess: a value near the answer.
        grid_words: which values the grid has, in words.
        monotone: the claim by which the loss is monotone along the grid.
        reach: how far it is.
        lower_ends: look for a value certified not to be safe, too.
        seconds: time after which the search stops; the answer is then less close.
    """

    def evaluate(number: int, effort: int) -> Bounds:
        shuffles = shuffles_at(grid.value(number))
        if not budget.delta:
            return ConcurrentShuffles(shuffles, inputs=inputs).epsilon(delta=0)
        parts = Counter(shuffles)
        total = QuickTotal.near(parts, budget.delta)
        return (total.both_ends if effort else total.delta)(parts, budget.epsilon)

    def found(efforts: tuple[int, ...], start: int, *, unsafe: bool, enough: int = 100) -> Found:
        return find(
            Question(
                grid=grid,
                evaluate=evaluate,
                level=budget.delta or budget.epsilon,
                is_delta=bool(budget.delta),
                safe_efforts=efforts,
                unsafe_efforts=efforts if unsafe else (),
                widths=(math.inf, math.inf),
                closeness=_CLOSE if budget.delta else 0.0,
                start=start,
                most=_MOST if budget.delta else 100,
                enough=enough,
                seconds=seconds,
                is_monotone=reach is not Reach.NONE,
            )
        )

    start = grid.nearest(guess)
    if not budget.delta:
        answer = found((1,), start, unsafe=lower_ends)
    else:
        answer = found((0,), start, unsafe=False)
        if lower_ends:
            again = start if answer.safe is None else answer.safe[0]
            answer = found((1,), again, unsafe=True, enough=1)
    return Calibration.of(
        answer,
        grid,
        quantity=quantity,
        subject=subject,
        budget=budget,
        grid_words=grid_words,
        monotone=monotone,
        reach=reach,
    )

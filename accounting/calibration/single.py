"""One shuffler: the smallest batch, or the largest epsilon0, that is certified to stay within a budget."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from ..claims import relies_on
from ..curves.bounds import Bounds
from ..curves.pair_curve import PairCurve, ranked
from ..errors import ParameterError
from ..model import Budget
from ..numerics.exact import LARGEST_COUNT, ExactLike, whole
from ..numerics.factor import Factor
from ..pairs.of_randomizer import factors_of
from ..randomizers import GaussianNoise, KaryRandomizedResponse, Randomizer, SymmetricUnary
from ..shuffle import Shuffle
from .grid import DIGITS, Counts, Falling, Grid
from .result import Calibration, Quantity
from .search import Question, find
from .together import solve_together
from .vary import Reach, as_function_of_epsilon0, family, reach_of

__all__ = [
    "epsilon0_near",
    "largest_epsilon0",
    "smallest_batch",
    "solve_one",
    "spread_square",
    "users_near",
]

_WIDTHS = ("1e-2", "1e-6", "1e-9")
_WIDTHS_APART = ("1e-2", "1e-4")
_APART = (
    1.3  # upper over lower delta from which on narrower enclosures of the two are not worth what they cost
)
_MANY_WITNESSES, _KEPT_WITNESSES = 16, 3
_CLOSE = 1e-7


@relies_on("monotone-users")
def smallest_batch(randomizer: Randomizer, *, epsilon: ExactLike, delta: ExactLike) -> Calibration:
    """Find the fewest users with whom a shuffler is certified to stay within a budget.

    Args:
        randomizer: what every user applies.
        epsilon: of the budget, in nats; at least 0.
        delta: of the budget, a probability; 0 included and 1 excluded.

    Returns:
        Numbers of present and honest users, the target included, from 2 to 10^18. ``safe`` is certified by an upper end of
        its own, and by monotone-users so is every larger batch. ``unsafe`` is certified by a pair of data sets that loses
        more, and by monotone-users no smaller batch is safe. Up to 10^7 users no batch between the two is certified by the
        bounds at a relative width of 1e-6 (of 1e-4, where the two ends of delta are a third apart or more); above, they are found
        to one part in 10^7. Where the analysis is exact the two are neighbours, unless a number within 1e-9 of the budget keeps
        them apart.

    Raises:
        ParameterError: a parameter breaks its rule.
        NotCoveredError: no proved claim covers the randomizer.
    """
    budget = Budget(epsilon=epsilon, delta=delta)
    if not isinstance(randomizer, Randomizer):
        raise ParameterError("randomizer", "must be a randomizer", randomizer, "See accounting.randomizers")
    return solve_one(
        lambda users: Shuffle(randomizer, users=users),
        Counts(),
        budget=budget,
        quantity=Quantity.USERS,
        subject=randomizer.describe(),
        guess=users_near(randomizer, budget),
        grid_words=f"whole numbers from 2 to {LARGEST_COUNT:,}",
        monotone="monotone-users",
    )


@relies_on("monotone-epsilon0")
def largest_epsilon0(
    kind: str | type[Randomizer],
    *,
    users: ExactLike,
    epsilon: ExactLike,
    delta: ExactLike,
    **parameters: ExactLike,
) -> Calibration:
    """Find the largest local epsilon0 with which a shuffler is certified to stay within a budget.

    Args:
        kind: a kind of randomizer that is described by an epsilon0, as a class or by the name that deployment files use.
        users: present and honest users, the target included; from 2 to 10^18.
        epsilon: of the budget, in nats; at least 0.
        delta: of the budget, a probability; 0 included and 1 excluded.
        **parameters: what else the kind needs, like ``values`` for k-ary randomized response.

    Returns:
        Decimals of five significant digits from 1e-9 to 300, in nats. ``safe`` is certified by an upper end of its own, and
        ``unsafe`` by a pair of data sets that loses more. What follows for other values is in ``reach``: by
        monotone-epsilon0 everything below ``safe`` is safe and nothing above ``unsafe`` is, but for the piecewise mechanism,
        of which the first is proved only.

    Raises:
        ParameterError: a parameter breaks its rule.
        NotCoveredError: the kind has no epsilon0.
    """
    budget = Budget(epsilon=epsilon, delta=delta)
    count = whole("users", users, least=2, remedy="A shuffler with one report hides nothing")
    build = as_function_of_epsilon0(kind, parameters)
    return solve_one(
        lambda value: Shuffle(build(value), users=count),
        Falling(),
        budget=budget,
        quantity=Quantity.EPSILON0,
        subject=f"{family(build(1))} among {count:,} users",
        guess=epsilon0_near(count, budget),
        grid_words=f"decimals of {DIGITS} significant digits",
        monotone="monotone-epsilon0",
        reach=reach_of(build(1)),
    )


def solve_one(
    shuffle_at: Callable[[ExactLike], Shuffle],
    grid: Grid,
    *,
    budget: Budget,
    quantity: Quantity,
    subject: str,
    guess: float,
    grid_words: str,
    monotone: str,
    reach: Reach = Reach.BOTH,
    lower_ends: bool = True,
    seconds: float = math.inf,
) -> Calibration:
    """Search a grid of single shufflers.

    Args:
        shuffle_at: the shuffler at a value of the grid.
        grid: the values.
        budget: the most that may be lost.
        quantity: what the values are.
        subject: what is fixed, in words.
        guess: a value near the answer.
        grid_words: which values the grid has, in words.
        monotone: the claim by which the loss is monotone along the grid.
        reach: how far it is.
        lower_ends: look for a value certified not to be safe, too.
        seconds: time after which the search stops; the answer is then less close.
    """
    start = grid.nearest(_better_guess(shuffle_at, grid, budget, guess))
    first_shuffle = shuffle_at(grid.value(start))
    if len(factors_of(first_shuffle.randomizer, first_shuffle.users)) > 1:
        return solve_together(
            lambda value: [shuffle_at(value)],
            grid,
            budget=budget,
            inputs="adaptive",
            quantity=quantity,
            subject=subject,
            guess=float(grid.value(start)),
            grid_words=grid_words,
            monotone=monotone,
            reach=reach,
            lower_ends=lower_ends,
            seconds=seconds,
        )

    kept = _telling_witnesses(first_shuffle, budget)

    def evaluate(number: int, effort: int) -> Bounds:
        shuffle = shuffle_at(grid.value(number))
        if not budget.delta:
            return shuffle.epsilon(delta=0)
        curve = shuffle.curve()
        if kept and isinstance(curve, PairCurve):
            lower = tuple(curve.pairs.lower[i] for i in kept)
            curve = PairCurve(replace(curve.pairs, lower=lower))
        return curve.delta(epsilon=budget.epsilon, relative_width=widths[effort])

    efforts: tuple[int, ...] = (1,)
    widths: tuple[str, ...] = _WIDTHS
    if budget.delta:
        first = evaluate(start, 0)
        efforts = (0, 1, 2) if first.upper_value == first.lower_value else (0, 1)
        if first.upper > _APART * first.lower:
            widths = _WIDTHS_APART
    found = find(
        Question(
            grid=grid,
            evaluate=evaluate,
            level=budget.delta or budget.epsilon,
            is_delta=bool(budget.delta),
            safe_efforts=efforts,
            unsafe_efforts=efforts if lower_ends else (),
            widths=tuple(map(float, widths)) if budget.delta else (math.inf,) * len(widths),
            closeness=_CLOSE if budget.delta else 0.0,
            start=start,
            most=24 if budget.delta else 100,
            seconds=seconds,
            is_monotone=reach is not Reach.NONE,
        )
    )
    return Calibration.of(
        found,
        grid,
        quantity=quantity,
        subject=subject,
        budget=budget,
        grid_words=grid_words,
        monotone=monotone,
        reach=reach,
    )


def _telling_witnesses(shuffle: Shuffle, budget: Budget) -> tuple[int, ...]:
    """Choose those of many witnesses that promise most; none where they are few. Each one is sound."""
    curve = shuffle.curve()
    if not budget.delta or not isinstance(curve, PairCurve) or len(curve.pairs.lower) <= _MANY_WITNESSES:
        return ()
    best = ranked(curve.pairs.lower, Factor.exp(budget.epsilon))[:_KEPT_WITNESSES]
    return tuple(curve.pairs.lower.index(pair) for pair in best)


def _better_guess(
    shuffle_at: Callable[[ExactLike], Shuffle], grid: Grid, budget: Budget, guess: float
) -> float:
    """Guess the answer for binary response, and for two sums of it, whose analyses take their time, by that for three values."""

    def cheap(number: int) -> Shuffle | None:
        shuffle = shuffle_at(grid.value(number))
        match shuffle.randomizer:
            case KaryRandomizedResponse(values=2, factor=factor):
                return Shuffle(KaryRandomizedResponse.with_factor(3, factor), users=shuffle.users)
            case SymmetricUnary(release="sums", factor=factor):
                return Shuffle(
                    KaryRandomizedResponse.with_factor(3, factor), users=max(shuffle.users // 2, 2)
                )
            case _:
                return None

    if not budget.delta or cheap(grid.nearest(guess)) is None:
        return guess

    def evaluate(number: int, _: int) -> Bounds:
        shuffle = cheap(number)
        if shuffle is None:
            raise ArithmeticError("the kind of randomizer does not vary")
        return shuffle.delta(epsilon=budget.epsilon, relative_width=_WIDTHS[0])

    found = find(
        Question(
            grid=grid,
            evaluate=evaluate,
            level=budget.delta,
            safe_efforts=(1,),
            unsafe_efforts=(),
            widths=(math.inf, math.inf),
            closeness=0.01,
            start=grid.nearest(guess),
        )
    )
    return guess if found.safe is None else float(grid.value(found.safe[0]))


def users_near(randomizer: Randomizer, budget: Budget) -> float:
    """About the batch at which randomized response of this epsilon0, or Gaussian noise, meets the budget."""
    if isinstance(randomizer, GaussianNoise):
        return max(spread_square(budget) * math.expm1(min(1 / float(randomizer.sigma) ** 2, 40.0)), 2.0)
    factor = randomizer.local_factor()
    if factor is None:
        return 1000.0
    return spread_square(budget) * math.exp(min(float(factor.log().mid()), 40.0))


def epsilon0_near(users: int, budget: Budget) -> float:
    """About the epsilon0 at which randomized response among so many users meets the budget."""
    local = math.log1p(users / spread_square(budget))
    return max(local, 2.0 * float(budget.epsilon), 1e-9)


def spread_square(budget: Budget) -> float:
    """About ``n / e^epsilon0`` at which shuffled randomized response meets the budget."""
    epsilon = max(float(budget.epsilon), 1e-6)
    delta = max(float(budget.delta), 1e-300)
    return 2.0 * math.log(4.0 / delta) / epsilon**2

"""A whole deployment: all sizes by one factor, or one shuffler's; epsilon0 likewise."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction

from ..claims import relies_on
from ..composition.concurrent import ConcurrentShuffles
from ..composition.quick import QuickTotal
from ..curves.bounds import Bounds
from ..errors import NotCoveredError, ParameterError
from ..model import Deployment
from ..model.relation import nearest
from ..numerics.exact import LARGEST_COUNT, LARGEST_EPSILON
from ..randomizers import Randomizer
from ..shuffle import Shuffle
from .grid import DIGITS, FACTOR_DIGITS, LEAST_EPSILON0, Counts, Falling, Grid, Rising
from .result import Calibration, Quantity
from .search import Found, Question, find
from .single import epsilon0_near, solve_one, spread_square, users_near, with_epsilon0

__all__ = ["solve_epsilon0", "solve_users"]

_CLOSE = 2e-3
_MOST = 5


@relies_on("monotone-users", "adaptive-composition")
def solve_users(
    deployment: Deployment,
    *,
    shuffler: str | None = None,
    lower_ends: bool = True,
    seconds: float = math.inf,
) -> Calibration:
    """Find the fewest users with whom a deployment is certified to stay within its budget.

    Args:
        deployment: what is deployed.
        shuffler: the name of the one shuffler whose size varies; None scales the sizes of all by one factor, rounded up,
            never below 2. With a single shuffler its size itself is solved for, as ``smallest_batch`` does.
        lower_ends: look for a value certified not to be safe, too. False is faster.
        seconds: time after which the search stops; the answer is then certified as always, but less close.

    Returns:
        ``safe`` is certified by an upper end of its own, ``unsafe`` by one data set for all shufflers; by monotone-users,
        batch by batch, everything on either side follows. With several shufflers both are found to a few parts in a
        thousand, on a coarse grid.

    Raises:
        ParameterError: there is no shuffler of this name.
        NotCoveredError: no proved claim covers a randomizer.
    """
    chosen = _position(deployment, shuffler)
    shuffles = [named.shuffle for named in deployment.shufflers]
    if chosen is not None:
        own = shuffles[chosen]
        subject = (
            own.randomizer.describe()
            if len(shuffles) == 1
            else f"shuffler {deployment.shufflers[chosen].name}"
        )
        if len(shuffles) == 1:
            return solve_one(
                lambda users: Shuffle(own.randomizer, users=users),
                Counts(),
                budget=deployment.budget,
                quantity=Quantity.USERS,
                subject=subject,
                guess=users_near(own.randomizer, deployment.budget),
                grid_words=f"whole numbers from 2 to {LARGEST_COUNT:,}",
                monotone="monotone-users",
                lower_ends=lower_ends,
                seconds=seconds,
            )
        return _solve_together(
            deployment,
            lambda value: _with_one(shuffles, chosen, Shuffle(own.randomizer, users=value)),
            Counts(),
            quantity=Quantity.USERS,
            subject=subject,
            guess=users_near(own.randomizer, deployment.budget) / _left_to(chosen, deployment),
            grid_words=f"whole numbers from 2 to {LARGEST_COUNT:,}",
            monotone="monotone-users",
            lower_ends=lower_ends,
            seconds=seconds,
        )
    largest = max(shuffle.users for shuffle in shuffles)

    def scaled(factor: int | Fraction) -> list[Shuffle]:
        return [
            Shuffle(shuffle.randomizer, users=max(math.ceil(shuffle.users * factor), 2))
            for shuffle in shuffles
        ]

    return _solve_together(
        deployment,
        scaled,
        Rising(Fraction(1, largest), Fraction(LARGEST_COUNT, largest)),
        quantity=Quantity.USERS_FACTOR,
        subject=f"{len(shuffles)} shufflers",
        guess=sum(_shares(deployment)),
        grid_words=f"decimals of {FACTOR_DIGITS} significant digits",
        monotone="monotone-users",
        lower_ends=lower_ends,
        seconds=seconds,
    )


@relies_on("monotone-epsilon0", "adaptive-composition")
def solve_epsilon0(
    deployment: Deployment,
    *,
    shuffler: str | None = None,
    lower_ends: bool = True,
    seconds: float = math.inf,
) -> Calibration:
    """Find the largest epsilon0 with which a deployment is certified to stay within its budget.

    Args:
        deployment: what is deployed.
        shuffler: the name of the one shuffler whose epsilon0 varies; None multiplies the epsilon0 of all by one factor. With
            a single shuffler its epsilon0 itself is solved for, as ``largest_epsilon0`` does.
        lower_ends: as for ``solve_users``.
        seconds: as for ``solve_users``.

    Returns:
        As ``solve_users``, by monotone-epsilon0.

    Raises:
        ParameterError: there is no shuffler of this name.
        NotCoveredError: a randomizer whose loss is not proved to rise with epsilon0, or one declared by ``keep`` among
            several that are to be scaled.
    """
    chosen = _position(deployment, shuffler)
    shuffles = [named.shuffle for named in deployment.shufflers]
    if chosen is not None:
        own = shuffles[chosen]
        with_epsilon0(own.randomizer, 1)
        users, budget = own.users, deployment.budget
        if len(shuffles) == 1:
            return solve_one(
                lambda value: Shuffle(with_epsilon0(own.randomizer, value), users=users),
                Falling(),
                budget=budget,
                quantity=Quantity.EPSILON0,
                subject=f"{own.randomizer.kind} among {users:,} users",
                guess=epsilon0_near(users, budget),
                grid_words=f"decimals of {DIGITS} significant digits",
                monotone="monotone-epsilon0",
                lower_ends=lower_ends,
                seconds=seconds,
            )
        return _solve_together(
            deployment,
            lambda value: _with_one(
                shuffles, chosen, Shuffle(with_epsilon0(own.randomizer, value), users=users)
            ),
            Falling(),
            quantity=Quantity.EPSILON0,
            subject=f"shuffler {deployment.shufflers[chosen].name}",
            guess=epsilon0_near(math.ceil(users * _left_to(chosen, deployment)), budget),
            grid_words=f"decimals of {DIGITS} significant digits",
            monotone="monotone-epsilon0",
            lower_ends=lower_ends,
            seconds=seconds,
        )
    exponents = [_exponent(named.name, named.shuffle.randomizer) for named in deployment.shufflers]
    largest, least = max(exponents), min(exponents)

    def scaled(factor: int | Fraction) -> list[Shuffle]:
        return [
            Shuffle(with_epsilon0(shuffle.randomizer, exponent * factor), users=shuffle.users)
            for shuffle, exponent in zip(shuffles, exponents, strict=True)
        ]

    return _solve_together(
        deployment,
        scaled,
        Falling(
            least=LEAST_EPSILON0 / least,
            most=LARGEST_EPSILON / largest,
            scale=float(largest),
            digits=FACTOR_DIGITS,
        ),
        quantity=Quantity.EPSILON0_FACTOR,
        subject=f"{len(shuffles)} shufflers",
        guess=_factor_near(deployment, exponents),
        grid_words=f"decimals of {FACTOR_DIGITS} significant digits",
        monotone="monotone-epsilon0",
        lower_ends=lower_ends,
        seconds=seconds,
    )


def _shares(deployment: Deployment) -> list[float]:
    """About the share of the budget that each shuffler spends: squares of spreads add, and each falls like 1/users."""
    return [
        users_near(named.shuffle.randomizer, deployment.budget) / named.shuffle.users
        for named in deployment.shufflers
    ]


def _left_to(chosen: int, deployment: Deployment) -> float:
    """About the share of the budget that all but one shuffler leave."""
    return max(1.0 - sum(share for i, share in enumerate(_shares(deployment)) if i != chosen), 0.01)


def _factor_near(deployment: Deployment, exponents: Sequence[Fraction]) -> float:
    """About the factor on all epsilon0 at which the budget is spent, by bisection."""
    square = spread_square(deployment.budget)
    low, high = 0.0, 64.0
    for _ in range(40):
        middle = (low + high) / 2
        spent = sum(
            square * math.exp(min(float(each) * middle, 300.0)) / named.shuffle.users
            for each, named in zip(exponents, deployment.shufflers, strict=True)
        )
        low, high = (middle, high) if spent < 1.0 else (low, middle)
    return high


def _solve_together(
    deployment: Deployment,
    shuffles_at: Callable[[int | Fraction], list[Shuffle]],
    grid: Grid,
    *,
    quantity: Quantity,
    subject: str,
    guess: float,
    grid_words: str,
    monotone: str,
    lower_ends: bool,
    seconds: float,
) -> Calibration:
    """Search with totals from above, then certify both values, the unsafe one by a data set for all shufflers."""
    budget, inputs = deployment.budget, deployment.inputs.value

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
    )


def _position(deployment: Deployment, shuffler: str | None) -> int | None:
    """Return the index of the shuffler that varies, or None for all of several."""
    if deployment.reused:
        raise NotCoveredError(
            f"shuffler {deployment.reused[0].name} declares fresh = false: what a re-used report loses does not depend on the"
            " sizes of the batches but on who is in exactly the same ones. Solve for a deployment with fresh randomness"
        )
    names = [named.name for named in deployment.shufflers]
    if shuffler is None:
        return 0 if len(names) == 1 else None
    if shuffler not in names:
        remedy = nearest(shuffler, names) or f"Shufflers: {', '.join(names[:10])}"
        raise ParameterError("shuffler", "must be the name of a shuffler of the deployment", shuffler, remedy)
    return names.index(shuffler)


def _with_one(shuffles: list[Shuffle], position: int, other: Shuffle) -> list[Shuffle]:
    return [*shuffles[:position], other, *shuffles[position + 1 :]]


def _exponent(name: str, randomizer: Randomizer) -> Fraction:
    with_epsilon0(randomizer, 1)
    factor = randomizer.local_factor()
    if factor is None or factor.exponent is None:
        raise NotCoveredError(
            f"shuffler {name} is declared by keep, which has no exact epsilon0 to multiply; write epsilon0"
        )
    return factor.exponent

"""A whole deployment: all sizes by one factor, or one shuffler's; epsilon0 likewise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from ..claims import relies_on
from ..errors import NotCoveredError, ParameterError
from ..model import Deployment
from ..model.kinds import written_randomizer
from ..model.relation import nearest
from ..numerics.exact import LARGEST_COUNT, LARGEST_EPSILON
from ..randomizers import Randomizer
from ..shuffle import Shuffle
from .grid import DIGITS, FACTOR_DIGITS, LEAST_EPSILON0, Counts, Falling, Rising
from .result import Calibration, Quantity
from .single import epsilon0_near, solve_one, spread_square, users_near
from .together import solve_together
from .vary import family, reach_of, with_epsilon0

__all__ = ["solve_epsilon0", "solve_users"]


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
        return solve_together(
            lambda value: _with_one(shuffles, chosen, Shuffle(own.randomizer, users=value)),
            Counts(),
            budget=deployment.budget,
            inputs=deployment.inputs.value,
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

    return solve_together(
        scaled,
        Rising(Fraction(1, largest), Fraction(LARGEST_COUNT, largest)),
        budget=deployment.budget,
        inputs=deployment.inputs.value,
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
        As ``solve_users``, by monotone-epsilon0; what follows for other values is in ``reach``.

    Raises:
        ParameterError: there is no shuffler of this name.
        NotCoveredError: a randomizer that varies has no epsilon0, or is declared by ``keep`` or ``decay`` among several that
            are to be scaled.
    """
    chosen = _position(deployment, shuffler)
    shuffles = [named.shuffle for named in deployment.shufflers]
    if chosen is not None:
        own = shuffles[chosen]
        users, budget, reach = own.users, deployment.budget, reach_of(with_epsilon0(own.randomizer, 1))
        if len(shuffles) == 1:
            return solve_one(
                lambda value: Shuffle(with_epsilon0(own.randomizer, value), users=users),
                Falling(),
                budget=budget,
                quantity=Quantity.EPSILON0,
                subject=f"{family(with_epsilon0(own.randomizer, 1))} among {users:,} users",
                guess=epsilon0_near(users, budget),
                grid_words=f"decimals of {DIGITS} significant digits",
                monotone="monotone-epsilon0",
                reach=reach,
                lower_ends=lower_ends,
                seconds=seconds,
            )
        return solve_together(
            lambda value: _with_one(
                shuffles, chosen, Shuffle(with_epsilon0(own.randomizer, value), users=users)
            ),
            Falling(),
            budget=deployment.budget,
            inputs=deployment.inputs.value,
            quantity=Quantity.EPSILON0,
            subject=f"shuffler {deployment.shufflers[chosen].name}",
            guess=epsilon0_near(math.ceil(users * _left_to(chosen, deployment)), budget),
            grid_words=f"decimals of {DIGITS} significant digits",
            monotone="monotone-epsilon0",
            reach=reach,
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

    return solve_together(
        scaled,
        Falling(
            least=LEAST_EPSILON0 / least,
            most=LARGEST_EPSILON / largest,
            scale=float(largest),
            digits=FACTOR_DIGITS,
        ),
        budget=deployment.budget,
        inputs=deployment.inputs.value,
        quantity=Quantity.EPSILON0_FACTOR,
        subject=f"{len(shuffles)} shufflers",
        guess=_factor_near(deployment, exponents),
        grid_words=f"decimals of {FACTOR_DIGITS} significant digits",
        monotone="monotone-epsilon0",
        reach=reach_of(*(shuffle.randomizer for shuffle in shuffles)),
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
    declared = written_randomizer(randomizer).get("epsilon0")
    if not isinstance(declared, Fraction):
        raise NotCoveredError(
            f"shuffler {name} is declared by keep or decay, which has no exact epsilon0 to multiply; write epsilon0"
        )
    return declared

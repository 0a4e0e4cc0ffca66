"""The Renyi filter: adversaries who choose sizes, data sets and randomizers after each release, in fractions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from math import isqrt
from typing import TypeAlias

import sympy

import accounting as csa
from accounting.curves.renyi import renyi_upper
from accounting.ledger import RenyiBudget
from accounting.ledger.units import nats, units_at_least
from accounting.numerics.ball import ball, exact_lower, precision
from accounting.numerics.factor import Factor
from proofs.exhaustive.exact_curves import ExactPair, pairs_of_shuffle
from proofs.exhaustive.small_channels import Channel
from proofs.reference.filter import Choice, worst_excess
from proofs.reference.shuffle_enumeration import kary_response, released_law

from .check import CheckFailedError, Evidence, checks

Menu: TypeAlias = Sequence[tuple[Fraction, tuple[ExactPair, ...]]]
"""What may be released in one step: ``e^((a-1) r)`` of the charge r, and the laws of all neighbouring data sets."""

DELTAS = tuple(map(Fraction, ("1/100", "1/20", "1/7", "1/4", "1/2", "3/4")))
_ROOT = 10**18

EVEN: Channel = tuple(map(tuple, kary_response(2, Fraction(9, 10))))
UNEVEN: Channel = ((Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 8), Fraction(7, 8)))
SKEWED: Channel = ((Fraction(3, 4), Fraction(1, 4)), (Fraction(63, 64), Fraction(1, 64)))
"""At order 2 the loss of the rare message is near the one at which the conversion is sharp."""

THIRDS: Channel = tuple(tuple(Fraction(entry, 12) for entry in row) for row in ((8, 3, 1), (1, 2, 9)))


def constant(order: int) -> Fraction:
    """The constant c of the statement: ``(1/a)(1 - 1/a)^(a-1)``."""
    return Fraction(1, order) * (1 - Fraction(1, order)) ** (order - 1)


@checks("renyi-filter", evidence=Evidence.SYMBOLIC)
def constant_is_the_largest_value() -> int:
    """For every order a > 1: (1 - v) v^(a-1) on (0, 1) is largest at 1 - 1/a, where it is c; its logarithm is concave. And c as it is used at the orders 2 to 20."""
    b, v = sympy.symbols("b v", positive=True)  # b = a - 1
    logarithm = sympy.log(1 - v) + b * sympy.log(v)
    top = b / (b + 1)
    claimed = sympy.log(1 / (b + 1)) + b * sympy.log(top)
    bend = (
        sympy.diff(logarithm, v, 2) + b / v**2 + 1 / (1 - v) ** 2
    )  # 0: so the second derivative is negative
    for name, expression in (
        ("derivative", sympy.diff(logarithm, v).subs(v, top)),
        ("value", logarithm.subs(v, top) - claimed),
        ("second derivative", bend),
    ):
        if sympy.simplify(sympy.expand_log(sympy.simplify(expression), force=True)) != 0:
            raise CheckFailedError(f"{name}: {expression} is not 0")
    for order in range(2, 21):
        used, found = constant(order), sympy.exp(claimed.subs(b, order - 1))
        if sympy.simplify(found - sympy.Rational(used.numerator, used.denominator)) != 0:
            raise CheckFailedError(f"order {order}: c is {found}, not {used}")
    return 22


# ---------------------------------------------------------------- the two parts, for integer orders


def moment(pair: ExactPair, order: int) -> Fraction:
    """``sum p^a q^(1-a)``; every outcome is possible under both laws."""
    return sum((Fraction(p**order, q ** (order - 1)) for p, q in pair.atoms), Fraction(0)) / pair.scale


def menu(channels: Sequence[Channel], sizes: Sequence[int], order: int) -> Menu:
    """Each randomizer and size with its charge, the largest moment over all data sets and both orders."""
    found = []
    for channel in channels:
        for users in sizes:
            pairs = tuple(dict.fromkeys(pair for _, _, pair in pairs_of_shuffle(channel, users)))
            found.append((max(moment(pair, order) for pair in pairs), pairs))
    return found


def most_lost(
    menus: Sequence[Menu], worth: Callable[[Fraction, Fraction, Fraction], Fraction], limit: Fraction | None
) -> Fraction:
    """Return the largest sum of ``worth(P(y), Q(y), e^((a-1) s(y)))`` over transcripts y, over all adversaries.

    In each step an adversary picks one of the menu's laws, or nothing, after all earlier releases. A choice with which
    ``e^((a-1) s)`` would exceed the limit is refused.
    """

    @cache
    def best(p: Fraction, q: Fraction, spent: Fraction, step: int) -> Fraction:
        if step == len(menus):
            return worth(p, q, spent)
        most = best(p, q, spent, step + 1)
        for charge, pairs in menus[step]:
            if limit is not None and spent * charge > limit:
                continue
            for pair in pairs:
                values = (
                    best(p * u / pair.scale, q * v / pair.scale, spent * charge, step + 1)
                    for u, v in pair.atoms
                )
                most = max(most, sum(values, Fraction(0)))
        return most

    return best(Fraction(1), Fraction(1), Fraction(1), 0)


def root_below(value: Fraction, degree: int) -> Fraction:
    """A rational at most the root; exact for degree 1, and within 1e-18 of it for 2."""
    if degree == 1:
        return value
    scaled = value.numerator * _ROOT**2 // value.denominator
    return Fraction(isqrt(scaled), _ROOT)


def _menus(order: int, steps: int) -> list[Menu]:
    every = [
        menu((SKEWED, EVEN), (1, 2), order),
        menu((UNEVEN, THIRDS, SKEWED), (2,), order),
        menu((UNEVEN,), (2, 3), order),
    ]
    return every[:steps]


def _part_one(order: int, steps: int) -> int:
    menus = _menus(order, steps)
    largest = Fraction(0)
    for delta in DELTAS:

        def worth(p: Fraction, q: Fraction, spent: Fraction, delta: Fraction = delta) -> Fraction:
            if spent == 1:
                return p - q  # nothing was released: e(0) = 0
            return max(Fraction(0), p - root_below(spent * constant(order) / delta, order - 1) * q)

        lost = most_lost(menus, worth, None)
        if lost > delta:
            raise CheckFailedError(f"order {order}, delta = {delta}: some adversary gets {lost}")
        largest = max(largest, lost / delta)
    if largest < Fraction(3, 4):
        raise CheckFailedError(
            f"order {order}: {float(largest)} of delta is used at most: a slip would not show"
        )
    return len(DELTAS)


@checks("renyi-filter", evidence=Evidence.EXHAUSTIVE, units=[(2, 2), (3, 2)])
def no_adversary_gets_more_than_delta(order: int, steps: int) -> int:
    """Part 1 at the orders 2 and 3: all adversaries with 2 releases of 1 to 3 users, who choose size, randomizer and data set; 6 deltas."""
    return _part_one(order, steps)


@checks("renyi-filter", evidence=Evidence.EXHAUSTIVE, units=[(2, 3), (3, 3)], deep=True)
def no_adversary_gets_more_than_delta_in_three_steps(order: int, steps: int) -> int:
    """Part 1 at the orders 2 and 3: all adversaries with 3 releases of 1 to 3 users, who choose size, randomizer and data set; 6 deltas."""
    return _part_one(order, steps)


def _part_two(order: int, steps: int) -> int:
    menus = _menus(order, steps)
    charges = sorted(charge for charge, _ in menus[0])
    count = 0
    for delta in DELTAS:
        for affordable in (charges[0], charges[-1], charges[0] * menus[1][0][0]):
            power = affordable * constant(order) / delta  # alpha^(a-1), so that just this much may be spent
            alpha = root_below(power, order - 1)
            if alpha < 1:
                continue  # not a budget: epsilon would be negative

            def worth(p: Fraction, q: Fraction, _: Fraction, alpha: Fraction = alpha) -> Fraction:
                return max(Fraction(0), p - alpha * q)

            lost = most_lost(menus, worth, affordable)
            if lost > delta:
                raise CheckFailedError(
                    f"order {order}, delta = {delta}, alpha = {alpha}: some adversary gets {lost}"
                )
            count += 1
    return count


@checks("renyi-filter", evidence=Evidence.EXHAUSTIVE, units=[(2, 2), (3, 2)])
def no_adversary_leaves_the_budget(order: int, steps: int) -> int:
    """Part 2 at the orders 2 and 3: all adversaries with 2 releases that the filter lets pass; 6 deltas, up to 3 budgets each."""
    return _part_two(order, steps)


@checks("renyi-filter", evidence=Evidence.EXHAUSTIVE, units=[(2, 3), (3, 3)], deep=True)
def no_adversary_leaves_the_budget_in_three_steps(order: int, steps: int) -> int:
    """Part 2 at the orders 2 and 3: all adversaries with 3 releases that the filter lets pass; 6 deltas, up to 3 budgets each."""
    return _part_two(order, steps)


# ---------------------------------------------------------------- the code


@checks("renyi-filter", evidence=Evidence.PROPERTY)
def code_converts_what_was_spent() -> int:
    """The code's epsilon of what was spent: never below the statement's, and at most 1e-12 above; 5 orders, 6 deltas, 3 charges."""
    count = 0
    grain = Fraction(1, 10**12)
    for order in (2, 3, 6, 20, 100):
        for delta in DELTAS:
            budget = RenyiBudget(epsilon=300, delta=delta, order=order)
            for spent in (
                units_at_least(Fraction(1, 10)),
                units_at_least(Fraction(2)),
                units_at_least(Fraction(50)),
            ):
                epsilon, power = budget.epsilon_of(spent), Factor.of(constant(order) / delta)
                above, below = (
                    Factor.exp((order - 1) * (end - nats(spent))).at_least(power)
                    for end in (epsilon, epsilon - grain)
                )
                if not above or (below and epsilon > 0):
                    raise CheckFailedError(
                        f"order {order}, delta = {delta}, spent {float(nats(spent))}: {float(epsilon)}"
                    )
                count += 1
    return count


def charged(keep: Fraction, sizes: Sequence[int], order: Fraction) -> list[Choice]:
    """Every size and every pair of neighbouring data sets of binary response, with the code's charge."""
    channel = kary_response(2, keep)
    found: list[Choice] = []
    for users in sizes:
        divergence = renyi_upper(csa.Shuffle(csa.BinaryRandomizedResponse(keep=keep), users).curve(), order)
        if divergence is None:
            raise CheckFailedError(f"keep {keep}, {users} users: no charge")
        for ones in range(users):
            others = (1,) * ones + (0,) * (users - 1 - ones)
            first, second = (released_law(channel, (value, *others)) for value in (0, 1))
            charge = units_at_least(divergence)
            found += [(charge, first, second), (charge, second, first)]
    return found


@checks(
    "renyi-filter",
    evidence=Evidence.PROPERTY,
    units=[("4", "1/8", "9/10"), ("8", "1/16", "97/100"), ("13/10", "1/2", "99/100")],
)
def code_charges_enough(order: str, delta: str, keep: str) -> int:
    """The code's charges and its epsilon against all adversaries with two releases of 2 to 5 users of binary response; 3 budgets."""
    budget = RenyiBudget(epsilon=250, delta=Fraction(delta), order=Fraction(order))
    menus = [charged(Fraction(keep), sizes, budget.order) for sizes in ((2, 3, 5), (2, 4))]

    def factor(spent: int) -> Fraction:
        with precision(128):
            return exact_lower(ball(budget.epsilon_of(spent)).exp())

    lost = worst_excess(menus, factor)
    if not 0 < lost <= budget.delta:
        raise CheckFailedError(
            f"order {order}, keep {keep}: some adversary gets {float(lost)}, delta is {delta}"
        )
    return len(menus[0]) * len(menus[1])

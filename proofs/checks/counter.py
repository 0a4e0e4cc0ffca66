"""Checks of the counter: what its code loses on all of its randomness, and how often its errors exceed their bounds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from accounting.counter import Estimator, Plan
from accounting.counter.law import ErrorLaw
from accounting.counter.tree import Node, Tree, count_estimate, noise_variance
from proofs.exhaustive.counter import (
    ALPHAS,
    BOTH,
    CLOSINGS,
    PLANS,
    STREAMS,
    Row,
    all_neighbours,
    lost_messages,
    reacting,
    small_plan,
    streams,
    three_levels,
)
from proofs.reference.counts import convolved

from .check import CheckFailedError, Evidence, checks

__all__ = [
    "code_loses_what_is_certified",
    "errors_over_all_noise",
    "reactions_lose_no_more",
    "steps_by_convolution",
]

_QUICK = ("k=1, 2 users", "k=1, two steps, p = 1/4", "k=1, values between steps", "k=2, 2 and 4 users")
_CONFIDENCES = tuple(map(Fraction, ("1/2", "9/10", "99/100", "9999/10000")))


# ---------------------------------------------------------------- privacy


def _checked(row: Row) -> int:
    if row.wrong:
        raise CheckFailedError(
            f"{row.name}: {row.wrong} of {row.pairs} pairs lose other than their batches, or more than certified; "
            f"at alpha = 2 the worst loses {row.worst}, exact {row.exact}, certified {row.upper}"
        )
    return row.pairs * len(ALPHAS)


@checks("counter-privacy", evidence=Evidence.EXHAUSTIVE, units=[(name,) for name in _QUICK])
def code_loses_what_is_certified(name: str) -> int:
    """Every outcome of the counter's code, for every pair of neighbouring inputs: what its batches lose, and within the upper end."""
    return _checked(all_neighbours(name, *PLANS[name]))


@checks(
    "counter-privacy", evidence=Evidence.EXHAUSTIVE,
    units=[*((name,) for name in PLANS if name not in _QUICK), ("three levels",)], deep=True,
)  # fmt: skip
def larger_plans_lose_what_is_certified(name: str) -> int:
    """The same for more levels, steps and absent users."""
    if name == "three levels":
        return _checked(three_levels(name, range(1, 9)))
    return _checked(all_neighbours(name, *PLANS[name]))


@checks("counter-privacy", evidence=Evidence.EXHAUSTIVE, units=[(closing, 5) for closing in CLOSINGS])
def reactions_lose_no_more(closing: str, users: int) -> int:
    """Closing rules and inputs that react to releases, lost and absent users: all targets, within the upper end."""
    return sum(
        _checked(reacting(f"{closing}, {name}", BOTH, users, CLOSINGS[closing], streams(react)))
        for name, react in STREAMS.items()
    )


@checks("counter-privacy", evidence=Evidence.EXHAUSTIVE, units=[(5,)])
def lost_messages_lose_no_more(users: int) -> int:
    """One user's messages to one level get lost: all users, levels and targets."""
    return _checked(lost_messages("lost messages", BOTH, users))


@checks("counter-privacy", evidence=Evidence.EXHAUSTIVE, units=[(name,) for name in CLOSINGS], deep=True)
def reactions_of_more_users_lose_no_more(closing: str) -> int:
    """The same reactions with seven users."""
    return reactions_lose_no_more(closing, 7)


# ---------------------------------------------------------------- errors

_ERROR_PLANS: dict[str, tuple[Plan, int, Fraction]] = {
    "one level": (small_plan((2, 2, "1/3")), 7, Fraction(1)),
    "two levels": (small_plan((2, 1, "1/2"), (4, 1, "1/4")), 9, Fraction(0)),
    "ratio three": (small_plan((2, 1, "1/2"), (6, 1, "1/2")), 7, Fraction(1)),
    "between steps": (small_plan((2, 1, "1/2"), steps=2), 5, Fraction(1, 4)),
}
"""Name: plan, users, the value that all of them hold."""


@checks(
    "counter-error", evidence=Evidence.EXHAUSTIVE,
    units=[(name, estimator.value) for name in _ERROR_PLANS for estimator in Estimator],
)  # fmt: skip
def errors_over_all_noise(name: str, estimator: str) -> int:
    """All counts of small plans: how often the largest error and that of each step exceed their bounds, and the variance of each step."""
    plan, users, value = _ERROR_PLANS[name]
    plan = Plan(plan.levels, users=users, epsilon=9, delta="1e-3")
    law = ErrorLaw(plan, Estimator(estimator), rounded=(value * plan.steps).denominator > 1)
    bounds = {c: law.bound(c) for c in _CONFIDENCES}
    widths = {(c, t): law.half_width(t, c) for c in _CONFIDENCES for t in range(1, users + 1)}
    above: dict[object, Fraction] = dict.fromkeys([*bounds, *widths], Fraction(0))
    squares = [0.0] * users
    for errors, chance in _errors(plan, Estimator(estimator), value):
        largest = max(map(abs, errors))
        for c, bound in bounds.items():
            above[c] += chance if largest > bound else 0
        for (c, t), width in widths.items():
            above[c, t] += chance if abs(errors[t - 1]) > width else 0
        for t, error in enumerate(errors, 1):
            squares[t - 1] += float(chance) * (error - law.hidden(t) * (0.5 - float(value))) ** 2
    for place, share in above.items():
        confidence = place[0] if isinstance(place, tuple) else place
        if share > 1 - confidence:  # type: ignore[operator]
            raise CheckFailedError(f"{name}, {estimator}: {place} is exceeded with probability {share}")
    for t, square in enumerate(squares, 1):
        if not law.rounds and not math.isclose(square, law.variance(t), rel_tol=1e-9, abs_tol=1e-12):
            raise CheckFailedError(f"{name}, {estimator}, step {t}: variance {square}, law {law.variance(t)}")
    return len(above) + users


def _errors(plan: Plan, estimator: Estimator, value: Fraction) -> Iterator[tuple[list[float], Fraction]]:
    """Go through the counts of all batches within the horizon; yield the errors of all steps and their probability."""
    closings = [
        (t, place)
        for t in range(1, plan.users + 1)
        for place, level in enumerate(plan.levels, 1)
        if t % level.batch == 0
    ]
    laws = []
    for _, place in closings:
        level = plan.levels[place - 1]
        whole, rest = divmod(value * plan.steps, 1)
        coins = [level.randomizer.p] * (level.batch * level.randomizer.bits) + [rest] * (
            level.batch if rest else 0
        )
        laws.append(list(convolved(coins, int(whole) * level.batch).items()))
    for counts in product(*laws):
        chance = math.prod((mass for _, mass in counts), start=Fraction(1))
        tree, past, covered, errors, done = Tree(len(plan.levels), estimator), 0.0, 0, [], 0
        for t in range(1, plan.users + 1):
            while done < len(closings) and closings[done][0] == t:
                place, ((ones,), _) = closings[done][1], counts[done]
                level = plan.levels[place - 1]
                own = count_estimate(level.randomizer, level.batch, ones, level.batch)
                tree.close(place, Node(own, noise_variance(level.randomizer, level.batch)))
                past, covered, done = tree.past().value, t, done + 1
            errors.append(past + 0.5 * (t - covered) - float(value * t))
        yield errors, chance


_THREE = small_plan((3, 4, "1/2"), (12, 1, "3/8"), (48, 1, "1/8"))


@checks(
    "counter-error", evidence=Evidence.PROPERTY, units=[(begin, begin + 15) for begin in range(1, 100, 15)]
)
def steps_by_convolution(first: int, last: int) -> int:
    """Three levels, plain: the exact probability that a step's noise exceeds what the half width leaves it, at all steps."""
    law, cases = ErrorLaw(_THREE, Estimator.PLAIN), 0
    for t in range(first, min(last, _THREE.users + 1)):
        masses, mean = _noise(law, t)
        for confidence in _CONFIDENCES:
            limit = Fraction(law.half_width(t, confidence)) - Fraction(law.hidden(t), 2)
            exceeds = sum((m for count, m in masses.items() if abs(count - mean) > limit), Fraction(0))
            if exceeds > 1 - confidence:
                raise CheckFailedError(
                    f"step {t}: noise above {float(limit)} with probability {float(exceeds)}"
                )
            cases += 1
    return cases


def _noise(law: ErrorLaw, step: int) -> tuple[dict[int, Fraction], Fraction]:
    """Return the law of the noise bits' count after a step, by convolution, and its mean."""
    found, mean = {0: Fraction(1)}, Fraction(0)
    for batches, level in zip(law.digits(step), law.plan.levels, strict=True):
        trials, p = batches * level.batch * level.randomizer.bits, level.randomizer.p
        weights = [
            math.comb(trials, ones) * p**ones * (1 - p) ** (trials - ones) for ones in range(trials + 1)
        ]
        grown: dict[int, Fraction] = {}
        for count, mass in found.items():
            for ones, weight in enumerate(weights):
                grown[count + ones] = grown.get(count + ones, Fraction(0)) + mass * weight
        found, mean = grown, mean + trials * p
    return found, mean

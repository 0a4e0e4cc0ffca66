"""The bandit's transcripts at toy size, by running its code on all of its randomness."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import numpy as np

import accounting as csa
from accounting.bandits import learner
from proofs.exhaustive import bandit as exhaustive

from .check import CheckFailedError, Evidence, checks

__all__ = [
    "actions_of_two_levels_lose_what_batches_lose",
    "errors_stay_within_widths",
    "noise_stays_within_its_bounds",
    "rewards_stay_within_their_radius",
    "transcripts_lose_what_is_certified",
]

F = Fraction
ALPHAS = tuple(map(F, ("1/2", "1", "3/2", "3", "10")))
WHOLE = (((1.0, 1.0), (-1.0, 1.0)), ((1.0, 1.0), (0.0, 0.0)))
TARGETS = (((1.0, 1.0), (-1.0, 1.0)), ((1.0, 0.5), (0.0, 0.0)))


def _best(
    first: dict[exhaustive.Transcript, Fraction],
    second: dict[exhaustive.Transcript, Fraction],
    alpha: Fraction,
) -> Fraction:
    return sum((max(chance - alpha * second.get(key, F(0)), F(0)) for key, chance in first.items()), F(0))


@checks("bandit-privacy", evidence=Evidence.EXHAUSTIVE, units=((10, 0, 0),))
@checks(
    "bandit-privacy",
    evidence=Evidence.EXHAUSTIVE,
    units=tuple(unit for unit in product((10, 12), (0, 1), (0, 1)) if unit != (10, 0, 0)),
    deep=True,
)
def transcripts_lose_what_is_certified(bits: int, pair: int, place: int) -> int:
    """Two users, one level, all outcomes: arms shown to others add nothing to the counts, and both orders are below the certificate."""
    plan = exhaustive.toy_plan(bits)
    shuffle = csa.Shuffle(plan.levels[0].randomizer, users=2)
    other = (0.5, 1.0)
    laws = []
    for target in TARGETS[pair]:
        users = [other, other]
        users[place] = target
        laws.append(exhaustive.transcript_law(plan, users, place))
    if exhaustive.arms_and_releases(laws[0]) < 2:
        raise CheckFailedError("the arms shown do not depend on the releases: nothing is checked")
    seen = 0
    for alpha, order in product(ALPHAS, (1, -1)):
        first, second = laws[::order]
        joint = _best(first, second, alpha)
        released = _best(exhaustive.releases_only(first), exhaustive.releases_only(second), alpha)
        most = shuffle.delta(alpha=alpha).upper
        if joint != released:
            raise CheckFailedError(
                f"alpha = {alpha}: arms and releases lose {float(joint)}, releases alone {float(released)}"
            )
        if joint > most:
            raise CheckFailedError(f"alpha = {alpha}: {float(joint)} is lost, {most} is certified")
        seen += 1
    return seen


@checks("bandit-privacy", evidence=Evidence.EXHAUSTIVE, units=((0, 0),))
@checks(
    "bandit-privacy",
    evidence=Evidence.EXHAUSTIVE,
    units=tuple(unit for unit in product((0, 1), range(4)) if unit != (0, 0)),
    deep=True,
)
def actions_of_two_levels_lose_what_batches_lose(pair: int, place: int) -> int:
    """Two levels that both close, four users who act on what is published: arms and releases lose exactly what one batch of each level loses."""
    plan = exhaustive.nested_plan(1)
    laws = [exhaustive.reacting_law(plan, user, place, 4) for user in WHOLE[pair]]
    if exhaustive.arms_and_releases(laws[0]) < 2:
        raise CheckFailedError("the arms shown do not depend on the releases: nothing is checked")
    for law in laws:
        if sum(law.values()) != 1:
            raise CheckFailedError(f"probabilities add up to {sum(law.values())}")
    seen = 0
    for alpha, (one, two) in product(ALPHAS, ((0, 1), (1, 0))):
        joint = _best(laws[one], laws[two], alpha)
        batches = exhaustive.loss_of_batches(plan, WHOLE[pair][one], WHOLE[pair][two], alpha)
        if joint != batches:
            raise CheckFailedError(f"alpha = {alpha}: {float(joint)} is lost, batches lose {float(batches)}")
        seen += len(laws[0])
    return seen


# ---------------------------------------------------------------- widths

CHANCES = (0.5, 0.1, 1e-2, 1e-3)


@checks("bandit-width", evidence=Evidence.EXHAUSTIVE, units=((1, 30), (2, 6), (2, 12)))
def noise_stays_within_its_bounds(features: int, bits: int) -> int:
    """All counts of a sum's noise bits, one or two features: the chance that a bound of the width's is exceeded is at most the one asked for."""
    size = features * (features + 1) // 2
    steps = np.array(list(product(range(bits + 1), repeat=size)), dtype=np.float64) - bits / 2
    chances = _binomials(bits, size)
    scale = math.sqrt(bits) / 2
    rows, columns = np.triu_indices(features)
    matrices = np.zeros((len(steps), features, features))
    matrices[:, rows, columns] = steps / np.where(rows == columns, 1.0, math.sqrt(2.0))
    matrices[:, columns, rows] = matrices[:, rows, columns]
    norms = np.abs(np.linalg.eigvalsh(matrices)).max(axis=1)
    lengths = np.linalg.norm(steps, axis=1)
    cases = 0
    for chance in CHANCES:
        most = learner.ridge_of(scale, features, chance) / 2
        _within(f"operator norm, {bits} bits", float(chances[norms > most].sum()), chance)
        most = learner.noise_length(scale, size, chance)
        _within(f"length of {size} coordinates, {bits} bits", float(chances[lengths > most].sum()), chance)
        cases += 2
    return cases + _of_estimates(features, min(bits, 12), matrices, chances, bits)


def _of_estimates(features: int, more: int, matrices: np.ndarray, chances: np.ndarray, bits: int) -> int:
    """Go through h - H theta, with as many noise bits in h as the scale of H says, or fewer."""
    rewards = np.array(list(product(range(more + 1), repeat=features)), dtype=np.float64) - more / 2
    rewards *= math.sqrt(bits / more)  # of the same variance
    weights = _binomials(more, features)
    scale = math.sqrt(bits) / 2
    cases = 0
    for theta, weight in product(np.eye(features), (1.0, 0.5)):
        pulled = matrices @ theta
        squares = [((h / weight - pulled) ** 2).sum(axis=1) for h in rewards]
        for chance in CHANCES:
            radii = learner.radii_of(
                1, scale, features=features, reward_weight=weight, ridge=1.0, chance=chance
            )
            most = (radii.of_noise - 1.0) ** 2
            found = sum(
                float(share) * float(chances[each > most].sum())
                for share, each in zip(weights, squares, strict=True)
            )
            _within(f"h - H theta, reward weight {weight}, {bits} bits", found, chance)
            cases += 1
    return cases


def _binomials(bits: int, coordinates: int) -> np.ndarray:
    one = np.array([math.comb(bits, count) / 2**bits for count in range(bits + 1)])
    found = np.ones(1)
    for _ in range(coordinates):
        found = np.outer(found, one).ravel()
    return found


def _within(about: str, found: float, chance: float) -> None:
    if found > chance * (1 + 1e-9):
        raise CheckFailedError(f"{about}: the bound fails with probability {found}, {chance} was asked for")


@checks("bandit-width", evidence=Evidence.EXHAUSTIVE, units=((20,), (400,)))
def rewards_stay_within_their_radius(users: int) -> int:
    """All sequences of fair rewards of one context: the chance that their noise is ever outside of its radius is at most the one asked for."""
    for chance in CHANCES:
        inside, outside = {0: 1.0}, 0.0  # rewards of 1 less those of 0, so far
        for step in range(1, users + 1):
            following: dict[int, float] = {}
            radii = learner.radii_of(step, 0.0, features=1, reward_weight=1.0, ridge=1.0, chance=chance)
            most = 2.0 * radii.of_rewards * math.sqrt(step + 0.5)
            for ahead, share in inside.items():
                for moved in (ahead - 1, ahead + 1):
                    if abs(moved) > most:
                        outside += share / 2
                    else:
                        following[moved] = following.get(moved, 0.0) + share / 2
            inside = following
        _within(f"noise of {users} rewards", outside, chance)
    return users * len(CHANCES)


@checks("bandit-width", evidence=Evidence.PROPERTY, units=((1,), (2,)))
def errors_stay_within_widths(features: int) -> int:
    """Drawn contexts, with noise of the sums and of rewards as large as the bounds allow and all in one direction: errors, in fractions, against half widths."""
    generator = np.random.default_rng(features)
    cases, closest, chance = 0, 0.0, 0.05
    for sign, scale in product((-1.0, 1.0), (0.2, 1.0, 6.0, 30.0)):
        for users in (0, 1, 7, 40, 3000):
            contexts = generator.standard_normal((users, features)) * generator.choice([1.0, 0.05], features)
            contexts /= np.maximum(1.0, np.linalg.norm(contexts, axis=1))[:, None]
            theta = generator.standard_normal(features)
            theta /= float(np.linalg.norm(theta)) * (1 + 1e-12)
            ridge = learner.ridge_of(scale, features, chance)
            radii = learner.radii_of(
                users, scale, features=features, reward_weight=1.0, ridge=ridge, chance=chance
            )
            gram = contexts.T @ contexts
            noise = sign * ridge / 2 * np.outer(theta, theta)
            smallest = np.linalg.inv(gram + ridge / 2 * np.eye(features))
            of_rewards = -radii.of_rewards / math.sqrt(theta @ smallest @ theta) * theta
            told = gram @ theta + of_rewards + noise @ theta - (radii.of_noise - ridge) * theta
            seen = gram + noise
            total = np.concatenate([seen[np.triu_indices(features)], told])
            rows, columns = np.triu_indices(features)
            total[: len(rows)] *= np.where(rows == columns, 1.0, math.sqrt(2.0))
            published = learner.estimated(
                users,
                total,
                scale=scale,
                features=features,
                reward_weight=1.0,
                chance=chance,
                exploration=1.0,
            )
            error = _error(seen, told, theta, ridge)
            for x in (*np.eye(features), theta, np.ones(features) / math.sqrt(features)):
                off = abs(float(sum(F(float(a)) * b for a, b in zip(x, error, strict=True))))
                most = float(published.widths(x[None])[0])
                if off > most * (1 + 1e-6):
                    raise CheckFailedError(f"{users} users, x = {x}: off by {off}, the half width is {most}")
                closest = max(closest, off / most)
                cases += 1
    if closest < 0.999:
        raise CheckFailedError(
            f"the worst noise reaches only {closest} of a half width: the check is too easy"
        )
    return cases


def _error(seen: np.ndarray, told: np.ndarray, theta: np.ndarray, ridge: float) -> list[Fraction]:
    """Solve ``(seen + ridge I) (error + theta) = told`` in fractions, for one or two features."""
    matrix = [
        [F(float(value)) + (F(ridge) if i == j else F(0)) for j, value in enumerate(row)]
        for i, row in enumerate(seen)
    ]
    right = [F(float(value)) for value in told]
    if len(right) == 1:
        found = [right[0] / matrix[0][0]]
    else:
        (a, b), (c, d) = matrix
        determinant = a * d - b * c
        found = [(right[0] * d - b * right[1]) / determinant, (a * right[1] - c * right[0]) / determinant]
    return [value - F(float(true)) for value, true in zip(found, theta, strict=True)]

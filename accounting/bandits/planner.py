"""Batch sizes for regret, not for the error of a count, and noise that is certified for the budget.

The search minimises what the analysis of optimism bounds: ``width sqrt(users ..)`` for what the noise costs, and a batch a doubling for the delay.
What it finds is a plan like any other: the general accountant encloses its privacy, and the noise grows until it fits the budget.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ..counter.sizes import gaussian_variance
from ..curves import Bounds
from ..errors import NotCoveredError, ParameterError
from ..model import Budget
from ..numerics.exact import ExactLike, exact, whole
from ..pairs.gaussian_shift import noise_mu
from ..randomizers import VectorCount, gram_dimension, gram_sensitivity
from .learner import ridge_of, width_of
from .plan import LARGEST_HORIZON, BanditLevel, BanditPlan

__all__ = ["PlannedBandit", "balanced_sizes", "plan_bandit", "regret_guess"]

_MOST_SHUFFLERS = 50
_CHANCE = 1e-6  # of the guess, about what a run of many batches uses
_LEAST_BITS = 32  # so that rounding adds at most a 32nd to the variance
_FINEST, _COARSEST = 10**6, 100
_PER_DECADE = 24
_STEPS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBandit:
    """A plan, and what is certified about it.

    Attributes:
        plan: batch sizes and noise.
        privacy: encloses the total epsilon at the budget's delta.
        regret: what the search minimised; a guess, to compare plans by, not a bound.
        balanced: the batch sizes for as many users and shufflers that `balanced_sizes` gives.
        balanced_regret: the same guess for them.
    """

    plan: BanditPlan
    privacy: Bounds
    regret: float
    balanced: tuple[int, ...]
    balanced_regret: float


def plan_bandit(
    users: ExactLike,
    shufflers: ExactLike = "best",
    *,
    features: ExactLike,
    epsilon: ExactLike,
    delta: ExactLike,
    reward_weight: ExactLike = 1,
    exploration: float = 1.0,
    sizes: Sequence[int] | None = None,
) -> PlannedBandit:
    """Plan a contextual linear bandit.

    Args:
        users: the horizon n.
        shufflers: how many work at once, from 1 to 50; or ``"best"``.
        features: d, the length of contexts.
        epsilon: of the budget, in nats, above 0.
        delta: of the budget, a probability above 0.
        reward_weight: of rewards beside the Gram matrix, above 0 and at most 1.
        exploration: multiplies the proved width of confidence intervals, as in `Learner`.
        sizes: batch sizes to use in place of a search.

    Returns:
        The plan, with its certified privacy.

    Raises:
        ParameterError: a value breaks its rule, or there are too few users for a plan.
        NotCoveredError: no plan was certified for the budget.
    """
    horizon = whole("users", users, least=2, most=LARGEST_HORIZON)
    dimension = whole("features", features, least=1, most=1000)
    budget = Budget(epsilon=epsilon, delta=delta)
    if budget.epsilon <= 0 or budget.delta <= 0:
        name = "epsilon" if budget.epsilon <= 0 else "delta"
        raise ParameterError(name, "must be above 0", getattr(budget, name), "Noise bits lose something")
    weight = exact("reward_weight", reward_weight)
    sensitivity = gram_sensitivity(reward_weight)
    if sizes is not None:
        choices: Iterable[Sequence[int]] = (sizes,)
    elif shufflers == "best":
        choices = (size for count in range(1, 13) for size in _candidates(horizon, count))
    else:
        choices = _candidates(horizon, whole("shufflers", shufflers, least=1, most=_MOST_SHUFFLERS))
    mu = 1.0 / math.sqrt(gaussian_variance(float(budget.epsilon), float(budget.delta)))
    asked = {"features": dimension, "reward_weight": float(weight), "exploration": exploration, "mu": mu}
    best = min(choices, key=lambda found: regret_guess(horizon, found, **asked), default=None)  # type: ignore[arg-type]
    if best is None:
        rule = "must be enough for batches of so many shufflers"
        raise ParameterError("users", rule, horizon, "Take fewer shufflers")
    balanced = balanced_sizes(horizon, len(best))
    guesses = [regret_guess(horizon, found, **asked) for found in (best, balanced)]  # type: ignore[arg-type]
    shares = _shares(horizon, best)
    for _ in range(_STEPS):
        levels = [
            _level(size, mu * share, dimension, sensitivity) for size, share in zip(best, shares, strict=True)
        ]
        made = BanditPlan(
            levels,
            features=dimension,
            users=horizon,
            reward_weight=weight,
            epsilon=budget.epsilon,
            delta=budget.delta,
        )
        lost = made.privacy()
        if math.isfinite(lost.upper) and Fraction(lost.upper) <= budget.epsilon:
            return PlannedBandit(
                plan=made, privacy=lost, regret=guesses[0], balanced=balanced, balanced_regret=guesses[1]
            )
        over = lost.upper / float(budget.epsilon) if math.isfinite(lost.upper) else 2.0
        mu /= min(max(over, 1.0005) ** 1.02, 2.0)
    raise NotCoveredError("no noise was certified for this budget: take a larger epsilon or delta")


def balanced_sizes(users: int, shufflers: int) -> tuple[int, ...]:
    """Return the batch sizes that balance delay and noise in the limit: ``b_1 = n^(1/2) r^(1/4)``, ``n = b_1 r^k``."""
    ratio = users ** (2.0 / (4 * shufflers + 1))
    return _nested(math.sqrt(users) * ratio**0.25, ratio, shufflers)


def regret_guess(
    users: int, sizes: Sequence[int], *, features: int, reward_weight: float, exploration: float, mu: float
) -> float:
    """Guess the regret that the analysis of optimism bounds, in users; to compare sizes by.

    Args:
        users: the horizon.
        sizes: of batches, the smallest first.
        features: d.
        reward_weight: of rewards beside the Gram matrix.
        exploration: multiplies the width.
        mu: of the Gaussian mechanism that the budget allows in total.
    """
    distance = float(gram_sensitivity(Fraction(reward_weight).limit_denominator(10**9)))
    scale = distance / mu * sum(math.sqrt(count) for count in _counts(users, sizes))
    ridge = ridge_of(scale, features, _CHANCE)
    width = width_of(
        users, scale, features=features, reward_weight=reward_weight, ridge=ridge, chance=_CHANCE
    )
    growth = features * math.log1p(2.0 * users / (features * ridge))
    explored = 2.0 * exploration * width * math.sqrt(2.0 * users * growth)
    delay = sizes[0] * (1.0 + growth / math.log(2.0))
    return explored + delay


def _candidates(users: int, shufflers: int) -> Iterable[tuple[int, ...]]:
    """Nested sizes with about equal ratios, from a few smallest batches for all users to half of them in one."""
    seen: set[tuple[int, ...]] = set()
    for i in range(_PER_DECADE * math.ceil(math.log10(users)) + 1):
        first = 10.0 ** (i / _PER_DECADE)
        if first > users / 2.0:
            break
        found = _nested(first, (users / first) ** (1.0 / shufflers), shufflers)
        if len(found) == shufflers and found[0] >= 2 and found[-1] <= users and found not in seen:
            seen.add(found)
            yield found


def _nested(first: float, ratio: float, shufflers: int) -> tuple[int, ...]:
    """Sizes ``first * ratio^j``, each a whole multiple, at least twice, of the one below."""
    sizes = [max(2, round(first))]
    for level in range(1, shufflers):
        sizes.append(sizes[-1] * max(2, round(first * ratio**level / sizes[-1])))
    return tuple(sizes)


def _counts(users: int, sizes: Sequence[int]) -> list[int]:
    """The most closed batches of each level in one sum."""
    return [above // below - 1 for below, above in pairwise(sizes)] + [max(1, users // sizes[-1])]


def _shares(users: int, sizes: Sequence[int]) -> list[float]:
    """The share of mu of each level: the sum of ``count/share^2`` is least for shares^2 as the roots of the counts."""
    roots = [math.sqrt(count) for count in _counts(users, sizes)]
    return [math.sqrt(root / sum(roots)) for root in roots]


def _level(size: int, mu: float, features: int, sensitivity: Fraction) -> BanditLevel:
    """Choose steps fine enough for few users to matter, coarse enough for rounding to be hidden by the noise."""
    distance, dimension = float(sensitivity), gram_dimension(features)
    levels = math.ceil(mu * math.sqrt(_LEAST_BITS * size) / (2.0 * distance))
    levels = min(max(levels, _COARSEST), _FINEST)
    one = VectorCount(dimension, levels, sensitivity, 1)
    bits = max(1, math.ceil((noise_mu(one, size) / mu) ** 2))
    return BanditLevel(size, VectorCount(dimension, levels, sensitivity, bits))

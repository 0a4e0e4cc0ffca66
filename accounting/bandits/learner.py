"""Optimism over a private ridge estimate: what the server tells everybody after each batch, and what a device then chooses."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..claims import relies_on
from ..errors import ParameterError
from .features import Floats, gram_and_rewards
from .plan import BanditPlan

__all__ = ["Learner", "Radii", "Widths", "estimated", "noise_length", "radii_of", "ridge_of", "width_of"]

_NOISE_OF_REWARDS = 0.5  # sub-Gaussian scale of a reward in [0, 1]


def noise_length(scale: float, coordinates: int, chance: float) -> float:
    """Bound the Euclidean length of independent sub-Gaussian coordinates, but for a chance.

    Args:
        scale: sub-Gaussian scale of each coordinate.
        coordinates: how many there are.
        chance: the bound may fail with this probability.

    Returns:
        ``scale sqrt(D + 2 sqrt(D x) + 2 x)``, x = log(1/chance).

    Source: Hsu, Kakade and Zhang, arXiv 1110.2842, with the identity matrix.
    """
    x = math.log(1.0 / chance)
    return scale * math.sqrt(coordinates + 2.0 * math.sqrt(coordinates * x) + 2.0 * x)


def ridge_of(scale: float, features: int, chance: float) -> float:
    """Return the ridge that keeps the noisy Gram matrix positive: twice what its noise may be, and at least 1."""
    return max(1.0, 2.0 * noise_length(scale, features * (features + 1) // 2, chance))


@dataclass(frozen=True, slots=True)
class Radii:
    """What the width of an interval is made of: ``|x.(theta' - theta)| <= of_rewards |x|_{V^-1} + of_noise |V^-1 x|``.

    Attributes:
        of_rewards: bounds the noise of rewards, in the norm of V^-1.
        of_noise: bounds the length of what the noise of the sums and the ridge put on the estimate, before V^-1.
    """

    of_rewards: float
    of_noise: float


@relies_on("bandit-width")
def radii_of(
    step: int, scale: float, *, features: int, reward_weight: float, ridge: float, chance: float
) -> Radii:
    """Bound how far an estimated mean reward is off.

    With ``V = G + H + ridge I``, ``|H| <= ridge/2``, noise h in the sum of rewards, and S the sum of contexts times the noise of rewards,
    ``theta' - theta = V^-1 (S + (h - H theta) - ridge theta)`` for ``|theta| <= 1``. S is a self-normalised martingale, and
    ``V >= G + (ridge/2) I``; h - H theta is a vector of sub-Gaussian noise of its own, shorter than |h| and |H theta| together.

    Args:
        step: users in the sum.
        scale: sub-Gaussian scale of the noise of each coordinate.
        features: d.
        reward_weight: of rewards beside the Gram matrix.
        ridge: at least twice the operator norm of H, but for ``chance``.
        chance: of each of the two bounds here.

    Guarantee:
        bandit-width, in floats.

    Source of the martingale's bound: Abbasi-Yadkori, Pal and Szepesvari, NIPS 2011, Theorem 1.
    """
    growth = features * math.log1p(2.0 * step / (features * ridge))
    martingale = _NOISE_OF_REWARDS * math.sqrt(growth + 2.0 * math.log(1.0 / chance))
    noise = noise_length(scale * math.hypot(1.0, 1.0 / reward_weight), features, chance)
    return Radii(martingale, noise + ridge)


def width_of(
    step: int, scale: float, *, features: int, reward_weight: float, ridge: float, chance: float
) -> float:
    """Bound how far an estimated mean reward is off, in units of ``sqrt(x^T V^-1 x)``: for the worst direction of x, as ``V >= ridge/2``.

    Arguments are those of `radii_of`.
    """
    radii = radii_of(step, scale, features=features, reward_weight=reward_weight, ridge=ridge, chance=chance)
    return radii.of_rewards + radii.of_noise * math.sqrt(2.0 / ridge)


@dataclass(frozen=True, slots=True)
class Widths:
    """What the server publishes after a batch; devices choose by it.

    Attributes:
        theta: the estimate, shape (d,).
        inverse: of the regularised Gram matrix V, shape (d, d).
        of_rewards: of the confidence interval, in units of ``sqrt(x^T inverse x)``.
        of_noise: of the confidence interval, in units of ``|inverse x|``.
    """

    theta: Floats
    inverse: Floats
    of_rewards: float
    of_noise: float

    def widths(self, contexts: Floats) -> Floats:
        """Return the half widths of the confidence intervals of mean rewards.

        Args:
            contexts: shape (.., d).

        Returns:
            Shape (..,).
        """
        pulled = contexts @ self.inverse
        spread = np.maximum((pulled * contexts).sum(axis=-1), 0.0)
        lengths = np.sqrt((pulled * pulled).sum(axis=-1))
        found: Floats = self.of_rewards * np.sqrt(spread) + self.of_noise * lengths
        return found

    def choose(self, contexts: Floats) -> np.ndarray:
        """Return the arm with the largest upper confidence bound for each user.

        Args:
            contexts: shape (users, arms, d).

        Returns:
            Indices of arms, shape (users,).
        """
        chosen: np.ndarray = np.argmax(contexts @ self.theta + self.widths(contexts), axis=1)
        return chosen


@dataclass(frozen=True, slots=True)
class Learner:
    """The server: turns a released sum into what is published.

    Attributes:
        plan: sizes and noise.
        confidence: that all published intervals hold, with ``exploration = 1``.
        exploration: multiplies the width. 1 is what is proved; less explores less, and is tuned, not proved.
    """

    plan: BanditPlan
    confidence: float = 0.95
    exploration: float = 1.0

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 0.0 < self.confidence < 1.0:
            raise ParameterError("confidence", "must lie strictly between 0 and 1", self.confidence)
        if not 0.0 <= self.exploration < math.inf:
            raise ParameterError("exploration", "must be at least 0", self.exploration)

    def published(self, step: int, total: Floats) -> Widths:
        """Return what is published after a step.

        Args:
            step: users in the sum; 0 before the first batch closes.
            total: the estimated sum of their vectors, shape (d(d+1)/2 + d,).
        """
        updates = self.plan.users // self.plan.levels[0].batch + 1
        return estimated(
            step,
            total,
            scale=self.plan.deviation(step),
            features=self.plan.features,
            reward_weight=float(self.plan.reward_weight),
            chance=(1.0 - self.confidence) / (3.0 * updates),
            exploration=self.exploration,
        )


def estimated(
    step: int,
    total: Floats,
    *,
    scale: float,
    features: int,
    reward_weight: float,
    chance: float,
    exploration: float,
) -> Widths:
    """Estimate by ridge regression, whatever the noise comes from.

    Args:
        step: users in the sum.
        total: the estimated sum of their vectors, shape (d(d+1)/2 + d,).
        scale: sub-Gaussian scale of the noise of each coordinate, which are independent.
        features: d.
        reward_weight: of rewards beside the Gram matrix.
        chance: of each of the three bounds that the width needs.
        exploration: multiplies the width.
    """
    ridge = ridge_of(scale, features, chance)
    gram, rewards = gram_and_rewards(total, features=features, reward_weight=reward_weight)
    # below half the ridge an eigenvalue is with probability at most `chance`
    values, axes = np.linalg.eigh(gram + ridge * np.eye(features))
    inverse = (axes / np.maximum(values, ridge / 2.0)) @ axes.T
    radii = radii_of(step, scale, features=features, reward_weight=reward_weight, ridge=ridge, chance=chance)
    return Widths(inverse @ rewards, inverse, exploration * radii.of_rewards, exploration * radii.of_noise)

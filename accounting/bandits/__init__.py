"""Contextual linear bandits whose statistics go through concurrent shufflers.

Source of the model's application: Tenenbaum, Kaplan, Mansour and Stemmer, arXiv 2301.12535; one shuffler: Chowdhury and Zhou, 2022.
"""

from .features import Clipped, clip, gram_and_rewards, vectors
from .learner import Learner, Widths
from .plan import BanditLevel, BanditPlan
from .planner import PlannedBandit, balanced_sizes, plan_bandit, regret_guess
from .recorded import Recorded, Replay, read_recorded, replay
from .session import Bandit, Release

__all__ = [
    "Bandit",
    "BanditLevel",
    "BanditPlan",
    "Clipped",
    "Learner",
    "PlannedBandit",
    "Recorded",
    "Release",
    "Replay",
    "Widths",
    "balanced_sizes",
    "clip",
    "gram_and_rewards",
    "plan_bandit",
    "read_recorded",
    "regret_guess",
    "replay",
    "vectors",
]

"""A private contextual bandit: which of two greetings to show, learnt from sums that go through three shufflers."""

import numpy as np

import accounting as csa
from accounting.bandits.simulation import FixedArms, ThroughShufflers, run

USERS = 1_000_000


def main() -> dict[int, float]:
    """Plan for one and for three shufflers, and return the regret of each."""
    regrets = {}
    for shufflers in (1, 3):
        planned = csa.bandits.plan_bandit(USERS, shufflers, features=2, epsilon=1, delta="1e-8")
        learner = csa.bandits.Learner(planned.plan)
        first = learner.published(0, np.zeros(5))
        arms = FixedArms(2, USERS, gap=0.13, best=1)
        seeds = range(5)
        found = [run(arms, ThroughShufflers(learner), first, reward_weight=1.0, seed=seed) for seed in seeds]
        regrets[shufflers] = sum(one.regret[-1] for one in found) / len(seeds)
        sizes = ", ".join(str(level.batch) for level in planned.plan.levels)
        print(
            f"k = {shufflers}: batches of {sizes}; epsilon {planned.privacy} at delta = 1e-8; "
            f"regret {regrets[shufflers]:,.0f} of {USERS:,} users"
        )
    return regrets


if __name__ == "__main__":
    main()

"""A private bandit as a service: users come one by one, the process dies, and another one goes on from its journal."""

import tempfile
from pathlib import Path

import numpy as np

from accounting.bandits import Bandit, Learner, Recorded, plan_bandit, replay
from accounting.numerics.rounding import print_at_least

USERS, DIES_AFTER = 2000, 700


def main() -> tuple[int, float]:
    """Return how many users the second process did not have to ask again, and the share of all regret that learning saved."""
    planned = plan_bandit(USERS, 2, features=2, epsilon=1, delta="1e-6")
    learner = Learner(planned.plan, exploration=0.01)  # tuned; with 1 the intervals are proved
    generator = np.random.default_rng(3)
    contexts = generator.uniform(-0.7, 0.7, (USERS, 3, 2))
    rewards = (generator.random((USERS, 3)) < 0.5 + contexts @ [0.6, -0.3]).astype(float)

    def serve(bandit: Bandit, until: int) -> float:
        gained = 0.0
        while bandit.arrivals < until:
            user = bandit.arrivals  # whoever is in the journal has come
            arm = bandit.choose(contexts[user])  # on the user's device
            gained += rewards[user, arm]
            bandit.observe(contexts[user, arm], float(rewards[user, arm]))
        bandit.shut()
        return gained

    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "bandit.journal"
        before = serve(Bandit(learner, journal=journal), DIES_AFTER)
        resumed = Bandit(learner, journal=journal)
        found = resumed.arrivals
        after = serve(resumed, USERS)
    print(f"After {found} users another process went on; rewards of {before:.0f} and then {after:.0f}.")

    # the same users, recorded with the rewards of all arms
    rows = contexts.reshape(-1, 2)
    names = tuple(f"user {number}" for number in range(USERS))
    recorded = Recorded(names, ("x", "y"), rows, rewards.reshape(-1), np.arange(USERS) * 3)
    beside = replay(recorded, Bandit(learner))
    print(f"The best linear rule gains {beside.linear:.0f}, arms drawn evenly {beside.even:.0f}.")
    print(f"Each user loses at most epsilon = {print_at_least(planned.privacy.upper)} at delta = 1e-6.")
    return found, (before + after - beside.even) / (beside.linear - beside.even)


if __name__ == "__main__":
    main()

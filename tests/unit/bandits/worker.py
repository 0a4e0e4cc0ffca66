"""A process that lets users come to a bandit with a journal and says after each how many have come; it is killed at any moment."""

import sys

from accounting import VectorCount
from accounting.bandits import Bandit, BanditLevel, BanditPlan, Learner
from accounting.randomizers import gram_dimension, gram_sensitivity

_NOISE = VectorCount(gram_dimension(1), 4, gram_sensitivity(), 100)
PLAN = BanditPlan(
    [BanditLevel(size, _NOISE) for size in (2, 4, 12)],
    features=1,
    users=3000,
    epsilon=50,
    delta="1/2",
)


def main(journal: str, users: int) -> None:
    """Go on from the journal up to a number of users, each of whom brings a context and a reward of 1."""
    bandit = Bandit(Learner(PLAN), journal=journal)
    while bandit.arrivals < users:
        bandit.observe([1.0], 1.0)
        print(bandit.arrivals, flush=True)
    bandit.shut()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

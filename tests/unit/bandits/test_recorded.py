"""Recorded users: what a bandit over them sees, and what its choices are compared with."""

from dataclasses import replace

import numpy as np
import pytest

from accounting.bandits import Bandit, Learner, Recorded, balanced_sizes, plan_bandit, replay
from accounting.counter import SeededSource
from accounting.errors import ParameterError
from tests.unit.bandits.worker import PLAN

LEARNER = Learner(PLAN, exploration=0.01)


def users(count: int) -> Recorded:
    """Users with one to three arms, each with a reward of its own."""
    generator = np.random.default_rng(2)
    arms = generator.integers(1, 4, count)
    rows = int(arms.sum())
    return Recorded(
        names=tuple(map(str, range(count))),
        features=("x",),
        contexts=generator.uniform(-1, 1, (rows, 1)),
        rewards=generator.random(rows),
        starts=np.cumsum(arms) - arms,
    )


def test_a_bandit_sees_the_rewards_of_chosen_arms_only() -> None:
    """Other rewards of the arms that were not chosen change nothing but what choices are compared with."""
    recorded = users(120)
    found = replay(recorded, Bandit(LEARNER, source=SeededSource(1)))
    unseen = np.ones(len(recorded.rewards), dtype=bool)
    unseen[found.chosen] = False
    assert unseen.sum() > 60
    others = np.where(unseen, 1.0 - recorded.rewards, recorded.rewards)
    again = replay(replace(recorded, rewards=others), Bandit(LEARNER, source=SeededSource(1)))
    assert np.array_equal(found.chosen, again.chosen)
    assert found.bandit.releases == again.bandit.releases
    assert (found.reward, found.best) != (again.reward, again.best)
    seen = np.where(unseen, recorded.rewards, 1.0 - recorded.rewards)
    moved = replay(replace(recorded, rewards=seen), Bandit(LEARNER, source=SeededSource(1)))
    assert not np.array_equal(found.chosen, moved.chosen), "rewards of chosen arms are learnt from"


def test_a_choice_knows_what_was_published_before_it() -> None:
    """It is the one that a session makes after the users before, and the users of open batches are not known."""
    recorded = users(40)
    found = replay(recorded, Bandit(LEARNER, source=SeededSource(1)))
    bandit = Bandit(LEARNER, source=SeededSource(1))
    for user in range(40):
        arms = recorded.arms(user)
        row = arms.start + bandit.choose(recorded.contexts[arms])
        assert (row, bandit.releases[-1].last if bandit.releases else 0) == (
            found.chosen[user],
            found.known[user],
        )
        bandit.observe(recorded.contexts[row], recorded.rewards[row])


def test_what_choices_are_compared_with() -> None:
    recorded = users(50)
    found = replay(recorded, Bandit(LEARNER))
    groups = [recorded.arms(user) for user in range(50)]
    x, y = recorded.contexts[:, 0], recorded.rewards
    theta = float(x @ y / (x @ x))
    assert found.best == pytest.approx(sum(max(y[arms]) for arms in groups))
    assert found.even == pytest.approx(sum(np.mean(y[arms]) for arms in groups))
    assert found.linear == pytest.approx(sum(y[arms][np.argmax(x[arms] * theta)] for arms in groups))
    assert found.reward <= found.best
    assert recorded.most_arms == 3


def test_users_who_cannot_come() -> None:
    recorded, bandit = users(5), Bandit(LEARNER)
    replay(recorded, bandit)
    with pytest.raises(ParameterError, match=r"^bandit must be without users; got 5\. Each user comes once"):
        replay(recorded, bandit)
    wide = replace(recorded, features=("x", "y"))
    with pytest.raises(ParameterError, match=r"^features must be 1 beside user and reward"):
        replay(wide, Bandit(LEARNER))
    long = replace(recorded, contexts=recorded.contexts * 0 + 2)
    assert replay(long, Bandit(LEARNER)).outside == len(recorded.rewards)
    with pytest.raises(ParameterError, match="in row 1"):
        replay(long, Bandit(LEARNER), refuse=True)


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    replay(users(7), Bandit(LEARNER), progress=lambda done, of: told.append((done, of)))
    assert told == [(7, 7)]


def test_a_plan_has_the_sizes_of_the_analysis_beside_it() -> None:
    found = plan_bandit(3000, 1, features=1, epsilon=1, delta="1e-6")
    assert found.balanced == balanced_sizes(3000, 1)
    assert found.regret < found.balanced_regret < 2 * found.regret
    given = plan_bandit(3000, features=1, epsilon=1, delta="1e-6", sizes=found.balanced)
    assert given.regret == given.balanced_regret == found.balanced_regret

"""The bandit's parts: what users send, plans, what is published, sessions, runs in bulk."""

import math
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import accounting as csa
from accounting.bandits import (
    Bandit,
    BanditLevel,
    BanditPlan,
    Learner,
    balanced_sizes,
    clip,
    gram_and_rewards,
    plan_bandit,
    vectors,
)
from accounting.bandits.learner import noise_length
from accounting.bandits.session import device_counts
from accounting.bandits.simulation import Ball, FixedArms, ThroughShufflers, run
from accounting.cli import main
from accounting.counter import SeededSource
from accounting.errors import ParameterError
from accounting.randomizers import VectorCount, gram_dimension, gram_sensitivity


@pytest.fixture(scope="module")
def plan() -> BanditPlan:
    return plan_bandit(3000, 2, features=2, epsilon=1, delta="1e-6").plan


def test_vectors_have_the_distance_of_matrices_and_are_read_again() -> None:
    generator = np.random.default_rng(1)
    contexts = generator.standard_normal((50, 3))
    contexts /= np.linalg.norm(contexts, axis=1)[:, None]
    rewards = generator.random(50)
    rows = vectors(contexts, rewards, reward_weight=0.5)
    assert rows.shape == (50, gram_dimension(3))
    assert np.abs(rows).max() <= 1
    gram, gains = gram_and_rewards(rows.sum(axis=0), features=3, reward_weight=0.5)
    assert np.allclose(gram, contexts.T @ contexts)
    assert np.allclose(gains, rewards @ contexts)
    apart = np.linalg.norm(rows[:, None] - rows[None], axis=2)
    first = np.outer(contexts[0], contexts[0]) - np.outer(contexts[1], contexts[1])
    second = 0.5 * (rewards[0] * contexts[0] - rewards[1] * contexts[1])
    assert apart[0, 1] == pytest.approx(math.hypot(np.linalg.norm(first), np.linalg.norm(second)))
    assert apart.max() <= float(gram_sensitivity("1/2"))


def test_clipping_counts_or_refuses() -> None:
    found = clip([[3.0, 4.0], [0.6, 0.8], [0.1, 0.0]], [2.0, 0.5, -1.0], features=2)
    assert found.changed == 2
    assert np.linalg.norm(found.contexts, axis=1).max() <= 1.0
    assert found.rewards.tolist() == [1.0, 0.5, 0.0]
    assert found.contexts[1].tolist() == [0.6, 0.8]
    with pytest.raises(ParameterError, match=r"^contexts must have length at most 1, .* in row 1"):
        clip([[3.0, 4.0]], [0.5], features=2, refuse=True)


@pytest.mark.parametrize(
    ("contexts", "rewards", "message"),
    [
        ([[1.0, 0.0, 0.0]], [0.5], "contexts must have shape"),
        ([[1.0, 0.0]], [0.5, 0.5], "rewards must be one number a context"),
        ([[math.nan, 0.0]], [0.5], "contexts must be finite"),
        ([[1.0, 0.0]], [math.inf], "rewards must be finite"),
    ],
)
def test_what_is_no_user(contexts: list[list[float]], rewards: list[float], message: str) -> None:
    with pytest.raises(ParameterError, match=f"^{message}"):
        clip(contexts, rewards, features=2)


def test_a_plan_is_certified_by_the_general_accountant(plan: BanditPlan) -> None:
    lost = csa.ConcurrentShuffles([level.shuffle for level in plan.levels]).epsilon(delta="1e-6")
    assert 0.97 < lost.upper <= 1
    assert plan.certified().upper == lost.upper
    assert {"gaussian-shift", "adaptive-composition"} <= set(lost.upper_claims)
    weaker = [
        BanditLevel(
            level.batch,
            VectorCount(
                level.randomizer.dimension,
                level.randomizer.levels,
                level.randomizer.sensitivity,
                level.randomizer.bits // 2,
            ),
        )
        for level in plan.levels
    ]
    broken = BanditPlan(weaker, features=2, users=3000, epsilon=1, delta="1e-6")
    with pytest.raises(ParameterError, match=r"^budget.epsilon must be at least the 1\.[2-6]"):
        Bandit(Learner(broken))


def test_a_plan_is_a_file_that_check_reads(
    plan: BanditPlan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(plan.to_toml())
    assert BanditPlan.from_file(path) == plan
    assert main(["check", str(path)]) == 0
    assert "gaussian-shift" in capsys.readouterr().out
    path.write_text(plan.to_toml().replace("epsilon = 1\n", "epsilon = 0.5\n"))
    assert main(["check", str(path)]) in (1, 3)
    path.write_text(plan.deployment().to_toml())
    with pytest.raises(ParameterError, match=r"plan\.toml: bandit must be a table of the file"):
        BanditPlan.from_file(path)


def test_plans_that_cannot_be() -> None:
    level = BanditLevel(10, VectorCount(5, 10, gram_sensitivity(), 1000))
    rest: dict[str, object] = {"features": 2, "users": 100, "epsilon": 1, "delta": "1e-6"}
    BanditPlan([level], **rest)  # type: ignore[arg-type]
    for levels, change, name in (
        ([], {}, "levels"),
        ([level, BanditLevel(15, level.randomizer)], {}, "batch of level 2"),
        ([level], {"features": 3}, "dimension of level 1"),
        ([level], {"users": 9}, "users"),
        ([BanditLevel(10, VectorCount(5, 10, 2, 1000))], {}, "sensitivity of level 1"),
    ):
        with pytest.raises(ParameterError, match=f"^{name} "):
            BanditPlan(levels, **(rest | change))  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match=r"^users must be enough"):
        plan_bandit(10, 6, features=2, epsilon=1, delta="1e-6")


def test_sums_are_made_of_the_largest_closed_batches(plan: BanditPlan) -> None:
    small, large = (level.batch for level in plan.levels)
    assert plan.closed_batches(small - 1) == (0, 0)
    assert plan.closed_batches(large + 2 * small + 1) == (2, 1)
    variance = 2 * plan.levels[0].variance + plan.levels[1].variance
    assert plan.deviation(large + 2 * small) == pytest.approx(math.sqrt(variance))


def test_balanced_sizes_are_those_of_the_analysis() -> None:
    for k, power in ((1, 3 / 5), (2, 5 / 9), (4, 9 / 17)):
        sizes = balanced_sizes(10**10, k)
        assert math.log(sizes[0]) / math.log(10**10) == pytest.approx(power, abs=0.01)
        assert all(above % below == 0 for below, above in pairwise(sizes))


def test_devices_draw_the_declared_law() -> None:
    """Mean and variance of one report over many draws, each within four deviations."""
    randomizer = VectorCount(2, 10, 2, 40, "1/4")
    source, draws = SeededSource(7), 4000
    found = np.array([device_counts(np.array([0.25, -1.0]), randomizer, source) for _ in range(draws)])
    for column, (mean, variance) in enumerate(((12.5 + 10, 0.25 + 7.5), (0 + 10, 7.5))):
        assert abs(found[:, column].mean() - mean) < 4 * math.sqrt(variance / draws)
        assert found[:, column].var() == pytest.approx(variance, rel=0.12)
    assert set((found[:, 1]).tolist()) <= set(range(41))


def test_a_session_publishes_when_batches_close(plan: BanditPlan) -> None:
    """The released sum is unbiased and as noisy as the plan says; nothing is published between closings."""
    bandit = Bandit(Learner(plan), source=SeededSource(3))
    first = plan.levels[0].batch
    before = bandit.widths
    for arrival in range(1, first + 1):
        closed = bandit.observe([0.6, 0.8], 1.0)
        assert (arrival == first) == bool(closed)
        assert (bandit.widths is before) == (arrival < first)
    (release,) = bandit.releases
    assert (release.level, release.first, release.last) == (1, 1, first)
    ones = np.asarray(release.ones, dtype=float)
    randomizer = plan.levels[0].randomizer
    estimate = (ones - first * (randomizer.levels + randomizer.bits / 2)) / randomizer.levels
    truth = vectors(np.array([[0.6, 0.8]]), np.array([1.0]), reward_weight=1.0)[0] * first
    assert np.abs(estimate - truth).max() < 5 * plan.deviation(first)
    assert bandit.clipped == 0
    bandit.observe([6.0, 8.0], 1.0)
    assert bandit.clipped == 1
    with pytest.raises(ParameterError, match=r"^contexts must have length"):
        Bandit(Learner(plan), source=SeededSource(3), refuse=True).observe([6.0, 8.0], 1.0)


def test_intervals_hold_in_runs() -> None:
    """The proved width covers the true mean in every direction after every update of ten runs."""
    made = plan_bandit(20_000, 2, features=2, epsilon=1, delta="1e-6").plan
    learner = Learner(made)
    theta = np.array([0.5, 0.8])

    class Watching(ThroughShufflers):
        def published(self, step: int, generator: np.random.Generator) -> object:  # type: ignore[override]
            widths = super().published(step, generator)
            for direction in np.eye(2):
                assert abs(direction @ (widths.theta - theta)) <= widths.widths(direction[None])[0]
            return widths

    first = learner.published(0, np.zeros(5))
    for seed in range(10):
        run(FixedArms(2, 20_000, 0.3, best=1), Watching(learner), first, reward_weight=1.0, seed=seed)


def test_noise_is_shorter_than_its_bound() -> None:
    generator = np.random.default_rng(5)
    lengths = np.linalg.norm(generator.standard_normal((20_000, 6)), axis=1)
    for chance in (0.5, 0.1, 0.001):
        assert (lengths > noise_length(1.0, 6, chance)).mean() <= chance
    assert (lengths > noise_length(1.0, 6, 0.5)).mean() > 0


def test_runs_are_those_of_the_session_in_law(plan: BanditPlan) -> None:
    """The noise of the bulk road has the plan's deviation: sums of runs in which nothing else is random."""
    learner = Learner(plan)
    deviations = []
    generator = np.random.default_rng(9)
    first = plan.levels[0].batch
    row = vectors(np.array([[1.0, 0.0]]), np.array([1.0]), reward_weight=1.0)
    for _ in range(400):
        bulk = ThroughShufflers(learner)
        bulk.add(row, np.array([first]))
        bulk.published(first, generator)
        deviations.append(bulk._closed.levels[0] - first * row[0])
    found = np.asarray(deviations)
    exact = math.sqrt(first * plan.levels[0].randomizer.bits) / 2 / plan.levels[0].randomizer.levels
    assert np.abs(found.mean(axis=0)).max() < 5 * exact / 20
    assert found.std() == pytest.approx(exact, rel=0.1)


def test_learning_beats_guessing() -> None:
    """Contexts in a ball: far below what arms chosen by their length alone cost, about a third of all users' rewards."""
    made = plan_bandit(300_000, 3, features=2, epsilon=1, delta="1e-8").plan
    learner = Learner(made)
    first = learner.published(0, np.zeros(5))
    found = run(Ball(2, 300_000), ThroughShufflers(learner), first, reward_weight=1.0, seed=1)
    assert found.steps == (3000, 9000, 30_000, 90_000, 300_000)
    assert found.regret[-1] < 0.03 * 300_000
    assert found.regret[0] / 3000 > 10 * (found.regret[-1] - found.regret[-2]) / 210_000


def test_bad_learners(plan: BanditPlan) -> None:
    for change in ({"confidence": 1.0}, {"exploration": -1.0}):
        with pytest.raises(ParameterError, match=f"^{next(iter(change))} "):
            Learner(plan, **change)
    environment = Ball(3, 100)
    first = Learner(plan).published(0, np.zeros(5))
    with pytest.raises(ParameterError, match=r"^features must be 2"):
        run(environment, ThroughShufflers(Learner(plan)), first, reward_weight=1.0, seed=0)
    assert plan.reward_weight == Fraction(1)

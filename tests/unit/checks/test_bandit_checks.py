"""The check of the bandit's transcripts sees planted leaks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from accounting.bandits import Bandit, learner, session
from accounting.bandits.features import Floats
from proofs.bandits.exponents import balance, certificate, predicted
from proofs.checks import bandit as checks
from proofs.exhaustive import bandit as exhaustive
from tests.unit.checks.planting import assert_fails

pytestmark = pytest.mark.proof


class _Leaking(Bandit):
    """Publishes after every report, from a batch that is still open."""

    def observe(self, context: Any, reward: float) -> Any:
        released = super().observe(context, reward)
        if not released:
            (level,) = self.learner.plan.levels
            held = np.asarray(self._open[0], dtype=np.float64)
            shown = (held - level.randomizer.levels - level.randomizer.bits / 2) / level.randomizer.levels
            self.widths = self.learner.published(1, shown)
        return released


class _Unhidden(Bandit):
    """Arms follow the last user's own reward."""

    def observe(self, context: Any, reward: float) -> Any:
        self.last = float(context[0])
        return super().observe(context, reward)

    def choose(self, contexts: Any) -> int:
        return int(getattr(self, "last", 0.0) > 0.75)


def _planted(monkeypatch: pytest.MonkeyPatch, broken: type[Bandit]) -> None:
    right = exhaustive.transcript_law
    monkeypatch.setattr(
        exhaustive,
        "transcript_law",
        lambda plan, users, target: right(
            plan, users, target, lambda learner, source: broken(learner, source=source)
        ),
    )


@pytest.mark.slow
def test_publishing_from_an_open_batch_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second user's arm then depends on the first user's report by itself."""
    _planted(monkeypatch, _Leaking)
    assert_fails(checks.transcripts_lose_what_is_certified, 10, 0, 0)


def test_an_arm_that_follows_a_users_context_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exhaustive, "ARMS", ((1.0,), (-0.5,)))
    small = {
        value: exhaustive.transcript_law(
            exhaustive.toy_plan(10),
            [(value, 1.0), (0.5, 1.0)][:1],
            0,
            lambda learner, source: _Unhidden(learner, source=source),
        )
        for value in (1.0, -1.0)
    }
    joint = checks._best(small[1.0], small[-1.0], checks.ALPHAS[1])
    first, second = (exhaustive.releases_only(law) for law in small.values())
    apart = checks._best(first, second, checks.ALPHAS[1])
    assert joint == 1
    assert apart == 0  # nothing is released before the batch is full


class _Peeking(Bandit):
    """Arms follow the ones in the largest open batch."""

    def choose(self, contexts: Any) -> int:
        return int(self._open[-1][1] % 2)


@pytest.mark.slow
def test_arms_that_follow_an_open_batch_are_seen_at_two_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    right = exhaustive.reacting_law
    monkeypatch.setattr(
        exhaustive,
        "reacting_law",
        lambda plan, user, target, users: right(
            plan, user, target, users, lambda learner, source: _Peeking(learner, source=source)
        ),
    )
    assert_fails(checks.actions_of_two_levels_lose_what_batches_lose, 1, 0)


@pytest.mark.slow
def test_one_report_for_both_levels_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = session.device_counts
    sent: list[list[int]] = []

    def reused(vector: Any, randomizer: Any, source: Any) -> list[int]:
        if sent:
            return sent.pop()
        sent.append(fresh(vector, randomizer, source))
        return list(sent[0])

    monkeypatch.setattr(session, "device_counts", reused)
    assert_fails(checks.actions_of_two_levels_lose_what_batches_lose, 0, 0)


def test_exponents() -> None:
    assert certificate() == 0
    regret, first, ratio = balance()
    assert regret == first
    assert [str(predicted(k)) for k in (1, 2, 3)] == ["3/5", "5/9", "7/13"]
    assert str(ratio) == "2/(4*k + 1)"


# ---------------------------------------------------------------- widths


def _short(scale: float, coordinates: int, _: float) -> float:
    """What the length of noise is about, and no bound."""
    return scale * math.sqrt(coordinates)


def test_lengths_that_are_no_bound_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.noise_stays_within_its_bounds(2, 6) == 24
    monkeypatch.setattr(learner, "noise_length", _short)
    assert_fails(checks.noise_stays_within_its_bounds, 2, 6)


def test_noise_of_the_matrix_left_out_of_the_estimates_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(math, "hypot", lambda *_: 0.5)
    assert_fails(checks.noise_stays_within_its_bounds, 1, 30)


def test_rewards_without_their_confidence_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.rewards_stay_within_their_radius(20) == 80
    monkeypatch.setattr(learner, "_NOISE_OF_REWARDS", 0.25)
    assert_fails(checks.rewards_stay_within_their_radius, 20)


@pytest.mark.parametrize("features", [1, 2])
@pytest.mark.parametrize(("of_rewards", "without"), [(1.0, 0.6), (0.9, 0.0), (1.0, 1.0)])
def test_widths_that_leave_something_out_are_seen(
    monkeypatch: pytest.MonkeyPatch, features: int, of_rewards: float, without: float
) -> None:
    """The intervals leave out the ridge's pull, or a tenth of the rewards' noise, and the check takes the right radii."""
    right = learner.radii_of
    published = learner.estimated

    def planted(step: int, total: Floats, **given: Any) -> learner.Widths:
        found = published(step, total, **given)
        radii = right(
            step,
            given["scale"],
            features=given["features"],
            reward_weight=given["reward_weight"],
            ridge=learner.ridge_of(given["scale"], given["features"], given["chance"]),
            chance=given["chance"],
        )
        ridge = learner.ridge_of(given["scale"], given["features"], given["chance"])
        return learner.Widths(
            found.theta, found.inverse, of_rewards * radii.of_rewards, radii.of_noise - without * ridge
        )

    assert checks.errors_stay_within_widths(features) > 100
    monkeypatch.setattr(learner, "estimated", planted)
    assert_fails(checks.errors_stay_within_widths, features)

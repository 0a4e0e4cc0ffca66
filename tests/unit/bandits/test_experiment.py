"""The experiment: its users, its worst scales, its journal and its tables."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from accounting.bandits.simulation import Ball
from proofs.bandits import experiment
from proofs.bandits.baselines import MODELS, Baseline
from proofs.bandits.departures import FLIGHTS, Departures, hindsight, table
from proofs.bandits.experiment import Cell, Task, as_csv, cells, fitted, lines, tasks


@pytest.mark.slow
def test_departures_are_users() -> None:
    known, late = table()
    assert known.shape == (FLIGHTS, 4)
    assert int(late.sum()) == 136_687
    users = Departures()
    met = users.arrive(1000, 500, np.random.default_rng(1))
    assert met.contexts.shape == (500, 2, 5)
    assert np.linalg.norm(met.contexts, axis=2).max() <= 1 + 1e-12
    assert (met.means.sum(axis=1) == 1).all()
    assert (met.means[:, 0] == late[1000:1500]).all()
    assert np.allclose(met.contexts[:, 0, 1:], -met.contexts[:, 1, 1:])
    assert hindsight() < FLIGHTS - late.sum() < FLIGHTS  # better than a rule that looks at nothing
    assert hindsight() < late.sum()


@pytest.mark.parametrize("scale", [1.0, 0.03])
def test_close_contexts_are_linear(scale: float) -> None:
    users = Ball(3, 10_000, arms=2, hidden=5, scale=scale, kinds=64)
    met = users.arrive(0, 10_000, np.random.default_rng(2))
    assert met.counts.sum() == 10_000
    assert met.contexts.shape == (64, 2, 3)
    assert np.linalg.norm(met.contexts, axis=2).max() <= 1 + 1e-12
    theta, rest, *_ = np.linalg.lstsq(met.contexts.reshape(-1, 3), met.means.ravel(), rcond=None)
    assert float(rest[0]) < 1e-20
    assert np.linalg.norm(theta) == pytest.approx(1.0)
    assert np.abs(met.means - 0.5).max() <= scale / 2
    again = users.arrive(10_000, 7, np.random.default_rng(3))
    assert (again.contexts == met.contexts).all()  # the same kinds of users throughout a run


def test_the_worst_scale_is_searched_coarsely_and_then_near(monkeypatch: pytest.MonkeyPatch) -> None:
    peak = 0.04
    monkeypatch.setattr(experiment, "regret", lambda users, *_: -abs(math.log(users.scale / peak)))
    found = experiment._worst(10_000, 2, "1", "close")
    assert found / peak == pytest.approx(1.0, rel=experiment.FINE**0.5 - 1)


def _cell(task: Task, regrets: tuple[float, ...]) -> Cell:
    arms, users, features, algorithm = task
    return Cell(users=users, features=features, arms=arms, algorithm=algorithm, gap=0.1, regrets=regrets)


def test_a_stopped_experiment_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = []

    def measure(task: Task, *, seeds: int) -> Cell:
        measured.append(task)
        return _cell(task, tuple(float(seed) for seed in range(seeds)))

    monkeypatch.setattr(experiment, "measure", measure)
    journal = tmp_path / "cells.jsonl"
    groups = tasks(10_000)
    with ThreadPoolExecutor(1) as executor:
        first = cells(executor, groups[:3], seeds=2, journal=journal)
        done = len(measured)
        assert done == len(first) > 3
        with journal.open("a", encoding="utf-8") as file:
            file.write('{"users": 10000, "fea')  # cut off
        everything = cells(executor, groups, seeds=2, journal=journal)
        assert len(measured) == len(set(measured)) == len(everything)
        assert everything[:done] == first
        assert cells(executor, groups, seeds=2, journal=journal) == everything
        assert len(measured) == len(everything)
        cells(executor, groups[:1], seeds=3, journal=journal)
        assert len(measured) == len(everything) + len(groups[0])


def test_every_cell_of_the_table_is_a_task() -> None:
    everything = [task for group in tasks(10**7) for task in group]
    assert len(everything) == len(set(everything)) == 9 * (2 * (4 + 4 + 3) + 1)
    assert {task[1] for task in everything} == {10**4, 10**5, 10**6, 10**7, FLIGHTS}
    assert all(len({task[1:] for task in group}) == 1 for group in tasks(10**7))


def test_tables_have_exponents_beside_the_predicted_ones() -> None:
    found = [
        _cell(("close", users, 2, algorithm), (users**power, users**power))
        for users in (10**5, 10**6, 10**7)
        for algorithm, power in (("1", 0.61), ("not private", 0.5))
    ]
    slope, half = fitted(found[:6:2], 10**6)
    assert slope == pytest.approx(0.61)
    assert half == 0.0
    wide = [Cell(**{**asdict(cell), "regrets": (0.9 * cell.mean, 1.1 * cell.mean)}) for cell in found[2:6:2]]
    share = wide[0].half_width / wide[0].mean
    assert fitted(wide, 10**6)[1] == pytest.approx(math.sqrt(2) * share / math.log(10))
    text = "\n".join(lines(found))
    assert as_csv(found).splitlines()[1] == "close,2,100000,1,0.1,2,1122.02,0"
    assert "### Close contexts, worst scale, d = 2" in text
    assert "| k = 1 | 1,122 ± 0 | 4,571 ± 0 | 18,621 ± 0 | 0.610 ± 0.000 | 0.600 |" in text
    assert "| not private | 316 ± 0 | 1,000 ± 0 | 3,162 ± 0 | 0.500 ± 0.000 |  |" in text


@pytest.mark.parametrize(("name", "noisy"), [("local", 1.0), ("not private", 0.0)])
def test_models_without_a_tree_are_renewed_early_and_have_the_noise_of_all_users(
    name: str, noisy: float
) -> None:
    (model,) = (model for model in MODELS if model.name == name)
    users, generator, found = 20_000, np.random.default_rng(4), []
    for _ in range(60):
        baseline = Baseline(
            model, users=users, features=2, epsilon=1.0, delta=1e-6, exploration=1.0, confidence=0.9
        )
        steps = [0]
        while steps[-1] < users:
            steps.append(baseline.next_update(steps[-1]))
            baseline.published(steps[-1], generator)
        found.append(baseline._noise.total)
    gaps = np.diff(steps)
    assert steps[:4] == [0, 1, 2, 3]
    assert gaps.max() == baseline.block == 40
    assert (np.diff(gaps) >= 0).all()
    assert len(gaps) < 2 * 512  # the chances of all intervals add up to no more than one less the confidence
    expected = noisy * baseline.deviation * math.sqrt(steps[-1])
    assert float(np.std(found)) == pytest.approx(expected, rel=0.15)

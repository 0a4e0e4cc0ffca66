"""Regret against the number of shufflers: ``python -m proofs.bandits.experiment [FOLDER]`` makes the table and the picture.

Two kinds of users. *Fixed arms*: everybody sees the same unit vectors, one of which is better by a gap; nothing is learnt about an arm but by
choosing it, and the regret of the worst gap is the one that the analysis of optimism is about. The gap is chosen by pilot runs on other seeds.
*Contexts in a ball*: every user shows the server something about all directions, whatever is chosen, and needs no exploring.

All confidence intervals are the proved ones (``exploration = 1``), so that nothing is tuned.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import numpy as np
from cyclopts import App, Parameter

from accounting.bandits import Learner, plan_bandit
from accounting.bandits.simulation import Ball, Environment, FixedArms, ThroughShufflers, run
from accounting.files import replaced
from accounting.randomizers import gram_dimension

from .baselines import MODELS, Baseline
from .exponents import predicted

__all__ = ["Cell", "cells", "fitted", "lines", "measure"]

EPSILON, DELTA, CONFIDENCE = "1", "1e-8", 0.95
SHUFFLERS = (1, 2, 3, 4, 5, 6)
GAPS = tuple(0.5 * 1.4**-i for i in range(16))
PILOTS, SEEDS = 3, 20
FIXED = tuple(10**power for power in range(4, 9))
BALLS = tuple(10**power for power in range(4, 7))

app = App(help=__doc__, help_format="plaintext")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The regret of one algorithm.

    Attributes:
        users: n.
        features: d.
        arms: ``"fixed"`` or ``"ball"``.
        algorithm: a number of shufflers, or the name of a model.
        gap: of the worst gap; 0 for contexts in a ball.
        regrets: of each seed.
    """

    users: int
    features: int
    arms: str
    algorithm: str
    gap: float
    regrets: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean regret."""
        return statistics.fmean(self.regrets)

    @property
    def half_width(self) -> float:
        """Of the 95 % interval of the mean, by Student's t."""
        from scipy.stats import t

        count = len(self.regrets)
        return float(t.ppf(0.975, count - 1)) * statistics.stdev(self.regrets) / math.sqrt(count)


@lru_cache(maxsize=32)
def _learner(users: int, features: int, shufflers: int) -> Learner:
    made = plan_bandit(users, shufflers, features=features, epsilon=EPSILON, delta=DELTA)
    return Learner(made.plan, confidence=CONFIDENCE)


def regret(environment: Environment, algorithm: str, seed: int) -> float:
    """Run once."""
    if algorithm.isdigit():
        learner = _learner(environment.users, environment.features, int(algorithm))
        first = learner.published(0, np.zeros(gram_dimension(environment.features)))
        found = run(environment, ThroughShufflers(learner), first, reward_weight=1.0, seed=seed)
    else:
        (model,) = (model for model in MODELS if model.name == algorithm)
        baseline = Baseline(
            model,
            users=environment.users,
            features=environment.features,
            epsilon=float(EPSILON),
            delta=float(DELTA),
            exploration=1.0,
            confidence=CONFIDENCE,
        )
        found = run(environment, baseline, baseline.first(), reward_weight=1.0, seed=seed)
    return found.regret[-1]


def measure(task: tuple[str, int, int, str], *, seeds: int = SEEDS) -> Cell:
    """Measure one cell: of fixed arms, at the worst gap that pilot runs on other seeds show.

    Args:
        task: kind of users, n, d, and the algorithm.
        seeds: how many runs the cell has.
    """
    arms, users, features, algorithm = task
    gap = 0.0
    make: Callable[[int], Environment] = partial(_ball, users, features)
    if arms == "fixed":
        gap = max(GAPS, key=lambda one: _pilot(users, features, algorithm, one))
        make = partial(_fixed, users, features, gap)
    regrets = tuple(regret(make(seed), algorithm, seed) for seed in range(1, seeds + 1))
    return Cell(users=users, features=features, arms=arms, algorithm=algorithm, gap=gap, regrets=regrets)


def _fixed(users: int, features: int, gap: float, seed: int) -> FixedArms:
    return FixedArms(features, users, gap, best=seed)


def _ball(users: int, features: int, seed: int) -> Ball:
    return Ball(features, users, hidden=seed)


def _pilot(users: int, features: int, algorithm: str, gap: float) -> float:
    seeds = range(1001, 1001 + PILOTS)
    return statistics.fmean(regret(_fixed(users, features, gap, seed), algorithm, seed) for seed in seeds)


def tasks(fixed: Sequence[int] = FIXED, balls: Sequence[int] = BALLS) -> Iterator[tuple[str, int, int, str]]:
    """All cells, the longest first."""
    algorithms = [*map(str, SHUFFLERS), *(model.name for model in MODELS)]
    for arms, sizes in (("ball", balls), ("fixed", fixed)):
        for users in sorted(sizes, reverse=True):
            for features in (5, 2):
                for algorithm in algorithms:
                    yield arms, users, features, algorithm


def cells(
    executor: Executor | None, chosen: Sequence[tuple[str, int, int, str]], *, seeds: int = SEEDS
) -> list[Cell]:
    """Measure cells, on an executor if there is one."""
    each: Callable[[tuple[str, int, int, str]], Cell] = partial(measure, seeds=seeds)
    return list(map(each, chosen) if executor is None else executor.map(each, chosen))


def fitted(found: Sequence[Cell], least: int) -> float:
    """Fit the exponent of n by least squares on logarithms, from a size on."""
    points = [(math.log(cell.users), math.log(cell.mean)) for cell in found if cell.users >= least]
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def lines(found: Sequence[Cell]) -> Iterator[str]:
    """Yield the tables as Markdown: one for each kind of users and each d."""
    for arms, features in (("fixed", 2), ("fixed", 5), ("ball", 2), ("ball", 5)):
        some = [cell for cell in found if (cell.arms, cell.features) == (arms, features)]
        if not some:
            continue
        sizes = sorted({cell.users for cell in some})
        yield f"### {'Fixed arms, worst gap' if arms == 'fixed' else 'Contexts in a ball'}, d = {features}"
        yield ""
        heads = [f"n = 10^{len(str(users)) - 1}" for users in sizes]
        exponents = ["fitted exponent", "predicted"] if arms == "fixed" else []
        yield "| " + " | ".join(["algorithm", *heads, *exponents]) + " |"
        yield "|---" * (1 + len(heads) + len(exponents)) + "|"
        for algorithm in dict.fromkeys(cell.algorithm for cell in some):
            row = [cell for cell in some if cell.algorithm == algorithm]
            by_size = {cell.users: cell for cell in row}
            entries = [f"{by_size[users].mean:,.0f} ± {by_size[users].half_width:,.0f}" for users in sizes]
            name = f"k = {algorithm}" if algorithm.isdigit() else algorithm
            if exponents:
                entries.append(f"{fitted(row, max(sizes[0], 10**6) if len(sizes) > 3 else sizes[0]):.3f}")
                entries.append(f"{float(predicted(int(algorithm))):.3f}" if algorithm.isdigit() else "")
            yield "| " + " | ".join([name, *entries]) + " |"
        yield ""


def draw(found: Sequence[Cell], path: Path) -> None:
    """Draw regret against n for each algorithm, fixed arms, one panel for each d."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.5), layout="constrained")
    for axes, features in zip(figure.subplots(1, 2), (2, 5), strict=True):
        some = [cell for cell in found if (cell.arms, cell.features) == ("fixed", features)]
        for place, algorithm in enumerate(dict.fromkeys(cell.algorithm for cell in some)):
            row = sorted((cell for cell in some if cell.algorithm == algorithm), key=lambda cell: cell.users)
            name = f"k = {algorithm}" if algorithm.isdigit() else algorithm
            axes.errorbar(
                [cell.users for cell in row],
                [cell.mean for cell in row],
                yerr=[cell.half_width for cell in row],
                marker="osDv^<>x+"[place % 9],
                linestyle="-" if algorithm.isdigit() else "--",
                label=name,
                linewidth=1.0,
                markersize=4,
            )
        axes.set(
            xscale="log", yscale="log", xlabel="users", ylabel="regret", title=f"fixed arms, d = {features}"
        )
        axes.legend(fontsize=8)
    with replaced(path, "wb") as file:
        figure.savefig(
            file, format=path.suffix[1:], metadata={"Date": None} if path.suffix == ".svg" else None
        )


@app.default
def main(
    folder: Path = Path("build/bandits"),
    *,
    jobs: int = 2,
    seeds: int = SEEDS,
    most: Annotated[int, Parameter()] = 10**8,
) -> None:
    """Measure all cells and write regret.md and regret.png.

    Args:
        folder: where to.
        jobs: processes.
        seeds: runs of a cell.
        most: the largest n.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [task for task in tasks() if task[1] <= most]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as executor:
        found = cells(executor, chosen, seeds=seeds)
    text = "\n".join(lines(found)) + "\n"
    with replaced(folder / "regret.md", "w") as file:
        file.write(text)
    draw(found, folder / "regret.png")
    print(text)


if __name__ == "__main__":
    app()

"""Regret against the number of shufflers: ``python -m proofs.bandits.experiment [FOLDER]`` makes the table and the picture.

*Close contexts*: two arms differ little, by a scale, in contexts as in mean rewards. This is the worst case of the analysis: at the worst scale noise of deviation s hides until the end
which arms are better, and costs regret of order ``sqrt(n s)``. The scale is chosen by pilot runs on other seeds.
*Fixed arms*: everybody sees the same unit vectors, one of which is better by a gap, the worst one by pilot runs; nothing is learnt about an arm but by choosing it. Noise of the
sums is forgotten as fast as an arm is chosen (statement bandit-width), so that it costs regret of order s log n, and the delay of the first batch is what is left.
*Contexts in a ball*: every user shows the server something about all directions, whatever is chosen, and needs no exploring.
*Departures*: real users, see `departures`.

All confidence intervals are the proved ones (``exploration = 1``), so that nothing is tuned. A stopped experiment goes on where it was: cells are kept in FOLDER/cells.jsonl.
"""

from __future__ import annotations

import csv
import io
import json
import math
import statistics
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import cache, lru_cache, partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, TypeAlias

import numpy as np
from cyclopts import App, Parameter

from accounting.bandits import Learner, plan_bandit
from accounting.bandits.simulation import Ball, Environment, FixedArms, ThroughShufflers, run
from accounting.files import replaced
from accounting.randomizers import gram_dimension

from .baselines import MODELS, Baseline
from .departures import FEATURES, FLIGHTS, Departures, hindsight
from .exponents import predicted

__all__ = ["Cell", "cells", "fitted", "lines", "measure"]

EPSILON, DELTA, CONFIDENCE = "1", "1e-8", 0.95
SHUFFLERS = (1, 2, 3, 4, 5, 6)
COARSE, FINE = 3.0, 1.45
GAPS = tuple(0.5 / COARSE**i for i in range(6))
SCALES = tuple(1.0 / COARSE**i for i in range(8))
PILOTS, SEEDS = 2, 20
KINDS = 256  # of users, each as likely, so that runs of many users cost little
SIZES = {
    "close": tuple(10**power for power in range(4, 8)),
    "fixed": tuple(10**power for power in range(4, 8)),
    "ball": tuple(10**power for power in range(4, 7)),
    "departures": (FLIGHTS,),
}
DIMENSIONS = {"close": (2, 5), "fixed": (2, 5), "ball": (2, 5), "departures": (FEATURES,)}

Task: TypeAlias = tuple[str, int, int, str]
"""Kind of users, n, d, and the algorithm."""


TITLES = {
    "close": "Close contexts, worst scale",
    "fixed": "Fixed arms, worst gap",
    "ball": "Contexts in a ball",
    "departures": "Departures, wrong calls",
}

app = App(help=__doc__, help_format="plaintext")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The regret of one algorithm.

    Attributes:
        users: n.
        features: d.
        arms: ``"close"``, ``"fixed"``, ``"ball"`` or ``"departures"``.
        algorithm: a number of shufflers, or the name of a model.
        gap: the worst gap or scale; 0 where there is none.
        regrets: of each seed.
    """

    users: int
    features: int
    arms: str
    algorithm: str
    gap: float
    regrets: tuple[float, ...]

    @property
    def task(self) -> Task:
        """What it is the cell of."""
        return self.arms, self.users, self.features, self.algorithm

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


def measure(task: Task, *, seeds: int = SEEDS) -> Cell:
    """Measure one cell; of close contexts and fixed arms at the worst scale or gap that pilot runs on other seeds show.

    Args:
        task: the cell.
        seeds: how many runs the cell has.
    """
    arms, users, features, algorithm = task
    gap = 0.0
    if arms in ("close", "fixed"):
        gap = _worst(users, features, algorithm, arms)
    make = partial(_users, arms, users, features, gap)
    regrets = tuple(regret(make(seed), algorithm, seed) for seed in range(1, seeds + 1))
    return Cell(users=users, features=features, arms=arms, algorithm=algorithm, gap=gap, regrets=regrets)


def _users(arms: str, users: int, features: int, gap: float, seed: int) -> Environment:
    match arms:
        case "close":
            return Ball(features, users, arms=2, hidden=seed, scale=gap, kinds=KINDS)
        case "fixed":
            return FixedArms(features, users, gap, best=seed)
        case "ball":
            return Ball(features, users, hidden=seed, kinds=KINDS)
        case "departures":
            return Departures(features, users)
        case _:
            raise ValueError(f"no users are called {arms}")


def _worst(users: int, features: int, algorithm: str, arms: str) -> float:
    """Search the worst gap or scale: coarsely, then near the worst one."""
    most = 0.5 if arms == "fixed" else 1.0

    @cache
    def missed(gap: float) -> float:
        make = partial(_users, arms, users, features, gap)
        return statistics.fmean(regret(make(seed), algorithm, seed) for seed in range(1001, 1001 + PILOTS))

    coarse = max(GAPS if arms == "fixed" else SCALES, key=missed)
    return max((gap for i in range(-2, 3) if (gap := coarse * FINE**i) <= most), key=missed)


def tasks(most: int) -> list[tuple[Task, ...]]:
    """All cells of at most so many users, the longest first; those of one plan are together."""
    algorithms = [*map(str, SHUFFLERS), *(model.name for model in MODELS)]
    groups: dict[tuple[int, int, str], list[Task]] = {}
    every = [(arms, users, d) for arms, sizes in SIZES.items() for users in sizes for d in DIMENSIONS[arms]]
    for (arms, users, features), algorithm in product(every, algorithms):
        if users <= most:
            groups.setdefault((users, features, algorithm), []).append((arms, users, features, algorithm))
    return [tuple(groups[key]) for key in sorted(groups, key=lambda key: -key[0])]


def cells(
    executor: Executor, chosen: Sequence[tuple[Task, ...]], *, seeds: int = SEEDS, journal: Path
) -> list[Cell]:
    """Measure cells, and keep each in a journal, so that a stopped experiment goes on where it was.

    Args:
        executor: measures them.
        chosen: groups of cells.
        seeds: how many runs a cell has; those of other numbers of runs are measured anew.
        journal: a line of JSON for each cell. A last line that was cut off is left out.
    """
    known = _read(journal)
    left = [some for group in chosen if (some := tuple(task for task in group if (task, seeds) not in known))]
    with journal.open("a", encoding="utf-8") as file:
        for done in as_completed([executor.submit(_together, group, seeds=seeds) for group in left]):
            for cell in done.result():
                known[cell.task, seeds] = cell
                file.write(json.dumps(asdict(cell)) + "\n")
            file.flush()
    return [known[task, seeds] for group in chosen for task in group]


def _read(journal: Path) -> dict[tuple[Task, int], Cell]:
    found = {}
    text = journal.read_text(encoding="utf-8") if journal.exists() else ""
    whole, cut, rest = text.rpartition("\n")
    if rest:
        with replaced(journal, "w") as file:
            file.write(whole + cut)
    for line in whole.splitlines():
        fields = json.loads(line)
        cell = Cell(**(fields | {"regrets": tuple(fields["regrets"])}))
        found[cell.task, len(cell.regrets)] = cell
    return found


def _together(group: tuple[Task, ...], *, seeds: int) -> list[Cell]:
    return [measure(task, seeds=seeds) for task in group]


def fitted(found: Sequence[Cell], least: int) -> tuple[float, float]:
    """Fit the exponent of n by least squares on logarithms, from a size on.

    Returns:
        The slope, and what the intervals of the means make of it: half the width of its interval.
    """
    points = [cell for cell in found if cell.users >= least]
    x = np.log([cell.users for cell in points])
    weights = (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    spread = [cell.half_width / cell.mean for cell in points]
    slope = float(weights @ np.log([cell.mean for cell in points]))
    return slope, float(np.sqrt(((weights * spread) ** 2).sum()))


def lines(found: Sequence[Cell]) -> Iterator[str]:
    """Yield the tables as Markdown: one for each kind of users and each d."""
    for arms, features in product(TITLES, (2, 5)):
        some = [cell for cell in found if (cell.arms, cell.features) == (arms, features)]
        if not some:
            continue
        sizes = sorted({cell.users for cell in some})
        yield f"### {TITLES[arms]}, d = {features}"
        yield ""
        yield "| " + " | ".join(["", *map(_size, sizes), *_headings(arms, sizes)]) + " |"
        yield "|---" * (1 + len(sizes) + len(_headings(arms, sizes))) + "|"
        for algorithm in dict.fromkeys(cell.algorithm for cell in some):
            row = [cell for cell in some if cell.algorithm == algorithm]
            by_size = {cell.users: cell for cell in row}
            entries = [f"{by_size[users].mean:,.0f} ± {by_size[users].half_width:,.0f}" for users in sizes]
            name = f"k = {algorithm}" if algorithm.isdigit() else algorithm
            yield "| " + " | ".join([name, *entries, *_exponents(arms, sizes, algorithm, row)]) + " |"
        yield ""


def _size(users: int) -> str:
    power = len(str(users)) - 1
    return f"n = 10^{power}" if users == 10**power else f"n = {users:,}"


def _headings(arms: str, sizes: Sequence[int]) -> list[str]:
    if len(sizes) < 2:
        return []
    heading = [f"exponent from {_size(sizes[-2])[4:]} on"]
    return [*heading, "predicted"] if arms == "close" else heading


def _exponents(arms: str, sizes: Sequence[int], algorithm: str, row: Sequence[Cell]) -> list[str]:
    if len(sizes) < 2:
        return []
    slope, half = fitted(row, sizes[-2])
    entry = [f"{slope:.3f} ± {half:.3f}"]
    if arms != "close":
        return entry
    return [*entry, f"{float(predicted(int(algorithm))):.3f}" if algorithm.isdigit() else ""]


def as_csv(found: Sequence[Cell]) -> str:
    """Return all cells, a line each."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["arms", "features", "users", "algorithm", "gap", "seeds", "regret", "half_width"])
    for cell in found:
        of_run = [cell.arms, cell.features, cell.users, cell.algorithm, f"{cell.gap:.6g}", len(cell.regrets)]
        writer.writerow([*of_run, f"{cell.mean:.6g}", f"{cell.half_width:.6g}"])
    return text.getvalue()


def draw(found: Sequence[Cell], path: Path) -> None:
    """Draw regret against n for each algorithm, close contexts and fixed arms, one panel for each d."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 9), layout="constrained")
    for axes, (arms, features) in zip(
        figure.subplots(2, 2).flat, product(("close", "fixed"), (2, 5)), strict=True
    ):
        some = [cell for cell in found if (cell.arms, cell.features) == (arms, features)]
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
            xscale="log",
            yscale="log",
            xlabel="users",
            ylabel="regret",
            title=f"{TITLES[arms].lower()}, d = {features}",
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
    most: Annotated[int, Parameter()] = 10**7,
) -> None:
    """Measure all cells and write regret.md, regret.csv and regret.png.

    Args:
        folder: where to.
        jobs: processes.
        seeds: runs of a cell.
        most: the largest n.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chosen = tasks(most)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as executor:
        found = cells(executor, chosen, seeds=seeds, journal=folder / "cells.jsonl")
    text = "\n".join(lines(found)) + "\n"
    if any(cell.arms == "departures" for cell in found):
        text += f"The best linear rule in hindsight calls {hindsight():,} departures wrongly.\n"
    with replaced(folder / "regret.md", "w") as file:
        file.write(text)
    with replaced(folder / "regret.csv", "w") as file:
        file.write(as_csv(found))
    draw(found, folder / "regret.png")
    print(text)


if __name__ == "__main__":
    app()

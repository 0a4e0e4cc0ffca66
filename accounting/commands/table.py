"""``table``: make a bound table and write it."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ..errors import ParameterError
from .output import deliver

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from ..tables import AccountingTable, TableSpec

__all__ = ["table"]


def table(
    spec: str,
    /,
    *,
    output: Annotated[tuple[str, ...], Parameter(name=("--output", "-o"))] = (),
    jobs: int | None = None,
    scheduler: str | None = None,
    yes: bool = False,
    json: bool = False,
) -> int:
    """Make a bound table over a grid, and write it as CSV, Markdown, LaTeX, JSON or Parquet.

    Each cell is epsilon, delta or the smallest batch, with both ends, perhaps beside what published bounds claim. The header
    of a file says what its numbers rest on and from what they can be made again, bit by bit. A run that was stopped goes on where it was when
    the same command is given: until it is done, its answers are in a file beside the first output, whose name ends in .part.

    Example: `shuffle-accounting table examples/tables/kary_users.toml -o table.csv -o table.tex`

    Exit codes:

    - 0: the table is written; cells without a number carry the reason
    - 2: bad file or bad usage

    Args:
        spec: a specification in TOML; docs/tables.md lists its keys.
        output: a file to write, by its ending: .csv, .md, .tex, .json or .parquet. Give it several times for several files.
        jobs: processes; by default one for each core.
        scheduler: instead of processes, the address of a dask scheduler, like tcp://10.0.0.1:8786.
        yes: make the table although it has more than 100,000 cells.
        json: print one JSON document about what was written and nothing else.
    """
    from ..tables import TableSpec, accounting_table
    from ..tables.outputs import output_for
    from ..tables.progress import progress_bar
    from ..tables.spec import MOST_CELLS, USUAL_CELLS

    if not output:
        raise ParameterError("--output", "must be given", "nothing", "Name a file: -o table.csv")
    if jobs is not None and (jobs < 1 or scheduler is not None):
        rule = "must be at least 1" if jobs < 1 else "must not be given with --scheduler"
        raise ParameterError("--jobs", rule, jobs)
    asked = TableSpec.from_file(spec)
    files = [output_for(name) for name in output]
    for file in files:
        file.check()
    journal = f"{output[0]}.part"
    with _executor(asked, jobs, scheduler) as executor, progress_bar("making the table") as progress:
        made = accounting_table(
            asked,
            executor=executor,
            progress=progress,
            journal=journal,
            most_cells=MOST_CELLS if yes else USUAL_CELLS,
        )
    for file in files:
        file.write(made)
    Path(journal).unlink(missing_ok=True)
    deliver(
        text=lambda: _text(made, output),
        content=lambda: {
            "outputs": list(output),
            "cells": len(made.rows),
            "without_a_number": len(made.failed),
            "spec_sha256": asked.hash,
        },
        json=json,
    )
    return 0


def _executor(
    spec: TableSpec, jobs: int | None, scheduler: str | None
) -> AbstractContextManager[Executor | None]:
    from ..tables.cells import unit_size
    from ..tables.workers import cluster, processes

    if scheduler is not None:
        return cluster(scheduler)
    units = -(-len(spec) // unit_size(spec))
    return processes(min(jobs or os.cpu_count() or 1, units))


def _text(made: AccountingTable, output: tuple[str, ...]) -> str:
    words = f"{', '.join(output)}: {len(made.rows):,} cells"
    if failed := made.failed:
        words += (
            f", {len(failed):,} of them without a number, as the table says; the first: {failed[0].reason}"
        )
    return f"{words}\n"

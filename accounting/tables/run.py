"""Making a table: units of cells on any executor, kept in a journal, put together in the order of the grid."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, as_completed
from contextlib import ExitStack
from itertools import islice
from os import PathLike
from typing import Any

from ..errors import AccountingError, ParameterError
from .cells import answer_unit, question_of, unit_size
from .identity import check_identity, identity
from .journal import Journal
from .progress import Progress, progress_bar
from .spec import MOST_CELLS, USUAL_CELLS, Cell, TableSpec
from .table import AccountingTable, Row

__all__ = ["accounting_table"]

_Unit = tuple[int, list[Cell]]


def accounting_table(
    spec_or_grid: TableSpec | Mapping[str, object] | str | PathLike[str],
    *,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | bool | None = None,
    journal: str | PathLike[str] | None = None,
    most_cells: int = USUAL_CELLS,
) -> AccountingTable:
    """Answer every cell of a grid.

    The table depends on the specification and the version alone: neither the executor nor how often it was interrupted
    changes a digit. A cell without a number carries the reason. Neighbouring cells start from each other's answers; the
    ends are certified in each, and may differ from those of `Shuffle.epsilon` by the numeric width that is asked for.

    Args:
        spec_or_grid: a specification, its keys as a mapping, or the path of a TOML file; see ``docs/tables.md``.
        executor: any ``concurrent.futures.Executor``, so also that of a dask client (``client.get_executor()``);
            None answers cells here, one after the other.
        progress: called with the number of cells that are done and of all; True shows a bar on a terminal.
        journal: a file that keeps what is answered, and from which a run that was stopped goes on. It stays when the
            table is done.
        most_cells: larger grids are refused; at most 10^7.

    Returns:
        The rows, in the order of the grid.

    Raises:
        ParameterError: the specification breaks a rule, the grid is too large, the journal belongs to another table, or
            a worker runs other code.
        AccountingError: the executor lost its workers; the journal keeps what was done.
    """
    spec = _spec(spec_or_grid)
    _check_size(spec, most_cells)
    with ExitStack() as stack:
        kept = None
        if journal is not None:
            kept = stack.enter_context(Journal(journal, spec_hash=spec.hash, identity=identity()))
        if progress is True:
            progress = stack.enter_context(progress_bar("making the table"))
        return _made(spec, executor=executor, progress=progress or None, journal=kept)


def _made(
    spec: TableSpec, *, executor: Executor | None, progress: Progress | None, journal: Journal | None
) -> AccountingTable:
    total, done = len(spec), 0
    answers: dict[int, list[dict[str, Any]]] = {}
    missing: list[_Unit] = []
    units = list(_units(spec))
    for number, cells in units:
        known = journal.known(number) if journal is not None else None
        if known is None or len(known) != len(cells):
            missing.append((number, cells))
        else:
            answers[number] = known
            done += len(cells)
    if progress is not None:
        progress(done, total)
    for number, rows in _answered(spec, missing, executor):
        answers[number] = rows
        if journal is not None:
            journal.keep(number, rows)
        done += len(rows)
        if progress is not None:
            progress(done, total)
    made = tuple(
        Row.of(cell, answer, len(spec.published))
        for number, cells in units
        for cell, answer in zip(cells, answers[number], strict=True)
    )
    return AccountingTable(spec=spec, rows=made)


def _units(spec: TableSpec) -> Iterator[_Unit]:
    cells = spec.cells()
    size, number = unit_size(spec), 0
    while unit := list(islice(cells, size)):
        yield number, unit
        number += 1


def _answered(
    spec: TableSpec, units: Sequence[_Unit], executor: Executor | None
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    question, mine = question_of(spec), identity()
    if executor is None:
        for number, cells in units:
            yield number, answer_unit(question, cells, mine)["rows"]
        return
    pending: dict[Future[dict[str, Any]], int] = {}
    try:
        for number, cells in units:
            pending[executor.submit(answer_unit, question, cells, mine)] = number
        for future in as_completed(pending):
            answer = future.result()
            check_identity(answer["identity"], where="a worker")
            yield pending[future], answer["rows"]
    except (BrokenExecutor, CancelledError) as error:
        raise AccountingError(
            f"the executor lost its workers ({' '.join(str(error).split()) or type(error).__name__}); the same call goes on"
            " where it stopped if it keeps a journal"
        ) from None
    finally:  # an interrupted run leaves nothing behind that would still begin
        for future in pending:
            future.cancel()


def _spec(given: TableSpec | Mapping[str, object] | str | PathLike[str]) -> TableSpec:
    if isinstance(given, TableSpec):
        return given
    if isinstance(given, Mapping):
        return TableSpec.read(given)
    if isinstance(given, str | os.PathLike):
        return TableSpec.from_file(given)
    raise ParameterError("spec_or_grid", "must be a specification, a mapping or a path", given)


def _check_size(spec: TableSpec, most: int) -> None:
    if len(spec) > MOST_CELLS:
        rule = f"must have at most {MOST_CELLS:,} cells"
        raise ParameterError("the grid", rule, f"{len(spec):,} cells", "Cut it into several tables")
    if len(spec) > most:
        remedy = "Ask for it with --yes, or most_cells="
        raise ParameterError("the grid", f"has more than {most:,} cells", f"{len(spec):,} cells", remedy)

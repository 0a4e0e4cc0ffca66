"""Tables on one worker and on two: ``python -m tests.benchmarks.table_scaling [VALUES-OF-EPSILON0]``.

Cells are epsilons of one shuffler, 200 for each value of epsilon0. "dask" talks to worker processes over TCP.
"""

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager, nullcontext

import accounting as csa
from accounting.tables import AccountingTable, TableSpec
from accounting.tables.workers import cluster, processes

__all__ = ["rows", "spec_of"]

Workers = tuple[str, Callable[[], AbstractContextManager[Executor | None]]]


def spec_of(size: int) -> TableSpec:
    """Describe a table of 200 cells for each of ``size`` values of epsilon0."""
    return TableSpec.read(
        {
            "cell": "epsilon",
            "kind": "kary-randomized-response",
            "values": 10,
            "epsilon0": [f"{k}/{size}" for k in range(size, 5 * size, 4)],
            "delta": ["1e-5", "1e-6", "1e-8", "1e-10"],
            "users": {"first": 1000, "last": "8.7e7", "per_decade": 10},
        }
    )


@contextmanager
def dask_workers(count: int) -> Iterator[Executor]:
    """Start a scheduler and workers with one thread each."""
    from distributed import LocalCluster

    with (
        LocalCluster(
            n_workers=count, threads_per_worker=1, processes=True, protocol="tcp://", dashboard_address=None
        ) as local,
        cluster(local.scheduler_address) as executor,
    ):
        yield executor


ONE_AND_TWO: tuple[Workers, ...] = (
    ("this process", nullcontext),
    ("1 process", lambda: processes_of(1)),
    ("2 processes", lambda: processes_of(2)),
    ("1 dask worker", lambda: dask_workers(1)),
    ("2 dask workers", lambda: dask_workers(2)),
)


def processes_of(count: int) -> AbstractContextManager[Executor | None]:
    """Start processes, also a single one."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    return processes(count) if count > 1 else ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def rows(
    size: int, workers: tuple[Workers, ...] = ONE_AND_TWO
) -> Iterator[tuple[str, AccountingTable, float]]:
    """Yield who answered, the table, and the seconds after the workers had started."""
    spec = spec_of(size)
    warm_up = {"cell": "epsilon", "kind": "pure-local", "epsilon0": 1, "users": [100, 200], "delta": "1e-6"}
    for name, make in workers:
        with make() as executor:
            csa.accounting_table(warm_up, executor=executor)
            start = time.perf_counter()
            table = csa.accounting_table(spec, executor=executor)
            yield name, table, time.perf_counter() - start


def main() -> None:
    """Print one line for each kind of workers."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    first: AccountingTable | None = None
    for name, table, seconds in rows(size):
        first = first or table
        same = "the same table" if table == first else "ANOTHER TABLE"
        print(
            f"{name:<16}{len(table.rows):>8,} cells {seconds:>8.1f} s {len(table.rows) / seconds:>8.0f} a second, {same}"
        )


if __name__ == "__main__":
    main()

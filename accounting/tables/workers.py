"""Where units run: processes of this machine, or the workers of a dask scheduler."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process

from ..errors import AccountingError, NotCoveredError, ParameterError
from .identity import check_identity, identity

__all__ = ["PATIENCE", "cluster", "processes"]

PATIENCE = 5
"""Seconds that a scheduler and its first worker have to answer."""


@contextmanager
def processes(jobs: int) -> Iterator[Executor | None]:
    """Give processes that start afresh, as a fork of a process with threads may hang; None for a single job.

    An interrupt is a matter of this process: it lets what runs end.
    """
    if jobs == 1:
        yield None
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin) as executor:
        yield executor


def _begin() -> None:
    """Leave interrupts to the parent, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """Give the workers of a dask scheduler.

    Args:
        address: of the scheduler, like ``tcp://10.0.0.1:8786``.

    Raises:
        NotCoveredError: dask.distributed is not installed.
        ParameterError: no scheduler answers, it has no worker, or a worker runs other code.
        AccountingError: a unit ended several workers.
    """
    try:
        from distributed import Client, KilledWorker
    except ModuleNotFoundError:
        raise NotCoveredError(
            "a scheduler needs dask.distributed: pip install 'concurrent-shuffle-accounting[cluster]'"
        ) from None
    if not address.strip():  # the client would start workers of its own
        raise ParameterError("scheduler", "must be the address of a dask scheduler", address)
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        remedy = " ".join(str(error).split())[:200]
        raise ParameterError(
            "scheduler", "must be the address of a dask scheduler that answers", address, remedy
        ) from None
    try:
        _check_workers(client, address)
        with _silenced():
            yield client.get_executor(pure=False)
    except KilledWorker as error:
        raise AccountingError(
            f"a unit of the table ended every worker that it was given to: {error}"
        ) from None
    finally:
        with _silenced():
            client.close(timeout=PATIENCE)


@contextmanager
def _silenced() -> Iterator[None]:
    """Keep the client's own log from the terminal: what matters of it is raised."""
    logs = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)


def _check_workers(client: object, address: str) -> None:
    """See that there are workers and that they run this very code; each unit is checked again."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)  # type: ignore[attr-defined]
    except TimeoutError:
        raise ParameterError(
            "scheduler", "must have a worker", address, f"Start one: dask worker {address}"
        ) from None
    found: dict[str, object] = client.run(identity, on_error="return")  # type: ignore[attr-defined]
    for worker, theirs in found.items():
        if not isinstance(theirs, str):
            remedy = "Install the same version of the toolkit and of its libraries there"
            reason = " ".join(str(theirs).split())[:200]
            raise ParameterError(f"the worker at {worker}", "must have the toolkit", reason, remedy)
        check_identity(theirs, where=f"the worker at {worker}")

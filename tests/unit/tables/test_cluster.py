"""Tables on a real dask scheduler with worker processes that talk over TCP."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import accounting as csa
from accounting.cli import main
from accounting.errors import AccountingError
from accounting.tables import AccountingTable
from accounting.tables.texts import as_csv
from accounting.tables.workers import cluster

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60
GRID = {
    "cell": "epsilon",
    "kind": "pure-local",
    "epsilon0": ["0.5", 1, 2],
    "users": {"first": 100, "last": "1e6", "per_decade": 8},
    "delta": "1e-6",
}

pytestmark = pytest.mark.slow


class Cluster:
    """A scheduler and its workers."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, command: str, *arguments: str, path: Path = ROOT) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "distributed.cli." + command,
                "--scheduler-file",
                str(self.file),
                *arguments,
            ],
            cwd=self.file.parent,
            env={**os.environ, "PYTHONPATH": str(path)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process

    def address(self) -> str:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.file.exists() and (text := self.file.read_text(encoding="utf-8")):
                return str(json.loads(text)["address"])
            time.sleep(0.1)
        raise TimeoutError("the scheduler did not start")


@contextmanager
def scheduler(folder: Path) -> Iterator[Cluster]:
    made = Cluster(folder)
    made.start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    try:
        made.address()
        yield made
    finally:
        for process in reversed(made.processes):
            process.kill()
            process.wait()


def worker(made: Cluster, path: Path = ROOT) -> subprocess.Popen[bytes]:
    return made.start("dask_worker", "--no-dashboard", "--no-nanny", "--nthreads", "1", path=path)


@pytest.fixture(scope="module")
def alone() -> AccountingTable:
    return csa.accounting_table(GRID)


def test_a_worker_that_is_killed_changes_no_digit(tmp_path: Path, alone: AccountingTable) -> None:
    with scheduler(tmp_path) as made:
        victim, _ = worker(made), worker(made)
        with cluster(made.address()) as executor:
            executor._client.wait_for_workers(2, timeout=PATIENCE)  # type: ignore[attr-defined]
            seen: list[int] = []

            def progress(done: int, total: int) -> None:
                seen.append(done)
                if 0 < done < total and victim.poll() is None:
                    victim.send_signal(signal.SIGKILL)
                    victim.wait()

            table = csa.accounting_table(GRID, executor=executor, progress=progress)
    assert victim.returncode == -signal.SIGKILL
    assert len([done for done in seen if 0 < done < len(alone.rows)]) > 3, "it died at the end"
    assert table == alone
    assert as_csv(table) == as_csv(alone)


def test_a_worker_of_another_version_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other"
    (other / "accounting").mkdir(parents=True)
    for path in (ROOT / "accounting").rglob("*.py"):
        copy = other / "accounting" / path.relative_to(ROOT / "accounting")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    with (other / "accounting" / "claims.py").open("a", encoding="utf-8") as file:
        file.write("# newer\n")
    spec = tmp_path / "spec.toml"
    spec.write_text('cell = "epsilon"\nkind = "pure-local"\nepsilon0 = 1\nusers = 100\ndelta = 1e-6\n')
    with scheduler(tmp_path) as made:
        worker(made, other)
        code = main(["table", str(spec), "-o", str(tmp_path / "o.csv"), "--scheduler", made.address()])
    out, err = capfd.readouterr()
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "must run version" in err
    assert "sources" in err
    assert not (tmp_path / "o.csv").exists()


def test_a_scheduler_that_dies_is_one_line_and_leaves_a_journal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], alone: AccountingTable
) -> None:
    journal = tmp_path / "table.part"
    with scheduler(tmp_path) as made:
        worker(made)

        def progress(done: int, _: int) -> None:
            if done:
                made.processes[0].kill()
                made.processes[0].wait()

        with pytest.raises(AccountingError, match="lost its workers"), cluster(made.address()) as executor:
            csa.accounting_table(GRID, executor=executor, progress=progress, journal=journal)
    assert capfd.readouterr() == ("", "")
    done: list[int] = []
    again = csa.accounting_table(GRID, journal=journal, progress=lambda at, _: done.append(at))
    assert done[0] > 0
    assert again == alone


def test_a_worker_without_tables_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other" / "accounting"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("")
    spec = tmp_path / "spec.toml"
    spec.write_text('cell = "epsilon"\nkind = "pure-local"\nepsilon0 = 1\nusers = 100\ndelta = 1e-6\n')
    with scheduler(tmp_path) as made:
        worker(made, other.parent)
        code = main(["table", str(spec), "-o", str(tmp_path / "o.csv"), "--scheduler", made.address()])
    out, err = capfd.readouterr()
    assert (code, out, len(err.splitlines())) == (2, "", 1), err
    assert "must have the toolkit" in err
    assert "accounting.tables" in err


def test_a_scheduler_that_is_not_there(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.toml"
    spec.write_text('cell = "epsilon"\nkind = "pure-local"\nepsilon0 = 1\nusers = 100\ndelta = 1e-6\n')
    for address in ("", "tcp://127.0.0.1:9", "nonsense://x", "tcp://127.0.0.1:notaport"):
        code = main(["table", str(spec), "-o", str(tmp_path / "o.csv"), "--scheduler", address])
        out, err = capfd.readouterr()
        assert (code, out, len(err.splitlines())) == (2, "", 1), err
        assert "scheduler" in err

"""A million users in ten thousand batches of three shufflers: each operation, and reading the journal.

``pytest tests/benchmarks/test_ledger.py --benchmark-enable -m "slow or not slow"`` times them.
"""

import itertools
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import accounting as csa

pytestmark = [pytest.mark.benchmark, pytest.mark.slow]

USERS, BATCHES = 10**6, 10**4
LENGTHS = {"short": 200, "middle": 300, "long": 600}
SHUFFLERS = {
    "short": csa.PureLocal(epsilon0="0.2"),
    "middle": csa.PureLocal(epsilon0="0.3"),
    "long": csa.KaryRandomizedResponse(16, epsilon0="1"),
}


def served(path: Path | None) -> csa.Ledger:
    """Each shuffler closes a batch and opens the next one when its time has come."""
    ledger = csa.Ledger(SHUFFLERS, epsilon="3", delta="1e-8", journal=path)
    for name in SHUFFLERS:
        ledger.open(name)
    ends = {name: set(range(length, USERS + 1, length)) | {USERS} for name, length in LENGTHS.items()}
    moments = sorted(set(itertools.chain(*ends.values())))
    for moment in moments:
        ledger.arrive(moment - ledger.arrived)
        for name in SHUFFLERS:
            if moment in ends[name]:
                ledger.close(name)
                ledger.open(name)
    return ledger


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "journal"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "accounting.ledger.journal.os.fsync", lambda _: None
        )  # only what is timed waits for the disk
        served(path).shut()
    return path


def test_serving(benchmark: BenchmarkFixture) -> None:
    ledger = benchmark.pedantic(  # type: ignore[no-untyped-call]
        served, args=(None,), rounds=1
    )
    assert ledger.arrived == USERS
    assert ledger.closed >= BATCHES
    assert len(ledger.memberships()) <= 2 * ledger.closed


def test_reading_the_journal(benchmark: BenchmarkFixture, journal: Path) -> None:
    ledger = benchmark.pedantic(  # type: ignore[no-untyped-call]
        lambda: csa.Ledger.resume(journal), rounds=1
    )
    ledger.shut()
    assert ledger.arrived == USERS
    assert ledger.closed >= BATCHES


def test_one_batch(benchmark: BenchmarkFixture, journal: Path) -> None:
    with csa.Ledger.resume(journal) as ledger:
        before = ledger.closed

        def batch() -> None:
            ledger.arrive(200)
            ledger.close("short")
            ledger.open("short")

        benchmark(batch)
        assert ledger.closed > before


def test_answers(benchmark: BenchmarkFixture, journal: Path) -> None:
    with csa.Ledger.resume(journal) as ledger:
        lost = benchmark(lambda: (ledger.loss(USERS // 2), ledger.worst(), ledger.may_close("short")))
        assert lost[0].spent <= lost[1].spent
        assert 0 < lost[1].epsilon.upper <= 3

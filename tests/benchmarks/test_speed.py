"""The speed table's work as benchmarks; untimed it is a smoke test of widths."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks.table import Row, rows

ROWS = [row for row in rows() if "process" not in row.work]


@pytest.mark.benchmark
@pytest.mark.parametrize("row", ROWS, ids=[row.work for row in ROWS])
def test_speed(benchmark: BenchmarkFixture, row: Row) -> None:
    assert benchmark(row.run) <= 4e-6 or "1e-4" in row.work

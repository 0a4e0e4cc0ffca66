"""Cells a second of a table, and the comparison of workers runs."""

from contextlib import nullcontext

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from accounting.tables import run
from accounting.tables.cells import answer_unit, question_of
from accounting.tables.identity import identity
from tests.benchmarks.table_scaling import rows, spec_of


def test_a_unit(benchmark: BenchmarkFixture) -> None:
    spec = spec_of(4)
    _, cells = next(iter(run._units(spec)))
    answer = benchmark(answer_unit, question_of(spec), cells[:12], identity())
    assert len(answer["rows"]) == 12
    assert all(row["upper"] > row["lower"] > 0 for row in answer["rows"])


@pytest.mark.slow
def test_the_comparison_runs() -> None:
    ((_, table, seconds),) = rows(1, (("this process", nullcontext),))
    assert len(table.rows) == 200
    assert not table.failed
    assert seconds > 0

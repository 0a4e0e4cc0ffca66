"""Runs the examples of docs/lower_bound_witness.md, and recomputes its table."""

import doctest
import re
from pathlib import Path

import pytest

from proofs.lower_bound.exhaustive import Window, table

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "lower_bound_witness.md"
ROWS = [
    re.findall(r"[^|]+", line) for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:3] > "| 0"
]


def test_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = doctest.testfile(str(PAGE), module_relative=False)
    assert done.attempted >= 8
    assert not done.failed


@pytest.mark.slow
def test_every_row_of_the_table() -> None:
    rows = [[cell.strip() for cell in row] for row in ROWS if row[0].strip().isdigit()]
    assert len(rows) >= 12
    windows = [Window(block=int(m), group=int(g), groups=int(n), shufflers=int(k)) for m, g, n, k, *_ in rows]
    _, *lines = table(windows)
    for row, line in zip(rows, lines, strict=True):
        assert " ".join(row).split() == line.split()

"""Runs the examples of docs/lower_bound.md, and recomputes its table."""

import doctest
import re
from pathlib import Path

import pytest

import accounting as csa

PAGE = Path(__file__).resolve().parents[2] / "docs" / "lower_bound.md"


def test_examples() -> None:
    done = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert done.attempted >= 4
    assert not done.failed


@pytest.mark.slow
def test_every_number_of_the_table() -> None:
    rows = re.findall(r"^\| (\d+) \|(.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == 5
    for shufflers, cells in rows:
        for users, cell in zip((10**4, 10**6, 10**9, 10**12, 10**15), cells.split("|"), strict=True):
            said = csa.lower_bound(users=users, shufflers=shufflers, epsilon=1).lower
            assert float(cell) <= said < float(cell) * 1.01

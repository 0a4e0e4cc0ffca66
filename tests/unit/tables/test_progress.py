"""A bar with the time left on a terminal; silence in a pipe."""

import io
import sys

import pytest

from accounting.tables.progress import progress_bar
from accounting.tables.run import accounting_table


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


GRID = {"cell": "delta", "kind": "pure-local", "epsilon0": 1, "users": [10, 20], "epsilon": "0.1"}


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with progress_bar("making the table") as progress:
        progress(3, 40)
    assert "making the table" in terminal.getvalue()
    assert "3/40" in terminal.getvalue()


def test_true_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    accounting_table(GRID, progress=True)
    assert "2/2" in terminal.getvalue()


def test_silence_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", pipe := io.StringIO())
    accounting_table(GRID, progress=True)
    assert pipe.getvalue() == ""

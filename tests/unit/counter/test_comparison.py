"""The table of comparison: one command prints it, and says with its exit code whether our plans are better."""

import pytest

from proofs.summation import comparison


def test_one_command_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert comparison.main(["--users", "2000", "--shufflers", "1"]) == 0
    out = capsys.readouterr().out
    lines = [line for line in out.splitlines() if line.startswith("| ")]
    assert [line.split(" | ")[0] for line in lines[:4]] == [
        "| counter",
        "| 1 shuffler",
        "| 1 shuffler, for rms",
        "| 1 shuffler, equal choice",
    ]
    assert len(lines) == 8
    assert out.endswith("Not better than the equal choice: 0\n")


def test_a_row_says_what_the_table_shows() -> None:
    row = comparison.compared(3000, 1)
    assert row.equal is not None
    assert row.better
    assert row.ratio > 1, "no plan is better than the lower bound"
    swapped = comparison.Row(ours=row.equal, by_rms=row.equal, equal=row.ours, lower=row.lower)
    assert not swapped.better


def test_a_worse_plan_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison.Row, "better", False)
    assert comparison.main(["--users", "2000", "--shufflers", "1"]) == 1
    assert capsys.readouterr().out.endswith("Not better than the equal choice: 1\n")


@pytest.mark.slow
def test_better_than_the_equal_choice() -> None:
    row = comparison.compared(10**5, 4)
    assert row.better
    assert 5 < row.ratio < 100

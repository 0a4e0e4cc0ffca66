"""Runs docs/counter.md: its Python blocks, its commands in order, and rows of its tables."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from accounting.numerics.rounding import print_at_least
from proofs.summation.baselines import baselines
from proofs.summation.comparison import compared, table
from proofs.summation.growth import growth

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "counter.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ")]


@pytest.mark.slow
def test_the_walk_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "counter_page"}
    expected, commands = None, 0
    for kind, body in BLOCKS:
        if kind == "python":
            exec(compile(body, "docs/counter.md", "exec"), namespace)
            expected = capsys.readouterr().out
        elif kind == "text":
            assert body == expected
        else:
            for command in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                line, _, output = command.partition("\n")
                done = subprocess.run(
                    [sys.executable, "-m", "accounting", *shlex.split(line)[1:]],
                    env=os.environ | {"PYTHONPATH": str(ROOT)},
                    capture_output=True,
                    encoding="utf-8",
                )
                assert done.returncode == 0, done.stderr
                assert not output or done.stdout == output
                commands += 1
    assert commands == 3


def test_other_models_are_as_the_table_says() -> None:
    lines = [line for line in table(10**6, [], baselines(10**6, 1.0, 1e-8)) if "model" in line]
    assert len(lines) == 4
    assert all(line in ROWS for line in lines)


@pytest.mark.parametrize("shufflers", [1, pytest.param(4, marks=pytest.mark.slow)])
def test_plans_are_as_the_table_says(shufflers: int) -> None:
    row = compared(10**6, shufflers)
    _, _, _, _, *lines, end = table(10**6, [row], [])
    assert not end
    assert len(lines) == 3
    assert all(line in ROWS for line in lines)
    assert print_at_least(row.ours.privacy.upper) in lines[0]


@pytest.mark.parametrize("shufflers", [1, pytest.param(5, marks=pytest.mark.slow)])
def test_exponents_are_as_the_table_says(shufflers: int) -> None:
    found = growth(shufflers)
    expected = (
        f"| {shufflers} | {found.expected:.4f} | {found.corrected} | yes | {found.plain} | {found.maximum} |"
    )
    assert expected in ROWS

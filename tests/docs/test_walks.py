"""Walks through the tutorial and the how-to pages as a reader would, in an empty folder, and compares what is shown.

A block after a paragraph that ends with the name of a file and a colon is written to that file. Commands of a ``console`` block run
in one bash after the other, each seeing the exit code of the one before it; Python blocks share their names, and a ``text`` block
after one is what it prints. ``...`` stands for any text. Blocks of other kinds are not run.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [
    DOCS / "tutorial.md",
    *sorted((DOCS / "howto").glob("*.md")),
    DOCS / "reference" / "exit_codes.md",
    DOCS / "reference" / "json.md",
    DOCS / "bandits.md",
]
SLOW = {"bandits", "tutorial", "calibrate", "ci", "completion", "json", "libraries", "ledger"}
BLOCK = re.compile(
    r"(?:(?:^|`)(?P<name>[\w.-]+\.\w+)`[^`\n]*:\n\n)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^\$ (?P<line>.*)\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)


def fits(found: str, shown: str) -> bool:
    parts = (re.escape(part) for part in shown.rstrip().split("..."))
    return re.fullmatch(".*".join(parts), found.rstrip(), re.DOTALL) is not None


def test_what_fits() -> None:
    assert fits("one\ntwo\nthree\n", "one\n...\nthree\n")
    assert not fits("one\ntwo\nfour\n", "one\n...\nthree\n")
    assert not fits("0.123\n", "0.124\n")


def blocks(page: Path) -> Iterator[tuple[str, str, str, int]]:
    """Return the name of the file, the kind, the text and the line of each block."""
    text = page.read_text(encoding="utf-8")
    for match in BLOCK.finditer(text):
        yield match["name"] or "", match["kind"], match["body"], text.count("\n", 0, match.start("body"))


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """An environment in which the program and ``python`` are those of these tests."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, arguments in {"shuffle-accounting": "-m accounting ", "python": ""}.items():
        (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments}"$@"\n', encoding="utf-8")
        (tools / name).chmod(0o755)
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    return {
        "PATH": path,
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "COLUMNS": "100",
        "LC_ALL": "C.UTF-8",
    }


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs a bash")
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=page.stem, marks=[pytest.mark.slow] if page.stem in SLOW else [])
        for page in PAGES
    ],
)
def test_the_page_is_true(
    page: Path,
    tmp_path: Path,
    shell: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    names: dict[str, object] = {"__name__": page.stem}
    code, done = 0, 0
    for (name, kind, body, line), (_, following, expected, _) in pairwise([*blocks(page), ("", "", "", 0)]):
        where = f"{page}:{line}"
        if name:
            (folder / name).write_text(body, encoding="utf-8")
        elif kind == "python":
            exec(compile("\n" * line + body, page, "exec"), names)
            printed = capsys.readouterr().out
            if following == "text":
                assert fits(printed, expected), f"{where} prints {printed}"
            done += 1
        elif kind == "console":
            for command in COMMAND.finditer(body):
                ran = subprocess.run(
                    ["bash", "-c", f"(exit {code}); {command['line']}"],
                    env=shell,
                    cwd=folder,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    encoding="utf-8",
                )
                code = ran.returncode
                assert fits(ran.stdout, command["output"]), f"{where}: {command['line']} prints {ran.stdout}"
                done += 1
    assert done, "nothing of the page is run"

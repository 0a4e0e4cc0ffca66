"""Runs the README: its Python blocks in order in one namespace, and its command lines.

A ``text`` block right after a ``python`` block is what that block prints. In a ``console`` block the lines
after a ``$`` line are what that command prints; ``# exit N`` on the line says that it exits with N, not 0.
"""

import os
import re
import shlex
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
BLOCKS = [
    (match["kind"], TEXT.count("\n", 0, match.start("body")), match["body"])
    for match in re.finditer(r"^```(?P<kind>\w*)\n(?P<body>.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
]
COMMANDS = [
    (match["command"], int(match["code"] or 0), match["output"])
    for kind, _, body in BLOCKS
    if kind in ("console", "sh")
    for match in re.finditer(
        r"^(?:\$ )?(?P<command>shuffle-accounting .*?)(?: *# exit (?P<code>\d))?\n"
        r"(?P<output>(?:(?!\$ |shuffle-accounting ).*\n)*)",
        body,
        re.MULTILINE,
    )
]


def test_python_blocks(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    namespace: dict[str, object] = {"__name__": "readme"}
    executed = 0
    for (kind, line, body), following in zip_longest(BLOCKS, BLOCKS[1:]):
        if kind != "python":
            continue
        exec(compile("\n" * line + body, README, "exec"), namespace)
        executed += 1
        printed = capsys.readouterr().out
        if following is not None and following[0] == "text":
            assert printed == following[2], f"what the block at {README}:{line} prints"
    assert executed, "the README shows no Python"


@pytest.mark.parametrize(("command", "code", "output"), COMMANDS, ids=[command for command, *_ in COMMANDS])
def test_command(command: str, code: int, output: str) -> None:
    arguments = shlex.split(command)[1:]
    done = subprocess.run(
        [sys.executable, "-m", "accounting", *arguments],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "80"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == code, done.stderr
    if output:
        assert done.stdout.rstrip() == output.rstrip()


def test_the_readme_shows_a_command() -> None:
    assert COMMANDS

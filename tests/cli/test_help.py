"""``--help`` of every command is a manual page: what it does, its exit codes, its options, and an example that runs."""

import inspect
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclopts import App

from accounting.cli import command_line, main

ROOT = Path(__file__).resolve().parents[2]
CODES = re.compile(r"^- (\d+): \S", re.MULTILINE)
EXAMPLE = re.compile(r"^Example: `shuffle-accounting (.+)`$", re.MULTILINE)
GRID = """cell = "epsilon"
kind = "kary-randomized-response"
values = 8
epsilon0 = [2, 3]
users = [1000, 10000, 100000]
delta = 1e-8
"""
LONG = {
    "plot users",
    "plot summation",
    "plot curve",
    "prove",
    "plan",
    "count",
    "table",
    "bandit",
    "bandit plan",
    "bandit run",
}  # seconds


def commands(app: App, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], App]]:
    yield path, app
    for name in app:
        if not name.startswith("-"):
            yield from commands(app[name], (*path, name))


ALL = {" ".join(path) or "shuffle-accounting": app for path, app in commands(command_line())}


def text_of(app: App) -> str:
    return inspect.cleandoc(app.help)


def examples() -> list[tuple[str, str]]:
    """Return commands with their examples."""
    found = {line: name for name, app in ALL.items() for line in EXAMPLE.findall(text_of(app))}  # each once
    return [(name, line) for line, name in found.items()]


def test_there_are_commands() -> None:
    assert {"check", "solve users", "solve epsilon0", "table", "completion"} <= ALL.keys()


@pytest.mark.parametrize("name", ALL)
def test_the_text_is_whole(name: str) -> None:
    text = text_of(ALL[name])
    summary, _, rest = text.partition("\n\n")
    assert summary.endswith(".")
    assert "\n" not in summary
    assert not rest.startswith(("Example", "Exit codes")), "what it does, in more than the first line"
    assert EXAMPLE.search(text), "an example"
    assert "Exit codes" in text
    codes = [int(code) for code in CODES.findall(text)]
    assert codes == sorted(set(codes))
    assert codes[0] == 0
    assert 2 in codes


@pytest.mark.parametrize("name", [name for name, app in ALL.items() if app.default_command])
def test_every_option_is_described(name: str) -> None:
    app = ALL[name]
    for argument in app.assemble_argument_collection(parse_docstring=True):
        assert argument.parameter.help, f"{name}: {argument.name}"
        if {"epsilon", "delta", "epsilon0"} & set(argument.names[0].strip("-").split("-")):
            assert re.search("nats|probability", argument.parameter.help), (
                f"{name}: the unit of {argument.name}"
            )


@pytest.mark.parametrize("name", ALL)
def test_help_is_printed(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    path = [] if name == "shuffle-accounting" else name.split()
    assert main([*path, "--help"]) == 0
    out, err = capfd.readouterr()
    assert out.startswith(f"Usage: {' '.join(['shuffle-accounting', *path])}")
    assert not err


@pytest.mark.parametrize(
    ("name", "line"),
    [
        pytest.param(name, line, marks=[pytest.mark.slow] if name in LONG else [], id=name)
        for name, line in examples()
    ],
)
def test_the_example_runs(
    name: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """In an empty folder with the examples, and with the files that examples of other commands write."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "stream.txt").write_text("1\n0\n1\n1\n" * 500, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    if "plan.toml" in line and name != "plan":
        small = "plan --users 2000 --shufflers 2 --epsilon 1 --delta 1e-6 -o plan.toml"
        assert main(shlex.split(small)) == 0
        capfd.readouterr()
    if "bandit.toml" in line and name != "bandit plan":
        small = "bandit plan --users 2000 --shufflers 1 --features 1 --epsilon 1 --delta 1e-6 -o bandit.toml"
        assert main(shlex.split(small)) == 0
        capfd.readouterr()
        (tmp_path / "users.csv").write_text("user,reward,x\na,1,0.5\na,0,-1\nb,1,1\n", encoding="utf-8")
    if "table.json" in line and name != "table":
        (tmp_path / "grid.toml").write_text(GRID, encoding="utf-8")
        assert main(["table", "grid.toml", "-o", "table.json", "--jobs", "1"]) == 0
        capfd.readouterr()
    assert main(shlex.split(line)) == 0
    out, err = capfd.readouterr()
    written = [path for path in tmp_path.iterdir() if path.name not in {"examples", "stream.txt"}]
    assert out or written
    assert not err

"""The page about pictures: its commands and its Python run, and each command of ``plot`` is on it."""

import re
from pathlib import Path

import pytest

from accounting.cli import main
from accounting.commands.plot import app

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "pictures.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ shuffle-accounting (.*)$", PAGE, re.MULTILINE)


def test_each_picture_is_described() -> None:
    drawn = {line.split()[1] for line in COMMANDS if line.startswith("plot ")}
    assert drawn == {name for name in app() if not name.startswith("-")}


@pytest.mark.slow
def test_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for command in COMMANDS:
        words = command.split()
        assert main(words) == 0, capfd.readouterr().err
        assert (tmp_path / words[words.index("-o") + 1]).stat().st_size > 1000
    (block,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    exec(compile(block, "docs/pictures.md", "exec"), {})
    assert (tmp_path / "curve.png").stat().st_size > 1000


@pytest.mark.slow
def test_the_example_writes_three_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    namespace: dict[str, object] = {
        "__name__": "pictures",
        "__file__": str(ROOT / "examples" / "pictures.py"),
    }
    source = (ROOT / "examples" / "pictures.py").read_text(encoding="utf-8")
    exec(compile(source, "examples/pictures.py", "exec"), namespace)
    assert callable(namespace["main"])
    namespace["main"](str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["curve.svg", "schedule.pdf", "users.png"]
    out = capsys.readouterr().out
    assert "variation-ratio: refuted; below what is surely lost at" in out
    assert "clones: proved; below what is surely lost at 0 of" in out

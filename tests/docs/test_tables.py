"""``docs/tables.md`` runs, names every key and file, and the ready tables are made again byte by byte."""

import importlib.util
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from accounting.cli import main
from accounting.tables import TableSpec, accounting_table
from accounting.tables.axes import AXES
from accounting.tables.outputs import ENDINGS
from accounting.tables.spec import _OPTIONS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
TABLES = ROOT / "examples" / "tables"
SPECS = sorted(TABLES.glob("*.toml"))
QUICK = ("smallest_batch.toml",)


def test_code_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    space: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "docs/tables.md", "exec"), space)


def test_the_specification_is_one() -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert len(TableSpec.read(tomllib.loads(block))) == 8


def test_the_command_prints_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    ((command, output),) = re.findall(
        r"^```console\n\$ shuffle-accounting (.*)\n((?:.*\n)*?)```$", TEXT, re.MULTILINE
    )
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    assert main([*shlex.split(command), "--jobs", "1"]) == 0
    assert capfd.readouterr().out == output


def test_every_key_and_ending_is_named() -> None:
    for word in (*_OPTIONS, *AXES, *ENDINGS):
        assert f"`{word}`" in TEXT, word


def test_every_ready_table_is_listed() -> None:
    listed = re.findall(r"^\| `(\w+\.toml)` \|", TEXT, re.MULTILINE)
    assert sorted(listed) == [path.name for path in SPECS]


@pytest.mark.parametrize("name", QUICK)
def test_a_ready_table_is_made_again(name: str) -> None:
    table = accounting_table(TABLES / name)
    for ending in (".csv", ".md"):
        assert ENDINGS[ending](table) == (TABLES / name).with_suffix(ending).read_bytes()


@pytest.mark.slow
def test_all_ready_tables_are_made_again(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("regenerate", TABLES / "regenerate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written = module.main(tmp_path)
    assert len(written) == 2 * len(SPECS)
    assert {path.name for path in written} == {path.name for path in TABLES.iterdir()} - {
        "regenerate.py",
        *(path.name for path in SPECS),
    } - {"__pycache__"}
    for path in written:
        assert path.read_bytes() == (TABLES / path.name).read_bytes(), path.name

"""The scripts in ``bin`` refuse plainly, whatever directory and environment they are called from."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / "bin"


def bash(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
    )


@pytest.fixture
def fresh_checkout(tmp_path: Path) -> Path:
    """Copy what the scripts need to a folder without a virtual environment; its name has a space."""
    checkout = tmp_path / "a checkout"
    shutil.copytree(BIN, checkout / "bin")
    shutil.copy(ROOT / "pyproject.toml", checkout)
    return checkout


@pytest.mark.parametrize("path", [*sorted(BIN.iterdir()), ROOT / ".ci" / "run"], ids=lambda path: path.name)
def test_syntax(path: Path) -> None:
    assert bash("-n", path, cwd=ROOT).returncode == 0


def test_check_without_a_file_is_a_usage_error(fresh_checkout: Path, tmp_path: Path) -> None:
    done = bash(fresh_checkout / "bin" / "check", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("usage:")
    assert not (fresh_checkout / ".venv").exists()


@pytest.mark.parametrize("script", ["check", "test", "format"])
def test_missing_python_is_named(script: str, fresh_checkout: Path, tmp_path: Path) -> None:
    done = bash(fresh_checkout / "bin" / script, "x.toml", cwd=tmp_path, PYTHON="/nowhere/python3")
    assert done.returncode == 2
    assert "/nowhere/python3" in done.stderr
    assert done.stdout == ""
    assert not (fresh_checkout / ".venv").exists()

"""Runs every example: programs through their ``main``, deployment files through ``check``."""

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = sorted((ROOT / "examples").glob("*.py"))
SLOW = {"bandit_service", "counter", "flights"}
DEPLOYMENTS = [
    path
    for path in sorted((ROOT / "examples").glob("*.toml"))
    if "shuffler" in tomllib.loads(path.read_text(encoding="utf-8"))
]


def test_there_are_examples() -> None:
    assert PROGRAMS, "no examples/*.py"
    assert DEPLOYMENTS, "no deployment file among examples/*.toml"


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.stem, marks=[pytest.mark.slow] if path.stem in SLOW else [])
        for path in PROGRAMS
    ],
)
def test_program(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    spec = importlib.util.spec_from_file_location(f"examples.{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.main() is not None, "an example returns what it shows"


@pytest.mark.parametrize("path", DEPLOYMENTS, ids=lambda path: path.stem)
def test_deployment(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "accounting", "check", str(path)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode in (0, 1, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout

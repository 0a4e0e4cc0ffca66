"""What the built wheel and the source distribution contain."""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def shipped(folder: str, pattern: str) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob(pattern)}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source distribution, and the wheel from it."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.mark.slow
def test_wheel(built: Path) -> None:
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
        (metadata,) = (wheel.read(name).decode() for name in names if name.endswith(".dist-info/METADATA"))
    python = shipped("accounting", "*.py") | shipped("proofs", "*.py")
    statements = shipped("proofs/statements", "*.md")
    assert python
    assert statements
    templates = shipped("accounting", "*.html")
    assert templates
    assert python | statements | templates | {"accounting/py.typed", "proofs/py.typed"} <= names
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"accounting", "proofs"}
    assert f"Version: {PROJECT['version']}" in metadata.splitlines()


@pytest.mark.slow
def test_source_distribution(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tests = shipped("tests", "*.py")
    examples = {path.relative_to(ROOT).as_posix() for path in (ROOT / "examples").glob("*.*")}
    assert tests | examples <= names
    assert {"README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "bin/test"} <= names
    assert not [name for name in names if name.startswith(".venv") or "__pycache__" in name]


@pytest.mark.slow
def test_wheel_runs_by_itself(built: Path, tmp_path: Path) -> None:
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        wheel.extractall(tmp_path)
    program = (
        "import accounting, proofs, importlib, pkgutil\n"
        "for module in pkgutil.walk_packages(accounting.__path__, 'accounting.'):\n"
        "    module.name.endswith('__main__') or importlib.import_module(module.name)\n"
        "print(accounting.__path__[0], accounting.__version__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(tmp_path / "accounting"), PROJECT["version"]]


def test_citation_and_changelog_name_the_version() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert f"version: {PROJECT['version']}" in citation
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{PROJECT['version']}]" in changelog

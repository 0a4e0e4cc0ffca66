"""``table``: files, exit codes, and every refusal in one line."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from accounting.cli import main

ROOT = Path(__file__).resolve().parents[2]
SPEC = 'cell = "delta"\nkind = "pure-local"\nepsilon0 = 1\nusers = [10, 100]\nepsilon = [0.1, 0.2]\n'


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "spec.toml"
    path.write_text(SPEC)
    return path


def run(capfd: pytest.CaptureFixture[str], *argv: object) -> tuple[int, str, str]:
    code = main(["table", *map(str, argv)])
    out, err = capfd.readouterr()
    return code, out, err


def test_every_format_at_once(spec: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / f"t.{ending}" for ending in ("csv", "md", "tex", "json", "parquet")]
    code, out, err = run(capfd, spec, *(word for file in files for word in ("-o", file)))
    assert (code, err) == (0, "")
    assert out.endswith("t.parquet: 4 cells\n")
    assert all(file.stat().st_size > 100 for file in files)
    assert sorted(tmp_path.iterdir()) == sorted([spec, *files]), "nothing else is left"


def test_json_on_standard_output(spec: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    target = str(tmp_path / "t.json")
    code, out, err = run(capfd, spec, "--output", target, "--jobs", 1, "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert (answer["outputs"], answer["cells"], answer["without_a_number"]) == ([target], 4, 0)
    assert answer["spec_sha256"] == json.loads(Path(target).read_text())["header"]["spec_sha256"]


def test_failed_cells_are_counted(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "spec.toml"
    path.write_text(SPEC.replace("epsilon0 = 1", "epsilon0 = [1, 400]"))
    code, out, _ = run(capfd, path, "-o", tmp_path / "t.csv", "--jobs", 1)
    assert code == 0
    assert "8 cells, 4 of them without a number" in out
    assert "must be at most 300" in out


def test_bad_usage(spec: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "folder.csv").mkdir()
    million = tmp_path / "million.toml"
    million.write_text(
        SPEC.replace("[10, 100]", "{ first = 2, last = 1001, step = 1 }").replace(
            "[0.1, 0.2]", "{ first = 0.001, last = 1, step = 0.001 }"
        )
    )
    contradictory = tmp_path / "contradictory.toml"
    contradictory.write_text(SPEC + "delta = 1e-6\n")
    broken = tmp_path / "broken.toml"
    broken.write_text("cell = \n")
    good = tmp_path / "t.csv"
    cases: list[tuple[list[object], str]] = [
        ([spec], "--output must be given"),
        ([spec, "-o", tmp_path / "t.xlsx"], "must end in"),
        ([spec, "-o", tmp_path / "folder.csv"], "It is a folder"),
        ([spec, "-o", tmp_path / "none" / "t.csv"], "must be a file that can be written"),
        ([spec, "-o", "/proc/t.csv"], "must be a file that can be written"),
        ([spec, "-o", good, "--jobs", 0], "--jobs must be at least 1"),
        ([spec, "-o", good, "--jobs", 2, "--scheduler", "tcp://x:1"], "must not be given with --scheduler"),
        ([tmp_path / "none.toml", "-o", good], "must be a file that can be read"),
        ([broken, "-o", good], "must be valid TOML"),
        ([contradictory, "-o", good], "delta must not be given, as cells of delta answer for it"),
        ([million, "-o", good], "got 1,000,000 cells. Ask for it with --yes"),
    ]
    for argv, words in cases:
        code, out, err = run(capfd, *argv)
        assert (code, out, len(err.splitlines())) == (2, "", 1), err
        assert words in err
    assert not good.exists()
    assert not Path(f"{good}.part").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_is_read_only(spec: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o555)
    code, out, err = run(capfd, spec, "-o", folder / "t.csv")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "Permission denied" in err


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_a_run_that_was_stopped_goes_on(tmp_path: Path, how: signal.Signals) -> None:
    spec, alone, target = tmp_path / "spec.toml", tmp_path / "alone.csv", tmp_path / "t.csv"
    spec.write_text(
        'cell = "epsilon"\nkind = "kary-randomized-response"\nvalues = 7\nepsilon0 = [0.5, 1, 2]\ndelta = 1e-6\n'
        "users = { first = 100, last = 1e8, per_decade = 8 }\n"
    )
    command = [sys.executable, "-m", "accounting", "table", str(spec), "-o"]
    journal = Path(f"{target}.part")
    process = subprocess.Popen([*command, str(target)], cwd=ROOT, stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while not (journal.exists() and journal.read_bytes().count(b"\n") > 2):
        assert time.monotonic() < end
        assert process.poll() is None, "it was over before it could be stopped"
        time.sleep(0.01)
    process.send_signal(how)
    _, err = process.communicate(timeout=60)
    assert b"Traceback" not in err
    assert not target.exists()
    kept = journal.read_bytes()
    assert kept.count(b"\n") > 2
    done = subprocess.run([*command, str(target)], cwd=ROOT, capture_output=True, check=True)
    assert done.stderr == b""
    assert not journal.exists()
    subprocess.run([*command, str(alone), "--jobs", "1"], cwd=ROOT, capture_output=True, check=True)
    assert target.read_bytes() == alone.read_bytes()

"""``count``: the text, the document, files in and out, exit codes, and one line for bad input."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from accounting import BinomialCount
from accounting.cli import main
from accounting.counter import Level, Plan
from accounting.counter.counter import Counter

ROOT = Path(__file__).resolve().parents[2]
PLAN = Plan([Level(64, BinomialCount(1, 4, "1/2"))], users=1000, epsilon="0.8", delta="1e-6")

Complain = Callable[..., str]


@pytest.fixture
def plan(tmp_path: Path) -> str:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN.to_toml(), encoding="utf-8")
    return str(path)


@pytest.fixture
def values() -> NDArray[np.int64]:
    return (np.random.default_rng(7).random(900) < 0.3).astype(np.int64)


@pytest.fixture
def stream(tmp_path: Path, values: NDArray[np.int64]) -> str:
    path = tmp_path / "stream.txt"
    path.write_text("".join(f"{value}\n" for value in values), encoding="utf-8")
    return str(path)


@pytest.fixture
def complaint(capfd: pytest.CaptureFixture[str]) -> Complain:
    """Run the command line, which must refuse with one line, and return that line."""

    def run(*argv: str) -> str:
        assert main(list(argv)) == 2
        out, err = capfd.readouterr()
        assert out == ""
        assert "Traceback" not in err
        assert "defect" not in err
        assert err.count("\n") == 1
        return err

    return run


def document(capfd: pytest.CaptureFixture[str], *argv: str, code: int = 0) -> dict[str, object]:
    assert main([*argv, "--json"]) == code
    out, err = capfd.readouterr()
    assert err == ""
    content = json.loads(out)
    assert isinstance(content, dict)
    return content


def test_text(capfd: pytest.CaptureFixture[str], stream: str, plan: str) -> None:
    assert main(["count", stream, "--plan", plan]) == 0
    out, err = capfd.readouterr()
    assert err == "", "silent in a pipe"
    assert "900 users, true sum" in out
    assert "Randomness: the operating system." in out
    assert out.endswith("Within the law.\n")


def test_document(
    capfd: pytest.CaptureFixture[str], stream: str, plan: str, values: NDArray[np.int64]
) -> None:
    found = document(capfd, "count", stream, "--plan", plan, "--seed", "3")
    assert {"steps", "max_error", "rms_error", "law", "within_law"} <= found.keys()
    assert found["steps"] == 900
    assert found["within_law"] is True
    law, final = found["law"], found["final"]
    assert isinstance(law, dict)
    assert law.keys() == {"rms", "bound", "confidence"}
    assert law["confidence"] == 0.95
    assert 0 < found["rms_error"] <= found["max_error"] <= law["bound"]  # type: ignore[operator]
    assert isinstance(final, dict)
    assert final["sum"] == values.sum()
    assert found["privacy"] == {"epsilon": PLAN.privacy().upper, "delta": 1e-6}
    again = document(capfd, "count", stream, "--plan", plan, "--seed", "3")
    assert again == found, "a seed repeats the run"
    assert document(capfd, "count", stream, "--plan", plan, "--seed", "4") != found


def test_outside_the_law(
    capfd: pytest.CaptureFixture[str], stream: str, plan: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A counter that loses users is outside the bound of a counter that does not."""
    whole = Counter.estimates
    monkeypatch.setattr(Counter, "estimates", lambda self, values: whole(self, np.zeros_like(values)))
    assert main(["count", stream, "--plan", plan]) == 1
    assert "NOT within the law." in capfd.readouterr().out
    assert document(capfd, "count", stream, "--plan", plan, code=1)["within_law"] is False


def rows_of(path: Path) -> dict[str, NDArray[np.float64]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return {key: np.array([float(row[key]) for row in rows]) for key in rows[0]}
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(path)
    return {name: table[name].to_numpy() for name in table.column_names}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_estimates_are_written(
    suffix: str,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    stream: str,
    plan: str,
    values: NDArray[np.int64],
) -> None:
    path = tmp_path / f"estimates.{suffix}"
    found = document(capfd, "count", stream, "--plan", plan, "--seed", "1", "-o", str(path))
    rows = rows_of(path)
    assert list(rows) == ["step", "estimate", "low", "high"]
    assert np.array_equal(rows["step"], np.arange(1, 901))
    sums = np.cumsum(values)
    assert np.abs(rows["estimate"] - sums).max() == pytest.approx(found["max_error"], abs=1e-3)
    assert np.all((rows["low"] <= sums) & (sums <= rows["high"]))
    assert not list(tmp_path.glob(".*")), "nothing unfinished stays"


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_picture_is_drawn(suffix: str, tmp_path: Path, stream: str, plan: str) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / f"picture.{suffix}"
    assert main(["count", stream, "--plan", plan, "--plot", str(path)]) == 0
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[suffix]
    assert path.read_bytes().startswith(start)


def test_no_picture_unless_asked(tmp_path: Path, stream: str, plan: str) -> None:
    before = set(tmp_path.iterdir())
    assert main(["count", stream, "--plan", plan]) == 0
    assert set(tmp_path.iterdir()) == before


def test_columns_of_tables(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, stream: str, plan: str, values: NDArray[np.int64]
) -> None:
    expected = document(capfd, "count", stream, "--plan", plan, "--seed", "1")
    table = tmp_path / "stream.csv"
    table.write_text("name,late\n" + "".join(f'"a, b",{v}\n' for v in values), encoding="utf-8-sig")
    argv = ("--column", "late", "--plan", plan, "--seed", "1")
    assert document(capfd, "count", str(table), *argv) == expected
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = tmp_path / "stream.parquet"
    parquet.write_table(pyarrow.table({"late": values, "name": ["x"] * 900}), table)
    assert document(capfd, "count", str(table), *argv) == expected


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("0\n1.5\n", 2, "must hold a value in [0, 1]; got 1.5"),
        ("0\n-0.01\n", 2, "must hold a value in [0, 1]"),
        ("nan\n", 1, "got nan"),
        ("0\n0_1\n", 2, "got 0_1"),
        ("0\n1\ninf\n", 3, "got inf"),
        ("0\none\n", 2, "must hold a number"),
        ("0\n\n1\n", 2, "must hold a number"),
        ("0,1\n", 1, "must hold a number"),
    ],
)
def test_bad_values(complaint: Complain, tmp_path: Path, plan: str, text: str, line: int, said: str) -> None:
    path = tmp_path / "stream.txt"
    path.write_text(text, encoding="utf-8")
    found = complaint("count", str(path), "--plan", plan)
    assert found.startswith(f"{path}: line {line} ")
    assert said in found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "must hold at least one value"),
        (b"0\n\xff\xfe\n", "must be text in UTF-8"),
        (b"0\n" * 1001, "stream must hold at most the 1000 users of the plan; got 1001"),
    ],
)
def test_bad_streams(complaint: Complain, tmp_path: Path, plan: str, content: bytes, said: str) -> None:
    path = tmp_path / "stream.txt"
    path.write_bytes(content)
    assert said in complaint("count", str(path), "--plan", plan)


def test_bad_tables(complaint: Complain, tmp_path: Path, plan: str) -> None:
    table = tmp_path / "stream.csv"
    table.write_text("late,name\n1,a\n", encoding="utf-8")
    assert "It has: late, name" in complaint("count", str(table), "--plan", plan, "--column", "later")
    table.write_text("late,name\n1,a\n7,b\n", encoding="utf-8")
    assert "line 3 must hold a value" in complaint("count", str(table), "--plan", plan, "--column", "late")
    table.write_text("late,name\n", encoding="utf-8")
    assert "at least one value" in complaint("count", str(table), "--plan", plan, "--column", "late")


def test_bad_parquet(complaint: Complain, tmp_path: Path, plan: str) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "stream.parquet"
    argv = ("count", str(path), "--plan", plan)
    path.write_bytes(b"PAR1 and no more")
    assert "must be a Parquet file" in complaint(*argv, "--column", "late")
    parquet.write_table(pyarrow.table({"late": [0, None, 1], "name": ["a", "b", "c"]}), path)
    assert "must hold a value in [0, 1]; got nan" in complaint(*argv, "--column", "late")
    assert "must be a Parquet file with numbers" in complaint(*argv, "--column", "name")
    assert "It has: late, name" in complaint(*argv, "--column", "later")
    assert "--column must be given" in complaint(*argv)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("epsilon = 0.8", "epsilon = 0.5"),
        ("bits = 4", "bits = 1"),
        ("users = 64", "users = 8"),
        ("1e-6", "1e-30"),
    ],
)
def test_a_plan_whose_promise_no_longer_holds(
    complaint: Complain, stream: str, plan: str, tmp_path: Path, old: str, new: str
) -> None:
    """An edit by hand that leaves a well-formed plan, which loses more than it says."""
    text = Path(plan).read_text(encoding="utf-8")
    assert text.count(old) == 1
    edited = tmp_path / "edited.toml"
    edited.write_text(text.replace(old, new), encoding="utf-8")
    out = tmp_path / "out.csv"
    found = complaint("count", stream, "--plan", str(edited), "-o", str(out))
    assert "budget.epsilon must be at least the" in found
    assert not out.exists()


def test_bad_usage(complaint: Complain, stream: str, plan: str, tmp_path: Path) -> None:
    assert "--output must end in .csv or .parquet" in complaint(
        "count", stream, "--plan", plan, "-o", "estimates.xlsx"
    )
    assert "--plot must end in .png, .svg or .pdf" in complaint(
        "count", stream, "--plan", plan, "--plot", "picture.gif"
    )
    assert "nothing.toml" in complaint("count", stream, "--plan", str(tmp_path / "nothing.toml"))
    assert "nothing.txt" in complaint("count", str(tmp_path / "nothing.txt"), "--plan", plan)
    assert "estimator" in complaint("count", stream, "--plan", plan, "--estimator", "median")
    assert "confidence" in complaint("count", stream, "--plan", plan, "--confidence", "1")
    assert "seed" in complaint("count", stream, "--plan", plan, "--seed", "-1")
    assert "counter" in complaint("count", stream, "--plan", str(ROOT / "examples" / "three_cadences.toml"))
    assert "--output" in complaint(
        "count", stream, "--plan", plan, "-o", str(tmp_path / "no" / "such" / "folder.csv")
    )


@pytest.mark.parametrize("option", ["-o out.csv", "-o out.parquet", "--plot out.png"])
def test_a_full_disk_leaves_nothing_behind(option: str, tmp_path: Path, stream: str, plan: str) -> None:
    """Files of this process end at 1,000 bytes: the write fails as on a full disk."""
    resource = pytest.importorskip("resource")
    pytest.importorskip("pyarrow")
    flag, name = option.split()
    out = tmp_path / name
    out.write_bytes(b"what stood there")
    before = set(tmp_path.iterdir())
    done = subprocess.run(
        [sys.executable, "-m", "accounting", "count", stream, "--plan", plan, flag, str(out)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "must be a file that can be written" in done.stderr
    assert set(tmp_path.iterdir()) == before
    assert out.read_bytes() == b"what stood there"


def test_signs_of_life_on_a_terminal(stream: str, plan: str) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "wb") as terminal:
        done = subprocess.run(
            [sys.executable, "-m", "accounting", "count", stream, "--plan", plan],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=terminal,
            env=os.environ | {"TERM": "xterm"},
        )
        assert done.returncode == 0
        shown = os.read(ours, 65536)
    os.close(ours)
    assert b"counting" in shown
    assert b"counting" not in done.stdout

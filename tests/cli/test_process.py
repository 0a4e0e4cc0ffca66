"""What only a real process shows: closed pipes, interrupts, the version, the time that it takes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = str(ROOT / "examples" / "three_cadences.toml")
COMMAND = [sys.executable, "-m", "accounting"]


def run(*argv: str, **others: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **others}
    return subprocess.run(
        [*COMMAND, *argv], cwd=ROOT, capture_output=True, encoding="utf-8", env=environment, timeout=60
    )


def test_closed_pipe() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [*COMMAND, "check", EXAMPLE], cwd=ROOT, stdout=pipe, stderr=subprocess.PIPE, timeout=60
        )
    assert done.stderr == b""
    assert done.returncode == run("check", EXAMPLE).returncode, "nobody reading changes no verdict"


@pytest.mark.parametrize(
    "argv", [["--help"], ["check", "--help"], ["--version"], ["check", EXAMPLE, "--json"]]
)
def test_closed_pipe_elsewhere(argv: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run([*COMMAND, *argv], cwd=ROOT, stdout=pipe, stderr=subprocess.PIPE, timeout=60)
    assert done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_full_disk() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "check", EXAMPLE], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, timeout=60
        )
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_interrupt(tmp_path: Path) -> None:
    pipe = tmp_path / "never.toml"
    os.mkfifo(pipe)  # nobody writes, so that reading waits
    program = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from accounting.cli import main; import accounting.model; print('ready', flush=True)\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, "check", str(pipe)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.5)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert (out, err) == ("", "shuffle-accounting: interrupted\n")


def test_bad_input_has_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("[budget]\nepsilon = -1\ndelta = 0\n[[shuffler]]\n")
    done = run("check", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{path}: budget.epsilon must be at least 0; got -1.")
    assert done.stderr.count("\n") == 1


def test_json_is_one_document() -> None:
    done = run("check", EXAMPLE, "--json")
    assert done.stderr == ""
    assert json.loads(done.stdout)["verdict"] in ("within", "exceeds", "undecided")


def test_narrow_encodings(tmp_path: Path) -> None:
    path = tmp_path / "umlaut.toml"
    path.write_text(Path(EXAMPLE).read_text(encoding="utf-8").replace("Product", "Größe"), encoding="utf-8")
    done = run("check", str(path), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.stderr == ""
    assert "Gr\\xf6\\xdfe" in done.stdout


def test_help_and_version() -> None:
    for argv in (["--help"], ["check", "--help"]):
        done = run(*argv)
        assert done.returncode == 0
        assert "Example" in done.stdout
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("shuffle-accounting ")


def test_scientific_packages_stay_out() -> None:
    program = (
        "import sys; from accounting.cli import main; main(['check', sys.argv[1]])\n"
        "print(sorted({'scipy', 'sympy', 'mpmath', 'dp_accounting', 'matplotlib', 'jinja2'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, EXAMPLE], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60
    )
    assert done.stderr == "[]\n"


def test_a_crash_is_no_verdict() -> None:
    """Python's own exit code for an exception, 1, would say that the budget is certified to be exceeded."""
    program = (
        "import sys, accounting.report; from accounting.cli import main\n"
        "def crash(deployment): raise ZeroDivisionError('unforeseen')\n"
        "accounting.report.check = crash\n"
        "sys.exit(main(['check', sys.argv[1], '--json']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, EXAMPLE], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "ZeroDivisionError: unforeseen" in done.stderr
    assert (
        done.stderr.splitlines()[-1]
        == "shuffle-accounting: a defect of the toolkit, not a verdict; please report it"
    )

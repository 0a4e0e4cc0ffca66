"""What ``import accounting`` costs."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LATE = {"cyclopts", "dp_accounting", "jinja2", "matplotlib", "mpmath", "rich", "scipy", "sympy"}


def test_import_leaves_heavy_packages_out() -> None:
    program = "import accounting, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    modules = set(json.loads(done.stdout))
    assert "accounting" in modules
    assert not LATE & modules


def test_the_command_line_loads_a_room_when_its_command_runs() -> None:
    program = "import json, sys; from accounting.cli import command_line; command_line(); print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    modules = set(json.loads(done.stdout))
    late = {
        "tables",
        "literature",
        "composition",
        "counter",
        "lower_bound",
        "report",
        "symbolic",
        "calibration",
    }
    assert not {f"accounting.{room}" for room in late} & modules

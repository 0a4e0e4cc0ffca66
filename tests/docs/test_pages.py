"""Runs the Python of the pages about randomizers, in order."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

import accounting as csa
from accounting.model.kinds import KINDS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


@pytest.mark.parametrize("name", ["add_your_own"])
def test_the_code_runs(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = DOCS / f"{name}.md"
    text = page.read_text(encoding="utf-8")
    namespace: dict[str, object] = {"__name__": name}
    blocks = list(re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    assert blocks
    for block in blocks:
        line = text.count("\n", 0, block.start(1))
        exec(compile("\n" * line + block[1], page, "exec"), namespace)
    out = capsys.readouterr().out
    assert "deltas=10" in out


def _example(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"examples.{name}", ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_kinds_that_cannot_be_enumerated_are_named() -> None:
    """Others may be too large at the size of the table; these are refused at any."""
    refused = set()
    for randomizer in _example("randomizers").ROWS:
        try:
            csa.exact_delta(csa.Shuffle(randomizer, users=2), alpha=2)
        except csa.NotCoveredError:
            refused.add(randomizer.kind)
        except csa.ParameterError:
            pass
    (sentence,) = re.findall(
        r"is exact for every kind but (.*)\.$", (DOCS / "randomizers.md").read_text("utf-8"), re.MULTILINE
    )
    assert set(re.findall(r"`([a-z-]+)`", sentence)) == refused


def test_the_table_of_randomizers_is_the_example(capsys: pytest.CaptureFixture[str]) -> None:
    """Ends are printed outward to six digits, so that another platform may move the last one."""
    module = _example("randomizers")
    rows = re.findall(
        r"^\| ([a-z-]+) \| `.*\| ([\d.]+) to ([\d.]+) \| ([\d.]+) \|",
        (DOCS / "randomizers.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    found = module.main()
    capsys.readouterr()
    assert {kind for kind, *_ in rows} == KINDS.keys()
    for (kind, lower, upper, ratio), (made, bounds) in zip(rows, found, strict=True):
        assert kind == made
        assert bounds.lower == pytest.approx(float(lower), rel=2e-5)
        assert bounds.upper == pytest.approx(float(upper), rel=2e-5)
        assert bounds.upper / bounds.lower == pytest.approx(float(ratio), abs=6e-4)

"""Runs the Python of the pages about randomizers, in order."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


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

"""Runs the Python of docs/symbolic.md in order, and checks the numbers that its prose promises."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from accounting.symbolic import SymbolicRandomizer, delta

PAGE = Path(__file__).resolve().parents[2] / "docs" / "symbolic.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_code_runs(capsys: pytest.CaptureFixture[str]) -> None:
    namespace: dict[str, object] = {"__name__": "symbolic_page"}
    blocks = list(re.finditer(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
    assert blocks
    for block in blocks:
        line = TEXT.count("\n", 0, block.start(1))
        exec(compile("\n" * line + block[1], PAGE, "exec"), namespace)
    assert "(1,)" in capsys.readouterr().out


def test_the_mixed_data_set_is_worse() -> None:
    coin = SymbolicRandomizer.binary()
    mixed, alike = (delta(coin, target=(1, 0), others=others) for others in ((0, 1), (0, 0)))
    assert mixed.at(1, w=3) == Fraction(5, 16)
    assert alike.at(1, w=3) == Fraction(9, 32)
    for w in (Fraction(11, 10), Fraction(3, 2), Fraction(10)):
        assert mixed.at(1, w=w) > alike.at(1, w=w)

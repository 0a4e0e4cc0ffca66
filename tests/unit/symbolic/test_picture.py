"""The example that draws the worst data sets, with and without matplotlib."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("worst_data_set", ROOT / "examples" / "worst_data_set.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_without_matplotlib_it_says_so(
    example: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert example.main(str(tmp_path / "worst.png"), 2) is not None
    assert 'the extra "plot"' in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_with_matplotlib_it_draws(example: ModuleType, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    example.main(str(tmp_path / "worst.png"), 3)
    (picture,) = tmp_path.iterdir()
    assert picture.read_bytes().startswith(b"\x89PNG")

"""The example on flights: what the stream is, and that every number in its table is what it says."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def flights() -> ModuleType:
    spec = importlib.util.spec_from_file_location("examples.flights", ROOT / "examples" / "flights.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_one_shuffler(flights: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (result,) = flights.main(shufflers=(1,))
    out = capsys.readouterr().out
    assert out.startswith("336776 departures, 70774 more than 15 minutes late")
    bits = result.run.values
    assert set(np.unique(bits)) == {0.0, 1.0}
    assert result.epsilon <= 1
    assert result.max_error == np.abs(result.run.estimates - np.cumsum(bits)).max()
    assert result.lower < result.max_error <= result.bound
    low, high = result.run.band()
    assert np.all((low <= result.run.sums) & (result.run.sums <= high))
    pytest.importorskip("matplotlib")
    assert flights.draw([result], str(tmp_path / "one.png"))
    assert [path.name for path in tmp_path.iterdir()] == ["one.png"]


@pytest.mark.slow
def test_more_shufflers_err_less(flights: ModuleType) -> None:
    one, four = flights.main(shufflers=(1, 4))
    assert one.bound > 2.5 * four.bound
    assert all(result.max_error <= result.bound and result.epsilon <= 1 for result in (one, four))
    assert one.lower > 10 * four.lower

"""The band that ``count`` writes: three digits, rounded outward."""

from pathlib import Path

import numpy as np

from accounting.commands.count import _write
from accounting.counter import Level, Plan
from accounting.counter.runs import run
from accounting.randomizers import BinomialCount


def test_written_ends_are_never_inside_the_band(tmp_path: Path) -> None:
    plan = Plan([Level(4, BinomialCount(3, 7, "1/3"))], users=400, epsilon=50, delta="0.5")
    found = run(np.random.default_rng(1).random(400), plan)
    _write(found, str(tmp_path / "band.csv"))
    written = np.loadtxt(tmp_path / "band.csv", delimiter=",", skiprows=1)
    low, high = found.band()
    assert np.all(written[:, 2] <= low)
    assert np.all(written[:, 3] >= high)
    assert np.all(written[:, 3] - written[:, 2] <= high - low + 0.0021)

"""A counter that is killed at random moments goes on with nothing lost, nothing counted twice, and no report sent twice."""

import random
from pathlib import Path

import pytest

from accounting.counter import Counter
from tests.unit.counter.worker import PLAN, value
from tests.unit.killing import lines_said

USERS = 1200


@pytest.mark.slow
def test_killed_at_random_moments(tmp_path: Path) -> None:
    draw, journal, killed = random.Random(20261125), tmp_path / "journal", 0
    done = 0
    while done < USERS:
        kill = draw if killed < 6 else None
        killed += kill is not None
        said = lines_said("tests.unit.counter.worker", journal, USERS, draw=kill, most=150)
        done = int(said[-1]) if said else done
        resumed = Counter(PLAN, journal=journal, estimator="plain")
        assert resumed.arrivals >= done  # what was said to be done is done
        done = resumed.arrivals
        resumed.shut()
    assert killed == 6
    final = Counter(PLAN, journal=journal, estimator="plain")
    assert final.arrivals == USERS
    assert final.current().hidden == 0
    assert final.current().value == pytest.approx(sum(value(place) for place in range(USERS)), abs=1e-6)
    batches = sorted(batch for batch in final.schedule() if batch.shuffler == "level 1")
    assert [(batch.first, batch.last) for batch in batches] == [(i, i + 2) for i in range(1, USERS, 3)]
    final.shut()

"""A counter that is killed at random moments goes on with nothing lost, nothing counted twice, and no report sent twice."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from accounting.counter import Counter
from tests.unit.counter.worker import PLAN, value

ROOT = Path(__file__).resolve().parents[3]
USERS = 1200


def begun(journal: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.unit.counter.worker", str(journal), str(USERS)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_killed_at_random_moments(tmp_path: Path) -> None:
    draw, journal, killed = random.Random(20261125), tmp_path / "journal", 0
    done = 0
    while done < USERS:
        process = begun(journal)
        assert process.stdout is not None
        if killed < 6:
            for _ in range(
                draw.randrange(1, 150)
            ):  # until it has counted some, then at any moment of the next ones
                if not process.stdout.readline():
                    break
            time.sleep(draw.random() * 0.02)
            process.kill()
            killed += 1
        said = process.stdout.read().split()
        process.stdout.close()
        process.wait()
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

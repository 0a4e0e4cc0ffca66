"""Witnesses among 10^6 batches over 10^7 users: the longest schedule of two shufflers, and four shufflers at random.

``pytest tests/benchmarks/test_witness.py --benchmark-enable -m "slow or not slow"`` times them.
"""

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from accounting.lower_bound.longest import longest_schedule
from accounting.lower_bound.row import nested_row
from accounting.lower_bound.witness import Witness, find_in_row, find_witness
from accounting.schedules import Schedule
from proofs.lower_bound.checker import check_witness

pytestmark = [pytest.mark.benchmark, pytest.mark.slow]

USERS, BATCHES = 10**7, 10**6


@pytest.fixture(scope="module")
def longest() -> Schedule:
    """The first bad step is the last one: every batch has to be looked at."""
    schedule = longest_schedule(block=10, groups=1000, shufflers=2)
    assert (schedule.users, len(schedule)) == (USERS, BATCHES - 1)
    return schedule


@pytest.fixture(scope="module")
def random() -> Schedule:
    rng = np.random.default_rng(0)
    ends = [np.unique(rng.integers(1, USERS + 1, BATCHES // 4)) for _ in range(4)]
    names = np.concatenate([np.full(len(end), str(j)) for j, end in enumerate(ends)])
    firsts = np.concatenate([np.concatenate([[1], end[:-1] + 1]) for end in ends])
    return Schedule.from_arrays(names, firsts, np.concatenate(ends), users=USERS)


def test_longest(benchmark: BenchmarkFixture, longest: Schedule) -> None:
    size = {"group": 4, "block": 10, "groups": 1000, "shufflers": 2}
    found: Witness = benchmark.pedantic(  # type: ignore[no-untyped-call]
        find_witness, args=(longest, USERS), kwargs=size, rounds=1
    )
    assert found.step == USERS
    check_witness(longest, found.content(), users=USERS, **size)


def test_separated_groups_late_in_a_random_run(benchmark: BenchmarkFixture, random: Schedule) -> None:
    size = {"group": 100, "block": 400, "groups": 12_000, "shufflers": 4}
    found: Witness = benchmark.pedantic(  # type: ignore[no-untyped-call]
        find_witness, args=(random, USERS), kwargs=size, rounds=1
    )
    assert found.kind == "separated-groups"
    assert found.step > USERS / 4
    check_witness(random, found.content(), users=USERS, **size)


def test_nested_row(benchmark: BenchmarkFixture, random: Schedule) -> None:
    size = {"group": 4, "groups": 40, "shufflers": 4}
    blocks = [(1, 4), (30, 3)]
    row = nested_row(**size, blocks=blocks)
    found: Witness = benchmark.pedantic(  # type: ignore[no-untyped-call]
        find_in_row, args=(random, row, USERS), kwargs={"groups": 40, "shufflers": 4}, rounds=1
    )
    check_witness(random, found.content(), users=USERS, blocks=blocks, **size)


def test_checking(benchmark: BenchmarkFixture, random: Schedule) -> None:
    size = {"group": 100, "block": 400, "groups": 12_000, "shufflers": 4}
    found = find_witness(random, USERS, **size)
    assert found is not None
    benchmark.pedantic(  # type: ignore[no-untyped-call]
        check_witness, args=(random, found.content()), kwargs={"users": USERS, **size}, rounds=1
    )

from itertools import pairwise

import numpy as np
import pytest

import accounting as csa
from accounting.lower_bound.longest import longest_schedule
from accounting.lower_bound.tight_window import tight_window
from accounting.lower_bound.witness import Witness, find_witness, run_policy
from accounting.schedules import Schedule

SIZE = {"group": 1, "block": 4, "groups": 2, "shufflers": 2}


def test_nobody_in_a_closed_batch() -> None:
    late = Schedule([("a", 1, 9)], users=20)
    assert find_witness(late, 20, **SIZE) == Witness(kind="hidden-block", step=4, block=(1, 4))
    assert find_witness(late, 20, **{**SIZE, "block": 9, "group": 8}) == Witness(
        kind="hidden-block", step=18, block=(10, 18)
    )


def test_a_batch_that_closes_at_the_step_counts() -> None:
    assert find_witness(Schedule([("a", 1, 4)]), 7, **SIZE) is None
    assert find_witness(Schedule([("a", 1, 4)]), 8, **SIZE) == Witness(
        kind="hidden-block", step=8, block=(5, 8)
    )
    joined = Schedule([("a", 1, 1), ("a", 2, 8)])
    assert find_witness(joined, 11, **SIZE) is None
    apart = Schedule([("a", 1, 1), ("a", 2, 7)])
    assert find_witness(apart, 8, **SIZE) == Witness(kind="separated-groups", step=8, groups=((4, 4), (8, 8)))


def test_groups_that_are_partly_in_a_batch_are_touched() -> None:
    schedule = Schedule([("a", 1, 1), ("a", 4, 7)], users=8)
    found = find_witness(schedule, 8, group=2, block=4, groups=2, shufflers=1)
    assert found is None
    found = find_witness(schedule, 8, group=1, block=4, groups=2, shufflers=1)
    assert found is not None
    assert found.step == 8


def test_one_group_is_always_separated() -> None:
    found = find_witness(Schedule([("a", 1, 1)]), 9, **{**SIZE, "groups": 1})
    assert found == Witness(kind="separated-groups", step=4, groups=((4, 4),))


def test_without_enough_users_there_may_be_none() -> None:
    assert find_witness(Schedule([("a", 1, 1)]), 3, **SIZE) is None


@pytest.mark.parametrize("shufflers", range(1, 5))
@pytest.mark.parametrize("groups", range(2, 6))
@pytest.mark.parametrize(("block", "group"), [(2, 1), (5, 4)])
def test_the_longest_schedules_wait_for_the_last_user(
    block: int, group: int, groups: int, shufflers: int
) -> None:
    schedule = longest_schedule(block=block, groups=groups, shufflers=shufflers)
    last = tight_window(block=block, groups=groups, shufflers=shufflers)
    found = find_witness(schedule, last, group=group, block=block, groups=groups, shufflers=shufflers)
    assert found is not None
    assert found.step == last == schedule.users


def test_a_policy_is_asked_until_the_first_bad_step() -> None:
    asked: list[int] = []

    def closing(step: int, opened: tuple[int, ...]) -> list[int]:
        asked.append(step)
        return [j for j, first in enumerate(opened) if step - first + 1 == (3, 10)[j]]

    found = find_witness(closing, 10**6, **{**SIZE, "groups": 3})
    assert found is not None
    assert asked == list(range(1, found.step + 1))
    recorded = run_policy(closing, found.step, shufflers=2)
    assert find_witness(recorded, found.step, **{**SIZE, "groups": 3}) == found
    assert {batch.users for batch in recorded} <= {3, 10}


def test_many_batches_in_any_order() -> None:
    rng = np.random.default_rng(7)
    ends = [np.unique(rng.integers(1, 100_001, size)) for size in (30_000, 3_000, 300)]
    firsts = [np.concatenate([[1], end[:-1] + 1]) for end in ends]
    names = [name for name, end in zip("abc", ends, strict=True) for _ in end]
    order = rng.permutation(len(names))
    first, last = np.concatenate(firsts), np.concatenate(ends)
    sizes = {"group": 20, "block": 60, "groups": 200, "shufflers": 3}
    tidy = Schedule.from_arrays(names, first, last, users=10**5)
    mixed = Schedule.from_arrays([names[i] for i in order], first[order], last[order], users=10**5)
    found = find_witness(tidy, 10**5, **sizes)
    assert found == find_witness(mixed, 10**5, **sizes)
    assert found is not None
    assert len(found.groups) == 200
    assert all(a[1] < b[0] for a, b in pairwise(found.groups))


def test_words_and_json() -> None:
    hidden = Witness(kind="hidden-block", step=9, block=(4, 8))
    assert hidden.content() == {"kind": "hidden-block", "step": 9, "block": [4, 8]}
    assert "users 4 to 8" in hidden.sentence()
    apart = Witness(kind="separated-groups", step=9, groups=((4, 5), (8, 9)))
    assert apart.content() == {"kind": "separated-groups", "step": 9, "groups": [[4, 5], [8, 9]]}
    assert "two of 2 groups" in apart.sentence()
    for wrong in ({"kind": "hidden-block"}, {"kind": "separated-groups"}):
        with pytest.raises(csa.ParameterError):
            Witness(step=9, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"users": 11}, "users"),
        ({"users": 0}, "users"),
        ({"shufflers": 1}, "shufflers"),
        ({"group": 5}, "group"),
        ({"group": 0}, "group"),
        ({"block": 0}, "block"),
        ({"groups": 0}, "groups"),
        ({"groups": 2.5}, "groups"),
    ],
)
def test_bad_input(changes: dict[str, float], name: str) -> None:
    schedule = Schedule([("a", 1, 5), ("b", 2, 12)])
    with pytest.raises(csa.ParameterError) as caught:
        find_witness(schedule, **{"users": 20, **SIZE, **changes})
    assert caught.value.name == name


def test_a_policy_that_closes_what_is_not_there() -> None:
    with pytest.raises(csa.ParameterError, match="must name shufflers from 0 to 1; got"):
        find_witness(lambda _step, _opened: [2], 20, **SIZE)
    with pytest.raises(csa.ParameterError, match="must be at least one batch"):
        run_policy(lambda _step, _opened: [], 20, shufflers=1)

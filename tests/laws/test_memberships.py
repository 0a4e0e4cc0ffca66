from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.schedules import Memberships, Schedule
from proofs.reference.memberships import batches_of_users, sizes_of_users

Batches = list[tuple[str, int, int]]


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Batches, int]:
    """Draw batches of up to three shufflers, in any order, and the number of users."""
    batches: Batches = []
    for name in "abc"[: draw(st.integers(1, 3))]:
        end = 0
        for gap, size in draw(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 6)), max_size=5)):
            batches.append((name, end + gap + 1, end + gap + size))
            end += gap + size
    if not batches:
        batches = [("a", 1, 1)]
    users = max(last for _, _, last in batches) + draw(st.integers(0, 3))
    return draw(st.permutations(batches)), users


def runs_hold(found: Memberships, seen: list[tuple[int, ...]], of: list[tuple[int, ...]]) -> bool:
    """Whether each class's example users really are in it."""
    return all(
        all(seen[user - 1] == of[i] for user in range(int(found.first[i]), int(found.last[i]) + 1))
        for i in range(len(found))
    )


@given(schedules())
def test_memberships_are_those_found_by_walking_through_users(drawn: tuple[Batches, int]) -> None:
    batches, users = drawn
    found = Schedule(batches, users=users).memberships()
    walked = [tuple(batches.index(batch) for batch in held) for held in batches_of_users(batches, users)]
    classes = [tuple(sorted(i for i in row if i >= 0)) for row in found.batches.tolist()]
    assert dict(zip(classes, found.users.tolist(), strict=True)) == Counter(walked)
    assert runs_hold(found, walked, classes)
    assert found.users.sum() == users
    assert found.first.tolist() == sorted(found.first.tolist())


@given(schedules())
def test_size_classes_are_those_found_by_walking_through_users(drawn: tuple[Batches, int]) -> None:
    batches, users = drawn
    schedule = Schedule(batches, users=users)
    found = schedule.size_classes()
    walked = sizes_of_users(batches, users)
    classes = [tuple(row) for row in found.sizes.tolist()]
    assert dict(zip(classes, found.users.tolist(), strict=True)) == Counter(walked)
    assert runs_hold(found, walked, classes)
    for batches_row, sizes_row in zip(found.batches.tolist(), found.sizes.tolist(), strict=True):
        assert [schedule.batch(i).users if i >= 0 else 0 for i in batches_row] == sizes_row


@pytest.mark.slow
def test_a_million_batches() -> None:
    """Every tenth user against the batches that a division finds."""
    count = 10**6 // 2
    first_a = [1 + 5 * i for i in range(count)]
    first_b = [1 + 7 * i for i in range(count)]
    schedule = Schedule.from_arrays(
        ["a"] * count + ["b"] * count,
        first_a + first_b,
        [first + 4 for first in first_a] + [first + 6 for first in first_b],
    )
    found = schedule.memberships()
    assert found.users.sum() == 7 * count
    assert len(found) == 2 * count - count // 7  # limits at multiples of 5 and 7; those of 35 coincide
    for i in range(0, len(found), 10):
        user = int(found.first[i]) - 1
        a, b = user // 5, user // 7
        assert found.batches[i].tolist() == [a if a < count else -1, b + count]
    sizes = schedule.size_classes()
    assert sorted(map(tuple, sizes.sizes.tolist())) == [(0, 7), (5, 7)]
    assert sizes.users.tolist() == [5 * count, 2 * count]

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import accounting as csa
from accounting.lower_bound.row import Row, nested_row, regular_row
from accounting.lower_bound.tight_window import tight_blocks
from accounting.lower_bound.witness import Witness, find_in_row, find_witness, run_policy
from accounting.schedules import Schedule
from proofs.lower_bound.checker import WitnessError, check_witness, nested

Span = tuple[int, int]
NONE = np.zeros(0, dtype=np.int64)
SIZE: dict[str, Any] = {"group": 1, "blocks": [(1, 2)], "groups": 3, "shufflers": 1}


def parts(groups: int, shufflers: int, depth: int = 0) -> list[int]:
    """The nested row as it is defined: 0 for a group, else the depth of a block."""
    if groups == 1:
        return [0]
    if shufflers == 0:
        return [depth]
    inside = [parts(groups - 1, fewer, depth + 1) for fewer in range(shufflers + 1)]
    return [0, *(part for row in inside for part in row)]


def meet(one: Span, other: Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def separated(spans: Sequence[Span], number: int, closed: Sequence[Span]) -> bool:
    """Whether of some choice of so many spans no closed batch touches two."""
    return any(
        all(sum(meet(span, batch) for span in some) < 2 for batch in closed)
        for some in combinations(spans, number)
    )


def first_bad(row: Row, batches: Sequence[Span], users: int, groups: int) -> tuple[int, str] | None:
    spans = list(zip(row.group_first.tolist(), row.group_last.tolist(), strict=True))
    blocks = list(zip(row.block_first.tolist(), row.block_last.tolist(), row.depth.tolist(), strict=True))
    for step in range(1, users + 1):
        closed = [batch for batch in batches if batch[1] <= step]
        for first, last, depth in blocks:
            before = [span for span in spans if span[1] < first]
            hidden = last <= step and not any(meet((first, last), batch) for batch in closed)
            if hidden and separated(before, depth, closed):
                return step, "hidden-block"
        if separated([span for span in spans if span[1] <= step], groups, closed):
            return step, "separated-groups"
    return None


@st.composite
def designs(draw: st.DrawFn) -> dict[str, Any]:
    depths = draw(st.sampled_from([[1], [1, 2]]))
    return {
        "group": draw(st.integers(1, 2)),
        "blocks": [(depth, draw(st.integers(1, 3))) for depth in depths],
        "groups": draw(st.integers(1, 4)),
        "shufflers": draw(st.integers(1, 2)),
    }


def closings(draw: Callable[[st.SearchStrategy[Any]], Any], users: int, shufflers: int) -> list[set[int]]:
    often = draw(st.sampled_from([0.2, 0.5, 0.9]))
    random = draw(st.randoms(use_true_random=False))
    return [{j for j in range(shufflers) if random.random() < often} for _ in range(users)]


@st.composite
def runs(draw: st.DrawFn) -> tuple[dict[str, Any], Row, list[set[int]]]:
    design = draw(designs())
    row = nested_row(**design)
    return design, row, closings(draw, row.users, design["shufflers"])


@given(runs())
def test_the_first_bad_step_of_a_nested_row(run: tuple[dict[str, Any], Row, list[set[int]]]) -> None:
    design, row, closing = run
    closing[0] |= {0}
    schedule = run_policy(lambda step, _opened: closing[step - 1], row.users, shufflers=design["shufflers"])
    found = find_in_row(schedule, row, row.users, groups=design["groups"], shufflers=design["shufflers"])
    batches = [(first, last) for _, first, last in schedule]
    assert found is not None, "the row leaves no way out"
    assert (found.step, found.kind) == first_bad(row, batches, row.users, design["groups"])
    check_witness(schedule, found.content(), users=row.users, **design)
    earlier = found.step - 1
    if earlier >= max(schedule.last.min(), 1):
        shorter = Schedule([batch for batch in schedule if batch.last <= earlier], users=earlier)
        size = {"groups": design["groups"], "shufflers": design["shufflers"]}
        assert find_in_row(shorter, row, earlier, **size) is None


def row_of(codes: Sequence[tuple[int, int]]) -> Row:
    """A row of parts: (0 for a group or the depth of a block plus 1, users)."""
    user, spans = 0, []
    for depth, size in codes:
        spans.append((depth, user + 1, user + size))
        user += size
    groups, blocks = [part for part in spans if part[0] == 0], [part for part in spans if part[0]]
    columns = [np.array(column, dtype=np.int64) for column in zip(*groups, strict=True)] or [NONE] * 3
    others = [np.array(column, dtype=np.int64) for column in zip(*blocks, strict=True)] or [NONE] * 3
    return Row(
        group_first=columns[1],
        group_last=columns[2],
        block_first=others[1],
        block_last=others[2],
        depth=others[0] - 1,
    )


@given(
    st.data(),
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=12),
    st.integers(1, 4),
    st.integers(1, 3),
)
def test_the_first_bad_step_of_any_row(
    data: st.DataObject, codes: list[tuple[int, int]], groups: int, shufflers: int
) -> None:
    row = row_of(codes)
    closing = closings(data.draw, row.users, shufflers)
    closing[0] |= {0}
    schedule = run_policy(lambda step, _opened: closing[step - 1], row.users, shufflers=shufflers)
    found = find_in_row(schedule, row, row.users, groups=groups, shufflers=shufflers)
    batches = [(first, last) for _, first, last in schedule]
    assert (found and (found.step, found.kind)) == first_bad(row, batches, row.users, groups)


def test_a_hidden_block_counts_only_behind_enough_groups() -> None:
    row = nested_row(group=1, blocks=[(1, 1)], groups=4, shufflers=1)  # group, block, group, block, groups
    joined = Schedule([("a", 1, 3), ("b", 2, 2)])
    assert find_in_row(joined, row, 5, groups=4, shufflers=2) is None
    apart = Schedule([("a", 2, 3), ("b", 2, 2)])
    found = find_in_row(apart, row, 5, groups=4, shufflers=2)
    assert found == Witness(kind="hidden-block", step=4, block=(4, 4), groups=((1, 1), (3, 3)))


@given(st.data(), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
def test_a_regular_row(data: st.DataObject, block: int, group: int, groups: int, shufflers: int) -> None:
    group, users = min(group, block), data.draw(st.integers(1, 30))
    closing = closings(data.draw, users, shufflers)
    closing[0] |= {0}
    schedule = run_policy(lambda step, _opened: closing[step - 1], users, shufflers=shufflers)
    row = regular_row(block=block, group=group, users=users)
    found = find_in_row(schedule, row, users, groups=groups, shufflers=shufflers)
    assert found == find_witness(
        schedule, users, block=block, group=group, groups=groups, shufflers=shufflers
    )


@pytest.mark.parametrize("shufflers", range(1, 5))
@pytest.mark.parametrize("groups", range(1, 7))
def test_nested_rows_are_as_defined(groups: int, shufflers: int) -> None:
    blocks = [(1, 5), (3, 4)]
    row = nested_row(group=2, blocks=blocks, groups=groups, shufflers=shufflers)
    defined = parts(groups, shufflers)
    assert len(defined) == tight_blocks(groups=groups, shufflers=shufflers)
    assert row.depth.tolist() == [depth for depth in defined if depth]
    user, spans = 0, []
    for depth in defined:
        size = 2 if depth == 0 else 5 if depth < 3 else 4
        spans.append(((user + 1, user + size), depth or -1))
        user += size
    assert row.users == user
    assert list(nested(2, blocks, groups, shufflers)) == spans
    assert [span for span, depth in spans if depth < 0] == list(
        zip(row.group_first.tolist(), row.group_last.tolist(), strict=True)
    )
    assert [span for span, depth in spans if depth > 0] == list(
        zip(row.block_first.tolist(), row.block_last.tolist(), strict=True)
    )


def test_many_groups_need_no_deep_recursion() -> None:
    row = nested_row(group=2, blocks=[(1, 10)], groups=20_000, shufflers=1)
    assert len(row.group_first) == 20_001
    assert len(row.depth) == 19_998


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"groups": []}, "fewer than 1 groups"),
        ({"groups": [[4, 4]]}, "not before the block"),
        ({"groups": [[0, 1]]}, "no group"),
        ({"block": [2, 2]}, "no block"),
        ({"block": [1, 1]}, "no block"),
    ],
)
def test_the_checker_asks_for_groups_before_a_hidden_block(change: dict[str, Any], complaint: str) -> None:
    batches = [("a", 1, 1)]
    right = {"kind": "hidden-block", "step": 3, "block": [2, 3], "groups": [[1, 1]]}
    found = find_in_row(Schedule(batches), nested_row(**SIZE), 5, groups=3, shufflers=1)
    assert found is not None
    assert found.content() == right
    assert "one designated group comes before them" in found.sentence()
    check_witness(batches, right, users=5, **SIZE)
    with pytest.raises(WitnessError, match=complaint):
        check_witness(batches, right | change, users=5, **SIZE)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"group": 0}, "group"),
        ({"groups": 0}, "groups"),
        ({"shufflers": 0}, "shufflers"),
        ({"blocks": []}, "blocks"),
        ({"blocks": [(2, 5)]}, "blocks"),
        ({"blocks": [(1, 5), (1, 4)]}, "blocks"),
        ({"blocks": [(1, 0)]}, "blocks[0].users"),
        ({"blocks": [(0, 3)]}, "blocks[0].depth"),
        ({"groups": 10_000, "shufflers": 2}, "groups"),
    ],
)
def test_bad_rows(change: dict[str, Any], name: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        nested_row(**(SIZE | change))
    assert caught.value.name == name


def test_bad_regular_rows_and_schedules() -> None:
    with pytest.raises(csa.ParameterError, match="group must be at most the block"):
        regular_row(block=2, group=3, users=9)
    with pytest.raises(csa.ParameterError, match="users must be at most 5000000 blocks"):
        regular_row(block=1, group=1, users=10**9)
    schedule, row = Schedule([("a", 1, 5), ("b", 2, 5)]), nested_row(**SIZE)
    with pytest.raises(csa.ParameterError, match="users must be at least the schedule's 5"):
        find_in_row(schedule, row, 4, groups=2, shufflers=2)
    with pytest.raises(csa.ParameterError, match="shufflers must be at least the schedule's 2"):
        find_in_row(schedule, row, 9, groups=2, shufflers=1)
    with pytest.raises(ValueError, match="read-only"):
        row.depth[0] = 5

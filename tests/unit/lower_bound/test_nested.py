from collections import Counter

import pytest

from accounting.lower_bound import nested
from accounting.lower_bound.nested import block_at, blocks_of, group_places, layout, nested_window
from accounting.lower_bound.tight_window import tight_blocks
from proofs.checks.check import CheckFailedError
from proofs.checks.lower_bound import nested_layouts_hold_a_bad_step
from proofs.reference.lower_bound import parts


@pytest.mark.parametrize("groups", range(1, 8))
@pytest.mark.parametrize("shufflers", range(1, 5))
def test_counts_are_those_of_the_row(groups: int, shufflers: int) -> None:
    row = Counter(parts(groups, shufflers))
    assert Counter(-1 if each is None else each for each in layout(groups, shufflers)) == row
    assert group_places(groups, shufflers) == row[-1]
    assert row.total() == tight_blocks(groups=groups, shufflers=shufflers)
    for depth in range(1, groups - 1):
        assert blocks_of(depth, depth + 1, shufflers) == row[depth]
    assert max(row) == max(groups - 2, -1) or groups < 3
    sizes = [(depth, 20 - 3 * depth) for depth in (1, 2, 5) if depth < groups - 1]
    users = 2 * row[-1] + sum(number * block_at(sizes, d) for d, number in row.items() if d > 0)
    assert nested_window(group=2, blocks=sizes, groups=groups, shufflers=shufflers) == users


def test_sizes_beyond_the_last_depth_count_nothing() -> None:
    with_rest = nested_window(group=1, blocks=[(1, 5), (3, 2), (9, 1)], groups=5, shufflers=2)
    assert with_rest == nested_window(group=1, blocks=[(1, 5), (3, 2)], groups=5, shufflers=2)


@pytest.mark.proof
def test_a_row_that_is_too_short_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the parts of all shufflers some family has no bad step."""
    short = [None, 1, None, 1, None]
    monkeypatch.setattr(nested, "layout", lambda *_: iter(short))
    with pytest.raises(CheckFailedError, match="users"):
        nested_layouts_hold_a_bad_step(3, 1, 1, 1)


@pytest.mark.proof
def test_a_family_without_a_bad_step_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from proofs.reference import lower_bound as plain

    right = plain.bad_step
    monkeypatch.setattr(plain, "bad_step", lambda batches, row, groups: right(batches, row[:-1], groups))
    with pytest.raises(CheckFailedError, match="no bad step"):
        nested_layouts_hold_a_bad_step(3, 1, 1, 1)

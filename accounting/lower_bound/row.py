"""Rows of users: where designated groups and blocks stand, in one line for groups of blocks and for nested layouts.

A *nested* row for k shufflers, N groups that are still needed and d that are separated already is

- one designated group, if N = 1;
- one block of depth d, if k = 0 and N > 1;
- otherwise one designated group, then the rows for 0, 1, .., k shufflers, N - 1 groups and depth d + 1.

It has as many parts as ``tight_blocks`` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ParameterError
from ..numerics.exact import ExactLike, whole
from ..numerics.rows import Integers
from .tight_window import tight_blocks

__all__ = ["MOST_PARTS", "Row", "nested_row", "regular_row"]

MOST_PARTS = 5_000_000
"""Groups and blocks of one row."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Row:
    """Designated groups and blocks, in order of arrival. Arrays cannot be written to.

    Attributes:
        group_first: first users of groups, shape (groups,), rising.
        group_last: last users of groups, included.
        block_first: first users of blocks, shape (blocks,), rising; a block may hold a group.
        block_last: last users of blocks, included.
        depth: for each block how many separated groups before it make it count when it is hidden.
    """

    group_first: Integers
    group_last: Integers
    block_first: Integers
    block_last: Integers
    depth: Integers

    def __post_init__(self) -> None:
        for each in (self.group_first, self.group_last, self.block_first, self.block_last, self.depth):
            each.setflags(write=False)

    @property
    def users(self) -> int:
        """The last user of any part."""
        return int(max(self.group_last.max(initial=0), self.block_last.max(initial=0)))


def regular_row(*, block: ExactLike, group: ExactLike, users: ExactLike) -> Row:
    """Return blocks of one size, each with a designated group at its end.

    Args:
        block: users of a block, from 1 on.
        group: users of a designated group, from 1 to ``block``.
        users: how many users arrive; blocks end by the last one. At most 5 million blocks.

    Raises:
        ParameterError: a number is out of its range.
    """
    m, g, n = whole("block", block, least=1), whole("group", group, least=1), whole("users", users, least=1)
    if g > m:
        raise ParameterError("group", f"must be at most the block, {m} users", g)
    if n // m > MOST_PARTS:
        raise ParameterError("users", f"must be at most {MOST_PARTS} blocks", n)
    ends = m * np.arange(1, n // m + 1, dtype=np.int64)
    return Row(
        group_first=ends - g + 1,
        group_last=ends,
        block_first=ends - m + 1,
        block_last=ends.copy(),
        depth=np.zeros_like(ends),
    )


def nested_row(
    *, group: ExactLike, blocks: Sequence[tuple[int, int]], groups: ExactLike, shufflers: ExactLike
) -> Row:
    """Return the nested row for depth 0.

    Args:
        group: users of a designated group, from 1 on.
        blocks: (depth, users): a block has so many users from this depth on, until the next one; depths rise from
            1. May be empty for fewer than three groups, as there are no blocks then.
        groups: separated groups that are needed, from 1 on.
        shufflers: shufflers that work at the same time, from 1 on.

    Raises:
        ParameterError: a number is out of its range, or there are more than 5 million parts.

    >>> row = nested_row(group=2, blocks=[(1, 10), (2, 4)], groups=4, shufflers=1)
    >>> row.block_first.tolist(), row.block_last.tolist(), row.group_last.tolist()
    ([3, 15], [12, 18], [2, 14, 20, 22, 24])
    """
    g, wanted = whole("group", group, least=1), whole("groups", groups, least=1)
    k = whole("shufflers", shufflers, least=1)
    number = tight_blocks(groups=wanted, shufflers=k)
    if number > MOST_PARTS:
        raise ParameterError("groups", f"must leave at most {MOST_PARTS} parts", wanted, f"It has {number}")
    depths = [whole(f"blocks[{i}].depth", depth, least=1) for i, (depth, _) in enumerate(blocks)]
    users = [whole(f"blocks[{i}].users", size, least=1) for i, (_, size) in enumerate(blocks)]
    if depths != sorted(set(depths)) or (wanted > 2 and depths[:1] != [1]):
        raise ParameterError("blocks", "must have depths that rise from 1", depths)
    parts: list[int] = []
    _append(parts, wanted, k, 0)
    codes = np.array(parts, dtype=np.int64)  # 0 for a group, else the depth of a block
    sizes = np.full(len(codes), g, dtype=np.int64)
    if (codes > 0).any():
        sizes[codes > 0] = np.array(users)[np.searchsorted(depths, codes[codes > 0], side="right") - 1]
    last = np.cumsum(sizes)
    first = last - sizes + 1
    return Row(
        group_first=first[codes == 0],
        group_last=last[codes == 0],
        block_first=first[codes > 0],
        block_last=last[codes > 0],
        depth=codes[codes > 0],
    )


def _append(parts: list[int], groups: int, shufflers: int, depth: int) -> None:
    """Append a row; the last of its rows, which has the same shufflers, is a turn of the loop."""
    while groups > 1 and shufflers:
        parts.append(0)
        groups, depth = groups - 1, depth + 1
        for fewer in range(shufflers):
            _append(parts, groups, fewer, depth)
    parts.append(0 if groups == 1 else depth)

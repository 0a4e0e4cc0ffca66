"""Where designated groups and hidden blocks stand: a layout of users that leaves k shufflers no way out.

L(k, N, d) is for k shufflers, N groups that are still needed and d that are separated already:

- one designated group, if N = 1;
- one block of ``block(d)`` users, if k = 0 and N > 1;
- otherwise one designated group, then L(0, N-1, d+1), L(1, N-1, d+1), .., L(k, N-1, d+1).

A step of L(k, N, 0) is *bad* if N separated groups have ended, or a block of some depth d that meets no closed batch,
with d separated groups before it. Groups are separated when no closed batch touches two of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import comb

from ..claims import relies_on

__all__ = ["Blocks", "block_at", "blocks_of", "group_places", "layout", "nested_window"]

Blocks = Sequence[tuple[int, int]]
"""(depth, users): blocks have so many users from this depth on, until the next one; depths rise from 1."""


def group_places(groups: int, shufflers: int) -> int:
    """Return how many designated groups L(k, N, .) has, k >= 1.

    >>> [group_places(groups, 1) for groups in range(1, 5)]
    [1, 3, 4, 5]
    """
    if groups == 1:
        return 1
    return comb(groups + shufflers - 1, shufflers) + comb(groups + shufflers - 3, shufflers - 1)


def blocks_of(first: int, after: int, shufflers: int) -> int:
    """Return how many blocks L(k, N, 0) has from one depth on and before another, k >= 1, depths from 1 to N - 1."""
    return comb(after + shufflers - 2, shufflers) - comb(first + shufflers - 2, shufflers)


def block_at(blocks: Blocks, depth: int) -> int:
    """Return the users of a block."""
    return [users for first, users in blocks if first <= depth][-1]


@relies_on("nested-windows")
def nested_window(*, group: int, blocks: Blocks, groups: int, shufflers: int) -> int:
    """Return the users of L(k, N, 0), k >= 1: enough for a bad step.

    Args:
        group: users of a designated group.
        blocks: users of blocks by depth; may be empty for N < 3.
        groups: N.
        shufflers: k.

    Guarantee:
        nested-windows.

    >>> nested_window(group=2, blocks=[(1, 10), (3, 4)], groups=6, shufflers=1)
    42
    """
    users = group * group_places(groups, shufflers)
    depths = [first for first, _ in blocks]
    for (first, size), after in zip(blocks, [*depths[1:], groups - 1], strict=False):
        users += size * blocks_of(first, min(after, groups - 1), shufflers) if first < groups - 1 else 0
    return users


def layout(groups: int, shufflers: int, depth: int = 0) -> Iterator[int | None]:
    """Yield the parts of L(k, N, d) in order: None for a designated group, its depth for a block.

    >>> list(layout(4, 1))
    [None, 1, None, 2, None, None, None]
    """
    if groups == 1:
        yield None
    elif shufflers == 0:
        yield depth
    else:
        yield None
        for fewer in range(shufflers + 1):
            yield from layout(groups - 1, fewer, depth + 1)

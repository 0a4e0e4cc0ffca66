"""The batches that put off the first bad step for as long as any can."""

from __future__ import annotations

from ..claims import relies_on
from ..errors import ParameterError
from ..numerics.exact import ExactLike, whole
from ..schedules import Schedule
from .tight_window import tight_blocks

__all__ = ["MOST_BLOCKS", "longest_schedule"]

MOST_BLOCKS = 2_000_000
"""A schedule has about one batch or two a block."""

_Batches = list[tuple[str, int, int]]


@relies_on("tight-windows")
def longest_schedule(*, block: ExactLike, groups: ExactLike, shufflers: ExactLike) -> Schedule:
    """Return batches without a bad step before the last user of ``tight_window(block=.., groups=.., shufflers=..)``.

    All shufflers begin together. The first to close does so soonest, and then helps the others to wait: while the next
    one holds its batch, those before it do among themselves what all do together, for one group fewer.

    Args:
        block: users of a block, at least 2.
        groups: separated groups that make a step bad, at least 2.
        shufflers: shufflers that work at the same time, at least 1.

    Raises:
        ParameterError: a number is out of its range, or the schedule would have more than 2 million blocks.

    Guarantee:
        tight-windows.

    >>> [tuple(batch) for batch in longest_schedule(block=10, groups=2, shufflers=2)]
    [('0', 1, 1), ('0', 2, 20), ('1', 2, 30)]
    """
    m, n = whole("block", block, least=2), whole("groups", groups, least=2)
    k = whole("shufflers", shufflers, least=1)
    blocks = tight_blocks(groups=n, shufflers=k)
    if blocks > MOST_BLOCKS:
        raise ParameterError(
            "groups",
            f"must leave at most {MOST_BLOCKS} blocks",
            n,
            f"It needs {blocks} blocks with {k} shufflers",
        )
    batches: _Batches = []
    _play(batches, m, n, k, 0)
    return Schedule(batches, users=m * blocks)


def _play(batches: _Batches, block: int, groups: int, shufflers: int, passed: int) -> None:
    """Append the batches of the first shufflers; as in statements/tight-windows, from block ``passed`` on."""
    for left in range(groups - 1, 0, -1):
        first = block * passed + 1
        batches.append(("0", first, first))
        passed += 1
        for i in range(shufflers):
            if i:
                _play(batches, block, left, i, passed)
            passed += tight_blocks(groups=left, shufflers=i)
            batches.append((str(i), first + 1, block * passed))

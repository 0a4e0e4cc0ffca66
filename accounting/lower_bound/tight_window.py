"""How many users force a bad step, however k shufflers open and close their batches: exactly.

Users 1, 2, .. come in blocks of ``block`` users, and the last ``group`` users of a block are its designated group. A step
is *bad* if a whole block that has ended meets no closed batch, or if ``groups`` designated groups have ended of which no
closed batch touches two.
"""

from __future__ import annotations

from math import comb

from ..claims import relies_on
from ..errors import ParameterError
from ..numerics.exact import ExactLike, exact, whole

__all__ = ["largest_groups", "tight_blocks", "tight_window", "unaligned_window"]

_MOST_FACTORS = 10_000


@relies_on("tight-windows")
def tight_blocks(*, groups: ExactLike, shufflers: ExactLike) -> int:
    """Return the number of whole blocks that are enough for a bad step, and of which one fewer is not.

    With N groups and k >= 1 shufflers it is C(N+k-1, k) + C(N+k-2, k), about 2 N^k / k!; without shufflers it is 1.

    Args:
        groups: separated groups that make a step bad, from 1 on.
        shufflers: shufflers that work at the same time, from 0 on; it or ``groups`` is at most 10,000.

    Raises:
        ParameterError: a number is not a whole number of its range.

    Guarantee:
        tight-windows.

    >>> [tight_blocks(groups=4, shufflers=k) for k in range(4)]
    [1, 7, 16, 30]
    """
    number, working = whole("groups", groups, least=1), whole("shufflers", shufflers, least=0)
    if min(number, working) > _MOST_FACTORS:
        remedy = f"Windows with more than {_MOST_FACTORS} of both are too long for any stream"
        raise ParameterError("shufflers", f"must be at most {_MOST_FACTORS}", working, remedy)
    return _blocks(number, working)


@relies_on("tight-windows")
def tight_window(*, block: ExactLike, groups: ExactLike, shufflers: ExactLike) -> int:
    """Return the number of users, from user 1 on, that are enough for a bad step.

    One fewer is not enough when a block has at least two users. It does not depend on the size of designated groups.

    Args:
        block: users of a block, from 1 on.
        groups: separated groups that make a step bad, from 1 on.
        shufflers: shufflers that work at the same time, from 0 on; it or ``groups`` is at most 10,000.

    Raises:
        ParameterError: a number is not a whole number of its range.

    Guarantee:
        tight-windows.

    >>> tight_window(block=2, groups=2, shufflers=1)
    6
    """
    return whole("block", block, least=1) * tight_blocks(groups=groups, shufflers=shufflers)


@relies_on("tight-windows")
def unaligned_window(*, block: ExactLike, group: ExactLike, groups: ExactLike, shufflers: ExactLike) -> int:
    """Return the number of consecutive users that are enough for a bad step wherever among blocks they begin.

    The bad step is then one of the window: its block or groups lie in the window.

    Args:
        block: users of a block, from 1 on.
        group: users of a designated group, from 1 to ``block``.
        groups: separated groups that make a step bad, from 1 on.
        shufflers: shufflers that work at the same time, from 0 on; it or ``groups`` is at most 10,000.

    Raises:
        ParameterError: a number is not a whole number of its range.

    Guarantee:
        tight-windows.
    """
    m, g = whole("block", block, least=1), whole("group", group, least=1)
    if g > m:
        raise ParameterError("group", f"must be at most the block, {m} users", g)
    aligned = m * tight_blocks(groups=groups, shufflers=shufflers)
    hidden_only = exact("shufflers", shufflers) == 0 and exact("groups", groups) > 1
    return 2 * m - 1 if hidden_only else aligned + g - 1


@relies_on("tight-windows")
def largest_groups(users: ExactLike, *, block: ExactLike, shufflers: ExactLike) -> int:
    """Return the largest number of groups for which ``users`` users force a bad step; 0 if there is none.

    Args:
        users: users from 1 on, at most 10^18.
        block: users of a block, from 1 on.
        shufflers: shufflers that work at the same time, from 1 on.

    Raises:
        ParameterError: a number is not a whole number of its range.

    Guarantee:
        tight-windows.

    >>> largest_groups(10**6, block=50, shufflers=2)
    141
    """
    k = whole("shufflers", shufflers, least=1)
    blocks = whole("users", users, least=1) // whole("block", block, least=1)
    if blocks == 0:
        return 0
    few, many = 1, 2  # enough for `few`; `many` doubles until it is too many
    while _blocks(many, k) <= blocks:
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if _blocks(middle, k) <= blocks else (few, middle)
    return few


def _blocks(groups: int, shufflers: int) -> int:
    if shufflers == 0:
        return 1
    top = groups + shufflers - 1
    return comb(top, shufflers) + comb(top - 1, shufflers)

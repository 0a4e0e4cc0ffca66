"""The window of the plain induction: enough users for a bad step, more than the fewest.

The bounds rest on the smaller window of ``tight_window``; this one has the shorter proof and is what the literature's
argument gives.
"""

from __future__ import annotations

from ..claims import relies_on
from ..errors import ParameterError
from ..numerics.exact import ExactLike, whole

__all__ = ["inductive_window", "spacing"]


def spacing(window: int, *, block: int, group: int) -> int:
    """Return the distance of designated groups that no batch of at most ``window`` users joins: whole blocks."""
    return block * -((1 - group - window) // block)


@relies_on("structural-lemma")
def inductive_window(*, block: ExactLike, group: ExactLike, groups: ExactLike, shufflers: ExactLike) -> int:
    """Return s_k: users of a window that has a bad step wherever among the blocks it begins.

    Args:
        block: users of a block, from 1 on.
        group: users of a designated group, from 1 to ``block``.
        groups: separated groups that make a step bad, from 1 on.
        shufflers: shufflers that work at the same time, from 0 to 10,000.

    Raises:
        ParameterError: a number is not a whole number of its range.

    Guarantee:
        structural-lemma.

    >>> [inductive_window(block=2, group=1, groups=3, shufflers=k) for k in range(3)]
    [3, 12, 36]
    """
    m, g = whole("block", block, least=1), whole("group", group, least=1)
    number = whole("groups", groups, least=1)
    if g > m:
        raise ParameterError("group", f"must be at most the block, {m} users", g)
    enough = 2 * m - 1
    for _ in range(whole("shufflers", shufflers, least=0, most=10_000)):
        enough = number * spacing(enough, block=m, group=g)
    return enough

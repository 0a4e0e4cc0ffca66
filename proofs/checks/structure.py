"""Checks of the deterministic part of the lower bound: windows in which every family of batches has a bad step."""

from __future__ import annotations

from accounting.lower_bound.tight_window import tight_window, unaligned_window

from ..lower_bound.exhaustive import Window, families, listed, published_window, searched
from .check import CheckFailedError, Evidence, Unit, checks

__all__ = [
    "LISTED",
    "deep_windows",
    "every_window",
    "listed_families",
    "more_listed_families",
    "published_windows",
]

SIZES = [(m, g) for m in range(2, 5) for g in range(1, m)]
SMALL: tuple[Unit, ...] = tuple(
    (m, g, n, k) for m, g in SIZES for k in range(4) for n in range(1, 5) if k < 3 or n < 4
)
"""Block, group, groups, shufflers."""
NEAR = {1: 40, 2: 14, 3: 8, 4: 6, 5: 5, 6: 4}
FAR = {1: 80, 2: 24, 3: 12, 4: 8, 5: 6, 6: 5, 7: 4, 8: 4, 12: 3, 20: 2}
"""Shufflers: the most groups that are gone through."""
DEEP: tuple[Unit, ...] = tuple(
    (m, g, n, k)
    for m, g, reach in [
        *((m, g, NEAR) for m, g in [*SIZES, (2, 2), (3, 3), (6, 2)]),
        (2, 1, FAR),
        (3, 2, FAR),
    ]
    for k, most in reach.items()
    for n in range(2, most + 1)
    if (m, g, n, k) not in SMALL and not (reach is NEAR and (m, g) in ((2, 1), (3, 2)))
)
LISTED_DEEP: tuple[Unit, ...] = (
    (1, 1, 2, 3, 0, 4),
    (1, 1, 3, 2, 0, 6),
    (1, 1, 4, 2, 0, 6),
    (2, 1, 2, 2, 0, 7),
    (2, 1, 3, 1, 0, 11),
    (2, 1, 3, 2, 1, 6),
    (2, 2, 3, 2, 1, 6),
    (3, 2, 2, 2, 0, 6),
    (3, 2, 3, 1, 2, 11),
)
LISTED: tuple[Unit, ...] = (
    (1, 1, 2, 1, 0, 5),
    (1, 1, 2, 2, 0, 3),
    (1, 1, 3, 2, 0, 5),
    (2, 1, 2, 1, 1, 6),
    (2, 1, 2, 2, 0, 4),
    (2, 2, 3, 1, 0, 6),
    (3, 2, 2, 1, 2, 6),
)
"""Block, group, groups, shufflers, skipped users, users."""


@checks("tight-windows", evidence=Evidence.EXHAUSTIVE, units=SMALL)
def every_window(block: int, group: int, groups: int, shufflers: int) -> int:
    """Go through all families of batches, from user 1 and from every place in a block, for the smallest window."""
    size = {"block": block, "group": group, "groups": groups, "shufflers": shufflers}
    found = [searched(Window(**size, skipped=skipped)) for skipped in range(block)]
    aligned, anywhere = found[0].smallest, max(each.smallest for each in found)
    said = tight_window(block=block, groups=groups, shufflers=shufflers)
    if aligned != said:
        raise CheckFailedError(f"{size}: the smallest window has {aligned} users, tight_window says {said}")
    said = unaligned_window(**size)
    if anywhere != said:
        raise CheckFailedError(f"{size}: {anywhere} users are enough anywhere, unaligned_window says {said}")
    return sum(each.states for each in found)


@checks("tight-windows", evidence=Evidence.EXHAUSTIVE, units=DEEP, deep=True)
def deep_windows(block: int, group: int, groups: int, shufflers: int) -> int:
    """Go through all families of batches of larger windows."""
    return every_window(block, group, groups, shufflers)


@checks("tight-windows", evidence=Evidence.EXHAUSTIVE, units=LISTED)
def listed_families(block: int, group: int, groups: int, shufflers: int, skipped: int, users: int) -> int:
    """List families of batches one by one, by the definition: as many as by states have no bad step."""
    window = Window(block=block, group=group, groups=groups, shufflers=shufflers, skipped=skipped)
    alive = searched(window).alive
    for number in range(users + 1):
        counted = listed(window, number)[-1]
        expected = alive[number] if number < len(alive) else 0
        if counted != expected:
            raise CheckFailedError(
                f"{window}, {number} users: {counted} families without bad step listed, {expected} by states"
            )
    return sum(families(number, shufflers) for number in range(users + 1))


@checks("tight-windows", evidence=Evidence.EXHAUSTIVE, units=LISTED_DEEP, deep=True)
def more_listed_families(
    block: int, group: int, groups: int, shufflers: int, skipped: int, users: int
) -> int:
    """List more families of batches one by one, by the definition: as many as by states have no bad step."""
    return listed_families(block, group, groups, shufflers, skipped, users)


@checks("structural-lemma", evidence=Evidence.EXHAUSTIVE, units=SMALL)
def published_windows(block: int, group: int, groups: int, shufflers: int) -> int:
    """Go through all families of batches of a window of s_k users, wherever in a block it begins."""
    size = {"block": block, "group": group, "groups": groups, "shufflers": shufflers}
    enough = published_window(**size)
    cases = 0
    for skipped in range(block):
        found = searched(Window(**size, skipped=skipped))
        if found.smallest > enough:
            raise CheckFailedError(
                f"{size}, {skipped} users skipped: {found.alive[enough]} families of {enough} users have no bad step"
            )
        cases += found.states
    return cases

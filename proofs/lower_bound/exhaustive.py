"""Every family of batches of a small window, by states: how long can shufflers put off the first bad step?

A window holds users 1, 2, .. in blocks of ``block`` users; the last ``group`` users of a block are its designated
group. At each user every shuffler leaves it out, opens a batch, goes on with its batch, or closes it; a batch of
one user opens and closes at once. Batches that were opened before the window are, cut to it, batches that open with
its first user. A step t is bad if a whole block up to t meets no batch closed by t, or if ``groups`` designated
groups up to t are such that no batch closed by t touches two of them.

*The state.* Families are not listed: those that cannot differ from now on are one state, with their number. Let the
*chain* be the groups picked from left to right, each the first that no closed batch joins to the one before. No
choice has more groups: a batch is an interval, so it joins two groups only if it joins neighbours in the choice, and
a batch that joins two groups joins all between them, so that the pick of the earliest never hinders a later one.
Let cur be the first group that has not ended, n the number of groups in the chain before cur, and x the first one of
the chain from cur on: cur itself, or the next one if a closed batch joins cur to the chain. An open batch touches all
groups from some c <= cur on; let x_c be the first of the chain from c on and n_c the number of those before. When it
closes at a moment at which b is the last group that has begun (b = cur or cur - 1):

- if n_c < n, then x_c < cur, and all groups after x_c up to b become joined to x_c, so that the chain goes on with
  b + 1: n becomes n_c + 1 and x becomes b + 1. Another open batch, from c' on, keeps its n_c' if n_c' <= n_c (then x_c'
  comes no later than x_c), and gets n_c + 1 otherwise;
- if n_c = n, then x_c = x, and the batch touches no group of the chain but x, perhaps. Nothing changes.

So the state is n, whether x is cur, whether a batch has closed in this block, and for each shuffler nothing (no open
batch) or n_c. Shufflers are alike, so their order does not matter. Nothing here is taken from the lemma that is
checked; ``listed`` goes through families one by one, by the definition, and the tests compare the two.

``python -m proofs.lower_bound.exhaustive`` prints the table.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from math import comb

__all__ = [
    "Searched",
    "Window",
    "families",
    "listed",
    "published_window",
    "searched",
    "smallest_window",
    "table",
]

IDLE = -1
State = tuple[int, bool, bool, tuple[int, ...]]
"""Groups in the chain before cur, x is cur, a batch closed in this block, and a number for each shuffler."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What is gone through.

    Attributes:
        block: users of a block (m).
        group: users of a designated group (g), at most ``block``.
        groups: how many separated groups make a step bad (N).
        shufflers: how many there are (k).
        skipped: users of the first block that came before the window, fewer than ``block``.
    """

    block: int
    group: int
    groups: int
    shufflers: int
    skipped: int = 0

    def touched(self, user: int) -> bool:
        """Say whether a user of the window is in a designated group that lies in the window as a whole."""
        place = (user - 1 + self.skipped) % self.block
        cut = user + self.skipped <= self.block and self.skipped > self.block - self.group
        return place >= self.block - self.group and not cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a search found.

    Attributes:
        alive: for each number of users 0, 1, .. the families without a bad step; the last one is 0, unless some were
            left when the search was stopped.
        states: distinct states that were gone through.
    """

    alive: tuple[int, ...]
    states: int

    @property
    def smallest(self) -> int:
        """The users of the smallest window of which every family has a bad step; if it was stopped, at least these."""
        return len(self.alive) - (self.alive[-1] == 0)


def families(users: int, shufflers: int) -> int:
    """Count the families of batches of a window, open batches included: a power of a Fibonacci number.

    >>> [families(users, 1) for users in range(4)]
    [1, 3, 8, 21]
    """
    idle, running = 1, 0
    for _ in range(users):
        idle, running = 2 * idle + running, idle + running
    total: int = (idle + running) ** shufflers
    return total


def searched(window: Window) -> Searched:
    """Go through all families step by step, until none is left without a bad step, or s_k users have passed."""
    most = published_window(
        block=window.block, group=window.group, groups=window.groups, shufflers=window.shufflers
    )
    now: dict[State, int] = {(0, True, False, (IDLE,) * window.shufflers): 1}
    moves: dict[tuple[State, bool], list[tuple[State, int]]] = {}
    alive, user = [1], 0
    while now and user < most:
        user += 1
        in_group = window.touched(user)
        after: defaultdict[State, int] = defaultdict(int)
        for state, weight in now.items():
            found = moves.get((state, in_group))
            if found is None:
                found = moves[state, in_group] = list(_moves(state, in_group=in_group).items())
            for following, ways in found:
                after[following] += weight * ways
        if (user + window.skipped) % window.block == 0:
            after = _survivors(after, window, user)
        now = after
        alive.append(sum(now.values()))
    return Searched(alive=tuple(alive), states=len({state for state, _ in moves}))


def smallest_window(*, block: int, group: int, groups: int, shufflers: int) -> int:
    """Return the users that are enough for a bad step wherever the window begins."""
    return max(
        searched(
            Window(block=block, group=group, groups=groups, shufflers=shufflers, skipped=skipped)
        ).smallest
        for skipped in range(block)
    )


def _moves(state: State, *, in_group: bool) -> Counter[State]:
    """What one user can bring, with the number of ways, shuffler by shuffler."""
    chain, fresh, closed, tokens = state
    held = Counter(tokens)
    idle = held.pop(IDLE, 0)
    # of the idle ones, some open, and of those some close at once; the rest leave the user out
    starts = [
        (opened, shut, comb(idle, opened) * comb(opened, shut))
        for opened in range(idle + 1)
        for shut in range(opened + 1)
    ]
    values = sorted(held)
    found: Counter[State] = Counter()
    for opened, shut, ways in starts:
        for closing in product(*(range(held[value] + 1) for value in values)):
            number, running, ending = ways, Counter(held), Counter[int]()
            for value, ended in zip(values, closing, strict=True):
                number *= comb(held[value], ended)
                running[value] -= ended
                ending[value] += ended
            running[chain] += opened - shut
            ending[chain] += shut
            rest = idle - opened + ending.total()
            found[_closed(chain, fresh, closed, running, ending, rest, in_group=in_group)] += number
    return found


def _closed(
    chain: int,
    fresh: bool,  # noqa: FBT001 (a part of the state)
    closed: bool,  # noqa: FBT001 (a part of the state)
    running: Counter[int],
    ending: Counter[int],
    rest: int,
    *,
    in_group: bool,
) -> State:
    """Close batches at one user, the one whose chain is longest first; any order ends in the same state."""
    values = list((+running).elements())
    for value in sorted(+ending, reverse=True):
        if value < chain:
            chain, fresh = value + 1, not in_group
            values = [min(other, value + 1) for other in values]
    return chain, fresh, closed or ending.total() > 0, tuple(sorted([IDLE] * rest + values))


def _survivors(states: dict[State, int], window: Window, user: int) -> defaultdict[State, int]:
    """At the end of a block: drop what is bad, and let the next group be the one that has not ended."""
    whole = user >= window.block
    counted = whole or window.skipped <= window.block - window.group
    found: defaultdict[State, int] = defaultdict(int)
    for (chain, fresh, closed, tokens), weight in states.items():
        longer = chain + (fresh and counted)
        if (closed or not whole) and longer < window.groups:
            found[longer, True, False, tokens] += weight
    return found


# ---------------------------------------------------------------- family by family, by the definition


Interval = tuple[int, int]


def _runs(users: int, start: int = 1) -> Iterator[tuple[Interval, ...]]:
    """All ways of one shuffler: disjoint intervals; one that ends after the window is not closed in it."""
    yield ()
    for first in range(start, users + 1):
        yield ((first, users + 1),)
        for last in range(first, users + 1):
            for rest in _runs(users, last + 1):
                yield ((first, last), *rest)


def listed(window: Window, users: int) -> tuple[int, ...]:
    """Count families without a bad step up to each step, one family after the other, by the definition."""
    m, g, skip = window.block, window.group, window.skipped
    ends = [e for e in range(m - skip, users + 1, m) if e >= g]
    blocks = [(e - m + 1, e) for e in ends if e >= m]
    choices = list(combinations([(e - g + 1, e) for e in ends], window.groups))
    first_bad: Counter[int] = Counter()
    for family in product(list(_runs(users)), repeat=window.shufflers):
        batches = [batch for run in family for batch in run]
        first_bad[_first_bad(batches, blocks, choices, users)] += 1
    total = first_bad.total()
    counts = [total - sum(n for step, n in first_bad.items() if step <= t) for t in range(users + 1)]
    return tuple(counts)


def _first_bad(
    batches: list[Interval], blocks: list[Interval], choices: list[tuple[Interval, ...]], users: int
) -> int:
    for step in range(1, users + 1):
        shut = [batch for batch in batches if batch[1] <= step]
        if any(block[1] <= step and not any(_meet(block, batch) for batch in shut) for block in blocks):
            return step
        for choice in choices:
            touched = (sum(_meet(each, batch) for each in choice) for batch in shut)
            if choice[-1][1] <= step and all(number < 2 for number in touched):
                return step
    return users + 1


def _meet(one: Interval, other: Interval) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


# ---------------------------------------------------------------- the table


def published_window(*, block: int, group: int, groups: int, shufflers: int) -> int:
    """Return s_k of the induction that loses a factor ``groups`` with each shuffler."""
    enough = 2 * block - 1
    for _ in range(shufflers):
        enough = groups * block * -((1 - group - enough) // block)
    return enough


def table(cases: list[Window]) -> Iterator[str]:
    """Yield the lines of the table, one a case; ``skipped`` is not used."""
    yield "   m   g   N   k   aligned  anywhere       s_k  states  families"
    for case in cases:
        size = {"block": case.block, "group": case.group, "groups": case.groups, "shufflers": case.shufflers}
        found = searched(Window(**size))
        yield (
            f"{case.block:4}{case.group:4}{case.groups:4}{case.shufflers:4}{found.smallest:10}"
            f"{smallest_window(**size):10}{published_window(**size):10}{found.states:8}"
            f"{_short(families(found.smallest, case.shufflers)):>10}"
        )


def _short(number: int) -> str:
    """Write a large number as the power of ten below it."""
    return str(number) if number < 10**8 else f"> 10^{len(str(number)) - 1}"


def main() -> None:
    """Print the table of all windows that take a few seconds."""
    cases = [
        Window(block=m, group=g, groups=n, shufflers=k)
        for m, g in ((1, 1), (2, 1), (3, 1), (3, 2))
        for k in range(1, 5)
        for n in range(2, 7)
    ]
    for line in table(cases):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()

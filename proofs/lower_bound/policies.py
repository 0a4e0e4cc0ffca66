"""Policies for opening and closing batches that push the first bad step far out: search, small and large.

That a step is bad depends on the intervals only, so a policy without coins that ignores the counts is best against it. Opening
at once is never worse, as a longer batch hides fewer blocks and ties more groups: all that is decided at each step is which
shufflers close.

- `best_family`: all families, by states; the answer is exact.
- `patient`: a rule for any size. It closes nothing until the step would be bad, and then as few and as young batches as help.
- `improved`: a search that follows many families at once.

``python -m proofs.lower_bound.policies`` prints how far each gets. Nothing here uses the structural lemma.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from .dropped import window
from .hard_inputs import Construction, Span

__all__ = ["SEARCHED", "TRIED", "Family", "best_family", "first_bad_step", "improved", "main", "patient"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Batches of several shufflers.

    Attributes:
        shufflers: k.
        decisions: for each step from 1 on, the shufflers that close at its end; each opens again at once.
    """

    shufflers: int
    decisions: tuple[tuple[int, ...], ...]

    @property
    def batches(self) -> tuple[tuple[int, int, int], ...]:
        """Every closed batch as (shuffler, first, last), in the order of closing."""
        since = [1] * self.shufflers
        found = []
        for step, closing in enumerate(self.decisions, start=1):
            for shuffler in closing:
                found.append((shuffler, since[shuffler], step))
                since[shuffler] = step + 1
        return tuple(found)


def first_bad_step(construction: Construction, family: Family) -> int | None:
    """Return the first bad step of a family, by the definition; None when none of its steps is bad."""
    batches = family.batches
    for step in range(1, len(family.decisions) + 1):
        if construction.is_bad(step, [(first, last) for _, first, last in batches if last <= step]):
            return step
    return None


@dataclass(frozen=True, slots=True)
class _State:
    """All that later bad steps depend on.

    Attributes:
        since: the first user of each open batch, sorted.
        ties: ranges of designated groups that one closed batch touches, none of them inside another one.
        hidden: blocks that have begun and have no user in a closed batch.
    """

    since: tuple[int, ...]
    ties: frozenset[Span]
    hidden: frozenset[int]

    def after(self, construction: Construction, step: int, closing: Sequence[int]) -> _State:
        """Close the batches at some places of ``since`` at the end of a step."""
        m, g = construction.block, construction.group
        since, ties, hidden = list(self.since), set(self.ties), set(self.hidden)
        if (step - 1) % m == 0:
            hidden.add((step - 1) // m)
        for place in closing:
            first = (since[place] - 1) // m
            last = (step - 1) // m
            hidden -= set(range(first, last + 1))
            last -= (step - 1) % m < m - g  # the group of the step's block is not reached
            if first < last:
                ties.add((first, last))
            since[place] = step + 1
        kept = frozenset(a for a in ties if not any(b != a and b[0] <= a[0] and a[1] <= b[1] for b in ties))
        return _State(tuple(sorted(since)), kept, frozenset(hidden))

    def is_bad(self, construction: Construction, step: int) -> bool:
        """Say whether a step, after its closings, is bad."""
        whole = step // construction.block
        return any(block < whole for block in self.hidden) or self.separate(whole) >= construction.groups

    def separate(self, whole: int) -> int:
        """Count the most designated groups among the first blocks of which no closed batch touches two."""
        count, reach = 0, -1
        for block in range(whole):
            if block > reach:
                count += 1
                reach = max([block, *(last for first, last in self.ties if first <= block <= last)])
        return count


def _closings(state: _State) -> Iterator[tuple[int, ...]]:
    """Choices of open batches, few and young ones first; one of several equally old ones is enough."""
    ages = [place for place, first in enumerate(state.since) if place == 0 or state.since[place - 1] != first]
    for count in range(len(ages) + 1):
        yield from combinations(reversed(ages), count)


def best_family(construction: Construction, shufflers: int, *, limit: int = 400_000) -> tuple[int, Family]:
    """Go through all families: return the latest first bad step, and a family that attains it.

    Args:
        construction: blocks, groups and what is bad.
        shufflers: k.
        limit: positions that are looked at before the search gives up.

    Raises:
        OverflowError: there are more positions than the limit.
    """
    seen: dict[tuple[int, _State], tuple[int, tuple[int, ...]]] = {}

    def latest(step: int, state: _State) -> int:
        if (step, state) in seen:
            return seen[step, state][0]
        if len(seen) >= limit:
            raise OverflowError(f"more than {limit} positions")
        best = 0
        choice: tuple[int, ...] = ()
        for closing in _closings(state):
            after = state.after(construction, step, closing)
            reached = step if after.is_bad(construction, step) else latest(step + 1, after)
            if reached > best:
                best, choice = reached, closing
        seen[step, state] = best, choice
        return best

    start = _State((1,) * shufflers, frozenset(), frozenset())
    found = latest(1, start)
    decisions, state = [], start
    for step in range(1, found + 1):
        closing = seen[step, state][1]
        decisions.append(closing)
        state = state.after(construction, step, closing)
    return found, _named(shufflers, decisions)


def _named(shufflers: int, decisions: Sequence[Sequence[int]]) -> Family:
    """Turn places in the order of age into shufflers."""
    since = [1] * shufflers
    named = []
    for step, closing in enumerate(decisions, start=1):
        order = sorted(range(shufflers), key=lambda shuffler: since[shuffler])
        chosen = tuple(sorted(order[place] for place in closing))
        for shuffler in chosen:
            since[shuffler] = step + 1
        named.append(chosen)
    return Family(shufflers=shufflers, decisions=tuple(named))


def patient(construction: Construction, shufflers: int) -> Family:
    """Close nothing until the step would be bad, then as few and as young batches as help; stop at the first bad step."""
    state = _State((1,) * shufflers, frozenset(), frozenset())
    decisions: list[tuple[int, ...]] = []
    for step in range(1, window(construction, shufflers) + 1):
        options = [(closing, state.after(construction, step, closing)) for closing in _closings(state)]
        closing, state = next((o for o in options if not o[1].is_bad(construction, step)), options[0])
        decisions.append(closing)
        if state.is_bad(construction, step):
            break
    return _named(shufflers, decisions)


def _old_and_tied(construction: Construction, step: int, state: _State) -> tuple[int, ...]:
    """Prefer old open batches, and few separate groups."""
    return (sum(state.since) + construction.block * state.separate(step // construction.block),)


def _tied_if_closed(construction: Construction, step: int, state: _State) -> tuple[int, ...]:
    """Prefer few groups that would be separate if all open batches closed now, then few that are, then old batches."""
    whole = step // construction.block
    blocks = ((first - 1) // construction.block for first in state.since)
    closed = state.ties | {(block, whole - 1) for block in blocks if block < whole - 1}
    return _State((), closed, frozenset()).separate(whole), state.separate(whole), *state.since


def improved(construction: Construction, shufflers: int, *, width: int = 100) -> Family:
    """Follow many families at once, and keep those that seem furthest from a bad step; stop when all have had one.

    Two rules say what seems far; the better result counts.

    Args:
        construction: blocks, groups and what is bad.
        shufflers: k.
        width: how many positions are kept after each step.
    """
    found = [_beam(construction, shufflers, width, rule) for rule in (_old_and_tied, _tied_if_closed)]
    return _named(shufflers, max(found, key=len))


def _beam(
    construction: Construction,
    shufflers: int,
    width: int,
    rule: Callable[[Construction, int, _State], tuple[int, ...]],
) -> tuple[tuple[int, ...], ...]:
    kept: dict[_State, tuple[tuple[int, ...], ...]] = {_State((1,) * shufflers, frozenset(), frozenset()): ()}
    for step in range(1, window(construction, shufflers) + 1):
        after: dict[_State, tuple[tuple[int, ...], ...]] = {}
        for state, decisions in kept.items():
            for closing in _closings(state):
                new = state.after(construction, step, closing)
                if not new.is_bad(construction, step):
                    after.setdefault(new, (*decisions, closing))
        if not after:
            return (*next(iter(kept.values())), ())
        best = sorted(after, key=lambda state: rule(construction, step, state))
        kept = {state: after[state] for state in best[:width]}
    return next(iter(kept.values()))


SEARCHED = tuple(
    (Construction(block=m, group=1, groups=groups), k)
    for m, groups, k in (
        *((2, 2, 1), (2, 4, 1), (3, 3, 1), (4, 8, 1), (2, 2, 2), (3, 2, 2), (2, 3, 2), (3, 3, 2)),
        *((4, 3, 2), (2, 4, 2), (2, 2, 3), (2, 3, 3), (2, 2, 4)),
    )
)
"""Sizes of which all families are gone through in seconds."""

TRIED = tuple(
    (Construction(block=m, group=1, groups=groups), k)
    for m, groups, k in ((4, 20, 1), (4, 5, 2), (4, 4, 3), (4, 3, 4))
)
"""Sizes at which a search looks for a good family."""


def main(width: int = 100) -> list[tuple[Construction, int, int]]:
    """Print the latest first bad step found for each size, beside what forces one and the window of the induction."""
    found = []
    print(f"k m g N {'patient':>8} {'search':>8} {'all':>8} {'blocks':>8} {'window':>8}")
    for construction, k in (*SEARCHED, *TRIED):
        simple = len(patient(construction, k).decisions)
        if (construction, k) in SEARCHED:
            best, _ = best_family(construction, k)
            columns = f"{'':8} {best:8}"
        else:
            best = len(improved(construction, k, width=width).decisions)
            columns = f"{best:8} {'':8}"
        sizes = f"{k} {construction.block} {construction.group} {construction.groups}"
        forced = construction.block * construction.blocks(k)
        print(f"{sizes} {simple:8} {columns} {forced:8} {window(construction, k):8}")
        found.append((construction, k, best))
    return found


if __name__ == "__main__":
    main()

"""Concrete mechanisms on the hard inputs, enumerated exactly.

A mechanism has k shufflers; a batch releases a count whose law depends on its size and on the ones among its users. Rules that
see the releases, and nothing else, open and close batches. The tree of all transcripts carries, for every input, the
integer weight of (input, transcript so far): everything below is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import comb
from typing import Protocol

from .hard_inputs import Construction, Span

__all__ = [
    "BinaryReports",
    "BinomialCounts",
    "History",
    "Mechanism",
    "Node",
    "Randomizer",
    "Release",
    "Rule",
    "Tree",
    "error_at_bad_step",
    "error_of_node",
    "largest_mean_error",
    "running_sums",
    "split",
    "transcripts",
]


class Randomizer(Protocol):
    """What a batch releases: a count, whose law depends on the number of users and of ones among them."""

    def law(self, size: int, ones: int) -> tuple[int, ...]:
        """Return the weights of the counts 0, 1, ..; their sum depends on the size only."""


@dataclass(frozen=True, slots=True)
class BinaryReports:
    """Binary randomized response: each user reports its bit, flipped with probability 1/(1 + odds).

    Attributes:
        odds: e^epsilon0, the odds of the truth; at least 1.
    """

    odds: Fraction

    def law(self, size: int, ones: int) -> tuple[int, ...]:
        """Return the law of the number of reported ones."""
        return _binary_law(self.odds.numerator, self.odds.denominator, size, ones)


@cache
def _binary_law(keep: int, flip: int, size: int, ones: int) -> tuple[int, ...]:
    weights = [1]
    for user in range(size):
        one, zero = (keep, flip) if user < ones else (flip, keep)
        weights = [zero * a + one * b for a, b in zip([*weights, 0], [0, *weights], strict=True)]
    return tuple(weights)


@dataclass(frozen=True, slots=True)
class BinomialCounts:
    """Each user adds ``noise`` fair bits to its own one or zero; the batch releases the sum.

    Attributes:
        noise: fair bits of each user, at least 1.
    """

    noise: int

    def law(self, size: int, ones: int) -> tuple[int, ...]:
        """Return the law of ``ones + Bin(size * noise, 1/2)``."""
        bits = size * self.noise
        return tuple(
            comb(bits, count - ones) if 0 <= count - ones <= bits else 0 for count in range(bits + size + 1)
        )


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """What everybody sees when a batch closes.

    Attributes:
        shuffler: from 0 on.
        first: the first user of the batch.
        last: its last user, and the step at which it closes.
        count: what it releases.
    """

    shuffler: int
    first: int
    last: int
    count: int


@dataclass(frozen=True, slots=True)
class History:
    """What everybody knows: the releases, and since which user each shuffler's batch is open (None: it has none)."""

    open_since: tuple[int | None, ...]
    releases: tuple[Release, ...] = ()

    @property
    def spans(self) -> tuple[Span, ...]:
        """The closed batches."""
        return tuple((release.first, release.last) for release in self.releases)


Rule = Callable[[History, int, int], bool]
"""Of the history, the step and the shuffler: open a batch before the step's user, or close it after that user."""


def _at_once(history: History, step: int, shuffler: int) -> bool:  # noqa: ARG001
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """A mechanism for continual sums of bits.

    Attributes:
        name: for tables.
        shufflers: k.
        users: n.
        randomizer: what batches release.
        closes: whether a shuffler closes its batch at the end of a step; shufflers are asked in order, and see
            what those before them have released in the same step.
        opens: whether a shuffler without a batch opens one before the step's user; as soon as it can, when left out.
    """

    name: str
    shufflers: int
    users: int
    randomizer: Randomizer
    closes: Rule
    opens: Rule = field(default=_at_once)


@dataclass(frozen=True, slots=True)
class Node:
    """A transcript so far.

    Attributes:
        history: what was released.
        weights: for each input, the weight of this transcript given that input; divide by ``norm``.
        norm: the same for all transcripts with the same batches.
        parent: index of the transcript one step earlier.
    """

    history: History
    weights: tuple[int, ...]
    norm: int
    parent: int


@dataclass(frozen=True, slots=True)
class Tree:
    """All transcripts of a mechanism on equally likely inputs.

    Attributes:
        inputs: the inputs.
        sums: for each step from 0 on, the running sum of each input.
        steps: for each step from 0 on, the transcripts at its end.
    """

    inputs: tuple[tuple[int, ...], ...]
    sums: tuple[tuple[int, ...], ...]
    steps: tuple[tuple[Node, ...], ...]


def running_sums(inputs: Sequence[Sequence[int]], users: int) -> tuple[tuple[int, ...], ...]:
    """List S_0, S_1, .. of every input."""
    return tuple(tuple(sum(values[:step]) for values in inputs) for step in range(users + 1))


def split(
    history: History,
    weights: Sequence[int],
    shuffler: int,
    step: int,
    randomizer: Randomizer,
    sums: Sequence[Sequence[int]],
) -> Iterator[tuple[History, tuple[int, ...], int]]:
    """Close a batch: yield each possible history with its weights, and by how much the norm grows."""
    first = history.open_since[shuffler]
    if first is None:
        raise ValueError(f"shuffler {shuffler} has no open batch at step {step}")
    size = step - first + 1
    laws = [randomizer.law(size, sums[step][x] - sums[first - 1][x]) for x in range(len(weights))]
    since = (*history.open_since[:shuffler], None, *history.open_since[shuffler + 1 :])
    norm = sum(laws[0])
    for count in range(len(laws[0])):
        after = tuple(weight * law[count] for weight, law in zip(weights, laws, strict=True))
        if any(after):
            yield History(since, (*history.releases, Release(shuffler, first, step, count))), after, norm


def transcripts(mechanism: Mechanism, inputs: tuple[tuple[int, ...], ...]) -> Tree:
    """Enumerate all transcripts of a mechanism.

    Args:
        mechanism: what is run.
        inputs: equally likely inputs of its users.
    """
    sums = running_sums(inputs, mechanism.users)
    start = Node(History((None,) * mechanism.shufflers), (1,) * len(inputs), 1, 0)
    steps: list[tuple[Node, ...]] = [(start,)]
    for step in range(1, mechanism.users + 1):
        now: list[Node] = []
        for parent, node in enumerate(steps[-1]):
            found = [(opened(mechanism, node.history, step), node.weights, node.norm)]
            for shuffler in range(mechanism.shufflers):
                found = [
                    (after, weights, norm * factor)
                    for history, before, norm in found
                    for after, weights, factor in _closed(mechanism, history, before, shuffler, step, sums)
                ]
            now.extend(Node(history, weights, norm, parent) for history, weights, norm in found)
        steps.append(tuple(now))
    return Tree(inputs, sums, tuple(steps))


def opened(mechanism: Mechanism, history: History, step: int) -> History:
    """Open the batches that the mechanism opens before a step's user."""
    since = tuple(
        step if first is None and mechanism.opens(history, step, shuffler) else first
        for shuffler, first in enumerate(history.open_since)
    )
    return History(since, history.releases)


def _closed(
    mechanism: Mechanism,
    history: History,
    weights: tuple[int, ...],
    shuffler: int,
    step: int,
    sums: Sequence[Sequence[int]],
) -> Iterator[tuple[History, tuple[int, ...], int]]:
    if history.open_since[shuffler] is None or not mechanism.closes(history, step, shuffler):
        yield history, weights, 1
    else:
        yield from split(history, weights, shuffler, step, mechanism.randomizer, sums)


def error_of_node(weights: Sequence[int], sums: Sequence[int]) -> int:
    """Return ``min_e sum_x weight_x |e - sum_x|``: what a weighted median leaves."""
    mass: dict[int, int] = {}
    for weight, total in zip(weights, sums, strict=True):
        mass[total] = mass.get(total, 0) + weight
    half, median = sum(mass.values()), 0
    reached = 0
    for total in sorted(mass):
        reached += mass[total]
        if 2 * reached >= half:
            median = total
            break
    return sum(weight * abs(total - median) for total, weight in mass.items())


def largest_mean_error(tree: Tree) -> Fraction:
    """Return ``max_t min E|error_t|``: below the mean of the largest error of every estimator."""
    return max(
        sum((Fraction(error_of_node(node.weights, sums), node.norm) for node in nodes), Fraction(0))
        for nodes, sums in zip(tree.steps, tree.sums, strict=True)
    ) / len(tree.inputs)


def error_at_bad_step(tree: Tree, construction: Construction) -> Fraction:
    """Return ``min E|error_tau|`` at the first bad step tau: what the theorem bounds, below E max_t |error_t|.

    The first bad step is a function of what was released until then, so the best estimator at that step is a median of
    the sum given the transcript so far. It is exact.

    Raises:
        ValueError: some transcript has no bad step, so that there are too few users.
    """
    total = Fraction(0)
    good: set[int] = {0}
    for step in range(1, len(tree.steps)):
        still: set[int] = set()
        for index, node in enumerate(tree.steps[step]):
            if node.parent not in good:
                continue
            if construction.is_bad(step, node.history.spans):
                total += Fraction(error_of_node(node.weights, tree.sums[step]), node.norm)
            else:
                still.add(index)
        good = still
    if good:
        raise ValueError(f"{len(good)} transcripts of {len(tree.steps) - 1} steps have no bad step")
    return total / len(tree.inputs)

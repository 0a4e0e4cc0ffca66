"""All deterministic policies that keep the conditions, for a given number of messages.

The policies are those that at every moment, as a function of what was released, send one more message to one
open batch or close a batch that holds at least the minimum, or end. They choose the others' values, when the target sends
to which shuffler, the target's two values there, when batches close and in which order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, permutations, product
from math import comb, gcd, lcm

from accounting.errors import ParameterError

from .process import Action, Close, Matrix, Policy, Release, Send, Transcript, View

__all__ = ["Scope", "all_policies", "count_policies", "worst_delta"]

Weights = tuple[int, int]
Open = tuple[tuple[int, ...], ...]
Beliefs = tuple[tuple[Open, Weights], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the policies may do.

    Attributes:
        channels: the randomizer of each shuffler; every message is possible for every value.
        least: the fewest messages of a batch of each shuffler that may be released.
        messages: how many messages are sent at most, to all shufflers together, by the target and others.
        joined: shufflers to which the target may send, one message each.
    """

    channels: tuple[Matrix, ...]
    least: tuple[int, ...]
    messages: int
    joined: frozenset[int]

    def __post_init__(self) -> None:
        if len(self.least) != len(self.channels):
            raise ParameterError("least", "must have one entry for each channel", self.least)
        if any(size < 1 for size in self.least):
            raise ParameterError(
                "least", "must be at least 1 each", self.least, "Empty batches close without end"
            )
        for j, channel in enumerate(self.channels):
            if any(entry <= 0 for row in channel for entry in row) or any(sum(row) != 1 for row in channel):
                raise ParameterError(f"channels[{j}]", "must have positive rows that sum to 1", channel)
        if not self.joined <= set(range(len(self.channels))):
            raise ParameterError("joined", "must name shufflers by position", sorted(self.joined))

    def actions(self, left: int, used: frozenset[int], sizes: Sequence[int]) -> Iterator[Action]:
        """Yield what may come next.

        Args:
            left: messages that may still be sent.
            used: shufflers to which the target has sent.
            sizes: of the open batches.
        """
        yield None
        for j, (channel, least) in enumerate(zip(self.channels, self.least, strict=True)):
            if left:
                values = range(len(channel))
                yield from (Send((j,), (value, value)) for value in values)
                if j in self.joined and j not in used:
                    yield from (Send((j,), pair) for pair in permutations(values, 2))
            if sizes[j] >= least:
                yield Close(j)


def _after(used: frozenset[int], send: Send) -> frozenset[int]:
    return used if send.values[0] == send.values[1] else used | set(send.into)


@cache
def worst_delta(scope: Scope, alpha: Fraction) -> Fraction:
    """Return the largest divergence over all policies of the scope.

    By backward induction: what is best after one history does not depend on what is done after another, and the
    divergence is a sum over transcripts. The state is the joint law of the contents of all open batches together with
    the history, in both worlds; it is not assumed to be a product, and not that batches without the target are harmless.
    """
    scale = lcm(*(entry.denominator for channel in scope.channels for row in channel for entry in row))
    rows = [[[int(entry * scale) for entry in row] for row in channel] for channel in scope.channels]

    @cache
    def best(left: int, used: frozenset[int], beliefs: Beliefs) -> int:
        sizes = [len(batch) for batch in beliefs[0][0]]
        return max(worth(action, left, used, beliefs) for action in scope.actions(left, used, sizes))

    def worth(action: Action, left: int, used: frozenset[int], beliefs: Beliefs) -> int:
        match action:
            case None:
                p, q = (sum(weights[world] for _, weights in beliefs) for world in (0, 1))
                ended: int = scale**left * max(0, alpha.denominator * p - alpha.numerator * q)
                return ended
            case Close(shuffler):
                released: dict[tuple[int, ...], dict[Open, Weights]] = {}
                for open_, weights in beliefs:
                    rest = tuple(() if j == shuffler else batch for j, batch in enumerate(open_))
                    _gain(released.setdefault(open_[shuffler], {}), rest, weights)
                return sum(value(left, used, rest) for rest in released.values())
            case Send((shuffler,), (int() as x0, int() as x1)):
                grown: dict[Open, Weights] = {}
                for open_, (p, q) in beliefs:
                    for message, (a, b) in enumerate(
                        zip(rows[shuffler][x0], rows[shuffler][x1], strict=True)
                    ):
                        batch = tuple(sorted((*open_[shuffler], message)))
                        _gain(grown, (*open_[:shuffler], batch, *open_[shuffler + 1 :]), (p * a, q * b))
                return value(left - 1, _after(used, action), grown)
            case _:
                raise ValueError(f"not an action of a scope: {action}")

    def value(left: int, used: frozenset[int], beliefs: dict[Open, Weights]) -> int:
        """Return the divergence times ``scale^left``, the denominator of alpha, and the scale of beliefs."""
        common = gcd(*(weight for pair in beliefs.values() for weight in pair))
        reduced = tuple(sorted((open_, (p // common, q // common)) for open_, (p, q) in beliefs.items()))
        return common * best(left, used, reduced)

    start: dict[Open, Weights] = {((),) * len(scope.channels): (1, 1)}
    return Fraction(value(scope.messages, frozenset(), start), alpha.denominator * scale**scope.messages)


def _gain(law: dict[Open, Weights], outcome: Open, weights: Weights) -> None:
    p, q = law.get(outcome, (0, 0))
    law[outcome] = (p + weights[0], q + weights[1])


def count_policies(scope: Scope) -> int:
    """Return how many policies the scope has: different choices after histories that can occur."""

    @cache
    def count(left: int, used: frozenset[int], sizes: tuple[int, ...]) -> int:
        total = 0
        for action in scope.actions(left, used, sizes):
            match action:
                case None:
                    total += 1
                case Close(j):
                    letters = len(scope.channels[j][0])
                    releases = comb(sizes[j] + letters - 1, letters - 1)
                    total += count(left, used, (*sizes[:j], 0, *sizes[j + 1 :])) ** releases
                case Send():
                    j = action.into[0]
                    grown = (*sizes[:j], sizes[j] + 1, *sizes[j + 1 :])
                    total += count(left - 1, _after(used, action), grown)
        return total

    return count(scope.messages, frozenset(), (0,) * len(scope.channels))


def all_policies(scope: Scope) -> Iterator[Policy]:
    """Yield the policies one by one, as functions of what was released; for the smallest scopes only."""

    def tables(
        left: int, used: frozenset[int], sizes: tuple[int, ...], released: Transcript
    ) -> Iterator[dict[tuple[int, Transcript], Action]]:
        clock = scope.messages - left
        for action in scope.actions(left, used, sizes):
            here = {(clock, released): action}
            match action:
                case None:
                    yield here
                case Send():
                    j = action.into[0]
                    grown = (*sizes[:j], sizes[j] + 1, *sizes[j + 1 :])
                    for later in tables(left - 1, _after(used, action), grown, released):
                        yield here | later
                case Close(j):
                    emptied = (*sizes[:j], 0, *sizes[j + 1 :])
                    letters = range(len(scope.channels[j][0]))
                    futures = (
                        list(tables(left, used, emptied, (*released, Release(clock, j, messages))))
                        for messages in combinations_with_replacement(letters, sizes[j])
                    )
                    for chosen in product(*futures):
                        yield here | {key: reply for future in chosen for key, reply in future.items()}

    for table in tables(scope.messages, frozenset(), (0,) * len(scope.channels), ()):
        yield _looked_up(table)


def _looked_up(table: Mapping[tuple[int, Transcript], Action]) -> Policy:
    def policy(view: View) -> Action:
        return table[view.clock, view.released]

    return policy

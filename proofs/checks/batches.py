"""Concurrent batches under rules that look at releases only: open batches, and batches of other users."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from math import prod

from proofs.exhaustive.conditions import BINARY, binary
from proofs.exhaustive.exact_curves import envelope, largest_at, pairs_of_shuffle
from proofs.exhaustive.policies import Scope, all_policies, worst_delta
from proofs.exhaustive.process import Close, Matrix, Policy, Send, Transcript, View, transcript_laws
from proofs.reference.shuffle_enumeration import released_law

from .check import CheckFailedError, Evidence, checks

THIRDS: Matrix = tuple(tuple(Fraction(entry, 6) for entry in row) for row in ((3, 2, 1), (1, 1, 4)))
"""A channel of two values and three messages, without symmetry."""

UNEVEN: Matrix = ((Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 5), Fraction(4, 5)))

SCOPES = (
    Scope(channels=(BINARY,), least=(1,), messages=4, joined=frozenset({0})),
    Scope(channels=(UNEVEN, binary("9/10")), least=(1, 1), messages=3, joined=frozenset({0, 1})),
    Scope(channels=(THIRDS, UNEVEN), least=(2, 1), messages=3, joined=frozenset({0})),
    Scope(
        channels=(UNEVEN, BINARY, binary("9/10")), least=(1, 1, 1), messages=2, joined=frozenset({0, 1, 2})
    ),
)
DEEP_SCOPES = (
    Scope(channels=(UNEVEN,), least=(1,), messages=5, joined=frozenset({0})),
    Scope(channels=(UNEVEN, binary("9/10")), least=(1, 1), messages=4, joined=frozenset({0, 1})),
    Scope(channels=(THIRDS, UNEVEN), least=(2, 2), messages=4, joined=frozenset({0, 1})),
)

RUN = (
    Scope(channels=(UNEVEN,), least=(2,), messages=3, joined=frozenset({0})),
    Scope(channels=(BINARY, UNEVEN), least=(1, 1), messages=2, joined=frozenset({0, 1})),
    Scope(channels=(THIRDS,), least=(1,), messages=2, joined=frozenset({0})),
)
DEEP_RUN = (
    Scope(channels=(UNEVEN, BINARY), least=(2, 2), messages=3, joined=frozenset({0, 1})),
    Scope(channels=(UNEVEN,), least=(3,), messages=4, joined=frozenset({0})),
)

Inside = tuple[tuple[int, ...], ...]
"""The messages of the open batch of each shuffler, in the order of sending."""

Batch = tuple[tuple[int, int], ...]
"""The values (in either world) of those who sent to an open batch, in the order of sending."""


@dataclass(frozen=True)
class Node:
    """What a rule may know, and what is then in the open batches.

    Attributes:
        left: how many messages may still be sent.
        used: shufflers to which the target has sent.
        senders: who is in the open batches.
        weights: for each content of the open batches the probability of it together with the history, in either world.
        released: the likelihood of the history in either world, as a product over released batches.
    """

    left: int
    used: frozenset[int]
    senders: tuple[Batch, ...]
    weights: dict[Inside, tuple[Fraction, Fraction]]
    released: tuple[Fraction, Fraction]


def sent(node: Node, shuffler: int, values: tuple[int, int], channel: Matrix) -> Node:
    """One more message; its law is the channel's row, whatever happened."""
    weights: dict[Inside, tuple[Fraction, Fraction]] = {}
    for inside, (p, q) in node.weights.items():
        for message, (a, b) in enumerate(zip(channel[values[0]], channel[values[1]], strict=True)):
            grown = tuple((*batch, message) if j == shuffler else batch for j, batch in enumerate(inside))
            weights[grown] = (p * a, q * b)
    senders = tuple((*batch, values) if j == shuffler else batch for j, batch in enumerate(node.senders))
    used = node.used | {shuffler} if values[0] != values[1] else node.used
    return Node(node.left - 1, used, senders, weights, node.released)


def closed(node: Node, shuffler: int, channel: Matrix) -> Iterator[Node]:
    """The batch of a shuffler is released: one node for each multiset; nothing else is told."""
    told: dict[tuple[int, ...], dict[Inside, tuple[Fraction, Fraction]]] = {}
    for inside, (p, q) in node.weights.items():
        rest = tuple(() if j == shuffler else batch for j, batch in enumerate(inside))
        weights = told.setdefault(tuple(sorted(inside[shuffler])), {})
        a, b = weights.get(rest, (Fraction(0), Fraction(0)))
        weights[rest] = (a + p, b + q)
    senders = tuple(() if j == shuffler else batch for j, batch in enumerate(node.senders))
    for seen, weights in told.items():
        first, second = (
            sum((law_of(order, batch, channel) for order in set(permutations(seen))), Fraction(0))
            for batch in (tuple(pair[world] for pair in node.senders[shuffler]) for world in (0, 1))
        )
        likelihoods = (node.released[0] * first, node.released[1] * second)
        yield Node(node.left, node.used, senders, weights, likelihoods)


def law_of(messages: Sequence[int], values: Sequence[int], channel: Matrix) -> Fraction:
    """The probability of messages in the order of sending, each from the row of its own value."""
    return prod((channel[x][m] for m, x in zip(messages, values, strict=True)), start=Fraction(1))


def nodes(scope: Scope) -> Iterator[Node]:
    """Go through all histories of all policies: what is conditioned on is kept, the rest is drawn by its definition."""
    start = Node(
        scope.messages,
        frozenset(),
        ((),) * len(scope.channels),
        {((),) * len(scope.channels): (Fraction(1), Fraction(1))},
        (Fraction(1), Fraction(1)),
    )
    waiting = [start]
    while waiting:
        node = waiting.pop()
        yield node
        sizes = [len(batch) for batch in node.senders]
        for action in scope.actions(node.left, node.used, sizes):
            match action:
                case Send((shuffler,), (int() as old, int() as new)):
                    waiting.append(sent(node, shuffler, (old, new), scope.channels[shuffler]))
                case Close(shuffler):
                    waiting.extend(closed(node, shuffler, scope.channels[shuffler]))
                case _:
                    pass


# ---------------------------------------------------------------- open-batches


def _contents(scope: Scope) -> int:
    count = 0
    for node in nodes(scope):
        for world in (0, 1):
            history = sum((pair[world] for pair in node.weights.values()), Fraction(0))
            for inside, pair in node.weights.items():
                alone = prod(
                    (
                        law_of(messages, [values[world] for values in batch], channel)
                        for messages, batch, channel in zip(inside, node.senders, scope.channels, strict=True)
                    ),
                    start=Fraction(1),
                )
                if pair[world] != history * alone:
                    raise CheckFailedError(
                        f"senders {node.senders}, open batches {inside}: given the history {pair[world] / history}, alone {alone}"
                    )
                count += 1
    return count


@checks("open-batches", evidence=Evidence.EXHAUSTIVE, units=[(i,) for i in range(len(SCOPES))])
def open_batches_are_as_if_nothing_was_released(index: int) -> int:
    """All histories of all policies of 2 to 4 messages with one to three shufflers, in both worlds: each content of the open batches."""
    return _contents(SCOPES[index])


@checks(
    "open-batches", evidence=Evidence.EXHAUSTIVE, units=[(i,) for i in range(len(DEEP_SCOPES))], deep=True
)
def more_open_batches_are_as_if_nothing_was_released(index: int) -> int:
    """All histories of all policies of 4 or 5 messages with one or two shufflers, in both worlds: each content of the open batches."""
    return _contents(DEEP_SCOPES[index])


# ---------------------------------------------------------------- parallel-batches


def _likelihoods(scope: Scope) -> int:
    count = 0
    for node in nodes(scope):
        found = tuple(sum((pair[world] for pair in node.weights.values()), Fraction(0)) for world in (0, 1))
        if found != node.released:
            raise CheckFailedError(
                f"a history has the likelihoods {found}, the product over its batches is {node.released}"
            )
        count += 1
    return count


@checks("parallel-batches", evidence=Evidence.EXHAUSTIVE, units=[(i,) for i in range(len(SCOPES))])
def likelihoods_are_products_over_batches(index: int) -> int:
    """Part (a): all histories of all policies of 2 to 4 messages with one to three shufflers, in both worlds."""
    return _likelihoods(SCOPES[index])


@checks(
    "parallel-batches", evidence=Evidence.EXHAUSTIVE, units=[(i,) for i in range(len(DEEP_SCOPES))], deep=True
)
def more_likelihoods_are_products_over_batches(index: int) -> int:
    """Part (a): all histories of all policies of 4 or 5 messages with one or two shufflers, in both worlds."""
    return _likelihoods(DEEP_SCOPES[index])


def _policies(scope: Scope) -> int:
    """Run the process with each policy, and put each transcript together from batches that are replayed by themselves."""
    count = 0
    for policy in all_policies(scope):
        laws = transcript_laws(policy, scope.channels, sees="released")
        for transcript in laws[0]:
            for world, law in enumerate(laws):
                expected = _replayed(policy, transcript, scope, world)
                if law[transcript] != expected:
                    raise CheckFailedError(
                        f"world {world}, transcript {transcript}: likelihood {law[transcript]}, product over batches {expected}"
                    )
        count += 1
    return count


def _replayed(policy: Policy, transcript: Transcript, scope: Scope, world: int) -> Fraction:
    """Multiply the laws of the batches that a policy closes along a transcript, each a shuffle of its members."""
    likelihood = Fraction(1)
    members: dict[int, list[int]] = {}
    clock, seen = 0, 0
    while True:
        match policy(View(clock, transcript[:seen], None)):
            case Send((shuffler,), (int() as old, int() as new)):
                members.setdefault(shuffler, []).append((old, new)[world])
                clock += 1
            case Close(shuffler):
                values = tuple(members.pop(shuffler, []))
                law = released_law(scope.channels[shuffler], values)
                likelihood *= law.get(transcript[seen].messages, Fraction(0))
                seen += 1
            case _:
                return likelihood


@checks("parallel-batches", evidence=Evidence.EXHAUSTIVE, units=[(i,) for i in range(3)])
def transcripts_are_products_of_shuffles(index: int) -> int:
    """Part (a): the process by its definition under each policy of 2 or 3 messages, 1 or 2 shufflers, against shuffles of the batches' members."""
    return _policies(RUN[index])


@checks("parallel-batches", evidence=Evidence.EXHAUSTIVE, units=[(i,) for i in range(2)], deep=True)
def more_transcripts_are_products_of_shuffles(index: int) -> int:
    """Part (a): the process by its definition under each policy of 3 or 4 messages, against shuffles of the batches' members."""
    return _policies(DEEP_RUN[index])


Beside = tuple[str, str, int, int]
"""Names of the target's channel and of the other one, users of the target's batch, messages in all."""

CHANNELS = {"even": BINARY, "uneven": UNEVEN, "thirds": THIRDS, "strong": binary("9/10")}


def _nothing_added(names: Beside) -> int:
    """The largest divergence of all policies, with other batches before, beside and after, is that of one batch: at every alpha."""
    own, other, users, messages = names
    alone = envelope(pair for _, _, pair in pairs_of_shuffle(CHANNELS[own], users))
    scope = Scope(
        channels=(CHANNELS[own], CHANNELS[other]), least=(users, 1), messages=messages, joined=frozenset({0})
    )
    alpha = largest_at(lambda factor: worst_delta(scope, factor) if factor else Fraction(1), alone)
    if alpha is not None:
        raise CheckFailedError(
            f"{names}, alpha = {alpha}: with batches of others {worst_delta(scope, alpha)} is lost, without {alone.delta(alpha)}"
        )
    return len(alone.turns) + 1


@checks(
    "parallel-batches",
    evidence=Evidence.EXHAUSTIVE,
    units=[
        ("even", "strong", 2, 5),
        ("even", "uneven", 3, 6),
        ("uneven", "even", 2, 5),
        ("thirds", "uneven", 2, 4),
    ],
)
def other_batches_add_nothing(own: str, other: str, users: int, messages: int) -> int:
    """Part (b): all policies of 4 to 6 messages with any batches of others, against the target's batch alone; every alpha."""
    return _nothing_added((own, other, users, messages))


@checks(
    "parallel-batches",
    evidence=Evidence.EXHAUSTIVE,
    units=[("even", "strong", 3, 8), ("uneven", "even", 3, 7), ("thirds", "thirds", 2, 5)],
    deep=True,
)
def more_other_batches_add_nothing(own: str, other: str, users: int, messages: int) -> int:
    """Part (b): all policies of 5 to 8 messages with any batches of others, against the target's batch alone; every alpha."""
    return _nothing_added((own, other, users, messages))

"""A concurrent shuffle process of a handful of messages, by its definition.

Messages are drawn one after the other and put into the open batches of shufflers; when a batch closes, the
multiset of its messages is released. A *policy* says what happens next. The process is run with all its
randomness in two worlds, that of each of two neighbouring data sets: the laws of the transcript are exact.
A policy may break every condition of the model; which of them it keeps is for its author to say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias, TypeVar

__all__ = [
    "Action",
    "Close",
    "Matrix",
    "Policy",
    "Release",
    "Sees",
    "Send",
    "Transcript",
    "View",
    "divergence",
    "least_sizes",
    "transcript_laws",
]

Matrix: TypeAlias = Sequence[Sequence[Fraction]]
"""Row = value, column = message."""

Batch: TypeAlias = tuple[int, ...]
"""Messages in the order in which they were sent."""

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """What everybody sees when a batch closes.

    Attributes:
        clock: how many draws had been made by then; the time of the release.
        shuffler: which shuffler it was.
        messages: the messages, sorted.
    """

    clock: int
    shuffler: int
    messages: tuple[int, ...]


Transcript: TypeAlias = tuple[Release, ...]


@dataclass(frozen=True, slots=True)
class Send:
    """One draw of one randomizer.

    Attributes:
        into: the shufflers whose open batches receive the message. One with fresh randomness; several when
            one report is used again.
        values: the sender's value in either world; they differ for the target only. None: nothing is sent.
    """

    into: tuple[int, ...]
    values: tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Close:
    """The open batch of a shuffler is released, and an empty one opened."""

    shuffler: int


Action: TypeAlias = Send | Close | None
"""None ends the process; what is still open is never released."""


@dataclass(frozen=True, slots=True)
class View:
    """What a policy knows.

    Attributes:
        clock: how many draws were made.
        released: the transcript so far.
        inside: the messages of the open batches, in the order of sending; None for a policy that is a function
            of what was released.
    """

    clock: int
    released: Transcript
    inside: tuple[Batch, ...] | None


Policy: TypeAlias = Callable[[View], Action]
Sees: TypeAlias = Literal["released", "everything"]
"""What a policy may look at."""


def transcript_laws(
    policy: Policy, channels: Sequence[Matrix], *, sees: Sees
) -> tuple[dict[Transcript, Fraction], dict[Transcript, Fraction]]:
    """Return the law of the transcript in both worlds.

    Args:
        policy: what happens next; it has to end the process after finitely many actions.
        channels: the randomizer of each shuffler; a message that goes to several is drawn from the first's.
        sees: "released" hides the open batches from the policy, "everything" shows them.
    """
    first, second = (_law(policy, channels, sees, world) for world in (0, 1))
    return first, second


def _law(policy: Policy, channels: Sequence[Matrix], sees: Sees, world: int) -> dict[Transcript, Fraction]:
    ended: dict[Transcript, Fraction] = {}
    running: dict[tuple[int, Transcript, tuple[Batch, ...]], Fraction] = {
        (0, (), ((),) * len(channels)): Fraction(1)
    }
    while running:
        following: dict[tuple[int, Transcript, tuple[Batch, ...]], Fraction] = {}
        for (clock, released, inside), chance in running.items():
            action = policy(View(clock, released, inside if sees == "everything" else None))
            match action:
                case None:
                    _add(ended, released, chance)
                case Close(shuffler):
                    release = Release(clock, shuffler, tuple(sorted(inside[shuffler])))
                    left = tuple(() if j == shuffler else batch for j, batch in enumerate(inside))
                    _add(following, (clock, (*released, release), left), chance)
                case Send(into, values):
                    value = values[world]
                    if value is None:
                        _add(following, (clock + 1, released, inside), chance)
                        continue
                    for message, weight in enumerate(channels[into[0]][value]):
                        grown = tuple(
                            (*batch, message) if j in into else batch for j, batch in enumerate(inside)
                        )
                        if weight:
                            _add(following, (clock + 1, released, grown), chance * weight)
        running = following
    return ended


def _add(law: dict[_Key, Fraction], outcome: _Key, chance: Fraction) -> None:
    law[outcome] = law.get(outcome, Fraction(0)) + chance


def divergence(first: Mapping[_Key, Fraction], second: Mapping[_Key, Fraction], alpha: Fraction) -> Fraction:
    """Return the hockey-stick divergence ``sum (first - alpha second)_+``."""
    zero = Fraction(0)
    return sum((max(zero, chance - alpha * second.get(y, zero)) for y, chance in first.items()), zero)


def least_sizes(policy: Policy, channels: Sequence[Matrix], *, sees: Sees) -> tuple[int | None, ...]:
    """Return for each shuffler the smallest batch that can be released; None if none is."""
    found: dict[int, int] = {}
    for law in transcript_laws(policy, channels, sees=sees):
        for release in (release for transcript in law for release in transcript):
            size = len(release.messages)
            found[release.shuffler] = min(size, found.get(release.shuffler, size))
    return tuple(found.get(shuffler) for shuffler in range(len(channels)))

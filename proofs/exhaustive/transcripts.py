"""The counter's own code on all of its randomness: the exact law of the transcript, and the exact loss of what the code does.

A transcript is everything that is released: of each closed batch its level, its first and last arrival, its reports and its messages.
Three roads lead to its law. `law_by_runs` runs the counter from its first user to its last for each outcome. `law` merges, after each
user, the runs that have the same transcript and the same counter. `likelihoods` goes through two worlds at once and keeps of the past
only how likely it is in either, which is enough where nothing reacts to it; it reaches three levels that all close.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from accounting.counter import Closing, Counter, Plan, Release, Source, scheduled
from accounting.counter.checkpoint import State
from proofs.reference.counts import convolved

from .outcomes import Enumerating, outcomes

__all__ = [
    "Arrival",
    "Law",
    "Likelihoods",
    "Maker",
    "Stream",
    "Transcript",
    "excess",
    "fixed",
    "law",
    "law_by_runs",
    "likelihoods",
    "loss_of_batches",
    "making",
    "of_target",
]

Transcript: TypeAlias = tuple[Release, ...]
Law: TypeAlias = dict[Transcript, Fraction]
Likelihoods: TypeAlias = list[tuple[Fraction, Fraction]]
"""Of merged transcripts, in the first and in the second world."""

Maker: TypeAlias = Callable[[Source], Counter]
"""Makes a new counter with a source."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One user.

    Attributes:
        value: in [0, 1], or None for a user who is absent.
        lost: the levels that this user's messages do not reach.
    """

    value: int | Fraction | None
    lost: tuple[int, ...] = ()


Stream: TypeAlias = Callable[[int, Transcript], Arrival]
"""Who comes next, given how many came and what was released so far."""


def making(plan: Plan, closing: Closing = scheduled) -> Maker:
    """Return a maker of counters as they are."""
    return lambda source: Counter(plan, source=source, estimator="plain", closing=closing)


def fixed(values: Iterable[int | Fraction | Arrival | None]) -> Stream:
    """Return a stream that does not react."""
    arrivals = [one if isinstance(one, Arrival) else Arrival(one) for one in values]
    return lambda came, _: arrivals[came]


# ---------------------------------------------------------------- laws of the transcript


def law_by_runs(make: Maker, stream: Stream, users: int, *, orders_up_to: int = 0) -> Law:
    """Return the law of the transcript, by a whole run for each outcome; ``orders_up_to`` as in `Enumerating`."""

    def run(source: Enumerating) -> Transcript:
        counter = make(source)
        for came in range(users):
            arrival = stream(came, counter.releases)
            counter.observe(arrival.value, lost=arrival.lost)
        return counter.releases

    found: Law = {}
    for transcript, chance in outcomes(Enumerating(orders_up_to), run):
        found[transcript] = found.get(transcript, Fraction(0)) + chance
    return found


def law(make: Maker, stream: Stream, users: int) -> Law:
    """Return the law of the transcript; runs with equal transcripts and equal counters are one after each user."""
    steps = _Steps(make)
    running: dict[tuple[State, Transcript], Fraction] = {(steps.begin, ()): Fraction(1)}
    for came in range(users):
        following: dict[tuple[State, Transcript], Fraction] = {}
        for (state, transcript), chance in running.items():
            for after, released, share in steps.after(state, transcript, stream(came, transcript)):
                place = (after, transcript + released)
                following[place] = following.get(place, Fraction(0)) + chance * share
        running = following
    found: Law = {}
    for (_, transcript), chance in running.items():
        found[transcript] = found.get(transcript, Fraction(0)) + chance
    return found


def likelihoods(plan: Plan, first: Sequence[Arrival], second: Sequence[Arrival]) -> Likelihoods:
    """Return the likelihoods of the transcript in two worlds, merged where that changes no divergence.

    Batches close when the plan says so and values are fixed, so that nothing reacts to what was released. Then two pasts after which
    the open batches' likelihoods are proportional, by the same factor in both worlds, have proportional likelihoods for all that follows, and count as one.
    """
    steps = _Steps(making(plan))
    running: dict[_Weights, Fraction] = {((steps.begin, Fraction(1), Fraction(1)),): Fraction(1)}
    for one, two in zip(first, second, strict=True):
        following: dict[_Weights, Fraction] = {}
        for weights, scale in running.items():
            for grown in _grown(steps, weights, one, two):
                total = sum((p + q for _, p, q in grown), Fraction(0))
                key = tuple((state, p / total, q / total) for state, p, q in grown)
                following[key] = following.get(key, Fraction(0)) + scale * total
        running = following
    return [
        (
            scale * sum((p for _, p, _ in weights), Fraction(0)),
            scale * sum((q for *_, q in weights), Fraction(0)),
        )
        for weights, scale in running.items()
    ]


_Weights: TypeAlias = tuple[tuple[State, Fraction, Fraction], ...]


def _grown(steps: _Steps, weights: _Weights, first: Arrival, second: Arrival) -> Iterator[_Weights]:
    """Take one more user; yield the weights of the counters for each release."""
    groups: dict[Transcript, dict[State, list[Fraction]]] = {}
    for world, arrival in enumerate((first, second)):
        for state, *chances in weights:
            if not chances[world]:
                continue
            for after, released, share in steps.after(state, (), arrival):
                kept = groups.setdefault(released, {}).setdefault(
                    replace(after, tree=steps.begin.tree), [Fraction(0), Fraction(0)]
                )
                kept[world] += chances[world] * share
    for group in groups.values():
        yield tuple(
            (state, p, q) for state, (p, q) in sorted(group.items(), key=lambda item: item[0].batches)
        )


class _Steps:
    """A counter that is set to a state, again and again, and takes one user from there."""

    def __init__(self, make: Maker) -> None:
        self._source = Enumerating()
        self._counter = make(self._source)
        self.begin = self._counter._state()

    def after(
        self, state: State, transcript: Transcript, arrival: Arrival
    ) -> list[tuple[State, Transcript, Fraction]]:
        """Return all counters that the user may leave behind, what was released, and the probability."""
        counter = self._counter

        def program(_: Enumerating) -> tuple[State, Transcript]:
            counter._restore(state)
            counter._releases, counter._runs = list(transcript), []
            counter.observe(arrival.value, lost=arrival.lost)
            return counter._state(), counter.releases[len(transcript) :]

        return [(*found, chance) for found, chance in outcomes(self._source, program)]


# ---------------------------------------------------------------- losses


def excess(pairs: Likelihoods, alpha: Fraction) -> Fraction:
    """Return the hockey-stick divergence of merged transcripts."""
    return sum((max(Fraction(0), p - alpha * q) for p, q in pairs), Fraction(0))


def loss_of_batches(
    plan: Plan, batches: Iterable[tuple[int, int]], values: tuple[Fraction, Fraction], alpha: Fraction
) -> Fraction:
    """Return what a user loses in closed batches whose counts carry fresh and independent binomial noise, by definition.

    Args:
        plan: says the noise.
        batches: level and reports of each batch that holds the user.
        values: in the first and in the second world; in whole steps.
        alpha: ``e^epsilon``.
    """
    pairs: Likelihoods = [(Fraction(1), Fraction(1))]
    for level, reports in batches:
        randomizer = plan.levels[level - 1].randomizer
        coins = [randomizer.p] * (randomizer.bits * reports)
        one, two = (convolved(coins, int(value * randomizer.levels)) for value in values)
        zero = Fraction(0)
        ratios = [(one.get(y, zero), two.get(y, zero)) for y in sorted(one.keys() | two.keys())]
        pairs = [(p * a, q * b) for p, q in pairs for a, b in ratios]
    return excess(pairs, alpha)


def of_target(transcript: Transcript, user: int, lost: Sequence[int] = ()) -> tuple[tuple[int, int], ...]:
    """Return level and reports of the closed batches that hold a user, from 1 on."""
    return tuple(
        (release.level, release.reports)
        for release in transcript
        if release.first <= user <= release.last and release.level not in lost
    )

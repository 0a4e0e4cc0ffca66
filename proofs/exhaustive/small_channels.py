"""Every small channel: rows with entries of small denominators, up to what cannot change an answer."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement, permutations, product

Channel = tuple[tuple[Fraction, ...], ...]


def rows(letters: int, denominator: int) -> list[tuple[Fraction, ...]]:
    """Return all probability vectors whose entries have denominators of at most ``denominator``."""
    entries = sorted({Fraction(a, b) for b in range(1, denominator + 1) for a in range(b + 1)})
    return [row for row in product(entries, repeat=letters) if sum(row) == 1]


def channels(inputs: int, letters: int, denominator: int) -> Iterator[Channel]:
    """Go through all matrices of such rows in which every message can occur."""
    for channel in product(rows(letters, denominator), repeat=inputs):
        if all(any(column) for column in zip(*channel, strict=True)):
            yield channel


def canonical_channels(inputs: int, letters: int, denominator: int) -> Iterator[Channel]:
    """Go through one matrix of each class under permutations of values and of messages.

    Every class is met: rows taken in sorted order are one arrangement of each multiset of rows, and the least
    of its column arrangements (rows sorted again) is kept. Renaming values renames data sets, and renaming
    messages renames outcomes; either way the set of pairs (P, Q) stays the same up to the names of
    outcomes, and with it every divergence and every bound that is stated in terms of the channel.

    A message that cannot occur adds nothing, so that matrices with fewer letters come with smaller
    ``letters``; matrices with all rows equal are kept.
    """
    for channel in combinations_with_replacement(sorted(rows(letters, denominator)), inputs):
        if all(any(column) for column in zip(*channel, strict=True)) and channel == _least(channel):
            yield channel


def _least(channel: Sequence[Sequence[Fraction]]) -> Channel:
    letters = range(len(channel[0]))
    return min(
        tuple(sorted(tuple(row[j] for j in order) for row in channel)) for order in permutations(letters)
    )


def all_canonical(inputs: int, letters: int, denominator: int) -> list[Channel]:
    """Return the classes with 2 to ``inputs`` values and 1 to ``letters`` messages."""
    return [
        channel
        for values in range(2, inputs + 1)
        for messages in range(1, letters + 1)
        for channel in canonical_channels(values, messages, denominator)
    ]


def shared_rows(letters: int, denominator: int, *, least: int = 0) -> list[tuple[Fraction, ...]]:
    """Return all probability vectors over one common denominator of at most ``denominator``.

    Args:
        letters: how many entries.
        denominator: the largest common denominator.
        least: the least numerator, 0 or 1; with 1 every entry is positive.
    """
    found = {
        tuple(Fraction(part, total) for part in parts)
        for total in range(1, denominator + 1)
        for parts in product(range(least, total + 1), repeat=letters)
        if sum(parts) == total
    }
    return sorted(found)


def target_rows(
    rows: Sequence[tuple[Fraction, ...]],
) -> list[tuple[tuple[Fraction, ...], tuple[Fraction, ...]]]:
    """Return the ordered pairs of different rows, one of each class under renaming of messages.

    Renaming the messages of all users changes no divergence; ``rows`` has to be closed under it.
    """
    letters = range(len(rows[0]))
    return [
        (old, new)
        for old, new in permutations(rows, 2)
        if (old, new)
        == min(
            (tuple(old[j] for j in order), tuple(new[j] for j in order)) for order in permutations(letters)
        )
    ]

"""Several shuffles of one user, released one after the other, by definition.

A batch is a channel and a number of users. The target's pair of values may differ between batches, and
may be equal in some of them.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from .shuffle_enumeration import Law, Matrix, Neighbours, released_law

Batch = tuple[Matrix, int]
LawPair = tuple[Law, Law]


def data_sets(batch: Batch) -> Iterator[Neighbours]:
    """Go through all pairs of data sets of one batch, equal ones included."""
    channel, users = batch
    for others in product(range(len(channel)), repeat=users - 1):
        for old, new in product(range(len(channel)), repeat=2):
            yield (old, *others), (new, *others)


def options(batch: Batch) -> list[LawPair]:
    """Return the pairs of laws of all pairs of data sets of one batch."""
    channel, _ = batch
    return [
        (released_law(channel, data), released_law(channel, changed)) for data, changed in data_sets(batch)
    ]


def fixed_delta(batches: Sequence[Batch], alpha: Fraction) -> Fraction:
    """Return the largest divergence when all data sets are fixed in advance: of product laws."""
    return max(_divergence(choice, alpha) for choice in product(*(options(batch) for batch in batches)))


def _divergence(laws: Sequence[LawPair], alpha: Fraction) -> Fraction:
    total = Fraction(0)
    for transcript in product(*(first.keys() for first, _ in laws)):
        p, q = Fraction(1), Fraction(1)
        for outcome, (first, second) in zip(transcript, laws, strict=True):
            p *= first[outcome]
            q *= second[outcome]
        total += max(Fraction(0), p - alpha * q)
    return total


def adaptive_delta(batches: Sequence[Batch], alpha: Fraction) -> Fraction:
    """Return the largest divergence, in this order, when each data set may depend on earlier releases."""
    laws = [options(batch) for batch in batches]

    def worst(p: Fraction, q: Fraction, batch: int) -> Fraction:
        if batch == len(batches):
            return max(Fraction(0), p - alpha * q)
        return max(
            sum((worst(p * first[y], q * second[y], batch + 1) for y in first), Fraction(0))
            for first, second in laws[batch]
        )

    return worst(Fraction(1), Fraction(1), 0)


def adaptive_delta_by_functions(earlier: Batch, later: Batch, alpha: Fraction) -> Fraction:
    """Return the same for two batches, by going through all functions from first releases to data sets."""
    best = Fraction(0)
    replies = options(later)
    for first, second in options(earlier):
        seen = sorted(first)
        for strategy in product(replies, repeat=len(seen)):
            total = Fraction(0)
            for y, (p, q) in zip(seen, strategy, strict=True):
                total += sum(max(Fraction(0), first[y] * p[z] - alpha * second[y] * q[z]) for z in p)
            best = max(best, total)
    return best

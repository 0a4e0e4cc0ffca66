"""A process that counts a stream with a journal and says after each user how many are done; it is killed at any moment."""

import sys
from fractions import Fraction

from accounting import BinomialCount
from accounting.counter import Counter, Level, Plan

PLAN = Plan(
    [Level(3, BinomialCount(1, 1, Fraction(1, 10**12))), Level(12, BinomialCount(1, 1, Fraction(1, 10**12)))],
    users=10_000, epsilon=100, delta="1e-3",
)  # fmt: skip
"""Noise that is never seen, so that the estimate at a closing is the sum."""


def value(place: int) -> int:
    """Return the bit of a user."""
    return int(place * 7 % 5 < 2)


def main(journal: str, users: int) -> None:
    """Go on from the journal up to a number of users."""
    counter = Counter(PLAN, journal=journal, estimator="plain")
    while counter.arrivals < users:
        counter.observe(value(counter.arrivals))
        print(counter.arrivals, flush=True)
    counter.shut()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

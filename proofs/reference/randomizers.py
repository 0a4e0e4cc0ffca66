"""Randomizers that people deploy, by their definitions: every choice of the device, one after the other.

Messages are sorted, and each function returns the matrix with a row for each value.
"""

from collections.abc import Callable, Hashable
from fractions import Fraction
from itertools import combinations, product
from typing import Any

Law = dict[Any, Fraction]
Matrix = tuple[tuple[Fraction, ...], ...]


def matrix_of(values: int, law: Callable[[int], Law]) -> Matrix:
    """Write the laws of all values as a matrix; messages that nobody sends have no column."""
    laws = [law(x) for x in range(values)]
    messages: list[Hashable] = sorted({message for each in laws for message in each})
    return tuple(tuple(each.get(message, Fraction(0)) for message in messages) for each in laws)


def _add(law: Law, message: Hashable, chance: Fraction) -> None:
    law[message] = law.get(message, Fraction(0)) + chance


def unary(values: int, true_one: Fraction, false_one: Fraction) -> Matrix:
    """Send every bit of a one-hot vector by a coin of its own."""

    def law(x: int) -> Law:
        sent: Law = {}
        for vector in product((0, 1), repeat=values):
            chance = Fraction(1)
            for place, bit in enumerate(vector):
                one = true_one if place == x else false_one
                chance *= one if bit else 1 - one
            _add(sent, vector, chance)
        return sent

    return matrix_of(values, law)


def rappor(values: int, f: Fraction, p: Fraction, q: Fraction) -> Matrix:
    """Draw the permanent bits: true, one, or zero; then the bits that are sent."""

    def law(x: int) -> Law:
        sent: Law = {}
        for drawn in product((None, 1, 0), repeat=values):
            permanent = [int(place == x) if bit is None else bit for place, bit in enumerate(drawn)]
            chance = Fraction(1)
            for bit in drawn:
                chance *= 1 - f if bit is None else f / 2
            for vector in product((0, 1), repeat=values):
                both = chance
                for kept, bit in zip(permanent, vector, strict=True):
                    one = q if kept else p
                    both *= one if bit else 1 - one
                _add(sent, vector, both)
        return sent

    return matrix_of(values, law)


def subset_selection(values: int, size: int, keep: Fraction) -> Matrix:
    """Decide whether the true value is in the set, and then draw the rest of the set among all others."""

    def law(x: int) -> Law:
        others = [y for y in range(values) if y != x]
        sent: Law = {}
        for chance, rests, more in (
            (keep, list(combinations(others, size - 1)), (x,)),
            (1 - keep, list(combinations(others, size)), ()),
        ):
            for rest in rests:
                _add(sent, tuple(sorted((*rest, *more))), chance / len(rests))
        return sent

    return matrix_of(values, law)


def sylvester(order: int) -> list[list[int]]:
    """Double the matrix ((1)) until it has this order: ((H, H), (H, -H))."""
    rows = [[1]]
    while len(rows) < order:
        rows = [row + row for row in rows] + [row + [-entry for entry in row] for row in rows]
    return rows


def hadamard_response(values: int, blocks: int, keep: Fraction) -> Matrix:
    """Draw an index of the value's own, or one of all others."""
    most = max(sum(x % blocks == block for x in range(values)) for block in range(blocks))
    order = 2
    while order < most + 1:
        order *= 2
    rows = sylvester(order)
    everything = list(product(range(blocks), range(order)))

    def law(x: int) -> Law:
        row = rows[1 + x // blocks]
        own = [(x % blocks, column) for column in range(order) if row[column] == 1]
        rest = [index for index in everything if index not in own]
        return {index: keep / len(own) if index in own else (1 - keep) / len(rest) for index in everything}

    return matrix_of(values, law)


def local_hashing(values: int, buckets: int, keep: Fraction) -> Matrix:
    """Draw one of all functions, and then tell the bucket or another one."""

    def law(x: int) -> Law:
        functions = list(product(range(buckets), repeat=values))
        sent: Law = {}
        for hashes in functions:
            for bucket in range(buckets):
                told = keep if bucket == hashes[x] else (1 - keep) / (buckets - 1)
                _add(sent, (hashes, bucket), told / len(functions))
        return sent

    return matrix_of(values, law)


def truncated_geometric(levels: int, decay: Fraction) -> Matrix:
    """Add noise up to the ends one by one; what lies beyond an end is what is missing to 1, half by half.

    The noise is symmetric, so that the mass above the upper end is known from a geometric series.
    """

    def law(x: int) -> Law:
        at_zero = (1 - decay) / (1 + decay)
        sent: Law = {}
        for z in range(1 - x, levels - x):
            _add(sent, x + z, at_zero * decay ** abs(z))
        above = at_zero * decay ** (levels - x) / (1 - decay)
        _add(sent, levels, above)
        _add(sent, 0, 1 - sum(sent.values(), Fraction(0)))
        return sent

    return matrix_of(levels + 1, law)

"""Public hash functions, by their definitions: draw the function, say which, and send the noisy bits one by one."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from .randomizers import Law, Matrix, matrix_of

Family = Sequence[Sequence[int]]
"""For each function the code of each value."""
Sets = Sequence[Sequence[frozenset[int]]]
"""For each function the bits that each value sets."""


def noisy_bits(bits: int, ones: frozenset[int], true_one: Fraction, false_one: Fraction) -> Law:
    """Send every bit by a coin of its own."""
    sent: Law = {}
    for vector in product((0, 1), repeat=bits):
        chance = Fraction(1)
        for place, bit in enumerate(vector):
            one = true_one if place in ones else false_one
            chance *= one if bit else 1 - one
        sent[vector] = chance
    return sent


def by_function(bits: int, sets: Sets, true_one: Fraction, false_one: Fraction) -> Matrix:
    """Draw a function, and send its index with the noisy bits that it gives the value."""

    def law(x: int) -> Law:
        sent: Law = {}
        for index, of_values in enumerate(sets):
            for vector, chance in noisy_bits(bits, of_values[x], true_one, false_one).items():
                sent[index, vector] = chance / len(sets)
        return sent

    return matrix_of(len(sets[0]), law)


def count_mean_sketch(width: int, family: Family, keep: Fraction) -> Matrix:
    """Hash the value by a public function, and flip the bits of the one-hot vector."""
    sets = [[frozenset({bucket}) for bucket in hashes] for hashes in family]
    return by_function(width, sets, keep, 1 - keep)


def rappor_bit(bit: int, f: Fraction, p: Fraction, q: Fraction) -> Fraction:
    """P(a bit of the filter is sent as a one): through the permanent bit, which is true, one, or zero."""
    return (1 - f) * (q if bit else p) + f / 2 * q + f / 2 * p


def rappor(bits: int, sets: Sets, f: Fraction, p: Fraction, q: Fraction) -> Matrix:
    """Draw a cohort, set the bits of its hash functions, and send them through permanent and instantaneous bits."""
    return by_function(bits, sets, rappor_bit(1, f, p, q), rappor_bit(0, f, p, q))

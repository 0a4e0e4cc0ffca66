"""Symmetric unary encoding by its definition: every flip of every bit, one user after the other."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from .shuffle_enumeration import Law, Outcome, hockey_stick, neighbours


def one_vector(values: int, value: int, flip: Fraction) -> Law:
    """Return the law of one user's vector, by going through all sets of flipped bits."""
    law: Law = {}
    for flips in product((0, 1), repeat=values):
        chance = Fraction(1)
        for flipped in flips:
            chance *= flip if flipped else 1 - flip
        vector = tuple((1 - flipped if place == value else flipped) for place, flipped in enumerate(flips))
        law[vector] = law.get(vector, Fraction(0)) + chance
    return law


def sums_law(values: int, data: Sequence[int], flip: Fraction) -> Law:
    """Return the law of the sums of all positions."""
    law: Law = {(0,) * values: Fraction(1)}
    for value in data:
        longer: Law = {}
        for sums, mass in law.items():
            for vector, chance in one_vector(values, value, flip).items():
                moved: Outcome = tuple(a + b for a, b in zip(sums, vector, strict=True))
                longer[moved] = longer.get(moved, Fraction(0)) + mass * chance
        law = longer
    return law


def bit_sums_law(values: int, data: Sequence[int], true_one: Fraction, false_one: Fraction) -> Law:
    """Return the law of the sums of all positions where ones and zeros are sent as ones with two different chances."""
    law: Law = {(0,) * values: Fraction(1)}
    for value in data:
        for place in range(values):
            chance = true_one if place == value else false_one
            longer: Law = {}
            for sums, mass in law.items():
                moved = (*sums[:place], sums[place] + 1, *sums[place + 1 :])
                longer[sums] = longer.get(sums, Fraction(0)) + mass * (1 - chance)
                longer[moved] = longer.get(moved, Fraction(0)) + mass * chance
            law = longer
    return law


def exact_sums_delta(values: int, users: int, flip: Fraction, alpha: Fraction) -> Fraction:
    """Return the largest divergence of the released sums over all neighbouring data sets."""
    known: dict[tuple[int, ...], Law] = {}

    def law_of(data: tuple[int, ...]) -> Law:
        key = tuple(sorted(data))
        if key not in known:
            known[key] = sums_law(values, key, flip)
        return known[key]

    return max(
        hockey_stick(law_of(data), law_of(changed), alpha)
        for data, changed in neighbours(values, users)
        if list(data[1:]) == sorted(data[1:])
    )


def unary_channel(values: int, flip: Fraction) -> list[list[Fraction]]:
    """Return the matrix of one user's vectors: row = value, column = vector."""
    vectors = list(product((0, 1), repeat=values))
    laws = [one_vector(values, value, flip) for value in range(values)]
    return [[law[vector] for vector in vectors] for law in laws]

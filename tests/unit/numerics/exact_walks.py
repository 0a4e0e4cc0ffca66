"""Walks with rational steps, their exact expectations by integers, and letters to build them from."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from math import comb, factorial, lcm

from hypothesis import strategies as st

from accounting.numerics.atoms import Step
from accounting.numerics.ball import arb, ball, exact_lower, exact_upper

Atoms = tuple[tuple[Fraction, Fraction], ...]
"""Pairs (value, chance); what the chances lack to 1 is the chance of 0."""

F = Fraction


def step_of(atoms: Atoms) -> Step:
    """Return the step at the working precision."""
    rest = 1 - sum(chance for _, chance in atoms)
    return Step(
        tuple(ball(value) for value, _ in atoms), tuple(ball(chance) for _, chance in atoms), ball(F(rest))
    )


def complete(atoms: Atoms) -> Atoms:
    """Return the atoms with the one at 0, if it has a chance."""
    rest = 1 - sum((chance for _, chance in atoms), F(0))
    return (*atoms, (F(0), rest)) if rest else atoms


@lru_cache(maxsize=256)
def exact_positive_part(atoms: Atoms, n: int) -> Fraction:
    """Return ``E[(G_1 + .. + G_n)_+]`` exactly, in integers; n up to thousands for two atoms."""
    values, chances = zip(*complete(atoms), strict=True)
    unit, base = lcm(*(v.denominator for v in values)), lcm(*(p.denominator for p in chances))
    whole = [int(v * unit) for v in values]
    weights = [int(p * base) for p in chances]

    def sums(index: int, left: int, end: int) -> int:
        """The sum over the counts of the atoms from ``index`` on, over weights^counts / (counts' choice)."""
        if index == len(whole) - 1:
            return max(0, end + left * whole[index]) * int(weights[index] ** left)
        total = 0
        power: int = 1
        for count in range(left + 1):
            total += comb(left, count) * power * sums(index + 1, left - count, end + count * whole[index])
            power *= weights[index]
        return total

    return F(sums(0, n, 0), unit * base**n)


def positive_part_in_balls(atoms: Atoms, n: int) -> arb:
    """Enclose the same for three atoms and larger n, at the working precision; signs are exact."""
    values, chances = zip(*complete(atoms), strict=True)
    unit = lcm(*(v.denominator for v in values))
    whole = [int(v * unit) for v in values]
    masses = [[ball(p) ** k / arb(factorial(k)) for k in range(n + 1)] for p in chances]
    total = arb(0)
    for counts in compositions(n, len(whole)):
        end = sum(v * k for v, k in zip(whole, counts, strict=True))
        if end > 0:
            term = arb(end)
            for table, k in zip(masses, counts, strict=True):
                term *= table[k]
            total += term
    return total * arb(factorial(n)) / unit


def compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Go through all ways to write ``total`` as an ordered sum of ``parts`` counts."""
    if parts == 1:
        yield (total,)
        return
    for count in range(total + 1):
        for rest in compositions(total - count, parts - 1):
            yield (count, *rest)


def contains(value: arb, truth: Fraction) -> bool:
    """Say whether a ball contains a rational, exactly."""
    return exact_lower(value) <= truth <= exact_upper(value)


def relative_width(value: arb) -> float:
    """Return the width of a ball over its lower end; infinite when that is not positive."""
    low, high = exact_lower(value), exact_upper(value)
    return float((high - low) / low) if low > 0 else float("inf")


def kary_blanket(values: int, w: Fraction, alpha: Fraction) -> Atoms:
    """The blanket walk of k-ary response with ``e^epsilon0 = w``."""
    lie = 1 / (w + values - 1)
    atoms = [(w - alpha, lie), (1 - alpha * w, lie)]
    return (*atoms, (1 - alpha, (values - 2) * lie)) if values > 2 else tuple(atoms)


def kary_alike(values: int, w: Fraction, alpha: Fraction) -> Atoms:
    """The walk of the data sets of k-ary response in which all others hold one value, not the target's."""
    lie = 1 / (w + values - 1)
    atoms = [(w - alpha, lie), (1 - alpha * w, lie), ((1 - alpha) / w, w * lie)]
    return (*atoms, (1 - alpha, (values - 3) * lie)) if values > 3 else tuple(atoms)


def binary_alike(w: Fraction, alpha: Fraction) -> Atoms:
    """The walk of binary response in which all others hold the target's first value."""
    keep, lie = w / (w + 1), 1 / (w + 1)
    return ((1 - alpha / w, keep), (1 - alpha * w, lie))


def clones(w: Fraction, alpha: Fraction) -> Atoms:
    """The walk of the clones bound, up to a factor."""
    return ((w - alpha, 1 / (2 * w)), (1 - alpha * w, 1 / (2 * w)))


FAMILIES = {
    "2-ary blanket": lambda w, alpha: kary_blanket(2, w, alpha),
    "4-ary blanket": lambda w, alpha: kary_blanket(4, w, alpha),
    "100-ary blanket": lambda w, alpha: kary_blanket(100, w, alpha),
    "3-ary alike": lambda w, alpha: kary_alike(3, w, alpha),
    "10-ary alike": lambda w, alpha: kary_alike(10, w, alpha),
    "binary alike": binary_alike,
    "clones": clones,
}


@st.composite
def steps(draw: st.DrawFn, *, most: int = 4) -> Atoms:
    """Draw a step that takes both signs and whose mean is not positive."""
    count = draw(st.integers(2, most))
    whole = st.integers(1, 30)
    weights = draw(st.lists(whole, min_size=count + 1, max_size=count + 1))
    rest = draw(st.sampled_from([0, weights[-1]]))
    total = sum(weights[:-1]) + rest
    numbers = st.fractions(F(-8), F(8), max_denominator=12)
    values = draw(st.lists(numbers, min_size=count, max_size=count, unique=True))
    mean = sum((v * k for v, k in zip(values, weights, strict=False)), F(0))
    if mean > 0:
        values = [-v for v in values]
    if not min(values) < 0 < max(values):
        values[0], values[1] = F(-9), F(1, 3)
        values = values[:2] + [v for v in values[2:] if v < 0]
    used = list(zip(values, weights, strict=False))
    return tuple((v, F(k, total)) for v, k in used)


def names(families: Sequence[str]) -> list[str]:
    """Name test cases after families."""
    return [family.replace(" ", "-") for family in families]

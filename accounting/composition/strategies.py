"""Several shuffles at once: the worst data set fixed in advance, and the worst strategy.

Whoever picks the data picks one *option* per shuffle: the pair of values of the target there, and
the values of the others. With fixed inputs the options are picked in advance; with adaptive inputs each
one may depend on everything released before.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import gcd, prod
from typing import Literal, TypeAlias

from ..claims import relies_on
from ..numerics.polynomials import Ratio, ratios
from ..pairs.enumeration import Experiment
from ..randomizers.base import InputPair

__all__ = [
    "Choice",
    "End",
    "Option",
    "adaptive_steps",
    "fixed_steps",
    "options_of",
    "play_adaptively",
    "play_fixed",
]

End: TypeAlias = Literal["lower", "upper"]
"""Which end of the answer the laws serve; where all is rational there is no difference."""

History: TypeAlias = tuple[int, int, int]
"""How many shuffles were released, and the weights of the releases under both laws, in lowest terms."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The data of one shuffle, for all histories of one likelihood ratio.

    Attributes:
        shuffle: position of the shuffle in the caller's list.
        likelihood_ratio: of all that was released before, target at x0 against target at x1; None when
            the latter is impossible. For irrational randomizers the ratio of the enclosing weights.
        target: the target's values (x0, x1) in this shuffle.
        others: the values of everybody else in this shuffle, sorted.
    """

    shuffle: int
    likelihood_ratio: Fraction | None
    target: InputPair
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One pair of neighbouring data sets of one shuffle.

    Attributes:
        target: the target's values (x0, x1).
        others: the values of everybody else, sorted.
        atoms: weights of the outcomes under both laws, merged by ratio, by falling ratio.
        sums: the sums of the first 0, 1, 2, .. atoms.
    """

    target: InputPair
    others: tuple[int, ...]
    atoms: tuple[Ratio, ...]
    sums: tuple[Ratio, ...]

    @classmethod
    def of(cls, target: InputPair, others: tuple[int, ...], atoms: Iterable[Ratio]) -> Option:
        """Sort the atoms, all of positive first weight."""
        falling = tuple(sorted(atoms, key=lambda atom: Fraction(atom[1], atom[0])))
        sums = tuple(
            accumulate(falling, lambda total, atom: (total[0] + atom[0], total[1] + atom[1]), initial=(0, 0))
        )
        return cls(target, others, falling, sums)

    def excess(self, first: int, second: int) -> int:
        """Return ``sum (first p - second q)_+`` over the atoms (p, q): a leading stretch of them counts."""

        def has_ended(i: int) -> bool:
            p, q = self.atoms[i]
            return first * p <= second * q

        p, q = self.sums[bisect_left(range(len(self.atoms)), True, key=has_ended)]  # noqa: FBT003
        return first * p - second * q


def options_of(experiment: Experiment, end: End) -> tuple[Option, ...]:
    """Go through the data sets of one shuffle; those with the same atoms count once."""
    seen: dict[tuple[Ratio, ...], Option] = {}
    for each in experiment.comparisons():
        atoms = ratios(*(each.lower if end == "lower" else each.upper))
        if atoms not in seen:
            seen[atoms] = Option.of(each.target, each.others, atoms)
    return tuple(seen.values())


def fixed_steps(stages: Sequence[Sequence[Option]]) -> int:
    """Bound the atoms that :func:`play_fixed` handles."""
    return prod(len(options) for options in stages) * prod(
        max(len(option.atoms) for option in options) for options in stages[:-1]
    )


@relies_on("histogram-enumeration")
def play_fixed(
    stages: Sequence[Sequence[Option]], alike: Sequence[int | None], factor: Fraction
) -> tuple[int, tuple[int, ...]]:
    r"""Find the options, fixed in advance, of the largest divergence of the product laws.

    Args:
        stages: the options of each shuffle.
        alike: for each shuffle an earlier one with the same options, or None. The product does not depend
            on their order, so options are taken in rising order among equal shuffles.
        factor: alpha.

    Returns:
        The largest ``b sum (p_1 .. p_k - alpha q_1 .. q_k)_+``, b the denominator of alpha, and the index of
        the option of each shuffle.
    """
    best: tuple[int, tuple[int, ...]] = (-1, ())

    def deeper(chosen: tuple[int, ...], atoms: tuple[Ratio, ...]) -> None:
        nonlocal best
        stage = len(chosen)
        twin = alike[stage]
        for index in range(0 if twin is None else chosen[twin], len(stages[stage])):
            option = stages[stage][index]
            if stage < len(stages) - 1:
                deeper((*chosen, index), _product(atoms, option.atoms))
                continue
            value = sum(option.excess(p, q) for p, q in atoms)
            if value > best[0]:
                best = (value, (*chosen, index))

    deeper((), ((factor.denominator, factor.numerator),))
    return best


def _product(left: Iterable[Ratio], right: Iterable[Ratio]) -> tuple[Ratio, ...]:
    """Return the atoms of two independent releases, merged by ratio."""
    merged: dict[Ratio, int] = {}
    for p, q in left:
        for u, v in right:
            first, second = p * u, q * v
            common = gcd(first, second)
            ratio = (first // common, second // common)
            merged[ratio] = merged.get(ratio, 0) + common
    return tuple((p * times, q * times) for (p, q), times in merged.items())


def adaptive_steps(stages: Sequence[Sequence[Option]]) -> int:
    """Bound the atoms that :func:`play_adaptively` handles: states are products of ratios seen so far."""
    total, states = 0, 1
    for options in stages[:-1]:
        total += states * sum(len(option.atoms) for option in options)
        states *= len({_lowest(atom)[:2] for option in options for atom in option.atoms})
    return total + states * len(stages[-1])


@relies_on("histogram-enumeration")
def play_adaptively(
    stages: Sequence[Sequence[Option]], factor: Fraction
) -> tuple[int, tuple[tuple[History, Option], ...]]:
    r"""Find the strategy of the largest divergence, by dynamic programming from the last release.

    A history matters through its weights (P, Q) under both laws only:
    ``V_j(P, Q) = max over options of sum_y V_{j+1}(P p_y, Q q_y)`` and ``V_end = (b P - a Q)_+``, alpha = a / b.
    As V_j(c P, c Q) = c V_j(P, Q), one value per stage and ratio is enough.

    Args:
        stages: the options of each shuffle, in order of release.
        factor: alpha.

    Returns:
        The value ``V_0(1, 1)``, and the best option for each history that can occur.
    """
    known: dict[History, tuple[int, Option]] = {}

    def value(stage: int, p: int, q: int) -> int:
        p, q, common = _lowest((p, q))
        history = (stage, p, q)
        if history not in known:
            known[history] = best(history)
        return common * known[history][0]

    def best(history: History) -> tuple[int, Option]:
        stage, p, q = history
        if stage == len(stages) - 1:
            first, second = factor.denominator * p, factor.numerator * q
            worths = ((option.excess(first, second), option) for option in stages[stage])
        else:
            worths = (
                (sum(value(stage + 1, p * u, q * v) for u, v in option.atoms), option)
                for option in stages[stage]
            )
        return max(worths, key=lambda worth: worth[0])

    def reached() -> Iterator[tuple[History, Option]]:
        waiting: dict[History, None] = {(0, 1, 1): None}
        for _ in stages:
            later: dict[History, None] = {}
            for history in waiting:
                stage, p, q = history
                option = known[history][1]
                yield history, option
                if stage < len(stages) - 1:
                    after = (_lowest((p * u, q * v)) for u, v in option.atoms)
                    later.update({(stage + 1, first, second): None for first, second, _ in after})
            waiting = later

    return value(0, 1, 1), tuple(reached())


def _lowest(atom: Ratio) -> tuple[int, int, int]:
    """Return the ratio in lowest terms, and what was divided out."""
    common = gcd(*atom)
    return atom[0] // common, atom[1] // common, common

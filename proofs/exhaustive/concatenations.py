"""Every pair of small shuffles: certified ends beside the exact worst case over all data sets and strategies.

``python -m proofs.exhaustive.concatenations`` goes through all pairs of binary responses with keep in {2/3, 3/4, 9/10} and 2 to 5
users, and of 3-ary responses with keep in {1/2, 3/4} and 2 or 3 users, at five factors; it prints how often an end was on the
wrong side (never) and how far the upper ends are from the exact values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from statistics import median

import accounting as csa

__all__ = ["ALPHAS", "Case", "binary_pairs", "cases", "main", "ternary_pairs"]

ALPHAS = tuple(map(Fraction, ("1", "5/4", "3/2", "2", "3")))

Pair = tuple[csa.Shuffle, csa.Shuffle]


@dataclass(frozen=True, slots=True)
class Case:
    """One pair of shuffles at one factor, for one kind of inputs.

    Attributes:
        inputs: "fixed" or "adaptive".
        lower: the certified lower end.
        exact: over all data sets, or all strategies.
        upper: the certified upper end.
        composed: the composition of the suprema, which bounds both kinds of inputs.
    """

    inputs: str
    lower: float
    exact: Fraction
    upper: float
    composed: float

    @property
    def is_violated(self) -> bool:
        """Whether an end is on the wrong side."""
        return not self.lower <= self.exact <= self.upper


def binary_pairs() -> Iterator[Pair]:
    """All pairs of binary responses of the table."""
    shuffles = [
        csa.Shuffle(csa.BinaryRandomizedResponse(keep=keep), users)
        for keep in ("2/3", "3/4", "9/10")
        for users in range(2, 6)
    ]
    yield from combinations_with_replacement(shuffles, 2)


def ternary_pairs() -> Iterator[Pair]:
    """All pairs of 3-ary responses of the table."""
    shuffles = [
        csa.Shuffle(csa.KaryRandomizedResponse(3, keep=keep), users)
        for keep in ("1/2", "3/4")
        for users in (2, 3)
    ]
    yield from combinations_with_replacement(shuffles, 2)


def cases(pairs: Iterable[Pair], alphas: Sequence[Fraction] = ALPHAS) -> Iterator[Case]:
    """Compute both kinds of inputs for each pair at each factor."""
    for pair in pairs:
        fixed = csa.ConcurrentShuffles(pair, inputs="fixed").curve()
        adaptive = csa.ConcurrentShuffles(pair).curve()
        for alpha in alphas:
            composed = adaptive.delta(alpha=alpha)
            for inputs, bounds in (("fixed", fixed.delta(alpha=alpha)), ("adaptive", composed)):
                exact = csa.exact_delta(pair, alpha=alpha, inputs=inputs).delta  # type: ignore[arg-type]
                if not isinstance(exact, Fraction):
                    raise TypeError("rational probabilities have rational answers")
                yield Case(inputs, bounds.lower, exact, bounds.upper, composed.upper)


def main() -> int:
    """Print the table; return the number of violations."""
    violations = 0
    for name, pairs in (("binary", binary_pairs()), ("3-ary", ternary_pairs())):
        found = list(cases(pairs))
        for inputs in ("fixed", "adaptive"):
            own = [case for case in found if case.inputs == inputs]
            ratios = sorted(
                case.composed / float(case.exact) for case in own if case.exact > Fraction(1, 10**6)
            )
            wrong = sum(case.is_violated for case in own)
            violations += wrong
            print(
                f"{name:>7} {inputs:>8}: {len(own)} cases, {wrong} violations; composition of suprema over exact:"
                f" {ratios[0]:.4f} to {ratios[-1]:.4f}, median {median(ratios):.4f}"
            )
    return violations


if __name__ == "__main__":
    raise SystemExit(min(main(), 1))

"""What statements say of small cases, as polynomials in w, and how two roads are compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations_with_replacement, product
from math import factorial, prod
from typing import Any, TypeAlias

import sympy

from accounting.symbolic import Atom, Domain, SymbolicLoss
from accounting.symbolic.loss import merged

from .check import CheckFailedError

__all__ = [
    "ABOVE_ONE",
    "ONE",
    "ZERO",
    "Masses",
    "Polynomial",
    "W",
    "binomial",
    "blanket_letters",
    "bracket",
    "by_sequences",
    "clones_letters",
    "companion_letters",
    "histograms",
    "merged_law",
    "ones_sent",
    "same",
    "same_laws",
    "stays_nonnegative",
    "walk_weights",
]

Polynomial: TypeAlias = Any
Masses: TypeAlias = tuple[Polynomial, Polynomial, Polynomial]
"""Masses of a class of messages: with the target at x0, at x1, and under the reference; over one base."""

ABOVE_ONE = Domain.of("w > 1")
W = ABOVE_ONE.ring.gens[0]
ONE = ABOVE_ONE.ring.one
ZERO = ABOVE_ONE.ring.zero


def walk_weights(
    letters: Sequence[Masses], users: int
) -> dict[tuple[int, ...], tuple[Polynomial, Polynomial]]:
    """Return ``(1/n) mult(h) sum_y h_y R(y)/W(y)`` for both values of the target, times base^n, for each histogram h."""
    found = {}
    for h in histograms(len(letters), users):
        sides = []
        for side in (0, 1):
            total = letters[0][0] * 0
            for y, count in enumerate(h):
                if count:
                    ways = factorial(users - 1) * count // prod(map(factorial, h))
                    rest = prod(
                        (a[2] ** (c - (z == y)) for z, (a, c) in enumerate(zip(letters, h, strict=True)))
                    )
                    total += ways * letters[y][side] * rest
            sides.append(total)
        found[h] = (sides[0], sides[1])
    return found


def blanket_letters(values: int) -> tuple[list[Masses], Polynomial]:
    """Return the letters of the blanket of k-ary response, the silent one last, and their base w + k - 1."""
    base = W + (values - 1)
    letters = [(W, ONE, ONE), (ONE, W, ONE)]
    if values > 2:
        letters.append(((values - 2) * ONE,) * 3)
    return [*letters, (ZERO, ZERO, base - values)], base


def clones_letters() -> tuple[list[Masses], Polynomial]:
    """Return the letters of the clones pair, the silent one last, and their base 2 w (1 + w)."""
    base = 2 * W * (1 + W)
    p, q = 2 * W**2, 2 * W
    return [(p, q, 1 + W), (q, p, 1 + W), (ZERO, ZERO, base - 2 * (1 + W))], base


def companion_letters(domain: Domain, companion: int) -> list[Masses]:
    """Return the letters of k-ary response, k a symbol, where all others hold one value; over w + k - 1."""
    k, w = domain.ring.gens
    one = domain.ring.one
    truths = [w if companion == y else one for y in range(3)]
    letters: list[Masses] = [(w, one, truths[0]), (one, w, truths[1])]
    if companion < 2:
        return [*letters, (k - 2, k - 2, k - 2)]
    return [*letters, (one, one, w), (k - 3, k - 3, k - 3)]


def bracket(ones: int, threshold: int, users: int) -> tuple[Polynomial, Polynomial]:
    """Return ``A P(Z >= t-1) - B P(Z >= t)`` of binary-threshold as a line in alpha, times (1 + w)^n.

    ``A = (w - alpha)/(1 + w)``, ``B = (alpha w - 1)/(1 + w)``, Z the ones that the other users send.
    """
    law = ones_sent(ones, users - 1 - ones)
    inside, beyond = (sum(law[max(t, 0) :], ZERO) for t in (threshold - 1, threshold))
    return W * inside + beyond, inside + W * beyond


def merged_law(
    domain: Domain, scale: Polynomial, weights: Iterable[tuple[Polynomial, Polynomial]]
) -> SymbolicLoss:
    """Merge weights by likelihood ratio, after seeing that both laws sum to the scale."""
    atoms = [Atom(p, q, sympy.Integer(1), ()) for p, q in weights]
    same("total mass of the first law", sum((a.first for a in atoms), scale * 0), scale)
    same("total mass of the second law", sum((a.second for a in atoms), scale * 0), scale)
    return merged(domain, scale, atoms, ())


def same_laws(case: str, claimed: SymbolicLoss, found: SymbolicLoss) -> int:
    """Compare two pairs of laws, ratio by ratio; they may be relative to different scales."""
    left, right = ({_ratio_of(laws, a): a for a in laws.atoms} for laws in (claimed, found))
    if left.keys() != right.keys():
        alone = sorted(map(str, left.keys() ^ right.keys()))
        raise CheckFailedError(f"{case}: likelihood ratios {alone} on one side only")
    for ratio, atom in left.items():
        same(f"{case}, ratio {ratio}", atom.first * found.scale, right[ratio].first * claimed.scale)
        same(f"{case}, ratio {ratio}", atom.second * found.scale, right[ratio].second * claimed.scale)
    return len(left)


def _ratio_of(laws: SymbolicLoss, atom: Atom) -> Any:
    return laws.domain.expression(atom.first, atom.second) if atom.second else sympy.oo


def same(case: str, left: Any, right: Any) -> None:
    """Demand that two sides agree identically."""
    if left != right:
        raise CheckFailedError(f"{case}: {left} is not {right}")


def stays_nonnegative(case: str, f: Polynomial) -> None:
    """Demand a proof that a polynomial is nonnegative for all w > 1."""
    if not ABOVE_ONE.is_nonnegative(f):
        raise CheckFailedError(f"{case}: {f} is negative for some w > 1")


def by_sequences(rows: Sequence[Sequence[Polynomial]]) -> dict[tuple[int, ...], Polynomial]:
    """Sum the products of masses over all sequences of messages, one row a user."""
    law: dict[tuple[int, ...], Polynomial] = {}
    letters = range(len(rows[0]))
    for messages in product(letters, repeat=len(rows)):
        h = tuple(messages.count(y) for y in letters)
        weight = prod(
            (row[y] for row, y in zip(rows[1:], messages[1:], strict=True)), start=rows[0][messages[0]]
        )
        law[h] = law[h] + weight if h in law else weight
    return law


def histograms(letters: int, users: int) -> Iterator[tuple[int, ...]]:
    """Go through all histograms of the messages of so many users."""
    for bars in combinations_with_replacement(range(letters), users):
        yield tuple(bars.count(y) for y in range(letters))


def ones_sent(ones: int, zeros: int) -> list[Polynomial]:
    """The law of Bin(ones, w/(1+w)) + Bin(zeros, 1/(1+w)), times (1 + w)^(ones + zeros)."""
    law = [ONE]
    for truth, lie in [(W, ONE)] * ones + [(ONE, W)] * zeros:
        law = [truth * a + lie * b for a, b in zip([ZERO, *law], [*law, ZERO], strict=True)]
    return law


def binomial(total: int, part: int) -> int:
    """Count choices."""
    return factorial(total) // (factorial(part) * factorial(total - part))

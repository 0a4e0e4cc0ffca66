"""One batch in which every user may have a randomizer of its own: the target's two rows, and those of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations_with_replacement
from math import factorial, lcm, prod

from proofs.reference.walk import compositions

from .exact_curves import ExactPair, histogram
from .small_channels import shared_rows, target_rows

__all__ = ["Row", "Situation", "least_masses", "local_factor", "situations", "walk"]

Row = tuple[Fraction, ...]
"""The law of one message."""


@dataclass(frozen=True)
class Situation:
    """The target's two rows and those of the others.

    Attributes:
        old: the law of the target's message in the first data set.
        new: the same in the second.
        others: the laws of the other users' messages.
    """

    old: Row
    new: Row
    others: tuple[Row, ...]

    @property
    def users(self) -> int:
        """The target included."""
        return len(self.others) + 1

    def __str__(self) -> str:
        shown = ["(" + ", ".join(map(str, row)) + ")" for row in (self.old, self.new, *self.others)]
        return f"target {shown[0]} or {shown[1]}, others {', '.join(shown[2:]) or 'nobody'}"


def situations(
    letters: int, denominator: int, users: int, *, least: int = 0
) -> Iterator[tuple[Situation, ExactPair]]:
    """Go through targets, up to names of messages, and all others; yield each with the laws of what is released."""
    rows = shared_rows(letters, denominator, least=least)
    scale = lcm(*range(1, denominator + 1))
    whole = {row: [int(entry * scale) for entry in row] for row in rows}
    targets = target_rows(rows)
    for others in combinations_with_replacement(rows, users - 1):
        law = histogram(whole[row] for row in others)
        seen = {row: _joined(law, whole[row]) for row in {row for target in targets for row in target}}
        for old, new in targets:
            yield (
                Situation(old, new, others),
                ExactPair.of_laws(seen[old], seen[new], scale**users),
            )


def _joined(law: dict[int, int], row: Sequence[int]) -> dict[int, int]:
    moved = histogram([row])
    joined: dict[int, int] = {}
    for counts, weight in law.items():
        for message, mass in moved.items():
            joined[counts + message] = joined.get(counts + message, 0) + weight * mass
    return joined


@lru_cache(maxsize=1 << 14)
def walk(old: Row, new: Row, reference: Row, users: int) -> ExactPair:
    """Return the pair whose curve is ``E(G_1 + .. + G_n)_+ / n`` plus what lies outside the reference.

    G is ``(old(y) - alpha new(y)) / reference(y)`` with chance ``reference(y)``, and 0 with the chance that is left.
    """
    scale = lcm(*(entry.denominator for row in (old, new, reference) for entry in row))
    f0, f1, nu = ([int(entry * scale) for entry in row] for row in (old, new, reference))
    inside = [y for y, mass in enumerate(nu) if mass]
    chances = [*(nu[y] for y in inside), scale - sum(nu)]
    weights: list[tuple[int, int]] = []
    for counts in compositions(users, len(chances)):
        ways = factorial(users) // prod(map(factorial, counts))
        chance = ways * prod(mass**count for mass, count in zip(chances, counts, strict=True))
        if chance:
            steps = list(zip(inside, counts, strict=False))
            p, q = (sum(Fraction(count * f[y], nu[y]) for y, count in steps) * chance for f in (f0, f1))
            weights.append((int(p), int(q)))
    outside = users * scale ** (users - 1)
    weights += [(f0[y] * outside, f1[y] * outside) for y, mass in enumerate(nu) if not mass]
    return ExactPair.of(weights, users * scale**users)


def least_masses(situation: Situation) -> Row:
    """The largest measure below the laws of all others: their columnwise minimum."""
    return tuple(min(column) for column in zip(*situation.others, strict=True))


def local_factor(situation: Situation) -> Fraction:
    """The least w with ``R_x0 <= w R_x1``, the reverse, and ``R >= R_x0 / w, R_x1 / w`` for each of the others."""
    rows = (situation.old, situation.new, *situation.others)
    tops = [max(situation.old[y], situation.new[y]) for y in range(len(situation.old))]
    return max(top / row[y] for row in rows for y, top in enumerate(tops))

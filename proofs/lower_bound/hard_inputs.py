"""The hard inputs of the lower bound, its bad steps and its value, by their definitions and in fractions.

Users come in blocks of m. The first m - g users of a block share one fair bit, its last g users, the *designated group*, share
another; all bits are independent. A step t is *bad* when (type 0) a whole block up to t has no user in a closed batch, or
(type 1) there are N designated groups up to t of which no closed batch touches two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import comb

from accounting.errors import ParameterError

__all__ = ["Construction", "Span", "mean_deviation"]

Span = tuple[int, int]
"""First and last user of a batch, counted from 1; a batch without users has its last before its first."""


def mean_deviation(coins: int) -> Fraction:
    """Return E|H - median(H)| for the number H of heads among fair coins: ``j C(2j, j) / 4^j``, j = ceil(coins/2).

    Args:
        coins: how many, at least 0.

    >>> [str(mean_deviation(coins)) for coins in range(5)]
    ['0', '1/2', '1/2', '3/4', '3/4']
    """
    half = (coins + 1) // 2
    return Fraction(half * comb(2 * half, half), 4**half)


@dataclass(frozen=True, slots=True, kw_only=True)
class Construction:
    """The parameters (m, g, N) of the lower bound.

    Attributes:
        block: m, users in a block.
        group: g, users in a designated group; at least 1, below m.
        groups: N, how many designated groups a bad step of type 1 has; at least 1.
    """

    block: int
    group: int
    groups: int

    def __post_init__(self) -> None:
        if self.group < 1 or self.block <= self.group:
            raise ParameterError(
                "group", "must be at least 1 and below the block", self.group, f"block: {self.block}"
            )
        if self.groups < 1:
            raise ParameterError("groups", "must be at least 1", self.groups)

    def bit_of(self, user: int) -> int:
        """Number the bit that a user, counted from 1, holds."""
        block, place = divmod(user - 1, self.block)
        return 2 * block + (place >= self.block - self.group)

    def inputs(self, users: int) -> tuple[tuple[int, ...], ...]:
        """List all inputs of the first users; they are equally likely."""
        bits = self.bit_of(users) + 1
        return tuple(
            tuple(choice[self.bit_of(user)] for user in range(1, users + 1))
            for choice in product((0, 1), repeat=bits)
        )

    def is_bad(self, step: int, closed: Iterable[Span]) -> bool:
        """Say whether a step is bad, given all batches that are closed at its end."""
        return self.hidden_block(step, closed) is not None or len(self.separate(step, closed)) >= self.groups

    def hidden_block(self, step: int, closed: Iterable[Span]) -> int | None:
        """Find the first whole block up to a step that no closed batch touches, or None."""
        spans = [(first, last) for first, last in closed if first <= last]
        for block in range(step // self.block):
            start, end = block * self.block + 1, (block + 1) * self.block
            if all(last < start or first > end for first, last in spans):
                return block
        return None

    def separate(self, step: int, closed: Iterable[Span]) -> tuple[int, ...]:
        """Find the most designated groups up to a step of which no closed batch touches two.

        Going from the left and taking each group that no batch ties to the one taken last is best: a batch that holds
        the first group of a choice and a later one also holds every group between them.
        """
        spans = [(first, last) for first, last in closed if first <= last]
        chosen: list[int] = []
        reach = 0  # the last user in a batch with the group chosen last
        for block in range(step // self.block):
            end = (block + 1) * self.block
            start = end - self.group + 1
            if chosen and start <= reach:
                continue
            chosen.append(block)
            reach = max([end, *(last for first, last in spans if first <= end and last >= start)])
        return tuple(chosen)

    def value(
        self, *, users: int, alpha: Fraction, delta: Fraction = Fraction(0), ratio: Fraction | None = None
    ) -> Fraction:
        r"""Return the value of the theorem, ``(1 - eta) min((m - g)/2, g E d(Bin(N, 2c)))``, exactly.

        Args:
            users: n; it matters only for delta > 0.
            alpha: e^epsilon.
            delta: of the mechanism.
            ratio: e^eps', above alpha^g; with delta = 0 it is alpha^g when left out.
        """
        limit = alpha**self.group
        odds = limit if ratio is None else ratio
        fair = 2 / (1 + odds)
        counts = (
            comb(self.groups, coins)
            * fair**coins
            * (1 - fair) ** (self.groups - coins)
            * mean_deviation(coins)
            for coins in range(self.groups + 1)
        )
        share = (
            1 - self.exception(users=users, alpha=alpha, delta=delta, ratio=odds) if delta else Fraction(1)
        )
        return share * min(Fraction(self.block - self.group, 2), self.group * sum(counts, Fraction(0)))

    def sharper_value(self, *, shufflers: int, alpha: Fraction, delta: Fraction = Fraction(0)) -> Fraction:
        r"""Return the value of the sharper theorem for these inputs, exactly.

        It bounds the largest error up to the first bad step, not the error at it:
        ``(1 - eta) min((m - g)/2 + g/4, (g/2) E max_(i <= N) |W_i|)``, W the walk whose steps are +1 and -1 with probability
        c = 1/(1 + alpha^g) each and 0 otherwise; for N = 1 the first term is left out. ``eta = T delta_g``, T the blocks that
        force a bad step.

        Args:
            shufflers: k.
            alpha: e^epsilon.
            delta: of the mechanism.
        """
        m, g = self.block, self.group
        move = 1 / (1 + alpha**g)
        found = {(0, 0): Fraction(1)}  # (position, largest distance) -> probability
        for _ in range(self.groups):
            after: dict[tuple[int, int], Fraction] = {}
            for (place, far), chance in found.items():
                for step, share in ((-1, move), (0, 1 - 2 * move), (1, move)):
                    key = (place + step, max(far, abs(place + step)))
                    after[key] = after.get(key, Fraction(0)) + chance * share
            found = after
        separate = Fraction(g, 2) * sum((far * chance for (_, far), chance in found.items()), Fraction(0))
        hidden = Fraction(m - g, 2) + Fraction(g, 4)
        lost = self.blocks(shufflers) * delta * sum(alpha**power for power in range(g))
        return (1 - lost) * (separate if self.groups == 1 else min(hidden, separate))

    def blocks(self, shufflers: int) -> int:
        """Count the whole blocks among which k shufflers cannot avoid a bad step; fewer do not suffice (m >= 2)."""
        return comb(self.groups + shufflers - 1, shufflers) + comb(self.groups + shufflers - 2, shufflers)

    def exception(self, *, users: int, alpha: Fraction, delta: Fraction, ratio: Fraction) -> Fraction:
        """Return eta, the probability that some designated bit is better known than e^eps' allows."""
        limit = alpha**self.group
        if ratio <= limit:
            raise ParameterError(
                "ratio", "must be above alpha^g when delta is positive", ratio, f"alpha^g is {limit}"
            )
        together = delta * sum(alpha**power for power in range(self.group))
        return Fraction(users, self.block) * (1 + 1 / ratio) * together / (1 - limit / ratio)

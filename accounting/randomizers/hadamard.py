"""Hadamard response: report an index at which the value's row of a Hadamard matrix is +1, more likely than another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from ..errors import ParameterError
from ..numerics.exact import ExactLike, whole
from ..numerics.factor import Factor
from .base import InputPair
from .kary import read_odds, shown_factor
from .two_level import Membership, TwoLevelKernel

__all__ = ["HadamardResponse"]


@dataclass(frozen=True, slots=True, init=False)
class HadamardResponse(TwoLevelKernel):
    """Report a block and a column; those where the value's row is +1 are ``e^epsilon0`` times as likely as each other one.

    Value x is in block ``x mod blocks``, with row ``1 + x // blocks`` of Sylvester's Hadamard matrix, of which row 0 is not
    used. The matrix is the smallest one with enough rows, and ``messages`` is its order times ``blocks``. How values are
    spread over rows does not matter as long as values of the same block, and of different ones, occur alike.

    Attributes:
        values: the number of values, at least 2.
        blocks: from 1 (best for small epsilon0) to values.
        factor: ``e^epsilon0``, above 1.

    Source: Acharya, Sun and Zhang, arXiv 1802.04705. Privacy in a shuffle is not taken from there.
    """

    values: int
    blocks: int
    factor: Factor

    def __init__(
        self,
        values: ExactLike,
        blocks: ExactLike = 1,
        epsilon0: ExactLike | None = None,
        *,
        keep: ExactLike | None = None,
    ) -> None:
        """Describe the randomizer by its local epsilon or by the probability of the value's own columns.

        Args:
            values: the number of values, at least 2.
            blocks: from 1 to values.
            epsilon0: the local epsilon, in nats; positive, at most 300.
            keep: P(the report is in the value's own set); above 1/(2 blocks) and below 1. Give one of the two.

        Raises:
            ParameterError: a value breaks its rule.
        """
        count = whole("values", values, least=2, remedy="One value has nothing to hide")
        parts = whole("blocks", blocks, least=1)
        if parts > count:
            raise ParameterError("blocks", "must be at most the number of values", blocks)
        object.__setattr__(self, "values", count)
        object.__setattr__(self, "blocks", parts)
        object.__setattr__(self, "factor", read_odds(Fraction(1, 2 * parts), epsilon0, keep))

    @property
    def kind(self) -> str:
        return "hadamard-response"

    def describe(self) -> str:
        blocks = "1 block" if self.blocks == 1 else f"{self.blocks} blocks"
        return f"Hadamard response of {self.values} values in {blocks}, {shown_factor(self.factor)}"

    @property
    def order(self) -> int:
        """The order of the Hadamard matrix: the least power of 2 with a row for each value of a block, and row 0."""
        return 1 << (-(-self.values // self.blocks)).bit_length()

    def neighbours(self) -> Sequence[InputPair]:
        """A pair of one block and a pair of two blocks, where there are such.

        The rows of two values are different characters of the same group, or live in different blocks: every pair of
        the same kind splits the messages in the same proportions, in both orders.
        """
        apart = ((0, 1),) if self.blocks > 1 else ()
        together = ((0, self.blocks),) if self.values > self.blocks else ()
        return (*apart, *together)

    def companions(self, pair: InputPair) -> Sequence[int]:
        """The pair; a third row that is the product of the two, or is not; and other blocks."""
        step = self.blocks
        others = (2 * step, 3 * step, 1) if pair == (0, step) and step > 1 else (2, 3)
        if pair == (0, 1) and step > 1:
            others = (2, step, step + 1) if step > 2 else (step, step + 1)
        return (*(x for x in others if x < self.values and x not in pair), *pair)

    @property
    def share(self) -> Fraction:
        return Fraction(1, 2 * self.blocks)

    @property
    def common(self) -> Fraction:
        """One column of a single block: rows 1, 2, 4, .. are among those used, and only column 0 is +1 in all of them."""
        return Fraction(1, self.order) if self.blocks == 1 else Fraction(0)

    def shares(self, places: tuple[int, ...]) -> dict[Membership, Fraction]:
        """Two rows of a block are +1 independently, and three unless one is the product of the others."""
        shares: dict[Membership, Fraction] = {}
        for block in {x % self.blocks for x in places}:
            inside = [i for i, x in enumerate(places) if x % self.blocks == block]
            rows = [1 + places[i] // self.blocks for i in inside]
            tied = len(rows) == 3 and rows[0] ^ rows[1] ^ rows[2] == 0
            for signs in product((True, False), repeat=len(rows)):
                minuses = signs.count(False)
                if tied and minuses % 2:
                    continue
                members = [False] * len(places)
                for i, sign in zip(inside, signs, strict=True):
                    members[i] = sign
                chance = Fraction(1, 4 if tied else 2 ** len(rows)) / self.blocks
                shares[tuple(members)] = shares.get(tuple(members), Fraction(0)) + chance
        nobody = (False,) * len(places)
        rest = 1 - sum(shares.values())
        if rest:
            shares[nobody] = shares.get(nobody, Fraction(0)) + rest
        return shares

    @property
    def messages(self) -> int:
        return self.blocks * self.order

    def sets(self) -> Iterator[Membership]:
        for block in range(self.blocks):
            for column in range(self.order):
                yield tuple(
                    x % self.blocks == block and ((1 + x // self.blocks) & column).bit_count() % 2 == 0
                    for x in range(self.values)
                )

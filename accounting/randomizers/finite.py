"""Any randomizer with finitely many inputs and messages, as a row-stochastic matrix of rationals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..errors import ParameterError
from ..numerics.ball import arb, ball
from ..numerics.exact import ExactLike, probability
from ..numerics.factor import Factor
from .base import Channel, FiniteKernel, InputPair, Letter

__all__ = ["FiniteRandomizer"]

LARGEST_MATRIX = 10_000


@dataclass(frozen=True, slots=True, init=False)
class FiniteRandomizer(FiniteKernel):
    """A randomizer given by its matrix: row = input, column = message.

    Attributes:
        matrix: P(message = column | value = row), exact.
    """

    matrix: Channel

    def __init__(self, matrix: Iterable[Iterable[ExactLike]]) -> None:
        """Read the matrix.

        Args:
            matrix: at least two rows of the same length; entries are probabilities, every row sums to
                1 exactly. Columns that no input can produce are refused.

        Raises:
            ParameterError: a row or entry breaks its rule.
        """
        object.__setattr__(self, "matrix", _read_matrix(matrix))

    @property
    def kind(self) -> str:
        return "finite"

    def local_factor(self) -> Factor | None:
        worst = Fraction(1)
        for column in zip(*self.matrix, strict=True):
            if min(column) == 0:
                return None
            worst = max(worst, max(column) / min(column))
        return Factor.of(worst)

    @property
    def inputs(self) -> int:
        return len(self.matrix)

    def describe(self) -> str:
        return f"finite randomizer, {len(self.matrix)} inputs, {len(self.matrix[0])} messages"

    def neighbours(self) -> Sequence[InputPair]:
        rows = range(self.inputs)
        different = tuple((a, b) for a in rows for b in rows if self.matrix[a] != self.matrix[b])
        return different or ((0, 1),)  # a constant channel still has a curve: (1 - alpha)_+

    def pair_factor(self, pair: InputPair) -> Factor | None:
        first, second = self.matrix[pair[0]], self.matrix[pair[1]]
        if any(b == 0 < a for a, b in zip(first, second, strict=True)):
            return None
        return Factor.of(max(a / b for a, b in zip(first, second, strict=True) if b))

    def companions(self, pair: InputPair) -> Sequence[int]:
        return range(self.inputs)

    def blanket_letters(self, pair: InputPair) -> tuple[Letter, ...]:
        blanket = tuple(min(column) for column in zip(*self.matrix, strict=True))
        letters = self._letters(pair, blanket)
        residual = 1 - sum(blanket)
        return (*letters, Letter(arb(0), arb(0), ball(residual))) if residual else letters

    def companion_letters(self, pair: InputPair, companion: int) -> tuple[Letter, ...]:
        return self._letters(pair, self.matrix[companion])

    def channel(self) -> Channel:
        return self.matrix

    def ball_channel(self) -> tuple[tuple[arb, ...], ...]:
        return tuple(tuple(ball(entry) for entry in row) for row in self.matrix)

    def _letters(self, pair: InputPair, reference: Sequence[Fraction]) -> tuple[Letter, ...]:
        merged: dict[tuple[Fraction | None, Fraction], list[Fraction]] = {}
        for first, second, mass in zip(self.matrix[pair[0]], self.matrix[pair[1]], reference, strict=True):
            total = first + second + mass
            if total == 0:
                continue
            sums = merged.setdefault((first / total, second / total), [Fraction(0)] * 3)
            for slot, value in enumerate((first, second, mass)):
                sums[slot] += value
        return tuple(Letter(*(ball(value) for value in sums)) for sums in merged.values())


def _read_matrix(matrix: Iterable[Iterable[ExactLike]]) -> Channel:
    if isinstance(matrix, str) or not isinstance(matrix, Iterable):
        raise ParameterError("matrix", "must be a list of rows", matrix)
    rows: list[tuple[Fraction, ...]] = []
    for i, row in enumerate(matrix):
        if isinstance(row, str) or not isinstance(row, Iterable):
            raise ParameterError(f"matrix[{i}]", "must be a row of probabilities", row)
        rows.append(tuple(probability(f"matrix[{i}][{j}]", value) for j, value in enumerate(row)))
    if len(rows) < 2:
        raise ParameterError(
            "matrix", "must have at least two rows", len(rows), "A single input has nothing to hide"
        )
    width = len(rows[0])
    if width * len(rows) > LARGEST_MATRIX:
        raise ParameterError("matrix", f"must have at most {LARGEST_MATRIX} entries", width * len(rows))
    for i, row in enumerate(rows):
        if len(row) != width or width == 0:
            raise ParameterError(
                f"matrix[{i}]", f"must have {max(width, 1)} entries like the first row", len(row)
            )
        if sum(row) != 1:
            remedy = f"The sum is off by {float(sum(row) - 1):.3g}; write entries as ratios, like 1/3"
            raise ParameterError(f"matrix[{i}]", "must sum to 1 exactly", str(sum(row)), remedy)
    for j, column in enumerate(zip(*rows, strict=True)):
        if not any(column):
            raise ParameterError(f"matrix column {j}", "must have a positive entry", 0, "Remove the column")
    return tuple(rows)

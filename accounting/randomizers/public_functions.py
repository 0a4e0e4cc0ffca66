"""Public functions: each report draws one, says which, and encodes what it makes of the value.

The functions are public, and the one of a report is drawn uniformly, independently of the value. An input of the kernel is
the list of codes that a value has under all functions. Every such list counts as an input, so that each family of functions is covered: its values are some of these.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Hashable, Sequence
from fractions import Fraction
from itertools import permutations

from ..errors import ParameterError
from ..numerics.ball import arb, ball
from .base import Channel, FiniteKernel, InputPair, Letter

__all__ = ["Codes", "PublicFunctions"]

Codes = tuple[int, ...]
"""The codes that a few values have under one function."""

LARGEST_WRITTEN = 4_000
"""Entries up to which the matrix is written out, and all classes of pairs are listed."""

MOST_INPUTS = 1 << 62


class PublicFunctions(FiniteKernel):
    """The matrix and the classes of a randomizer with public functions.

    The message is the pair of the function's index and of what the code is encoded as. Input ``x`` has, under the first function, the
    code ``x mod codes``; its further digits say by how much the codes under the other functions differ from it.
    So the first inputs have one code under all functions.

    A large kernel lists one pair of inputs, which loses most by public-functions: different codes under every function.
    """

    @property
    @abstractmethod
    def choices(self) -> int:
        """The number of public functions."""

    @property
    @abstractmethod
    def codes(self) -> int:
        """The number of codes that a function may give a value."""

    @property
    @abstractmethod
    def encodings(self) -> int:
        """The number of messages under one function."""

    @property
    @abstractmethod
    def witnesses(self) -> tuple[int, ...]:
        """What all others hold in the witnesses: a value of the pair, 0 or 1, or a third one, 2."""

    @property
    @abstractmethod
    def witness_words(self) -> str:
        """What the values of the witnesses are like, in words."""

    @abstractmethod
    def witness_letters(self, companion: int) -> tuple[Letter, ...]:
        """Return letters that others who all hold this value attain, maybe after some post-processing."""

    @abstractmethod
    def bound_letters(self) -> tuple[Letter, ...]:
        """Return letters of which the walk bounds all pairs of all families, by public-functions."""

    @abstractmethod
    def shape(self, codes: Codes) -> Hashable:
        """Say what is the same for all lists of codes that the encodings treat alike."""

    @abstractmethod
    def code_blanket(self, codes: Codes) -> tuple[Letter, ...]:
        """Return the letters of one function for two codes, with the least mass under any code as the reference."""

    @abstractmethod
    def code_letters(self, codes: Codes) -> tuple[Letter, ...]:
        """Return the letters of one function for two codes, with the law of a third code as the reference."""

    @abstractmethod
    def code_channel(self) -> Channel | None:
        """The matrix of one function, row = code; None when an entry is irrational."""

    @abstractmethod
    def code_balls(self) -> tuple[tuple[arb, ...], ...]:
        """Enclose the matrix of one function."""

    @property
    def inputs(self) -> int:
        """The number of lists of codes; where there are more than 2^62, that many."""
        if self.choices * (self.codes.bit_length() - 1) > 62:
            return MOST_INPUTS
        return int(min(self.codes**self.choices, MOST_INPUTS))

    @property
    def is_written(self) -> bool:
        """Whether the kernel is small enough for its matrix, and for all classes of pairs to be listed."""
        return self.inputs * self.choices * self.encodings <= LARGEST_WRITTEN

    def neighbours(self) -> Sequence[InputPair]:
        """Ordered pairs, one for each way in which the codes of the two differ; of a large kernel, the pair that loses most."""
        if not self.is_written:
            return ((0, 1),)
        found: dict[Hashable, InputPair] = {}
        for first, second in permutations(range(self.inputs), 2):
            shapes = Counter(self.shape(codes) for codes in self._codes_of((first, second)))
            found.setdefault(frozenset(shapes.items()), (first, second))
        return tuple(found.values())

    def companions(self, pair: InputPair) -> Sequence[int]:
        """All inputs; for a large kernel, those of the pair."""
        return range(self.inputs) if self.is_written else pair

    def blanket_letters(self, pair: InputPair) -> tuple[Letter, ...]:
        """The letters of each function, as likely as it is drawn, and what is missing to 1."""
        letters = [
            letter
            for codes, share in self._shares(pair)
            for letter in _scaled(self.code_blanket(codes), share)
        ]
        residual = 1 - sum((letter.reference for letter in letters), arb(0))
        return (*letters, Letter(arb(0), arb(0), residual))

    def companion_letters(self, pair: InputPair, companion: int) -> tuple[Letter, ...]:
        """The letters of each function, as likely as it is drawn."""
        return tuple(
            letter
            for codes, share in self._shares((*pair, companion))
            for letter in _scaled(self.code_letters(codes), share)
        )

    def channel(self) -> Channel | None:
        """The matrix, or None when a probability is irrational.

        Raises:
            ParameterError: the matrix has more than 4,000 entries.
        """
        self._refuse_large()
        rows = self.code_channel()
        if rows is None:
            return None
        return tuple(
            tuple(mass / self.choices for (code,) in self._codes_of((x,)) for mass in rows[code])
            for x in range(self.inputs)
        )

    def ball_channel(self) -> tuple[tuple[arb, ...], ...]:
        """The matrix in balls.

        Raises:
            ParameterError: the matrix has more than 4,000 entries.
        """
        self._refuse_large()
        rows = self.code_balls()
        return tuple(
            tuple(mass / self.choices for (code,) in self._codes_of((x,)) for mass in rows[code])
            for x in range(self.inputs)
        )

    def lists(self) -> list[Codes]:
        """The list of codes of each input, in the order of inputs.

        Raises:
            ParameterError: the matrix would have more than 4,000 entries.
        """
        self._refuse_large()
        return [tuple(code for (code,) in self._codes_of((x,))) for x in range(self.inputs)]

    def _refuse_large(self) -> None:
        if not self.is_written:
            rule = f"must be few enough for a matrix of {LARGEST_WRITTEN} entries to be written out"
            raise ParameterError(
                "functions", rule, self.choices, "A shuffle's delta() brackets the answer for all"
            )

    def _codes_of(self, places: Sequence[int]) -> list[Codes]:
        """The codes of some inputs under each function."""
        columns = []
        for x in places:
            rest, first = divmod(x, self.codes)
            column = [first]
            for _ in range(self.choices - 1):
                rest, offset = divmod(rest, self.codes)
                column.append((first + offset) % self.codes)
            columns.append(column)
        return list(zip(*columns, strict=True))

    def _shares(self, places: Sequence[int]) -> list[tuple[Codes, Fraction]]:
        """The codes of some inputs, one for each shape, with the share of functions that give such codes."""
        if all(x < self.codes for x in places):
            return [(tuple(places), Fraction(1))]
        listed = self._codes_of(places)
        kept = {self.shape(codes): codes for codes in listed}
        counted = Counter(self.shape(codes) for codes in listed)
        return [(kept[shape], Fraction(count, self.choices)) for shape, count in counted.items()]


def _scaled(letters: Sequence[Letter], share: Fraction) -> tuple[Letter, ...]:
    if share == 1:
        return tuple(letters)
    part = ball(share)
    return tuple(Letter(part * a.first, part * a.second, part * a.reference) for a in letters)

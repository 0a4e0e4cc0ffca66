"""Who does what: a client turns a value into messages, a shuffler hides who sent them, and releases.

A message is a 0 or a 1 and nothing else. The analyst, in ``tree.py``, sees releases only.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ParameterError
from ..randomizers import BinomialCount
from .sources import Source

__all__ = ["UNIT", "Client", "Release", "Shuffler"]

UNIT = 1 << 32
"""Values are whole multiples of 1/UNIT."""

Message = int
Mark = tuple[int, int, list[int], int]


@dataclass(frozen=True, slots=True)
class Client:
    """A user's device at one level.

    Attributes:
        randomizer: how a value becomes messages.
        source: of fresh randomness for each set of messages.
    """

    randomizer: BinomialCount
    source: Source

    def messages(self, value: int) -> list[Message]:
        """Randomize a value: ones for its randomly rounded levels, zeros for the rest, and noise bits.

        Args:
            value: in units of 1/UNIT; 0 for a user who is absent, who sends as many messages as others.
        """
        counted, rest = divmod(value * self.randomizer.levels, UNIT)
        counted += int(self.source.below(UNIT) < rest) if rest else 0
        truth = [1] * counted + [0] * (self.randomizer.levels - counted)
        return truth + [self.source.bernoulli(self.randomizer.p) for _ in range(self.randomizer.bits)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a closed batch lets everybody see.

    Attributes:
        level: from 1 on, the smallest batches first.
        first: the first arrival of the batch, from 1 on.
        last: its last arrival, included.
        reports: how many users' messages it holds.
        messages: all of them, in uniformly random order.
    """

    level: int
    first: int
    last: int
    reports: int
    messages: tuple[Message, ...]

    @property
    def ones(self) -> int:
        """The count of ones: all that the messages tell."""
        return sum(self.messages)


class Shuffler:
    """One shuffler: it holds at most one open batch, and shows nothing of it before it closes.

    Attributes:
        level: from 1 on.
        fewest: the fewest reports with which a batch may close.
        first: the first arrival of the open batch.
        reports: how many users' messages the open batch holds.
    """

    def __init__(self, level: int, fewest: int, source: Source) -> None:
        """Open the first batch."""
        self.level = level
        self.fewest = fewest
        self.first = 1
        self.reports = 0
        self._source = source
        self._messages: list[Message] = []

    def accept(self, messages: list[Message]) -> None:
        """Take one user's messages; from here on nothing says whose they are."""
        self._messages.extend(messages)
        self.reports += 1

    def close(self, last: int) -> Release:
        """Release the open batch in uniformly random order, and open the next one.

        Args:
            last: the arrival that is the batch's last one.

        Raises:
            ParameterError: the batch holds fewer reports than it may close with.
        """
        if self.reports < self.fewest:
            raise ParameterError(
                f"batch of level {self.level}",
                f"must hold at least {self.fewest} reports when it closes",
                self.reports,
                "The privacy of the plan is certified for batches of that size",
            )
        shown = tuple(self._source.permuted(self._messages))
        release = Release(level=self.level, first=self.first, last=last, reports=self.reports, messages=shown)
        self.first, self.reports, self._messages = last + 1, 0, []
        return release

    def mark(self) -> Mark:
        """Return what `go_back` needs to take back what comes from here on."""
        return self.first, self.reports, self._messages, len(self._messages)

    def go_back(self, mark: Mark) -> None:
        """Be as at a mark; what was drawn since is forgotten, and must not have been shown to anybody."""
        self.first, self.reports, self._messages, length = mark
        del self._messages[length:]

    def contents(self) -> tuple[int, int, int]:
        """Return what a checkpoint keeps of the open batch: first arrival, reports, and ones. Secret until it closes."""
        return self.first, self.reports, sum(self._messages)

    def restore(self, contents: tuple[int, int, int], each: int) -> None:
        """Hold an open batch again; the order of its messages is forgotten, which shuffling does anyhow.

        Args:
            contents: as ``contents`` gave them.
            each: messages per report.
        """
        self.first, self.reports, ones = contents
        self._messages = [1] * ones + [0] * (self.reports * each - ones)

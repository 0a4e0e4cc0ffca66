"""Schedule files: CSV with the header ``shuffler,first,last``, one line a closed batch, read as a stream."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from ..errors import ParameterError
from ..files import replaced, shown_path
from ..numerics.exact import LARGEST_COUNT

__all__ = [
    "HEADER",
    "LARGEST_SCHEDULE",
    "LONGEST_NAME",
    "MOST_SHUFFLERS",
    "Columns",
    "read_columns",
    "write_columns",
]

HEADER = ("shuffler", "first", "last")
LARGEST_SCHEDULE = 5_000_000
"""Batches in one schedule: larger files are refused as soon as the line is reached."""

MOST_SHUFFLERS = 100_000
"""Different names in one schedule."""

LONGEST_NAME = 200
"""Characters of the name of a shuffler."""

_MOST_BLANK_LINES = 1000
_LONGEST_LINE = 4096
_DIGITS = 19


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a schedule, as written: names are numbered in order of appearance.

    Attributes:
        names: shuffler -> its number.
        owner: the shuffler of each batch.
        first: the first user of each batch.
        last: the last user of each batch.
    """

    names: dict[str, int] = field(default_factory=dict)
    owner: array[int] = field(default_factory=lambda: array("q"))
    first: array[int] = field(default_factory=lambda: array("q"))
    last: array[int] = field(default_factory=lambda: array("q"))

    def add(self, name: str, first: int, last: int) -> None:
        """Append one batch."""
        self.owner.append(self.names.setdefault(name, len(self.names)))
        self.first.append(first)
        self.last.append(last)


def read_columns(path: str | PathLike[str]) -> Columns:
    """Read a schedule file line by line; memory grows with the batches, at most 5 million.

    Raises:
        ParameterError: the file cannot be read, or a line breaks the format; the error names the line.
    """
    where = shown_path(path)
    try:
        return _parsed(_lines(path, where), where)
    except (OSError, ValueError) as error:  # a zero byte in the path is a ValueError
        if isinstance(error, ParameterError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise ParameterError(
            where, "must be a file that can be read", reason[:1].lower() + reason[1:]
        ) from None


def write_columns(
    path: str | PathLike[str], names: Iterable[str], first: Iterable[int], last: Iterable[int]
) -> None:
    """Write a schedule file beside its place, then move it there: a reader never sees half of it.

    Raises:
        OSError: the file cannot be written.
    """
    with replaced(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(zip(names, first, last, strict=True))


def _lines(path: str | PathLike[str], where: str) -> Iterator[str]:
    """Decode one line at a time, so that an error knows its line and a line its limit."""
    with Path(path).open("rb") as file:
        number = 0
        while content := file.readline(_LONGEST_LINE):
            number += 1
            if len(content) == _LONGEST_LINE:
                raise ParameterError(
                    f"{where}: line {number}",
                    f"must have fewer than {_LONGEST_LINE} bytes",
                    "a longer one",
                    "Is it the right file?",
                )
            try:
                line = content.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                value = f"byte 0x{content[error.start]:02x}"
                raise ParameterError(f"{where}: line {number}", "must be text in UTF-8", value) from None
            if not line.rstrip("\r\n").replace("\t", " ").isprintable():
                raise ParameterError(f"{where}: line {number}", "must be printable text", line)
            yield line


def _parsed(lines: Iterator[str], where: str) -> Columns:
    reader = csv.reader(lines, strict=True)
    written = ",".join(HEADER)
    columns = Columns()
    blank = 0
    try:
        header = next(reader, None)
        if header is None:
            raise ParameterError(where, "must not be empty", "nothing", f"Its first line is {written}")
        if tuple(cell.strip() for cell in header) != HEADER:
            raise ParameterError(f"{where}: line 1", f"must be the header {written}", ",".join(header))
        for row in reader:
            number = reader.line_num
            if not row:
                blank = blank or number
                if number - blank < _MOST_BLANK_LINES:
                    continue
            if blank:
                raise ParameterError(f"{where}: line {blank}", "must not be blank", "a blank line")
            if len(row) != 3:
                rule = f"must have three columns, {written}"
                raise ParameterError(f"{where}: line {number}", rule, ",".join(row))
            if len(columns.owner) == LARGEST_SCHEDULE:
                rule = f"must be at most line {LARGEST_SCHEDULE + 1}"
                remedy = "A schedule has at most 5 million batches"
                raise ParameterError(f"{where}: line {number}", rule, ",".join(row), remedy)
            name = row[0].strip()
            if len(name) > LONGEST_NAME:
                rule = f"must have at most {LONGEST_NAME} characters"
                raise ParameterError(f"{where}: line {number}, shuffler", rule, name)
            columns.add(
                name,
                _user(row[1], f"{where}: line {number}", "first"),
                _user(row[2], f"{where}: line {number}", "last"),
            )
            if len(columns.names) > MOST_SHUFFLERS:
                rule = f"must be one of at most {MOST_SHUFFLERS} shufflers"
                raise ParameterError(f"{where}: line {number}, shuffler", rule, name)
    except csv.Error as error:
        number = max(reader.line_num, 1)
        raise ParameterError(f"{where}: line {number}", "must be a line of CSV", str(error)) from None
    return columns


def _user(cell: str, where: str, name: str) -> int:
    text = cell.strip()
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise ParameterError(f"{where}, {name}", "must be a whole number", cell)
    if len(digits) > _DIGITS or abs(number := int(text)) > LARGEST_COUNT:
        raise ParameterError(f"{where}, {name}", "must be at most 10^18", cell)
    return number

"""The ledger on disk: JSON lines that are only ever appended, each durable before it counts.

A line is an object and the checksum of everything before it and itself, so that a line that was changed, lost or
moved is noticed. A line without its end was being written when the process died: it never took effect, and is cut off.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import zlib
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import BinaryIO, ClassVar, Self

from ..errors import AccountingError, ParameterError
from ..files import shown_path

__all__ = ["FORMAT", "VERSION", "Journal"]

FORMAT = "concurrent-shuffle-accounting ledger"
VERSION = 1
_LONGEST = 10_000_000  # bytes of one line; a header with matrices is the longest


class Journal:
    """An open journal, for one writer at a time.

    The header and the records are objects of strings, whole numbers, lists and objects. A subclass keeps something else.
    """

    format: ClassVar[str] = FORMAT
    version: ClassVar[int] = VERSION
    keeper: ClassVar[str] = "ledger"
    resume: ClassVar[str] = "Ledger.resume(..)"
    permissions: ClassVar[int] = 0o666  # of a new file, less the process's umask

    def __init__(self, path: Path, file: BinaryIO) -> None:
        """Wrap an open, locked file; use ``create`` or ``open``."""
        self._path = path
        self._file = file
        self._sum = 0
        self._end = 0
        self._process = os.getpid()

    @classmethod
    def create(cls, path: str | PathLike[str], header: Mapping[str, object]) -> Self:
        """Begin a journal; its header is on disk when this returns.

        Args:
            path: of a file that does not exist yet.
            header: what the ledger is about.

        Raises:
            ParameterError: the file exists or cannot be written.
        """
        target = Path(path)
        line, _ = _line({"format": cls.format, "version": cls.version, **header}, 0)
        draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, cls.permissions)
            with open(handle, "wb") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, target)  # unlike a rename, it never replaces a journal
            finally:
                draft.unlink()
            _sync_folder(target.parent)
        except FileExistsError:
            remedy = f"Go on with {cls.resume}, or name another file"
            raise ParameterError("journal", "must be a new file", shown_path(path), remedy) from None
        except (OSError, ValueError) as error:
            raise ParameterError(
                "journal", "must be a file that can be written", shown_path(path), str(error)
            ) from None
        return cls.open(target)

    @classmethod
    def open(cls, path: str | PathLike[str]) -> Self:
        """Open a journal that exists, and keep other writers out until it is shut.

        Raises:
            ParameterError: the file cannot be opened, or another writer has it.
        """
        where = Path(path)
        try:
            file = where.open("r+b", buffering=0)
        except (OSError, ValueError) as error:
            raise ParameterError(
                "journal", "must be a file that can be read and written", shown_path(path), str(error)
            ) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            remedy = f"Another {cls.keeper} writes to it; shut that one down first"
            raise ParameterError("journal", "must have one writer", shown_path(path), remedy) from None
        return cls(where, file)

    @classmethod
    def opened(cls, path: str | PathLike[str], header: Mapping[str, object]) -> Self:
        """Open a journal, or begin one with a header where there is none.

        Raises:
            ParameterError: the file cannot be opened or written, or another writer has it.
        """
        return cls.open(path) if Path(path).exists() else cls.create(path, header)

    def after(self, header: Mapping[str, object]) -> Iterator[tuple[int, Mapping[str, object]]]:
        """Yield what `replay` does from line 2 on, of a journal that began with these values.

        Raises:
            ParameterError: a value of the header differs, or as `replay`.
        """
        for number, content in self.replay():
            if number > 1:
                yield number, content
                continue
            for key, expected in header.items():
                if content.get(key) != expected:
                    raise ParameterError(
                        "journal",
                        f"must be of a {self.keeper} with the same {key}",
                        shown_path(self._path),
                        "Give the one that it began with, or name another file",
                    )

    def replay(self) -> Iterator[tuple[int, Mapping[str, object]]]:
        """Yield line numbers from 1 and objects, the header first, without their checksums.

        At the end an unfinished last line is cut off, and records can be appended.

        Raises:
            ParameterError: a line is damaged, or the file is no journal of this version.
        """
        self._sum = self._end = number = 0
        with open(self._path, "rb") as reader:
            while (line := reader.readline(_LONGEST)).endswith(b"\n"):
                number += 1
                content = self._checked(line, number)
                if number == 1:
                    self._check_header(content)
                yield number, content
                self._end += len(line)
        if number == 0 or len(line) == _LONGEST:
            raise self.damaged(number + 1, "is not one of a journal", "Is it the right file?")
        if line:
            self._file.truncate(self._end)
            os.fsync(self._file.fileno())

    def append(self, record: Mapping[str, object]) -> None:
        """Write a record; it is on disk when this returns.

        Raises:
            OSError: it could not be written; the journal is as before.
            AccountingError: the journal was shut, or an earlier failure could not be undone.
        """
        if self._file.closed:
            raise AccountingError(f"the journal was shut; go on with {self.resume}")
        if os.getpid() != self._process:  # a lock outlives a fork, in both processes
            raise AccountingError(
                "the journal belongs to the process that opened it; this one was forked from it"
            )
        line, checksum = _line(record, self._sum)
        done = False
        try:
            self._file.seek(self._end)
            rest = memoryview(line)
            while rest:
                rest = rest[self._file.write(rest) :]
            os.fsync(self._file.fileno())
            done = True
        finally:  # an interrupt, too: what follows a line may be shorter than it
            if not done:
                self._undo()
        self._sum = checksum
        self._end += len(line)

    def damaged(self, line: int, rule: str, remedy: str = "") -> ParameterError:
        """Make the complaint about a line."""
        return ParameterError(f"{shown_path(self._path)}: line {line}", rule, "a damaged journal", remedy)

    def shut(self) -> None:
        """Let another writer have the file."""
        self._file.close()

    def _undo(self) -> None:
        """Take back what a failed write may have left; where that fails too, write no more."""
        try:
            self._file.truncate(self._end)
            os.fsync(self._file.fileno())
        except OSError:
            self._file.close()

    def _checked(self, line: bytes, number: int) -> dict[str, object]:
        body, _, checksum = line[:-1].rpartition(b" ")
        self._sum = zlib.crc32(body, self._sum)
        if checksum != b"%08x" % self._sum:
            if number == 1:
                raise self.damaged(1, "must be the header of a journal", "Is it the right file?")
            remedy = (
                "It was changed after it was written, or lines before it are missing. Restore the file from a copy; "
                "what users lost cannot be told without it"
            )
            raise self.damaged(number, "must have the checksum that it was written with", remedy)
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            raise self.damaged(number, "must be a JSON object and its checksum")
        return content

    def _check_header(self, header: Mapping[str, object]) -> None:
        if header.get("format") != self.format:
            raise self.damaged(1, f"must name the format {self.format!r}", "Is it the right file?")
        if header.get("version") != self.version:
            rule = f"must be of version {self.version}"
            remedy = "Read it with the release of the toolkit that wrote it"
            raise ParameterError(f"{shown_path(self._path)}: version", rule, header.get("version"), remedy)


def _line(content: Mapping[str, object], before: int) -> tuple[bytes, int]:
    body = json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()
    checksum = zlib.crc32(body, before)
    return b"%s %08x\n" % (body, checksum), checksum


def _sync_folder(folder: Path) -> None:
    """Make a new name durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

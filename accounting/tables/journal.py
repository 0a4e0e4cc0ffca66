"""What a table that is being made has answered so far: one line a unit, on disk before the next one.

Each line is a JSON value and its checksum. What follows a damaged or unfinished line is answered anew.
"""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..errors import ParameterError
from ..files import shown_path

__all__ = ["Journal"]

_FORMAT = "concurrent-shuffle-accounting table"


class Journal:
    """Answers by the number of their unit, for one writer at a time."""

    def __init__(self, path: str | PathLike[str], *, spec_hash: str, identity: str) -> None:
        """Open a journal, or begin one.

        Args:
            path: of the file.
            spec_hash: of the table's specification.
            identity: of the code that answers.

        Raises:
            ParameterError: the file cannot be written, another process writes it, or it is of another table or code.
        """
        self._path = Path(path)
        self._known: dict[int, list[dict[str, Any]]] = {}
        header = {"format": _FORMAT, "spec_sha256": spec_hash, "code": identity}
        try:
            self._file = self._path.open("a+b", buffering=0)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ParameterError(
                "output", "must be in a folder that can be written", shown_path(path), reason
            ) from None
        try:
            self._lock()
            self._read(header)
        except (OSError, ParameterError):
            self._file.close()
            raise

    def known(self, unit: int) -> list[dict[str, Any]] | None:
        """Return what was answered, if something was."""
        return self._known.get(unit)

    def keep(self, unit: int, rows: list[dict[str, Any]]) -> None:
        """Append the answers of a unit; they are on disk when this returns."""
        self._append({"unit": unit, "rows": rows})
        self._known[unit] = rows

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            remedy = "Wait for it, or name another output"
            raise ParameterError(
                "output", "must be made by one process", shown_path(self._path), remedy
            ) from None

    def _read(self, header: dict[str, str]) -> None:
        """Take what is there up to the first damage, and cut off the rest."""
        end = 0
        with self._path.open("rb") as reader:
            for number, line in enumerate(reader):
                content = _content(line)
                if content is None:
                    break
                if number == 0:
                    self._check(content, header)
                elif isinstance(unit := content.get("unit"), int) and isinstance(content.get("rows"), list):
                    self._known[unit] = content["rows"]
                end += len(line)
        if end == 0:
            self._check_empty(header)
        os.ftruncate(self._file.fileno(), end)
        if end == 0:
            self._append(header)

    def _check(self, content: dict[str, Any], header: dict[str, str]) -> None:
        if content != header:
            remedy = "It was begun with another specification or version. Delete it to begin anew"
            raise ParameterError("journal", "must belong to this table", shown_path(self._path), remedy)

    def _check_empty(self, header: dict[str, str]) -> None:
        """A file without a whole first line is one that died in it, or somebody else's."""
        if not _line(header).startswith(self._path.read_bytes()):
            remedy = "It is not a table's. Move it away, or name another output"
            raise ParameterError("journal", "must belong to this table", shown_path(self._path), remedy)

    def _append(self, content: dict[str, Any]) -> None:
        rest = memoryview(_line(content))
        while rest:
            rest = rest[self._file.write(rest) :]
        os.fsync(self._file.fileno())


def _line(content: object) -> bytes:
    body = json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()
    return b"%s %08x\n" % (body, zlib.crc32(body))


def _content(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None
    body, _, checksum = line[:-1].rpartition(b" ")
    if checksum != b"%08x" % zlib.crc32(body):
        return None
    content = json.loads(body)
    return content if isinstance(content, dict) else None

"""Strict reading of TOML: numbers as they were written, every key accounted for."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from os import PathLike
from pathlib import Path
from stat import S_ISREG
from typing import TypeAlias, TypeVar

from ..errors import AccountingError, ParameterError, shown
from ..files import shown_path
from .relation import nearest

__all__ = [
    "LARGEST_FILE",
    "Table",
    "Written",
    "decoded",
    "located",
    "number",
    "parse",
    "read_bytes",
    "read_text",
    "read_with",
    "text",
    "with_keys",
]

Table: TypeAlias = Mapping[str, object]

_Read = TypeVar("_Read")

LARGEST_FILE = 10_000_000
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PLACE = re.compile(r"\s*\(at line (\d+), column (\d+)\)$")


class Written(str):
    """A TOML float as it was written, so that 0.1 stays one tenth."""

    __slots__ = ()


def located(path: str | PathLike[str], error: AccountingError) -> AccountingError:
    """Return the same complaint with the file in front of it."""
    if isinstance(error, ParameterError):
        return error.renamed(f"{shown_path(path)}: {error.name}")
    return type(error)(f"{shown_path(path)}: {error}")


def read_text(path: str | PathLike[str]) -> str:
    """Read a UTF-8 file of at most 10 MB; nothing larger is read into memory.

    Raises:
        ParameterError: there is no such file, it cannot be read, it is too large or it is not text.
    """
    return decoded(path, read_bytes(path))


def read_with(path: str | PathLike[str], read: Callable[[str], _Read]) -> _Read:
    """Read a text file, and name it in what is wrong with its text.

    Args:
        path: of a text in UTF-8.
        read: makes something of the text.

    Raises:
        AccountingError: the file cannot be read, or what ``read`` raises; the message begins with the path.
    """
    source = read_text(path)
    try:
        return read(source)
    except AccountingError as error:
        raise located(path, error) from None


def read_bytes(path: str | PathLike[str]) -> bytes:
    """Read a file of at most 10 MB; nothing larger is read into memory.

    Raises:
        ParameterError: there is no such file, it cannot be read or it is too large.
    """
    where = shown_path(path)
    try:
        size = (status := Path(path).stat()).st_size
        if S_ISREG(status.st_mode) and size > LARGEST_FILE:
            raise _too_large(where, f"{size} bytes")
        with Path(path).open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, ParameterError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise ParameterError(
            where, "must be a file that can be read", reason[:1].lower() + reason[1:]
        ) from None
    if len(content) > LARGEST_FILE:
        raise _too_large(where, f"more than {LARGEST_FILE} bytes")
    return content


def decoded(path: str | PathLike[str], content: bytes) -> str:
    """Decode the content of a file in UTF-8, with or without a mark of the order of bytes.

    Raises:
        ParameterError: it is not text.
    """
    where = shown_path(path)
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        value = f"byte 0x{content[error.start]:02x} at offset {error.start}"
        raise ParameterError(where, "must be text in UTF-8", value, "Deployments are TOML files") from None
    if "\0" in source:
        value = f"a zero byte at offset {source.index(chr(0))}"
        raise ParameterError(where, "must be text in UTF-8", value, "Deployments are TOML files")
    return source


def _too_large(where: str, value: str) -> ParameterError:
    return ParameterError(where, f"must have at most {LARGEST_FILE} bytes", value, "Is it the right file?")


def parse(source: str) -> Table:
    """Parse TOML; floats stay as written.

    Raises:
        ParameterError: the text is not TOML; the error names the line.
    """
    try:
        return tomllib.loads(source, parse_float=Written)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(source, str(error)) from None
    except RecursionError:
        raise ParameterError(
            "the file", "must not nest tables or lists so deeply", "hundreds of levels"
        ) from None
    except ValueError:  # an integer with more digits than Python converts
        raise ParameterError(
            "the file", "must have integers of at most 4300 digits", "a longer one"
        ) from None


def _not_toml(source: str, message: str) -> ParameterError:
    found = _PLACE.search(message)
    if found is None:
        return ParameterError("the file", "must be valid TOML", "its end", message)
    line, column = int(found[1]), int(found[2])
    lines = source.replace("\r\n", "\n").split("\n")
    quoted = lines[line - 1].strip() if line <= len(lines) else ""
    remedy = f"{message[: found.start()]} at column {column}"
    return ParameterError(f"line {line}", "must be valid TOML", quoted, remedy)


def with_keys(name: str, table: object, *, needed: Collection[str], known: Collection[str]) -> Table:
    """Return the table when it has every needed key and no unknown one.

    Args:
        name: the path of the table, ``""`` for the file itself.
        table: what the file has there.
        needed: keys that must be present.
        known: all keys that may be present, the needed ones included.

    Raises:
        ParameterError: it is no table, a key is unknown (with the nearest known one) or missing.
    """
    if not isinstance(table, Mapping):
        raise ParameterError(name, "must be a table", table, f"Write it as [{name}]")
    missing = [key for key in needed if key not in table]
    for key in table:
        if key not in known:
            remedy = nearest(key, missing) or nearest(key, known) or f"Known keys: {', '.join(known)}"
            raise ParameterError(_joined(name, key), "is not a known key", table[key], remedy)
    for key in missing:
        remedy = f"Add {key} = .. to [{name}]" if name else f"Add {key}"
        raise ParameterError(_joined(name, key), "must be given", "nothing", remedy)
    return table


def text(name: str, value: object) -> str:
    """Read a string of one printable line.

    Raises:
        ParameterError: another type, or control characters.
    """
    if not isinstance(value, str) or isinstance(value, Written):
        raise ParameterError(name, "must be a string", value, "Write it in quotes")
    if not value.isprintable():
        raise ParameterError(name, "must be one printable line", value)
    return value


def number(name: str, value: object, *, quoted: bool = True) -> int | str:
    """Return a TOML number, as written; a quoted one (``"1/3"``) only where that is allowed.

    Raises:
        ParameterError: another type.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, Written):
        return str(value)
    if isinstance(value, str) and quoted:
        return value
    raise ParameterError(name, "must be a number" if quoted else "must be a whole number", value)


def _joined(name: str, key: str) -> str:
    written = key if _BARE.fullmatch(key) else shown(json.dumps(key))
    return f"{name}.{written}" if name else written

"""Files to write: each is there whole or not at all, and one that cannot be written is told in one line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike, fspath
from pathlib import Path
from typing import IO, Any

from .errors import ParameterError, shown

__all__ = ["check_writable", "replaced", "shown_path", "written"]


def shown_path(path: str | PathLike[str]) -> str:
    """Show a path on one line."""
    return shown(fspath(path), limit=200)


@contextmanager
def replaced(path: str | PathLike[str], mode: str = "w") -> Iterator[IO[Any]]:
    """Write a file beside its place, and move it there at the end: a reader never sees half of it.

    Args:
        path: of the file.
        mode: ``"w"`` for text in UTF-8, ``"wb"`` for bytes.

    Raises:
        OSError: the file cannot be written; what stood there still does.
    """
    target = Path(path)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
    form = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
    try:
        with unfinished.open(mode, **form) as file:  # type: ignore[call-overload]
            yield file
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def written(path: str | PathLike[str], mode: str = "w", *, name: str = "output") -> Iterator[IO[Any]]:
    """Write a file as `replaced` does; that it cannot be written is a mistake in the call.

    Args:
        path: of the file.
        mode: ``"w"`` for text in UTF-8, ``"wb"`` for bytes.
        name: of the parameter or option that names the file.

    Raises:
        ParameterError: the file cannot be written; what stood there still does.
    """
    with _explained(path, name), replaced(path, mode) as file:
        yield file


def check_writable(path: str | PathLike[str], *, name: str = "output") -> None:
    """Find out whether a file can be written, before time goes into what it will contain.

    Args:
        path: of the file.
        name: of the parameter or option that names the file.

    Raises:
        ParameterError: it cannot.
    """
    from tempfile import TemporaryFile  # brings much that nothing else needs

    target = Path(path)
    with _explained(path, name):
        if target.is_dir():
            raise ParameterError(name, "must be a file", shown_path(path), "It is a folder")
        with TemporaryFile(dir=target.parent):
            pass


@contextmanager
def _explained(path: str | PathLike[str], name: str) -> Iterator[None]:
    try:
        yield
    except ParameterError:
        raise
    except (OSError, ValueError) as error:  # a zero byte in the path is a ValueError
        reason = getattr(error, "strerror", None) or str(error)
        raise ParameterError(name, "must be a file that can be written", shown_path(path), reason) from None

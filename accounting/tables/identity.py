"""Which code computes: the version, and a digest of the sources and of the libraries that decide digits."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..errors import ParameterError

__all__ = ["DISTRIBUTION", "check_identity", "identity", "sources_digest", "toolkit_version"]

DISTRIBUTION = "concurrent-shuffle-accounting"
_LIBRARIES = ("numpy", "python-flint")


@cache
def toolkit_version() -> str:
    """The version of this toolkit."""
    return _version(DISTRIBUTION)


@cache
def identity() -> str:
    """Say in one line which code this process runs; two processes of the same line give the same table."""
    sources = sources_digest(Path(__file__).resolve().parents[1])
    words = [f"version {toolkit_version()}", f"sources {sources[:16]}"]
    return ", ".join(words + [f"{name} {_version(name)}" for name in _LIBRARIES])


def sources_digest(*packages: Path) -> str:
    """Return a digest of every source file of some packages."""
    digest = hashlib.sha256()
    for package in packages:
        for path in sorted(package.rglob("*.py")):
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def check_identity(found: str, *, where: str) -> None:
    """Refuse what other code computed.

    Args:
        found: the other code's `identity`.
        where: who has it, in words.

    Raises:
        ParameterError: it is another one.
    """
    if found != identity():
        remedy = "Install the same version of the toolkit and of its libraries there"
        raise ParameterError(where, f"must run {identity()}", found, remedy)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"

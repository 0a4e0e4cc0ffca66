"""``check --html``: the report as a page in a file."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ParameterError
from ..files import check_writable, written

if TYPE_CHECKING:
    from ..report import CheckReport

__all__ = ["check_page", "write_page"]

_OPTION = "--html"
_LATEST = 253_402_300_799  # the last second of the year 9999


def check_page(path: str) -> None:
    """Find out whether the page can be written, before time goes into what it will contain.

    Raises:
        ParameterError: it cannot, or its name says that it is something else.
    """
    if Path(path).suffix.lower() not in (".html", ".htm"):
        raise ParameterError(_OPTION, "must end in .html", path, "Like this: --html report.html")
    check_writable(path, name=_OPTION)
    _date()


def write_page(report: CheckReport, path: str, *, file: str, content: bytes) -> None:
    """Write the page, which stands whole at its place or not at all.

    Args:
        report: what it says.
        path: where it goes.
        file: the deployment file.
        content: its bytes.

    Raises:
        ParameterError: it cannot be written.
    """
    from ..report.html import SourceFile, as_html
    from ..tables.identity import identity

    source = SourceFile(Path(file).name, content)
    page = as_html(report, source=source, toolkit=identity(), date=_date())
    with written(path, name=_OPTION) as target:
        target.write(page)


def _date() -> str | None:
    """Return the day that SOURCE_DATE_EPOCH asks for; the clock is not asked, so that the page is the same every time."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if not seconds:
        return None
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 12 and int(seconds) <= _LATEST):
        rule = "must be a whole number of seconds since 1970"
        raise ParameterError("SOURCE_DATE_EPOCH", rule, seconds, "Unset it to leave the date out")
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d")

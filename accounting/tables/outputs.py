"""Where a table goes: the ending of a name says which format, and a file is there whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import NotCoveredError, ParameterError
from ..files import check_writable, shown_path, written
from ..model.relation import nearest
from .data import as_json, as_parquet
from .latex import as_latex
from .texts import as_csv, as_markdown

if TYPE_CHECKING:
    from .table import AccountingTable

__all__ = ["ENDINGS", "Output", "output_for"]

ENDINGS: dict[str, Callable[[AccountingTable], bytes]] = {
    ".csv": as_csv,
    ".md": as_markdown,
    ".tex": as_latex,
    ".json": as_json,
    ".parquet": as_parquet,
}
"""What a file with each ending contains; the same bytes whenever it is written."""


@dataclass(frozen=True, slots=True)
class Output:
    """A file to write.

    Attributes:
        path: of the file.
        content: makes what it contains.
    """

    path: Path
    content: Callable[[AccountingTable], bytes]

    def check(self) -> None:
        """Find out whether the file can be written, before hours go into what it will contain.

        Raises:
            ParameterError: it cannot.
        """
        check_writable(self.path)

    def write(self, table: AccountingTable) -> None:
        """Write the table under another name, and move it to its place.

        Raises:
            ParameterError: the file cannot be written.
        """
        content = self.content(table)
        with written(self.path, "wb") as file:
            file.write(content)


def output_for(path: str | PathLike[str]) -> Output:
    """Choose the format by the ending of a name.

    Raises:
        ParameterError: the ending is unknown.
        NotCoveredError: Parquet is asked for and pyarrow is not installed.
    """
    where = Path(path)
    ending = where.suffix.lower()
    if ending not in ENDINGS:
        remedy = nearest(ending, ENDINGS)
        raise ParameterError("output", f"must end in {', '.join(ENDINGS)}", shown_path(path), remedy)
    if ending == ".parquet":
        _need_pyarrow()
    return Output(where, ENDINGS[ending])


def _need_pyarrow() -> None:
    try:
        import pyarrow  # noqa: F401 - only whether it is there
    except ModuleNotFoundError:
        raise NotCoveredError(
            "Parquet needs pyarrow: pip install 'concurrent-shuffle-accounting[tables]', or write .csv or .json"
        ) from None

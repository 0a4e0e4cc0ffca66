"""Recorded streams: one value a line, or a column of a CSV or Parquet file; values in [0, 1] in order of arrival."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import NotCoveredError, ParameterError, shown
from ..files import shown_path

__all__ = ["LARGEST_STREAM", "read_stream"]

LARGEST_STREAM = 200_000_000
"""Values in one stream."""


def read_stream(path: str | PathLike[str], *, column: str | None = None) -> NDArray[np.float64]:
    """Read a stream.

    Args:
        path: a file with one value a line; with ``column``, a CSV file with a header, or a Parquet file (``.parquet``).
        column: the name of the column that holds the values.

    Returns:
        The values, shape (users,), at least one.

    Raises:
        ParameterError: the file cannot be read, is empty, or a value is no number in [0, 1]; the name has the line.
        NotCoveredError: a Parquet file without pyarrow to read it.
    """
    where = shown_path(path)
    try:
        if Path(path).suffix == ".parquet":
            values = _parquet(path, where, column)
            first_line = 1
        elif column is not None:
            values, first_line = _csv(path, where, column), 2
        else:
            values, first_line = _lines(path, where), 1
    except UnicodeDecodeError:
        raise ParameterError(where, "must be text in UTF-8", "other bytes") from None
    except OSError as error:
        raise ParameterError(where, "must be a file that can be read", error.strerror or str(error)) from None
    if len(values) == 0:
        raise ParameterError(where, "must hold at least one value", "none")
    outside = np.flatnonzero(~((values >= 0.0) & (values <= 1.0)))  # NaN is outside, too
    if outside.size:
        place = int(outside[0])
        raise ParameterError(
            f"{where}: line {place + first_line}",
            "must hold a value in [0, 1]",
            float(values[place]),
            "Scale the values, or choose the column with --column",
        )
    return values


def _lines(path: str | PathLike[str], where: str) -> NDArray[np.float64]:
    with open(path, encoding="utf-8") as file:
        return _numbers(file, where, 1)


def _csv(path: str | PathLike[str], where: str, column: str) -> NDArray[np.float64]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        try:
            header = next(rows, [])
            if column not in header:
                names = ", ".join(header[:20]) or "none"
                raise ParameterError(
                    "--column", f"must be a column of {where}", column, f"It has: {shown(names)}"
                )
            place = header.index(column)
            return _numbers((row[place] if place < len(row) else "" for row in rows), where, 2)
        except csv.Error as error:
            raise ParameterError(
                f"{where}: line {rows.line_num}", "must be a line of CSV", str(error)
            ) from None


def _numbers(texts: Iterable[str], where: str, first_line: int) -> NDArray[np.float64]:
    def numbers() -> Iterable[float]:
        for place, text in enumerate(texts):
            try:
                number = float(text)
            except ValueError:
                number = math.nan
            if "_" in text or number != number:  # Python reads 1_0 as ten; a NaN is no number
                line = place + first_line
                raise ParameterError(f"{where}: line {line}", "must hold a number in [0, 1]", text.strip())
            yield number
            if place >= LARGEST_STREAM:
                raise ParameterError(where, f"must hold at most {LARGEST_STREAM} values", "more")

    return np.fromiter(numbers(), dtype=np.float64)


def _parquet(path: str | PathLike[str], where: str, column: str | None) -> NDArray[np.float64]:
    if column is None:
        raise ParameterError("--column", "must be given for a Parquet file", "nothing")
    try:
        from pyarrow import ArrowException, parquet
    except ModuleNotFoundError:
        raise NotCoveredError(
            f"{where} needs pyarrow: install concurrent-shuffle-accounting[tables], or write a CSV file"
        ) from None
    try:
        names = parquet.read_schema(path).names
        if column not in names:
            raise ParameterError(
                "--column", f"must be a column of {where}", column, f"It has: {shown(', '.join(names))}"
            )
        found = parquet.read_table(path, columns=[column])[column].to_numpy()
        return np.asarray(found, dtype=np.float64)
    except (ArrowException, TypeError, ValueError) as error:
        if isinstance(error, ParameterError):
            raise
        raise ParameterError(
            where, "must be a Parquet file with numbers in that column", str(error)
        ) from None

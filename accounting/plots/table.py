"""Tables as pictures: one axis of a grid against its cells."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from os import PathLike
from typing import Any

from ..claims import relies_on
from ..errors import ParameterError
from ..literature import PUBLISHED
from ..model.reading import read_with
from ..model.relation import nearest
from ..numerics.exact import exact
from ..tables import AccountingTable, TableSpec
from ..tables.layout import constants, end_names
from ..tables.table import MEANINGS, Row
from .amplification import STROKES
from .picture import Axis, Band, Line, Number, Picture

__all__ = ["read_table", "table_picture"]

_WIDE = 50


@relies_on("outward-rounding")
def table_picture(table: AccountingTable, *, axis: str | None = None) -> Picture:
    """Lay out a table as a picture: one axis horizontally, a band for each choice of the others.

    Args:
        table: a finished table.
        axis: the name of a numeric axis; by default the one with the most values.

    Returns:
        A picture without the cells that have no number; a note counts them. A cell without a lower number has 0 there,
        and one without an upper number is infinite.

    Raises:
        ParameterError: there is no such axis, its values are no numbers, no cell has a number, or there are more than 12 bands and lines.
    """
    spec = table.spec
    at = _place(table, axis)
    groups: dict[tuple[str | None, ...], list[tuple[Number, Row]]] = {}
    for row in table.rows:
        value = row.cell[at]
        if value is None or (row.lower is None and row.upper is None):
            continue
        others = (*row.cell[:at], *row.cell[at + 1 :])
        groups.setdefault(others, []).append((_number(value), row))
    if not groups:
        raise ParameterError("table", "must have cells with a number", "none", table.failed[0].reason)
    moving = [i for i, each in enumerate(spec.axes) if i != at and len(each.values) > 1]
    bands: list[Band] = []
    lines: list[Line] = []
    for others, cells in groups.items():
        whole = (*others[:at], None, *others[at:])
        name = ", ".join(f"{spec.axes[i].name} = {whole[i]}" for i in moving if whole[i] is not None)
        cells.sort(key=lambda cell: cell[0])
        bands.append(
            Band(
                name=name or spec.cell,
                x=tuple(place for place, _ in cells),
                lower=tuple(0 if row.lower is None else row.lower for _, row in cells),
                upper=tuple(math.inf if row.upper is None else row.upper for _, row in cells),
                filled=len(groups) <= 2,
            )
        )
        lines += _published(table, name, cells)
    missing = len(table.rows) - sum(len(cells) for cells in groups.values())
    notes = ["The ends hold at the marks."]
    if missing:
        notes.append(f"{missing:,} cells without a number are not drawn.")
    same = [
        entry for entry in constants(table) if not entry.startswith((f"{spec.axes[at].name} = ", "kind = "))
    ]
    ends = [end for band in bands for end in (*band.lower, *band.upper) if 0 < end < math.inf]
    meaning = MEANINGS[spec.cell]
    places = bands[0].x
    return Picture(
        title=", ".join(part for part in (spec.title, *same) if part),
        x=Axis(label=spec.axes[at].name, log=places[0] > 0 and places[-1] >= _WIDE * places[0]),
        y=Axis(label=meaning.label, log=bool(ends) and max(ends) >= _WIDE * min(ends)),
        bands=tuple(bands),
        lines=tuple(lines),
        lower_means=meaning.lower,
        upper_means=meaning.upper,
        notes=tuple(notes),
        claims=table.claims,
        assumptions=tuple(dict.fromkeys(entry for row in table.rows for entry in row.assumptions)),
    )


def read_table(path: str | PathLike[str]) -> AccountingTable:
    """Read a finished table from the JSON file that `table` wrote.

    Raises:
        ParameterError: the file is none, or its numbers do not belong to its header.
    """
    return read_with(path, _table)


def _table(source: str) -> AccountingTable:
    remedy = "Make it with the command table, -o TABLE.json"
    try:
        content = json.loads(source)
        header, rows = content["header"], content["rows"]
        asked, digest = json.loads(header["spec"]), header["spec_sha256"]
        owed = tuple(str(entry) for entry in header.get("assumptions", ()))
        if not isinstance(asked, Mapping) or not isinstance(rows, list):
            raise TypeError("its parts are of other kinds")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ParameterError("table", "must be a table in JSON", type(error).__name__, remedy) from None
    spec = TableSpec.read(asked)
    if spec.hash != digest:
        raise ParameterError("header.spec_sha256", "must belong to the specification", digest, remedy)
    cells = list(spec.cells())
    if len(cells) != len(rows):
        raise ParameterError(
            "rows", f"must be the {len(cells)} cells of the specification", len(rows), remedy
        )
    empty = AccountingTable(spec=spec, rows=())
    try:
        made = tuple(_row(empty, cell, row, owed) for cell, row in zip(cells, rows, strict=True))
    except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise ParameterError("rows", "must be cells of a table", str(error), remedy) from None
    return AccountingTable(spec=spec, rows=made)


def _row(
    table: AccountingTable, cell: tuple[str | None, ...], content: Mapping[str, Any], owed: tuple[str, ...]
) -> Row:
    """Read a cell; the file names what is owed in its header only, for all cells together."""
    lower, upper = end_names(table)
    found: dict[str, Any] = {"claims": tuple(content["claims"])}
    if content["reason"] is not None:
        found["reason"] = str(content["reason"])
    else:
        found |= {
            "lower": _finite(content[lower]),
            "upper": _finite(content[upper]),
            "assumptions": owed,
        }
        if found["upper"] is None and table.spec.cell != "users":
            found["upper"] = math.inf
            if found["lower"] is None:
                found["lower"] = math.inf
    if table.spec.published:
        found["published"] = [dict(content["published"][bound]) for bound in table.spec.published]
        for claim in found["published"]:
            claim["reason"] = claim.get("reason") or ""
    return Row.of(cell, found, len(table.spec.published))


def _finite(value: object) -> Number | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"{value!r} is no number")
    return value


def _place(table: AccountingTable, name: str | None) -> int:
    axes = table.spec.axes
    numeric = [i for i, each in enumerate(axes) if all(_is_number(value) for value in each.values)]
    if name is None:
        if not numeric:
            raise ParameterError("axis", "must be an axis of numbers", "none", "The table has no such axis")
        return max(numeric, key=lambda i: len(axes[i].values))
    if name not in table.spec.names:
        remedy = nearest(name, table.spec.names) or f"Its axes are {', '.join(table.spec.names)}"
        raise ParameterError("axis", "must be an axis of the table", name, remedy)
    at = table.spec.names.index(name)
    if at not in numeric:
        raise ParameterError("axis", "must be an axis of numbers", name)
    return at


def _is_number(written: str) -> bool:
    try:
        exact("value", written)
    except ParameterError:
        return False
    return True


def _number(written: str) -> Number:
    value = exact("value", written)
    return value.numerator if value.denominator == 1 else float(value)


def _published(table: AccountingTable, name: str, cells: list[tuple[Number, Row]]) -> list[Line]:
    lines = []
    for i, bound in enumerate(table.spec.published):
        claimed = [(place, row.published[i]) for place, row in cells if row.published[i].lower is not None]
        if not claimed:
            continue
        status = PUBLISHED[bound].status
        lines.append(
            Line(
                name=f"{bound}, {name}" if name else bound,
                x=tuple(place for place, _ in claimed),
                y=tuple(claim.lower for _, claim in claimed if claim.lower is not None),
                stroke=STROKES[status],
                status=status.value,
                crossed=tuple(claim.below for _, claim in claimed),
            )
        )
    return lines

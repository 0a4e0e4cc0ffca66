"""Tables as JSON and as Parquet: both ends of every number as floats that are rounded outward."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Sequence
from typing import Any

from ..numerics.exact import exact
from .layout import end_names
from .table import AccountingTable, Claim, Row

__all__ = ["as_json", "as_parquet"]

_LARGEST = 2**63


def as_json(table: AccountingTable) -> bytes:
    """Write one document with the header and one object a cell; null stands for "infinite" and for "none"."""
    content = {"header": table.header(), "rows": [_object(table, row) for row in table.rows]}
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _object(table: AccountingTable, row: Row) -> dict[str, Any]:
    lower, upper = end_names(table)
    axes = zip(table.spec.axes, row.cell, strict=True)
    found: dict[str, Any] = {
        axis.name: None if value is None else _typed(axis.values)(value) for axis, value in axes
    }
    found |= {lower: _finite(row.lower), upper: _finite(row.upper), "reason": row.reason or None}
    found["claims"] = list(row.claims)
    if table.spec.published:
        named = zip(table.spec.published, row.published, strict=True)
        found["published"] = {bound: _claim(claim) for bound, claim in named}
    return found


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "lower": _finite(claim.lower),
        "upper": _finite(claim.upper),
        "below": claim.below,
        "reason": claim.reason or None,
    }


def _finite(value: float | int | None) -> float | int | None:
    return None if value is None or math.isinf(value) else value


def _typed(values: Sequence[str]) -> type:
    """Choose a type in which all values of an axis are what was written, or the nearest floats of decimals."""
    try:
        numbers = [exact("value", value) for value in values if "/" not in value]
    except ValueError:
        return str
    if len(numbers) < len(values):
        return str
    if all(number.denominator == 1 and abs(number) < _LARGEST for number in numbers):
        return int
    return float


def as_parquet(table: AccountingTable) -> bytes:
    """Write typed columns, as in CSV; the header is the JSON under ``accounting`` in the metadata of the schema."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, Any] = {}
    kinds = {int: pa.int64(), float: pa.float64(), str: pa.string()}
    for i, axis in enumerate(table.spec.axes):
        kind = _typed(axis.values)
        values = [None if row.cell[i] is None else kind(row.cell[i]) for row in table.rows]
        columns[axis.name] = pa.array(values, kinds[kind])
    ends = pa.int64() if table.spec.cell == "users" else pa.float64()
    names = end_names(table)
    columns[names[0]] = pa.array([row.lower for row in table.rows], ends)
    columns[names[1]] = pa.array([row.upper for row in table.rows], ends)
    for i, bound in enumerate(table.spec.published):
        claims = [row.published[i] for row in table.rows]
        columns[f"{bound}_lower"] = pa.array([claim.lower for claim in claims], pa.float64())
        columns[f"{bound}_upper"] = pa.array([claim.upper for claim in claims], pa.float64())
        columns[f"{bound}_below"] = pa.array([claim.below for claim in claims], pa.bool_())
    columns["reason"] = pa.array([row.reason or None for row in table.rows], pa.string())
    header = json.dumps(table.header(), ensure_ascii=False)
    out = io.BytesIO()
    pq.write_table(pa.table(columns).replace_schema_metadata({"accounting": header}), out)
    return out.getvalue()

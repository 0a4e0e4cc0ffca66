"""Numbers and notes as text, shared by the formats that people read: every end rounded outward."""

from __future__ import annotations

import math
from typing import Any

from ..numerics.rounding import print_at_least, print_at_most
from .table import AccountingTable, Claim, Row

__all__ = ["INFINITE", "claim_text", "constants", "end_names", "ends_text", "header_lines", "varying"]

INFINITE = "infinite"


def end_names(table: AccountingTable) -> tuple[str, str]:
    """Name the two columns of numbers."""
    return f"{table.spec.cell}_lower", f"{table.spec.cell}_upper"


def ends_text(row: Row, digits: int) -> tuple[str, str]:
    """Print both ends, away from what lies between them; empty where there is none."""
    return _at_most(row.lower, digits), _at_least(row.upper, digits)


def claim_text(claim: Claim, digits: int) -> tuple[str, str]:
    """Print both ends of a claim; empty where nothing is claimed."""
    return _at_most(claim.lower, digits), _at_least(claim.upper, digits)


def varying(table: AccountingTable) -> tuple[int, ...]:
    """Return which axes have several values; the last one when none has."""
    found = tuple(i for i, axis in enumerate(table.spec.axes) if len(axis.values) > 1)
    return found or (len(table.spec.axes) - 1,)


def constants(table: AccountingTable) -> list[str]:
    """Say what is the same in all rows."""
    moving = set(varying(table))
    return [f"{axis.name} = {axis.values[0]}" for i, axis in enumerate(table.spec.axes) if i not in moving]


def header_lines(table: AccountingTable) -> list[str]:
    """Return the header, one line an entry."""
    return [f"{key}: {_shown(value)}" for key, value in table.header().items()]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if isinstance(value, dict):
        return " | ".join(f"{key} ({entry})" for key, entry in value.items())
    return str(value)


def _at_most(value: float | int | None, digits: int) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else print_at_most(value, digits)


def _at_least(value: float | int | None, digits: int) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    return INFINITE if math.isinf(value) else print_at_least(value, digits)

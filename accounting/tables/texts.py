"""Tables as CSV and as Markdown."""

from __future__ import annotations

import csv
import io

from .layout import claim_text, constants, end_names, ends_text, header_lines, varying
from .table import AccountingTable, Claim, Row

__all__ = ["as_csv", "as_markdown"]

_BELOW = r"\*"


def as_csv(table: AccountingTable) -> bytes:
    """Write comments with the header, a line of names, and one line a cell.

    A published bound has two columns, the ends of its claim; the column ``below`` names the bounds that claim less than
    explicit data sets lose.
    """
    out = io.StringIO(newline="")
    for line in header_lines(table):
        out.write(f"# {line}\n")
    writer = csv.writer(out, lineterminator="\n")
    published = table.spec.published
    writer.writerow(
        [
            *table.spec.names,
            *end_names(table),
            *(f"{bound}_{side}" for bound in published for side in ("lower", "upper")),
            *(["below"] if published else []),
            "reason",
        ]
    )
    for row in table.rows:
        writer.writerow(_csv_row(table, row))
    return out.getvalue().encode()


def _csv_row(table: AccountingTable, row: Row) -> list[str]:
    digits, published = table.spec.digits, table.spec.published
    cells = [value or "" for value in row.cell] + list(ends_text(row, digits))
    for claim in row.published:
        cells += claim_text(claim, digits)
    if published:
        cells.append(" ".join(b for b, claim in zip(published, row.published, strict=True) if claim.below))
    return [*cells, row.reason]


def as_markdown(table: AccountingTable) -> bytes:
    """Write a title, the table with what varies, and notes with the header.

    A published bound has one column, its claim rounded up.
    """
    spec, moving = table.spec, varying(table)
    lines = [f"# {_escaped(spec.title)}", ""] if spec.title else []
    if same := constants(table):
        lines += [_escaped(f"In all rows: {', '.join(same)}."), ""]
    names = [spec.names[i] for i in moving] + list(end_names(table)) + list(spec.published)
    if table.failed:
        names.append("reason")
    lines.append(_line([_escaped(name) for name in names]))
    lines.append(_line(["---:"] * (len(names) - bool(table.failed)) + ["---"] * bool(table.failed)))
    for row in table.rows:
        cells = [row.cell[i] or "" for i in moving] + list(ends_text(row, spec.digits))
        cells = [_escaped(cell) for cell in cells] + [_claimed(c, spec.digits) for c in row.published]
        lines.append(_line(cells + ([_escaped(row.reason)] if table.failed else [])))
    lines.append("")
    if spec.published:
        lines += [
            "Claims of published bounds are rounded up; they are no promise of this toolkit."
            f" {_BELOW} below what explicit neighbouring data sets lose; - nothing is claimed.",
            "",
        ]
    # the specification is left to the other formats: here it would hide the table
    lines += [f"- {_escaped(line)}" for line in header_lines(table) if not line.startswith("spec: ")]
    return ("\n".join(lines) + "\n").encode()


def _claimed(claim: Claim, digits: int) -> str:
    upper = claim_text(claim, digits)[1]
    if not upper:
        return "-"
    return upper + (_BELOW if claim.below else "")


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    for mark in ("\\", "|", "*", "_", "<", "`", "[", "]"):
        text = text.replace(mark, f"\\{mark}")
    return text

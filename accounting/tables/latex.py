"""Tables as LaTeX: booktabs rules, and columns that siunitx aligns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .layout import INFINITE, claim_text, constants, ends_text, header_lines, varying
from .table import AccountingTable, Claim, Row

__all__ = ["as_latex"]

_NUMBER = re.compile(r"(-?)(\d+)(?:\.(\d+))?(?:e(-?)(\d+))?")
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{mark: f"\\{mark}" for mark in "&%$#_{}"},
}
_SIDES = {"lower": r"$\geq$", "upper": r"$\leq$"}
_SYMBOLS = {
    "users": "$n$",
    "epsilon0": r"$\varepsilon_0$",
    "epsilon": r"$\varepsilon$",
    "delta": r"$\delta$",
    "alpha": r"$\alpha$",
    "values": "$k$",
    "summation_error": "error",
}


def as_latex(table: AccountingTable) -> bytes:
    r"""Write a ``tabular`` to be read with ``\input``, after comments with the header.

    The numbers are those of the other formats, rounded outward; a published bound has one column, its claim rounded up.
    """
    spec, moving = table.spec, varying(table)
    columns = [[row.cell[i] or "" for row in table.rows] for i in moving]
    lower, upper = zip(*(ends_text(row, spec.digits) for row in table.rows), strict=True)
    columns += [list(lower), list(upper)]
    for i in range(len(spec.published)):
        columns.append([claim_text(row.published[i], spec.digits)[1] for row in table.rows])
    heads = [_head(spec.names[i]) for i in moving]
    heads += [f"{_head(spec.cell)} {_SIDES[side]}" for side in ("lower", "upper")]
    heads += [_escaped(bound) for bound in spec.published]
    lines = ["% needs \\usepackage{booktabs, siunitx}", *(f"% {line}" for line in header_lines(table))]
    if same := constants(table):
        lines.append(f"% in all rows: {', '.join(same)}")
    if spec.published:
        lines.append("% a claim with * is below what explicit neighbouring data sets lose")
    kinds = [_column(column) for column in columns]
    lines += [rf"\begin{{tabular}}{{{''.join(kinds)}}}", r"\toprule"]
    lines += [" & ".join(f"{{{head}}}" for head in heads) + r" \\", r"\midrule"]
    lines += [_row(row, k, columns, kinds, len(moving)) for k, row in enumerate(table.rows)]
    return ("\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n").encode()


def _row(row: Row, k: int, columns: Sequence[Sequence[str]], kinds: Sequence[str], axes: int) -> str:
    cells = [_cell(column[k], kind) for column, kind in zip(columns[:axes], kinds, strict=False)]
    if row.reason:
        cells.append(rf"\multicolumn{{{len(columns) - axes}}}{{l}}{{{_escaped(row.reason)}}}")
    else:
        cells += [_cell(columns[axes + i][k], kinds[axes + i]) for i in range(2)]
        cells += [
            _claimed(claim, columns[axes + 2 + i][k], kinds[axes + 2 + i])
            for i, claim in enumerate(row.published)
        ]
    return " & ".join(cells) + r" \\"


def _cell(text: str, kind: str) -> str:
    if not text:
        return "{--}"
    if text == INFINITE:
        return r"{$\infty$}"
    return text if kind.startswith("S") else _escaped(text)


def _claimed(claim: Claim, text: str, kind: str) -> str:
    return _cell(text, kind) + (" {$^*$}" if claim.below else "")


def _column(texts: Iterable[str]) -> str:
    """Choose a column that is wide enough for its numbers; a plain one for words."""
    signs = whole = decimals = powers = 0
    power_sign = ""
    for text in texts:
        if text in ("", INFINITE):
            continue
        found = _NUMBER.fullmatch(text)
        if found is None:
            return "l"
        sign, integer, fraction, exponent_sign, exponent = found.groups(default="")
        signs, power_sign = signs or len(sign), power_sign or exponent_sign
        whole, decimals = max(whole, len(integer)), max(decimals, len(fraction))
        powers = max(powers, len(exponent))
    if not whole:
        return "l"
    form = f"{'-' * signs}{whole}" + (f".{decimals}" if decimals else "")
    return f"S[table-format={form}" + (f"e{power_sign}{powers}" if powers else "") + "]"


def _head(name: str) -> str:
    return _SYMBOLS.get(name, _escaped(name))


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in text)

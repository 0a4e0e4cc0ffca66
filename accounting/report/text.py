"""The report in words: plain in a pipe, with colour and rules on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from .check import CheckReport, ShufflerReport, Verdict
from .words import shown_bounds, shown_fraction

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["as_text", "loss_cells", "print_on_terminal", "sections"]

_COLOURS = {Verdict.WITHIN: "green", Verdict.EXCEEDS: "red", Verdict.UNDECIDED: "yellow"}
_MOST_ROWS = 40


def as_text(report: CheckReport) -> str:
    """Write a report as plain text, one fact a line, verdict first."""
    warnings = [f"Warning: {warning}" for warning in report.warnings]
    lines = [
        report.sentence(),
        *warnings,
        "",
        *([report.deployment.title] if report.deployment.title else []),
    ]
    header, *rows = loss_cells(report)
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    for row in (header, *rows):
        name, users, *losses = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join((name, users.rstrip().rjust(widths[1]), *losses)).rstrip())
    for title, entries in sections(report):
        lines += ["", f"{title}:", *(f"  - {entry}" for entry in entries)]
    return "\n".join(lines) + "\n"


def print_on_terminal(report: CheckReport, console: Console) -> None:
    """Print a report on a terminal; names and titles are never read as markup."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    verdict, colon, rest = report.sentence().partition(":")
    console.print(Text.assemble((verdict + colon, f"bold {_COLOURS[report.verdict]}"), rest))
    for warning in report.warnings:
        console.print(Text.assemble(("Warning: ", "bold yellow"), warning))
    header, *rows = loss_cells(report)
    table = Table(title=Text(report.deployment.title), title_justify="left")
    for i, cell in enumerate(header):
        table.add_column(Text(cell), justify="right" if i == 1 else "left")
    for row in rows[:-1]:
        table.add_row(*map(Text, row))
    table.add_section()
    table.add_row(*map(Text, rows[-1]), style="bold")
    console.print(table)
    for title, entries in sections(report):
        console.print(Text(title, style="bold"))
        for entry in entries:
            console.print(Padding(Text(entry), (0, 0, 0, 2)))


def loss_cells(report: CheckReport) -> Iterator[tuple[str, str, str, str]]:
    """Yield the table of losses as text: a header, a row for each run of equal shufflers, and the total at the end."""
    budget = report.deployment.budget
    yield (
        "shuffler",
        "users",
        f"epsilon at delta = {shown_fraction(budget.delta)}",
        f"delta at epsilon = {shown_fraction(budget.epsilon)}",
    )
    runs = [list(run) for _, run in groupby(report.shufflers, key=lambda part: part.shuffle)]
    for run in runs[:_MOST_ROWS]:
        first = run[0]
        yield _named(run), f"{first.shuffle.users:,}", shown_bounds(first.epsilon), shown_bounds(first.delta)
    if len(runs) > _MOST_ROWS:
        hidden = sum(len(run) for run in runs[_MOST_ROWS:])
        yield f"and {hidden} more", "", "(all of them with --json)", ""
    yield "total", "", shown_bounds(report.epsilon), shown_bounds(report.delta)


def _named(run: list[ShufflerReport]) -> str:
    if len(run) == 1:
        return run[0].name
    return f"{run[0].name} .. {run[-1].name} ({len(run)} alike)"


def sections(report: CheckReport) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what stands below the table: titles, each with its sentences."""
    if report.advice:
        yield "What would fit", tuple(each.sentence for each in report.advice)
    if report.sensitivity:
        title = "What each shuffler costs" if len(report.shufflers) > 1 else "What more users would give"
        yield title, tuple(each.sentence for each in report.sensitivity)
    yield "Randomizers", _randomizers(report)
    yield "Upper ends rest on", (", ".join(report.claims) or "nothing",)
    yield "Assumptions", report.assumptions
    if report.witness:
        name, witness = report.witness
        yield (
            "Lower end of the total delta",
            (f"{name}: {witness.sentence()}" if name else witness.sentence(),),
        )


def _randomizers(report: CheckReport) -> tuple[str, ...]:
    runs = [list(run) for _, run in groupby(report.shufflers, key=lambda part: part.shuffle.randomizer)]
    described = tuple(f"{_named(run)}: {run[0].shuffle.randomizer.describe()}" for run in runs[:_MOST_ROWS])
    return described if len(runs) <= _MOST_ROWS else (*described, f"and {len(runs) - _MOST_ROWS} more")

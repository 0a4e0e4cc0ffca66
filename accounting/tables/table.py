"""A finished table: its rows, and the header by which it can be cited and made again."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from typing import Any

from ..literature import PUBLISHED
from .identity import DISTRIBUTION, toolkit_version
from .spec import Cell, TableSpec

__all__ = ["MEANINGS", "AccountingTable", "Claim", "Meaning", "Row"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What the cells of a table say.

    Attributes:
        quantity: what they are, in the header of files.
        label: the same on an axis.
        lower: what a lower end says.
        upper: what an upper end says.
    """

    quantity: str
    label: str
    lower: str
    upper: str

    def sentence(self) -> str:
        """Say it in one line."""
        return f"{self.quantity}; lower: {self.lower}; upper: {self.upper}"


_LOST, _PROMISED = "surely lost, by explicit data sets", "may be promised"

MEANINGS: dict[str, Meaning] = {
    "epsilon": Meaning(
        quantity="epsilon at the delta of the row, in nats",
        label="epsilon, in nats",
        lower=_LOST,
        upper=_PROMISED,
    ),
    "delta": Meaning(
        quantity="delta at the epsilon or alpha of the row", label="delta", lower=_LOST, upper=_PROMISED
    ),
    "users": Meaning(
        quantity="users a batch needs, the target included",
        label="users that a batch needs",
        lower="certified not to be enough",
        upper="certified to be enough",
    ),
    "summation_error": Meaning(
        quantity="mean of the largest error of a running sum over all users, for the worst input",
        label="mean of the largest error over all steps",
        lower="no mechanism of as many shufflers within the budget errs less",
        upper="the reference counter within the budget errs at most this",
    ),
}
"""Of each quantity that cells can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a published bound claims in one cell; it is no promise of this toolkit.

    Attributes:
        lower: of the numeric enclosure of the claimed number; None where nothing is claimed.
        upper: of the same.
        below: the claim is certainly below what explicit neighbouring data sets lose.
        reason: why nothing is claimed; empty where something is.
    """

    lower: float | None
    upper: float | None
    below: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One cell.

    Attributes:
        cell: its values on the axes, as they are written; None where its kind has no such parameter.
        lower: epsilon in nats, delta, or users; None where there is no such number.
        upper: the same from above; infinite where nothing finite is promised, None where there is no such number.
        reason: why there is no number; empty where there is one.
        published: what the published bounds claim, in the order of the specification.
        claims: ids of the claims that both ends rest on.
        assumptions: what the caller owes: ids, and sentences of the randomizer.
    """

    cell: Cell
    lower: float | int | None
    upper: float | int | None
    reason: str
    published: tuple[Claim, ...]
    claims: tuple[str, ...]
    assumptions: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.lower is not None and self.upper is not None and not self.lower <= self.upper:
            raise ArithmeticError(f"a lower end above an upper end: {self.lower!r} > {self.upper!r}")

    @classmethod
    def of(cls, cell: Cell, answer: dict[str, Any], published: int) -> Row:
        """Read what `answer_unit` returns for a cell."""
        silent = [{"reason": "there is no cell to compare it with"}] * published
        return cls(
            cell=cell,
            lower=answer.get("lower"),
            upper=answer.get("upper"),
            reason=answer.get("reason", ""),
            published=tuple(
                Claim(
                    lower=claim.get("lower"),
                    upper=claim.get("upper"),
                    below=bool(claim.get("below", False)),
                    reason=claim.get("reason", ""),
                )
                for claim in answer.get("published", silent)
            ),
            claims=tuple(answer.get("claims", ())),
            assumptions=tuple(answer.get("assumptions", ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountingTable:
    """A bound table.

    Attributes:
        spec: what was asked.
        rows: one a cell, in the order of the grid.
    """

    spec: TableSpec
    rows: tuple[Row, ...]

    @property
    def failed(self) -> tuple[Row, ...]:
        """The cells without a number."""
        return tuple(row for row in self.rows if row.reason)

    @property
    def claims(self) -> tuple[str, ...]:
        """Ids of the claims that the numbers rest on, in the order of first use."""
        return tuple(dict.fromkeys(claim for row in self.rows for claim in row.claims))

    def header(self) -> dict[str, Any]:
        """Return by what the table is cited and made again, as JSON-able values; it says nothing of when or where."""
        found: dict[str, Any] = {"title": self.spec.title} if self.spec.title else {}
        found |= {
            "made_by": f"{DISTRIBUTION} {toolkit_version()}",
            "cells": MEANINGS[self.spec.cell].sentence(),
            "relation": self.spec.relation.value,
        }
        if {"shufflers", "batches"} & set(self.spec.names):
            found["inputs"] = self.spec.inputs.value
        found["claims"] = list(self.claims)
        assumptions = dict.fromkeys(entry for row in self.rows for entry in row.assumptions)
        if assumptions:
            found["assumptions"] = list(assumptions)
        if self.spec.published:
            found["published"] = {
                bound: f"{PUBLISHED[bound].status.value}; {PUBLISHED[bound].source}"
                for bound in self.spec.published
            }
        found["spec_sha256"] = self.spec.hash
        found["spec"] = self.spec.canonical()
        return found

    def write(self, *paths: str | PathLike[str]) -> None:
        """Write the table, each file at once and whole.

        Args:
            paths: files whose names end in .csv, .md, .tex, .json or .parquet.

        Raises:
            ParameterError: a name has another ending, or the file cannot be written.
            NotCoveredError: Parquet is asked for and pyarrow is not installed.
        """
        from .outputs import output_for

        for output in [output_for(path) for path in paths]:
            output.write(self)

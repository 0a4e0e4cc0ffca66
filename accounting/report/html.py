"""The report as one page to read, print, sign and file: no script, no request, no second rounding."""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..claims import CLAIMS
from ..errors import NotCoveredError, UndecidedError
from ..numerics.rounding import print_at_least, print_at_most
from .band import PrivacyBand, band_of
from .check import CheckReport, Verdict
from .picture import FRAME, picture_of
from .text import loss_cells, sections
from .words import shown_bounds, shown_fraction

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["SourceFile", "as_html"]

_WORDS = {
    Verdict.WITHIN: "Within the budget",
    Verdict.EXCEEDS: "Exceeds the budget",
    Verdict.UNDECIDED: "Undecided",
}
_APART = ("Upper ends rest on", "Assumptions", "Lower end of the total delta")
"""Sections of the text that have a form of their own on the page."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file that a deployment was read from.

    Attributes:
        name: without folders, so that the page does not depend on them.
        content: its bytes.
    """

    name: str
    content: bytes

    @property
    def text(self) -> str:
        """What it says."""
        return self.content.decode("utf-8-sig", errors="replace")

    @property
    def digest(self) -> str:
        """Its SHA-256, in hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def command(self) -> str:
        """The line that makes the page again."""
        page = f"{Path(self.name).stem}.html"
        return f"shuffle-accounting check {shlex.quote(self.name)} --html {shlex.quote(page)}"


@dataclass(frozen=True, slots=True)
class _Use:
    """A claim on the page: its id, its statement, and which ends rest on it."""

    id: str
    title: str
    ends: str


def as_html(
    report: CheckReport,
    *,
    source: SourceFile | None = None,
    toolkit: str | None = None,
    date: str | None = None,
) -> str:
    """Write a report as one HTML page, the same for the same report.

    It says what the text says, in the same digits; beside it are the statements of the claims, the privacy curve between its
    certified ends, and the deployment file. Drawing the curve takes up to a few seconds.

    Args:
        report: of a deployment.
        source: the file that the deployment was read from; None writes the deployment as such a file.
        toolkit: which code computed, in one line; None names the installed version.
        date: when, in words; None leaves it to whoever signs.

    Raises:
        NotCoveredError: there is no source, and the deployment has a randomizer that files cannot describe.
    """
    deployment = report.deployment
    if source is None:
        source = SourceFile("deployment.toml", deployment.to_toml().encode())
    band, missing = _band(report)
    header, *rows, total = loss_cells(report)
    verdict, _, rest = report.sentence().partition(": ")
    return _template().render(
        title=deployment.title or source.name,
        report=report,
        verdict=report.verdict.value,
        word=_WORDS[report.verdict],
        sentence=rest[:1].upper() + rest[1:] if verdict == _WORDS[report.verdict] else report.sentence(),
        budget=(shown_fraction(deployment.budget.epsilon), shown_fraction(deployment.budget.delta)),
        total=(shown_bounds(report.epsilon), shown_bounds(report.delta)),
        header=header,
        rows=rows,
        last=total,
        sections=[each for each in sections(report) if each[0] not in _APART],
        witness=next((lines for title, lines in sections(report) if title == _APART[2]), ()),
        claims=_uses(report, band),
        band=band and _band_rows(band),
        picture=band and picture_of(band, deployment.budget),
        frame=FRAME,
        missing=missing,
        source=source,
        toolkit=toolkit or _installed(),
        date=date,
    )


def _band(report: CheckReport) -> tuple[PrivacyBand | None, str]:
    try:
        return band_of(report), ""
    except (NotCoveredError, UndecidedError) as error:  # the verdict stands without the picture
        return None, str(error)


def _band_rows(band: PrivacyBand) -> list[tuple[str, str, str]]:
    return [
        (shown_fraction(epsilon), print_at_most(bounds.lower, 4), print_at_least(bounds.upper, 4))
        for epsilon, bounds in zip(band.epsilons, band.bounds, strict=True)
    ]


def _uses(report: CheckReport, band: PrivacyBand | None) -> list[_Use]:
    ends: dict[str, list[str]] = {}
    parts = [part for shuffler in report.shufflers for part in (shuffler.epsilon, shuffler.delta)]
    groups: list[tuple[str, tuple[str, ...]]] = [
        ("upper ends", report.claims),
        ("upper ends", tuple(claim for bounds in parts for claim in bounds.upper_claims)),
        (
            "lower ends",
            tuple(c for bounds in (report.epsilon, report.delta, *parts) for c in bounds.lower_claims),
        ),
        ("curve", (*band.claims, "connect-the-dots") if band else ()),
        ("sensitivity", ("monotone-users",) if report.sensitivity else ()),
    ]
    for end, claims in groups:
        for claim in claims:
            known = ends.setdefault(claim, [])
            if end not in known:
                known.append(end)
    return [_Use(claim, CLAIMS[claim].title, ", ".join(known)) for claim, known in ends.items()]


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader(__name__.rpartition(".")[0], "templates")
    options: dict[str, Any] = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, **options).get_template(
        "report.html"
    )


def _installed() -> str:
    try:
        return f"version {version('concurrent-shuffle-accounting')}"
    except PackageNotFoundError:
        return "a version that only an installation knows"

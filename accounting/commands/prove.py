"""``prove``: run the checks behind the claims, or list the claims that a function may reach."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..errors import NotCoveredError, ParameterError
from .output import deliver

if TYPE_CHECKING:
    from rich.console import Console

    from proofs.checks.run import Verdict

__all__ = ["prove"]

HOLDS, FAILS = 0, 1


def prove(
    *claims: str,
    audit: str | None = None,
    deep: bool = False,
    record: str | None = None,
    jobs: int | None = None,
    json: bool = False,
) -> int:
    """Run the checks behind the claims, and print what stands behind each.

    Evidence is the strongest kind among the checks of a claim: symbolic (computer algebra, for all values), exhaustive (every case of
    a stated size), enclosed (interval arithmetic over whole boxes of parameters), property (chosen or drawn cases).
    A claim whose proof only people have read is listed last, as proof-text. The proofs are in proofs/statements.

    Example: `shuffle-accounting prove clones-reduction binary-threshold`

    Exit codes:

    - 0: no check contradicts a claim
    - 1: a check contradicts its claim
    - 2: bad usage

    Args:
        claims: ids of claims; without any, all of them.
        audit: instead, list the claims that this function may reach, like `accounting.Shuffle.epsilon`.
        deep: run the long checks, too, which may take an hour.
        record: keep outcomes in this file, and go on from it after a stop.
        jobs: processes; by default one for each core.
        json: print one JSON document and nothing else.
    """
    try:
        import proofs.checks.run  # noqa: F401 - a vendored toolkit may come without its proofs
    except ModuleNotFoundError as error:
        raise NotCoveredError(f"prove needs the package proofs beside accounting: {error}") from None
    if audit is not None:
        if claims or deep or record is not None or jobs is not None:
            raise ParameterError("--audit", "must stand alone", audit, "Leave out the other options")
        return _audited(audit, json=json)
    if jobs is not None and jobs < 1:
        raise ParameterError("--jobs", "must be at least 1", jobs)
    verdicts = _verdicts(claims, deep=deep, record=record, jobs=jobs or os.cpu_count() or 1)
    deliver(
        text=lambda: _as_text(verdicts),
        content=lambda: [verdict.as_dict() for verdict in verdicts],
        json=json,
        on_terminal=lambda console: _print(verdicts, console),
    )
    return HOLDS if all(verdict.holds for verdict in verdicts) else FAILS


def _verdicts(claims: tuple[str, ...], *, deep: bool, record: str | None, jobs: int) -> list[Verdict]:
    from proofs.checks.registry import chosen
    from proofs.checks.run import Record, run

    from ..tables.progress import progress_bar
    from ..tables.workers import processes

    claimed = chosen(claims, deep=deep)
    kept = Record(record) if record is not None else None
    with progress_bar("checking claims") as progress, processes(jobs) as executor:
        return run(claimed, executor=executor, record=kept, progress=progress)


def _audited(function: str, *, json: bool) -> int:
    from proofs.checks.audit import reached
    from proofs.checks.registry import chosen

    carriers = reached(function)
    listed = chosen(tuple(carriers)) if carriers else []
    deliver(
        text=lambda: (
            f"{function} may reach {len(listed)} claims:\n"
            + "".join(
                f"\n{claimed.id} ({claimed.evidence})\n    {claimed.title}\n    carried by {', '.join(carriers[claimed.id])}\n"
                for claimed in listed
            )
        ),
        content=lambda: [
            {
                "claim": claimed.id,
                "title": claimed.title,
                "evidence": claimed.evidence.value,
                "carried_by": carriers[claimed.id],
            }
            for claimed in listed
        ],
        json=json,
    )
    return HOLDS


def _as_text(verdicts: list[Verdict]) -> str:
    width = max(len(verdict.claimed.id) for verdict in verdicts)
    lines = []
    for verdict in verdicts:
        lines.append(
            f"{_state(verdict):5}  {verdict.claimed.id:{width}}  {verdict.claimed.evidence:15}  {verdict.seconds:6.1f} s"
        )
        lines += [f"       {words}" for words in _details(verdict)]
    return "\n".join([*lines, "", _summary(verdicts), ""])


def _print(verdicts: list[Verdict], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("claim", "", "evidence", "what was gone through", "s", title="Claims and their checks")
    for verdict in verdicts:
        style = "red" if not verdict.holds else "yellow" if not verdict.claimed.checks else ""
        table.add_row(
            verdict.claimed.id,
            _state(verdict),
            verdict.claimed.evidence.value,
            Text("\n".join(_details(verdict))),
            f"{verdict.seconds:.1f}",
            style=style,
        )
    console.print(table)
    console.print(_summary(verdicts), highlight=False)


def _state(verdict: Verdict) -> str:
    if not verdict.holds:
        return "FAILS"
    return "holds" if verdict.claimed.checks else "read"


def _details(verdict: Verdict) -> list[str]:
    if not verdict.claimed.checks:
        return [f"a proof that people have read: proofs/statements/{verdict.claimed.id}.md"]
    if verdict.failures:
        return list(verdict.failures)
    details = []
    for check in verdict.claimed.checks:
        cases = sum(outcome.cases for outcome in verdict.outcomes if outcome.check == check.name)
        details.append(f"{check.evidence}, {cases:,} cases: {check.about}")
    return details


def _summary(verdicts: list[Verdict]) -> str:
    failed = [verdict.claimed.id for verdict in verdicts if not verdict.holds]
    read = sum(not verdict.claimed.checks for verdict in verdicts)
    checked = len(verdicts) - read
    words = f"{checked} of {len(verdicts)} claims have checks that ran; {read} rest on proofs that only people have read."
    return (
        f"{words} Contradicted: {', '.join(failed)}."
        if failed
        else f"{words} No check contradicts its claim."
    )

"""Running checks: unit by unit, on as many processes as are given, with a record from which a stopped run goes on."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

import accounting
import proofs
from accounting.errors import AccountingError, ParameterError
from accounting.tables.identity import sources_digest

from .check import Check, CheckFailedError, Unit
from .registry import Claimed

__all__ = ["Outcome", "Record", "Verdict", "run"]

_BROKEN = (AccountingError, ArithmeticError, LookupError, TypeError, ValueError)
"""What a wrong number runs into besides a failed comparison: crossing ends, a refusal, an index that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one call of a check found.

    Attributes:
        check: the function's name.
        unit: its arguments.
        cases: how many cases it went through; 0 when it failed.
        seconds: how long it took.
        failure: the case that contradicts the claim; None when there is none.
    """

    check: str
    unit: Unit
    cases: int
    seconds: float
    failure: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a run says of one claim.

    Attributes:
        claimed: the claim and its checks.
        outcomes: of all units of all checks, in order.
    """

    claimed: Claimed
    outcomes: tuple[Outcome, ...]

    @property
    def failures(self) -> tuple[str, ...]:
        """The contradictions that were found."""
        return tuple(outcome.failure for outcome in self.outcomes if outcome.failure is not None)

    @property
    def holds(self) -> bool:
        """Whether no check contradicts the claim; for evidence ``proof-text`` there is none that could."""
        return not self.failures

    @property
    def seconds(self) -> float:
        """How long the checks took, added up over processes."""
        return sum(outcome.seconds for outcome in self.outcomes)

    def as_dict(self) -> dict[str, object]:
        """Return JSON-able values."""
        return {
            "claim": self.claimed.id,
            "holds": self.holds,
            "evidence": self.claimed.evidence.value,
            "seconds": round(self.seconds, 3),
            "title": self.claimed.title,
            "failures": list(self.failures),
            "checks": [
                {
                    "function": check.name,
                    "evidence": check.evidence.value,
                    "covers": check.about,
                    "cases": sum(outcome.cases for outcome in self.outcomes if outcome.check == check.name),
                }
                for check in self.claimed.checks
            ],
        }


def run(
    claims: Iterable[Claimed],
    *,
    executor: Executor | None = None,
    record: Record | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Verdict]:
    """Run the checks of claims.

    Args:
        claims: from `registry.chosen`.
        executor: where units run; None runs them here, one after the other.
        record: keeps what was found, and answers what it has already.
        progress: called with the number of units that are done, and of all.

    Returns:
        One verdict a claim, in the same order.
    """
    claims = list(claims)
    units = [(check, unit) for claimed in claims for check in claimed.checks for unit in check.units]
    found: dict[tuple[str, Unit], Outcome] = {}
    todo = []
    for check, unit in units:
        known = record.known(check.name, unit) if record is not None else None
        if known is None:
            todo.append((check, unit))
        else:
            found[check.name, unit] = known
    if progress is not None:
        progress(len(found), len(units))
    for outcome in _outcomes(todo, executor):
        found[outcome.check, outcome.unit] = outcome
        if record is not None:
            record.keep(outcome)
        if progress is not None:
            progress(len(found), len(units))
    return [
        Verdict(
            claimed=claimed,
            outcomes=tuple(found[check.name, unit] for check in claimed.checks for unit in check.units),
        )
        for claimed in claims
    ]


def _outcomes(units: Sequence[tuple[Check, Unit]], executor: Executor | None) -> Iterator[Outcome]:
    if executor is None:
        for check, unit in units:
            yield _outcome(check, unit)
        return
    pending = [executor.submit(_outcome, check, unit) for check, unit in units]
    try:
        for future in as_completed(pending):
            yield future.result()
    finally:  # an interrupted run leaves nothing behind that would still begin
        for future in pending:
            future.cancel()


def _outcome(check: Check, unit: Unit) -> Outcome:
    start = time.perf_counter()
    cases, failure = 0, None
    try:
        cases = check.function(*unit)
        if cases < 1:
            failure = "the check went through no case"
    except CheckFailedError as error:
        failure = str(error)
    except _BROKEN as error:
        failure = f"{type(error).__name__}: {error}"
    if failure is not None:
        failure = f"{check.name}{unit if unit else ''}: {failure}"
    return Outcome(
        check=check.name,
        unit=unit,
        cases=0 if failure is not None else cases,
        seconds=time.perf_counter() - start,
        failure=failure,
    )


class Record:
    """Outcomes on disk, one JSON line each, for the code as it stands.

    The first line carries a digest of all source files: outcomes of other code answer nothing.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open a record, or begin one.

        Raises:
            ParameterError: the file cannot be used, or belongs to other code.
        """
        self._path = Path(path)
        self._known: dict[tuple[str, Unit], Outcome] = {}
        header = json.dumps({"format": "outcomes of checks", "sources": _digest()})
        try:
            text = self._path.read_text(encoding="utf-8") if self._path.exists() else ""
            if header.startswith(text):  # not there, or the process died in its first line
                self._path.write_text(header + "\n", encoding="utf-8")
                return
            lines = text.split("\n")
            if lines[0] != header:
                raise ParameterError(
                    "record",
                    "must come from the code as it stands",
                    str(path),
                    "Name another file, or delete it to begin anew",
                )
            for line in lines[
                1:-1
            ]:  # after the last end of line stands nothing, or a line that was never finished
                entry = json.loads(line)
                outcome = Outcome(**{**entry, "unit": tuple(entry["unit"])})
                self._known[outcome.check, outcome.unit] = outcome
            if lines[-1]:
                os.truncate(self._path, self._path.stat().st_size - len(lines[-1].encode()))
        except (OSError, ValueError, TypeError, KeyError) as error:
            if isinstance(error, ParameterError):
                raise
            raise ParameterError(
                "record", "must be a file of outcomes that can be written", str(path), str(error)
            ) from None

    def known(self, check: str, unit: Unit) -> Outcome | None:
        """Return what an earlier run found, if it found something."""
        return self._known.get((check, unit))

    def keep(self, outcome: Outcome) -> None:
        """Append an outcome; it is on disk when this returns."""
        self._known[outcome.check, outcome.unit] = outcome
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(outcome)) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _digest() -> str:
    """Return a digest of every source file of the toolkit and its proofs."""
    return sources_digest(*(Path(next(iter(package.__path__))) for package in (accounting, proofs)))

"""Running checks: verdicts, failures of every kind, and a record from which a stopped run goes on."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from accounting.claims import CLAIMS
from accounting.errors import ParameterError
from proofs.checks import run as module
from proofs.checks.check import Check, CheckFailedError, Evidence, Unit
from proofs.checks.registry import Claimed, all_checks, chosen
from proofs.checks.run import Outcome, Record, run

CALLS: list[Unit] = []


def counts(cases: int = 3) -> int:
    """Count to a number."""
    CALLS.append((cases,))
    return cases


def contradicts() -> int:
    """Find a contradiction."""
    raise CheckFailedError("2 > 1")


def breaks() -> int:
    """Run into ends that cross."""
    raise ArithmeticError("the ends cross")


def claimed(*checks: Check) -> Claimed:
    return Claimed(id="walk-identity", title="one line", checks=checks)


def a_check(
    function: object, evidence: Evidence = Evidence.PROPERTY, units: tuple[Unit, ...] = ((),)
) -> Check:
    return Check(claim="walk-identity", evidence=evidence, function=function, units=units, deep=False)  # type: ignore[arg-type]


def test_a_claim_that_passes_its_checks_holds() -> None:
    (verdict,) = run([claimed(a_check(counts, units=((2,), (5,))))])
    assert verdict.holds
    assert [outcome.cases for outcome in verdict.outcomes] == [2, 5]
    assert verdict.as_dict()["checks"] == [
        {"function": a_check(counts).name, "evidence": "property", "covers": "Count to a number.", "cases": 7}
    ]


@pytest.mark.parametrize(
    ("function", "words"), [(contradicts, "2 > 1"), (breaks, "ArithmeticError: the ends cross")]
)
def test_a_contradiction_or_an_alarm_fails_the_claim(function: object, words: str) -> None:
    (verdict,) = run([claimed(a_check(counts), a_check(function))])
    assert not verdict.holds
    assert len(verdict.failures) == 1
    assert verdict.failures[0].endswith(words)


def test_a_check_without_cases_fails() -> None:
    (verdict,) = run([claimed(a_check(counts, units=((0,),)))])
    assert not verdict.holds


def test_a_claim_without_checks_is_read_only() -> None:
    (verdict,) = run([claimed()])
    assert verdict.claimed.evidence is Evidence.PROOF_TEXT
    assert verdict.holds
    assert verdict.outcomes == ()


def test_an_executor_gives_the_same_outcomes() -> None:
    claims = [claimed(a_check(counts, units=((1,), (2,), (3,)))), claimed(a_check(contradicts))]
    seen: list[tuple[int, int]] = []
    with ThreadPoolExecutor(2) as executor:
        verdicts = run(claims, executor=executor, progress=lambda done, total: seen.append((done, total)))
    assert [verdict.holds for verdict in verdicts] == [True, False]
    assert seen == [(done, 4) for done in range(5)]


def test_the_strongest_evidence_comes_first() -> None:
    for one in chosen(deep=True):
        order = [tuple(Evidence).index(check.evidence) for check in one.checks]
        assert order == sorted(order)


def test_unchecked_claims_come_last() -> None:
    listed = chosen()
    assert {one.id for one in listed} == set(CLAIMS)
    has_checks = [bool(one.checks) for one in listed]
    assert has_checks == sorted(has_checks, reverse=True)


def test_an_unknown_claim_is_refused() -> None:
    with pytest.raises(ParameterError) as caught:
        chosen(["walk-identity", "no-such-claim"])
    assert caught.value.value == "no-such-claim"


def test_every_check_belongs_to_a_claim_and_says_what_it_covers() -> None:
    for check in all_checks():
        assert check.claim in CLAIMS
        assert check.about.endswith(".")
        assert check.units
        assert json.loads(json.dumps(check.units)) == [list(unit) for unit in check.units]


# ---------------------------------------------------------------- the record


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "record"
    claims = [claimed(a_check(counts, units=((1,), (2,))))]
    run(claims, record=Record(path))
    CALLS.clear()
    (verdict,) = run([claimed(a_check(counts, units=((1,), (2,), (4,))))], record=Record(path))
    assert CALLS == [(4,)]
    assert [outcome.cases for outcome in verdict.outcomes] == [1, 2, 4]


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_line_that_was_never_finished_is_run_again(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "record"
    run([claimed(a_check(counts, units=((1,), (2,))))], record=Record(path))
    path.write_bytes(path.read_bytes()[:-cut])
    record = Record(path)
    assert record.known(a_check(counts).name, (1,)) is not None
    assert record.known(a_check(counts).name, (2,)) is None
    record.keep(Outcome(check="x", unit=(), cases=1, seconds=0.0, failure=None))
    assert Record(path).known("x", ()) is not None


def test_a_record_of_other_code_answers_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "record"
    Record(path)
    monkeypatch.setattr(module, "_digest", lambda: "other")
    with pytest.raises(ParameterError, match="must come from the code as it stands"):
        Record(path)


@pytest.mark.parametrize(
    "content", ["notes", '{"format": "outcomes of checks", "sources": "0"}\n', "[]\n1\n"]
)
def test_a_file_of_somebody_else_stays_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / "record"
    path.write_text(content)
    with pytest.raises(ParameterError):
        Record(path)
    assert path.read_text() == content


def test_a_folder_is_no_record(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="record must be a file"):
        Record(tmp_path)

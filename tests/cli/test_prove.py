"""``prove``: evidence, exit codes, and a false claim that makes it fail."""

import json
from pathlib import Path

import pytest

from accounting.claims import CLAIMS
from accounting.cli import main
from proofs.checks.check import CHECKS, Check, CheckFailedError, Evidence
from proofs.checks.registry import all_checks


def run(capfd: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = main(["prove", *argv])
    out, err = capfd.readouterr()
    return code, out, err


def holds() -> int:
    """Check nothing but that checks run."""
    return 7


def fails() -> int:
    """Check that one is two."""
    raise CheckFailedError("1 is not 2")


def plant(monkeypatch: pytest.MonkeyPatch, function: object) -> None:
    all_checks()  # so that the list is complete before one is added
    check = Check(
        claim="pure-ratio",
        evidence=Evidence.EXHAUSTIVE,
        function=function,  # type: ignore[arg-type]
        units=((),),
        deep=False,
    )
    monkeypatch.setattr("proofs.checks.registry.CHECKS", [*CHECKS, check])


def test_a_claim_that_holds(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, holds)
    code, out, err = run(capfd, "pure-ratio", "--jobs", "1", "--json")
    assert (code, err) == (0, "")
    (entry,) = json.loads(out)
    assert entry["claim"] == "pure-ratio"
    assert entry["holds"] is True
    assert entry["evidence"] in {"symbolic", "exhaustive"}
    assert entry["seconds"] >= 0


def test_a_planted_false_claim_fails(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, fails)
    code, out, _ = run(capfd, "pure-ratio", "--jobs", "1")
    assert code == 1
    assert "FAILS  pure-ratio" in out
    assert "1 is not 2" in out
    assert "Contradicted: pure-ratio." in out
    code, out, _ = run(capfd, "pure-ratio", "--jobs", "1", "--json")
    assert code == 1
    assert json.loads(out)[0]["holds"] is False


def test_a_record_answers_the_second_time(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plant(monkeypatch, holds)
    record = tmp_path / "record.jsonl"
    code, first, _ = run(capfd, "pure-ratio", "--jobs", "1", "--json", "--record", str(record))
    assert code == 0
    code, second, _ = run(capfd, "pure-ratio", "--jobs", "1", "--json", "--record", str(record))
    assert code == 0
    assert first == second


@pytest.mark.slow
def test_every_claim_holds_on_all_cores(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "--json")
    assert (code, err) == (0, "")
    listed = json.loads(out)
    assert {entry["claim"] for entry in listed} == set(CLAIMS)
    assert all(entry["holds"] for entry in listed)
    assert {entry["evidence"] for entry in listed} <= set(Evidence)


def test_audit(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "--audit", "accounting.Shuffle.epsilon", "--json")
    assert (code, err) == (0, "")
    listed = json.loads(out)
    assert {"blanket-reduction", "certified-inverse"} <= {entry["claim"] for entry in listed}
    code, out, _ = run(capfd, "--audit", "accounting.Shuffle.epsilon")
    assert code == 0
    assert "carried by accounting." in out


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("no-such-claim",), "claim must be the id of a claim; got no-such-claim"),
        (("--audit", "json.dumps"), "audit must be the dotted name"),
        (("--audit", "accounting.exact_delta", "--deep"), "--audit must stand alone"),
        (("--jobs", "0"), "--jobs must be at least 1; got 0"),
        (("pure-ratio", "--record", "/no/such/folder/record"), "record must be a file"),
    ],
)
def test_bad_usage_is_one_line(capfd: pytest.CaptureFixture[str], argv: tuple[str, ...], said: str) -> None:
    code, out, err = run(capfd, *argv)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1

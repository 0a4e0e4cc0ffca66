"""The independent checker confirms what the search finds, and denies a certificate in which anything was altered."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from accounting.literature import PUBLISHED
from accounting.literature.certificate import Counterexample
from accounting.literature.counterexample import SEEDS, refute
from proofs.reference.counterexample import check, main
from proofs.reference.published import DeniedError

pytestmark = pytest.mark.crosscheck

ROOT = Path(__file__).resolve().parents[2]
REFUTED = ("variation-ratio", "stronger-clones-kary", "gaussian-limit", "gaussian-tangent")


def found(bound: str) -> Counterexample:
    counterexample = refute(PUBLISHED[bound], SEEDS[:1])
    assert counterexample is not None
    return counterexample


@pytest.mark.parametrize("bound", REFUTED)
def test_confirmed(bound: str, tmp_path: Path) -> None:
    path = tmp_path / "found.json"
    found(bound).write(path)
    assert main([str(path)]) == 0


def test_general_channels_too() -> None:
    """For an asymmetric binary channel the published parameters claim less than two users lose."""
    counterexample = refute(PUBLISHED["variation-ratio"], SEEDS[2:3])
    assert counterexample is not None
    assert len(counterexample.channel) == len(counterexample.channel[0]) == 2
    assert check(counterexample.to_json()).startswith("confirmed")


ALTERED: list[tuple[str, Any]] = [
    ("form", "shuffle-counterexample-2"),
    ("bound", "gaussian-limit"),
    ("bound", "clones"),
    ("channel", [["2/3", "1/6", "1/6"], ["1/6", "2/3", "1/6"], ["1/6", "1/6", "2/3"]]),
    ("channel", [["1/2", "1/4", "1/4"], ["1/4", "1/2", "1/4"], ["1/4", "1/4", "1/3"]]),
    ("channel", [["1/2", "1/4", "1/4"], ["1/4", "1/2"], ["1/4", "1/4", "1/2"]]),
    ("channel", []),
    ("users", 3),
    ("users", 2.5),
    ("target", [2, 1]),
    ("target", [1, 0]),
    ("target", [0, 0]),
    ("target", [0, 7]),
    ("target", [0, "1"]),
    ("others", [[1, 1]]),
    ("others", [[2, 1]]),
    ("others", [[0, 2]]),
    ("others", [[0, 1], [0, 0]]),
    ("others", []),
    ("alpha", "3/2"),
    ("alpha", "1/2"),
    ("alpha", "1e9"),
    ("exact", "1/23"),
    ("exact", "1/25"),
    ("exact", 0.0416),
    ("exact_is", "at least"),
    ("claimed", "1/49"),
    ("claimed", "1/47"),
    ("claimed", "0"),
    ("claimed_is", "at most"),
]


@pytest.mark.parametrize(
    ("field", "value"), ALTERED, ids=[f"{field}-{i}" for i, (field, _) in enumerate(ALTERED)]
)
def test_altered(field: str, value: Any) -> None:
    fields = json.loads(found("variation-ratio").to_json())
    assert fields[field] != value
    assert check(json.dumps(fields))
    with pytest.raises(DeniedError):
        check(json.dumps({**fields, field: value}))


def test_every_field_is_altered() -> None:
    assert {field for field, _ in ALTERED} == set(json.loads(found("variation-ratio").to_json()))


@pytest.mark.parametrize(("field", "value"), [("claimed", "1/5"), ("claimed_is", "equal"), ("alpha", "9/8")])
def test_altered_where_the_formula_is_in_floats(field: str, value: str) -> None:
    fields = json.loads(found("gaussian-limit").to_json())
    with pytest.raises(DeniedError):
        check(json.dumps({**fields, field: value}))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 100_000, '{"form": 1}'])
def test_no_certificate(text: str) -> None:
    with pytest.raises(DeniedError):
        check(text)


def test_fields_that_are_missing_or_too_many() -> None:
    fields = json.loads(found("variation-ratio").to_json())
    with pytest.raises(DeniedError):
        check(json.dumps({**fields, "note": ""}))
    del fields["alpha"]
    with pytest.raises(DeniedError):
        check(json.dumps(fields))


@pytest.mark.parametrize(("other", "exact"), [(0, "21/64"), (1, "17/64")])
def test_numbers_that_are_right_but_refute_nothing(other: int, exact: str) -> None:
    """Binary response of two users: what is claimed is lost, or more is claimed than these data sets lose."""
    fields = {
        **json.loads(found("variation-ratio").to_json()),
        "channel": [["3/4", "1/4"], ["1/4", "3/4"]],
        "others": [[other, 1]],
        "alpha": "5/4",
        "exact": exact,
        "claimed": "21/64",
    }
    with pytest.raises(DeniedError, match="is not above"):
        check(json.dumps(fields))


def test_too_large_to_check() -> None:
    fields = json.loads(found("variation-ratio").to_json())
    with pytest.raises(DeniedError, match="too many"):
        check(json.dumps({**fields, "others": [[0, 10**6]], "users": 10**6 + 1}))


def test_the_command(tmp_path: Path) -> None:
    path = tmp_path / "found.json"
    found("variation-ratio").write(path)
    program = [sys.executable, "-m", "proofs.reference.counterexample"]
    done = subprocess.run([*program, str(path)], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stdout.split(":")[0]) == (0, "confirmed")
    assert main([]) == 2
    assert main([str(tmp_path / "none.json")]) == 1
    path.write_text(path.read_text(encoding="utf-8").replace("1/24", "1/23"), encoding="utf-8")
    assert main([str(path)]) == 1

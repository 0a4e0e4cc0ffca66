"""Certificates keep every fraction, refuse what breaks a rule, and are written whole or not at all."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import accounting as csa
from accounting.errors import ParameterError
from accounting.literature.certificate import Counterexample, kernel_of

F = Fraction
HALF, QUARTER = F(1, 2), F(1, 4)
FOUND = Counterexample(
    bound="variation-ratio",
    channel=((HALF, QUARTER, QUARTER), (QUARTER, HALF, QUARTER), (QUARTER, QUARTER, HALF)),
    target=(0, 1),
    others=((0, 1),),
    alpha=F(5, 3),
    delta=F(1, 24),
    claimed=F(1, 48),
)


def test_json_and_back() -> None:
    assert Counterexample.from_json(FOUND.to_json()) == FOUND
    bounded = replace(FOUND, delta_is="at least", claimed_is="at most", others=((0, 3), (2, 5)))
    assert Counterexample.from_json(bounded.to_json()) == bounded
    assert bounded.users == 9


def test_all_numbers_are_exact() -> None:
    fields = FOUND.as_dict()
    assert fields["exact"] == "1/24"
    assert fields["channel"][0] == ["1/2", "1/4", "1/4"]
    assert FOUND.size == (2, 3, 3, 4, 3, 5)


def test_sentence() -> None:
    assert "1/24 (0.0416666), claimed 1/48 (0.0208334)" in FOUND.sentence()


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("form", "other", "form"),
        ("bound", "", "bound"),
        ("channel", [["1/2", "1/4"], ["1/2", "1/2"]], "matrix[0]"),
        ("channel", "1/2", "channel"),
        ("users", 3, "users"),
        ("target", [0, 0], "target"),
        ("target", [0, 3], "target"),
        ("target", [0], "target"),
        ("others", [], "others"),
        ("others", [[0, 0]], "others"),
        ("others", [[5, 1]], "others"),
        ("others", [[2, 1], [0, 1]], "others"),
        ("alpha", "0", "alpha"),
        ("alpha", "nan", "alpha"),
        ("exact", "1/48", "exact"),
        ("exact", "3/2", "exact"),
        ("exact_is", "about", "exact_is"),
        ("claimed", "1/24", "exact"),
        ("claimed_is", "at least", "claimed_is"),
    ],
)
def test_what_breaks_a_rule_is_refused(name: str, value: Any, complaint: str) -> None:
    fields = {**json.loads(FOUND.to_json()), name: value}
    with pytest.raises(ParameterError) as error:
        Counterexample.from_json(json.dumps(fields))
    assert error.value.name == complaint


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", "[" * 100_000])
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(ParameterError):
        Counterexample.from_json(text)


def test_missing_and_unknown_fields_are_refused() -> None:
    fields = json.loads(FOUND.to_json())
    for wrong in (
        {**fields, "note": "x"},
        {name: value for name, value in fields.items() if name != "alpha"},
    ):
        with pytest.raises(ParameterError) as error:
            Counterexample.from_json(json.dumps(wrong))
        assert error.value.name == "certificate"


def test_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "found.json"
    FOUND.write(path)
    former = path.read_text(encoding="utf-8")
    assert Counterexample.from_json(former) == FOUND

    def full(*_: object) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        replace(FOUND, delta=F(1, 2)).write(path)
    assert [each.name for each in tmp_path.iterdir()] == ["found.json"]
    assert path.read_text(encoding="utf-8") == former


def test_the_randomizer_of_a_channel() -> None:
    assert isinstance(FOUND.kernel, csa.KaryRandomizedResponse)
    assert FOUND.kernel.factor.rational == 2
    assert kernel_of(FOUND.kernel.channel() or ()) == FOUND.kernel
    reversed_rows = FOUND.channel[::-1]
    assert isinstance(kernel_of(reversed_rows), csa.FiniteRandomizer)
    lying = ((QUARTER, 1 - QUARTER), (1 - QUARTER, QUARTER))
    assert isinstance(kernel_of(lying), csa.FiniteRandomizer)

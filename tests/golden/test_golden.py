"""Frozen values stay frozen: every one is inside the ends, and the ends are near it."""

import json
from fractions import Fraction

import pytest

import accounting as csa
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.pairs.of_randomizer import clones_pair, pairs_of
from accounting.randomizers import KaryRandomizedResponse, Randomizer
from tests.golden.golden import TABLE, entries, main

F = Fraction
ENTRIES: dict[str, str] = json.loads(TABLE.read_text(encoding="utf-8"))["entries"]


def asked(name: str) -> tuple[str, dict[str, Fraction]]:
    kind, *settings = name.split()
    return kind, {key: F(value) for key, value in (setting.split("=") for setting in settings)}


def randomizer_of(kind: str, given: dict[str, Fraction]) -> Randomizer:
    match kind:
        case "binary":
            return csa.BinaryRandomizedResponse(keep=given["keep"])
        case "kary":
            return csa.KaryRandomizedResponse(given["values"], keep=given["keep"])
        case "count":
            return csa.BinomialCount(levels=given["levels"], bits=given["bits"], p=given["p"])
        case _:
            raise LookupError(kind)


def enclosed(kind: str, given: dict[str, Fraction]) -> Enclosure:
    users, alpha = int(given["users"]), Factor.of(given["alpha"])
    match kind:
        case "clones":
            return clones_pair(Factor.of(given["factor"]), users).value(alpha, 1e-9).delta
        case "blanket":
            kernel = KaryRandomizedResponse.with_factor(3, Factor.of(given["factor"]))
            (pair,) = pairs_of(kernel, users).upper
            return pair.value(alpha, 1e-9).delta
        case _:
            pairs = pairs_of(randomizer_of(kind, given), users).upper
            found = pairs[0].value(alpha, 1e-9).delta
            for pair in pairs[1:]:
                found = found.maximum(pair.value(alpha, 1e-9).delta)
            return found


@pytest.mark.parametrize("name", ENTRIES)
def test_frozen_value(name: str) -> None:
    frozen, (kind, given) = F(ENTRIES[name]), asked(name)
    if kind == "kary":
        bounds = csa.Shuffle(randomizer_of(kind, given), users=given["users"]).delta(alpha=given["alpha"])
        assert bounds.lower <= frozen <= bounds.upper
        assert (
            csa.exact_delta(
                csa.Shuffle(randomizer_of(kind, given), users=given["users"]), alpha=given["alpha"]
            ).delta
            == frozen
        )
        return
    found = enclosed(kind, given)
    assert frozen in found
    assert found.width <= F(1, 10**8) * frozen


def test_the_table_is_what_the_reference_says() -> None:
    answers = dict(entries())
    assert list(ENTRIES) == list(answers)
    for name in list(ENTRIES)[::3]:
        assert ENTRIES[name] == str(answers[name]())


def test_ci_regenerates_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = TABLE.read_bytes()
    monkeypatch.setenv("CI", "1")
    assert main() == 2
    assert TABLE.read_bytes() == before

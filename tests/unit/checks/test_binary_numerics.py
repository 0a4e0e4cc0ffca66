"""Errors planted in the three roads to binary response are found."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from accounting.numerics.enclosure import Enclosure
from accounting.numerics.lattice import bernoulli_law
from accounting.pairs import binary, binary_envelope, binary_table
from proofs.checks import binary_numerics as checks
from tests.unit.checks.planting import assert_fails, planted

_TABLE, _LAW, _ENVELOPES = binary_table.worst_by_table, bernoulli_law, binary_envelope.envelopes


def test_tables_without_their_roundings_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binary_table, "_UNIT", 0.0)
    monkeypatch.setattr(binary_table, "_FLUSHED", 0.0)
    assert_fails(checks.tables_hold, 3, 30)


def test_tables_that_lack_a_data_set_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = planted(_TABLE, "for m in range(total + 1)", "for m in range(0, total + 1, total)")
    monkeypatch.setattr(binary_table, "worst_by_table", changed)
    assert_fails(checks.tables_hold, 3, 30)


def test_tables_that_name_another_data_set_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(*given: Any) -> list[binary_table.TableWorst | None]:
        return [worst and replace(worst, ones=worst.ones // 2) for worst in _TABLE(*given)]

    monkeypatch.setattr(binary_table, "worst_by_table", elsewhere)
    assert_fails(checks.tables_hold, 3, 30)


def test_an_enumeration_that_lacks_data_sets_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def alike(m: int, first: Any, others: int, second: Any) -> Any:
        return _LAW(0, first, m + others, second)

    monkeypatch.setattr(binary, "bernoulli_law", alike)
    assert_fails(checks.small_numbers_of_users, 3, 9)


@pytest.mark.parametrize(
    ("term", "instead"),
    [("(peak + radius * drift", "(peak / 2 + radius * drift"), ("peak = larger(peak, ", "peak = min(peak, ")],
)
def test_a_block_without_a_term_fails(monkeypatch: pytest.MonkeyPatch, term: str, instead: str) -> None:
    monkeypatch.setattr(binary._Search, "_strip_bound", planted(binary._Search._strip_bound, term, instead))
    assert_fails(checks.blocks_are_bounded, 3, 60)


def test_a_search_that_forgets_blocks_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    forgetful = planted(
        binary._Search.run, "    for block in heap:\n        upper = larger(upper, block.bound)\n", ""
    )
    monkeypatch.setattr(binary._Search, "run", forgetful)
    monkeypatch.setattr(binary, "_BUDGET", 0)
    assert_fails(checks.searches_hold, 3, 60)


def test_an_envelope_a_little_lower_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def lowered(*given: Any) -> dict[Any, Enclosure]:
        return {
            alpha: Enclosure(min(d.lower, d.upper * Fraction(99, 100)), d.upper * Fraction(99, 100))
            for alpha, d in _ENVELOPES(*given).items()
        }

    monkeypatch.setattr(binary_envelope, "envelopes", lowered)
    assert_fails(checks.envelopes_hold, 3, 2001, 200)


def test_an_envelope_that_is_not_attained_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def raised(*given: Any) -> dict[Any, Enclosure]:
        return {alpha: Enclosure(d.upper, d.upper) for alpha, d in _ENVELOPES(*given).items()}

    monkeypatch.setattr(binary_envelope, "envelopes", raised)
    assert_fails(checks.envelopes_hold, 3, 2001, 500)


@pytest.mark.slow
def test_they_pass() -> None:
    assert checks.tables_hold(7, 60) > 0
    assert checks.small_numbers_of_users(3, 9) > 0
    assert checks.searches_hold(3, 60) > 0
    assert checks.blocks_are_bounded(3, 60) > 0
    assert checks.envelopes_hold(3, 2001, 500) > 0

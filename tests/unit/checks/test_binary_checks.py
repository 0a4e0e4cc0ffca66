"""Checks of binary response see what is planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from accounting.numerics.enclosure import Enclosure
from accounting.pairs import binary as code_of_binary
from proofs.checks import binary
from proofs.checks.check import CheckFailedError

pytestmark = pytest.mark.proof

F = Fraction


def test_small_units_hold() -> None:
    assert binary.counts_are_log_concave(5) > 30
    assert binary.difference_changes_sign_once(5) > 20
    assert binary.best_threshold_is_the_divergence(4) > 100
    assert binary.brackets_have_one_peak(5) > 100
    assert binary.code_finds_the_worst_data(3) > 50


def test_reversed_unimodality_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the brackets turned upside down, so that they fall first; and the sign of the difference reversed."""
    right, sign = binary.brackets_of, binary.never_negative
    monkeypatch.setattr(
        binary, "brackets_of", lambda *given: [[-value for value in row] for row in right(*given)]
    )
    with pytest.raises(CheckFailedError, match="falls and rises again"):
        binary.brackets_have_one_peak(5)
    monkeypatch.setattr(binary, "never_negative", lambda polynomial, case: sign(-polynomial, case))
    with pytest.raises(CheckFailedError, match="negative coefficient"):
        binary.difference_changes_sign_once(5)


def test_one_peak_is_one_peak() -> None:
    binary.ask_one_peak([F(1), F(1), F(2), F(2), F(0)], "a hill")
    for valley in ([F(2), F(1), F(2)], [F(1), F(0), F(0), F(1, 9)], [F(0), F(3), F(2), F(3), F(0)]):
        with pytest.raises(CheckFailedError, match="a valley"):
            binary.ask_one_peak(valley, "a valley")


def test_unequal_coins_in_the_wrong_place_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: counts that are no sums of independent reports, two of which always agree."""
    right = binary.others_law

    def wrong(ones: int, zeros: int) -> tuple[Any, ...]:
        law = right(ones, zeros)
        return tuple(law[t // 2] if t % 2 == 0 else 0 * law[0] for t in range(2 * len(law)))

    monkeypatch.setattr(binary, "others_law", wrong)
    with pytest.raises(CheckFailedError, match="negative coefficient"):
        binary.counts_are_log_concave(4)


def test_a_wrong_bracket_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the loss without the factor alpha on the second tail."""

    def wrong(others: Sequence[Any], t: int, w: Any, alpha: Any) -> Any:
        gain, loss = (w - alpha) / (1 + w), (w - 1) / (1 + w)
        return gain * sum(others[max(t - 1, 0) :]) - loss * sum(others[t:])

    monkeypatch.setattr(binary, "bracket", wrong)
    with pytest.raises(CheckFailedError, match="F is not"):
        binary.brackets_are_threshold_events()
    with pytest.raises(CheckFailedError, match="the best threshold gives"):
        binary.best_threshold_is_the_divergence(3)


def test_a_search_of_alike_users_only_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the search gives what it found without ones among the others."""
    right = code_of_binary.worst_binary

    def wrong(*given: Any) -> Any:
        found = right(*given)
        return replace(
            found, delta=Enclosure(found.delta.lower * F(99, 100), found.delta.lower * F(999, 1000))
        )

    monkeypatch.setattr(code_of_binary, "worst_binary", wrong)
    with pytest.raises(CheckFailedError, match="outside of"):
        binary.code_finds_the_worst_data(3)

"""Checks of the Renyi filter see what is planted."""

from __future__ import annotations

from fractions import Fraction

import pytest

from accounting.ledger import budget
from proofs.checks import ledger
from proofs.checks.check import CheckFailedError
from proofs.exhaustive.small_channels import Channel

pytestmark = pytest.mark.proof

F = Fraction


def test_the_root_is_below() -> None:
    for value in (F(2), F(1, 3), F(9, 4)):
        assert value * F(10**17 - 1, 10**17) ** 2 <= ledger.root_below(value, 2) ** 2 <= value
    assert ledger.root_below(F(9, 4), 1) == F(9, 4)


@pytest.mark.parametrize("order", [2, 3])
def test_a_constant_that_is_a_little_too_small_fails(monkeypatch: pytest.MonkeyPatch, order: int) -> None:
    """Planted: c less by 2 %; adversaries use up to 99 % of delta."""
    right = ledger.constant
    monkeypatch.setattr(ledger, "constant", lambda order: right(order) * F(98, 100))
    with pytest.raises(CheckFailedError, match="some adversary gets"):
        ledger.no_adversary_gets_more_than_delta(order, 2)
    with pytest.raises(CheckFailedError, match="c is"):
        ledger.constant_is_the_largest_value()


def test_a_filter_without_a_limit_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = ledger.most_lost
    monkeypatch.setattr(ledger, "most_lost", lambda menus, worth, _: right(menus, worth, None))
    with pytest.raises(CheckFailedError, match="some adversary gets"):
        ledger.no_adversary_leaves_the_budget(2, 2)


def test_charges_for_the_average_data_set_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: each size is charged for the data set that loses least."""
    right = ledger.menu

    def wrong(channels: list[Channel], sizes: tuple[int, ...], order: int) -> ledger.Menu:
        found = right(channels, sizes, order)
        return [(min(ledger.moment(pair, order) for pair in pairs), pairs) for _, pairs in found]

    monkeypatch.setattr(ledger, "menu", wrong)
    with pytest.raises(CheckFailedError, match="some adversary gets"):
        ledger.no_adversary_gets_more_than_delta(3, 2)


def test_a_code_with_a_wrong_conversion_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = budget._overhead
    monkeypatch.setattr(budget, "_overhead", lambda order, delta: right(order, delta) - 1e-6)
    with pytest.raises(CheckFailedError, match="order 2"):
        ledger.code_converts_what_was_spent()


def test_a_code_that_charges_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "renyi_upper", lambda *_: F(1, 10**6))
    with pytest.raises(CheckFailedError, match="some adversary gets"):
        ledger.code_charges_enough("8", "1/16", "97/100")

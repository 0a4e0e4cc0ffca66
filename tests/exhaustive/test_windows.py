"""Windows with a bad step: every family of batches, and checks that notice a wrong window."""

from collections.abc import Callable
from math import comb

import pytest

from accounting.lower_bound.tight_window import tight_window
from proofs.checks import structure
from proofs.checks.check import CHECKS, Check, CheckFailedError
from proofs.lower_bound import exhaustive
from proofs.lower_bound.exhaustive import Window, families, listed, published_window, searched, table

pytestmark = pytest.mark.proof

OURS = [check for check in CHECKS if check.function.__module__ == structure.__name__]


@pytest.mark.parametrize("check", [check for check in OURS if not check.deep], ids=lambda check: check.name)
def test_the_checks_hold(check: Check) -> None:
    for unit in check.units:
        assert check.function(*unit) > 0


@pytest.mark.slow
def test_deep_units_are_of_the_claims_kind() -> None:
    deep = [check for check in OURS if check.deep]
    assert {check.claim for check in deep} == {"tight-windows"}
    for check in deep:
        assert len(set(check.units)) == len(check.units)
        assert check.function(*check.units[0]) > 0


@pytest.mark.parametrize(
    ("block", "groups", "shufflers"), [(2, 2, 1), (2, 3, 2), (3, 2, 2), (3, 3, 1), (2, 2, 3)]
)
def test_a_smaller_window_fails(
    monkeypatch: pytest.MonkeyPatch, block: int, groups: int, shufflers: int
) -> None:
    true = exhaustive.smallest_window(block=block, group=1, groups=groups, shufflers=shufflers)
    for check, name in (
        (structure.published_windows, "published_window"),
        (structure.every_window, "unaligned_window"),
    ):
        monkeypatch.setattr(structure, name, lambda **_: true)
        assert check(block, 1, groups, shufflers) > 0
        monkeypatch.setattr(structure, name, lambda **_: true - 1)
        with pytest.raises(CheckFailedError, match=str(true - 1)):
            check(block, 1, groups, shufflers)


def other(change: int) -> Callable[..., int]:
    return lambda **size: tight_window(**size) + change


@pytest.mark.parametrize("change", [-1, 1])
def test_another_formula_fails(monkeypatch: pytest.MonkeyPatch, change: int) -> None:
    monkeypatch.setattr(structure, "tight_window", other(change))
    with pytest.raises(CheckFailedError, match="the smallest window has 18 users"):
        structure.every_window(2, 1, 3, 2)


def test_states_that_forget_something_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    moves = exhaustive._moves

    def forgetful(state: exhaustive.State, *, in_group: bool) -> object:
        chain, fresh, closed, tokens = state
        return moves((chain, fresh, closed, tuple(min(token, 0) for token in tokens)), in_group=in_group)

    monkeypatch.setattr(exhaustive, "_moves", forgetful)
    with pytest.raises(CheckFailedError, match="listed"):
        structure.listed_families(2, 1, 2, 1, 0, 6)


@pytest.mark.parametrize(
    ("window", "users"),
    [
        (Window(block=1, group=1, groups=3, shufflers=2), 4),
        (Window(block=1, group=1, groups=4, shufflers=1), 6),
        (Window(block=2, group=1, groups=2, shufflers=2), 5),
        (Window(block=2, group=2, groups=2, shufflers=2, skipped=1), 4),
        (Window(block=3, group=2, groups=3, shufflers=1), 9),
        (Window(block=3, group=3, groups=2, shufflers=1, skipped=1), 8),
        (Window(block=1, group=1, groups=2, shufflers=3), 3),
    ],
    ids=str,
)
def test_states_count_what_a_list_counts(window: Window, users: int) -> None:
    alive = searched(window).alive
    counted = listed(window, users)
    assert counted[0] == families(users, window.shufflers)
    assert counted[users] == (alive[users] if users < len(alive) else 0)


def test_one_user_a_block() -> None:
    for n in range(1, 6):
        for k in range(1, 5):
            window = Window(block=1, group=1, groups=n, shufflers=k)
            assert searched(window).smallest == comb(n + k - 1, k)


def test_windows_of_the_published_induction() -> None:
    size = {"block": 2, "group": 1, "groups": 2}
    assert [published_window(**size, shufflers=k) for k in range(4)] == [3, 8, 16, 32]


def test_the_table_names_each_case() -> None:
    cases = [Window(block=2, group=1, groups=2, shufflers=k) for k in (1, 2)]
    _, one, two = table(cases)
    assert one.split() == ["2", "1", "2", "1", "6", "6", "8", "7", "377"]
    assert two.split()[4:7] == ["8", "8", "16"]

"""Checks of schedules see what is planted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

import accounting as csa
from accounting.schedules.memberships import _Timeline
from proofs.checks import schedules
from proofs.checks.check import CheckFailedError

pytestmark = pytest.mark.proof


def test_small_units_hold() -> None:
    assert schedules.classes_are_found_by_walking(3, 2) == 13**2 - 1
    assert schedules.smaller_batches_bound_larger_ones(0, 3) == 36


def test_intervals_are_all_there() -> None:
    assert [len(list(schedules.intervals(users))) for users in range(5)] == [1, 2, 5, 13, 34]
    assert len(list(schedules.intervals(4, least=2))) == 8


def test_a_batch_that_ends_one_user_early_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted in the code: the last user of a batch is taken to be outside."""
    right = _Timeline.batches_of

    def wrong(self: _Timeline, shuffler: int, starts: Any) -> Any:
        found = right(self, shuffler, starts)
        return np.where((found >= 0) & (starts < self.last[found]), found, -1)

    monkeypatch.setattr(_Timeline, "batches_of", wrong)
    with pytest.raises(CheckFailedError, match="by walking"):
        schedules.classes_are_found_by_walking(3, 1)


def test_a_size_that_is_off_by_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = _Timeline.sizes_of
    monkeypatch.setattr(_Timeline, "sizes_of", lambda self, batches: np.maximum(right(self, batches) - 1, 0))
    with pytest.raises(CheckFailedError, match="by walking"):
        schedules.classes_are_found_by_walking(3, 1)


def test_larger_batches_do_not_bound_smaller_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    right = schedules._bounds
    monkeypatch.setattr(schedules, "_bounds", lambda sizes, smaller: right(smaller, sizes))
    with pytest.raises(CheckFailedError, match="the bound at sizes"):
        schedules.smaller_batches_bound_larger_ones(0, 3)


def test_no_batch_is_not_a_smallest_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: being in no batch counts as size 0, which bounds all others."""

    def wrong(sizes: Sequence[int], smaller: Sequence[int]) -> bool:
        return all(other <= own for own, other in zip(sizes, smaller, strict=True))

    monkeypatch.setattr(schedules, "_bounds", wrong)
    with pytest.raises(CheckFailedError, match="the bound at sizes"):
        schedules.smaller_batches_bound_larger_ones(0, 3)


def test_a_code_that_forgets_all_batches_but_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = csa.ConcurrentShuffles.from_schedule

    def wrong(schedule: csa.Schedule, randomizers: Mapping[str, csa.Randomizer]) -> Any:
        first, *_ = schedule
        return right(csa.Schedule([first]), {first[0]: randomizers[first[0]]})

    monkeypatch.setattr(csa.ConcurrentShuffles, "from_schedule", staticmethod(wrong))
    with pytest.raises(CheckFailedError, match="outside of"):
        schedules.code_bounds_the_worst_user(4, 0, 8)

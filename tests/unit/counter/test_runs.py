"""Runs over recorded streams: what is compared is what the counter read."""

import numpy as np
import pytest

from accounting import BinomialCount
from accounting.counter import Level, Plan, SeededSource
from accounting.counter.runs import run
from accounting.errors import ParameterError


def plan(steps: int) -> Plan:
    return Plan([Level(4, BinomialCount(steps, 8, "1/2"))], users=1000, epsilon=50, delta="1e-3")


@pytest.mark.parametrize(
    ("value", "steps", "rounded"),
    [(1.0, 10, False), (0.5, 10, False), (0.25, 2, True), (0.1, 10, True), (0.3, 10, True)],
)
def test_what_falls_between_steps_is_rounded(value: float, steps: int, rounded: bool) -> None:
    """A tenth has no finite binary digits, so that it falls between steps of a tenth."""
    found = run(np.full(100, value), plan(steps), source=SeededSource(1))
    assert found.law.rounds is rounded
    assert found.values[0] == round(value * 2**32) / 2**32


def test_sums_are_those_of_what_was_read() -> None:
    found = run(np.full(1000, 1 / 3), plan(4), source=SeededSource(1))
    assert found.sums[-1] == 1000 * round(2**32 / 3) / 2**32
    assert found.max_error <= found.bound


def test_long_streams_go_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    bits = (np.random.default_rng(1).random(1000) < 0.5).astype(np.float64)
    done: list[tuple[int, int]] = []
    monkeypatch.setattr("accounting.counter.runs._CHUNK", 300)
    found = run(
        bits, plan(1), source=SeededSource(1), progress=lambda part, whole: done.append((part, whole))
    )
    assert done == [(300, 1000), (600, 1000), (900, 1000), (1000, 1000)]
    assert np.array_equal(found.sums, np.cumsum(bits))
    low, high = found.band()
    assert np.all((low <= found.sums) & (found.sums <= high))
    assert found.law.plan.users == 1000


@pytest.mark.parametrize("values", [[0.5, 1.5], [float("nan")], [[0.1]], ["one"]])
def test_bad_values(values: list[object]) -> None:
    with pytest.raises(ParameterError):
        run(np.array(values), plan(1))


def test_too_many_users() -> None:
    with pytest.raises(ParameterError, match="at most the 1000 users"):
        run(np.zeros(1001), plan(1))

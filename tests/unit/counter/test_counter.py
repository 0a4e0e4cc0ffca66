"""The counter: one by one and in sweeps alike, nested batches, refusals, and journals that survive a death at any byte."""

import os
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from accounting import BinomialCount
from accounting.counter import BitSource, Counter, Estimator, Level, Plan, Public, SeededSource
from accounting.counter.checkpoint import CounterJournal
from accounting.errors import AccountingError, ParameterError

T = TypeVar("T")


class Silent(BitSource):
    """Noise bits are all 0 and rounding goes down, so that both roads must agree to the last digit."""

    description = "nothing"

    def octets(self, count: int) -> bytes:
        return b"\xff" * count

    def below(self, n: int) -> int:
        return n - 1

    def permuted(self, items: Sequence[T]) -> list[T]:
        return list(items)

    def binomials(self, trials: int, p: Fraction, count: int) -> NDArray[np.int64]:
        return np.zeros(count, dtype=np.int64)


def plan_of(*batches: int, users: int = 10**6, steps: int = 1) -> Plan:
    levels = [
        Level(batch, BinomialCount(steps, place, Fraction(1, 2 + place)))
        for place, batch in enumerate(batches, 1)
    ]
    return Plan(levels, users=users, epsilon=50, delta="1e-3")


PLANS = st.sampled_from(
    [plan_of(2), plan_of(3, 6), plan_of(2, 4, 12), plan_of(2, 6, 12, 24), plan_of(2, 4, steps=3)]
)
BITS = st.lists(st.integers(0, 1), min_size=1, max_size=80)


@settings(max_examples=60)
@given(
    plan=PLANS,
    values=BITS,
    cuts=st.lists(st.integers(0, 80), max_size=5),
    estimator=st.sampled_from(Estimator),
)
def test_sweeps_are_one_by_one(plan: Plan, values: list[int], cuts: list[int], estimator: Estimator) -> None:
    slow = Counter(plan, source=Silent(), estimator=estimator)
    expected = [slow.observe(value).value for value in values]
    fast = Counter(plan, source=Silent(), estimator=estimator)
    marks = sorted({0, len(values), *(cut for cut in cuts if cut < len(values))})
    pieces = [fast.estimates(values[a:b]) for a, b in pairwise(marks)]
    assert np.allclose(np.concatenate(pieces), expected, rtol=0, atol=1e-9)
    assert fast.current().hidden == slow.current().hidden
    assert fast.current().value == pytest.approx(slow.current().value, abs=1e-9)
    assert fast.current().variance == pytest.approx(slow.current().variance, abs=1e-9)
    if any(True for _ in slow.releases):
        a, b = slow.schedule(), fast.schedule()
        assert sorted(a) == sorted(b)


@settings(max_examples=40)
@given(plan=PLANS, values=BITS, turn=st.integers(0, 80))
def test_a_sweep_may_go_on_one_by_one(plan: Plan, values: list[int], turn: int) -> None:
    slow, mixed = (Counter(plan, source=Silent()) for _ in range(2))
    expected = [slow.observe(value).value for value in values]
    turn = min(turn, len(values))
    found = [*mixed.estimates(values[:turn]), *(mixed.observe(value).value for value in values[turn:])]
    assert np.allclose(found, expected, rtol=0, atol=1e-9)


def test_without_noise_the_plain_estimate_is_the_sum_at_each_closing() -> None:
    plan = Plan(
        [Level(2, BinomialCount(1, 1, Fraction(1, 10**9))), Level(4, BinomialCount(1, 1, Fraction(1, 10**9)))],
        users=100, epsilon=50, delta="1e-3",
    )  # fmt: skip
    counter = Counter(plan, source=SeededSource(1), estimator="plain")
    values = [1, 1, 0, 1, 1, 0, 1, 1]
    found = [counter.observe(value) for value in values]
    assert [round(one.value, 6) for one in found] == [0.5, 2, 2.5, 3, 3.5, 4, 4.5, 6]
    assert [one.hidden for one in found] == [1, 0] * 4


def test_lost_messages_delay_a_closing_and_count_one_half() -> None:
    plan = plan_of(2, 4)
    counter = Counter(plan, source=Silent(), estimator="plain")
    for place in range(8):
        counter.observe(1, lost=(2,) if place == 0 else ())
    closed = {(batch.shuffler, batch.first, batch.last) for batch in counter.schedule()}
    assert ("level 2", 1, 6) in closed  # at 4 it held three reports; level 1 closes next at 6
    assert not [batch for batch in closed if batch[0] == "level 2" and batch != ("level 2", 1, 6)]


def test_absent_users_send_as_many_messages_as_others() -> None:
    counter = Counter(plan_of(3, steps=4), source=SeededSource(5))
    for value in (None, "0.5", 1):
        counter.observe(value)
    (release,) = counter.releases
    assert len(release.messages) == 3 * (4 + 1)


def test_a_closing_rule_sees_releases_and_may_wait() -> None:
    seen: list[Public] = []

    def patient(public: Public) -> int:
        seen.append(public)
        return public.may_close if public.arrivals % 5 == 0 else 0

    counter = Counter(plan_of(2, 4), source=SeededSource(2), closing=patient)
    for _ in range(12):
        counter.observe(1)
    assert {(batch.first, batch.last) for batch in counter.schedule()} == {(1, 5), (6, 10)}
    assert [len(public.releases) for public in seen][-1] == 4


@pytest.mark.parametrize("answer", [3, -1])
def test_a_closing_rule_may_not_close_small_batches(answer: int) -> None:
    counter = Counter(plan_of(2, 4), source=SeededSource(2), closing=lambda _: answer)
    with pytest.raises(ParameterError, match="closing must close at most"):
        counter.observe(1)


def test_a_shuffler_refuses_to_close_below_its_minimum() -> None:
    counter = Counter(plan_of(3), source=SeededSource(2))
    counter.observe(1)
    with pytest.raises(ParameterError, match="must hold at least 3 reports"):
        counter._shufflers[0].close(1)
    counter.observe(1)
    with pytest.raises(ParameterError, match="must hold at least 3 reports"):  # one less is one less
        counter._shufflers[0].close(2)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0.5, 1.5], r"values\[1\] must lie in \[0, 1\]"),
        ([float("nan")], r"values\[0\] must lie"),
        ([[0.0]], "one column"),
        (["x"], "must be numbers"),
        ([0.0] * 12, "at most the 11 users"),
    ],
)
def test_bad_arrays(values: list[object], said: str) -> None:
    counter = Counter(plan_of(2, users=11), source=SeededSource(1))
    with pytest.raises(ParameterError, match=said):
        counter.estimates(values)  # type: ignore[arg-type]
    assert counter.arrivals == 0


@pytest.mark.parametrize("value", ["1.01", -0.1, float("nan"), "x"])
def test_bad_values(value: object) -> None:
    counter = Counter(plan_of(2), source=SeededSource(1))
    with pytest.raises(ParameterError):
        counter.observe(value)  # type: ignore[arg-type]
    assert counter.arrivals == 0


def test_a_longer_stream_than_planned_is_refused() -> None:
    counter = Counter(plan_of(2, users=3), source=SeededSource(1))
    for _ in range(3):
        counter.observe(0)
    with pytest.raises(ParameterError, match="at most the 3 users"):
        counter.observe(0)


# ---------------------------------------------------------------- journals


def test_a_counter_goes_on_where_its_journal_ends(tmp_path: Path) -> None:
    plan, values = plan_of(2, 4, 8), [1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0]
    whole = Counter(plan, source=Silent())
    expected = [whole.observe(value).value for value in values]
    found: list[float] = []
    for _ in range(0, len(values), 2):
        counter = Counter(plan, source=Silent(), journal=tmp_path / "journal")
        begin = counter.arrivals
        found += [counter.observe(value).value for value in values[begin : begin + 1]]
        found += list(counter.estimates(values[begin + 1 : begin + 2]))
        counter.shut()
    assert np.allclose(found, expected)
    resumed = Counter(plan, source=Silent(), journal=tmp_path / "journal")
    assert sorted(resumed.schedule()) == sorted(whole.schedule())
    resumed.shut()


def test_killed_at_any_byte_nothing_counts_twice(tmp_path: Path) -> None:
    plan, values = plan_of(2, 4), [1, 0, 1, 1, 1, 0]
    path = tmp_path / "journal"
    counter = Counter(plan, source=Silent(), journal=path)
    lengths = [path.stat().st_size]
    expected = []
    for value in values:
        expected.append(counter.observe(value).value)
        lengths.append(path.stat().st_size)
    counter.shut()
    content = path.read_bytes()
    near_ends = {length + by for length in lengths for by in (-1, 0, 1)}
    for cut in sorted(near_ends | set(range(lengths[0], len(content), 97))):
        if not lengths[0] <= cut <= len(content):
            continue
        path.write_bytes(content[:cut])
        resumed = Counter(plan, source=Silent(), journal=path)
        done = sum(length <= cut for length in lengths) - 1
        assert resumed.arrivals == done
        rest = [resumed.observe(value).value for value in values[done:]]
        assert rest == pytest.approx(expected[done:])
        resumed.shut()


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (lambda path: Counter(plan_of(2, 6), journal=path), "same plan"),
        (lambda path: Counter(plan_of(2, 4), estimator="plain", journal=path), "same estimator"),
    ],
)
def test_a_journal_of_another_counter_is_refused(tmp_path: Path, other: object, said: str) -> None:
    path = tmp_path / "journal"
    Counter(plan_of(2, 4), journal=path).shut()
    with pytest.raises(ParameterError, match=said):
        other(path)  # type: ignore[operator]
    Counter(plan_of(2, 4), journal=path).shut()  # the refusal left it free


@pytest.mark.parametrize("content", [b"", b"x", b"{}\n", b'{"format":"other"} 00000000\n'])
def test_no_journal(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal"
    path.write_bytes(content)
    with pytest.raises(ParameterError):
        Counter(plan_of(2, 4), journal=path)
    assert path.read_bytes() == content


def test_a_journal_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal"
    monkeypatch.setattr(CounterJournal, "version", 2)
    Counter(plan_of(2, 4), journal=path).shut()
    monkeypatch.undo()
    with pytest.raises(ParameterError, match="must be of version 1"):
        Counter(plan_of(2, 4), journal=path)


def test_one_writer(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    counter = Counter(plan_of(2, 4), journal=path)
    with pytest.raises(ParameterError, match="one writer"):
        Counter(plan_of(2, 4), journal=path)
    counter.shut()


def test_a_journal_is_as_secret_as_open_batches(tmp_path: Path) -> None:
    """Nobody else may read it: it holds the counts of ones of batches that have not closed."""
    Counter(plan_of(2, 4), journal=tmp_path / "journal").shut()
    assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o600


def test_a_long_sweep_is_a_short_record(tmp_path: Path) -> None:
    """A record per sweep, whatever the number of batches in it: a line too long to be read again would lose the whole journal."""
    path = tmp_path / "journal"
    counter = Counter(plan_of(2, 4, 12), source=Silent(), journal=path)
    counter.observe(1)
    counter.estimates(np.ones(600_001))
    counter.observe(0)
    counter.shut()
    assert path.stat().st_size < 5_000
    resumed = Counter(plan_of(2, 4, 12), source=Silent(), journal=path)
    resumed.shut()
    assert resumed.current() == counter.current()
    assert np.array_equal(np.concatenate(resumed._runs), np.concatenate(counter._runs))


def test_closings_of_every_kind_come_back(tmp_path: Path) -> None:
    """Batches that waited, and messages that were lost, before and between sweeps."""
    path, plan = tmp_path / "journal", plan_of(2, 4, 12)
    waiting = Counter(
        plan,
        source=Silent(),
        closing=lambda public: public.may_close * (public.arrivals % 5 == 0),
        journal=path,
    )
    for place in range(23):
        waiting.observe(1, lost=[1] if place % 7 == 0 else [])
    waiting.shut()
    counter = Counter(plan, source=Silent(), journal=path)
    counter.estimates(np.ones(41))
    counter.observe(1)
    counter.estimates(np.ones(3))
    counter.shut()
    resumed = Counter(plan, source=Silent(), journal=path)
    resumed.shut()
    assert np.array_equal(np.concatenate(resumed._runs), np.concatenate(counter._runs))
    assert len(np.concatenate(resumed._runs)) > 30


def test_a_forked_process_does_not_write_to_the_journal(tmp_path: Path) -> None:
    """Both would hold its lock, and each would write over what the other wrote."""
    counter = Counter(plan_of(2, 4), journal=tmp_path / "journal")
    counter.observe(1)
    if (child := os.fork()) == 0:  # pragma: no cover (another process)
        try:
            counter.observe(1)
        except AccountingError:
            os._exit(7)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 7
    counter.observe(0)
    counter.shut()
    resumed = Counter(plan_of(2, 4), journal=tmp_path / "journal")
    resumed.shut()
    assert resumed.arrivals == 2


def test_a_seeded_counter_that_goes_on_draws_what_it_has_not_drawn(tmp_path: Path) -> None:
    """A generator that begins anew with its seed would put the same noise on each batch."""
    plan, estimates = (
        Plan([Level(4, BinomialCount(1, 40, "1/2"))], users=100, epsilon=50, delta="1e-3"),
        [0.0],
    )
    for _ in range(8):
        counter = Counter(plan, source=SeededSource(3), journal=tmp_path / "journal")
        estimates.append(float(counter.estimates(np.zeros(4))[-1]))
        counter.shut()
    assert len(set(np.diff(estimates))) > 4


@pytest.mark.parametrize("answer", ["all", 1.0, None])
def test_a_closing_rule_answers_with_a_whole_number(answer: object) -> None:
    counter = Counter(plan_of(2), source=Silent(), closing=lambda _: answer)  # type: ignore[arg-type, return-value]
    with pytest.raises(ParameterError, match="closing"):
        [counter.observe(1) for _ in range(2)]
    assert counter.arrivals < 2

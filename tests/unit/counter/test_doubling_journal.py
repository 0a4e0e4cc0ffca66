"""A counter without a horizon goes on where its journal ends, in whichever epoch."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from accounting import BinomialCount
from accounting.counter import Counter, Level, Plan, SeededSource
from accounting.counter.doubling import DoublingCounter
from accounting.counter.epochs import EpochsJournal
from accounting.errors import AccountingError, ParameterError
from tests.unit.counter.test_counter import Silent

VALUES = (np.arange(60) * 7 % 5 < 2).astype(float)


def planner(horizon: int) -> Plan:
    """Batches of 2 and of 4: epochs of 8, 16 and 32 users."""
    levels = [Level(2, BinomialCount(1, 30, "1/2")), Level(4, BinomialCount(1, 15, "1/2"))]
    return Plan(levels, users=horizon, epsilon=9, delta="1e-2")


@contextmanager
def going_on(path: Path) -> Iterator[DoublingCounter]:
    counter = DoublingCounter(planner, first=8, source=Silent(), journal=path)
    yield counter
    counter.shut()


def contents(counter: DoublingCounter) -> tuple[object, ...]:
    """Everything that a counter holds, bit for bit."""
    said, inner = counter.current(), counter._counter
    carried = (counter._before.hex(), counter._variance.hex(), said.value.hex(), said.variance.hex())
    rest = (counter._rounded, counter._horizon, tuple(counter.plans), said.hidden)
    state = inner._state()
    return counter.arrivals, carried, rest, state


def after(users: int) -> tuple[object, ...]:
    whole = DoublingCounter(planner, first=8, source=Silent())
    for value in VALUES[:users]:
        whole.observe(value)
    return contents(whole)


def test_a_run_in_pieces_is_the_whole_run_bit_for_bit(tmp_path: Path) -> None:
    """One by one and in sweeps, over the ends of epochs and at them."""
    for place, upto in enumerate((0, 1, 3, 8, 9, 24, 25, 40, 56, 60)):
        with going_on(tmp_path / "journal") as counter:
            rest = VALUES[counter.arrivals : upto]
            if place % 2:
                for value in rest:
                    counter.observe(value)
                assert contents(counter) == after(upto)
            else:
                counter.estimates(rest)
        with going_on(tmp_path / "journal") as counter:
            assert counter.arrivals == upto
            assert counter.current().value == pytest.approx(after_value(upto), abs=1e-9)
    assert [plan.users for plan in counter.plans] == [8, 16, 32, 64]


def after_value(users: int) -> float:
    whole = DoublingCounter(planner, first=8, source=Silent())
    for value in VALUES[:users]:
        whole.observe(value)
    return whole.current().value


def test_killed_at_any_byte_it_is_as_after_some_arrival(tmp_path: Path) -> None:
    path, lengths, expected = tmp_path / "journal", [], []
    with going_on(path) as counter:
        for value in [None, *VALUES[:27]]:
            if value is not None:
                counter.observe(value)
            lengths.append(path.stat().st_size)
            expected.append(contents(counter))
    content = path.read_bytes()
    header = content.index(b"\n") + 1
    near_ends = {length + by for length in lengths for by in (-1, 0, 1)}
    for cut in sorted(near_ends | set(range(header, len(content), 31))):
        if not header <= cut <= len(content):
            continue
        path.write_bytes(content[:cut])
        done = max(sum(length <= cut for length in lengths) - 1, 0)
        with going_on(path) as resumed:
            assert resumed.arrivals == done
            rest = [resumed.observe(value).value for value in VALUES[done:27]]
            assert contents(resumed) == expected[27]
            assert len(rest) == 27 - done


def test_plans_of_past_epochs_are_those_that_they_began_with(tmp_path: Path) -> None:
    """A planner is not asked for them again, and another budget is refused when its epoch begins."""
    with going_on(tmp_path / "journal") as counter:
        counter.estimates(VALUES[:10])

    def other(horizon: int) -> Plan:
        assert horizon == 32
        plan = planner(horizon)
        return Plan(plan.levels, users=horizon, epsilon=10, delta="1e-2")

    resumed = DoublingCounter(other, first=8, journal=tmp_path / "journal")
    assert resumed.plans == counter.plans
    resumed.estimates(VALUES[10:24])
    with pytest.raises(ParameterError, match="planner must give plans of one budget"):
        resumed.observe(1)
    resumed.shut()
    with going_on(tmp_path / "journal") as counter:
        counter.observe(1)
        assert counter.arrivals == 25


def test_that_values_were_rounded_is_not_forgotten(tmp_path: Path) -> None:
    """The bound would be too small: rounding adds to the variance of the noise."""
    with going_on(tmp_path / "journal") as counter:
        counter.observe("1/2")
        counter.observe(1)
        bound = counter.bound("0.95")
    with going_on(tmp_path / "journal") as resumed:
        assert resumed.bound("0.95") == bound
        resumed.estimates(VALUES[2:12])
        bound = resumed.bound("0.95")
    with going_on(tmp_path / "journal") as resumed:
        assert resumed.bound("0.95") == bound
    whole = DoublingCounter(planner, first=8)
    whole.estimates(VALUES[:12])
    assert whole.bound("0.95") < bound
    with going_on(tmp_path / "journal") as resumed:
        resumed.estimates(VALUES[12:24])
        assert resumed._journal is not None
        resumed._journal.begin(planner(32))  # and it dies before anybody comes
    with going_on(tmp_path / "journal") as resumed:
        later = resumed.bound("0.95")
    whole.estimates(VALUES[12:25])
    assert whole.bound("0.95") < later


@pytest.mark.parametrize("came", [0, 5, 8, 24])
def test_what_the_journal_does_not_take_has_not_happened(
    came: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither an arrival nor the beginning of an epoch; nothing is carried on twice."""
    with going_on(tmp_path / "journal") as counter:
        for value in VALUES[:came]:
            counter.observe(value)
        whole = EpochsJournal.append
        for failure in (OSError(28, "No space left on device"), KeyboardInterrupt()):
            before = contents(counter)
            moments = iter([failure])

            def append(
                journal: EpochsJournal, record: dict[str, object], moments: Iterator[BaseException] = moments
            ) -> None:
                for moment in moments:
                    raise moment
                whole(journal, record)

            with monkeypatch.context() as failing:
                failing.setattr(EpochsJournal, "append", append)
                with pytest.raises(type(failure)):
                    counter.observe("1/2")
            assert contents(counter) == before
        for value in VALUES[came:27]:
            counter.observe(value)
        assert contents(counter) == after(27)
    with going_on(tmp_path / "journal") as counter:
        assert contents(counter) == after(27)


def test_a_planner_that_fails_may_be_asked_again() -> None:
    """The sum so far is carried on once."""
    fails = iter([False, True, False])

    def failing(horizon: int) -> Plan:
        if next(fails):
            raise KeyboardInterrupt
        return planner(horizon)

    counter = DoublingCounter(failing, first=8, source=Silent())
    for value in VALUES[:8]:
        counter.observe(value)
    with pytest.raises(KeyboardInterrupt):
        counter.observe(VALUES[8])
    counter.observe(VALUES[8])
    assert contents(counter) == after(9)


def test_journals_of_others_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with going_on(path):
        for other, said in (
            (lambda: DoublingCounter(planner, first=9, journal=path), "one writer"),
            (lambda: Counter(planner(8), journal=path), "one writer"),
        ):
            with pytest.raises(ParameterError, match=said):
                other()
        assert path.stat().st_mode & 0o777 == 0o600
    for other, said in (
        (lambda: DoublingCounter(planner, first=9, journal=path), "must be of a counter with the same first"),
        (lambda: DoublingCounter(planner, first=8, estimator="plain", journal=path), "the same estimator"),
        (lambda: Counter(planner(8), journal=path), "must name the format"),
    ):
        with pytest.raises(ParameterError, match=said):
            other()
    with going_on(path) as counter:
        assert counter.arrivals == 0


def _no_plan(records: list[dict[str, object]]) -> None:
    del records[0]


def _epoch_too_early(records: list[dict[str, object]]) -> None:
    records.append(records[0])


@pytest.mark.parametrize(
    "change",
    [
        _no_plan,
        _epoch_too_early,
        lambda records: records[0].update(plan="users = 3"),
        lambda records: records[-1].update(arrivals=1),
        lambda records: records[-1].update(arrivals=9),
        lambda records: records[-1].update(rounded=2),
        lambda records: records[1].update(rounded=1),
        lambda records: records[-1].update(tree=[]),
        lambda records: records[-1].pop("rounded"),
        lambda records: records[-1].pop("covered"),
    ],
)
def test_lines_that_no_counter_writes_are_refused(
    tmp_path: Path, change: Callable[[list[dict[str, object]]], object]
) -> None:
    """With the right checksums, as a defect would write them."""
    path = tmp_path / "journal"
    with going_on(path) as counter:
        for value in VALUES[:3]:
            counter.observe(value)
    header, *lines = path.read_bytes().splitlines(keepends=True)
    records = [json.loads(line.rpartition(b" ")[0]) for line in lines]
    for changed in (False, True):
        path.write_bytes(header)
        journal = EpochsJournal.open(path)
        list(journal.replay())
        if changed:
            change(records)
        for record in records:
            journal.append(record)
        journal.shut()
        if not changed:
            with going_on(path) as counter:
                assert contents(counter) == after(3)
    with pytest.raises(ParameterError, match="must be an epoch's beginning or its state"):
        DoublingCounter(planner, first=8, journal=path)
    os.rename(path, path.with_name("moved"))  # nobody holds it


def test_an_epoch_that_began_twice_is_one(tmp_path: Path) -> None:
    """As after an interrupt between the record and what follows from it: nobody came in the first."""
    with going_on(tmp_path / "journal") as counter:
        counter.estimates(VALUES[:8])
        assert counter._journal is not None
        counter._journal.begin(planner(16))
        for value in VALUES[8:10]:
            counter.observe(value)
    with going_on(tmp_path / "journal") as counter:
        assert contents(counter)[:2] == after(10)[:2]
        assert [plan.users for plan in counter.plans] == [8, 16]


def test_after_it_was_shut_nothing_is_written(tmp_path: Path) -> None:
    with going_on(tmp_path / "journal") as counter:
        counter.observe(1)
    with pytest.raises(
        AccountingError, match=r"was shut; go on with DoublingCounter\(planner, journal=\.\.\)"
    ):
        counter.observe(1)


def test_a_seeded_counter_that_goes_on_draws_what_it_has_not_drawn(tmp_path: Path) -> None:
    def noisy(horizon: int) -> Plan:
        return Plan([Level(2, BinomialCount(1, 40, "1/2"))], users=horizon, epsilon=50, delta="1e-3")

    estimates = [0.0]
    for _ in range(8):
        counter = DoublingCounter(noisy, first=4, source=SeededSource(3), journal=tmp_path / "journal")
        estimates.append(float(counter.estimates(np.zeros(2))[-1]))
        counter.shut()
    assert len(set(np.diff(estimates))) > 4


def test_a_plan_of_a_journal_is_certified_before_users_come(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with going_on(path) as counter:
        assert counter._journal is not None
        made = planner(8)
        counter._journal.begin(Plan(made.levels, users=8, epsilon="1/10", delta="1e-2"))
    with pytest.raises(ParameterError, match=r"^budget\.epsilon must be at least"):
        DoublingCounter(planner, first=8, journal=path)
    EpochsJournal.open(path).shut()  # nobody holds it

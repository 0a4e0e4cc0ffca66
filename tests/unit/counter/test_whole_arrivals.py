"""An arrival is taken as a whole or not at all: a caller who tries again after an error counts nobody twice."""

from pathlib import Path

import numpy as np
import pytest

from accounting import BinomialCount
from accounting.counter import Counter, Level, Plan, Public, SeededSource
from accounting.counter.checkpoint import CounterJournal
from accounting.errors import ParameterError

PLAN = Plan(
    [Level(2, BinomialCount(1, 1, "1/2")), Level(4, BinomialCount(1, 1, "1/2"))],
    users=100,
    epsilon=9,
    delta="1e-3",
)


class FullDisk:
    """Lets one record of a journal fail, as a full disk does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = CounterJournal.append
        self.is_full = False

        def append(journal: CounterJournal, record: dict[str, object]) -> None:
            if self.is_full:
                raise OSError(28, "No space left on device")
            whole(journal, record)

        monkeypatch.setattr(CounterJournal, "append", append)


def contents(counter: Counter) -> tuple[object, ...]:
    return counter._state(), counter.releases, [tuple(map(tuple, runs.tolist())) for runs in counter._runs]


@pytest.mark.parametrize("came", range(5))
def test_an_arrival_that_the_journal_does_not_take_has_not_come(
    came: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(monkeypatch)
    counter = Counter(PLAN, source=SeededSource(1), journal=tmp_path / "journal")
    for _ in range(came):
        counter.observe(1)
    before = contents(counter)
    for at_once in (False, True):
        disk.is_full = True
        with pytest.raises(OSError, match="No space"):
            counter.estimates(np.ones(3)) if at_once else counter.observe(1)
        assert contents(counter) == before
    disk.is_full = False
    while counter.arrivals < 8:
        counter.observe(1)
    counter.shut()
    assert [release.reports for release in counter.releases] == [2, 2, 4, 2, 2, 4]
    resumed = Counter(PLAN, source=SeededSource(1), journal=tmp_path / "journal")
    assert resumed.arrivals == 8
    assert sorted(resumed.schedule()) == sorted(counter.schedule())
    resumed.shut()


@pytest.mark.parametrize("failure", [ParameterError("rule", "must be", 1), KeyboardInterrupt()])
def test_an_arrival_whose_closing_rule_fails_has_not_come(failure: BaseException) -> None:
    fails = False

    def rule(public: Public) -> int:
        if fails:
            raise failure
        return public.may_close

    counter = Counter(PLAN, source=SeededSource(1), closing=rule)
    for value in (1, 0, 1):
        counter.observe(value)
    before = contents(counter)
    fails = True
    with pytest.raises(type(failure)):
        counter.observe(1)
    assert contents(counter) == before
    fails = False
    counter.observe(1)
    assert [release.reports for release in counter.releases] == [2, 2, 4]


def test_a_closing_rule_that_breaks_its_own_leaves_nothing_behind() -> None:
    answers = [7, 0, 7, 1]
    counter = Counter(PLAN, source=SeededSource(1), closing=lambda _: answers.pop(0))
    with pytest.raises(ParameterError, match="closing must close at most"):
        counter.observe(1)
    counter.observe(1)
    with pytest.raises(ParameterError, match="closing must close at most"):
        counter.observe(1)
    counter.observe(1)
    assert [(release.reports, release.last) for release in counter.releases] == [(2, 2)]


@pytest.mark.parametrize("level", [0, 3, -1])
def test_a_level_that_is_none_loses_no_message(level: int) -> None:
    counter = Counter(PLAN, source=SeededSource(1))
    with pytest.raises(ParameterError, match="lost must name levels"):
        counter.observe(1, lost=(level,))
    assert counter.arrivals == 0

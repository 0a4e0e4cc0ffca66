"""A bandit that dies at any moment goes on where it was: nothing counted twice, nothing lost, nothing released twice."""

import json
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from accounting.bandits import Bandit, BanditPlan, Learner
from accounting.bandits.checkpoint import BanditJournal
from accounting.counter import Counter, SeededSource
from accounting.errors import AccountingError, ParameterError
from tests.unit.bandits.worker import PLAN
from tests.unit.counter.worker import PLAN as COUNTER
from tests.unit.killing import lines_said

LEARNER = Learner(PLAN)
USERS = [(0.3, 0.5), (-1.0, 1.0), (4.0, 0.2), (0.0, 0.7), (0.9, 3.0), (1.0, 0.0), (0.5, 0.1), (0.1, 0.1)]


@contextmanager
def going_on(path: Path, learner: Learner = LEARNER) -> Iterator[Bandit]:
    bandit = Bandit(learner, journal=path)
    yield bandit
    bandit.shut()


def come(bandit: Bandit, upto: int) -> None:
    """Let users come; what the devices of each draw is the same whoever came before in this process."""
    while bandit.arrivals < upto:
        bandit.source = SeededSource(bandit.arrivals)
        context, reward = USERS[bandit.arrivals % len(USERS)]
        bandit.observe([context], reward)


def contents(bandit: Bandit) -> tuple[object, ...]:
    """Everything that a bandit holds, bit for bit."""
    said = bandit.widths
    floats = [*bandit._closed.levels, said.theta, said.inverse, np.array([said.of_rewards, said.of_noise])]
    return (
        bandit.arrivals,
        bandit.clipped,
        tuple(bandit.releases),
        tuple(map(tuple, bandit._open)),
        tuple(values.tobytes() for values in floats),
    )


def after(users: int) -> tuple[object, ...]:
    whole = Bandit(LEARNER)
    come(whole, users)
    return contents(whole)


def test_a_run_in_pieces_is_the_whole_run_bit_for_bit(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    for upto in (0, 1, 2, 3, 7, 12, 13, 24, 30):
        with going_on(path) as bandit:
            come(bandit, upto)
            assert contents(bandit) == after(upto)
    with going_on(path) as bandit:
        assert contents(bandit) == after(30)
    assert len(bandit.releases) == 15 + 7 + 2
    assert bandit.clipped == 8


def test_killed_at_any_byte_it_is_as_after_some_arrival(tmp_path: Path) -> None:
    path, lengths, expected = tmp_path / "journal", [], []
    with going_on(path) as bandit:
        for users in range(14):
            come(bandit, users)
            lengths.append(path.stat().st_size)
            expected.append(contents(bandit))
    content = path.read_bytes()
    near_ends = {length + by for length in lengths for by in (-1, 0, 1)}
    for cut in sorted(near_ends | set(range(lengths[0], len(content), 13))):
        if not lengths[0] <= cut <= len(content):
            continue
        path.write_bytes(content[:cut])
        done = sum(length <= cut for length in lengths) - 1
        with going_on(path) as resumed:
            assert contents(resumed) == expected[done]
            if cut % 5 == 0:
                come(resumed, 13)
                assert contents(resumed) == expected[13]


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with going_on(path) as bandit:
        come(bandit, 5)
    content = path.read_bytes()
    for place in range(0, len(content) - 1, 7):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(ParameterError) as caught:
            Bandit(LEARNER, journal=path)
        assert "\n" not in str(caught.value)
    path.write_bytes(content)
    with going_on(path) as bandit:
        assert bandit.arrivals == 5


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (Learner(BanditPlan(PLAN.levels, features=1, users=40, epsilon=50, delta="1/2")), "same plan"),
        (replace(LEARNER, confidence=0.9), "same confidence"),
        (replace(LEARNER, exploration=0.5), "same exploration"),
    ],
)
def test_a_journal_of_another_bandit_is_refused(tmp_path: Path, other: Learner, said: str) -> None:
    path = tmp_path / "journal"
    Bandit(LEARNER, journal=path).shut()
    with pytest.raises(ParameterError, match=f"^journal must be of a bandit with the {said}"):
        Bandit(other, journal=path)
    Bandit(LEARNER, journal=path).shut()  # the refusal left it free


def test_other_files_are_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    for content in (b"", b"x", b"{}\n", b'{"format":"other"} 00000000\n'):
        path.write_bytes(content)
        with pytest.raises(ParameterError, match="journal"):
            Bandit(LEARNER, journal=path)
        assert path.read_bytes() == content
    path.unlink()
    Counter(COUNTER, journal=path).shut()
    with pytest.raises(ParameterError, match="must name the format 'concurrent-shuffle-accounting bandit'"):
        Bandit(LEARNER, journal=path)


def _closed_too_early(record: dict[str, list[object]]) -> None:
    record["closed"].append([1, 1])


def _closed_too_late(record: dict[str, list[object]]) -> None:
    record["closed"].clear()


def _one_moved(record: dict[str, list[object]]) -> None:
    record["closed"].append(record["open"].pop())


@pytest.mark.parametrize(
    "change",
    [
        _one_moved,
        lambda record: record.update(clipped=record["clipped"] - 1),
        lambda record: record.update(arrivals=record["arrivals"] - 1),
        lambda record: record.update(arrivals=record["arrivals"] + 1),
        lambda record: record.update(clipped=record["clipped"] + 2),
        lambda record: record.update(clipped=record["clipped"] - 2),
        lambda record: record.update(clipped=True),
        lambda record: record.pop("open"),
        lambda record: record["open"].pop(),
        lambda record: record["open"].append([0, 0]),
        lambda record: record["open"][2].pop(),
        lambda record: record["open"][2].append(0),
        lambda record: record["open"][2].__setitem__(0, -1),
        lambda record: record["open"][2].__setitem__(0, 1.0),
        lambda record: record["open"][2].__setitem__(0, 4 * 108 + 1),
        lambda record: record["open"][0].__setitem__(1, 1),
        lambda record: record["closed"][1].__setitem__(1, 4 * 108 + 1),
        lambda record: record["closed"].__setitem__(0, 7),
        _closed_too_early,
        _closed_too_late,
    ],
)
def test_a_line_that_no_arrival_writes_is_refused(
    tmp_path: Path, change: Callable[[dict[str, object]], object]
) -> None:
    """With the right checksum, as a defect would write it."""
    path = tmp_path / "journal"
    with going_on(path) as bandit:
        come(bandit, 4)
    *before, last = path.read_bytes().splitlines(keepends=True)
    record = json.loads(last.rpartition(b" ")[0])
    for content, refused in ((record, False), (record, True)):
        path.write_bytes(b"".join(before))
        journal = BanditJournal.open(path)
        list(journal.replay())
        if refused:
            change(content)
        journal.append(content)
        journal.shut()
        if not refused:
            with going_on(path) as bandit:
                assert contents(bandit) == after(4)
            continue
        with pytest.raises(ParameterError, match=r"line 5 must be what an arrival at a bandit leads to"):
            Bandit(LEARNER, journal=path)


@pytest.mark.parametrize("by", [-4, -2, 0, 2])
def test_arrivals_follow_each_other(tmp_path: Path, by: int) -> None:
    """No line twice, and none left out, also where nothing closes."""
    with going_on(tmp_path / "journal") as bandit:
        come(bandit, 5)
    journal = BanditJournal.open(tmp_path / "journal")
    *_, (_, record) = journal.replay()
    journal.append({**record, "arrivals": 5 + by})
    journal.shut()
    with pytest.raises(ParameterError, match="line 7 must be what an arrival"):
        Bandit(LEARNER, journal=tmp_path / "journal")


def test_a_journal_has_one_writer_and_is_secret(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with going_on(path):
        with pytest.raises(ParameterError, match="one writer"):
            Bandit(LEARNER, journal=path)
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_forked_process_does_not_write_to_the_journal(tmp_path: Path) -> None:
    with going_on(tmp_path / "journal") as bandit:
        come(bandit, 1)
        if (child := os.fork()) == 0:  # pragma: no cover (another process)
            try:
                come(bandit, 2)
            except AccountingError:
                os._exit(7)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 7
        come(bandit, 2)
    with going_on(tmp_path / "journal") as bandit:
        assert contents(bandit) == after(2)


@pytest.mark.parametrize("came", [0, 1, 3, 11])
def test_an_arrival_that_the_journal_does_not_take_has_not_come(
    came: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it closes batches: nothing of them is published."""
    with going_on(tmp_path / "journal") as bandit:
        come(bandit, came)

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as disk:
            disk.setattr(os, "fsync", full)
            disk.setattr(os, "ftruncate", full)
            with pytest.raises(OSError, match="No space"):
                come(bandit, came + 1)
        assert contents(bandit) == after(came)
        with pytest.raises(AccountingError, match="was shut"):  # what the disk holds is not known
            come(bandit, came + 1)
    with going_on(tmp_path / "journal") as bandit:
        assert bandit.arrivals in {came, came + 1}
        assert contents(bandit) == after(bandit.arrivals)
        failing = iter([full])
        whole = BanditJournal.append

        def append(journal: BanditJournal, record: dict[str, object]) -> None:
            for fails in failing:
                fails(0)
            whole(journal, record)

        here = bandit.arrivals
        monkeypatch.setattr(BanditJournal, "append", append)
        with pytest.raises(OSError, match="No space"):
            come(bandit, here + 1)
        assert contents(bandit) == after(here)
        come(bandit, 14)  # and may come again
        assert contents(bandit) == after(14)
    with going_on(tmp_path / "journal") as bandit:
        assert contents(bandit) == after(14)


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("came", [0, 3])
def test_after_an_interrupt_the_journal_is_right(
    came: int, written: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before or after the record is on disk; the session in memory does not go on beside it."""
    with going_on(tmp_path / "journal") as bandit:
        come(bandit, came)
        whole = BanditJournal.append

        def append(journal: BanditJournal, record: dict[str, object]) -> None:
            if written:
                whole(journal, record)
            raise KeyboardInterrupt

        with monkeypatch.context() as interrupted:
            interrupted.setattr(BanditJournal, "append", append)
            with pytest.raises(KeyboardInterrupt):
                come(bandit, came + 1)
        assert contents(bandit) == after(came)
        with pytest.raises(AccountingError, match=r"was shut; go on with Bandit\(learner, journal=\.\.\)"):
            come(bandit, came + 1)
    with going_on(tmp_path / "journal") as bandit:
        assert contents(bandit) == after(came + written)
        come(bandit, 6)
        assert contents(bandit) == after(6)


@pytest.mark.parametrize("came", [0, 3])
def test_an_interrupt_in_memory_leaves_nothing_behind(came: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bandit = Bandit(LEARNER)
    come(bandit, came)
    whole = Bandit._take

    def take(self: Bandit, *arguments: object) -> object:
        whole(self, *arguments)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(Bandit, "_take", take)
        with pytest.raises(KeyboardInterrupt):
            come(bandit, came + 1)
    assert contents(bandit) == after(came)
    come(bandit, 5)
    assert contents(bandit) == after(5)


def test_nothing_is_published_before_it_is_durable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is asked to keep the record of a closing, the world still sees what it saw before."""
    seen = []
    with going_on(tmp_path / "journal") as bandit:
        come(bandit, 11)
        before = contents(bandit)
        whole = os.fsync

        def fsync(handle: int) -> None:
            seen.append(contents(bandit) == before)
            whole(handle)

        monkeypatch.setattr(os, "fsync", fsync)
        come(bandit, 12)
        assert seen == [True]
        assert contents(bandit) == after(12)


def test_a_seeded_bandit_that_goes_on_draws_what_it_has_not_drawn(tmp_path: Path) -> None:
    """A generator that begins anew with its seed would put the same noise on each batch."""
    for _ in range(6):
        bandit = Bandit(LEARNER, source=SeededSource(3), journal=tmp_path / "journal")
        for _ in range(2):
            bandit.observe([0.0], 0.0)
        bandit.shut()
    assert len({release.ones for release in bandit.releases if release.level == 1}) > 4


@pytest.mark.slow
def test_killed_at_random_moments(tmp_path: Path) -> None:
    """What was said to be done is done, every batch is there once, and no count is off by more than its noise."""
    draw, journal, users, killed, done = random.Random(20261126), tmp_path / "journal", 600, 0, 0
    released: tuple[object, ...] = ()
    while done < users:
        kill = draw if killed < 4 else None
        killed += kill is not None
        said = lines_said("tests.unit.bandits.worker", journal, users, draw=kill, most=110)
        done = int(said[-1]) if said else done
        with going_on(journal) as bandit:
            assert bandit.arrivals >= done
            assert tuple(bandit.releases[: len(released)]) == released, "what was released stays as it was"
            done, released = bandit.arrivals, tuple(bandit.releases)
    assert killed == 4
    for place, size in enumerate((2, 4, 12), 1):
        batches = [release for release in bandit.releases if release.level == place]
        assert [(batch.first, batch.last) for batch in batches] == [
            (first, first + size - 1) for first in range(1, users, size)
        ]
        ones = np.array([batch.ones for batch in batches], dtype=float)
        assert np.all(np.abs(ones.sum(axis=0) - users * (8 + 50)) < 6 * np.sqrt(users * 25))

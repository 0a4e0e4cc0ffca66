"""The journal: what a crash leaves, what damage does, and who may write."""

import json
import os
import random
import zlib
from pathlib import Path

import pytest

import accounting as csa
from accounting.ledger import Membership
from tests.unit.killing import lines_said

SHUFFLERS = {"day": csa.PureLocal(epsilon0="0.1"), "week": csa.PureLocal(epsilon0="0.2")}
Rows = list[tuple[Membership, object]]


def begin(path: Path) -> csa.Ledger:
    return csa.Ledger(SHUFFLERS, epsilon="250", delta="1e-6", order="2", journal=path)


def rows(ledger: csa.Ledger) -> Rows:
    return [(row, ledger.loss(row).spent) for row in ledger.memberships()]


def view(ledger: csa.Ledger) -> tuple[object, ...]:
    return ledger.arrived, ledger.closed, dict(ledger.open_batches), rows(ledger), ledger.budget


def some_operations(ledger: csa.Ledger) -> None:
    ledger.open("day")
    ledger.arrive(5)
    ledger.open("week")
    ledger.arrive(4)
    ledger.close("day")
    ledger.arrive(3)
    ledger.open("day")
    ledger.arrive(2)
    ledger.discard("day")
    ledger.close("week", absent=1)


def do(ledger: csa.Ledger, operation: list[str | int]) -> None:
    match operation:
        case ["arrive", int(count)]:
            ledger.arrive(count)
        case ["open", str(name)]:
            ledger.open(name)
        case ["close", str(name)]:
            ledger.close(name)
        case ["discard", str(name)]:
            ledger.discard(name)
        case _:
            raise AssertionError(operation)


def test_resuming_gives_the_same_ledger(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with begin(path) as ledger:
        some_operations(ledger)
    with csa.Ledger.resume(path) as resumed:
        assert view(resumed) == view(ledger)
        assert resumed._state == ledger._state
        assert resumed.shufflers == ledger.shufflers
        resumed.open("week")
    with csa.Ledger.resume(path) as again:
        assert again.open_batches == {"week": 0}
    assert [file.name for file in tmp_path.iterdir()] == ["journal"], "no draft is left"


@pytest.mark.parametrize(
    "randomizer",
    [
        csa.KaryRandomizedResponse(3, keep="2/3"),
        csa.KaryRandomizedResponse(5, epsilon0="1/3"),
        csa.BinaryRandomizedResponse(epsilon0="0.5"),
        csa.FiniteRandomizer([["2/3", "1/3"], ["1/7", "6/7"]]),
    ],
    ids=lambda randomizer: randomizer.kind,
)
def test_randomizers_come_back_as_they_were(tmp_path: Path, randomizer: csa.Randomizer) -> None:
    shufflers = {"α β": randomizer}
    csa.Ledger(shufflers, epsilon="1/3", delta="1/10007", journal=tmp_path / "j").shut()
    with csa.Ledger.resume(tmp_path / "j") as ledger:
        assert ledger.shufflers == shufflers


def test_a_torn_last_record_never_took_effect(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with begin(path) as ledger:
        some_operations(ledger)
        before = view(ledger)
        start = path.stat().st_size
        ledger.open("week")
        ledger.arrive(7)
    whole = path.read_bytes()
    middle = whole.index(b"\n", start) + 1
    for end in range(start, len(whole)):
        path.write_bytes(whole[:end])
        with csa.Ledger.resume(path) as resumed:
            if end < middle:
                assert view(resumed) == before
                resumed.open("week")
            assert resumed.open_batches == {"week": 0}
            resumed.arrive(7)
        assert path.read_bytes() == whole


def test_any_change_of_a_finished_record_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with begin(path) as ledger:
        some_operations(ledger)
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    for place in range(len(whole) - len(lines[-1])):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(csa.ParameterError, match="line"):
            csa.Ledger.resume(path)
    for changed in (lines[:3] + lines[4:], [*lines[:3], lines[4], lines[3], *lines[5:]], [*lines, lines[-1]]):
        path.write_bytes(b"".join(changed))
        with pytest.raises(csa.ParameterError, match="checksum"):
            csa.Ledger.resume(path)
    path.write_bytes(whole)
    csa.Ledger.resume(path).shut()


def signed(*objects: object) -> bytes:
    text, checksum = b"", 0
    for each in objects:
        body = json.dumps(each).encode()
        checksum = zlib.crc32(body, checksum)
        text += b"%s %08x\n" % (body, checksum)
    return text


HEADER = {
    "format": "concurrent-shuffle-accounting ledger",
    "version": 1,
    "epsilon": "250",
    "delta": "1e-6",
    "order": "2",
    "shufflers": {"day": {"kind": "pure-local", "epsilon0": "0.1"}},
}
OPEN = {"op": "open", "shuffler": "day"}
FOUR = {"op": "arrive", "users": 4}


@pytest.mark.parametrize(
    ("objects", "match"),
    [
        ([HEADER | {"version": 2}], "version 1; got 2"),
        ([HEADER | {"format": "diary"}], "must name the format"),
        ([{key: HEADER[key] for key in HEADER if key != "order"}], "epsilon, delta, order"),
        ([HEADER | {"shufflers": {"day": {"kind": "kory"}}}], "known kind"),
        ([HEADER | {"epsilon": "nan"}], "finite"),
        ([["list"]], "JSON object"),
        ([HEADER, {"op": "explode"}], "line 2 .*operation of this version"),
        ([HEADER, OPEN | {"more": 1}], "line 2 .*operation of this version"),
        ([HEADER, OPEN, OPEN], "line 3 .*no open batch"),
        ([HEADER, {"op": "arrive", "users": 0}], "from 1 on"),
        ([HEADER, {"op": "arrive", "users": True}], "from 1 on"),
        ([HEADER, {"op": "arrive", "users": 2.5}], "from 1 on"),
        (
            [HEADER, OPEN, FOUR, {"op": "close", "shuffler": "day", "members": 5, "absent": 0, "charge": 1}],
            "count the 4 members",
        ),
        (
            [HEADER, OPEN, FOUR, {"op": "close", "shuffler": "day", "members": 4, "absent": 3, "charge": 1}],
            "2 of them present",
        ),
        (
            [HEADER, OPEN, FOUR, {"op": "close", "shuffler": "day", "members": 4, "absent": 0, "charge": -1}],
            "from 0 on",
        ),
        ([HEADER, {"op": "open", "shuffler": "night"}], "line 2 .*name of this ledger"),
    ],
)
def test_what_is_no_journal_is_refused(tmp_path: Path, objects: list[object], match: str) -> None:
    path = tmp_path / "journal"
    path.write_bytes(signed(*objects))
    with pytest.raises(csa.ParameterError, match=match) as caught:
        csa.Ledger.resume(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"title = 1\n", b"{}\n", b"\xff\xfe\n", b"no end", b"[[" * 9999 + b"\n"]
)
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(csa.ParameterError, match="right file"):
        csa.Ledger.resume(path)
    assert path.read_bytes() == content


def test_paths_that_do_not_serve(tmp_path: Path) -> None:
    begin(tmp_path / "journal").shut()
    with pytest.raises(csa.ParameterError, match="must be a new file"):
        begin(tmp_path / "journal")
    for use in (begin, csa.Ledger.resume):
        with pytest.raises(csa.ParameterError, match="journal must be a file that can be"):
            use(tmp_path / "nowhere" / "journal")
        with pytest.raises(csa.ParameterError, match="journal must be a"):
            use(tmp_path)


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with begin(path), pytest.raises(csa.ParameterError, match="one writer"):
        csa.Ledger.resume(path)
    csa.Ledger.resume(path).shut()


def test_an_interrupt_leaves_nothing_of_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the next line, which may be shorter, would be written over a part of it."""
    ledger = begin(tmp_path / "journal")
    some_operations(ledger)
    before, content = view(ledger), (tmp_path / "journal").read_bytes()
    real = os.fsync
    moments = iter([KeyboardInterrupt])

    def interrupted(handle: int) -> None:
        for moment in moments:
            raise moment
        real(handle)

    monkeypatch.setattr("accounting.ledger.journal.os.fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ledger.arrive(1_000_000)
    assert view(ledger) == before
    assert (tmp_path / "journal").read_bytes() == content
    ledger.arrive(1)
    ledger.shut()
    resumed = csa.Ledger.resume(tmp_path / "journal")
    assert view(resumed) == view(ledger)
    resumed.shut()


def test_a_shut_ledger_still_answers_but_records_nothing(tmp_path: Path) -> None:
    ledger = begin(tmp_path / "journal")
    ledger.arrive(3)
    ledger.shut()
    with pytest.raises(csa.AccountingError, match="shut"):
        ledger.arrive(1)
    assert ledger.arrived == 3
    assert ledger.loss(3).spent == 0


@pytest.mark.parametrize("broken", ["write", "sync"])
def test_a_failed_write_has_no_effect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    path = tmp_path / "journal"
    ledger = begin(path)
    some_operations(ledger)
    before, content = view(ledger), path.read_bytes()
    real = os.fsync
    failures = iter([True, False])

    def failing(handle: int) -> None:
        if next(failures, False):
            raise OSError(28, "No space left on device")
        real(handle)

    if broken == "sync":
        monkeypatch.setattr("accounting.ledger.journal.os.fsync", failing)
    else:
        assert ledger._journal is not None
        file = ledger._journal._file

        class Full:
            closed = False

            def write(self, data: bytes) -> int:
                if next(failures, False):
                    file.write(data[:5])
                    raise OSError(28, "No space left on device")
                return file.write(data)

            def __getattr__(self, name: str) -> object:
                return getattr(file, name)

        monkeypatch.setattr(ledger._journal, "_file", Full())
    with pytest.raises(OSError, match="No space"):
        ledger.open("week")
    assert view(ledger) == before
    assert path.read_bytes() == content
    ledger.open("week")
    monkeypatch.undo()
    ledger.shut()
    with csa.Ledger.resume(path) as resumed:
        assert resumed._state == ledger._state


def killed(path: Path, draw: random.Random) -> list[list[str | int]]:
    """Let a worker operate, kill it at a random moment, and return what it had acknowledged."""
    seed = draw.randrange(10**9)
    said = lines_said("tests.unit.ledger.worker", path, seed, draw=draw, most=26, pause=1 / 300)
    return [json.loads(line) for line in said][1:]


def kill_repeatedly(path: Path, kills: int, seed: int) -> None:
    draw = random.Random(seed)
    begin(path).shut()
    expected = csa.Ledger(SHUFFLERS, epsilon="250", delta="1e-6", order="2")
    count = 0
    for _ in range(kills):
        operations = killed(path, draw)
        with csa.Ledger.resume(path) as resumed:
            recorded = path.read_bytes().splitlines()[1 + count :]
            assert len(recorded) - len(operations) in (0, 1), "all that was acknowledged, at most one more"
            if len(recorded) > len(operations):
                last = json.loads(recorded[-1].rpartition(b" ")[0])
                operations.append([last["op"], last.get("users", last.get("shuffler"))])
            for operation in operations:
                do(expected, operation)
            assert resumed._state == expected._state
        count += len(recorded)
    assert expected.closed > 0


def test_killing_loses_nothing(tmp_path: Path) -> None:
    kill_repeatedly(tmp_path / "journal", 3, 1)


@pytest.mark.slow
def test_killing_many_times_loses_nothing(tmp_path: Path) -> None:
    kill_repeatedly(tmp_path / "journal", 20, 2)

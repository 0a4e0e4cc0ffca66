from pathlib import Path

import numpy as np
import pytest

import accounting as csa
from accounting.schedules import Batch, Schedule

BATCHES = [("hourly", 1, 5), ("daily", 2, 12), ("hourly", 6, 9)]


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_the_roads_to_a_schedule_agree(tmp_path: Path) -> None:
    one = Schedule(BATCHES)
    names, first, last = zip(*BATCHES, strict=True)
    two = Schedule.from_arrays(np.array(names), np.array(first, dtype=np.int32), last)
    one.to_csv(tmp_path / "schedule.csv")
    three = Schedule.from_csv(tmp_path / "schedule.csv")
    assert one == two == three
    assert hash(one) == hash(three)
    assert list(three) == [Batch(*batch) for batch in BATCHES]
    assert three.shufflers == ("hourly", "daily")
    assert three.users == 12
    assert three.sizes.tolist() == [5, 11, 4]
    assert one != Schedule(BATCHES, users=13)
    assert csa.Schedule is Schedule


def test_names_of_all_kinds_survive_a_file(tmp_path: Path) -> None:
    odd = Schedule([('a "quoted", name', 1, 2), ("städtisch", 3, 4)])
    odd.to_csv(tmp_path / "odd.csv")
    assert Schedule.from_csv(tmp_path / "odd.csv") == odd
    assert [path.name for path in tmp_path.iterdir()] == ["odd.csv"]


def test_spreadsheets_write_marks_and_carriage_returns(tmp_path: Path) -> None:
    path = write(tmp_path / "s.csv", b"\xef\xbb\xbfshuffler,first,last\r\nhourly, 1 ,5\r\n\r\n")
    assert Schedule.from_csv(path) == Schedule([("hourly", 1, 5)])


def test_a_schedule_cannot_be_written_to() -> None:
    schedule = Schedule(BATCHES)
    with pytest.raises(ValueError, match="read-only"):
        schedule.first[0] = 7
    with pytest.raises(ValueError, match="read-only"):
        schedule.memberships().users[0] = 7
    first = np.array([1, 2], dtype=np.int64)
    copied = Schedule.from_arrays(["a", "b"], first, [9, 9])
    first[0] = 5
    assert copied.first[0] == 1


HEAD = "shuffler,first,last\n"


@pytest.mark.parametrize(
    ("text", "place", "rule"),
    [
        ("", "", "must not be empty"),
        (HEAD, "", "at least one batch"),
        ("name,first,last\na,1,2\n", "line 1", "must be the header"),
        ("a,1,2\n", "line 1", "must be the header"),
        (HEAD + "a,1,5\nb,1,5\na,4,9\n", "line 4", "overlap"),
        (HEAD + "a,4,9\nb,1,5\na,1,4\n", "line 4", "overlap"),
        (HEAD + "a,1,10\na,11,12\na,5,6\n", "line 4", "overlap"),
        (HEAD + "a,1,5\na,9,8\n", "line 3", "must not end before it begins"),
        (HEAD + "a,0,5\n", "line 2", "must begin at user 1"),
        (HEAD + "a,-3,5\n", "line 2", "must begin at user 1"),
        (HEAD + "a,1,21\n", "line 2", "must end at user 20"),
        (HEAD + "a,1\n", "line 2", "three columns"),
        (HEAD + "a,1,2,3\n", "line 2", "three columns"),
        (HEAD + "a,1,x\n", "line 2, last", "whole number"),
        (HEAD + "a,1.0,2\n", "line 2, first", "whole number"),
        (HEAD + "a,1,٣\n", "line 2, last", "whole number"),
        (HEAD + "a,1," + "9" * 30 + "\n", "line 2, last", "at most 10^18"),
        (HEAD + "a,1,1000000000000000001\n", "line 2, last", "at most 10^18"),
        (HEAD + "a,1,2\n\nb,1,2\n", "line 3", "must not be blank"),
        (HEAD + "a,1,2\n" + "\n" * 5000 + "b,1,2\n", "line 3", "must not be blank"),
        (HEAD + "a,1,2\n" + "\n" * 5000, "line 3", "must not be blank"),
        (HEAD + ",1,2\n", ", shuffler", "nonempty"),
        (HEAD + "a,1,2\n" + "b" * 201 + ",1,2\n", "line 3, shuffler", "at most 200 characters"),
        (HEAD.encode("utf-16"), "line 1", "UTF-8"),
        (HEAD + 'a,1,2\n"b,1,2\n', "line 3", "line of CSV"),
        (HEAD + "a,1,2\nb\x07,1,2\n", "line 3", "printable"),
        (HEAD.encode() + b"a,1,2\nb\xff,1,2\n", "line 3", "UTF-8"),
        (HEAD + "a,1,2" + " " * 5000, "line 2", "fewer than 4096 bytes"),
        (HEAD.encode() + b"\0" * 100, "line 2", "printable"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(
    tmp_path: Path, text: str | bytes, place: str, rule: str
) -> None:
    path = write(tmp_path / "bad.csv", text)
    with pytest.raises(csa.ParameterError) as caught:
        Schedule.from_csv(path, users=20)
    where = f"{path}: {place}" if place.startswith("line") else f"{path}{place}"
    assert caught.value.name == where
    assert rule in caught.value.rule
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path, "zero\0byte"):
        with pytest.raises(csa.ParameterError, match="must be a file that can be read"):
            Schedule.from_csv(path)


def test_a_file_of_a_gigabyte_is_refused_where_it_breaks_the_format(tmp_path: Path) -> None:
    path = write(tmp_path / "huge.csv", HEAD + "a,1,2\n")
    with path.open("r+b") as file:
        file.truncate(2**30)  # zero bytes, which take no room on the disk
    with pytest.raises(csa.ParameterError, match="line 3 must have fewer than 4096 bytes"):
        Schedule.from_csv(path)


def test_too_many_shufflers_are_refused_at_their_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import accounting.schedules.files as files
    import accounting.schedules.schedule as schedule

    for module in (files, schedule):
        monkeypatch.setattr(module, "MOST_SHUFFLERS", 2)
    path = write(tmp_path / "many.csv", HEAD + "a,1,2\nb,3,4\na,5,6\nc,1,2\n")
    with pytest.raises(csa.ParameterError) as caught:
        Schedule.from_csv(path)
    assert caught.value.name == f"{path}: line 5, shuffler"
    with pytest.raises(csa.ParameterError, match="must have at most 2 shufflers"):
        Schedule([("a", 1, 2), ("b", 1, 2), ("c", 1, 2)])


def test_too_many_batches_are_refused_at_their_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import accounting.schedules.files as files

    monkeypatch.setattr(files, "LARGEST_SCHEDULE", 2)
    path = write(tmp_path / "long.csv", HEAD + "a,1,2\na,3,4\na,5,6\n")
    with pytest.raises(csa.ParameterError) as caught:
        Schedule.from_csv(path)
    assert caught.value.name == f"{path}: line 4"


@pytest.mark.parametrize(
    ("batches", "name"),
    [
        ([], "batches"),
        ([("a", 1, 2), ("a", 2, 3)], "batches[1]"),
        ([("a", 2, 1)], "batches[0]"),
        ([("a", 1)], "batches[0]"),
        ([7], "batches[0]"),
        ([("a", 1.5, 2)], "batches[0].first"),
        ([("a", 1, None)], "batches[0].last"),
        ([("a", 1, True)], "batches[0].last"),
        ([("a", 1, 10**19)], "batches[0].last"),
        ([(3, 1, 2)], "batches[0].shuffler"),
        ([("  ", 1, 2)], "batches, shuffler"),
        ([("a" * 201, 1, 2)], "batches, shuffler"),
    ],
)
def test_bad_batches_are_refused(batches: list[tuple[str, int, int]], name: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        Schedule(batches)
    assert caught.value.name == name


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ((["a"], [1.0], [2]), "first"),
        ((["a"], [1], [2, 3]), "last"),
        ((["a"], [[1]], [2]), "first"),
        ((["a"], [1], np.array([2**63], dtype=np.uint64)), "last"),
        (([4], [1], [2]), "shuffler"),
    ],
)
def test_bad_columns_are_refused(columns: tuple[list[str], list[int], list[int]], name: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        Schedule.from_arrays(*columns)
    assert caught.value.name == name


def test_users_in_no_batch_are_a_class_of_their_own() -> None:
    found = Schedule([("a", 3, 5), ("b", 4, 5)], users=9).memberships()
    assert found.users.tolist() == [6, 1, 2]
    assert found.batches.tolist() == [[-1, -1], [0, -1], [0, 1]]
    assert found.sizes.tolist() == [[0, 0], [3, 0], [3, 2]]
    assert list(zip(found.first.tolist(), found.last.tolist(), strict=True)) == [(1, 2), (3, 3), (4, 5)]


def test_a_set_of_batches_that_comes_back_is_one_membership() -> None:
    found = Schedule([("a", 1, 10), ("b", 4, 6)]).memberships()
    assert found.users.tolist() == [7, 3]


def test_a_table_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import accounting.schedules.memberships as module

    monkeypatch.setattr(module, "LARGEST_TABLE", 3)
    with pytest.raises(csa.ParameterError, match="must have at most 3 cells"):
        Schedule([("a", 1, 10), ("b", 4, 6)]).memberships()

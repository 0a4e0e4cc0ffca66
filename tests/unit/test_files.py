"""Files that are written: whole or not at all, and told in one line where they cannot be."""

from pathlib import Path

import pytest

from accounting.errors import ParameterError
from accounting.files import check_writable, written


def test_a_file_is_there_whole_or_as_it_was(tmp_path: Path) -> None:
    place = tmp_path / "a.txt"
    with written(place) as file:
        file.write("one\n")
    with pytest.raises(TypeError), written(place) as file:
        file.writelines(["two\n", None])
    assert place.read_text() == "one\n"
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.parametrize("path", ["none/a.txt", ""])
def test_what_cannot_be_written_is_told_before_work_goes_into_it(path: str, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"^--html must be a file"):
        check_writable(f"{tmp_path}/{path}", name="--html")


@pytest.mark.parametrize("path", ["none/a.txt", "a\0b"])
def test_what_cannot_be_written_is_told_with_the_name_of_the_option(path: str, tmp_path: Path) -> None:
    with (
        pytest.raises(ParameterError, match=r"^--plot must be a file"),
        written(f"{tmp_path}/{path}", name="--plot"),
    ):
        pass


def test_a_check_leaves_nothing_behind(tmp_path: Path) -> None:
    check_writable(tmp_path / "a.txt")
    assert not list(tmp_path.iterdir())

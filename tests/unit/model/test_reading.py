"""Files that are no deployment files."""

import os
from pathlib import Path

import pytest

import accounting as csa
from accounting.model import Deployment
from accounting.model.reading import LARGEST_FILE


def complaint(path: Path) -> csa.ParameterError:
    with pytest.raises(csa.ParameterError) as caught:
        Deployment.from_file(path)
    assert "\n" not in str(caught.value)
    assert str(path.name) in caught.value.name
    return caught.value


def test_missing(tmp_path: Path) -> None:
    assert complaint(tmp_path / "nothing.toml").value == "no such file or directory"


def test_directory(tmp_path: Path) -> None:
    assert complaint(tmp_path).value == "is a directory"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "secret.toml"
    path.write_text("")
    path.chmod(0)
    assert complaint(path).value == "permission denied"


def test_a_path_that_no_file_can_have(tmp_path: Path) -> None:
    with pytest.raises(csa.ParameterError):
        Deployment.from_file(f"{tmp_path}/\0")
    with pytest.raises(csa.ParameterError) as caught:
        Deployment.from_file(tmp_path / ("x" * 5000))
    assert len(str(caught.value)) < 500


def test_binary(tmp_path: Path) -> None:
    path = tmp_path / "picture.toml"
    path.write_bytes(b"title = '\x89PNG\r\n\x1a\n'")
    assert complaint(path).value == "byte 0x89 at offset 9"


def test_other_encoding(tmp_path: Path) -> None:
    path = tmp_path / "wide.toml"
    path.write_bytes("title = 'x'".encode("utf-16-be"))
    assert complaint(path).value == "a zero byte at offset 0"


def test_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(100 * LARGEST_FILE)  # sparse: takes no space
    assert complaint(path).value == f"{100 * LARGEST_FILE} bytes"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no endless file here")
def test_endless() -> None:
    assert complaint(Path("/dev/zero")).value == f"more than {LARGEST_FILE} bytes"


def test_the_file_stands_before_the_key(tmp_path: Path) -> None:
    path = tmp_path / "typo.toml"
    path.write_text("[budget]\nepsilon = 1\ndelta = 0\n[[shufler]]\n")
    assert complaint(path).name == f"{path}: shufler"
    assert complaint(path).remedy == "Did you mean shuffler?"
    path.write_text("relation = 'add-remove'\nshuffler = 1\n[budget]\nepsilon = 1\ndelta = 0\n")
    with pytest.raises(csa.AccountingError) as caught:
        Deployment.from_file(path)
    assert str(caught.value).startswith(f"{path}: ")

"""``check --html``: the page beside the answer, which stays what it was."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounting.cli import main
from accounting.report import band
from accounting.report import html as page_module

TEXT = (
    'title = "Größe"\nrelation = "replace-one"\n[budget]\nepsilon = {epsilon}\ndelta = 1e-6\n[[shuffler]]\n'
    'name = "site"\nusers = 40\nrandomizer = {{kind = "kary-randomized-response", values = 4, epsilon0 = 1}}\n'
)


@pytest.fixture(autouse=True)
def few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setattr(band, "POINTS_ALONE", 5)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "d.toml"
    path.write_text(TEXT.format(epsilon="0.1"), encoding="utf-8")
    return path


@pytest.mark.parametrize(("epsilon", "code"), [("0.1", 1), ("2", 0)])
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "json"])
def test_the_answer_does_not_change(
    epsilon: str, code: int, options: tuple[str, ...], file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file.write_text(TEXT.format(epsilon=epsilon), encoding="utf-8")
    assert main(["check", str(file), *options]) == code
    plain = capfd.readouterr()
    page = file.with_suffix(".html")
    assert main(["check", str(file), *options, "--html", str(page)]) == code
    assert capfd.readouterr() == plain
    text = page.read_text(encoding="utf-8")
    assert ("Within the budget" if code == 0 else "Exceeds the budget") in text
    assert "Größe" in text
    if options:
        total = json.loads(plain.out)["total"]
        assert all(claim in text for claim in total["claims"])
    assert sorted(os.listdir(file.parent)) == ["d.html", "d.toml"]


def test_the_page_does_not_depend_on_time_or_folder(file: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    copy = elsewhere / file.name
    copy.write_bytes(file.read_bytes())
    pages = [path.with_suffix(".html") for path in (file, copy)]
    for path, page in zip((file, copy), pages, strict=True):
        main(["check", str(path), "--html", str(page)])
    assert pages[0].read_bytes() == pages[1].read_bytes()
    assert str(tmp_path) not in pages[0].read_text(encoding="utf-8")


def test_a_date_that_is_asked_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = file.with_suffix(".html")
    main(["check", str(file), "--html", str(page)])
    assert ", on " not in page.read_text(encoding="utf-8").rpartition("<footer>")[2]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    main(["check", str(file), "--html", str(page)])
    assert ", on 1970-01-02." in page.read_text(encoding="utf-8").rpartition("<footer>")[2]


@pytest.fixture
def refused(capfd: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """Collect arguments; each call must end with exit code 2 and one line."""
    argv: list[str] = []
    yield argv
    assert main(argv) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith(("--html", "SOURCE_DATE_EPOCH"))


@pytest.mark.parametrize("name", ["page.txt", "page", "d.toml", "-", "--json"])
def test_another_ending_is_refused(name: str, file: Path, refused: list[str]) -> None:
    refused += ["check", str(file), f"--html={file.parent / name}"]


def test_a_folder_that_is_not_there_is_refused(file: Path, refused: list[str]) -> None:
    refused += ["check", str(file), "--html", str(file.parent / "nowhere" / "page.html")]


def test_a_folder_is_refused(file: Path, refused: list[str]) -> None:
    (file.parent / "page.html").mkdir()
    refused += ["check", str(file), "--html", str(file.parent / "page.html")]


def test_a_zero_byte_is_refused(file: Path, refused: list[str]) -> None:
    refused += ["check", str(file), "--html", str(file.parent / "a\0.html")]


@pytest.mark.parametrize("seconds", ["yesterday", "-1", "253402300800", "²"])
def test_a_bad_date_is_refused(
    seconds: str, file: Path, refused: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", seconds)
    refused += ["check", str(file), "--html", str(file.parent / "page.html")]


def test_a_page_that_fails_leaves_the_old_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = file.with_suffix(".html")
    page.write_text("old", encoding="utf-8")
    monkeypatch.setattr(page_module, "as_html", lambda *_, **__: 1 / 0)
    assert main(["check", str(file), "--html", str(page)]) == 2
    assert page.read_text(encoding="utf-8") == "old"


def test_a_bad_deployment_makes_no_page(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(b"\xff\xfe")
    page = file.with_suffix(".html")
    assert main(["check", str(file), "--html", str(page)]) == 2
    assert capfd.readouterr().err.count("\n") == 1
    assert not page.exists()

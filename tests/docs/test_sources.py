"""Links that leave the project are well-formed, papers are listed, and the citation file is one."""

import datetime
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("accounting", "proofs", "docs", "examples", "tests", "bin")
ENDINGS = {".py", ".md", ".toml", ".cff", ".sh"}
URL = re.compile(r"\b(?:https?|ftp)://[^\s<>\"'`\\)\]}]+")
ARXIV = re.compile(r"(?:arXiv[: ]\s*|arxiv\.org/abs/|arxiv=\")(?P<id>[^\s,;)\]\"'`}]*[\w/])", re.IGNORECASE)
IDENTIFIER = re.compile(r"(?P<id>\d{2}(?:0[1-9]|1[0-2])\.\d{4,5})(?:v[1-9]\d*)?")
BARE = re.compile(
    r"(?<![\d.])(?:0[7-9]|1\d|2\d)(?:0[1-9]|1[0-2])\.\d{5}(?![\d.])"
)  # in prose, like "of 2205.08858"
MADE = ("docs/reference/api", "docs/proofs_of_claims")


def texts() -> Iterator[tuple[str, str]]:
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*"))]
    for path in [*sorted(ROOT.glob("*.*")), *files]:
        name = path.relative_to(ROOT).as_posix()
        if path.suffix in ENDINGS and path.is_file() and not name.startswith(MADE) and path != Path(__file__):
            yield name, path.read_text(encoding="utf-8")


def listed() -> list[str]:
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| \[([\d.]+)\]\(https://arxiv\.org/abs/([\d.]+)\) \| \S.* \| \S.* \|$", page, re.MULTILINE
    )
    assert all(one == other for one, other in rows)
    return [one for one, _ in rows]


def well_formed(url: str) -> bool:
    parts = urlsplit(url.rstrip(".,;:"))
    host = parts.hostname or ""
    return (
        parts.scheme == "https"
        and re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", host) is not None
        and parts.port is None
        and parts.username is None
        and re.fullmatch(r"[\w.~/%@:+,=-]*", parts.path) is not None
    )


def test_what_is_well_formed() -> None:
    assert well_formed("https://arxiv.org/abs/2301.12535")
    for url in (
        "http://arxiv.org/abs/2301.12535",
        "https://arxiv/abs",
        "https://arxiv.org:8080/",
        "https://a.b/<x>",
    ):
        assert not well_formed(url)


def test_links_are_well_formed() -> None:
    found = [(name, url) for name, text in texts() for url in URL.findall(text)]
    assert found
    assert not [(name, url) for name, url in found if not well_formed(url)]


def test_papers_are_listed() -> None:
    known, used = listed(), set()
    assert known == sorted(set(known))
    for name, text in texts():
        for match in ARXIV.finditer(text):
            if not match["id"][0].isdigit():
                continue  # a word of prose
            identifier = IDENTIFIER.fullmatch(match["id"])
            assert identifier is not None, f"{name}: {match[0]}"
            assert identifier["id"] in known, f"{name}: {identifier['id']} is missing in docs/sources.md"
            if name != "docs/sources.md":
                used.add(identifier["id"])
        if name.endswith(".md") and name != "docs/sources.md":
            used |= {bare for bare in BARE.findall(text) if bare in known}
    assert not set(known) - used, "listed, but nowhere used"


@pytest.fixture
def citation() -> dict[str, object]:
    read: dict[str, object] = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return read


def test_the_citation_file(citation: dict[str, object]) -> None:
    """The rules of the Citation File Format 1.2.0 for the keys that are used."""
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] in {"software", "dataset"}
    allowed = {
        "cff-version", "message", "title", "abstract", "type", "version", "license", "authors", "keywords", "references",
        "date-released", "doi", "identifiers", "repository-code", "url", "preferred-citation",
    }  # fmt: skip
    assert citation.keys() <= allowed
    if "date-released" in citation:
        assert isinstance(citation["date-released"], datetime.date)
    people(citation["authors"])
    words = citation["keywords"]
    assert isinstance(words, list)
    assert len(words) == len(set(words)) > 0
    references = citation["references"]
    assert isinstance(references, list)
    for reference in references:
        assert {"type", "title", "authors"} <= reference.keys()
        people(reference["authors"])
        assert isinstance(reference["year"], int)
        for identifier in reference.get("identifiers", []):
            assert identifier["type"] in {"doi", "url", "swh", "other"}
            assert identifier["value"].removeprefix("arXiv:") in listed()


def people(authors: object) -> None:
    assert isinstance(authors, list)
    assert authors
    for author in authors:
        assert author.keys() in ({"name"}, {"family-names", "given-names"}, {"name", "website"})
        assert all(isinstance(value, str) and value.strip() for value in author.values())


def test_the_citation_is_of_this_version(citation: dict[str, object]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["version"] == project["version"]
    assert citation["title"] == project["name"]
    assert citation["license"] == project["license"]
    keywords = citation["keywords"]
    assert isinstance(keywords, list)
    assert set(keywords) <= set(project["keywords"])

"""The page says what the report says, in the same digits, and treats every text as text."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

import accounting as csa
from accounting.claims import CLAIMS
from accounting.errors import UndecidedError
from accounting.model import Budget, Deployment, NamedShuffle
from accounting.report import CheckReport, band, check, html
from accounting.report.html import SourceFile, as_html
from accounting.report.text import as_text, loss_cells, sections

VOID = {"meta", "link", "input", "br", "line", "polygon", "polyline", "circle"}


class Tree(HTMLParser):
    """Collects elements, and fails where tags do not match."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.found if found == tag]


def words(page: str) -> str:
    """Return the text of a page's body, on one line."""
    body = page[page.index("<body>") :]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def deployed(
    *users: int, title: str = "A title", epsilon: str = "1", delta: str = "1e-6", name: str = "s"
) -> Deployment:
    randomizer = csa.KaryRandomizedResponse(values=4, epsilon0="1")
    shufflers = [NamedShuffle(f"{name}{i}", csa.Shuffle(randomizer, n)) for i, n in enumerate(users)]
    return Deployment(shufflers, budget=Budget(epsilon=epsilon, delta=delta), title=title)


@pytest.fixture(scope="module", autouse=True)
def few_points() -> Iterator[None]:
    """A curve of few points is enough here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(band, "POINTS_ALONE", 5)
        patch.setattr(band, "POINTS_TOGETHER", 5)
        yield


@pytest.fixture(scope="module", params=[(1000,), (20,), (60, 80)], ids=str)
def report(request: pytest.FixtureRequest) -> CheckReport:
    return check(deployed(*request.param))


@pytest.fixture(scope="module")
def page(report: CheckReport) -> str:
    return as_html(report)


def test_it_says_what_the_text_says(report: CheckReport, page: str) -> None:
    shown = words(page)
    verdict, _, rest = report.sentence().partition(": ")
    assert f"{verdict} {rest[:1].upper()}{rest[1:]}" in shown
    for row in loss_cells(report):
        assert " ".join(row).strip() in shown.replace("  ", " ") or all(cell in shown for cell in row)
    for title, lines in sections(report):
        if title != "Upper ends rest on":
            assert all(" ".join(line.split()) in shown for line in lines), title
    assert as_text(report)


def test_no_number_is_rounded_a_second_time(report: CheckReport, page: str) -> None:
    """Each pair of ends on the page is one that the text has, to the digit."""
    body = page[page.index("<body>") :]
    pairs = set(re.findall(r"\d[^\s<>]* to \d[^\s<>]*", body))
    assert pairs
    assert all(pair in as_text(report) for pair in pairs)


def test_each_claim_stands_with_its_statement(report: CheckReport, page: str) -> None:
    shown = words(page)
    lower = {claim for part in (report.epsilon, report.delta) for claim in part.lower_claims}
    assert report.claims
    for claim in {*report.claims, *lower}:
        assert f"{claim} {' '.join(CLAIMS[claim].title.split())}" in shown


def test_each_assumption_has_a_box(report: CheckReport, page: str) -> None:
    boxes = [a for a in Tree(page).all("input") if a.get("type") == "checkbox"]
    assert len(boxes) == len(report.assumptions) > 0
    assert "checked" not in {key for box in boxes for key in box}


def test_it_is_one_file_without_scripts(page: str) -> None:
    tree = Tree(page)
    assert not tree.all("script")
    assert not tree.all("img")
    assert [a["href"] for a in tree.all("link")] == ["data:,"]
    assert [a["href"] for a in tree.all("a")] == ["#verdict"]
    assert "@import" not in page
    assert "url(" not in page
    assert "http://" not in page
    assert "https://" not in page


def test_tables_and_regions_are_named(page: str) -> None:
    tree = Tree(page)
    assert tree.all("html")[0]["lang"] == "en"
    assert len(tree.all("caption")) == len(tree.all("table")) == 3
    assert all(a.get("scope") in ("col", "row") for a in tree.all("th"))
    names = {a["id"] for _, a in tree.found if "id" in a}
    regions = [a for a in tree.all("div") if a.get("class") == "scroll"]
    assert len(regions) == 5
    for region in regions:
        assert region["role"] == "region"
        assert region["tabindex"] == "0"
        assert "aria-label" in region or region["aria-labelledby"] in names


def test_titles_and_names_are_text() -> None:
    bad = '<script>alert("x")</script>&amp;'
    page = as_html(check(deployed(1000, title=bad, name="<b>")))
    assert not Tree(page).all("script")
    assert not Tree(page).all("b")
    assert bad in words(page.replace("&lt;", "LESS")).replace("LESS", "<")
    assert "<b>0" in unescape(page)


def test_the_file_is_shown_with_its_digest(report: CheckReport) -> None:
    content = b'\xef\xbb\xbftitle = "<i>"\r\n'
    source = SourceFile("it's mine.toml", content)
    page = as_html(report, source=source, toolkit="version X", date="2001-02-03")
    shown = words(page)
    assert hashlib.sha256(content).hexdigest() in shown
    assert 'title = "<i>"' in unescape(page)
    assert "\ufeff" not in page
    assert """check 'it'"'"'s mine.toml' --html 'it'"'"'s mine.html'""" in shown
    assert "version X, on 2001-02-03." in shown


def test_bytes_are_the_same_every_time(report: CheckReport, page: str) -> None:
    assert as_html(report) == page


def test_a_warning_stands_before_the_numbers() -> None:
    randomizer = csa.KaryRandomizedResponse(values=4, epsilon0="1")
    shufflers = [NamedShuffle(name, csa.Shuffle(randomizer, 300), fresh=False) for name in ("day", "week")]
    report = check(Deployment(shufflers, budget=Budget(epsilon="1", delta="1e-6")))
    shown = words(as_html(replace(report, assumptions=("<only one>",))))
    (warning,) = report.warnings
    assert 0 < shown.index(" ".join(warning.split())) < shown.index("Total epsilon at")
    assert "<only one>" in shown


def test_without_a_curve_the_verdict_stands(report: CheckReport, monkeypatch: pytest.MonkeyPatch) -> None:
    def undecided(asked: CheckReport) -> None:
        assert asked is report
        raise UndecidedError("too <close>")

    monkeypatch.setattr(html, "band_of", undecided)
    page = as_html(report)
    assert "There is no picture: too <close>" in words(page)
    assert not Tree(page).all("svg")
    assert report.sentence().partition(":")[0] in words(page)


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_enough_in_every_mode(page: str) -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    modes = [colours(block) for block in re.findall(r":root \{(.*?)\}", page, re.DOTALL)]
    assert len(modes) == 3
    for mode in modes:
        for text in ("ink", "quiet", "link", "budget", "within", "exceeds", "undecided"):
            assert contrast(mode[text], mode["page"]) >= 4.5, text
            assert contrast(mode[text], mode["card"]) >= 4.5, text
        assert contrast(mode["curve"], mode["card"]) >= 3
        assert contrast(mode["curve"], mode["band"]) >= 3

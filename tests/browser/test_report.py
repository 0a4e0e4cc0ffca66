"""Opens pages of ``check --html`` in a real browser."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from accounting.cli import main
from accounting.report import band

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
DEPLOYMENTS = [
    path
    for path in sorted((ROOT / "examples").glob("*.toml"))
    if "shuffler" in tomllib.loads(path.read_text(encoding="utf-8"))
]
SMALL = (
    'title = "A <i>small</i> batch"\nrelation = "replace-one"\n[budget]\nepsilon = 0.5\ndelta = 1e-6\n[[shuffler]]\n'
    'name = "site"\nusers = 40\nrandomizer = {kind = "kary-randomized-response", values = 4, epsilon0 = 1}\n'
)
SCHEMES = ("light", "dark")


class Opened:
    """A page, with everything that it complained about and asked for.

    Attributes:
        page: in the browser.
        messages: of the console, and errors.
        requests: addresses.
    """

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        self.messages: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.messages.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.messages.append(f"error: {error}"))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(path.as_uri(), wait_until="networkidle")

    def ask(self, script: str) -> Any:
        """Evaluate an expression in the page."""
        return self.page.evaluate(script)


Open = Callable[..., Opened]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Return a function that opens a file."""
    contexts = []

    def run(path: Path, *, scheme: Any = "light", width: int = 1000) -> Opened:
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
        contexts.append(context)
        return Opened(context.new_page(), path)

    yield run
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    source, page = folder / "small.toml", folder / "small.html"
    source.write_text(SMALL, encoding="utf-8")
    assert main(["check", str(source), "--html", str(page)]) in (0, 1, 3)
    return page


def eventually(page: Opened, condition: str) -> bool:
    """Ask until it holds; the page's own policy forbids the browser to evaluate a string again and again."""
    for _ in range(100):
        if page.ask(condition):
            return True
        page.page.wait_for_timeout(50)
    return False


def quiet(page: Opened, path: Path) -> None:
    assert page.messages == []
    assert [url for url in page.requests if not url.startswith("data:")] == [path.as_uri()]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nothing_is_complained_about_or_asked_for(scheme: str, small: Path, opened: Open) -> None:
    page = opened(small, scheme=scheme)
    quiet(page, small)
    assert page.page.title().endswith("A <i>small</i> batch")
    assert page.page.locator("i").count() == 0
    assert page.page.locator("svg polygon").bounding_box() is not None


def test_what_the_page_complains_about_is_seen(small: Path, opened: Open, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    text = small.read_text(encoding="utf-8").replace(
        "<footer>", "<script>1</script><img src='other.png' alt=''><footer>"
    )
    bad.write_text(text, encoding="utf-8")
    assert opened(bad).messages


def test_light_and_dark_differ(small: Path, opened: Open) -> None:
    found = []
    for scheme in SCHEMES:
        page = opened(small, scheme=scheme)
        one = {
            name: page.ask(f"getComputedStyle(document.querySelector('{name}')).{style}")
            for name, style in (
                ("body", "backgroundColor"),
                ("h1", "color"),
                (".word", "color"),
                ("svg .band", "fill"),
            )
        }
        assert one["body"] != one["h1"]
        found.append(one)
    assert all(found[0][name] != found[1][name] for name in found[0])
    assert found[0]["body"] == "rgb(251, 250, 247)"


def test_the_verdict_is_a_word_above_everything(small: Path, opened: Open) -> None:
    page = opened(small)
    words = page.page.locator(".word").inner_text()
    assert words in ("Within the budget", "Exceeds the budget", "Undecided")
    assert page.ask("document.querySelector('.word').getBoundingClientRect().bottom < innerHeight / 2")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_phone_shows_it_without_scrolling_sideways(scheme: str, small: Path, opened: Open) -> None:
    page = opened(small, scheme=scheme, width=360)
    assert page.ask("document.querySelectorAll('details').forEach(each => each.open = true)") is None
    assert page.ask("document.documentElement.scrollWidth") <= 360
    assert page.ask("document.body.scrollWidth") <= 360
    assert page.ask(
        "[...document.querySelectorAll('.scroll')].some(each => each.scrollWidth > each.clientWidth)"
    )


def test_the_keyboard_reaches_and_scrolls_every_table(small: Path, opened: Open) -> None:
    page = opened(small, width=360)
    page.ask("document.querySelectorAll('details').forEach(each => each.open = true)")
    reached: dict[int, bool] = {}
    which = "[...document.querySelectorAll('.scroll')].indexOf(document.activeElement)"
    page.page.keyboard.press("Tab")
    assert page.ask("document.activeElement.className") == "skip"
    assert page.ask("document.activeElement.getBoundingClientRect().left") >= 0
    for _ in range(60):
        page.page.keyboard.press("Tab")
        if (number := page.ask(which)) < 0:
            continue
        wide = page.ask("document.activeElement.scrollWidth > document.activeElement.clientWidth")
        if wide:
            page.page.keyboard.press("ArrowRight")
            assert eventually(page, "document.activeElement.scrollLeft > 0")
        reached[number] = wide
    assert set(reached) == set(range(page.ask("document.querySelectorAll('.scroll').length")))
    assert page.ask("[...document.querySelectorAll('table')].every(each => each.closest('.scroll'))")
    assert any(reached.values())


def test_the_skip_link_goes_to_the_verdict(small: Path, opened: Open) -> None:
    page = opened(small)
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")
    assert page.ask("document.activeElement.id") == "verdict"


def test_each_assumption_can_be_ticked_by_its_words(small: Path, opened: Open) -> None:
    page = opened(small)
    labels = page.page.locator(".ticks label")
    assert labels.count() > 0
    for i in range(labels.count()):
        labels.nth(i).click()
    assert page.page.locator(".ticks input:checked").count() == labels.count()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_it_prints_in_black_on_white(scheme: str, small: Path, opened: Open) -> None:
    page = opened(small, scheme=scheme)
    content = page.page.pdf(format="A4")
    assert content.startswith(b"%PDF-")
    page.page.emulate_media(media="print")
    assert page.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.ask("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"
    assert page.ask("getComputedStyle(document.querySelector('.skip')).display") == "none"
    quiet(page, small)


@pytest.mark.slow
@pytest.mark.parametrize("path", DEPLOYMENTS, ids=lambda path: path.stem)
def test_every_example_opens_clean(
    path: Path, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a curve of few points, to save time."""
    monkeypatch.setattr(band, "POINTS_ALONE", 9)
    monkeypatch.setattr(band, "POINTS_TOGETHER", 9)
    page = tmp_path / f"{path.stem}.html"
    assert main(["check", str(path), "--html", str(page)]) in (0, 1, 3)
    for scheme, width in (("light", 1000), ("dark", 360)):
        shown = opened(page, scheme=scheme, width=width)
        quiet(shown, page)
        assert shown.ask("document.documentElement.scrollWidth") <= width
        assert shown.page.locator("svg").count() == 1

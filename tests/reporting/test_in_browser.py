"""Pages in a real Chromium: they open, fetch nothing, fit, can be printed and be read by a screen reader."""

from __future__ import annotations

import itertools
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from refresh.reporting import changes, index_page, page
from refresh.reporting.entry import Entry, of_report
from tests.reporting import made

pytestmark = pytest.mark.slow

NARROW, A4, WIDE = 375, 690, 1400
LEAST_PICTURE = (240, 80)


def _with_changes() -> str:
    report = made.mongo_report()
    former = made.mongo_report_of(made.mongo_ledger("former"), {"databases": {"shop": {"orders": {"mode": "copy"}}}})
    return page.as_html(report.model_copy(update={"changes": changes.since(former, report)}))


def _index() -> str:
    events = [
        made.serve_report(), made.mongo_report(), made.mongo_report_of(made.failed_ledger()), made.aurora_report(),
        made.serve_report("serve-4", outcome="switched back"),
    ]  # fmt: skip
    killed = Entry(refresh_id="killed", outcome="unfinished", finished_at=made.at(5), reason="Stopped.", seconds=4)
    return index_page.as_html([*(Entry.model_validate(of_report(each)) for each in events), killed])


PAGES: dict[str, Callable[[], str]] = {
    "refresh": _with_changes,
    "interrupted": lambda: page.as_html(made.mongo_report(interrupted=True)),
    "abandoned": lambda: page.as_html(made.mongo_report_of(made.failed_ledger())),
    "aurora": lambda: page.as_html(made.aurora_report()),
    "serve": lambda: page.as_html(made.serve_report()),
    "index": _index,
    "empty-index": lambda: index_page.as_html([]),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    assert program, "there is no chromium on PATH: make setup brings it"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])  # tests may run as root
        yield started
        started.close()


class Opened:
    """A page with all that it asked for and complained of."""

    def __init__(self, browser: Browser, file: Path, width: int, scheme: str = "light") -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(file.as_uri())
        self.asked_besides = [url for url in self.asked if url != file.as_uri()]

    def color(self, name: str) -> str:
        return str(self.page.evaluate(f"getComputedStyle(document.body).{name}"))


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    pages: list[Opened] = []

    def open_one(html: str, width: int = WIDE, scheme: str = "light") -> Opened:
        file = tmp_path / "page.html"
        file.write_text(html, encoding="utf-8")
        pages.append(Opened(browser, file, width, scheme))
        return pages[-1]

    yield open_one
    for each in pages:
        each.page.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_fetches_nothing_fits_and_is_accessible(name: str, opened: Callable[..., Opened]) -> None:
    html = PAGES[name]()
    for width, scheme in ((NARROW, "light"), (WIDE, "light"), (WIDE, "dark")):
        shown = opened(html, width, scheme)
        assert (shown.errors, shown.asked_besides) == ([], [])
        assert shown.page.evaluate("document.documentElement.scrollWidth") <= width
        for picture in shown.page.query_selector_all("svg[role=img]"):
            box = picture.bounding_box()
            assert box is not None
            assert box["width"] >= LEAST_PICTURE[0]
            assert box["height"] >= LEAST_PICTURE[1]
            assert box["x"] + box["width"] <= width
            assert len(picture.query_selector("desc").text_content()) > 20
        found = Axe().run(shown.page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == [], f"{width} {scheme}"


POLICY = re.compile(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>")


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """A server that a page must not ask: its address, and the paths that it was asked for."""
    asked: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_unused: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Noting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def _with_wrong(html: str, address: str) -> str:
    wrong = (
        f'<img src="{address}/x.png"><script>console.error("broken")</script>'
        '<p style="min-width: 2000px; color: #ccc; background: #ddd">hardly to be read</p></main>'
    )
    return html.replace("</main>", wrong)


def test_what_is_wrong_with_a_page_is_noticed(opened: Callable[..., Opened], elsewhere: tuple[str, list[str]]) -> None:
    """The control of the tests beside it: the same looks find an error, a request, a page too wide, poor contrast."""
    address, asked = elsewhere
    html, found = POLICY.subn("", page.as_html(made.serve_report()))
    assert found == 1
    shown = opened(_with_wrong(html, address))
    assert "broken" in shown.errors
    assert (shown.asked_besides, asked) == ([f"{address}/x.png"], ["/x.png"])
    assert shown.page.evaluate("document.documentElement.scrollWidth") > WIDE
    wrong = {each["id"] for each in Axe().run(shown.page).response["violations"]}
    assert {"image-alt", "color-contrast"} <= wrong


def test_what_got_into_a_page_all_the_same_is_neither_run_nor_fetched(
    opened: Callable[..., Opened], elsewhere: tuple[str, list[str]]
) -> None:
    address, asked = elsewhere
    shown = opened(_with_wrong(page.as_html(made.serve_report()), address))
    assert asked == []
    assert "broken" not in shown.errors


def _boxes(shown: Opened, selector: str) -> list[dict[str, float]]:
    return [each.bounding_box() for each in shown.page.query_selector_all(selector)]


def _touch(one: dict[str, float], other: dict[str, float]) -> bool:
    across = one["x"] < other["x"] + other["width"] and other["x"] < one["x"] + one["width"]
    return across and one["y"] < other["y"] + other["height"] and other["y"] < one["y"] + one["height"]


@pytest.mark.parametrize("width", [NARROW, A4, WIDE])
@pytest.mark.parametrize("name", ["refresh", "interrupted", "aurora", "index"])
def test_no_two_texts_of_a_picture_lie_on_each_other(name: str, width: int, opened: Callable[..., Opened]) -> None:
    shown = opened(PAGES[name](), width)
    shown.page.emulate_media(media="print" if width == A4 else "screen")
    for picture in shown.page.query_selector_all("svg[role=img]"):
        texts = [(each.text_content(), each.bounding_box()) for each in picture.query_selector_all("text")]
        assert len(texts) > 3
        pairs = itertools.combinations(texts, 2)
        assert [(one, other) for (one, a), (other, b) in pairs if _touch(a, b)] == []


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_timeline_has_a_bar_for_each_run_and_no_name_lies_on_one(width: int, opened: Callable[..., Opened]) -> None:
    report = made.mongo_report(interrupted=True)
    shown = opened(page.as_html(report), width)
    bars, names = _boxes(shown, ".time .bar"), _boxes(shown, ".time .name, .time .took")
    assert len(bars) == len(report.runs)
    assert all(bar["width"] > 0 and bar["height"] == 18 for bar in bars)
    assert not [bar for bar in bars for name in names if _touch(bar, name)]
    (picture,) = _boxes(shown, ".time")
    assert all(picture["x"] <= bar["x"] and bar["x"] + bar["width"] <= picture["x"] + picture["width"] for bar in bars)
    short = made.mongo_ledger(interrupted=True)
    short["runs"][5].update(ended_at=short["runs"][5]["begun_at"], end="interrupted")
    shown = opened(page.as_html(made.mongo_report_of(short)), width)
    (stopped,) = _boxes(shown, ".time .b-interrupted")
    assert stopped["width"] >= 2
    on_top = f"document.elementFromPoint({stopped['x'] + 1}, {stopped['y'] + 9} - scrollY).classList.contains('bar')"
    shown.page.evaluate(f"scrollTo(0, {stopped['y'] - 200})")
    assert shown.page.evaluate(on_top)
    starts = [bar["x"] for bar in sorted(bars, key=lambda bar: bar["y"]) if bar["width"] > 0]
    assert starts[0] < starts[-1]


def test_dark_and_light_are_two_and_paper_is_always_light(opened: Callable[..., Opened]) -> None:
    html = page.as_html(made.mongo_report())
    light, dark = opened(html, scheme="light"), opened(html, scheme="dark")
    assert light.color("backgroundColor") != dark.color("backgroundColor")
    assert light.color("color") != dark.color("color")
    dark.page.emulate_media(media="print")
    assert dark.color("backgroundColor") == light.color("backgroundColor")


def test_a_page_can_be_printed_with_nothing_cut_off(opened: Callable[..., Opened]) -> None:
    shown = opened(page.as_html(made.mongo_report()), WIDE)
    printed = shown.page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") >= 2 or printed.count(b"/Type /Page") >= 2
    shown.page.emulate_media(media="print")
    shown.page.set_viewport_size({"width": A4, "height": 900})  # between its margins
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= A4
    hidden = "[...document.querySelectorAll('.wide')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    assert shown.page.evaluate(hidden) == 0


def test_names_from_production_are_text_and_no_markup(opened: Callable[..., Opened]) -> None:
    ledger = made.failed_ledger()
    finding = {
        "kind": "original",
        "collection": "shop.<b>x</b>",
        "path": "<script>document.title='x'</script>",
        "count": 1,
    }
    ledger["steps"]["verify"] = {"facts": {"findings": [finding], "checks": []}, "seconds": 1.0}
    shown = opened(page.as_html(made.mongo_report_of(ledger)))
    assert "<script>document.title='x'</script>" in shown.page.inner_text("#found ~ div")
    assert shown.page.title().startswith("Refresh ")
    assert shown.page.query_selector("td b") is None


def test_headings_are_in_order_and_every_table_has_a_caption(opened: Callable[..., Opened]) -> None:
    for name in ("refresh", "index"):
        shown = opened(PAGES[name]())
        levels = [int(each.evaluate("e => e.tagName")[1]) for each in shown.page.query_selector_all("h1, h2, h3")]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        tables = shown.page.query_selector_all("table")
        assert tables
        assert all(each.query_selector("caption") for each in tables)
        assert shown.page.evaluate("[...document.querySelectorAll('th')].every(e => e.scope)")
        assert shown.page.evaluate("document.documentElement.lang") == "en"

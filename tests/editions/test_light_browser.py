"""The Light page in a real browser: one request, no complaint, nothing wider than a phone, enough contrast."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from lightkeeper.article.model import Article, Element, Headline
from lightkeeper.editions.front import render_front
from lightkeeper.editions.light import render_article
from lightkeeper.editions.styles import page_csp
from tests.browser.drivers import chromium
from tests.editions.samples import BASE, a, article, context, front, p

Scheme = Literal["light", "dark"]
pytestmark = pytest.mark.browser

LONG = "https://other.example/" + "a-very-long-address-" * 8
CELLS = tuple(Element("td", (), ("Unbreakable" * 2,)) for _ in range(6))
STORY = article(
    correction="The boat has two decks.",
    body=(
        p("Read ", a(LONG, LONG), " and then this."),
        Element("table", (), (Element("caption", (), ("Loaves",)), Element("tbody", (), (Element("tr", (), CELLS),)))),
        Element("pre", (), (Element("code", (), ("x" * 200,)),)),
        Element("blockquote", (), (p("A quotation."),)),
    ),
)
# Relative luminance and contrast of WCAG 2.1, of each text against the page; opacity counts.
CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => rgb.map((part) => part / 255)
    .map((part) => part <= .03928 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [.2126, .7152, .0722][at], 0);
  const paper = parse(getComputedStyle(document.documentElement).backgroundColor).slice(0, 3);
  const found = {};
  for (const element of document.querySelectorAll("h1, p, a, small, small b, figcaption, time, th, td")) {
    let opacity = 1;
    for (let above = element; above; above = above.parentElement) opacity *= getComputedStyle(above).opacity;
    const ink = parse(getComputedStyle(element).color).slice(0, 3)
      .map((part, at) => part * opacity + paper[at] * (1 - opacity));
    const [low, high] = [light(ink), light(paper)].sort((one, other) => one - other);
    const name = `${element.parentElement.localName} ${element.localName}`;
    found[name] = Math.min(found[name] ?? 99, (high + .05) / (low + .05));
  }
  return found;
}"""


class Pages(ThreadingHTTPServer):
    """Serves pages by path, each with its policy, and keeps the paths that were asked for."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages, self.asked = pages, list[str]()
        super().__init__(("127.0.0.1", 0), Handler)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class Handler(BaseHTTPRequestHandler):
    server: Pages

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        body = self.server.pages.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", page_csp(body))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    persian: Article = article(language="fa", direction="rtl", title="کشتی پس از سه سال بازگشت", body=STORY.body)
    served = {
        "/story": render_article(STORY, context(note="Help <a href='https://lantern.example/d'>us</a>")),
        "/persian": render_article(persian, context(language="fa", stale=context().now)),
        "/front": render_front(front(headlines=(Headline(f"{BASE}/a", "Unbreakable" * 6, "A deck"),)), context()),
    }
    with Pages(served) as server, ThreadPoolExecutor(1) as pool:
        pool.submit(server.serve_forever)
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def opened(browser: Browser, url: str, width: int = 390, scheme: Scheme = "light") -> Page:
    page = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    page.goto(url)
    return page


def test_a_light_page_is_one_request_and_raises_no_complaint(browser: Browser, pages: Pages) -> None:
    """No icon either: the policy keeps the browser from asking for one."""
    page = browser.new_context().new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    pages.asked.clear()
    page.goto(pages.url("/story"))
    page.goto(pages.url("/front"))
    page.wait_for_timeout(300)
    assert (pages.asked, said) == (["/story", "/front"], [])


@pytest.mark.parametrize("path", ["/story", "/persian", "/front"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_wider_than_the_screen(browser: Browser, pages: Pages, path: str, width: int) -> None:
    page = opened(browser, pages.url(path), width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/story", "/persian", "/front"])
def test_every_text_has_contrast(browser: Browser, pages: Pages, path: str, scheme: Scheme) -> None:
    found = opened(browser, pages.url(path), scheme=scheme).evaluate(CONTRAST)
    assert len(found) > 3
    assert {name: ratio for name, ratio in found.items() if ratio < 4.5} == {}


def test_the_style_is_applied_in_both_directions(browser: Browser, pages: Pages) -> None:
    style = "getComputedStyle(document.documentElement)"
    english, persian = opened(browser, pages.url("/story")), opened(browser, pages.url("/persian"))
    assert [page.evaluate(f"{style}.direction") for page in (english, persian)] == ["ltr", "rtl"]
    assert [page.evaluate(f"{style}.lineHeight") for page in (english, persian)] == ["28.8px", "34.2px"]


def test_the_keyboard_sees_where_it_is(browser: Browser, pages: Pages) -> None:
    page = opened(browser, pages.url("/story"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/light/"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


def test_paper_gets_the_text_alone(browser: Browser, pages: Pages) -> None:
    page = opened(browser, pages.url("/story"))
    page.emulate_media(media="print")
    shown = [page.locator(name).first.is_visible() for name in ("article", "header", "nav", "footer")]
    assert shown == [True, False, False, False]

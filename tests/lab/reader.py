"""A reader with a browser, in a namespace of their own: `python -m tests.lab.reader ENGINE JAVASCRIPT PIN`.

Each line on standard input is a visit, `{"url": …, "patience": …, "follow": …, "settle": …}`; each answer is a line
with what the reader saw. All engines are asked the same question again and again, also where pages have no scripts.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import urljoin

from playwright.sync_api import CDPSession, Page
from playwright.sync_api import Error as PlaywrightError
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.webdriver import WebDriver

from ..browser.drivers import chromium, firefox, webkit

_PAUSE = 0.1
# Text is there when something is painted and a paragraph of the story has its place. The banner is there when it is on
# the page: in the scripted one its address stands in our script's attribute, for its tree is closed.
_QUESTION = """
const page = performance.getEntriesByType('navigation')[0] || {};
const paint = performance.getEntriesByName('first-contentful-paint')[0];
const texts = [...document.querySelectorAll('article p, main p')];
const text = texts.find(p => p.textContent.length > 80 && p.getBoundingClientRect().height > 0);
const slow = document.querySelector('#lk-slow');
const shown = slow && getComputedStyle(slow).visibility == 'visible' && getComputedStyle(slow).display != 'none';
const script = document.querySelector('script[data-h]');
const offer = script ? script.dataset.h : slow ? slow.innerHTML : '';
const link = new DOMParser().parseFromString(offer, 'text/html').querySelector('a');
return JSON.stringify({
  url: location.href, began: performance.timeOrigin / 1000, now: performance.now() / 1000,
  paint: paint ? paint.startTime / 1000 : null, text: !!text, address: link ? link.getAttribute('href') : null,
  banner: !!(document.querySelector('lk-banner') || shown),
  state: document.readyState, answered: page.responseStart / 1000, whole: page.responseEnd / 1000,
  kept: page.connectEnd === page.connectStart, full: !!document.querySelector('#lk-end'),
});
"""


class Browser(Protocol):
    def go(self, url: str, patience: float) -> None: ...

    def follow(self, address: str, patience: float) -> None: ...

    def ask(self) -> dict[str, Any] | None: ...


class Playwright:
    def __init__(self, page: Page) -> None:
        self._page = page

    def go(self, url: str, patience: float) -> None:
        try:
            self._page.goto(url, wait_until="commit", timeout=patience * 1000)
        except PlaywrightError:
            return

    def follow(self, address: str, patience: float) -> None:
        """Click it, as a reader does; it may stand in a closed tree, which only the debugger sees."""
        session = self._page.context.new_cdp_session(self._page)
        try:
            nodes = session.send("DOM.getFlattenedDocument", {"depth": -1, "pierce": True})["nodes"]
            at = _clickable(session, [node["nodeId"] for node in nodes if _leads(node, address)])
            self._page.mouse.click(*at)
        except PlaywrightError:
            self.go(address, patience)

    def ask(self) -> dict[str, Any] | None:
        try:
            answer: dict[str, Any] = json.loads(self._page.evaluate(f"() => {{{_QUESTION}}}"))
        except PlaywrightError:  # the document is just being replaced
            return None
        return answer


def _leads(node: dict[str, Any], address: str) -> bool:
    attributes = node.get("attributes", [])
    named = dict(zip(attributes[::2], attributes[1::2], strict=True))
    return node["nodeName"].lower() == "a" and "href" in named and address.endswith(named["href"])


def _clickable(session: CDPSession, nodes: list[int]) -> tuple[float, float]:
    """The middle of the first that has a place on the page. Raises `PlaywrightError` where none has."""
    for node in nodes:
        with contextlib.suppress(PlaywrightError):
            quad = session.send("DOM.getContentQuads", {"nodeId": node})["quads"][0]
            return sum(quad[::2]) / 4, sum(quad[1::2]) / 4
    raise PlaywrightError("the banner's link is nowhere to be clicked")


class WebDriven:
    def __init__(self, driver: WebDriver) -> None:
        self._driver = driver
        driver.set_script_timeout(5)

    def go(self, url: str, patience: float) -> None:
        self._driver.get(url)

    def follow(self, address: str, patience: float) -> None:
        self._driver.get(address)

    def ask(self) -> dict[str, Any] | None:
        try:
            answer: dict[str, Any] = json.loads(self._driver.execute_script(_QUESTION))
        except (WebDriverException, TypeError):
            return None
        return answer


@contextmanager
def browser(engine: str, scripts: bool, pin: str) -> Iterator[Browser]:
    if engine == "chromium":
        with (
            chromium(f"--ignore-certificate-errors-spki-list={pin}") as running,
            running.new_context(java_script_enabled=scripts) as context,
        ):
            yield Playwright(context.new_page())
    elif engine == "firefox":
        with firefox({"javascript.enabled": scripts}, foreign=True) as driver:
            yield WebDriven(driver)
    else:
        with webkit(f"--enable-javascript={int(scripts)}", foreign=True) as driver:
            yield WebDriven(driver)


def visit(browser: Browser, order: dict[str, Any]) -> dict[str, Any]:
    """Seconds from the beginning of the navigation; None: it did not come while the reader had patience."""
    start = time.time()
    end = start + order["patience"]
    seen: dict[str, Any] = {"text": None, "banner": None, "whole": None, "kept": False, "url": order["url"]}
    began: float | None = None
    browser.go(order["url"], order["patience"])
    while time.time() < end and seen["text"] is None:
        now = _asked(browser, start)
        if now is not None:
            began = began or now["began"]
            if _look(now, seen, began) and order["follow"]:
                browser.follow(urljoin(order["url"], seen["address"]), end - time.time())
                order["follow"] = False
        time.sleep(_PAUSE)
    seen["start"] = began or start
    _settle(browser, start, order["settle"], seen)
    return seen


def first(browser: Browser, order: dict[str, Any]) -> dict[str, Any]:
    """Seconds from the order to text, and to the full page's text; None: it did not come."""
    start = time.time()
    seen: dict[str, Any] = {"text": None, "full": None}
    browser.go(order["url"], order["patience"])
    while time.time() < start + order["patience"] and seen["full"] is None:
        now = _asked(browser, start)
        if now is not None and now["text"] and now["paint"] is not None:
            at = now["began"] + now["paint"] - start
            seen["text"] = seen["text"] or at
            seen["full"] = at if now["full"] else None
        time.sleep(_PAUSE / 2)
    return seen


def _look(now: dict[str, Any], seen: dict[str, Any], began: float) -> bool:
    """Put down what is new; whether the banner just came to a reader who has nothing to read."""
    if now["paint"] is not None and now["text"]:
        # A paragraph that was there at the first look after the paint was painted with it.
        at = now["paint"] if now["now"] - now["paint"] < 4 * _PAUSE or not seen.get("painted") else now["now"]
        seen["text"] = now["began"] + at - began
    seen["painted"] = now["paint"] is not None
    seen["address"] = now["address"] or seen.get("address")
    if now["banner"] and now["paint"] is not None and seen["banner"] is None and seen["address"]:
        seen["banner"] = now["began"] + now["now"] - began
        return seen["text"] is None
    return False


def _settle(browser: Browser, start: float, most: float, seen: dict[str, Any]) -> None:
    """Read on until the page is complete, or for as long as that reader would."""
    end = time.time() + most
    while True:
        now = _asked(browser, start)
        if now is not None:
            seen.update(kept=now["kept"], url=now["url"])
            if now["whole"]:
                seen["whole"] = now["whole"]
        if time.time() > end or (now is not None and now["state"] == "complete"):
            return
        time.sleep(_PAUSE)


def _asked(browser: Browser, start: float) -> dict[str, Any] | None:
    """What the new document says; the old one does not count. Clocks of browsers are coarse."""
    now = browser.ask()
    return now if now is not None and now["url"].startswith("http") and now["began"] > start - 0.05 else None


def main(engine: str, scripts: str, pin: str) -> None:
    with browser(engine, scripts == "1", pin) as running:
        print("ready", flush=True)
        for line in sys.stdin:
            order = json.loads(line)
            print(json.dumps(first(running, order) if order.get("first") else visit(running, order)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Sheets in three engines without JavaScript: a page paints when one that hangs is given up, and its banner waits no
longer where another comes in its place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.support.wait import WebDriverWait

from lightkeeper.editions.watchdog import SHEET

from ..delivery.service import Service, Site, page, service
from ..servers import Line, Request
from .drivers import chromium, firefox, webkit

pytestmark = pytest.mark.browser

# A background is asked for when the page is styled, which a pending sheet in the head keeps from happening.
HEAD = '<link rel="stylesheet" href="/hang.css"><style>body{background:url(/painted.png)}</style>'
# Of the banner, when all of the page is there.
ANIMATION = "document.readyState == 'complete' && getComputedStyle(document.querySelector('#lk-slow')).animationName"


class Hanging(Site):
    def __init__(self) -> None:
        super().__init__()
        self.put("/story", page(head=HEAD))
        self.painted, self.given_up = threading.Event(), threading.Event()

    def __call__(self, request: Request, line: Line) -> None:
        if request.target == b"/hang.css":
            line.until_closed()
            self.given_up.set()
        elif request.target == b"/painted.png":
            self.painted.set()
            line.ok(b"", b"Content-Type: image/png")
        else:
            super().__call__(request, line)


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path, site=Hanging(), asset_timeout="1", offline="off") as running:
        yield running


@contextmanager
def reading(engine: str, address: str) -> Iterator[Callable[[str], Any]]:
    """A page in a browser without JavaScript, which its driver may still ask for the value of an expression."""
    if engine == "chromium":
        with chromium() as browser, browser.new_context(java_script_enabled=False) as context:
            page = context.new_page()
            page.goto(address, wait_until="commit")
            yield lambda expression: _loaded(page).evaluate(expression)
        return
    with firefox({"javascript.enabled": False}) if engine == "firefox" else webkit("--enable-javascript=0") as driver:
        driver.get(address)
        waiting = WebDriverWait(driver, 20, ignored_exceptions=(WebDriverException,))
        yield lambda expression: waiting.until(lambda driven: driven.execute_script(f"return {expression}"))


def _loaded(page: Page) -> Page:
    page.wait_for_load_state("load")
    return page


@pytest.mark.parametrize("engine", ["chromium", "firefox", "webkit"])
def test_a_page_paints_without_javascript(paper: Service, engine: str) -> None:
    """The site never ends the sheet, and no browser styles a page while one in its head is out: the proxy ended it."""
    site = paper.site
    assert isinstance(site, Hanging)
    with reading(engine, f"{paper.reader.url}/story"):
        assert site.painted.wait(20)
    assert site.given_up.wait(5)


@pytest.mark.parametrize("engine", ["chromium", "firefox", "webkit"])
def test_the_banner_waits_no_longer_where_a_sheet_says_so(paper: Service, engine: str) -> None:
    """Without the stand-in for a sheet that the link is too slow for, it comes after five seconds."""
    paper.site.put("/stand-in.css", SHEET, Content_Type="text/css")
    paper.site.put("/plain.css", b"p{}", Content_Type="text/css")
    for name, animation in (("plain", "lk-slow"), ("stand-in", "none")):
        paper.site.put(f"/{name}", page(head=f'<link rel="stylesheet" href="/{name}.css">'))
        with reading(engine, f"{paper.reader.url}/{name}") as ask:
            assert ask(ANIMATION) == animation

"""A first visit with `unknown = "light"` in three engines: text at once, then the full page at the same address."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.webdriver import WebDriver
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lightkeeper.app import create_app
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..delivery.service import Site, page
from ..servers import Address, origin, serving
from .drivers import chromium, firefox, webkit

pytestmark = pytest.mark.browser

PATIENCE = 20.0
LINK = '<a id="on" href="/second">on</a>'
# What a browser thinks of its link would decide as well.
_HINTS = (b"ect", b"rtt", b"downlink")


@dataclass
class Door:
    """In front of the service: what was decided, in order."""

    app: ASGIApp = field(init=False)
    decisions: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = dict(message["headers"]).get(b"lightkeeper-edition", b"").decode()
                if told:
                    self.decisions.append(told.partition("; predicted")[0].replace("; reason=", " "))
            await send(message)

        if scope["type"] == "http":
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in _HINTS]}
        await self.app(scope, receive, watched)


class Window:
    """One browser window."""

    def __init__(self, driven: Page | WebDriver) -> None:
        self._driven = driven

    def go(self, url: str) -> None:
        with suppress(Exception):  # the page goes on by itself, which drivers may take for a failure
            if isinstance(self._driven, Page):
                self._driven.goto(url, wait_until="commit")
            else:
                self._driven.get(url)

    def run(self, expression: str) -> Any:
        """The expression's value; None while one page gives way to the next."""
        try:
            if isinstance(self._driven, Page):
                return self._driven.evaluate(expression)
            return self._driven.execute_script(f"return {expression}")
        except WebDriverException:
            return None
        except Exception as error:
            if "context was destroyed" in str(error) or "navigat" in str(error):
                return None
            raise

    def until(self, expression: str) -> None:
        end = time.monotonic() + PATIENCE
        while not self.run(expression):
            assert time.monotonic() < end, f"never true: {expression}"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Address, Door]]:
    site, door = Site(), Door()
    for name in ("first", "first?a=b", "second"):
        site.put(f"/{name}", page(name, extra=LINK))
    with origin(site) as scripted:
        folder = tmp_path_factory.mktemp("data")
        # A machine that is busy would pass for a slow link.
        settings = load(
            origin=scripted.url, data=folder, fronts="", extract_processes=1, unknown="light", text_limit="600"
        )
        migrate(settings.data)
        door.app = create_app(settings)
        with serving(door) as address:
            for name in ("first", "first?a=b", "second"):
                assert address.get(f"/light/{name}").status == 200
            door.decisions.clear()
            yield address, door


@pytest.fixture(params=["chromium", "firefox", "webkit"])
def window(request: pytest.FixtureRequest) -> Iterator[Window]:
    if request.param == "chromium":
        with chromium() as browser, browser.new_context() as context:
            yield Window(context.new_page())
    else:
        with (firefox if request.param == "firefox" else webkit)() as driver:
            yield Window(driver)


def _full(name: str) -> str:
    return f"location.pathname == '/{name}' && !!document.querySelector('#lk-end') && document.readyState == 'complete'"


def test_the_full_page_takes_the_place_of_the_text(service: tuple[Address, Door], window: Window) -> None:
    """One entry in the history; the next page is full at once, and back leads to a full page, not to the text."""
    address, door = service
    window.go(f"{address.url}/light/second")
    window.until("location.pathname == '/light/second' && document.readyState == 'complete'")
    entries = window.run("history.length")
    door.decisions.clear()
    window.go(f"{address.url}/first?a=b#c")
    window.until(_full("first"))
    assert door.decisions == ["light first", "full measured"]
    assert window.run("location.search + location.hash") == "?a=b#c"
    assert window.run("history.length") == entries + 1
    assert window.run("document.documentElement.hidden") is False
    window.run("document.querySelector('#on').click()")
    window.until(_full("second"))
    window.run("history.back()")
    window.until(_full("first"))
    assert [decision for decision in door.decisions[2:] if decision.startswith("light")] == []


def _stays_light(window: Window, address: Address, door: Door) -> None:
    door.decisions.clear()
    for name in ("first", "second"):
        window.go(f"{address.url}/{name}")
        window.until(f"location.pathname == '/{name}' && document.readyState == 'complete' && !document.hidden")
        window.until("!!document.querySelector('footer a')")
        assert window.run("document.documentElement.hidden") is False
    assert door.decisions == ["light first", "light first"]


def test_where_cookies_are_refused_the_text_stays(service: tuple[Address, Door]) -> None:
    """Never a page that asks for itself again and again."""
    with firefox({"network.cookie.cookieBehavior": 2}) as driver:
        _stays_light(Window(driver), *service)


def test_without_scripts_the_text_stays(service: tuple[Address, Door]) -> None:
    """With its link to the full page."""
    address, door = service
    door.decisions.clear()
    with chromium() as browser, browser.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        tab.goto(f"{address.url}/first")
        assert door.decisions == ["light first"]
        tab.click("header a:last-of-type")
        tab.wait_for_selector("#lk-end", state="attached")
        assert door.decisions[-1] == "full address"

"""The beacon in three engines: what a page tells of its own load arrives, is small, and counts at the next page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from selenium.common.exceptions import WebDriverException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lightkeeper.app import create_app
from lightkeeper.sensing.timing import Timing, read_timing
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..delivery.service import Site, page
from ..servers import Address, origin, serving
from .drivers import chromium, firefox, webkit

pytestmark = pytest.mark.browser

PATIENCE = 20.0
STRICT = "default-src 'none'; img-src 'self'; connect-src 'self'; script-src 'self'; style-src 'none'"
SILENT = "default-src 'none'; img-src 'self'"
META = f'<meta http-equiv="Content-Security-Policy" content="{STRICT}">'


@dataclass
class Door:
    """In front of the service: keeps what beacons said with what they were answered, and what was decided."""

    app: ASGIApp = field(init=False)
    beacons: list[tuple[bytes, int, bool]] = field(default_factory=list)
    pictures: int = 0
    decisions: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        said, ours = b"", scope["path"].startswith("/_lk/r/")
        status, cookie = 0, False

        async def heard() -> Message:
            nonlocal said
            message = await receive()
            said += message.get("body", b"")
            return message

        async def watched(message: Message) -> None:
            nonlocal status, cookie
            if message["type"] == "http.response.start":
                names = dict(message["headers"])
                status, cookie = message["status"], b"set-cookie" in names
                if told := names.get(b"lightkeeper-edition"):
                    self.decisions.append(told.decode().partition("; predicted")[0])
            await send(message)

        # A browser's own opinion of the link would decide, too.
        hints = (b"ect", b"rtt", b"downlink")
        await self.app(
            {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in hints]}, heard, watched
        )
        self.pictures += ours and scope["method"] == "GET"
        if ours and scope["method"] == "POST":
            self.beacons.append((said, status, cookie))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Address, Door]]:
    site, door = Site(), Door()
    for name in ("plain", "next"):
        site.put(f"/{name}", page(name))
    site.put("/strict", page("strict"), Content_Security_Policy=STRICT)
    site.put("/meta", page("meta", head=META))
    site.put("/silent", page("silent"), Content_Security_Policy=SILENT)
    with origin(site) as scripted:
        folder = tmp_path_factory.mktemp("data")
        # A machine that is busy would pass for a slow link.
        settings = load(origin=scripted.url, data=folder, fronts="", extract_processes=1, text_limit="60")
        migrate(settings.data)
        door.app = create_app(settings)
        with serving(door) as address:
            yield address, door


@pytest.fixture(scope="module", params=["chromium", "firefox", "webkit"])
def go(request: pytest.FixtureRequest) -> Iterator[Callable[[str], None]]:
    if request.param == "chromium":
        with chromium() as browser, browser.new_context() as context:
            window = context.new_page()

            def visit(url: str) -> None:
                window.goto(url, wait_until="commit")

            yield visit
    else:
        with (firefox if request.param == "firefox" else webkit)() as driver:

            def get(url: str) -> None:
                with suppress(WebDriverException):
                    driver.get(url)

            yield get


def until(condition: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, otherwise
        time.sleep(0.02)


def test_pages_tell_how_they_loaded(service: tuple[Address, Door], go: Callable[[str], None]) -> None:
    """Also under policies that let through nothing but what is on the own host, as header and as <meta>."""
    address, door = service
    for name in ("plain", "strict", "meta"):
        count = len(door.beacons)
        go(f"{address.url}/{name}")
        until(lambda count=count: len(door.beacons) > count, f"{name}: no beacon")  # type: ignore[misc]
        said, status, cookie = door.beacons[-1]
        assert (status, cookie, len(said) < 200) == (204, True, True)
        timing = read_timing(said)
        assert isinstance(timing, Timing)
        assert timing.size > 500
    go(f"{address.url}/next")
    until(lambda: len(door.beacons) > count + 1, "no beacon")
    assert door.decisions[-1].startswith("full; reason=")


def test_a_page_that_may_ask_nothing_says_nothing(service: tuple[Address, Door], go: Callable[[str], None]) -> None:
    """Its picture is enough."""
    address, door = service
    pictures, beacons = door.pictures, len(door.beacons)
    go(f"{address.url}/silent")
    until(lambda: door.pictures > pictures, "no picture")
    go(f"{address.url}/plain")
    until(lambda: len(door.beacons) > beacons, "no beacon")
    assert len(door.beacons) == beacons + 1

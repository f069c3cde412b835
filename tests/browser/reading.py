"""A reader at a real browser before the whole service: what the receipt's situations are made of.

Time is the server's: two minutes pass by moving its clock. The limit is a minute, for a busy machine is no slow link.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page
from selenium.webdriver.remote.webdriver import WebDriver
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lightkeeper.app import create_app
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..delivery.service import Site, page
from ..servers import Address, Line, Request, origin, serving
from .drivers import chromium, firefox, webkit

PATIENCE = 20.0
LIMIT, READING = 60.0, 120.0
# Chromium's own opinion of the link would decide, too.
_HINTS = (b"ect", b"rtt", b"downlink")
_RULES = '<script type="speculationrules">{"prerender": [{"urls": ["/story-9"], "eagerness": "immediate"}]}</script>'
_PASSES = b"""oninstall = () => skipWaiting(); onactivate = event => event.waitUntil(clients.claim());
onfetch = event => event.respondWith(fetch(event.request));"""
_REGISTERS = """<script>navigator.serviceWorker.oncontrollerchange = () => fetch("/claimed");
navigator.serviceWorker.register("/worker.js");</script>"""
_UNREGISTERS = """<script>navigator.serviceWorker.ready.then(own => own.unregister()).then(() => fetch("/unclaimed"));
</script>"""
LINKS = '<a id="on" href="/story-2">on</a><link rel="prefetch" href="/story-9">'


class Publisher(Site):
    """Stories that arrive, and `/stall`, of which half does."""

    def __init__(self) -> None:
        super().__init__()
        for number in range(10):
            self.put(f"/story-{number}", page(f"Story {number}", extra=LINKS))
            self.put(f"/tagged-{number}", page(f"Story {number}", extra=LINKS), ETag=f'"{number}"')
        self.put("/heavy", page("Heavy", extra="<p>And the sea was as flat as a plate.</p>" * 230_000))
        self.put("/ahead", page("Ahead", extra='<link rel="prefetch" href="/story-8">'))
        self.put("/open", page("Open") + b"<script>let unfinished = 1")
        self.put("/prerender", page("Ahead", extra=_RULES))
        self.put("/worker", page("Worker", extra=_REGISTERS))
        self.put("/unregister", page("No worker", extra=_UNREGISTERS))
        self.put("/worker.js", _PASSES, Content_Type="text/javascript")
        self.stalling = page("Stalled", extra=LINKS)

    def __call__(self, request: Request, line: Line) -> None:
        if not request.target.startswith(b"/stall"):
            super().__call__(request, line)
            return
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(self.stalling)}\r\n\r\n"
        line.send(head.encode() + self.stalling[: len(self.stalling) // 2])
        line.until_closed()
        line.close()


@dataclass
class Door:
    """In front of the service: keeps what was asked and answered, and can take pictures or cookies away."""

    app: ASGIApp = field(init=False)
    ahead: float = 0.0
    navigations: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    pending: str = ""
    pictures: list[str] = field(default_factory=list)
    without_pictures: bool = False
    without_cookies: bool = False
    in_app: bool = False
    asked: list[tuple[str, bool]] = field(default_factory=list)  # answered paths; whether ahead of anybody's asking
    through_worker: int = 0  # documents that a worker asked for

    def clock(self) -> float:
        return time.time() + self.ahead

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, headers = scope["path"], [pair for pair in scope["headers"] if pair[0] not in _HINTS]
        told = dict(headers)
        ahead = b"sec-purpose" in told or b"x-moz" in told
        self.through_worker += told.get(b"sec-fetch-dest") == b"empty" and b"text/html" in told.get(b"accept", b"")
        if self.in_app and not ahead:  # an app's browser fetches nothing ahead; this one may
            headers = [pair for pair in headers if not pair[0].startswith(b"sec-fetch-")]
            headers.append((b"x-requested-with", b"org.example.messenger"))
        scope = {**scope, "headers": headers}
        if path.startswith("/_lk/r/") and self.without_pictures:
            scope = {**scope, "path": "/nowhere", "raw_path": b"/nowhere"}

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(message)
                await send(message)
                return
            await send(message)
            if path.startswith("/_lk/r/") and not message.get("more_body", False):
                self.pictures.append(path.rpartition("/")[2])

        await self.app(scope, receive, watched)
        self.asked.append((path, ahead))

    def _note(self, message: Message) -> None:
        found = [(name.decode(), value.decode()) for name, value in message["headers"]]
        for name, value in found:
            if name == "lightkeeper-edition":
                self.statuses.append(message["status"])
                self.navigations.append(value.partition("; predicted")[0].replace("; reason=", " "))
            if told := re.match(r"lk-p=(\w{14})\.", value):
                self.pending = told[1]
        if self.without_cookies:
            message["headers"] = [pair for pair in message["headers"] if pair[0] != b"set-cookie"]


class Engine:
    """One browser window; addresses are paths of the service."""

    def __init__(self, driven: Page | WebDriver, name: str) -> None:
        self._driven, self.name = driven, name
        self.base = ""

    def go(self, path: str) -> None:
        with suppress(Exception):  # a driver that is told to go on before a page is there may complain; the door tells
            if isinstance(self._driven, Page):
                self._driven.goto(self.base + path, wait_until="commit")
            else:
                self._driven.get(self.base + path)

    def reload(self) -> None:
        with suppress(Exception):
            if isinstance(self._driven, Page):
                self._driven.reload(wait_until="commit")
            else:
                self._driven.refresh()

    def back(self) -> None:
        with suppress(Exception):
            if isinstance(self._driven, Page):
                self._driven.go_back(wait_until="commit")
            else:
                self._driven.back()

    def click(self) -> None:
        """The link in the story, as a person clicks it."""
        if isinstance(self._driven, Page):
            self._driven.click("#on", no_wait_after=True)
        else:
            self._driven.find_element("css selector", "#on").click()

    def tab(self) -> None:
        """What comes next happens in another tab."""
        if isinstance(self._driven, Page):
            self._driven = self._driven.context.new_page()
        else:
            self._driven.switch_to.new_window("tab")


@dataclass
class Reader:
    """A person at one engine."""

    engine: Engine
    door: Door

    def _navigate(self, act: Callable[[], None]) -> None:
        count = len(self.door.navigations)
        act()
        until(lambda: len(self.door.navigations) > count, "no navigation")

    def open(self, path: str) -> None:
        """Go there, and leave at once."""
        self._navigate(lambda: self.engine.go(path))

    def arrived(self) -> None:
        """Wait for the picture of the page that is open."""
        until(lambda: self.door.pending in self.door.pictures, "no picture")

    def read(self, path: str) -> None:
        """Go there, see it arrive, and read for two minutes."""
        self.open(path)
        if self.door.navigations[-1].startswith("full") and self.door.statuses[-1] == 200:
            self.arrived()
        self.pass_by()

    def revisit(self, path: str) -> None:
        """Read a page that the browser may have already: there may be a request or none."""
        count = len(self.door.navigations)
        self.engine.go(path)
        time.sleep(0.5)
        if len(self.door.navigations) > count:
            self.arrived()
        self.pass_by()

    def reload(self) -> None:
        self._navigate(self.engine.reload)

    def click(self) -> None:
        self._navigate(self.engine.click)

    def back(self) -> None:
        """There may be a request or none."""
        self.engine.back()
        time.sleep(0.5)

    def pass_by(self) -> None:
        self.door.ahead += READING


def until(condition: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, otherwise
        time.sleep(0.02)


@contextmanager
def opened(engine: str, *, scripts: bool) -> Iterator[Engine]:
    """A browser, with JavaScript or without."""
    if engine == "chromium":
        with chromium() as browser, browser.new_context(java_script_enabled=scripts) as context:
            context.set_default_timeout(5000)
            yield Engine(context.new_page(), engine)
    elif engine == "firefox":
        with firefox({"javascript.enabled": scripts, "network.prefetch-next": True}) as driver:
            yield Engine(driver, engine)
    else:
        with webkit(f"--enable-javascript={int(scripts)}") as driver:
            yield Engine(driver, engine)


@contextmanager
def service(folder: Path) -> Iterator[tuple[Address, Door]]:
    """The whole service in front of the publisher, whose first stories are known to it."""
    door = Door()
    with origin(Publisher()) as site:
        settings = load(origin=site.url, data=folder, fronts="", fresh="60", extract_processes=1, text_limit=LIMIT)
        migrate(settings.data)
        door.app = create_app(settings, clock=door.clock)
        with serving(door) as address:
            for number in range(1, 4):
                assert address.get(f"/light/story-{number}").status == 200
            yield address, door


def newcomer(engine: Engine, address: Address, door: Door) -> Reader:
    """Somebody who has just made a choice, and so begins anew."""
    engine.base = address.url
    door.without_pictures = door.without_cookies = door.in_app = False
    person = Reader(engine, door)
    person.open("/_lk/choose?edition=auto&to=/story-0")
    person.arrived()
    person.pass_by()
    door.navigations.clear()
    door.statuses.clear()
    door.asked.clear()
    door.through_worker = 0
    return person

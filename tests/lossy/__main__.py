"""Twenty stories over bad links, in Chromium: `python -m tests.lossy [VISITS]`.

In each cell a new reader with nothing stored: our worker's sync, `cache.addAll` in a worker's installation, Workbox's
precache, all of the same pages from the same server over the same link. A visit is a page on which the reader says yes,
or registers again; up to VISITS of them, until everything is there. Then the link is shut, and what can be read counts.
"""

from __future__ import annotations

import logging
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Error, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from lightkeeper.app import create_app
from lightkeeper.bundles import reading
from lightkeeper.bundles.heads import read_head, split_manifest
from lightkeeper.bundles.lists import read_list
from lightkeeper.cli.keys import make_throwaway
from lightkeeper.settings import load
from lightkeeper.store import migrate

from .. import servers
from ..browser.drivers import chromium
from ..servers import Address, serving
from . import peers
from .link import Door, Link
from .refetched import refetched

COUNT, WORDS = 20, 450
ADDRESSES = [f"/en/story-{number}" for number in range(COUNT)]
LIGHT = [f"/light{address}" for address in ADDRESSES]
BUNDLE = "en-latest-20"
LINKS = (
    Link("whole"),
    Link("cut every 8 KB", cut_after=8_192),
    Link("30 % killed", killed=0.3),
    Link("both", cut_after=8_192, killed=0.3),
)
_PATIENCE = 150.0
_VISITS = 5


@dataclass(frozen=True, slots=True)
class Told:
    """`first` and `stories`: readable after the first visit, and at the end; `again`: the most records refetched."""

    first: int
    stories: int
    visits: int
    complete: bool
    seconds: float
    carried: int
    cuts: int
    again: str


def paper() -> Starlette:
    """Stories of a usual length, of words that compress as a language does."""
    chance = random.Random(5)
    syllables = [a + b for a in "bdfgklmnprstv" for b in ("a", "e", "i", "o", "u", "an", "er", "is")]
    words = ["".join(chance.choice(syllables) for _ in range(chance.randint(1, 3))) for _ in range(3_000)]
    weights = [1 / (place + 3) for place in range(len(words))]

    def story(address: str) -> str:
        own = random.Random(address)
        texts = [" ".join(own.choices(words, weights, k=WORDS // 6)) for _ in range(6)]
        title = " ".join(own.choices(words, k=6)).capitalize()
        return (
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>"
            f"<meta property=og:type content=article><meta property=article:published_time content=2026-11-20T08:00Z>"
            f"</head><body><main><article><h1>{title}</h1>{''.join(f'<p>{text}.</p>' for text in texts)}</article>"
        )

    async def answer(request: Request) -> Response:
        return HTMLResponse(story(request.url.path)) if request.url.path in ADDRESSES else Response("", 404)

    return Starlette(routes=[Route("/{path:path}", answer)])


@contextmanager
def service() -> Iterator[Address]:
    """Lightkeeper with all the stories in its bundle."""
    with tempfile.TemporaryDirectory(prefix="lightkeeper-lossy-") as name, serving(paper()) as origin:
        folder = Path(name)
        migrate(folder)
        make_throwaway(folder / "keys", "https://tidewater.example")
        settings = load(origin=origin.url, publication="Tidewater", data=folder, sensing="off", extract_processes=1)
        with serving(create_app(settings)) as address:
            for light in LIGHT:
                if address.get(light).status != 200:
                    raise RuntimeError(f"{light} has no Light edition")
            _wait(lambda: _published(address))
            yield address


def _published(address: Address) -> bool:
    manifest = address.get(f"/_lk/b/{BUNDLE}/manifest")
    if manifest.status != 200:
        return False
    return len(reading.stories(read_list(split_manifest(manifest.body)[1]))) == COUNT


def _wait(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError("the bundle was not published")
        time.sleep(0.1)


def whole(path: str) -> bool:
    """What comes whole for everybody: pages to visit, scripts, libraries; not the stories."""
    return path not in LIGHT and not path.startswith(("/_lk/b/", "/_lk/o/"))


class Ours:
    name = "Lightkeeper"

    def visit(self, page: Page, url: str) -> bool:
        page.goto(f"{url}/light/-/offline?language=en")
        _until(page, f"{_BUTTON} || {_DONE}")
        if page.evaluate(f"Boolean({_BUTTON})"):
            page.evaluate(f"{_BUTTON}.click()")
            _until(page, "document.querySelector('progress').hidden")
        return bool(page.evaluate(_DONE))

    def held(self, page: Page, url: str) -> int:
        """Opened one by one, as a reader would."""
        count = 0
        for address in LIGHT:
            page.goto(url + address)
            count += bool(page.evaluate("document.querySelector('main [role=note]') !== null"))
        return count


_BUTTON = "[...document.querySelectorAll('#now button:not([value=remove])')].find((one) => !one.hidden)"
_DONE = f"(document.querySelector('progress').hidden && !document.querySelector('a.button').hidden && !{_BUTTON})"


def _until(page: Page, condition: str) -> None:
    """Asked again and again: the page's policy forbids what Playwright's own waiting does."""
    end = time.monotonic() + _PATIENCE
    while not page.evaluate(f"Boolean({condition})"):
        if time.monotonic() > end:
            raise RuntimeError(f"{condition}: {page.inner_text('body')[:300]}")
        time.sleep(0.1)


class Peer:
    def __init__(self, name: str, script: str) -> None:
        self.name, self._visit = name, peers.VISIT.replace("NAME", script)

    def visit(self, page: Page, url: str) -> bool:
        page.goto(f"{url}/peer/")
        try:
            return bool(page.evaluate(self._visit))
        except Error:
            return False

    def held(self, page: Page, url: str) -> int:
        return int(page.evaluate(peers.HELD, LIGHT))


READERS: tuple[Ours | Peer, ...] = (Ours(), Peer("cache.addAll", "addall"), Peer("Workbox precache", "workbox"))


def measure(browser: Browser, behind: Address, link: Link, reader: Ours | Peer, visits: int) -> Told:
    door = Door(behind, link, whole, peers.answers(LIGHT))
    with servers.origin(door) as site, browser.new_context() as context:
        page, url = context.new_page(), site.url
        page.set_default_timeout(_PATIENCE * 1000)
        begun, first, complete, done = time.monotonic(), 0, False, 0
        while done < visits and not complete:
            complete, done = reader.visit(page, url), done + 1
            took = time.monotonic() - begun
            if done == 1:
                first = _shut(door, reader, page, url)
        stories = _shut(door, reader, page, url)
        return Told(first, stories, done, complete, took, door.carried, door.cuts, _again(door, behind))


def _shut(door: Door, reader: Ours | Peer, page: Page, url: str) -> int:
    """How many stories can be read with the link shut."""
    door.open = False
    try:
        return reader.held(page, url)
    finally:
        door.open = True


def _again(door: Door, behind: Address) -> str:
    """The most whole records of the pack that came again after one cut."""
    head = read_head(behind.get(f"/_lk/b/{BUNDLE}/head").body)
    path = f"/_lk/b/{BUNDLE}/0-{head.base}.pack"
    told = refetched(door.exchanges, behind.get(path).body, path)
    return str(max(told)) if told else "-"


def main(visits: int = _VISITS) -> None:
    logging.disable(logging.WARNING)  # the table is what is to be read
    print(f"{COUNT} stories, {LINKS[0].rtt} ms, {LINKS[0].rate} kbit/s, Chromium; Workbox {peers.VERSION}.")
    print("first: stories to be read with the link shut after one visit; read: after the last one, at most", visits)
    print("again: most records that had arrived whole and came again after one cut.\n")
    print(
        f"{'link':<16}{'reader':<18}{'first':>6}{'read':>6}{'visits':>7}{'seconds':>9}{'bytes':>9}{'cuts':>6}{'again':>7}"
    )
    with service() as behind, chromium() as browser:
        for link in LINKS:
            for reader in READERS:
                told = measure(browser, behind, link, reader, visits)
                done = str(told.visits) if told.complete else f">{told.visits}"
                print(
                    f"{link.name:<16}{reader.name:<18}{told.first:>6}{told.stories:>6}{done:>7}{told.seconds:>9.1f}"
                    f"{told.carried:>9,}{told.cuts:>6}{told.again:>7}",
                    flush=True,
                )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

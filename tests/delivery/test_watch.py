"""Reading in advance: fronts, feeds and the latest stories, by one process, at a decent pace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from lightkeeper.delivery.library import Library
from lightkeeper.delivery.shelf import Shelf
from lightkeeper.delivery.watch import Watch
from lightkeeper.gather.discovery import Discovery
from lightkeeper.settings import load
from lightkeeper.source.origin import Origin
from lightkeeper.source.pace import Pace
from lightkeeper.source.pool import Pool
from lightkeeper.store import Store, migrate

from ..servers import origin
from ..store.tables import rows
from .service import PUBLIC, Site, page, service


def until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def feed(*numbers: int, changed: str = "Tue, 24 Nov 2020 08:00:00 GMT") -> bytes:
    items = "".join(f"<item><link>{PUBLIC}/s/{n}</link><pubDate>{changed}</pubDate></item>" for n in numbers)
    return f'<rss version="2.0"><channel><title>P</title>{items}</channel></rss>'.encode()


def stored(folder: Path) -> list[str]:
    return [str(address) for (address,) in rows(folder, "select address from stories order by address")]


def test_what_a_feed_names_is_read_before_anybody_asks(tmp_path: Path) -> None:
    """New stories are stored; a feed that is unchanged is confirmed and not sent again."""
    settings = {"feeds": "/feed.xml", "poll": "1", "pace": "200"}
    with service(tmp_path, **settings) as running:
        publish(running.site, 1, 2)
        assert until(lambda: stored(tmp_path) == ["/s/1", "/s/2"])
        assert until(lambda: any(request.header("if-none-match") for request in running.asked("/feed.xml")))
        publish(running.site, 1, 2, 3)
        assert until(lambda: stored(tmp_path) == ["/s/1", "/s/2", "/s/3"])


def test_what_is_taken_back_is_noticed_without_a_reader(tmp_path: Path) -> None:
    """The latest stories are asked for again, so that a withdrawal at the site reaches the devices that keep them."""
    with service(tmp_path, feeds="/feed.xml", poll="1", pace="200") as running:
        publish(running.site, 1, 2)
        assert until(lambda: stored(tmp_path) == ["/s/1", "/s/2"])
        del running.site.pages["/s/2"]
        assert until(lambda: stored(tmp_path) == ["/s/1"])
        assert b"/s/2" not in running.reader.get("/light/-/latest").body


def test_a_time_to_come_is_believed_once(tmp_path: Path) -> None:
    """A list whose clock is wrong does not have its stories read anew at every reading."""
    site = Site()
    publish(site, 1, 2, 3)
    site.put("/feed.xml", feed(1, 2, 3, changed="Tue, 24 Nov 2099 08:00:00 GMT"))
    with service(tmp_path, site=site, feeds="/feed.xml", poll="1", pace="200", offline_stories="1") as running:
        assert until(lambda: len(running.asked("/feed.xml")) > 3)
        assert [len(running.asked(f"/s/{number}")) for number in (1, 2)] == [1, 1]


class Told(Pace):
    """Says when the site asked for less haste; its clock stands."""

    def __init__(self) -> None:
        super().__init__(1000, lambda: 0.0)
        self.begun = asyncio.Event()

    def failed(self, after: float | None = None) -> None:
        super().failed(after)
        self.begun.set()

    def slow_down(self, gap: float) -> None:
        super().slow_down(gap)
        if gap:
            self.begun.set()


async def paced(folder: Path, site: Site) -> tuple[float, bytes]:
    """How long the next question waits, once the site asked for less haste; and what the last one was."""
    site.put("/feed.xml", feed(1), Content_Type="application/rss+xml")
    with origin(site) as scripted:
        settings = load(origin=scripted.url, public_url=PUBLIC, data=str(folder), fronts="", feeds="/feed.xml")
        migrate(settings.data)
        asked, pool, shelf, pace = Origin(settings), Pool(1, 30), Shelf(Store(settings.data)), Told()
        library = Library(settings, origin=asked, store=shelf, pool=pool)
        async with Watch(settings, library, shelf=shelf, discovery=Discovery(settings, asked, pool, pace), pace=pace):
            await asyncio.wait_for(pace.begun.wait(), 60)
        pace.wait()
        waits, last = pace.wait(), scripted.requests[-1].target
        await library.close()
        await pool.close()
        await shelf.close()
        await asked.aclose()
    return waits, last


@pytest.mark.parametrize("date", [False, True])
async def test_a_site_that_asks_for_a_pause_gets_it(tmp_path: Path, date: bool) -> None:
    """Retry-After, in seconds or as a date, holds up whatever is read in advance."""
    site = Site()
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    site.put("/s/1", b"busy", status=503, Retry_After=later if date else "300")
    waits, last = await paced(tmp_path, site)
    assert (waits >= 300, last) == (True, b"/s/1")


async def test_a_site_that_asks_robots_for_patience_gets_it(tmp_path: Path) -> None:
    """Crawl-delay in robots.txt holds from the first question on."""
    site = Site()
    site.put("/robots.txt", b"User-agent: *\nCrawl-delay: 40\n", Content_Type="text/plain")
    waits, last = await paced(tmp_path, site)
    assert (waits >= 40, last) == (True, b"/robots.txt")


def publish(site: Site, *numbers: int) -> None:
    for number in numbers:
        site.put(f"/s/{number}", page(f"Story {number}"), ETag=f'"{number}"')
    site.put("/feed.xml", feed(*numbers), Content_Type="application/rss+xml", ETag=f'"feed-{len(numbers)}"')

"""What one process does, all others follow: three applications on one data folder stand for three workers."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from lightkeeper.app import create_app
from lightkeeper.delivery.library import Library
from lightkeeper.delivery.shelf import Shelf
from lightkeeper.settings import load
from lightkeeper.source.origin import Origin
from lightkeeper.source.pool import Pool
from lightkeeper.store import Store, migrate

from ..servers import Address, origin, serving
from ..store.tables import rows
from .service import NAVIGATION, PUBLIC, SAVE_DATA, Site, page

WORKERS = 3


@contextlib.contextmanager
def workers(folder: Path, site: Site, **settings: Any) -> Iterator[list[Address]]:
    """Each believes what it has for an hour: only the others' word changes its mind."""
    with origin(site) as scripted, contextlib.ExitStack() as stack:
        values: dict[str, Any] = {
            "public_url": PUBLIC,
            "publication": "The Paper",
            "fronts": "",
            "fresh": "3600",
            **settings,
        }
        ready = load(origin=scripted.url, data=str(folder), **values)
        migrate(ready.data)
        yield [stack.enter_context(serving(create_app(ready))) for _ in range(WORKERS)]


def until(true: Callable[[], bool]) -> float:
    """Seconds until `true`; ten at most."""
    began = time.monotonic()
    while not true() and time.monotonic() - began < 10:
        time.sleep(0.01)
    return time.monotonic() - began


def bodies(readers: list[Address], path: str) -> list[bytes]:
    return [reader.get(path).body for reader in readers]


@pytest.fixture
def site() -> Site:
    site = Site()
    site.put("/a", page("First words"))
    site.put("/b", page("Another story"))
    return site


def test_a_correction_seen_by_one_is_in_all_within_a_second(tmp_path: Path, site: Site) -> None:
    """With the publisher's note of what was wrong; the same bytes everywhere."""
    with workers(tmp_path, site, fresh="0") as (first, *_), workers_believing(tmp_path, site) as others:
        assert all(b"First words" in body for body in bodies([first, *others], "/light/a"))
        site.put("/a", page("Second words", extra='<p class="correction">Correction: it was ebb.</p>'))
        first.get("/light/a")
        assert until(lambda: all(b"Second words" in body for body in bodies(others, "/light/a"))) < 2
        assert all(b"it was ebb" in body for body in bodies(others, "/light/a"))


@contextlib.contextmanager
def workers_believing(folder: Path, site: Site) -> Iterator[list[Address]]:
    with workers(folder, site) as readers:
        yield readers[1:]


@pytest.mark.parametrize("status", [404, 410])
def test_what_the_site_takes_back_is_gone_from_all_also_when_it_is_down_afterwards(
    tmp_path: Path, site: Site, status: int
) -> None:
    """One answer is enough; no page, list or saved copy names the story any more."""
    with workers(tmp_path, site) as readers:
        for path in ("/light/a", "/light/b"):
            bodies(readers, path)
        assert b"First words" in readers[1].get("/light/b").body
        site.put("/a", b"gone", status=status)
        assert readers[0].get("/a", NAVIGATION | {"Cookie": "lk-edition=full"}).status == status
        site.down = True
        assert until(lambda: not any(b"First words" in body for body in told(readers))) < 2
        for reader in readers:
            assert reader.get("/a", SAVE_DATA).status == 502
            assert reader.get("/light/b").status == 200
        assert b"First words" not in repr(rows(tmp_path, "select * from removals")).encode()


def told(readers: list[Address]) -> list[bytes]:
    """All that can be read of the story: its page, another page's list, what devices may keep."""
    return [body for path in ("/light/a", "/light/b", "/light/-/latest") for body in bodies(readers, path)]


def test_a_busy_site_takes_nothing_back(tmp_path: Path, site: Site) -> None:
    """429 and 503 say nothing about a story: what is stored answers."""
    with workers(tmp_path, site, fresh="0", revalidate_wait="5") as (reader, *_):
        reader.get("/light/a")
        for status in (429, 503):
            site.put("/a", b"busy", status=status, Retry_After="60")
            assert b"First words" in reader.get("/light/a").body


def test_views_are_counted_by_edition_and_hold_no_reader(tmp_path: Path, site: Site) -> None:
    """When the service ends, the day's numbers of stories are in the store, and nothing else; looking ahead is no
    reading."""
    with workers(tmp_path, site) as (reader, *_):
        for _ in range(3):
            reader.get("/light/a", {"User-Agent": "Someone/1.0"})
        reader.get("/a", SAVE_DATA)
        reader.get("/a", NAVIGATION)
        reader.get("/a", SAVE_DATA | {"Sec-Purpose": "prefetch"})
        reader.get("/light/a", method="HEAD")
        reader.get("/light/none")
    assert rows(tmp_path, "select address, edition, count from views order by edition") == [
        ("/a", "full", 1),
        ("/a", "light", 4),
    ]


@pytest.mark.parametrize(("back", "tombs"), [(False, 1), (True, 0)])
async def test_a_removed_story_is_looked_for_once_more(tmp_path: Path, site: Site, back: bool, tombs: int) -> None:
    """Still gone: a tombstone, for the devices that keep it. Back again: stored as before, without a reader asking."""
    with origin(site) as scripted:
        settings = load(origin=scripted.url, public_url=PUBLIC, data=str(tmp_path))
        migrate(settings.data)
        store, asked, pool = Store(settings.data), Origin(settings), Pool(1, 30)
        minutes = (datetime(2026, 11, 24, tzinfo=UTC) + timedelta(minutes=minute) for minute in count())
        shelf = Shelf(store)
        library = Library(settings, origin=asked, store=shelf, pool=pool, clock=lambda: next(minutes), second_look=0.2)
        kept = site.pages["/a"]
        await library.get("/a")
        del site.pages["/a"]
        await library.refresh("/a")
        assert await store.story("/a") is None
        if back:
            site.pages["/a"] = kept
        await asyncio.wait_for(library.settle(), 20)
        assert len(await store.tombstones()) == tombs
        assert (await store.story("/a") is not None) == back
        await library.close()
        await pool.close()
        await shelf.close()
        await asked.aclose()

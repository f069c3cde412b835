"""Reading in advance: fronts, feeds and the latest stories, by one process, at a decent pace."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

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
        assert b"/s/2" not in running.reader.get("/_lk/saved/en.json").body


def publish(site: Site, *numbers: int) -> None:
    for number in numbers:
        site.put(f"/s/{number}", page(f"Story {number}"), ETag=f'"{number}"')
    site.put("/feed.xml", feed(*numbers), Content_Type="application/rss+xml", ETag=f'"feed-{len(numbers)}"')

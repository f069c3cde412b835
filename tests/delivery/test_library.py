"""A known page is there at once; the site is asked behind the reader's back, by one for all, and its failure told."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import html

from lightkeeper.article import extract
from lightkeeper.gather.intake import story
from lightkeeper.store import Store, migrate

from ..servers import Line, Request
from .service import PUBLIC, Site, page, service


class Slow(Site):
    """Answers for stories only when the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def __call__(self, request: Request, line: Line) -> None:
        if request.target.startswith(b"/s/"):
            self.gate.wait(60)
        super().__call__(request, line)


def until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not (found := true()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def keep(folder: Path, age: timedelta) -> datetime:
    """A story that the site vouched for so long ago; says when that was."""
    fetched = datetime.now(UTC) - age

    async def fill() -> None:
        store = Store(folder)
        article = extract(page("Low water"), f"{PUBLIC}/s/a")
        await store.save(story("/s/a", article, fetched, ("", "")))
        await store.close()

    migrate(folder)
    asyncio.run(fill())
    return fetched


def test_all_who_wait_for_a_story_are_answered_by_one_request(tmp_path: Path) -> None:
    """Eight readers ask for what is not known yet, in either way; the site is asked once."""
    site = Slow()
    site.put("/s/a", page("Low water"))
    with service(tmp_path, site=site, fresh="3600") as running:
        bodies: list[bytes] = []
        readers = [
            threading.Thread(target=lambda: bodies.append(running.reader.get("/light/s/a").body)) for _ in range(8)
        ]
        for reader in readers:
            reader.start()
        assert until(lambda: bool(running.asked("/s/a")))
        for _ in range(8):
            running.reader.get("/_lk/health")
        site.gate.set()
        for reader in readers:
            reader.join(60)
        assert len(running.asked("/s/a")) == 1
        assert [b"Low water" in body for body in bodies] == [True] * 8


def test_a_known_story_is_there_at_once_and_renewed_behind_the_readers_back(tmp_path: Path) -> None:
    """While the site takes its time over a correction, readers have the story; then they have the correction."""
    keep(tmp_path, timedelta(minutes=1))
    site = Slow()
    site.put("/s/a", page("Corrected"))
    with service(tmp_path, site=site, revalidate_wait="0") as running:
        for _ in range(3):
            answer = running.reader.get("/light/s/a")
            assert (answer.status, b"Low water" in answer.body, b"role=note" in answer.body) == (200, True, False)
        assert until(lambda: bool(running.asked("/s/a")))
        assert len(running.asked("/s/a")) == 1
        site.gate.set()
        assert until(lambda: b"Corrected" in running.reader.get("/light/s/a").body)


@pytest.mark.parametrize("down", [True, False])
@pytest.mark.parametrize(("zone", "offset", "shown"), [("", 0, " UTC"), ("Asia/Tehran", 210, "")])
def test_a_copy_that_nobody_vouches_for_says_of_when_it_is(
    tmp_path: Path, down: bool, zone: str, offset: int, shown: str
) -> None:
    """Where the site is down or silent: in the publication's time."""
    fetched = keep(tmp_path, timedelta(hours=2)) + timedelta(minutes=offset)
    site = Slow()
    site.down = down
    if down:
        site.gate.set()
    with service(tmp_path, site=site, revalidate_wait="0" if not down else "5", timezone=zone) as running:
        body = running.reader.get("/light/s/a").body
        (note,) = html.fromstring(body).xpath("//p[@role='note']")
        clock = f"{fetched.hour % 12 or 12}:{fetched:%M} {fetched:%p}{shown}"
        assert f"{fetched:%B} {fetched.day}, {fetched.year}, {clock}" in note.text_content()
        site.gate.set()

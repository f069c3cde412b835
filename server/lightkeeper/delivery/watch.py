"""Keeps the Light edition ready: reads fronts, feeds and the latest stories now and then, and what is new in them."""

from __future__ import annotations

import asyncio
import fcntl
import logging
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ..article.model import Front
from ..background import Background
from ..errors import LightkeeperError
from ..gather.discovery import Candidate, Discovery
from ..gather.intake import Missing
from ..gather.turns import Turns
from ..settings import Settings
from ..source.pace import Pace
from .faults import report
from .library import Library
from .shelf import Shelf

log = logging.getLogger(__name__)

# Stories of one reading that feeds and WordPress name: a correction of many at once takes more than one.
_MOST_FOUND = 200
_MOST_LANGUAGES = 8
_INDEXED_AT_ONCE = 50


class Watch(Background):
    """In one of several processes: the one that holds the lock in the data folder."""

    def __init__(self, settings: Settings, library: Library, *, shelf: Shelf, discovery: Discovery, pace: Pace) -> None:
        super().__init__()
        self._fronts, self._limit, self._every = settings.fronts, settings.offline_stories, settings.poll
        self._reads = bool(settings.fronts or settings.feeds)
        self._shelf, self._discovery, self._turns = shelf, discovery, Turns(pace)
        self._lock_file = settings.data / "watch.lock"
        self._library = library
        self._ahead: dict[str, datetime] = {}  # read already, though lists date them into the future

    async def run(self) -> None:
        with ExitStack() as stack:
            lock = _opened(self._lock_file, stack)
            while True:
                if lock is None or _locked(lock):
                    try:
                        await self._round()
                    except Exception as error:
                        report("reading in advance failed", error)
                await asyncio.sleep(self._every)

    async def _round(self) -> None:
        """Fronts first, for readers begin there; what fails is tried again the next time."""
        await self._index()
        if not self._reads:
            return
        await self._discovery.heed()
        wanted: dict[str, None] = {}
        for front in self._fronts:
            wanted |= dict.fromkeys((await self._stories(front))[: self._limit])
        wanted |= dict.fromkeys(await self._found())
        for language in (await self._shelf.languages())[:_MOST_LANGUAGES]:
            wanted |= dict.fromkeys(story.address for story in await self._shelf.listed(self._limit, language=language))
        for path in wanted:
            await self._read(path)

    async def _index(self) -> None:
        """Enter what an older version stored into the search index, in portions, so that others can write between."""
        indexed = _INDEXED_AT_ONCE
        while indexed == _INDEXED_AT_ONCE:
            indexed = await self._shelf.index_more(_INDEXED_AT_ONCE)

    async def _read(self, path: str) -> None:
        try:
            await self._turns.take(lambda: self._library.refresh(path))
        except LightkeeperError as error:
            log.info("a story could not be read: %s", error)

    async def _found(self) -> list[str]:
        """What feeds and WordPress name and is not stored yet, or has changed since."""
        candidates = {found.path: found for found in await self._discovery.recent()}
        stored = await self._shelf.fetched(list(candidates))
        now = datetime.now(UTC)
        new = [found for path, found in candidates.items() if self._is_new(found, stored.get(path), now)][:_MOST_FOUND]
        taken = {found.path: found.modified for found in new if found.modified is not None and found.modified > now}
        self._ahead = {path: time for path, time in self._ahead.items() if path in candidates} | taken
        return [found.path for found in new]

    def _is_new(self, found: Candidate, stored: datetime | None, now: datetime) -> bool:
        """Whether it is not stored, or changed since. A time to come says so once, not at every reading."""
        if stored is None or found.modified is None or found.modified <= stored:
            return stored is None
        return found.modified <= now or self._ahead.get(found.path) != found.modified

    async def _stories(self, front: str) -> list[str]:
        try:
            value = await self._turns.take(lambda: self._library.value(front))
        except LightkeeperError as error:
            log.warning("the front could not be read: %s", error)
            return []
        if not isinstance(value, Front):
            reason = value.reason if isinstance(value, Missing) else "it is a story"
            log.warning("there is no list of stories at a front: %s", reason)
            return []
        paths = (self._library.site.path(headline.url) for headline in value.headlines)
        return [path for path in paths if path is not None]


def _opened(path: Path, stack: ExitStack) -> IO[str] | None:
    """None where the folder cannot be written: then each process reads for itself."""
    try:
        return stack.enter_context(path.open("a"))
    except OSError as error:
        report("the lock file of reading in advance cannot be opened", error)
        return None


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

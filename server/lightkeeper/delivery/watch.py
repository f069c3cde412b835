"""Keeps the Light edition ready: reads the fronts now and then, and every story that they list."""

from __future__ import annotations

import asyncio
import fcntl
import logging
from contextlib import AbstractAsyncContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO

from ..article.model import Front
from ..errors import LightkeeperError
from ..gather.intake import Missing
from ..settings import Settings
from .faults import report
from .library import Library

log = logging.getLogger(__name__)

_EVERY = 300.0
# Between two stories, so that a small origin is not asked faster than a reader would.
_PAUSE = 0.1


class Watch(AbstractAsyncContextManager["Watch"]):
    """Runs while entered, in one of several processes: the one that holds the lock in the data folder."""

    def __init__(self, settings: Settings, library: Library) -> None:
        self._fronts, self._limit = settings.fronts, settings.offline_stories
        self._lock_file = settings.data / "watch.lock"
        self._library = library
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Watch:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        with ExitStack() as stack:
            lock = _opened(self._lock_file, stack)
            while True:
                if lock is None or _locked(lock):
                    for front in self._fronts:
                        await self._read_safely(front)
                await asyncio.sleep(_EVERY)

    async def _read_safely(self, front: str) -> None:
        try:
            await self._read(front)
        except Exception as error:
            report("reading a front in advance failed", error)

    async def _read(self, front: str) -> None:
        """One front and its stories; what fails is tried again the next time."""
        stories = await self._stories(front)
        for path in stories[: self._limit]:
            try:
                await self._library.get(path)
            except LightkeeperError as error:
                log.info("a story could not be read: %s", error)
            await asyncio.sleep(_PAUSE)

    async def _stories(self, front: str) -> list[str]:
        try:
            value = await self._library.value(front)
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

"""The publisher at work in a server: in one of several processes, as often as the store changes."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from ..background import Background
from ..errors import KeyFileError
from ..settings import Settings
from ..store import Store
from .keyring import DAY, warning
from .publisher import Publisher

log = logging.getLogger(__name__)

# The store is asked for its sequence so often; a change is out within a second.
_EVERY = 0.25
# Another process looks so often whether the one that publishes still does; and one that failed tries again.
_PATIENCE = 2.0
_NAME = "publisher.lock"


class Publishing(Background):
    """In every process; the one that holds the lock publishes."""

    def __init__(self, settings: Settings, store: Store, allow: Callable[[str], bool]) -> None:
        super().__init__()
        self._settings, self._store, self._allow = settings, store, allow
        self._said = ""
        self._warned = 0.0

    async def run(self) -> None:
        while True:
            try:
                with Lock(self._settings.data) as lock:
                    if lock.held:
                        await self._publish()
            except OSError as error:
                self._say(f"bundles cannot be published: {error.strerror or error}")
            await asyncio.sleep(_PATIENCE)

    async def _publish(self) -> None:
        """Until something fails."""
        publisher = Publisher(self._settings, self._store, self._allow)
        try:
            while True:
                told = await publisher.once()
                if told.refused:
                    log.warning("%d stories could not be kept in bundles", told.refused)
                self._warn(publisher)
                self._said = ""
                if told.published or not await publisher.finish():
                    await asyncio.sleep(_EVERY)
        except KeyFileError as error:
            self._say(f"no bundles are published: {error}")
        except Exception as error:
            self._say(f"publishing bundles failed: {type(error).__name__}: {error}")
        finally:
            await publisher.close()

    def _warn(self, publisher: Publisher) -> None:
        """Once a day, while the online key is about to expire."""
        if time.monotonic() > self._warned:
            self._warned = time.monotonic() + DAY
            sentence = warning(publisher.keyring.keys().certificate, int(time.time()))
            if sentence:
                log.warning("%s", sentence)

    def _say(self, sentence: str) -> None:
        """Once, until something else happens."""
        if sentence != self._said:
            log.warning("%s", sentence)
            self._said = sentence


class Lock:
    """The publisher's lock in a data folder; `held` says whether it is ours."""

    def __init__(self, data: Path) -> None:
        self._path, self.held = data / _NAME, False
        self._file: IO[str] | None = None

    def __enter__(self) -> Lock:
        self._file = self._path.open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.held = True
        except OSError:
            self.held = False
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

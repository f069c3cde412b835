"""The store as far as it works: a full disk, a locked or broken database means nothing kept, never a failed request.

Also the place where the operator's path rules meet what was kept before they were made.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar

from ..store import Store, StoredFront, Story
from .faults import report

T = TypeVar("T")

# A reader does not wait longer for the store than this; what was begun goes on.
_PATIENCE = 1.0
_SILENCE = 60.0
_MOST_GONE = 10_000


class Shelf:
    """The methods of `Store` that answering needs. `allow` says of an address whether it may be kept."""

    def __init__(self, store: Store, allow: Callable[[str], bool] = lambda _: True) -> None:
        self._store, self._allow = store, allow
        self._gone: OrderedDict[str, None] = OrderedDict()  # removed, though the store could not take note of it
        self._running: set[asyncio.Task[Any]] = set()
        self._quiet_until = 0.0

    async def close(self) -> None:
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._store.close()

    async def story(self, address: str) -> Story | None:
        return await self._try(self._store.story(address), None) if self._shows(address) else None

    async def front(self, address: str) -> StoredFront | None:
        return await self._try(self._store.front(address), None) if self._shows(address) else None

    async def latest(self, language: str, limit: int) -> list[Story]:
        stories: list[Story] = await self._try(self._store.latest(language, limit), [])
        return [story for story in stories if self._shows(story.address)]

    async def languages(self) -> list[str]:
        return await self._try(self._store.languages(), [])

    async def save(self, story: Story) -> None:
        if await self._try(_done(self._store.save(story)), False):
            self._gone.pop(story.address, None)

    async def save_front(self, front: StoredFront) -> None:
        if await self._try(_done(self._store.save_front(front)), False):
            self._gone.pop(front.address, None)

    async def touch(self, address: str, fetched: datetime) -> None:
        await self._try(self._store.touch(address, fetched), None)

    async def remove(self, address: str, seen: datetime) -> None:
        """Whatever the store says, this process shows `address` no more."""
        if await self._try(_done(self._store.remove(address, seen)), False):
            return
        self._gone[address] = None
        if len(self._gone) > _MOST_GONE:
            self._gone.popitem(last=False)

    def _shows(self, address: str) -> bool:
        return address not in self._gone and self._allow(address)

    async def _try(self, work: Coroutine[Any, Any, T], otherwise: T) -> T:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        await asyncio.wait({task}, timeout=_PATIENCE)
        return task.result() if task.done() and not task.cancelled() and not task.exception() else otherwise

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and time.monotonic() > self._quiet_until:
            self._quiet_until = time.monotonic() + _SILENCE
            report("the store failed; pages go on without it", error)


async def _done(work: Coroutine[Any, Any, object]) -> bool:
    await work
    return True

"""The store as far as it works: a full disk, a locked or broken database means nothing kept, never a failed request.

Also the place where the operator's path rules meet what was kept before they were made.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Coroutine, Iterable
from datetime import datetime
from typing import Any, TypeVar

from ..article.addresses import spellings
from ..store import Changes, Kind, Listed, Store, StoredFront, Story, Views
from ..store.rows import digest
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
        self._withdrawn: frozenset[str] = frozenset()  # hashes
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

    async def listed(self, limit: int, offset: int = 0, *, language: str = "") -> list[Listed]:
        return self._shown(await self._try(self._store.listed(limit, offset, language=language), []))

    async def labelled(self, kind: Kind, key: str, limit: int, offset: int = 0) -> tuple[str, list[Listed]]:
        name, found = await self._try(self._store.labelled(kind, key, limit, offset), ("", []))
        return name, self._shown(found)

    async def search(self, text: str, limit: int, offset: int = 0) -> list[Listed]:
        return self._shown(await self._try(self._store.search(text, limit, offset), []))

    async def save(self, story: Story) -> bool:
        """False only where the newsroom withdrew it: what the store cannot take is served all the same."""
        kept = await self._try(self._store.save(story), None)
        if kept:
            self._gone.pop(story.address, None)
        return kept is not False and not self.is_withdrawn(story.address)

    async def save_front(self, front: StoredFront) -> bool:
        kept = await self._try(self._store.save_front(front), None)
        if kept:
            self._gone.pop(front.address, None)
        return kept is not False and not self.is_withdrawn(front.address)

    async def touch(self, address: str, fetched: datetime) -> None:
        await self._try(self._store.touch(address, fetched), None)

    async def fetched(self, addresses: Collection[str]) -> dict[str, datetime]:
        return await self._try(self._store.fetched(addresses), {})

    async def remove(self, address: str, seen: datetime) -> bool:
        """Whatever the store says, this process shows `address` no more. True where something was kept."""
        kept = await self._try(self._store.remove(address, seen), None)
        if kept is not None:
            return kept
        self._gone[address] = None
        if len(self._gone) > _MOST_GONE:
            self._gone.popitem(last=False)
        return False

    async def changes(self, since: int) -> Changes | None:
        """None where the store does not answer."""
        return await self._try(self._store.changes(since), None)

    async def sequence(self) -> int | None:
        return await self._try(self._store.sequence(), None)

    async def removed(self, addresses: Collection[str]) -> set[str]:
        return await self._try(self._store.removed(addresses), set())

    async def add_views(self, counted: Iterable[Views]) -> bool:
        return await self._try(_done(self._store.add_views(counted)), False)

    async def index_more(self, limit: int) -> int:
        return await self._try(self._store.index_more(limit), 0)

    async def learn_withdrawn(self) -> None:
        """Read anew what the newsroom withdrew."""
        self._withdrawn = await self._try(self._store.withdrawn(), self._withdrawn)

    def is_withdrawn(self, address: str) -> bool:
        return bool(self._withdrawn) and any(digest(found) in self._withdrawn for found in spellings(address))

    def _shows(self, address: str) -> bool:
        return address not in self._gone and self._allow(address) and not self.is_withdrawn(address)

    def _shown(self, found: list[Listed]) -> list[Listed]:
        return [story for story in found if self._shows(story.address)]

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

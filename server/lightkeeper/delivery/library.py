"""Light pages by address: from memory, else from the store, else from the origin, asked once for all who wait.

Owns freshness: what is younger than `fresh` is served at once; what is older is checked with the origin, and where
that takes longer than `revalidate_wait` the stored page answers while the check goes on behind the reader's back.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ..article import fragment
from ..editions.site import Site
from ..errors import OriginError
from ..gather.intake import Intake, Missing, Value
from ..settings import Settings
from ..source.mapping import UrlMap
from ..source.origin import Origin
from ..source.pool import Pool
from ..store import Changes, front_json
from ..store.rows import digest
from .faults import report
from .paths import PathRules
from .ready import Ready
from .rendering import Renderer
from .shelf import Shelf
from .tally import Tally

_IN_MEMORY = 512
_MOST_DOUBTED = 1_000
# A stored page older than this says so when the origin is too slow to vouch for it.
_OLD = timedelta(minutes=10)


Light = Ready | Missing


@dataclass(frozen=True, slots=True)
class _Entry:
    """What memory holds for an address: the value, its page, and when the origin last vouched for it."""

    value: Value
    ready: Ready
    checked: datetime
    known: tuple[str, str]
    version: str  # the digest of what the store keeps of it
    era: int  # how many times others' changes had been heard when it was made
    stale: Ready | None = None  # the same page, saying that it is a saved copy; made when first needed


class Library:
    """One per process. `clock` gives the current time with its zone."""

    def __init__(
        self,
        settings: Settings,
        *,
        origin: Origin,
        store: Shelf,
        pool: Pool,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        second_look: float = 15.0,
    ) -> None:
        self.site = Site(settings.name, settings.site, settings.light_prefix, settings.critical_hints)
        self.map_url = UrlMap(settings.origin, settings.site)
        self._fresh = timedelta(seconds=settings.fresh)
        self._wait = settings.revalidate_wait
        self.rules = PathRules(settings.untouched, settings.light_paths)
        self._store, self._clock = store, clock
        self._intake = Intake(origin, store, pool, clock, settings.zone)
        self.tally = Tally(store, clock)
        self._renderer = Renderer(settings, self.site, store, pool)
        self._memory: OrderedDict[str, _Entry] = OrderedDict()
        self._checks: dict[str, asyncio.Task[Light]] = {}
        self._era = 0
        self._second_look = second_look
        self._doubted: dict[str, asyncio.Task[None]] = {}
        self._overtaken: set[str] = set()  # being checked while another process changed them

    async def close(self) -> None:
        tasks = [*self._checks.values(), *self._doubted.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def get(self, path: str) -> Light:
        """The Light page of `path`. Raises `OriginError` where there is none and the origin does not answer."""
        if not self.rules.allow(path):
            return Missing("untouched")
        if self._store.is_withdrawn(path):
            return Missing("withdrawn", 410)
        entry = self._memory.get(path) or await self._stored(path)
        if entry is not None:
            self._keep(path, entry)
            if self._clock() - entry.checked < self._fresh:
                return entry.ready
        check = self._check(path, entry)
        if entry is None:
            return await asyncio.shield(check)
        try:
            return await asyncio.wait_for(asyncio.shield(check), self._wait)
        except TimeoutError:
            old = self._clock() - entry.checked > _OLD
            return await self._stale(path, entry) if old else entry.ready
        except OriginError:
            return await self._stale(path, entry)

    def at_once(self, path: str) -> Ready | None:
        """What `get` would answer without waiting for anything; None: it may have to wait, or there is nothing."""
        entry = self._memory.get(path)
        if entry is None or self._clock() - entry.checked >= self._fresh or self._store.is_withdrawn(path):
            return None
        return entry.ready

    async def refresh(self, path: str) -> Light:
        """As `get`, but the origin is asked whatever is known, and waited for."""
        if not self.rules.allow(path):
            return Missing("untouched")
        if self._store.is_withdrawn(path):
            return Missing("withdrawn", 410)
        return await asyncio.shield(self._check(path, self._memory.get(path) or await self._stored(path)))

    async def value(self, path: str) -> Value | Missing:
        """What the Light page of `path` is made of. Raises `OriginError` like `get`."""
        light = await self.refresh(path)
        if isinstance(light, Missing):
            return light
        entry = self._memory.get(path) or await self._stored(path)
        return entry.value if entry else Missing("refused", 410)

    async def saved(self, path: str) -> Ready | None:
        """What is kept of `path`, marked as a saved copy: for when the origin has already failed."""
        if self._store.is_withdrawn(path):
            return None
        entry = self._memory.get(path) or await self._stored(path)
        return None if entry is None else await self._stale(path, entry)

    async def forget(self, path: str) -> None:
        """The origin took `path` back or refuses it: no Light edition of it from now on."""
        self._memory.pop(path, None)
        if await self._store.remove(path, self._clock()):
            self._let_go()
            self._doubt(path)

    def is_withdrawn(self, path: str) -> bool:
        """Whether the newsroom withdrew `path`."""
        return self._store.is_withdrawn(path)

    def heed(self, changes: Changes) -> None:
        """Let go of what this or another process changed. After a removal, of everything: other pages may name it."""
        for path, version in changes.changed.items():
            entry = self._memory.get(path)
            if entry is None or entry.version != version:
                self._memory.pop(path, None)
                self._overtaken.update({path} & self._checks.keys())
        if changes.changed or changes.removed:
            self._era += 1
        if changes.removed:
            self._let_go()
            self._overtaken.update(path for path in self._checks if digest(path) in changes.removed)

    def _let_go(self) -> None:
        self._era += 1
        self._memory.clear()

    def _check(self, path: str, entry: _Entry | None) -> asyncio.Task[Light]:
        """The one question to the origin about `path` that is under way."""
        running = self._checks.get(path)
        if running is None:
            running = self._checks[path] = asyncio.create_task(self._ask(path, entry))
            running.add_done_callback(lambda task: self._checked(path, task))
        return running

    def _checked(self, path: str, task: asyncio.Task[Light]) -> None:
        self._checks.pop(path, None)
        self._overtaken.discard(path)
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, OriginError):
            report("a page could not be made into its Light edition", error)

    async def _ask(self, path: str, entry: _Entry | None) -> Light:
        taken = await self._intake.take(path, entry.known if entry else ("", ""))
        if isinstance(taken, Missing):
            if taken.gone:
                self._memory.pop(path, None)
            if taken.reason == "refused" and entry is not None:
                self._let_go()
                self._doubt(path)
            return taken
        if taken is not None:
            return await self._remember(path, taken.value, taken.known, taken.version)
        if entry is None or path in self._overtaken:  # what the origin has not changed is no longer what is stored
            self._overtaken.discard(path)
            return await self._ask(path, None)
        return await self._unchanged(path, entry)

    async def settle(self) -> None:
        """Wait until nothing is to be looked for once more."""
        await asyncio.gather(*self._doubted.values(), return_exceptions=True)

    def _doubt(self, path: str) -> None:
        """Ask once more in a while: a story that came back is stored again, a second refusal makes a tombstone."""
        if path not in self._doubted and len(self._doubted) < _MOST_DOUBTED:
            task = self._doubted[path] = asyncio.create_task(self._look_again(path))
            task.add_done_callback(lambda _: self._doubted.pop(path, None))

    async def _look_again(self, path: str) -> None:
        await asyncio.sleep(self._second_look)
        try:
            await self._intake.take(path)
        except OriginError:
            return  # the next reader who asks finds out
        except Exception as error:
            report("looking again for a removed story failed", error)

    async def _unchanged(self, path: str, entry: _Entry) -> Ready:
        await self._store.touch(path, self._clock())
        return await self._remember(path, entry.value, entry.known, entry.version, entry.ready)

    async def _stored(self, path: str) -> _Entry | None:
        """The entry that the store's row makes, not yet vouched for by the origin. What cannot be read is not there."""
        try:
            return await self._read_back(path)
        except Exception as error:
            report("a stored page cannot be read", error)
            return None

    async def _read_back(self, path: str) -> _Entry | None:
        era = self._era
        kept = await self._store.story(path)
        if kept is not None:
            value: Value = fragment.parse(kept.fragment)
            fetched, known, version = kept.fetched, (kept.etag, kept.last_modified), kept.digest
        else:
            front = await self._store.front(path)
            if front is None:
                return None
            value = front_json.load(front.front)
            fetched, known, version = front.fetched, (front.etag, front.last_modified), front.digest
        ready = await self._renderer.render(path, value, now=self._clock())
        return _Entry(value, ready, fetched, known, version, era)

    async def _remember(
        self, path: str, value: Value, known: tuple[str, str], version: str, ready: Ready | None = None
    ) -> Ready:
        now, era = self._clock(), self._era
        ready = await self._renderer.render(path, value, now=now, current=ready)
        self._keep(path, _Entry(value, ready, now, known, version, era))
        return ready

    def _keep(self, path: str, entry: _Entry) -> None:
        """In memory, unless something changed while the page was made: it may name what was removed meanwhile."""
        if entry.era != self._era and self._memory.get(path) is None:
            return
        self._memory[path] = entry
        self._memory.move_to_end(path)
        if len(self._memory) > _IN_MEMORY:
            self._memory.popitem(last=False)

    async def _stale(self, path: str, entry: _Entry) -> Ready:
        if entry.stale is None:
            page = await self._renderer.render(path, entry.value, now=self._clock(), stale=entry.checked)
            entry = replace(entry, stale=page)
            self._keep(path, entry)
        assert entry.stale is not None
        return entry.stale

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
from ..article.model import Article, Front
from ..editions.site import Site
from ..errors import ArticleError, ExtractionTimeout, NotAnArticle, OriginError, PageTooLarge
from ..settings import Settings
from ..source.mapping import UrlMap
from ..source.origin import Origin
from ..source.page import Page
from ..source.pool import Pool
from ..source.storable import locked, why_not
from ..store import StoredFront, Story, front_json
from .faults import report
from .paths import PathRules
from .ready import Ready
from .rendering import Renderer
from .shelf import Shelf

# An answer with one of these takes the stored edition away: the publisher, a court or a bill stands in between.
REFUSALS = frozenset({401, 402, 403, 404, 410, 451})
_IN_MEMORY = 512
# A stored page older than this says so when the origin is too slow to vouch for it.
_OLD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no Light edition. `status` is what the origin answered (200 where the page just is no article)."""

    reason: str
    status: int = 200
    location: str = ""


Light = Ready | Missing
Value = Article | Front


@dataclass(frozen=True, slots=True)
class _Entry:
    """What memory holds for an address: the value, its page, and when the origin last vouched for it."""

    value: Value
    ready: Ready
    checked: datetime
    known: tuple[str, str]
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
    ) -> None:
        self.site = Site(settings.name, settings.site, settings.light_prefix)
        self.map_url = UrlMap(settings.origin, settings.site)
        self._fresh = timedelta(seconds=settings.fresh)
        self._wait = settings.revalidate_wait
        self.rules = PathRules(settings.untouched, settings.light_paths)
        self._origin, self._store, self._pool, self._clock = origin, store, pool, clock
        self._renderer = Renderer(settings, self.site, store, pool)
        self._memory: OrderedDict[str, _Entry] = OrderedDict()
        self._checks: dict[str, asyncio.Task[Light]] = {}

    async def close(self) -> None:
        for task in list(self._checks.values()):
            task.cancel()
        await asyncio.gather(*self._checks.values(), return_exceptions=True)

    async def get(self, path: str) -> Light:
        """The Light page of `path`. Raises `OriginError` where there is none and the origin does not answer."""
        if not self.rules.allow(path):
            return Missing("untouched")
        entry = self._memory.get(path)
        if entry is not None and self._clock() - entry.checked < self._fresh:
            return entry.ready
        entry = entry or await self._stored(path)
        if entry is not None:
            self._keep(path, entry)
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

    async def value(self, path: str) -> Value | Missing:
        """What the Light page of `path` is made of. Raises `OriginError` like `get`."""
        light = await self.get(path)
        return light if isinstance(light, Missing) else self._memory[path].value

    async def saved(self, path: str) -> Ready | None:
        """What is kept of `path`, marked as a saved copy: for when the origin has already failed."""
        entry = self._memory.get(path) or await self._stored(path)
        return None if entry is None else await self._stale(path, entry)

    async def forget(self, path: str) -> None:
        """The origin took `path` back or refuses it: no Light edition of it from now on."""
        self._memory.pop(path, None)
        await self._store.remove(path, self._clock())

    def _check(self, path: str, entry: _Entry | None) -> asyncio.Task[Light]:
        """The one question to the origin about `path` that is under way."""
        running = self._checks.get(path)
        if running is None:
            running = self._checks[path] = asyncio.create_task(self._ask(path, entry))
            running.add_done_callback(lambda task: self._checked(path, task))
        return running

    def _checked(self, path: str, task: asyncio.Task[Light]) -> None:
        self._checks.pop(path, None)
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, OriginError):
            report("a page could not be made into its Light edition", error)

    async def _ask(self, path: str, entry: _Entry | None) -> Light:
        try:
            page = await self._origin.fetch(path, known=entry.known if entry else ("", ""))
        except PageTooLarge:
            await self.forget(path)
            return Missing("too-large")
        if page.status == 304 and entry is not None:
            return await self._unchanged(path, entry)
        if page.status in REFUSALS:
            await self.forget(path)
            return Missing("refused", page.status)
        if page.status >= 500:
            raise OriginError(f"The site answered with an error ({page.status}).")
        if 300 <= page.status < 400 and page.header("location"):
            return Missing("moved", page.status, page.header("location"))
        reason = refusal(page)
        if reason:
            await self.forget(path)
            return Missing(reason, page.status)
        return await self._read(path, page)

    async def _read(self, path: str, page: Page) -> Light:
        try:
            value = await self._pool.read(page)
        except ArticleError as error:
            if not _ours(error):
                await self.forget(path)
            return Missing(error.reason if isinstance(error, NotAnArticle) else "unreadable", page.status)
        if isinstance(value, Article) and locked(page):
            await self.forget(path)
            return Missing("locked", page.status)
        known = page.header("etag"), page.header("last-modified")
        await self._save(path, value, known)
        return await self._remember(path, value, known)

    async def _unchanged(self, path: str, entry: _Entry) -> Ready:
        await self._store.touch(path, self._clock())
        return await self._remember(path, entry.value, entry.known, entry.ready)

    async def _save(self, path: str, value: Value, known: tuple[str, str]) -> None:
        now = self._clock()
        if isinstance(value, Front):
            await self._store.save_front(StoredFront(path, front_json.dump(value), now, *known))
        else:
            await self._store.save(story(path, value, now, known, await self._store.story(path)))

    async def _stored(self, path: str) -> _Entry | None:
        """The entry that the store's row makes, not yet vouched for by the origin. What cannot be read is not there."""
        try:
            return await self._read_back(path)
        except Exception as error:
            report("a stored page cannot be read", error)
            return None

    async def _read_back(self, path: str) -> _Entry | None:
        kept = await self._store.story(path)
        if kept is not None:
            value: Value = fragment.parse(kept.fragment)
            fetched, known = kept.fetched, (kept.etag, kept.last_modified)
        else:
            front = await self._store.front(path)
            if front is None:
                return None
            value = front_json.load(front.front)
            fetched, known = front.fetched, (front.etag, front.last_modified)
        ready = await self._renderer.render(path, value, now=self._clock())
        return _Entry(value, ready, fetched, known)

    async def _remember(self, path: str, value: Value, known: tuple[str, str], ready: Ready | None = None) -> Ready:
        now = self._clock()
        ready = await self._renderer.render(path, value, now=now, current=ready)
        self._keep(path, _Entry(value, ready, now, known))
        return ready

    def _keep(self, path: str, entry: _Entry) -> None:
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


def _ours(error: ArticleError) -> bool:
    """Whether it was our process that failed, which says nothing about the page."""
    return isinstance(error, ExtractionTimeout) or (isinstance(error, NotAnArticle) and error.reason == "failed")


def story(path: str, article: Article, now: datetime, known: tuple[str, str], kept: Story | None = None) -> Story:
    """The row that the store keeps of an article. One without a date counts as published when it was first seen."""
    published = article.published or (kept.published if kept else now)
    return Story(
        address=path,
        fragment=fragment.render(article),
        title=article.title,
        deck=article.deck,
        section=article.section,
        language=article.language,
        published=published if published.tzinfo else published.replace(tzinfo=UTC),
        fetched=now,
        etag=known[0],
        last_modified=known[1],
    )


def refusal(page: Page) -> str:
    """Why an answer must not become a Light edition, or "": it is no public HTML document, or the publisher says no."""
    if page.status == 200 and page.header("content-type").partition(";")[0].strip().lower() != "text/html":
        return "not-html"
    if page.header("content-disposition").strip().lower().startswith("attachment"):
        return "download"
    if page.header("lightkeeper").strip().lower() == "off":
        return "opted-out"
    return why_not(page)

"""Which stories the site has: asks for its lists and reads them. What the lists mean is in `source.discovery`."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from ..errors import LightkeeperError, OriginBusy, OriginError
from ..settings import Settings
from ..source.discovery import Found, Listing, api_root, posts
from ..source.mapping import UrlMap
from ..source.origin import Origin
from ..source.pace import Pace, retry_after
from ..source.page import Page
from ..source.pool import Pool
from .addresses import path_on
from .turns import Turns

log = logging.getLogger(__name__)

_ACCEPT = "application/feed+json,application/atom+xml,application/rss+xml,application/xml,application/json,*/*;q=0.5"
_TRIES = 3
# Documents of one reading: an index names as many sitemaps as it likes.
_MOST_LISTS = 2_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story's path and query; when it changed last, where a list says so."""

    path: str
    modified: datetime | None = None


class Discovery:
    """One per run. `sleep` waits for the pace's turn."""

    def __init__(
        self,
        settings: Settings,
        origin: Origin,
        pool: Pool,
        pace: Pace,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._settings, self._origin, self._pool = settings, origin, pool
        self._pace, self._turns = pace, Turns(pace, sleep)
        self._map = UrlMap(settings.origin, settings.site)
        self._known: dict[str, tuple[tuple[str, str], Listing]] = {}  # the validators and content of lists
        self._api: str | None = None
        self._sitemaps: list[str] | None = None
        self.failures: list[str] = []

    async def heed(self) -> list[str]:
        """Keep to the Crawl-delay of the site's robots.txt, which is read once; the sitemaps that it names."""
        if self._sitemaps is None:
            self._sitemaps = await self._robots()
        return self._sitemaps or []

    async def recent(self) -> list[Candidate]:
        """What the feeds name, and the posts that WordPress changed last. A list that is unchanged costs a 304."""
        self.failures = []
        lists = [*self._settings.feeds, *([posts(api)] if (api := await self._wordpress()) else [])]
        return [candidate async for candidate in self._read(lists, follow=False)]

    async def everything(self) -> AsyncIterator[Candidate]:
        """Every story that feeds, sitemaps and WordPress name."""
        self.failures = []
        lists = [*self._settings.feeds, *await self.heed()]
        async for candidate in self._read(lists, follow=True):
            yield candidate
        async for candidate in self._posts(await self._wordpress()):
            yield candidate

    async def _read(self, lists: list[str], *, follow: bool) -> AsyncIterator[Candidate]:
        waiting, seen = deque(lists), set(lists)
        while waiting:
            _, listing = await self._list(waiting.popleft())
            for found in listing.stories:
                if candidate := self._candidate(found):
                    yield candidate
            for url in listing.more if follow else listing.more[-1:]:  # the newest sitemap of an index comes last
                if url not in seen and len(seen) < _MOST_LISTS:
                    seen.add(url)
                    waiting.append(url)

    async def _posts(self, api: str) -> AsyncIterator[Candidate]:
        number, pages = 1, 1 if api else 0
        while number <= pages:
            page, listing = await self._list(posts(api, number))
            for found in listing.stories:
                if candidate := self._candidate(found):
                    yield candidate
            if number == 1 and page is not None:
                total = page.header("x-wp-totalpages")
                pages = min(int(total), _MOST_LISTS) if total.isascii() and total.isdigit() else 1
            number += 1

    async def _list(self, url: str) -> tuple[Page | None, Listing]:
        """One list; an empty one, and a word in `failures`, where it cannot be read."""
        path = self._path(url)
        if path is None:
            self.failures.append(f"{url}: not on this site")
            return None, Listing()
        known, before = self._known.get(path, (("", ""), Listing()))
        try:
            page = await self.ask(path, known)
            if page.status == 304:
                return page, before
            if page.status != 200:
                raise OriginError(f"The site answered with {page.status}.")
            listing = await self._pool.listing(page)
        except LightkeeperError as error:
            self.failures.append(f"{path}: {error}")
            log.warning("a list of stories could not be read: %s", error)
            return None, before
        validators = page.header("etag"), page.header("last-modified")
        if validators != ("", ""):
            self._known[path] = validators, listing
        return page, listing

    async def ask(self, path: str, known: tuple[str, str] = ("", "")) -> Page:
        """`Origin.fetch` in its turn; again, after a pause, where the site is busy or fails. Raises `OriginError`."""

        async def once() -> Page:
            page = await self._origin.fetch(path, known=known, accept=_ACCEPT)
            if page.status not in (429, 503):
                return page
            after = retry_after(page.header("retry-after"), datetime.now(UTC).timestamp())
            raise OriginBusy("The site is busy.", after)

        return await self._turns.take(once, _TRIES)

    async def _wordpress(self) -> str:
        """The address of the site's REST interface, "" where it has none; asked for once."""
        if self._api is None:
            try:
                page = await self.ask("/")
            except LightkeeperError:
                return ""
            self._api = api_root(page.header("link"))
        return self._api

    async def _robots(self) -> list[str] | None:
        """The sitemaps that robots.txt names; None where the site does not answer."""
        try:
            page = await self.ask("/robots.txt")
        except LightkeeperError:
            return None
        rules = RobotFileParser()
        rules.parse(page.body[:500_000].decode("utf-8", "replace").splitlines() if page.status == 200 else [])
        self._pace.slow_down(float(rules.crawl_delay("Lightkeeper") or 0))
        return list(rules.site_maps() or [])[:100]

    def _candidate(self, found: Found) -> Candidate | None:
        path = self._path(found.url)
        return Candidate(path, found.modified) if path is not None else None

    def _path(self, url: str) -> str | None:
        return url if url.startswith("/") and not urlsplit(url).netloc else path_on(self._settings.site, self._map(url))

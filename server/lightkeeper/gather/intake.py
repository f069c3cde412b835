"""One address of the site, read into the store. Knows what must not be kept; knows nothing of readers or rendering."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Protocol

from ..article import fragment
from ..article.model import Article, Front
from ..errors import ArticleError, ExtractionTimeout, NotAnArticle, OriginBusy, OriginError, OriginGarbled, PageTooLarge
from ..source.origin import Origin
from ..source.pace import retry_after
from ..source.page import Page
from ..source.pool import Pool
from ..source.storable import locked, why_not
from ..store import StoredFront, Story, front_json

# An answer with one of these takes the stored edition away: the publisher, a court or a bill stands in between.
REFUSALS = frozenset({401, 402, 403, 404, 410, 451})
Value = Article | Front


class Keeper(Protocol):
    """What the intake needs of a store."""

    async def story(self, address: str) -> Story | None: ...
    async def save(self, story: Story) -> bool: ...
    async def save_front(self, front: StoredFront) -> bool: ...
    async def remove(self, address: str, seen: datetime) -> object: ...


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no Light edition. `status` is what the origin answered (200 where the page just is no article).

    `gone` says that the store holds none either, from now on.
    """

    reason: str
    status: int = 200
    location: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read and stored. `known` is the origin's (ETag, Last-Modified), `version` the digest of what is kept."""

    value: Value
    known: tuple[str, str]
    version: str


class Intake:
    """`clock` gives the current time with its zone; `zone` is that of dates which state none."""

    def __init__(
        self,
        origin: Origin,
        store: Keeper,
        pool: Pool,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        zone: tzinfo | None = None,
    ) -> None:
        self._origin, self._store, self._pool, self._clock = origin, store, pool, clock
        self._zone = zone or UTC

    async def take(self, path: str, known: tuple[str, str] = ("", "")) -> Taken | Missing | None:
        """Ask the origin for `path` and keep what comes; None where it is unchanged since `known`.

        Raises `OriginError` where the origin fails. What the store raises passes through.
        """
        asked = self._clock()  # of two answers the one that was asked for last is true, whichever is read first
        try:
            page = await self._origin.fetch(path, known=known)
        except PageTooLarge:
            return await self._gone(path, Missing("too-large"), asked)
        except OriginGarbled:  # browsers may know the coding; the page passes as it is
            return Missing("garbled")
        if page.status == 304 and known != ("", ""):
            return None
        if page.status in REFUSALS:
            return await self._gone(path, Missing("refused", page.status), asked)
        if page.status in (429, 503):
            after = retry_after(page.header("retry-after"), self._clock().timestamp())
            raise OriginBusy(f"The site asked to come back later ({page.status}).", after)
        if page.status >= 500:
            raise OriginError(f"The site answered with an error ({page.status}).")
        if 300 <= page.status < 400 and page.header("location"):
            return Missing("moved", page.status, page.header("location"))
        reason = refusal(page)
        if reason:
            return await self._gone(path, Missing(reason, page.status), asked)
        return await self._read(path, page, asked)

    async def _read(self, path: str, page: Page, asked: datetime) -> Taken | Missing:
        try:
            value = await self._pool.read(page)
        except ArticleError as error:
            reason = error.reason if isinstance(error, NotAnArticle) else "unreadable"
            missing = Missing(reason, page.status)
            return missing if _ours(error) else await self._gone(path, missing, asked)
        if isinstance(value, Article) and locked(page):
            return await self._gone(path, Missing("locked", page.status), asked)
        return await self._keep(path, value, (page.header("etag"), page.header("last-modified")), asked)

    async def _keep(self, path: str, value: Value, known: tuple[str, str], asked: datetime) -> Taken | Missing:
        if isinstance(value, Front):
            front = StoredFront(path, front_json.dump(value), asked, *known)
            kept, version = await self._store.save_front(front), front.digest
        else:
            row = story(path, value, asked, known, await self._store.story(path), self._zone)
            kept, version = await self._store.save(row), row.digest
        return Taken(value, known, version) if kept else Missing("withdrawn", 410, gone=True)

    async def _gone(self, path: str, missing: Missing, asked: datetime) -> Missing:
        await self._store.remove(path, asked)
        return Missing(missing.reason, missing.status, gone=True)


def _ours(error: ArticleError) -> bool:
    """Whether it was our process that failed, which says nothing about the page."""
    return isinstance(error, ExtractionTimeout) or (isinstance(error, NotAnArticle) and error.reason == "failed")


def story(
    path: str,
    article: Article,
    now: datetime,
    known: tuple[str, str],
    kept: Story | None = None,
    zone: tzinfo = UTC,
) -> Story:
    """The row that the store keeps of an article. One without a date counts as published when it was first seen."""
    published = article.published or (kept.published if kept else now)
    return Story(
        address=path,
        fragment=fragment.render(article),
        title=article.title,
        deck=article.deck,
        section=article.section,
        language=article.language,
        published=published if published.tzinfo else published.replace(tzinfo=zone),
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

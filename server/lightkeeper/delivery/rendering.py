"""From an article or a front to ready bytes, with what surrounds it: the latest stories, the operator's note."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo
from urllib.parse import quote

import brotli

from ..article.model import Article, Front, Headline, Link
from ..editions.front import render_front
from ..editions.light import LightContext, render_article
from ..editions.site import Site
from ..errors import ArticleError
from ..settings import Settings
from ..source.pool import Pool
from ..store import Story
from .ready import Ready
from .shelf import Shelf

_LATEST = 5
_QUICK = 5


class Renderer:
    """Renders for one site. Compression runs in the pool: brotli at its best takes longer than a request may block."""

    def __init__(self, settings: Settings, site: Site, store: Shelf, pool: Pool) -> None:
        self._settings, self._site, self._store, self._pool = settings, site, store, pool

    async def render(
        self,
        path: str,
        value: Article | Front,
        *,
        now: datetime,
        current: Ready | None = None,
        stale: datetime | None = None,
    ) -> Ready:
        """`current` comes back where the bytes are the same. `stale` is the time of a saved copy that answers."""
        zone = self._settings.zone
        value = _dated(await self._without_removed(value), zone)
        context = await self.context(value.language, now=now, besides=path, stale=_in_zone(stale, zone))
        page = render_article(value, context) if isinstance(value, Article) else render_front(value, context)
        body = page.encode()
        if current is not None and current.identity == body:
            return current
        return Ready.of(body, await self._compressed(body))

    async def _without_removed(self, value: Article | Front) -> Article | Front:
        """The page less its links to stories that were taken back, which its own list may name for a while."""
        items: tuple[Headline | Link, ...] = value.related if isinstance(value, Article) else value.headlines
        paths = {path: item for item in items if (path := self._site.path(item.url))}
        gone = {id(paths[path]) for path in await self._store.removed(paths)} if paths else set()
        if not gone:
            return value
        if isinstance(value, Article):
            return replace(value, related=tuple(link for link in value.related if id(link) not in gone))
        return replace(value, headlines=tuple(item for item in value.headlines if id(item) not in gone))

    async def _compressed(self, body: bytes) -> bytes:
        try:
            return await self._pool.compress(body)
        except ArticleError:  # no process, or one that was killed; a little larger is better than nothing
            return bytes(brotli.compress(body, quality=_QUICK))

    async def context(
        self, language: str, *, now: datetime, besides: str = "", stale: datetime | None = None
    ) -> LightContext:
        stories = await self._store.latest(language, _LATEST + 1)
        latest = [self._headline(story) for story in stories if story.address != besides][:_LATEST]
        return LightContext(
            site=self._site,
            language=language,
            latest=tuple(latest[1:]),
            next=latest[0] if latest else None,
            note=self._settings.operator_note,
            offline_url=self._offline(language),
            keep=self._settings.keeps and self._settings.offline == "auto",
            stale=stale,
            now=now,
            lists=True,
        )

    def _offline(self, language: str) -> str:
        """Where "Keep for offline" leads: to the stories in the language that is being read."""
        if not self._settings.keeps:
            return ""
        return f"{self._site.prefix}/-/offline" + (f"?language={quote(language)}" if language else "")

    def _headline(self, story: Story) -> Headline:
        return Headline(self._site.url + story.address, story.title, story.deck, story.section, story.published)


def _dated(value: Article | Front, zone: tzinfo | None) -> Article | Front:
    """The value with its moments on the publication's clock."""
    if zone is None:
        return value
    if isinstance(value, Article):
        return replace(value, published=_in_zone(value.published, zone), modified=_in_zone(value.modified, zone))
    told = (replace(headline, published=_in_zone(headline.published, zone)) for headline in value.headlines)
    return replace(value, headlines=tuple(told))


def _in_zone(moment: datetime | None, zone: tzinfo | None) -> datetime | None:
    """One that states no zone was written on the publication's clock."""
    return moment if moment is None or zone is None or moment.tzinfo is None else moment.astimezone(zone)

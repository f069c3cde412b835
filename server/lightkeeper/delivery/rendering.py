"""From an article or a front to ready bytes, with what surrounds it: the latest stories, the operator's note."""

from __future__ import annotations

from datetime import datetime

from ..article.model import Article, Front, Headline
from ..editions.front import render_front
from ..editions.light import LightContext, render_article
from ..editions.site import Site
from ..settings import Settings
from ..source.pool import Pool
from ..store import Store, Story
from .ready import Ready

_LATEST = 5


class Renderer:
    """Renders for one site. Compression runs in the pool: brotli at its best takes longer than a request may block."""

    def __init__(self, settings: Settings, site: Site, store: Store, pool: Pool) -> None:
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
        context = await self.context(value.language, now=now, besides=path, stale=stale)
        page = render_article(value, context) if isinstance(value, Article) else render_front(value, context)
        body = page.encode()
        if current is not None and current.identity == body:
            return current
        return Ready.of(body, await self._pool.compress(body))

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
            offline_url="" if self._settings.offline == "off" else f"{self._site.prefix}/-/offline",
            stale=stale,
            now=now,
        )

    def _headline(self, story: Story) -> Headline:
        return Headline(self._site.url + story.address, story.title, story.deck, story.section, story.published)

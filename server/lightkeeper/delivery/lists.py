"""Lists that are made from the store: `/light/-/section/x`, `/-/author/x`, `/-/tag/x`, `/-/latest`, `/-/search?q=`.

`/-/` under the Light prefix is ours, so that no path of the site's is shadowed. What readers look for is never logged,
never sent to the site, and never kept by a cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import cast, get_args
from urllib.parse import parse_qs, quote, unquote

import brotli
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ..article import folding
from ..article.model import Headline
from ..editions.light import LightContext
from ..editions.listing import Listing, render_listing
from ..editions.site import Site
from ..editions.styles import page_csp
from ..editions.words import words
from ..settings import Settings
from ..store import Kind, Listed
from .light_answers import LightAnswers
from .ready import Ready
from .saved import Answer
from .shelf import Shelf

_PER_PAGE = 30
_LAST_PAGE = 50
_LONGEST = 200  # characters of a search
_PUBLIC = {"cache-control": "public, max-age=60"}
_SECRET = {"cache-control": "no-store"}


class Lists:
    """`otherwise` answers what is no list with a page that says so."""

    def __init__(self, settings: Settings, site: Site, shelf: Shelf, otherwise: LightAnswers) -> None:
        self._settings, self._site, self._shelf, self._otherwise = settings, site, shelf, otherwise

    def routes(self) -> list[Route]:
        """They must come before everything else under the Light prefix."""
        own = f"{self._site.prefix}/-"
        return [
            Route(f"{own}/search", _Asked(self._search)),
            Route(f"{own}/latest", _Asked(self._latest)),
            *(Route(f"{own}/{kind}/{{name}}", _Asked(self._label)) for kind in get_args(Kind)),
        ]

    async def section(self, scope: Scope, receive: Receive, send: Send, path: str) -> bool:
        """Answer for `/name`, where the site has no such page but a section of its stories bears the name."""
        name, _, query = path.strip("/").partition("?")
        key = folding.key(unquote(name.strip("/")))
        return (
            bool(key)
            and "/" not in name.strip("/")
            and await self._labelled(scope, receive, send, "section", key, query)
        )

    async def _search(self, scope: Scope, receive: Receive, send: Send) -> None:
        query, page = _query(scope), _page(_query(scope))
        text = " ".join(query.get("q", [""])[0].split())[:_LONGEST]
        found = await self._shelf.search(text, _PER_PAGE + 1, _PER_PAGE * (page - 1))
        language = found[0].language if found else self._reader(scope)
        listing = self._listing(text, found, language, page, f"q={quote(text)}&", query=text)
        await self._send(scope, receive, send, listing, _SECRET)

    async def _latest(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = _page(_query(scope))
        found = await self._shelf.listed(_PER_PAGE + 1, _PER_PAGE * (page - 1))
        language = found[0].language if found else self._reader(scope)
        listing = self._listing(words(language).latest, found, language, page)
        await self._send(scope, receive, send, listing, _PUBLIC)

    async def _label(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = cast(Kind, scope["path"].removeprefix(f"{self._site.prefix}/-/").partition("/")[0])
        key = folding.key(unquote(scope["path_params"]["name"]))
        query = scope["query_string"].decode("latin-1")
        if not await self._labelled(scope, receive, send, kind, key, query):
            await self._otherwise.missing(send, 404, _headers(scope), scope["method"])

    async def _labelled(self, scope: Scope, receive: Receive, send: Send, kind: Kind, key: str, query: str) -> bool:
        page = _page(_fields(query))
        name, found = await self._shelf.labelled(kind, key, _PER_PAGE + 1, _PER_PAGE * (page - 1))
        if found:
            await self._send(scope, receive, send, self._listing(name, found, found[0].language, page), _PUBLIC)
        return bool(found)

    def _listing(
        self,
        title: str,
        found: list[Listed],
        language: str,
        page: int,
        before: str = "",
        query: str | None = None,
    ) -> Listing:
        """One more story than a page holds says that there is another page."""
        more = len(found) > _PER_PAGE and page < _LAST_PAGE
        headlines = tuple(
            Headline(
                self._site.url + story.address,
                story.title,
                story.deck,
                story.section,
                story.published.astimezone(self._settings.zone or story.published.tzinfo),
            )
            for story in found[:_PER_PAGE]
        )
        newer, older = (f"?{before}page={page - 1}" if page > 1 else ""), (f"?{before}page={page + 1}" if more else "")
        return Listing(title, headlines, language, newer, older, query)

    async def _send(self, scope: Scope, receive: Receive, send: Send, listing: Listing, cache: dict[str, str]) -> None:
        context = LightContext(
            site=self._site, language=listing.language, now=datetime.now(UTC), note=self._settings.operator_note
        )
        body = render_listing(listing, context).encode()
        head = {
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": page_csp(body),
            "x-robots-tag": "noindex",
        }
        await Answer(Ready.of(body, brotli.compress(body, quality=5)), head, cache)(scope, receive, send)

    def _reader(self, scope: Scope) -> str:
        """The reader's first language, for a page without stories."""
        tags: Iterable[str] = _headers(scope).get("accept-language", "").split(",")[:8]
        return words(*(found for tag in tags if (found := tag.partition(";")[0].strip()[:35]))).language


class _Asked:
    """An ASGI application, which a plain method is not for Starlette."""

    def __init__(self, answer: ASGIApp) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await Response(status_code=405, headers={"allow": "GET, HEAD"})(scope, receive, send)
        else:
            await self._answer(scope, receive, send)


def _query(scope: Scope) -> dict[str, list[str]]:
    return _fields(scope["query_string"].decode("latin-1"))


def _fields(query: str) -> dict[str, list[str]]:
    try:
        return parse_qs(query, max_num_fields=20)
    except ValueError:
        return {}


def _page(query: dict[str, list[str]]) -> int:
    value = query.get("page", ["1"])[0]
    return min(max(int(value), 1), _LAST_PAGE) if value.isascii() and value.isdigit() and len(value) < 5 else 1


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}

"""Answering with a Light page: at its own address, public; on a negotiated one, private. And the small honest pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

import brotli
from starlette.types import Send

from ..article.model import Link
from ..editions.light import LightContext
from ..editions.notice import render_notice
from ..editions.site import Site
from ..editions.styles import page_csp
from ..editions.upgrade import upgrade_csp, with_upgrade
from ..editions.words import Words, words
from ..errors import LightkeeperError, OriginBusy
from ..sensing import Decision, Edition
from ..sensing.weight import TYPICAL
from ..settings import Settings
from .compression import choose
from .negotiated import Headers, decided, encoded, private
from .ready import Head, Header, More, Ready, send_head, send_ready

# No X-Content-Type-Options: a stated text/html is never sniffed (MIME Sniffing, section 7), and each byte counts.
_TYPE: Headers = [("content-type", "text/html; charset=utf-8")]
# Anybody may keep an explicit address for a minute; a correction or a withdrawal is not held up for longer.
_PUBLIC: Headers = [("cache-control", "public, max-age=60"), ("vary", "Accept-Encoding")]
_RETRY = "60"
_MOST = 1_024
# No paths, so that they stand beside those of negotiated pages.
_INDEXED, _LISTED_NOWHERE = "indexed", "noindex"


class LightAnswers:
    """`headers` of requests have lower-case names."""

    def __init__(self, settings: Settings, site: Site) -> None:
        self._settings, self._site = settings, site
        self._heads: dict[tuple[int, str, str], Head] = {}

    async def negotiated(
        self,
        send: Send,
        page: Ready,
        path: str,
        decision: Decision,
        headers: Mapping[str, str],
        method: str,
        more: Iterable[Header] = (),
    ) -> None:
        """`more` are headers besides."""
        head = self.negotiated_head(page, path, choose(headers.get("accept-encoding", "")))
        told = [*self.decided(decision).headers, *more]
        await send_head(send, head, told, method=method, if_none_match=headers.get("if-none-match", ""))

    def decided(self, decision: Decision) -> More:
        edition, reason, predicted = decision
        whole = None if predicted is None else round(predicted)
        return _decided(self._settings.edition_header, edition, reason, whole)

    def negotiated_head(self, page: Ready, path: str, coding: str) -> Head:
        """Less what was decided, and what is said to one reader."""
        head = self._made(page, path, coding)
        return head or self._make(page, path, coding, private(_safety(page), self._site.light(path), self._site))

    def _made(self, page: Ready, key: str, coding: str) -> Head | None:
        """Each page's head, at each place and in each coding, is made once."""
        head = self._heads.get((id(page), key, coding))
        return head if head is not None and head.ready is page else None

    def _make(self, page: Ready, key: str, coding: str, named: Headers) -> Head:
        if len(self._heads) >= _MOST:
            self._heads.clear()
        head = self._heads[id(page), key, coding] = page.head(encoded(named), coding)
        return head

    async def first(
        self, send: Send, page: Ready, path: str, decision: Decision, headers: Mapping[str, str], method: str
    ) -> None:
        """For a reader of whom nothing is known: with the script that asks for the full page where the link is good."""
        ready = _upgrading(page.identity, self._settings.text_limit, TYPICAL)
        policy = ("content-security-policy", upgrade_csp(page_csp(page.identity)))
        named = [*_TYPE, policy, *decided(self._settings.edition_header, decision)]
        await _send(send, ready, private(named, self._site.light(path), self._site), headers, method)

    async def explicit(
        self, send: Send, page: Ready, headers: Mapping[str, str], method: str, *, indexed: bool = True
    ) -> None:
        """`indexed` is False under the Light prefix: search engines are to list the full page."""
        head = self.explicit_head(page, choose(headers.get("accept-encoding", "")), indexed=indexed)
        await send_head(send, head, method=method, if_none_match=headers.get("if-none-match", ""))

    def explicit_head(self, page: Ready, coding: str, *, indexed: bool = False) -> Head:
        key = _INDEXED if indexed else _LISTED_NOWHERE
        return self._made(page, key, coding) or self._make(page, key, coding, self._explicit(page, indexed))

    def _explicit(self, page: Ready, indexed: bool) -> Headers:
        robots: Headers = [] if indexed else [("x-robots-tag", "noindex")]
        named = decided(self._settings.edition_header, Decision("light", "address"))
        return [*_safety(page), *_PUBLIC, *robots, *named]

    async def unreachable(self, send: Send, error: LightkeeperError, headers: Mapping[str, str], method: str) -> None:
        """The origin failed and nothing of it is stored."""
        said = self._words(headers)
        after = error.after if isinstance(error, OriginBusy) else None
        await self._notice(
            send, said.unreachable_title, said.unreachable_text, headers, method, error.status, after=after
        )

    async def missing(self, send: Send, status: int, headers: Mapping[str, str], method: str) -> None:
        """The origin has nothing at this address, or took it away."""
        said = self._words(headers)
        await self._notice(send, said.missing_title, said.missing_text, headers, method, status)

    async def no_light(self, send: Send, path: str, headers: Mapping[str, str], method: str) -> None:
        """The page exists, but is nothing that could be read as text; the full page is offered."""
        said = self._words(headers)
        links = (Link(self._site.choose("full", path), said.full), Link(self._site.connection, said.connection))
        await self._notice(send, said.no_light_title, said.no_light_text, headers, method, 404, links)

    async def _notice(
        self,
        send: Send,
        title: str,
        text: str,
        headers: Mapping[str, str],
        method: str,
        status: int,
        links: tuple[Link, ...] = (),
        after: float | None = None,
    ) -> None:
        """`after`: seconds in which the site asked to be asked again."""
        context = LightContext(site=self._site, language=self._words(headers).language, now=datetime.now(UTC))
        body = render_notice(title, text, context, links=links).encode()
        retry: Headers = [("retry-after", f"{after:.0f}" if after else _RETRY)] if status >= 500 else []
        page = Ready(body, body, body, "")
        named = [*_safety(page), ("cache-control", "no-store"), ("vary", "Accept-Language"), *retry]
        await _send(send, page, named, headers, method, status)

    def _words(self, headers: Mapping[str, str]) -> Words:
        """The reader's first language that we have words in."""
        tags = (item.partition(";")[0].strip() for item in headers.get("accept-language", "").split(",")[:8])
        return words(*(tag[:35] for tag in tags if tag))


@lru_cache(maxsize=64)
def _upgrading(page: bytes, limit: float, critical_bytes: int) -> Ready:
    body = with_upgrade(page, limit=limit, critical_bytes=critical_bytes)
    return Ready.of(body, brotli.compress(body, quality=5))


@lru_cache(maxsize=1_024)
def _decided(name: str, edition: Edition, reason: str, predicted: int | None) -> More:
    return More.of(encoded(decided(name, Decision(edition, reason, predicted))))


def _safety(page: Ready) -> Headers:
    return [*_TYPE, ("content-security-policy", page_csp(page.identity))]


async def _send(
    send: Send, page: Ready, named: Headers, headers: Mapping[str, str], method: str, status: int = 200
) -> None:
    await send_ready(
        send,
        page,
        encoded(named),
        method=method,
        accept_encoding=headers.get("accept-encoding", "") if page.etag else "",
        if_none_match=headers.get("if-none-match", ""),
        status=status,
    )

"""The bytes of one answer as a reader's link carries them: status line, headers, body in brotli."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import brotli

from lightkeeper.article.model import Article, Headline
from lightkeeper.delivery.light_answers import LightAnswers
from lightkeeper.delivery.ready import Ready
from lightkeeper.editions.light import LightContext, render_article
from lightkeeper.editions.site import Site
from lightkeeper.sensing import Decision
from lightkeeper.settings import load

from .sets import Source

_DATE = (b"date", b"Tue, 05 Mar 2024 14:30:00 GMT")  # the server adds it


def wire_size(body: bytes, headers: Iterable[tuple[bytes, bytes]]) -> int:
    """HTTP/1.1 as sent in clear: status line, each header with `: ` and line end, the empty line, the body."""
    head = sum(len(name) + len(value) + 4 for name, value in (*headers, _DATE))
    return len(b"HTTP/1.1 200 OK\r\n") + head + 2 + len(body)


async def weigh(source: Source, article: Article, latest: tuple[Headline, ...], now: datetime) -> int:
    """The wire size of the negotiated Light page, as the service's own code answers it."""
    parts = urlsplit(source.url)
    settings = load(origin=f"{parts.scheme}://{parts.netloc}", publication=source.publication)
    site = Site(settings.name, settings.site, settings.light_prefix)
    context = LightContext(
        site=site,
        language=article.language,
        latest=latest[1:],
        next=latest[0] if latest else None,
        offline_url=f"{site.prefix}/-/offline",
        now=now,
        lists=True,
    )
    body = render_article(article, context).encode()
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await LightAnswers(settings, site).negotiated(
        send,
        Ready.of(body, brotli.compress(body, quality=11)),
        site.path(article.url) or "/",
        Decision("light", "rate", 59.0),
        {"accept-encoding": "gzip, deflate, br"},
        "GET",
    )
    start, end = sent
    return wire_size(end["body"], start["headers"])

"""The bytes that a full page carries more in front of the origin's: head, body and tail, in brotli as they are sent.

Each piece of an origin's page is sent on as it comes, so it counts how large the pieces are.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import brotli

from lightkeeper.delivery.compression import Encoder
from lightkeeper.editions.full import FullContext, prepare
from lightkeeper.editions.site import Site
from lightkeeper.editions.watchdog import SCRIPT, parts

from .sets import Source

PIECES = (8_192, 16_384, 65_536)
_RECEIPT = "/_lk/r/d9d9e473a7e2c1"


def added(source: Source, piece: int) -> int:
    """0 where the page passes as it is."""
    parts = urlsplit(source.url)
    base = f"{parts.scheme}://{parts.netloc}"
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    light = Site(source.publication, base, "/light").light(path)
    context = FullContext(source.publication, light, receipt=_RECEIPT, site=base)
    headers = [("content-type", "text/html; charset=utf-8")]
    page = prepare(headers, source.html[:1024], inject=context, map_url=None)
    if page is None:
        return 0
    pieces = [source.html[start : start + piece] for start in range(0, len(source.html), piece)]
    *passed, last = map(page.stream.feed, pieces)
    return _compressed([*passed, last + page.stream.finish()]) - _compressed(pieces)


def _compressed(pieces: list[bytes]) -> int:
    """The end is known with the last piece, as it is of a page whose length was told."""
    encoder = Encoder("br")
    sent = b"".join(encoder.feed(piece) + encoder.flush() for piece in pieces[:-1])
    return len(sent + encoder.feed(pieces[-1]) + encoder.finish())


def alone() -> Iterator[tuple[str, int, int]]:
    """Each part by itself: its name, its bytes, and those in brotli 11."""
    context = FullContext("The Lantern", "https://lantern.example/light/en/story", receipt=_RECEIPT)
    for language in ("en", "fa"):
        of = parts(context, language)
        yield f"watchdog and banner, {language}", len(of.head), len(brotli.compress(of.head))
        yield f"banner without scripts, {language}", len(of.body), len(brotli.compress(of.body))
        yield f"tail, {language}", len(of.tail), len(brotli.compress(of.tail))
    yield "the watchdog's script", len(SCRIPT), len(brotli.compress(SCRIPT))

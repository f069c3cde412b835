"""The bytes that a full page carries more in front of the origin's: head, body and tail, in brotli as they are sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from lightkeeper.delivery.compression import Encoder
from lightkeeper.editions.full import FullContext, prepare
from lightkeeper.editions.site import Site

from .sets import Source

_PIECE = 16_384  # bytes at once from an origin; each is sent on as it comes
_RECEIPT = "/_lk/r/d9d9e473a7e2c1"


def added(source: Source) -> int:
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
    pieces = [source.html[start : start + _PIECE] for start in range(0, len(source.html), _PIECE)]
    return _compressed([*map(page.stream.feed, pieces), page.stream.finish()]) - _compressed(pieces)


def _compressed(pieces: list[bytes]) -> int:
    encoder = Encoder("br")
    sent = b"".join(encoder.feed(piece) + encoder.flush() for piece in pieces)
    return len(sent + encoder.finish())

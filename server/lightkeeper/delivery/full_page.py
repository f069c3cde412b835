"""The full edition on its way to the reader: the origin's page streams through with our head and tail.

On any doubt the page passes as the origin sent it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field

from starlette.types import Receive, Scope, Send

from ..editions.full import FullContext, FullPage, opts_out, prepare
from ..errors import OriginCutShort, OriginGarbled
from ..source.origin import Answer
from .compression import Coding, Decoder, Encoder, choose, decodable
from .faults import report
from .headers import get
from .negotiated import Headers, decoded, encoded
from .proxy import Proxy
from .weighing import Weighed

# What the encoding detection of browsers looks at, and how long we wait for it before we go on with what came.
_PRESCAN = 1024
_PATIENCE = 1.0
# Seconds: what comes so soon after another piece, or the end, is compressed with it. Each flush costs some 20 bytes.
_TOGETHER = 0.002
# Bytes of a page after which it is looked at no further: no page of words is that long, and looking costs time.
_TREATED = 8_000_000
_OURS = frozenset({"content-encoding", "content-length"})
Amend = Callable[[Headers], Headers]


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is done to a page: `inject` (None: nothing), the mapping of addresses, and the headers' last change.

    `awaiting` are headers for a page that carries its receipt; `ended` is called at its end, with whether it was
    carried (it is not where the page ends within a script or a tag) and how many bytes went out.
    """

    inject: FullContext | None
    map_url: Callable[[str], str] | None
    amend: Amend
    awaiting: Headers = field(default_factory=list)
    ended: Callable[[bool, int], None] = field(default=lambda _carried, _size: None)
    weighed: Weighed | None = None


def is_html(answer: Answer) -> bool:
    """A whole public HTML document, in a coding that we can open."""
    kind = get(answer.headers, b"content-type").partition(";")[0].strip().lower()
    attached = get(answer.headers, b"content-disposition").strip().lower().startswith("attachment")
    return (
        answer.status == 200
        and kind == "text/html"
        and decodable(get(answer.headers, b"content-encoding"))
        and not attached
    )


async def send_page(
    proxy: Proxy, answer: Answer, treatment: Treatment, scope: Scope, receive: Receive, send: Send, accept_encoding: str
) -> None:
    """Relay an HTML `answer`, treated; untouched where the page cannot be."""
    source = _Source(answer)
    start = await source.read(_PRESCAN)
    headers = decoded(proxy.headers(answer))
    page, amended = _prepared(headers, start, treatment)
    if page is None:
        await proxy.relay(answer, scope, receive, send, headers=encoded(amended), body=source.raw())
        return
    coding = choose(accept_encoding)
    amended = [(name, value) for name, value in amended if name not in _OURS]
    if coding:
        amended.append(("content-encoding", coding))
    body = _treated(page, start, source, coding, treatment.ended)
    if treatment.weighed is not None:
        treatment.weighed.read(start)
        body = _weighed(body, treatment.weighed)
        source.read_by(treatment.weighed.read)
    await proxy.relay(answer, scope, receive, send, headers=encoded(amended), body=body)


def _prepared(headers: Headers, start: bytes, treatment: Treatment) -> tuple[FullPage | None, Headers]:
    """The page and its headers as they go out; None for a page whose bytes pass untouched, also where this fails.

    Headers are amended all the same where a Light edition may stand at the same address, unless the page opts out.
    """
    try:
        page = prepare(headers, start, inject=treatment.inject, map_url=treatment.map_url)
        if page is not None:
            awaiting = treatment.awaiting if page.receipt else []
            return page, treatment.amend([*page.headers, *awaiting])
        return None, headers if treatment.inject is None or opts_out(start) else treatment.amend(headers)
    except Exception as error:
        report("a page passes untouched, because it could not be prepared", error)
        return None, headers


async def _treated(
    page: FullPage, start: bytes, source: _Source, coding: Coding, ended: Callable[[bool, int], None]
) -> AsyncIterator[bytes]:
    encoder = Encoder(coding) if coding else None
    left, size = _TREATED, 0
    async for chunk, follows in _joined(start, source.decoded()):
        data = _fed(page, chunk)
        if 0 < left <= len(chunk):
            data += page.stream.release()
        left -= len(chunk)
        if encoder and data:
            data = encoder.feed(data) + (b"" if follows else encoder.flush())
        if data:
            size += len(data)
            yield data
    last = page.stream.finish()
    if encoder:
        last = encoder.feed(last) + encoder.finish()
    if page.receipt:
        ended(page.stream.ended, size + len(last))
    yield last


async def _joined(start: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[tuple[bytes, bool]]:
    """`start` and then `pieces`, each with whether what follows it, be it the end, is there already."""
    piece: bytes | None = start
    while piece is not None:
        following = asyncio.ensure_future(_following(pieces))
        try:
            await asyncio.wait({following}, timeout=_TOGETHER)
            yield piece, following.done() and following.exception() is None
            piece = await following
        finally:
            following.cancel()


async def _following(pieces: AsyncIterator[bytes]) -> bytes | None:
    return await anext(pieces, None)


async def _weighed(body: AsyncIterator[bytes], weighed: Weighed) -> AsyncIterator[bytes]:
    async for data in body:
        weighed.sent(len(data))
        yield data
    weighed.done()


def _fed(page: FullPage, data: bytes) -> bytes:
    """What comes out for `data`: where our rewriting fails, the page goes on as the origin sent it."""
    held = page.stream.held
    try:
        return page.stream.feed(data)
    except Exception as error:
        report("a page goes on untouched, because it could not be rewritten", error)
        page.stream.release()
        return held + data


class _Source:
    """An answer's body, decoded, of which the first bytes were looked at and the raw ones kept until then."""

    def __init__(self, answer: Answer) -> None:
        self._chunks = answer.chunks()
        self._decoder = Decoder(get(answer.headers, b"content-encoding"))
        self._kept: list[bytes] | None = []
        self._pieces = self._decode()
        self._next: asyncio.Task[bytes | None] | None = None
        self._reader: Callable[[bytes], None] = lambda _: None

    def read_by(self, reader: Callable[[bytes], None]) -> None:
        """Who else looks at what `decoded` gives."""
        self._reader = reader

    async def read(self, size: int) -> bytes:
        """At least `size` decoded bytes, unless the body ends before or does not come in time."""
        start = b""
        clock = asyncio.get_running_loop().time
        deadline = clock() + _PATIENCE
        while len(start) < size:
            self._next = self._next or asyncio.create_task(self._piece())
            # Of a page without a single byte nothing can be said: that one is waited for.
            await asyncio.wait({self._next}, timeout=max(0.0, deadline - clock()) if start else None)
            if not self._next.done():
                break
            piece = await self._opened(self._next)
            self._next = None
            if piece is None:
                break
            start += piece
        return start

    async def _opened(self, next_piece: asyncio.Task[bytes | None]) -> bytes | None:
        """What is in no coding that can be undone ends here; the reader may have more luck with the raw bytes."""
        try:
            return await next_piece
        except OriginGarbled as error:
            report("a page passes untouched, because it cannot be decompressed", error)
            return None

    async def raw(self) -> AsyncIterator[bytes]:
        """The body as it came, from its first byte."""
        if self._next is not None:
            await self._next
        kept, self._kept = self._kept or [], None
        for chunk in kept:
            yield chunk
        async for chunk in self._chunks:
            yield chunk

    async def decoded(self) -> AsyncIterator[bytes]:
        """What follows the bytes that `read` gave. Raises `OriginCutShort` where the coded stream has no end."""
        self._kept = None
        if self._next is not None and (piece := await self._next) is not None:
            self._reader(piece)
            yield piece
        async for piece in self._pieces:
            self._reader(piece)
            yield piece

    async def _piece(self) -> bytes | None:
        return await anext(self._pieces, None)

    async def _decode(self) -> AsyncGenerator[bytes]:
        empty = True
        async for chunk in self._chunks:
            if self._kept is not None:
                self._kept.append(chunk)
            for piece in self._decoder.feed(chunk):
                yield piece
                await asyncio.sleep(0)  # a bomb is many pieces of one chunk; others have their turn in between
            empty = False
        if not empty and not self._decoder.complete:
            raise OriginCutShort("The site's answer broke off.")

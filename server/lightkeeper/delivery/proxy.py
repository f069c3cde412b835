"""The plain proxy: a reader's request to the origin and the answer back, streamed both ways, nothing touched on the way
but hop-by-hop headers and the origin's own address. Knows nothing of editions.

Not passed through: WebSocket (501), other upgrades (the request goes on without), trailers, early hints (103), an
answer before the request's body was read or refused. No `Via` is added: common servers stop compressing for requests
that carry one. `CDN-Loop` (RFC 8586) tells when the origin's name leads back here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Mapping
from typing import Any, TypeVar

from starlette.types import Receive, Scope, Send

from ..errors import BadRequest, ReaderLeft, RequestLoop, Unsupported
from ..settings import Settings
from ..source.mapping import UrlMap, mapped
from ..source.origin import LOOP_TOKEN, Answer, Origin
from . import headers as raw
from .forwarded import Forwarding

T = TypeVar("T")

_BODILESS = (204, 304)


class Proxy:
    """An ASGI application that is the origin.

    Errors come out before anything was sent to the reader, except `OriginCutShort`: after that one the server must
    break the connection, as uvicorn does when it sees an exception.
    """

    def __init__(self, settings: Settings, origin: Origin) -> None:
        self._origin = origin
        self._forwarding = Forwarding(settings)
        self.urls = UrlMap(settings.origin, settings.site)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self.open(scope, receive)
        except ReaderLeft:
            return
        await self.relay(answer, scope, receive, send)

    async def open(
        self,
        scope: Scope,
        receive: Receive,
        *,
        target: bytes | None = None,
        replace: Mapping[bytes, bytes | None] | None = None,
        document: bool = False,
        within: float | None = None,
    ) -> Answer:
        """Pass the reader's request on and return the origin's answer; the caller relays or closes it.

        `target` stands in for the reader's own; `replace` sets (or with None drops) request headers by lower-case name.
        A `document` takes part in the circuit breaker; `within` is as for `Origin.ask`. Raises what that raises,
        `Unsupported`, `RequestLoop`, and `ReaderLeft` as soon as the reader is gone.
        """
        _refuse_what_cannot_pass(scope)
        upload = _Upload(scope["headers"], receive)
        lines = raw.replaced(
            raw.end_to_end(scope["headers"]), {b"expect": None, **_loop_mark(scope), **(replace or {})}
        )
        asking = self._origin.ask(
            scope["method"],
            _target(scope) if target is None else target,
            self._forwarding.apply(scope, lines),
            upload.chunks() if upload.expected else None,
            document=document,
            within=within,
        )
        return await _while_there(asking, upload.left())

    async def relay(
        self,
        answer: Answer,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        headers: raw.Headers | None = None,
        body: AsyncIterator[bytes] | None = None,
    ) -> None:
        """Stream an answer to the reader, each piece at once, and close it. Ends quietly when the reader leaves.

        `headers` and `body` stand in for the answer's own. With a `body` and no `headers`, Content-Length is dropped.
        Raises `OriginCutShort`, and whatever `body` raises, with the reader's answer left unfinished.
        """
        lines = self.headers(answer) if headers is None else raw.sendable(raw.end_to_end(headers))
        if (body is not None and headers is None) or answer.status == 204:
            lines = raw.replaced(lines, {b"content-length": None})
        elif answer.status == 304 and scope["method"] != "HEAD":
            # It may state the length of the 200 that it stands for; the server would wait for that many bytes.
            lines = raw.replaced(lines, {b"content-length": None})
        silent = scope["method"] == "HEAD" or answer.status in _BODILESS
        # An answer without a body is read to its end as well: only then is its connection good for the next request.
        chunks = answer.chunks() if silent or body is None else body
        try:
            await _while_there(_send_all(send, answer.status, lines, chunks), _left(receive))
        except ReaderLeft:
            return
        finally:
            await answer.close()
            if isinstance(body, AsyncGenerator):
                await body.aclose()

    def headers(self, answer: Answer) -> raw.Headers:
        """The answer's headers as a reader may see them: end-to-end ones, in order, the origin's address mapped."""
        lines = raw.sendable(mapped(raw.end_to_end(answer.headers), self.urls))
        if raw.get(answer.headers, b"transfer-encoding"):  # RFC 9112 6.3: then the length does not count
            return raw.replaced(lines, {b"content-length": None})
        return lines


class _Upload:
    """The reader's body, read from `receive` as fast as the origin takes it."""

    def __init__(self, headers: raw.Headers, receive: Receive) -> None:
        self._receive = receive
        self._ended = asyncio.Event()
        length = raw.get(headers, b"content-length")
        self.expected = bool(raw.get(headers, b"transfer-encoding")) or (bool(length) and int(length) > 0)
        if not self.expected:
            self._ended.set()

    async def chunks(self) -> AsyncIterator[bytes]:
        while not self._ended.is_set():
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ReaderLeft("The reader left in the middle of the request.")
            if body := message.get("body", b""):
                yield body
            if not message.get("more_body", False):
                self._ended.set()

    async def left(self) -> None:
        """Return when the reader is gone; while the body is being read, `chunks` notices that itself."""
        await self._ended.wait()
        await _left(self._receive)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _while_there(work: Coroutine[Any, Any, T], left: Coroutine[Any, Any, None]) -> T:
    """The result of `work`; it is cancelled, and `ReaderLeft` raised, when the reader leaves before that."""
    working, leaving = asyncio.create_task(work), asyncio.create_task(left)
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ReaderLeft("The reader left before the answer was complete.")
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _send_all(send: Send, status: int, headers: raw.Headers, chunks: AsyncIterator[bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    async for chunk in chunks:
        if chunk:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _target(scope: Scope) -> bytes:
    """The request target as the reader wrote it: not decoded, not normalised."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return path + b"?" + query if query else path


def _loop_mark(scope: Scope) -> dict[bytes, bytes]:
    passed = raw.get(scope["headers"], b"cdn-loop").encode("latin-1")
    return {b"cdn-loop": b", ".join(filter(None, (passed, LOOP_TOKEN)))}


def _refuse_what_cannot_pass(scope: Scope) -> None:
    headers = scope["headers"]
    if raw.has_token(headers, b"upgrade", "websocket") or scope["method"] == "CONNECT":
        raise Unsupported("WebSocket connections and tunnels are not passed through.")
    if raw.tokens(headers, b"transfer-encoding") - {"chunked"}:
        raise Unsupported("The only transfer coding that is understood is chunked.")
    if scope["path"][:1] != "/" and (scope["method"], scope["path"]) != ("OPTIONS", "*"):
        raise BadRequest("The request's target is no path.")
    if raw.has_token(headers, b"cdn-loop", LOOP_TOKEN.decode("ascii")):
        raise RequestLoop("This request went in a circle: the origin's address leads back to Lightkeeper.")

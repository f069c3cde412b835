"""The one way to the publisher's site. Owns the connections; knows nothing of readers, editions or stores.

There is no httpx client in here, only its transport: so no cookie jar that carries one reader's cookie to the next, no
redirects followed, no proxies from the environment, no headers but those given. Where connections may lead is the
`guard`'s to say, and whether the site counts as down the `circuit`'s.

TLS: name indication and certificate check use the origin's host name; where the origin is given as a bare address they
use the public host name, for that is the site which the address is expected to serve.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from .. import __version__
from ..errors import BadRequest, OriginCutShort, OriginError, OriginTimeout, OriginUnended, OriginUnreachable
from ..settings import Settings
from .circuit import Circuit
from .decoding import Decoder
from .guard import Guard, Resolve, resolve
from .mapping import ascii_host, authority
from .page import Page

Header = tuple[bytes, bytes]

LOOP_TOKEN = b"lightkeeper"
_CONNECTIONS = 500
_IDLE = 64
# Below the 5 s after which common servers (Apache, Node, uvicorn) close an idle connection under a request.
_IDLE_SECONDS = 4.0
_REPEATABLE = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
# A page's own HTML is limited by `page_limit`; its scripts and styles may be several times as long.
_MARKUP_FACTOR = 6
# Bodies have no time limit (an event stream may be silent for hours), so the kernel looks after dead peers.
# And where a reader is slow, Linux would take 30 MB of a file in advance and keep them: as much as a fast origin at a
# long distance needs is enough.
_SOCKET = [
    (socket.SOL_SOCKET, socket.SO_RCVBUF, 1_048_576),
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *(
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 4))
        if hasattr(socket, name)
    ),
]
_HTML = "text/html,application/xhtml+xml;q=0.9"
_NO_BODY = httpx.ByteStream(b"")


class Answer:
    """What the origin answered: the head at once, the body as it arrives. Close it whatever happens."""

    __slots__ = ("_response", "_stall", "headers", "status")

    def __init__(self, response: httpx.Response, stall: float | None = None) -> None:
        self.status = response.status_code
        self.headers: list[Header] = response.headers.raw
        self._response, self._stall = response, stall

    async def chunks(self) -> AsyncGenerator[bytes]:
        """The body's bytes, once, as they arrive (content codings untouched).

        Raises `OriginCutShort`, for a document also where the origin is silent for longer than `stall_timeout`.

        The connection is free again before the last piece of a known length goes out: a reader who has it all hangs up.
        """
        assert isinstance(self._response.stream, httpx.AsyncByteStream)
        missing, last = self._length(), b""
        pieces = aiter(self._response.stream)
        try:
            while (chunk := await self._within(anext(pieces, None))) is not None:
                missing -= len(chunk)
                if missing == 0:
                    last = chunk
                else:
                    yield chunk
        except (httpx.TransportError, TimeoutError) as error:
            raise OriginCutShort("The site's answer broke off.") from error
        await self.close()
        if last:
            yield last

    async def close(self) -> None:
        """Give the connection back, or hang up where the body was not read to its end. Does nothing a second time."""
        if not self._response.is_closed:
            _spoil_if_overrun(self._response)
            await self._response.aclose()

    async def _within(self, piece: Awaitable[bytes | None]) -> bytes | None:
        async with asyncio.timeout(self._stall):
            return await piece

    def _length(self) -> int:
        """The stated length of the body; -1 where only its end will tell."""
        values = {key.lower(): value for key, value in self.headers}
        if b"transfer-encoding" in values:
            return -1
        return int(values.get(b"content-length", -1))


class Origin:
    """The publisher's site. One of these per process; `aclose` when the process ends."""

    def __init__(
        self, settings: Settings, *, resolve: Resolve = resolve, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._circuit = Circuit(settings.breaker_failures, settings.breaker_pause, clock)
        self._url = httpx.URL(settings.origin)
        self._host = authority(settings.site).encode("ascii")
        self._public_scheme = urlsplit(settings.site).scheme
        self._extensions = {
            "sni_hostname": _tls_name(settings),
            "timeout": {"connect": settings.connect_timeout, "pool": settings.answer_timeout},
        }
        self._transport = httpx.AsyncHTTPTransport(
            verify=_tls(settings),
            trust_env=False,
            limits=httpx.Limits(
                max_connections=_CONNECTIONS, max_keepalive_connections=_IDLE, keepalive_expiry=_IDLE_SECONDS
            ),
            socket_options=_SOCKET,
        )
        # httpx has no argument for it; a test sees that connections go this way.
        pool: Any = self._transport._pool
        pool._network_backend = Guard(_endpoint(settings), resolve=resolve)

    async def ask(
        self,
        method: str,
        target: bytes,
        headers: Iterable[Header],
        body: AsyncIterator[bytes] | None = None,
        *,
        document: bool = False,
        within: float | None = None,
    ) -> Answer:
        """Send one request, as given but for `Host`, and return when the head of the answer is there.

        `target` is the raw request target. A body without Content-Length goes out chunked. What `body` raises comes
        out unchanged, and the origin then sees a request that breaks off. Raises `OriginUnreachable`, `OriginTimeout`
        (no head within `answer_timeout`; time spent waiting for `body` does not count), or `BadRequest` where the
        request cannot be written as HTTP.

        A `document` takes part in the circuit breaker: it counts, and where the site counts as down it is
        `OriginUnreachable` at once. Everything else, and so whatever writes, is always tried. `within` so many seconds
        the head must be there, and no longer may the body be silent, whatever the settings say.
        """
        stall = within or (self._settings.stall_timeout if document else None)
        with self._counted(document):
            try:
                async with asyncio.timeout(within):
                    return await self._ask(method, target, headers, body, stall)
            except TimeoutError as error:
                raise OriginTimeout("The site did not answer in time.") from error

    async def _ask(
        self,
        method: str,
        target: bytes,
        headers: Iterable[Header],
        body: AsyncIterator[bytes] | None,
        stall: float | None,
    ) -> Answer:
        lines = [
            (b"Host", self._host),
            *((key, value.strip(b" \t")) for key, value in headers if key.lower() != b"host"),
        ]
        if body is not None and all(key.lower() != b"content-length" for key, _ in lines):
            lines.append((b"Transfer-Encoding", b"chunked"))
        try:
            response = await self._send(method, target, lines, body)
        except httpx.TransportError as error:
            raise _mapped(error) from error
        except TimeoutError as error:
            raise OriginTimeout("The site did not answer in time.") from error
        if not 200 <= response.status_code <= 599:
            await response.aclose()
            raise OriginUnreachable(f"The site answered with the status {response.status_code}.")
        return Answer(response, stall)

    @contextmanager
    def _counted(self, document: bool) -> Iterator[None]:
        """Tell the circuit how an attempt ended. What a reader or our own full pool ended says nothing of the site."""
        if not document:
            yield
            return
        attempt = self._circuit.attempt()
        if attempt is None:
            raise OriginUnreachable("The site is not answering at the moment.")
        try:
            yield
            attempt.succeeded()
        except OriginError as error:
            if not isinstance(error.__cause__, httpx.PoolTimeout):
                attempt.failed()
            raise
        finally:
            attempt.abandoned()

    async def fetch(self, path: str, *, known: tuple[str, str] = ("", ""), accept: str = _HTML) -> Page:
        """A public page, asked for with no reader's headers; `known` is (ETag, Last-Modified) of what is at hand.

        304 and redirects come back as they are. Raises `PageTooLarge` and any `OriginError`, of which `OriginUnended`
        says that only the end is missing; takes no longer than `connect_timeout` and `answer_timeout` together.
        """
        answer = None
        try:
            async with asyncio.timeout(self._settings.connect_timeout + self._settings.answer_timeout):
                answer = await self.ask("GET", path.encode(), self._own_headers(known, accept), document=True)
                try:
                    body = await self._body(answer)
                finally:
                    await answer.close()
        except TimeoutError as error:
            if answer is not None:
                raise OriginUnended("The site's answer did not end in time.") from error
            raise OriginTimeout("The site did not answer in time.") from error
        headers = tuple((key.decode("latin-1").lower(), value.decode("latin-1")) for key, value in answer.headers)
        plain = tuple(line for line in headers if line[0] not in ("content-encoding", "content-length"))
        return Page(self._settings.site + path, answer.status, plain, body, datetime.now(UTC))

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def _send(
        self, method: str, target: bytes, lines: list[Header], body: AsyncIterator[bytes] | None
    ) -> httpx.Response:
        """One exchange; once more where an idle connection turned out to be closed and repeating does no harm."""
        while True:
            pooled = _Pooled()
            extensions = {**self._extensions, "target": _visible(target), "trace": pooled.trace}
            try:
                async with asyncio.timeout(self._settings.connect_timeout + self._settings.answer_timeout) as deadline:
                    stream = _NO_BODY if body is None else _Upload(body, deadline, self._settings.answer_timeout)
                    request = httpx.Request(method, self._url, headers=lines, stream=stream, extensions=extensions)
                    return await self._transport.handle_async_request(request)
            except (httpx.NetworkError, httpx.RemoteProtocolError):
                if not pooled.reused or body is not None or method not in _REPEATABLE:
                    raise

    async def _body(self, answer: Answer) -> bytes:
        limit = self._settings.page_limit * _MARKUP_FACTOR
        coding = b",".join(value for key, value in answer.headers if key.lower() == b"content-encoding")
        decoder = Decoder(coding.decode("latin-1"), limit)
        pieces: list[bytes] = []
        started = False
        async with aclosing(answer.chunks()) as chunks:
            async for chunk in chunks:
                pieces.extend(decoder.feed(chunk))
                started = True
        if started and not decoder.complete:
            raise OriginCutShort("The site's answer broke off.")
        return b"".join(pieces)

    def _own_headers(self, known: tuple[str, str], accept: str) -> list[Header]:
        etag, modified = known
        lines = {
            "User-Agent": f"Lightkeeper/{__version__}",
            "Accept": accept,
            "Accept-Encoding": "gzip, br",
            "If-None-Match": etag,
            "If-Modified-Since": modified,
            "X-Forwarded-Proto": self._public_scheme,
            "X-Forwarded-Host": self._host.decode("ascii"),
            "CDN-Loop": LOOP_TOKEN.decode("ascii"),
        }
        return [(key.encode("ascii"), value.encode("latin-1")) for key, value in lines.items() if value]


class _Upload(httpx.AsyncByteStream):
    """Passes a body on, and stops the clock while it waits for the sender: the time limit is the origin's alone."""

    def __init__(self, body: AsyncIterator[bytes], deadline: asyncio.Timeout, seconds: float) -> None:
        self._body, self._deadline, self._seconds = body, deadline, seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._deadline.reschedule(None)
        async for chunk in self._body:
            self._start_clock()
            yield chunk
            self._deadline.reschedule(None)
        self._start_clock()

    def _start_clock(self) -> None:
        self._deadline.reschedule(asyncio.get_running_loop().time() + self._seconds)


class _Pooled:
    """Watches an exchange to tell whether it went over a connection that had been used before."""

    def __init__(self) -> None:
        self.reused = True

    async def trace(self, event: str, info: object) -> None:
        if event == "connection.connect_tcp.started":
            self.reused = False


def _spoil_if_overrun(response: httpx.Response) -> None:
    """Keep a connection out of the pool when the origin sent more than its answer's length.

    httpcore would read the surplus as the head of the next reader's answer. It offers no way to ask, hence the walk
    through its objects; a test holds it in place.
    """
    stream: Any = response.stream
    state = stream._httpcore_stream._stream._connection._h11_state
    if state.trailing_data[0]:
        state.send_failed()


def _visible(target: bytes) -> bytes:
    """The request target, with all but visible ASCII percent-encoded: RFC 9112 3.2 allows nothing else."""
    return re.sub(rb"[^\x21-\x7e]", lambda match: b"%%%02X" % match[0][0], target) or b"/"


def _endpoint(settings: Settings) -> tuple[str, int]:
    parts = urlsplit(settings.origin)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _tls_name(settings: Settings) -> str:
    host = urlsplit(settings.origin).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return ascii_host(host)
    return ascii_host(urlsplit(settings.site).hostname or host)


def _tls(settings: Settings) -> ssl.SSLContext | bool:
    """httpx's own list of authorities together with the system's (and `SSL_CERT_FILE`, for private ones)."""
    if not settings.verify_origin or urlsplit(settings.origin).scheme == "http":
        return False
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def _mapped(error: httpx.TransportError) -> OriginError | BadRequest:
    """httpx's exceptions as ours; the technical cause stays in `__cause__`, for logs."""
    if isinstance(error, httpx.TimeoutException):
        return OriginTimeout("The site did not answer in time.")
    if isinstance(error, httpx.LocalProtocolError):
        return BadRequest("This request cannot be passed on.")
    return OriginUnreachable("The site cannot be reached.")

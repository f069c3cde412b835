"""The connection to a reader: uvicorn's HTTP protocol, with the limits and the corner cases that it leaves open.

Owns how long a reader may take, how large a request's head may be, and how an answer ends; knows nothing of what is
asked or answered. What each limit is for stands in `Limits`.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from .records import in_records
from .wire import EXTENSION, Wire

_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
# linux/tcp.h; Documentation/networking/tcp-thin.txt
_THIN_LINEAR_TIMEOUTS = 16
# struct tcp_info of Linux: u64 tcpi_bytes_acked
_BYTES_ACKED = 120


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, bytes and lines. Generous to slow links: a head of 2 KB takes one second at 20 kbit/s."""

    idle: float = 75.0  # from connecting to the first byte
    head: float = 30.0  # from a request's first byte to the end of its head
    body: float = 60.0  # between two pieces of a request's body, while we are reading it
    stall: float = 90.0  # during which a reader takes not one byte of what is under way to them
    url: int = 16_384
    head_bytes: int = 65_536
    head_lines: int = 128


class Protocol(HttpToolsProtocol):
    """Handed to uvicorn as `http=`. A subclass may set other `limits`."""

    limits = Limits()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._refusal = (400, "This is no HTTP request that can be understood.")
        self._asking = False  # a request has begun and its head is not complete
        self._receiving = False  # a request's head is complete and its body is not
        self._in_line = False  # the next byte belongs to a request line
        self._arrived = self._parsed = self._hosts = 0
        self._watch: asyncio.TimerHandle | None = None
        self._due: float | None = None
        # What an application has ready as bytes, by request; where uvicorn itself would do something else first, none.
        plain = self.limit_concurrency is None and not self.root_path
        self._ready = getattr(self.app, "at_once", None) if plain else None
        self._answered = False  # the request at hand, with such bytes
        self._taken, self._moved = 0, 0.0

    # Time

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(in_records(transport))
        self._wire = Wire(transport)
        self._extensions = {EXTENSION: self._wire}
        _tune(transport, self.limits.stall)
        self._expect(self.limits.idle)
        self._moved = self._made = self.loop.time()
        self._tick = min(self.limits.head, self.limits.body, self.limits.stall) / 4
        self._watch = self.loop.call_later(self._tick, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._watch is not None:
            self._watch.cancel()
        self._wire.settle()  # before the socket goes
        super().connection_lost(exc)

    def _expect(self, seconds: float | None) -> None:
        self._due = None if seconds is None else self.loop.time() + seconds

    def _look(self) -> None:
        """Now and then: is something overdue? The connection ends where it is."""
        self._watch = self.loop.call_later(self._tick, self._look)
        if self._stalled():
            self.transport.abort()
        elif self._due is not None and self.loop.time() > self._due:
            self._overdue()

    def _overdue(self) -> None:
        if self._receiving and self.flow.read_paused:
            self._expect(self.limits.body)  # it is we who do not read
        elif self._asking or self._receiving:
            self._refuse(408, "The request took too long to arrive.")
        else:
            self.transport.close()

    def _stalled(self) -> bool:
        """Whether bytes wait for a reader who has taken none for too long, be they the last of an answer."""
        taken = _acknowledged(self.transport)
        if taken != self._taken or not self.transport.get_write_buffer_size():
            self._taken, self._moved = taken, self.loop.time()
        return self.loop.time() - self._moved > self.limits.stall

    # Requests

    def data_received(self, data: bytes) -> None:
        if self._receiving:
            self._expect(self.limits.body)
        elif not self._asking:
            self._asking = self._in_line = True
            self._arrived = 0
            self._expect(self.limits.head)
        if self._in_line:
            data = self._quoted(data)
        super().data_received(data)
        if self._asking:  # the head goes on: so all of this piece was head
            self._arrived += len(data)
            if self._arrived > self.limits.head_bytes:
                self._refuse(431, "The request's headers are too long.")

    def _quoted(self, data: bytes) -> bytes:
        """The request line in ASCII: some programs write a path's letters as they are, and common servers take it."""
        line, end, rest = data.partition(b"\n")
        self._in_line = not end
        return data if line.isascii() else _NOT_ASCII.sub(lambda match: b"%%%02X" % match[0][0], line) + end + rest

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wire.settle()
        self.scope["extensions"] = self._extensions  # type: ignore[typeddict-item]
        self._asking, self._hosts, self._parsed, self._answered = True, 0, 0, False
        self._expect(self.limits.head)

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > self.limits.url:
            self._fail(414, "The address is too long.")

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._parsed += len(name) + len(value)
        self._hosts += self.headers[-1][0] == b"host"
        if self._parsed > self.limits.head_bytes or len(self.headers) > self.limits.head_lines:
            self._fail(431, "The request has too many headers.")

    def on_headers_complete(self) -> None:
        version = self.parser.get_http_version()
        if self._hosts > 1 or (version == "1.1" and not self._hosts):  # RFC 9112 3.2
            self._fail(400, "A request names its host once.")
        if version == "1.0" and any(name == b"transfer-encoding" for name, _ in self.headers):  # RFC 9112 6.1
            self._fail(400, "HTTP/1.0 knows no transfer codings.")
        self._wire.asked(self.loop.time() - self._made)
        if version == "1.1" and self._at_once():
            self._asking, self._answered = False, True
            return
        super().on_headers_complete()
        self._asking, self._receiving = False, True
        self._expect(self.limits.body)

    def on_message_complete(self) -> None:
        if self._answered:  # the next request may come late, as behind other answers
            self._expect(self.timeout_keep_alive)
            return
        super().on_message_complete()
        self._receiving = False
        self._expect(None)

    # Refusals

    def _fail(self, status: int, sentence: str) -> None:
        """Stop the parser, from within one of its callbacks."""
        self._refusal = status, sentence
        raise ValueError(sentence)

    def _refuse(self, status: int, sentence: str) -> None:
        self._refusal = status, sentence
        self.send_400_response(sentence)

    def send_400_response(self, msg: str) -> None:
        """Answer with the refusal, if no other answer is owed or under way; in the middle of one, only hang up."""
        if self.transport.is_closing():
            return
        if self._may_answer():
            status, sentence = self._refusal
            body = f"{sentence}\n".encode()
            self.transport.write(
                b"%bcontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b"
                % (STATUS_LINE[status], len(body), body)
            )
            if self.cycle is not None:
                self.cycle.disconnected = True
                self.cycle.message_event.set()
        self._asking = self._receiving = False
        self._expect(None)
        self.transport.close()

    def _may_answer(self) -> bool:
        cycle = self.cycle
        if self._receiving:
            return not cycle.response_started and not self.pipeline
        return cycle is None or cycle.response_complete

    # Answers

    def _at_once(self) -> bool:
        """Send what the application has ready as bytes: before anything is made of the request that a task would need.

        Not while an answer is under way or owed: the order of requests is that of answers.
        """
        cycle, target = self.cycle, self.url
        if self._ready is None or self.flow.write_paused or (cycle is not None and not cycle.response_complete):
            return False
        if b"?" in target or b"#" in target or not target.startswith(b"/") or not self.parser.should_keep_alive():
            return False
        scope = self.scope
        scope["method"] = self.parser.get_method().decode("ascii")
        scope["raw_path"], scope["query_string"] = target, b""
        ready = self._ready(scope)
        if ready is None:
            return False
        self.transport.write(ready)
        self.server_state.total_requests += 1
        return True

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        old = cycle.scope["http_version"] == "1.0"
        super()._start_asgi_task(cycle, _OldReader(cycle, app) if old else app)


class _OldReader:
    """An HTTP/1.0 reader knows no chunks: a body of unknown length ends with the connection (RFC 9112 6.3).

    So that one which broke off cannot be mistaken for a whole one, the connection is reset then.
    """

    def __init__(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._cycle, self._app = cycle, app
        self._open_ended = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def ending(message: Any) -> None:
            if message["type"] == "http.response.start":
                self._begin(message)
            elif self._open_ended:
                left = message.get("body", b"")
                self._cycle.expected_content_length = len(left) + message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, ending)
        finally:
            if self._open_ended and not self._cycle.response_complete:
                _reset(self._cycle.transport)

    def _begin(self, message: Any) -> None:
        names = {name.lower() for name, _ in message.get("headers", ())}
        self._open_ended = b"content-length" not in names and message["status"] not in (204, 304)
        if self._open_ended:
            self._cycle.chunked_encoding = False


def _reset(transport: asyncio.Transport) -> None:
    connection: socket.socket = transport.get_extra_info("socket")
    if not transport.is_closing():
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()


def _tune(transport: asyncio.Transport, seconds: float) -> None:
    """Have the kernel end a connection whose reader vanished: the last of an answer waits in no buffer of ours.

    And have it send what got lost again at a steady pace, not ever later, where next to nothing is under way, as with a
    Light page.
    """
    connection: socket.socket | None = transport.get_extra_info("socket")
    if sys.platform != "linux" or connection is None or connection.family == socket.AF_UNIX:
        return
    with suppress(OSError):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))
        connection.setsockopt(socket.IPPROTO_TCP, _THIN_LINEAR_TIMEOUTS, 1)


def _acknowledged(transport: asyncio.Transport) -> int:
    """Bytes that the reader's side has acknowledged since it connected."""
    connection: socket.socket = transport.get_extra_info("socket")
    try:
        told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _BYTES_ACKED + 8)
        return int(struct.unpack_from("Q", told, _BYTES_ACKED)[0])
    except (OSError, struct.error):
        return 0

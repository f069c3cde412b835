"""What comes back through the proxy, between real sockets: an origin that speaks exact bytes, uvicorn, and a reader."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import queue
import random
import threading
from collections.abc import AsyncIterator

import pytest
from starlette.types import Receive, Scope, Send

from lightkeeper.settings import Settings
from lightkeeper.source.origin import Answer

from ..servers import Line, Request, origin, serving
from .front import PUBLIC, Front, front, settings

BLOCK = random.Random(7).randbytes(1 << 20)


def test_two_readers_cookies_never_mix() -> None:
    """A cookie that the origin sets for one reader goes to that reader and is not sent on for the next."""

    def log_in(request: Request, line: Line) -> None:
        line.ok(b"hello", b"Set-Cookie: session=" + request.target[1:] + b"; Path=/; HttpOnly")

    with origin(log_in) as site, front(site.url) as address:
        assert ["session=first; Path=/; HttpOnly"] == address.get("/first").all("set-cookie")
        assert ["session=second; Path=/; HttpOnly"] == address.get("/second").all("set-cookie")
        address.get("/third", {"Cookie": "mine=1"})
        assert [[], [], ["mine=1"]] == [request.all("cookie") for request in site.requests]
        assert 1 == site.connections


def test_redirects_are_the_readers_to_follow() -> None:
    """The origin is asked once, and the redirect is passed on with its address mapped."""

    def redirect(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 302 Found\r\nLocation: %b/next\r\nContent-Length: 0\r\n\r\n" % site.url.encode())

    with origin(redirect) as site, front(site.url) as address:
        answer = address.get("/")
        assert (302, f"{PUBLIC}/next", 1) == (answer.status, answer.header("location"), len(site.requests))


def test_the_origins_address_is_mapped_in_headers() -> None:
    """Location, Content-Location, Link, Refresh, Access-Control-Allow-Origin and the Domain of cookies."""

    def answer(request: Request, line: Line) -> None:
        own = site.url.encode()
        line.ok(
            b"",
            b"Content-Location: " + own + b"/a",
            b"Link: <" + own + b'/style.css>; rel=preload, <https://cdn.example/x>; rel="icon"',
            b"Refresh: 5; url=" + own + b"/b",
            b"Access-Control-Allow-Origin: " + own,
            b"Set-Cookie: a=1; Domain=127.0.0.1; Path=/",
            b"Set-Cookie: b=2; Domain=paper.example",
            b"X-Other: " + own,
        )

    with origin(answer) as site, front(site.url) as address:
        got = address.get("/")
        assert f"{PUBLIC}/a" == got.header("content-location")
        assert f'<{PUBLIC}/style.css>; rel=preload, <https://cdn.example/x>; rel="icon"' == got.header("link")
        assert f"5; url={PUBLIC}/b" == got.header("refresh")
        assert PUBLIC == got.header("access-control-allow-origin")
        assert ["a=1; Path=/", "b=2; Domain=paper.example"] == got.all("set-cookie")
        assert site.url == got.header("x-other")


def test_headers_come_back_in_order_and_hop_by_hop_ones_do_not() -> None:
    """Doubles stay double; nothing is added, not even a Date or a Server of ours."""

    def answer(request: Request, line: Line) -> None:
        line.ok(
            b"ok", b"Set-Cookie: z=1", b"X-B: 2", b"Set-Cookie: a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT", b"X-B: 1",
            b"Connection: X-Hop, Cache-Control", b"X-Hop: 1", b"Keep-Alive: timeout=9", b"Upgrade: h2",
            b"Cache-Control: private",
        )  # fmt: skip

    with origin(answer) as site, front(site.url) as address:
        assert [
            ("content-length", "2"),
            ("set-cookie", "z=1"),
            ("x-b", "2"),
            ("set-cookie", "a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT"),
            ("x-b", "1"),
            ("cache-control", "private"),
        ] == address.get("/").headers


@pytest.mark.parametrize(
    "head",
    [b"X-Evil: a\rSet-Cookie: b=1", b"X-Evil: a\x01b", b"X-Evil: a\x7fb"],
)
def test_a_header_that_could_become_two_does_not_pass(head: bytes) -> None:
    """A bare carriage return or a control character never reaches the reader; the rest of the answer may."""

    def answer(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\n" + head + b"\r\nX-Good: 1\r\nContent-Length: 2\r\n\r\nok")

    with origin(answer) as site, front(site.url) as address:
        got = address.get("/")
        assert [] == got.all("x-evil") + got.all("set-cookie")
        assert (200, "1") == (got.status, got.header("x-good")) or got.status == 502


def test_ranges_and_conditional_requests_are_the_origins() -> None:
    """Range, If-Range and the validators pass, and so do 206, 304, 412 and 416."""
    statuses = {
        "range": b"206 Partial Content\r\nContent-Range: bytes 0-1/9\r\nContent-Length: 2\r\n\r\nab",
        "if-none-match": b'304 Not Modified\r\nETag: "x"\r\nContent-Length: 900\r\n\r\n',
        "if-match": b"412 Precondition Failed\r\nContent-Length: 0\r\n\r\n",
        "if-range": b"416 Range Not Satisfiable\r\nContent-Range: bytes */9\r\nContent-Length: 0\r\n\r\n",
    }

    def answer(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 " + next(statuses[name] for name in statuses if request.header(name)))

    with origin(answer) as site, front(site.url) as address:
        partial = address.get("/", {"Range": "bytes=0-1"})
        assert (206, b"ab", "bytes 0-1/9") == (partial.status, partial.body, partial.header("content-range"))
        known = address.get("/", {"If-None-Match": '"x"'})
        assert (304, b"", '"x"') == (known.status, known.body, known.header("etag"))
        assert 412 == address.get("/", {"If-Match": '"y"'}).status
        assert "bytes */9" == address.get("/", {"If-Range": '"x"'}).header("content-range")
        assert "bytes=0-1" == site.requests[0].header("range")


def test_head_states_the_length_and_has_no_body() -> None:
    """As the origin answered, and the connection is good for the next request."""

    def answer(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")

    with origin(answer) as site, front(site.url) as address:
        twice = address.exchange(
            b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\nHEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        assert 2 == twice.lower().count(b"content-length: 900\r\n")
        assert 1 == site.connections


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_an_answer_without_a_body_leaves_the_connection_usable(status: bytes) -> None:
    """Also when the origin states a length that such an answer cannot have."""

    def answer(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 " + status + b"\r\nContent-Length: 7\r\n\r\n")

    with origin(answer) as site, front(site.url) as address:
        twice = address.exchange(
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        assert 2 == twice.count(b"HTTP/1.1 " + status)


def test_server_sent_events_are_not_held_back() -> None:
    """Each event is with the reader before the origin writes the next."""
    seen: queue.Queue[bytes] = queue.Queue()

    def stream(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for number in (b"1", b"2", b"3"):
            line.send(b"9\r\ndata: %b\n\n\r\n" % number)
            assert b"data: %b\n\n" % number == seen.get(timeout=10)
        line.send(b"0\r\n\r\n")

    with origin(stream) as site, front(site.url) as address:
        client = address.client()
        client.request("GET", "/events")
        response = client.getresponse()
        for _ in range(3):
            seen.put(response.read1(100))
        assert (b"", []) == (response.read(), site.broken)
        client.close()


def test_what_is_not_html_passes_byte_for_byte() -> None:
    """Compressed, binary or wrongly labelled: the bytes and the headers about them stay."""
    bodies = {
        b"/a.css": (gzip.compress(BLOCK[:70_000]), b"Content-Type: text/css", b"Content-Encoding: gzip"),
        b"/b.png": (BLOCK, b"Content-Type: image/png", b'ETag: "b"'),
        b"/c": (b"not gzip at all", b"Content-Encoding: gzip", b"Accept-Ranges: bytes"),
    }

    def answer(request: Request, line: Line) -> None:
        line.ok(*bodies[request.target])

    with origin(answer) as site, front(site.url) as address:
        for target, (body, *headers) in bodies.items():
            got = address.get(target.decode(), {"Accept-Encoding": "gzip"})
            assert (hashlib.sha256(body).digest(), str(len(body))) == (
                hashlib.sha256(got.body).digest(),
                got.header("content-length"),
            )
            for header in headers:
                name, _, value = header.decode().partition(": ")
                assert value == got.header(name.lower())


def test_interim_answers_and_trailers_are_dropped() -> None:
    """103 Early Hints before, a trailer after: the reader gets the answer between them."""

    def answer(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
        line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 99\r\nTrailer: X-Sum\r\n\r\n")
        line.send(b"2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n")

    with origin(answer) as site, front(site.url) as address:
        got = address.get("/")
        assert (200, b"ok", [], []) == (got.status, got.body, got.all("trailer"), got.all("link"))


def test_an_http_1_0_origin_is_understood() -> None:
    """Its body ends where it closes the connection."""

    def answer(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold\nways")
        line.close()

    with origin(answer) as site, front(site.url) as address:
        assert (200, b"old\nways") == ((got := address.get("/")).status, got.body)


class Louder:
    """An application that changes a body on its way: what negotiation and the full page's injection do."""

    def __init__(self, values: Settings) -> None:
        self.front = Front(values)
        self.ended = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.front(scope, receive, send)
            return
        proxy = self.front.proxy
        answer = await proxy.open(
            scope, receive, target=b"/other?x", replace={b"accept-encoding": None, b"x-new": b"1"}
        )
        lines = proxy.headers(answer) if scope["path"] == "/headers" else None
        await proxy.relay(answer, scope, receive, send, headers=lines, body=self.louder(answer))

    async def louder(self, answer: Answer) -> AsyncIterator[bytes]:
        try:
            async for chunk in answer.chunks():
                yield chunk.upper()
            yield b"!"
        finally:
            self.ended.set()


def test_a_body_can_be_changed_on_its_way() -> None:
    """Its old length is dropped, HEAD and 304 still have no body, and the request goes where it was sent."""

    def answer(request: Request, line: Line) -> None:
        if request.method == b"HEAD":
            line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        elif request.header("if-none-match"):
            line.send(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n")
        else:
            line.ok(b"hello")

    with origin(answer) as site, serving(Louder(settings(site.url))) as address:
        changed = address.get("/", {"Accept-Encoding": "gzip"})
        assert (b"HELLO!", []) == (changed.body, changed.all("content-length"))
        assert (b"/other?x", "1") == (site.requests[0].target, site.requests[0].header("x-new"))
        assert [] == site.requests[0].all("accept-encoding")
        for path in ("/", "/headers"):
            assert (200, b"") == ((head := address.get(path, method="HEAD")).status, head.body)
            assert (304, b"") == ((known := address.get(path, {"If-None-Match": "x"})).status, known.body)


def test_a_changed_body_is_cut_where_the_origins_was() -> None:
    """And the work on it ends when the reader leaves."""

    def script(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        if request.header("cookie"):
            line.until_closed()
        else:
            line.close()

    with origin(script) as site:
        app = Louder(settings(site.url))
        with serving(app) as address:
            with pytest.raises((http.client.IncompleteRead, ConnectionError)):
                address.get("/")
            app.ended.clear()
            client = address.client()
            client.request("GET", "/", headers={"Cookie": "stay=1"})
            assert b"HALF" == client.getresponse().read1(4)
            client.close()
            assert app.ended.wait(10)

"""The proxy, sentence by sentence, between real sockets: a reader, uvicorn, and an origin that speaks exact bytes."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import queue
import random
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from starlette.types import Receive, Scope, Send

from lightkeeper.settings import Settings
from lightkeeper.source.origin import Answer

from ..servers import Address, Line, Request, Scripted, origin, process, serving
from .front import PUBLIC, Front, front, settings

MEGABYTE = 1 << 20
BLOCK = random.Random(7).randbytes(MEGABYTE)


def echo(request: Request, line: Line) -> None:
    line.ok(request.body or request.line)


def digest(size: int) -> str:
    total = hashlib.sha256()
    for _ in range(size // MEGABYTE):
        total.update(BLOCK)
    return total.hexdigest()


@pytest.fixture(scope="module")
def mirror() -> Iterator[tuple[Scripted, Address]]:
    """An origin that answers with what it was asked, and the proxy in front of it."""
    with origin(echo) as site, front(site.url) as address:
        yield site, address


# What reaches the origin


@pytest.mark.parametrize(
    "target",
    ["/a%2Fb/../c?x=%zz", "//double//slash?", "/?p=12&p=12&utm=%20+", "/%D8%A7/%ff;v=1?a[]=1&b=\"'<>", "/x?http://y/z"],
)
def test_the_request_target_arrives_as_the_reader_wrote_it(mirror: tuple[Scripted, Address], target: str) -> None:
    """Nothing is decoded, normalised or quoted anew; only an empty query's bare question mark is lost on the way in."""
    _, address = mirror
    assert f"GET {target.removesuffix('?')} HTTP/1.1" == address.get(target).body.decode()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "REPORT", "TRACE", "POST"])
def test_any_method_passes(mirror: tuple[Scripted, Address], method: str) -> None:
    """The origin decides which methods exist."""
    _, address = mirror
    assert f"{method} /x HTTP/1.1" == address.ask(method, "/x").body.decode()


def test_the_origin_sees_the_public_host_whatever_the_reader_claims(mirror: tuple[Scripted, Address]) -> None:
    """A poisoned Host header ends here."""
    site, address = mirror
    address.exchange(b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    assert ["www.paper.example"] == site.requests[-1].all("host")


def test_an_absolute_target_is_asked_as_a_path_of_our_site(mirror: tuple[Scripted, Address]) -> None:
    """`GET http://other/x` does not make an open proxy."""
    site, address = mirror
    address.exchange(b"GET http://evil.example/x?y HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    assert (b"GET /x?y HTTP/1.1", ["www.paper.example"]) == (site.requests[-1].line, site.requests[-1].all("host"))


@pytest.mark.parametrize("request_line", [b"GET * HTTP/1.1", b"GET nonsense HTTP/1.1", b"GET  HTTP/1.1"])
def test_a_target_that_is_no_path_is_a_bad_request(mirror: tuple[Scripted, Address], request_line: bytes) -> None:
    """400, and the origin is not asked."""
    site, address = mirror
    before = len(site.requests)
    answer = address.exchange(request_line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert (b"HTTP/1.1 400", before) == (answer[:12], len(site.requests))


def test_options_may_ask_about_the_server_as_a_whole(mirror: tuple[Scripted, Address]) -> None:
    """`OPTIONS *` is the one target that is no path."""
    _, address = mirror
    assert b"OPTIONS * HTTP/1.1" == address.ask("OPTIONS", "*").body


def test_hop_by_hop_headers_of_a_request_stay_behind(mirror: tuple[Scripted, Address]) -> None:
    """The fixed list, and what Connection nominates; everything else passes with its doubles and its order."""
    site, address = mirror
    address.exchange(
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close, X-Private, Cookie\r\nX-Private: 1\r\n"
        b"Keep-Alive: timeout=5\r\n"
        b"TE: trailers\r\nProxy-Authorization: Basic x\r\nProxy-Connection: close\r\nUpgrade: h2c\r\n"
        b"Cookie: a=1\r\nX-Two: b\r\nX-Two: a\r\nAuthorization: Bearer y\r\n\r\n"
    )
    seen = site.requests[-1]
    gone = ("connection", "x-private", "keep-alive", "te", "proxy-authorization", "proxy-connection", "upgrade")
    assert [] == [value for name in gone for value in seen.all(name)]
    assert ("a=1", ["b", "a"], "Bearer y") == (seen.header("cookie"), seen.all("x-two"), seen.header("authorization"))


def test_a_request_without_a_body_gets_none(mirror: tuple[Scripted, Address]) -> None:
    """A GET goes out with no length and no transfer coding; an empty POST keeps its Content-Length: 0."""
    site, address = mirror
    address.get("/")
    assert ([], []) == (site.requests[-1].all("content-length"), site.requests[-1].all("transfer-encoding"))
    address.ask("POST", "/", body=b"")
    assert ["0"] == site.requests[-1].all("content-length")


def test_a_chunked_upload_arrives_chunked(mirror: tuple[Scripted, Address]) -> None:
    """Its trailers are dropped."""
    site, address = mirror
    answer = address.exchange(
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\nConnection: close\r\n\r\n"
        b"3\r\nabc\r\n4\r\ndefg\r\n0\r\nX-Sum: 1\r\n\r\n"
    )
    assert answer.endswith(b"\r\n\r\nabcdefg")
    assert ["chunked"] == site.requests[-1].all("transfer-encoding")


def test_a_get_with_a_body_does_not_smuggle_a_second_request(mirror: tuple[Scripted, Address]) -> None:
    """The body reaches the origin as a body, and the reader's next request as a request."""
    site, address = mirror
    inner = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = address.exchange(
        b"GET /fat HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(inner), inner)
        + b"GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    assert 2 == answer.count(b"HTTP/1.1 200")
    assert [b"/fat", b"/next"] == [request.target for request in site.requests[-2:]]
    assert inner == site.requests[-2].body


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5",
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: 5\r\nContent-Length: 5",
        b"Content-Length: +5",
        b"Content-Length: 5, 6",
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding : chunked",
        b"Transfer-Encoding: chunked, identity",
        b"X: a\r\n b\r\nTransfer-Encoding:\x0bchunked",
        b"Bad Name: 1\r\nContent-Length: 5",
        b"X: a\nContent-Length: 5\r\n\rY: b",
    ],
)
def test_ambiguous_framing_is_refused(mirror: tuple[Scripted, Address], framing: bytes) -> None:
    """Whatever two parsers could read in two ways does not reach the origin."""
    site, address = mirror
    before = len(site.requests)
    answer = address.exchange(b"POST / HTTP/1.1\r\nHost: x\r\n" + framing + b"\r\nConnection: close\r\n\r\n0\r\n\r\n")
    assert (b"HTTP/1.1 400", before) == (answer[:12], len(site.requests))


@pytest.mark.parametrize(
    "chunk", [b"zz\r\nabc\r\n0\r\n\r\n", b"-1\r\nabc\r\n0\r\n\r\n", b"3\nabc\r\n0\r\n\r\n", b"3\r\nabcd\r\n0\r\n\r\n"]
)
def test_a_bad_chunk_never_completes_a_request(chunk: bytes) -> None:
    """The origin sees a request that breaks off, not one that ends."""
    with origin(echo) as site, front(site.url) as address:
        address.exchange(
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunk
        )
        assert [] == site.requests


def test_a_transfer_coding_other_than_chunked_is_refused(mirror: tuple[Scripted, Address]) -> None:
    """RFC 9112 6.1: what cannot be undone is answered with 501."""
    _, address = mirror
    answer = address.exchange(
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n"
    )
    assert b"HTTP/1.1 501" == answer[:12]


def test_websocket_is_refused_in_a_plain_sentence(mirror: tuple[Scripted, Address]) -> None:
    """501, before the origin is asked."""
    site, address = mirror
    before = len(site.requests)
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "x"}
    answer = address.get("/live", headers)
    assert (501, b"WebSocket connections and tunnels are not passed through.") == (answer.status, answer.body)
    assert before == len(site.requests)


def test_an_offer_of_http2_is_dropped(mirror: tuple[Scripted, Address]) -> None:
    """The request is answered over HTTP/1.1, as a server that knows no h2c does."""
    site, address = mirror
    headers = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__"}
    assert 200 == address.get("/x", headers).status
    assert ([], []) == (site.requests[-1].all("upgrade"), site.requests[-1].all("http2-settings"))


def test_expect_continue_is_answered_here(mirror: tuple[Scripted, Address]) -> None:
    """The reader is told to go on; the origin gets the body without the expectation."""
    site, address = mirror
    with address.connect() as reader:
        reader.sendall(b"PUT /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        assert reader.recv(1000).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        reader.sendall(b"body")
        assert reader.recv(1000).startswith(b"HTTP/1.1 200")
    assert (b"body", []) == (site.requests[-1].body, site.requests[-1].all("expect"))


def test_forwarding_headers_from_anybody_are_replaced(mirror: tuple[Scripted, Address]) -> None:
    """The origin learns the reader's real address and the public host and scheme, whatever the reader pretends."""
    site, address = mirror
    address.get(
        "/",
        {
            "X-Forwarded-For": "6.6.6.6",
            "X-Forwarded-Proto": "gopher",
            "X-Forwarded-Host": "evil.example",
            "X-Real-IP": "6.6.6.6",
            "Forwarded": "for=6.6.6.6",
            "CF-Connecting-IP": "6.6.6.6",
            "X-Rewrite-URL": "/wp-admin/",
        },
    )
    seen = site.requests[-1]
    assert b"6.6.6.6" not in seen.head
    assert b"evil" not in seen.head
    assert b"wp-admin" not in seen.head
    names = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "x-real-ip")
    assert ["127.0.0.1", "http", "www.paper.example", "80", "127.0.0.1"] == [seen.header(name) for name in names]
    assert ['for=127.0.0.1;host="www.paper.example";proto=http'] == seen.all("forwarded")


def test_forwarding_headers_from_a_trusted_proxy_are_appended_to() -> None:
    """The address and the scheme are taken, and the proxy's own address is added."""
    with origin(echo) as site, front(site.url, trusted_proxies=("127.0.0.0/8",)) as address:
        address.get("/", {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"})
        seen = site.requests[-1]
        assert ("198.51.100.7, 127.0.0.1", "https") == (
            seen.header("x-forwarded-for"),
            seen.header("x-forwarded-proto"),
        )
        assert ("198.51.100.7", "443") == (seen.header("x-real-ip"), seen.header("x-forwarded-port"))


def test_an_origin_that_leads_back_here_is_noticed() -> None:
    """A name that was moved to Lightkeeper while it is still the origin's would otherwise ask itself for ever."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with serving(Front(settings(f"http://127.0.0.1:{port}")), port=port) as address:
        assert 508 == address.get("/").status


def test_another_network_in_front_is_no_circle(mirror: tuple[Scripted, Address]) -> None:
    """Its mark in CDN-Loop is kept, and ours is added."""
    site, address = mirror
    assert 200 == address.get("/", {"CDN-Loop": "other; v=1"}).status
    assert "other; v=1, lightkeeper" == site.requests[-1].header("cdn-loop")


# What comes back


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


# When something breaks


def test_an_origin_that_is_not_there_is_a_502() -> None:
    """The error comes out before anything was sent, so that something better can be sent."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with front(f"http://127.0.0.1:{port}") as address:
        assert (502, b"The site cannot be reached.") == ((got := address.get("/")).status, got.body)


@pytest.mark.parametrize(
    "answer",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 999 Odd\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
     b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n"],
)  # fmt: skip
def test_an_answer_that_is_no_http_is_a_502(answer: bytes) -> None:
    """Whatever the origin sends, the reader gets well-formed HTTP."""

    def script(request: Request, line: Line) -> None:
        line.send(answer)
        line.close()

    with origin(script) as site, front(site.url) as address:
        assert 502 == address.get("/").status


def test_an_origin_that_says_nothing_is_a_504() -> None:
    """`answer_timeout` bounds the wait for the head, and the origin's connection is closed."""
    closed: queue.Queue[bool] = queue.Queue()

    def silent(request: Request, line: Line) -> None:
        closed.put(line.until_closed())

    with origin(silent) as site, front(site.url, answer_timeout=0.2, connect_timeout=0.2) as address:
        assert 504 == address.get("/").status
        assert closed.get(timeout=10)


@pytest.mark.parametrize(
    "part",
    [b"Content-Length: 100\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
     b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n"],
)  # fmt: skip
@pytest.mark.parametrize("hang_up", [Line.close, Line.reset])
def test_an_answer_that_breaks_off_breaks_off_for_the_reader(part: bytes, hang_up: Callable[[Line], None]) -> None:
    """A cut answer is never completed: the reader sees that it is incomplete."""

    def script(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\n" + part)
        go.wait(10)
        hang_up(line)

    go = threading.Event()
    with origin(script) as site, front(site.url) as address:
        client = address.client()
        client.request("GET", "/")
        response = client.getresponse()
        assert b"half" == response.read1(4)
        go.set()
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            response.read()
        client.close()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_answer_longer_than_its_length_does_not_reach_the_next_reader(method: str) -> None:
    """What an origin sends too much is thrown away with its connection; httpcore alone would take it for an answer."""
    surplus = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"

    def script(request: Request, line: Line) -> None:
        if request.target == b"/first":
            line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + (b"good" if method == "GET" else b"") + surplus)
        else:
            line.ok(b"second")

    with origin(script) as site, front(site.url) as address:
        assert 200 == address.get("/first", method=method).status
        assert b"second" == address.get("/second").body
        assert 2 == site.connections


def test_the_origin_is_released_when_the_reader_leaves_in_mid_answer() -> None:
    """An endless stream ends as soon as nobody listens."""
    closed: queue.Queue[bool] = queue.Queue()

    def endless(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
        closed.put(line.until_closed())

    with origin(endless) as site, front(site.url) as address:
        client = address.client()
        client.request("GET", "/")
        assert b"x" == client.getresponse().read1(1)
        client.close()
        assert closed.get(timeout=15)


def test_the_origin_is_released_when_the_reader_leaves_before_the_answer() -> None:
    """Nobody waits for an answer that nobody wants."""
    asked: queue.Queue[bool] = queue.Queue()

    def silent(request: Request, line: Line) -> None:
        asked.put(True)
        asked.put(line.until_closed())

    with origin(silent) as site, front(site.url) as address:
        reader = address.connect()
        reader.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert asked.get(timeout=10)
        reader.close()
        assert asked.get(timeout=15)


def test_an_upload_that_breaks_off_is_never_completed() -> None:
    """The origin sees a cut request, not a shorter one."""
    heads: queue.Queue[Request] = queue.Queue()
    ends: queue.Queue[bool] = queue.Queue()

    def script(request: Request, line: Line) -> None:
        heads.put(request)
        ends.put(line.until_closed())

    with origin(script, read_body=False) as site, front(site.url) as address:
        reader = address.connect()
        reader.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        heads.get(timeout=10)
        reader.close()
        assert ends.get(timeout=15)


def test_an_early_refusal_of_an_upload_reaches_the_reader() -> None:
    """An origin may answer 413 and hang up before it has read the body."""

    def refuse(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
        line.connection.shutdown(socket.SHUT_WR)
        line.until_closed()

    with origin(refuse, read_body=False) as site, front(site.url) as address:
        got = address.ask("POST", "/", body=b"x" * 3 * MEGABYTE)
        assert (413, b"big") == (got.status, got.body)


# Size


def test_fifty_megabytes_pass_each_way_in_bounded_memory() -> None:
    """Up and down, with a length and chunked: the process grows by less than 30 MB and every byte arrives."""
    size = 50 * MEGABYTE
    received: dict[bytes, str] = {}

    def script(request: Request, line: Line) -> None:
        if request.method == b"POST":
            received[request.target] = hashlib.sha256(request.body).hexdigest()
            line.ok()
        elif request.target == b"/length":
            line.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
            for _ in range(50):
                line.send(BLOCK)
        else:
            line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(50):
                line.send(b"%x\r\n%b\r\n" % (MEGABYTE, BLOCK))
            line.send(b"0\r\n\r\n")

    with origin(script) as site, process("tests.delivery.front:make", site.url) as proxy:
        proxy.address.ask("POST", "/warm", body=b"x" * 100_000)
        before = proxy.forget_peak()
        client = proxy.address.client()
        client.request("POST", "/length", body=(BLOCK for _ in range(50)), headers={"Content-Length": str(size)})
        client.getresponse().read()
        client.request("POST", "/chunked", body=(BLOCK for _ in range(50)), encode_chunked=True)
        client.getresponse().read()
        for target in ("/length", "/chunked"):
            assert digest(size) == received[target.encode()]
            client.request("GET", target)
            response, total = client.getresponse(), hashlib.sha256()
            while piece := response.read(MEGABYTE):
                total.update(piece)
            assert digest(size) == total.hexdigest()
        client.close()
        assert proxy.peak() - before < 30 * MEGABYTE


def test_a_slow_reader_holds_the_origin_back() -> None:
    """While the reader does not read, the origin cannot send: a few megabytes lie between, not the file."""
    size = 60 * MEGABYTE
    sent: queue.Queue[int] = queue.Queue()

    def script(request: Request, line: Line) -> None:
        line.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)  # what lies here is not ours
        line.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        data, done = memoryview(BLOCK * 60), 0
        line.connection.settimeout(1)
        try:
            while done < size:
                done += line.connection.send(data[done : done + 65536])
        except TimeoutError:
            sent.put(done)
        line.connection.settimeout(30)
        line.connection.sendall(data[done:])

    with origin(script) as site, process("tests.delivery.front:make", site.url) as proxy:
        proxy.address.ask("POST", "/warm")
        before = proxy.forget_peak()
        with proxy.address.connect() as reader:
            reader.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            stalled = sent.get(timeout=30)
            assert stalled < 12 * MEGABYTE  # of which Linux takes up to 4 MB for sending, 2 MB for receiving
            total, buffer = 0, bytearray(MEGABYTE)
            while count := reader.recv_into(buffer):
                total += count
        assert total > size
        assert proxy.peak() - before < 8 * MEGABYTE


def test_blanks_around_a_header_value_do_no_harm(mirror: tuple[Scripted, Address]) -> None:
    """RFC 9110 5.5: they are no part of the value; the origin sees it without them."""
    site, address = mirror
    answer = address.exchange(b"GET /blank HTTP/1.1\r\nHost: x\r\nX-Token: Bearer \t\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert site.requests[-1].header("x-token") == "Bearer"

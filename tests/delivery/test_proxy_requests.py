"""What reaches the origin through the proxy, between real sockets: a reader, uvicorn, and an origin that is asked."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from ..servers import Address, Line, Request, Scripted, origin, serving
from .front import Front, front, settings


def echo(request: Request, line: Line) -> None:
    line.ok(request.body or request.line)


@pytest.fixture(scope="module")
def mirror() -> Iterator[tuple[Scripted, Address]]:
    """An origin that answers with what it was asked, and the proxy in front of it."""
    with origin(echo) as site, front(site.url) as address:
        yield site, address


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


def test_blanks_around_a_header_value_do_no_harm(mirror: tuple[Scripted, Address]) -> None:
    """RFC 9110 5.5: they are no part of the value; the origin sees it without them."""
    site, address = mirror
    answer = address.exchange(b"GET /blank HTTP/1.1\r\nHost: x\r\nX-Token: Bearer \t\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert site.requests[-1].header("x-token") == "Bearer"

"""The way to the origin: connections, time limits, TLS, and the public page."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import brotli
import pytest

from lightkeeper import __version__
from lightkeeper.errors import (
    BadRequest,
    OriginCutShort,
    OriginGarbled,
    OriginTimeout,
    OriginUnreachable,
    PageTooLarge,
)
from lightkeeper.settings import load
from lightkeeper.source.origin import Origin

from ..servers import Line, Request, Scripted, origin

PUBLIC = "http://www.paper.example"
TLS = Path(__file__).parent / "tls"


def hello(request: Request, line: Line) -> None:
    line.ok(b"hello")


@contextlib.asynccontextmanager
async def to(site: Scripted, **values: Any) -> AsyncIterator[Origin]:
    way = Origin(load(**{"origin": site.url, "public_url": PUBLIC, **values}))
    try:
        yield way
    finally:
        await way.aclose()


async def read(
    way: Origin, method: str = "GET", target: bytes = b"/", body: AsyncIterator[bytes] | None = None
) -> bytes:
    answer = await way.ask(method, target, [], body)
    try:
        return b"".join([chunk async for chunk in answer.chunks()])
    finally:
        await answer.close()


async def pieces(*parts: bytes, before: Callable[[int], Any] | None = None) -> AsyncIterator[bytes]:
    for number, part in enumerate(parts):
        if before is not None:
            await before(number)
        yield part


# Requests


async def test_headers_go_out_as_given_behind_the_public_host() -> None:
    """Order, case and doubles stay; nothing is added."""
    given = [(b"X-B", b"2"), (b"host", b"evil.example"), (b"x-a", b"1"), (b"X-B", b"1")]
    with origin(hello) as site:
        async with to(site, public_url="https://WWW.Paper.example:443") as way:
            await (await way.ask("GET", b"/", given)).close()
        assert b"GET / HTTP/1.1\r\nHost: www.paper.example\r\nX-B: 2\r\nx-a: 1\r\nX-B: 1" == site.requests[0].head


async def test_a_target_with_bytes_that_http_forbids_is_quoted() -> None:
    """Raw UTF-8, blanks and line breaks cannot make a second line."""
    with origin(hello) as site:
        async with to(site) as way:
            await read(way, target="/ایران x\r\nEvil: 1".encode())
        assert b"/%D8%A7%DB%8C%D8%B1%D8%A7%D9%86%20x%0D%0AEvil:%201" == site.requests[0].target


@pytest.mark.parametrize("header", [(b"X", b"a\r\nEvil: 1"), (b"X\r\nEvil", b"1"), (b"X", b"\x00")])
async def test_a_header_that_cannot_be_written_is_a_bad_request(header: tuple[bytes, bytes]) -> None:
    """Nothing of it reaches the origin."""
    with origin(hello) as site:
        async with to(site) as way:
            with pytest.raises(BadRequest):
                await way.ask("GET", b"/", [header])
        assert [] == site.requests


async def test_the_environments_proxies_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy meant for other programs would see every reader's request."""
    with origin(hello) as site, origin(hello) as elsewhere:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, elsewhere.url)
        async with to(site) as way:
            assert b"hello" == await read(way)
        assert (1, []) == (len(site.requests), elsewhere.requests)


async def test_connections_are_used_again() -> None:
    """One after the other, readers share a connection; what they say does not mix."""
    with origin(lambda request, line: line.ok(request.target)) as site:
        async with to(site) as way:
            assert [b"/1", b"/2", b"/3"] == [await read(way, target=target) for target in (b"/1", b"/2", b"/3")]
        assert 1 == site.connections


def once_and_away(request: Request, line: Line) -> None:
    """Answer the first request of a connection and hang up, silently, on the second."""
    if line.number == 1 and request.target == b"/again":
        line.reset()
    else:
        line.ok(b"hello")


async def test_a_stale_connection_is_replaced_once() -> None:
    """A GET that meets a connection which the origin has just closed goes out again on a new one."""
    with origin(once_and_away) as site:
        async with to(site) as way:
            await read(way)
            assert b"hello" == await read(way, target=b"/again")
        assert [b"/", b"/again", b"/again"] == [request.target for request in site.requests]


@pytest.mark.parametrize(("method", "body"), [("POST", b""), ("POST", b"x"), ("PUT", b"x")])
async def test_what_may_not_be_repeated_is_not(method: str, body: bytes) -> None:
    """An order could be placed twice."""
    with origin(once_and_away) as site:
        async with to(site) as way:
            await read(way)
            with pytest.raises(OriginUnreachable):
                await read(way, method, b"/again", pieces(body) if body else None)
        assert 2 == len(site.requests)


async def test_a_fresh_connection_that_fails_is_not_tried_again() -> None:
    """An origin that dies of a request does not get it twice."""
    with origin(lambda request, line: line.reset()) as site:
        async with to(site) as way:
            with pytest.raises(OriginUnreachable):
                await read(way)
        assert 1 == len(site.requests)


# Time


async def test_waiting_for_the_readers_upload_is_not_the_origins_delay() -> None:
    """A body that comes in slowly may take longer than `answer_timeout`."""
    with origin(hello) as site:
        async with to(site, answer_timeout=0.2, connect_timeout=0.2) as way:
            slow = pieces(b"a", b"b", b"c", before=lambda number: asyncio.sleep(0.3))
            assert b"hello" == await read(way, "POST", b"/", slow)
        assert b"abc" == site.requests[0].body


async def test_an_origin_that_takes_no_upload_times_out() -> None:
    """Nor does an origin that stops reading hold a request for ever."""
    stuck = threading.Event()

    def deaf(request: Request, line: Line) -> None:
        stuck.wait(10)

    with origin(deaf, read_body=False) as site:
        async with to(site, answer_timeout=0.2, connect_timeout=0.2) as way:
            with pytest.raises(OriginTimeout):
                await read(way, "POST", b"/", pieces(*[b"x" * (1 << 20)] * 64))
        stuck.set()


async def test_a_silent_body_has_no_time_limit() -> None:
    """An event stream may pause for longer than the origin may think about an answer."""
    goes_on = threading.Event()

    def pausing(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        goes_on.wait(10)
        line.send(b"1\r\nb\r\n0\r\n\r\n")

    with origin(pausing) as site:
        async with to(site, answer_timeout=0.1, connect_timeout=0.1) as way:
            answer = await way.ask("GET", b"/", [])
            chunks = answer.chunks()
            assert b"a" == await anext(chunks)
            asyncio.get_running_loop().call_later(0.4, goes_on.set)
            assert b"b" == await anext(chunks)
            await answer.close()


async def test_an_origin_that_accepts_no_connection_is_unreachable() -> None:
    """A sentence for the reader, the technical cause for the log."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    way = Origin(load(origin=f"http://127.0.0.1:{port}"))
    with pytest.raises(OriginUnreachable) as caught:
        await way.ask("GET", b"/", [])
    assert "The site cannot be reached." == str(caught.value)
    assert caught.value.__cause__ is not None
    await way.aclose()


# TLS


def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "site.pem", TLS / "site.key")
    return context


async def test_an_origin_given_as_an_address_must_prove_the_public_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name indication and certificate check use the public host; a private authority comes from SSL_CERT_FILE."""
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "site.pem"))
    names: list[str | None] = []
    context = tls()
    context.sni_callback = lambda connection, name, _: names.append(name)
    with origin(hello, tls=context) as site:
        url = f"https://{site.address.authority}"
        async with to(site, origin=url, public_url="https://www.paper.example") as way:
            assert b"hello" == await read(way)
        async with to(site, origin=url, public_url="https://other.example") as way:
            with pytest.raises(OriginUnreachable):
                await read(way)
        named = url.replace("127.0.0.1", "localhost")
        async with to(site, origin=named, public_url="https://www.paper.example") as way:
            with pytest.raises(OriginUnreachable):
                await read(way)
    assert ["www.paper.example", "other.example", "localhost"] == names


async def test_an_unknown_authority_is_refused_unless_the_operator_says_so() -> None:
    """`verify_origin` off is for origins in one's own network."""
    with origin(hello, tls=tls()) as site:
        values = {"origin": f"https://{site.address.authority}", "public_url": "https://www.paper.example"}
        async with to(site, **values) as way:
            with pytest.raises(OriginUnreachable):
                await read(way)
        async with to(site, verify_origin=False, **values) as way:
            assert b"hello" == await read(way)


# Pages


def serving_page(body: bytes, *headers: bytes) -> Callable[[Request, Line], None]:
    return lambda request, line: line.ok(body, *headers)


async def test_a_page_is_fetched_with_headers_of_our_own_only() -> None:
    """No reader's header can be among them: `fetch` takes none."""
    with origin(hello) as site:
        async with to(site, public_url="https://www.paper.example") as way:
            page = await way.fetch("/news/x?p=12", known=('"e"', "Thu, 01 Jan 2026 00:00:00 GMT"))
        assert ("https://www.paper.example/news/x?p=12", 200, b"hello") == (page.url, page.status, page.body)
        seen = dict(site.requests[0].headers)
        assert {
            b"host": b"www.paper.example",
            b"user-agent": f"Lightkeeper/{__version__}".encode(),
            b"accept": b"text/html,application/xhtml+xml;q=0.9",
            b"accept-encoding": b"gzip, br",
            b"if-none-match": b'"e"',
            b"if-modified-since": b"Thu, 01 Jan 2026 00:00:00 GMT",
            b"x-forwarded-proto": b"https",
            b"x-forwarded-host": b"www.paper.example",
            b"cdn-loop": b"lightkeeper",
        } == seen


@pytest.mark.parametrize(
    ("coding", "body"), [("gzip", gzip.compress(b"hello", mtime=0)), ("br", brotli.compress(b"hello"))]
)
async def test_a_pages_body_is_decoded(coding: str, body: bytes) -> None:
    """And the headers that spoke of the coded bytes are gone."""
    with origin(serving_page(body, b"Content-Encoding: " + coding.encode(), b"ETag: x")) as site:
        async with to(site) as way:
            page = await way.fetch("/")
    assert (b"hello", (("etag", "x"),)) == (page.body, page.headers)


async def test_unchanged_and_moved_pages_come_back_as_they_are() -> None:
    """304 has no body; a redirect is not followed."""

    def script(request: Request, line: Line) -> None:
        if request.target == b"/old":
            line.send(b"HTTP/1.1 301 Moved Permanently\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n")
        else:
            line.send(b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n")

    with origin(script) as site:
        async with to(site) as way:
            known = await way.fetch("/known", known=("x", ""))
            moved = await way.fetch("/old")
        assert (304, b"", 301, "/new") == (known.status, known.body, moved.status, moved.header("location"))
        assert 2 == len(site.requests)


@pytest.mark.parametrize(
    "headers", [(), (b"Content-Encoding: gzip",), (b"Content-Encoding: br",), (b"Content-Encoding: gzip, br",)]
)
async def test_a_page_over_the_limit_is_too_large(headers: tuple[bytes, ...]) -> None:
    """Also when it is a decompression bomb: decoding stops at the limit."""
    body = b"x" * 61_000 if not headers else gzip.compress(b"x" * 40_000_000)
    if headers and b"br" in headers[0]:
        body = brotli.compress(b"x" * 40_000_000 if b"gzip" not in headers[0] else body, quality=3)
    with origin(serving_page(body, *headers)) as site:
        async with to(site, page_limit=10_000) as way:
            with pytest.raises(PageTooLarge, match="60,000 bytes"):
                await way.fetch("/")


@pytest.mark.parametrize(
    ("body", "coding"), [(b"hello", b"zstd"), (b"hello", b"gzip"), (b"\x1f\x8bhello", b"gzip"), (b"\xff" * 20, b"br")]
)
async def test_a_body_that_cannot_be_decoded_is_garbled(body: bytes, coding: bytes) -> None:
    """A coding that nobody asked for, or bytes that are not in it."""
    with origin(serving_page(body, b"Content-Encoding: " + coding)) as site:
        async with to(site) as way:
            with pytest.raises(OriginGarbled):
                await way.fetch("/")


async def test_half_a_page_is_no_page() -> None:
    """Neither a body that breaks off nor a compressed one without its end."""
    for size in (5, 30):
        half = gzip.compress(b"hello" * 1000)[:size]
        with origin(serving_page(half, b"Content-Encoding: gzip")) as site:
            async with to(site) as way:
                with pytest.raises(OriginCutShort):
                    await way.fetch("/")

    def cut(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")
        line.close()

    with origin(cut) as site:
        async with to(site) as way:
            with pytest.raises(OriginCutShort):
                await way.fetch("/")


async def test_a_page_that_trickles_in_times_out() -> None:
    """The time limit of a page is for all of it."""
    over = threading.Event()

    def trickle(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
        while not over.wait(0.05):
            line.send(b"x")

    with origin(trickle) as site:
        async with to(site, answer_timeout=0.2, connect_timeout=0.2) as way:
            with pytest.raises(OriginTimeout):
                await way.fetch("/")
        over.set()

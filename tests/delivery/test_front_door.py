"""What a hostile reader may send, to the whole service as `lightkeeper serve` configures it, on real sockets."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightkeeper.app import create_app
from lightkeeper.cli.serve import _config
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..servers import Line, Received, Request, origin, read_all, serving
from .door import head, standing, statuses
from .service import NAVIGATION, PUBLIC, SAVE_DATA, Service, service


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with standing(tmp_path_factory.mktemp("door")) as running:
        yield running


def test_the_tests_door_is_the_one_that_is_deployed() -> None:
    """The command hands uvicorn the same protocol."""
    config = _config(load(origin="http://x"))
    config.load_app = lambda: None  # type: ignore[method-assign]
    assert config.http == "lightkeeper.delivery.protocol:Protocol"
    assert (config.ws, config.proxy_headers, config.access_log) == ("none", False, False)


# Request smuggling

PAYLOAD = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("target", ["/story", "/light/story", "/_lk/choose?edition=full&to=/", "/form"])
@pytest.mark.parametrize(
    "framing",
    [
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 5"),
        ("Content-Length: 5", "Content-Length: 44"),
        ("Content-Length: 5,44",),
        ("Content-Length: 0x5",),
        ("Content-Length: -5",),
        ("Content-Length: 5 5",),
        ("Content-Length : 5",),
        ("Content-Length:\x0b5",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding: chunked, chunked", "Transfer-Encoding: identity"),
        ("Transfer-Encoding : chunked",),
        ("Transfer-Encoding:\x0bchunked",),
        ("X: a\r\n\tb", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding:\r\n chunked",),
        ("X: a\nTransfer-Encoding: chunked",),
        ("X: a\rTransfer-Encoding: chunked",),
        ("X: a\x00b", "Transfer-Encoding: chunked"),
        ("Content-Length\x00: 5",),
        (": 5", "Transfer-Encoding: chunked"),
    ],
)
def test_a_request_of_two_readings_is_refused(door: Service, framing: tuple[str, ...], target: str) -> None:
    """One 400, the connection closed, nothing for the origin: neither this request nor what was hidden in it."""
    before = len(door.origin.requests)
    answer = door.reader.exchange(head(*framing, to=target, method="POST") + PAYLOAD.encode())
    assert ([400], before) == (statuses(answer), len(door.origin.requests))


@pytest.mark.parametrize(
    "chunk",
    ["g\r\n", "0x3\r\nabc\r\n", "-3\r\nabc\r\n", " 3\r\nabc\r\n", "3\nabc\r\n", "3\r\nabcd\r\n", "3;a\nb\r\nabc\r\n",
     "ffffffffffffffff1\r\n", "3;x=\x00\r\nabc\r\n"],
)  # fmt: skip
def test_a_bad_chunk_ends_the_request(door: Service, chunk: str) -> None:
    """The origin never sees it whole, and what follows is not taken for a request."""
    before = [request.target for request in door.origin.requests]
    answer = door.reader.exchange(
        head("Transfer-Encoding: chunked", method="POST") + chunk.encode("latin-1") + PAYLOAD.encode()
    )
    assert set(statuses(answer)) <= {400}
    assert before == [request.target for request in door.origin.requests]


def test_chunk_extensions_do_not_reach_the_origin(door: Service) -> None:
    """The body arrives, its framing is ours."""
    door.reader.exchange(
        head("Transfer-Encoding: chunked", "Connection: close", method="POST", to="/ext")
        + b'3;name="a;b"\r\nabc\r\n0;last\r\n\r\n'
    )
    (request,) = door.asked("/ext")
    assert b"abc" == request.body


@pytest.mark.parametrize("target", ["/story", "/light/story", "/_lk/choose?edition=full&to=/", "/_lk/health", "/none"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_fat_get_smuggles_nothing(door: Service, target: str, chunked: bool) -> None:
    """Its body is a body, also where the answer is ours and nobody reads it; the next request is the next request."""
    inner = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(inner)}"
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(inner), inner) if chunked else inner
    answer = door.reader.exchange(head(framing, to=target) + body + head("Connection: close", to="/next"))
    assert (2, 404) == (len(statuses(answer)), statuses(answer)[-1])
    assert [] == door.asked("/smuggled")


@pytest.mark.parametrize("lines", [(), ("Host: a", "Host: b")])
def test_a_request_names_its_host_once(door: Service, lines: tuple[str, ...]) -> None:
    """RFC 9112 3.2."""
    assert b"HTTP/1.1 400" == door.reader.exchange("\r\n".join(("GET / HTTP/1.1", *lines, "", "")).encode())[:12]


def test_an_old_reader_may_not_send_chunks(door: Service) -> None:
    """HTTP/1.0 has none; a proxy in front would see another end of the request."""
    answer = door.reader.exchange(head("Transfer-Encoding: chunked", method="POST", version="HTTP/1.0") + b"0\r\n\r\n")
    assert [400] == statuses(answer)


def test_a_broken_request_does_not_cut_into_the_answer_before_it(door: Service) -> None:
    """In a pipeline, the first answer is whole or broken off, never mixed with a refusal."""
    answer = door.reader.exchange(head() + b"\x00nonsense\r\n\r\n")
    first, *rest = re.split(rb"(?=HTTP/1\.1 \d{3})", answer)[1:] or [b""]
    assert b"understood" not in first
    assert len(rest) <= 1


# Headers, hosts


def test_line_breaks_in_addresses_become_no_headers(door: Service) -> None:
    """Encoded ones stay encoded, on every way out; raw ones are no HTTP."""
    poison = "%0d%0aSet-Cookie:%20evil=1%0d%0a%0d%0a<b>"
    for target in (
        f"/story{poison}",
        f"/light/story{poison}",
        f"/light/?token=1{poison}",
        f"/_lk/choose?edition=light&to=/{poison}",
        f"/story?edition=full&x={poison}",
        f"/_lk/choose?edition=light{poison}&to=/",
    ):
        answer = door.reader.get(target, SAVE_DATA)
        assert [] == [value for value in answer.all("set-cookie") if "evil" in value]
        assert all("\n" not in value and "\r" not in value for _, value in answer.headers)
    assert [400] == statuses(door.reader.exchange(b"GET /a\rb HTTP/1.1\r\nHost: x\r\n\r\n"))


def test_a_cookie_is_no_way_in(door: Service) -> None:
    """Whatever stands in our own cookie is a choice or nothing, and is never sent back."""
    for value in ("light%0d%0aX: y", '"><script>', "light\x01", "x" * 5000):
        answer = door.reader.exchange(head(f"Cookie: lk-edition={value}", "Accept: text/html", "Connection: close"))
        assert b"script>\r" not in answer
        assert b"\nX: y" not in answer


def test_the_origins_headers_cannot_break_ours(tmp_path: Path) -> None:
    """A redirect with a control character in it leads nowhere; no line of it reaches the reader."""
    with service(tmp_path) as paper:
        paper.site.put("/moved", b"", status=301, Location="/a\x01Set-Cookie: evil=1")
        for target in ("/moved", "/moved?edition=full", "/light/moved"):
            answer = paper.reader.get(target, SAVE_DATA)
            assert answer.status < 600
            assert b"evil" not in repr(answer.headers).encode()


@pytest.mark.parametrize(
    "told",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Server": "evil.example", "X-Host": "evil.example"},
        {"Forwarded": 'for=1.1.1.1;host="evil.example";proto=gopher'},
        {"X-Forwarded-Proto": "evil.example", "X-Forwarded-Port": "evil.example"},
        {"X-Original-URL": "/evil.example", "X-Rewrite-URL": "/evil.example"},
        {"X-Forwarded-Prefix": "/evil.example"},
    ],
)
def test_the_public_host_is_the_operators(door: Service, told: dict[str, str]) -> None:
    """What a reader says of the host shows in no page, no header, no redirect, and not at the origin."""
    before = len(door.origin.requests)
    lines = [f"{name}: {value}" for name, value in told.items()]
    if "Host" not in told:
        lines.insert(0, "Host: www.paper.example")
    for target in ("/story", "/light/story", "/light", "/_lk/choose?edition=full&to=/story", "/light/?token=1", "/none",
                   "/_lk/saved/en.json", "/light/-/offline"):  # fmt: skip
        for accept in ("Save-Data: on", "X: y"):
            text = "\r\n".join((f"GET {target} HTTP/1.1", *lines, "Accept: text/html", accept, "Connection: close"))
            answer = door.reader.exchange(text.encode() + b"\r\n\r\n")
            assert statuses(answer)
            assert b"evil" not in answer
    assert b"evil" not in b"".join(request.head for request in door.origin.requests[before:])


# Paths


@pytest.mark.parametrize(
    "target",
    ["/%6cight/story", "/light%2fstory", "/LIGHT/story", "//light/story", "/%5flk/choose?to=/",
     "/_lk%2fchoose?to=/", "/_lk//choose?to=/", "/_lk/%63hoose?to=/",
     "/x/../light/story", "/./light/story", "/%2e%2e/light/story", "/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/a%00b",
     "/\\light\\story", "/%c0%ae%c0%ae/", "/%e0%80%ae/x", "/%ff%fe", "/%", "/%zz", "/..;/admin", "/story%2e", "/a//b",
     "//evil.example/%2f.."],
)  # fmt: skip
def test_odd_paths_pass_to_the_origin_as_they_are(door: Service, target: str) -> None:
    """They are not ours by another spelling, and nothing is decoded on the way."""
    before = len(door.origin.requests)
    answer = door.reader.get(target, NAVIGATION)
    assert (404, b"nothing here") == (answer.status, answer.body)
    assert [target.encode()] == [request.target for request in door.origin.requests[before:]]


@pytest.mark.parametrize(
    "rest",
    ["//evil.example/?token=1", "//evil.example", "/\\evil.example/?token=1", "/%5cevil.example/?token=1",
     "/%2fevil.example/?token=1", "/../story", "/%2e%2e/_lk/choose", "/x/..%2f..%2fy", "/a%0d%0ab", "/..;/story"],
)  # fmt: skip
def test_an_odd_light_address_leads_nowhere(door: Service, rest: str) -> None:
    """404 of our own, and no redirect to another host."""
    before = len(door.origin.requests)
    answer = door.reader.get(f"/light{rest}", SAVE_DATA)
    assert (404, None, before) == (answer.status, answer.header("location"), len(door.origin.requests))


def test_raw_letters_in_a_path_are_quoted(door: Service) -> None:
    """Old programs send UTF-8 as it is; common servers take it, in one piece or in two."""
    line, rest = "GET /خبر?q=é HTTP/1.1\r\n".encode(), b"Host: x\r\nX: \xc3\xa9\r\nConnection: close\r\n\r\n"
    assert [404] == statuses(door.reader.exchange(line + rest))
    with door.reader.connect() as reader:
        reader.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in (line[:7], line[7:9], line[9:], rest):
            reader.sendall(piece)
            time.sleep(0.02)  # so that each piece is a packet; nothing depends on it
        assert [404] == statuses(read_all(reader))
    assert [b"/%D8%AE%D8%A8%D8%B1?q=%C3%A9"] * 2 == [request.target for request in door.origin.requests[-2:]]
    assert "\xc3\xa9" == door.origin.requests[-1].header("x")


# HTTP/1.0


def split(answer: bytes) -> Received:
    top, _, body = answer.partition(b"\r\n\r\n")
    lines = [line.decode("latin-1").partition(": ") for line in top.split(b"\r\n")[1:]]
    return Received(int(top.split(b" ")[1]), [(name, value) for name, _, value in lines], body)


@pytest.mark.parametrize("target", ["/story", "/light/story", "/_lk/choose?edition=full&to=/", "/none"])
def test_an_old_reader_gets_a_body_without_chunks(door: Service, target: str) -> None:
    """HTTP/1.0 knows none: the body ends with the connection, or has a length."""
    lines = ("Accept: text/html", "Connection: keep-alive")
    answer = split(door.reader.exchange(head(*lines, to=target, version="HTTP/1.0")))
    assert (None, "close") == (answer.header("transfer-encoding"), answer.header("connection"))
    length = answer.header("content-length")
    assert length is None or int(length) == len(answer.body)
    if target == "/story":
        assert answer.body.startswith(b"<!doctype html>")
        assert answer.body.rstrip().endswith(b">")
        assert b"first boats went out" in answer.body


def test_an_old_reader_sees_that_a_body_broke_off(tmp_path: Path) -> None:
    """A reset, not an end that looks like all of it."""

    def cut(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        go.wait(10)
        line.close()

    go = threading.Event()
    with origin(cut) as site:
        settings = load(origin=site.url, public_url=PUBLIC, data=str(tmp_path), fronts="")
        migrate(settings.data)
        with serving(create_app(settings)) as address, address.connect() as reader:
            reader.sendall(head(version="HTTP/1.0"))
            got = b""
            while b"half" not in got:
                got += reader.recv(1000)
            go.set()
            with pytest.raises(ConnectionResetError):
                read_all(reader)

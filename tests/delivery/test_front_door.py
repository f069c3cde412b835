"""What a hostile reader may send, to the whole service as `lightkeeper serve` configures it, on real sockets."""

from __future__ import annotations

import contextlib
import gzip
import re
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from lightkeeper.app import create_app
from lightkeeper.cli.serve import _config
from lightkeeper.delivery.protocol import Limits, Protocol
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..servers import Line, Process, Received, Request, origin, process, read_all, serving
from .service import NAVIGATION, PUBLIC, SAVE_DATA, Service, Site, page, service

MEGABYTE = 1 << 20


class Brisk(Protocol):
    """The protocol with limits that a test can wait for."""

    limits = Limits(idle=0.6, head=0.6, body=0.6, stall=1.5)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(tmp_path_factory.mktemp("door")) as running:
        running.site.put("/story", page())
        running.site.put("/", page("Home"))
        yield running


def statuses(answer: bytes) -> list[int]:
    """The statuses of all answers in what came back on one connection."""
    return [int(status) for status in re.findall(rb"(?:^|[^\n]*)HTTP/1\.1 (\d{3}) ", answer)]


def head(*lines: str, to: str = "/story", method: str = "GET", version: str = "HTTP/1.1") -> bytes:
    return "\r\n".join((f"{method} {to} {version}", "Host: x", *lines, "", "")).encode("latin-1")


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


# Size


@pytest.mark.parametrize(
    ("request_", "status", "said"),
    [
        (head(to="/" + "a" * 20_000), 414, b"address is too long"),
        (b"GET /" + b"a" * 300_000, 414, b"address is too long"),
        (head(*(f"X-{number}: 1" for number in range(200))), 431, b"too many headers"),
        (head(*("X: " + "a" * 9_000 for _ in range(10))), 431, b"too many headers"),
        (head("X: " + "a" * 90_000), 431, b"headers"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 90_000, 431, b"headers"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a" * 90_000, 431, b"headers"),
    ],
)
def test_a_head_beyond_all_bounds_is_refused_in_a_sentence(
    door: Service, request_: bytes, status: int, said: bytes
) -> None:
    """Complete or still going on; the origin is not asked, and the connection closed."""
    before = len(door.origin.requests)
    with door.reader.connect() as reader:
        reader.sendall(request_)
        answer = b""
        with contextlib.suppress(ConnectionResetError):  # the rest of the request meets a closed socket
            while piece := reader.recv(65536):
                answer += piece
    assert ([status], True, before) == (statuses(answer), said in answer, len(door.origin.requests))


def test_a_large_head_within_bounds_passes(door: Service) -> None:
    """Long cookies and addresses of searches are common."""
    answer = door.reader.get("/q?" + "a" * 8_000, {f"X-{number}": "b" * 300 for number in range(60)} | NAVIGATION)
    assert 404 == answer.status
    assert 60 == len([name for name, _ in door.origin.requests[-1].headers if name.startswith(b"x-") and len(name) < 5])


def test_many_ranges_are_one_answer(door: Service) -> None:
    """Ours are whole; the origin's are the origin's, asked for once."""
    ranges = {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(1300))}
    light = door.reader.get("/light/story", NAVIGATION | ranges)
    assert (200, None) == (light.status, light.header("content-range"))
    assert len(light.body) < 20_000
    before = len(door.origin.requests)
    assert page() == door.reader.get("/story", NAVIGATION | ranges).body
    assert [ranges["Range"]] == [request.header("range") for request in door.origin.requests[before:]]


# Bombs


def make(url: str, folder: str) -> object:
    """The whole service, for a process of its own."""
    settings = load(origin=url, public_url=PUBLIC, publication="The Paper", data=folder, fronts="", fresh="0")
    migrate(settings.data)
    return create_app(settings)


def bomb(coding: str) -> bytes:
    """A hundred megabytes of a page, packed."""
    start = b"<!doctype html><title>Bomb</title><p>"
    filling = b"<p>boom " * 131_072
    if coding == "br":
        packer = brotli.Compressor(quality=1)
        return bytes(packer.process(start) + b"".join(packer.process(filling) for _ in range(100)) + packer.finish())
    deflate = zlib.compressobj(1, zlib.DEFLATED, 31)
    packed = deflate.compress(start) + b"".join(deflate.compress(filling) for _ in range(100)) + deflate.flush()
    return gzip.compress(packed) if coding == "gzip, gzip" else packed


def drained(connection: socket.socket) -> int:
    """Ask for the bomb and read all of it; the number of bytes that came."""
    with connection:
        connection.settimeout(60)
        connection.sendall(head("Accept: text/html", "Accept-Encoding: gzip", "Connection: close", to="/bomb"))
        return len(read_all(connection))


@contextlib.contextmanager
def bombed(folder: Path, coding: str) -> Iterator[Process]:
    """The service in a process of its own, in front of a site with a bomb; memory is measured from here on."""
    packed = bomb(coding)
    assert len(packed) < MEGABYTE

    def script(request: Request, line: Line) -> None:
        if request.target == b"/bomb":
            line.ok(packed, b"Content-Type: text/html; charset=utf-8", b"Content-Encoding: " + coding.encode())
        else:
            line.ok(page(), b"Content-Type: text/html; charset=utf-8")

    with origin(script) as site, process("tests.delivery.test_front_door:make", site.url, str(folder)) as ours:
        for path in ("/story", "/light/story"):
            assert 200 == ours.address.get(path, NAVIGATION).status
        ours.forget_peak()
        yield ours


@pytest.mark.parametrize("coding", ["gzip", "br", "gzip, gzip"])
def test_a_bomb_has_no_light_edition(tmp_path: Path, coding: str) -> None:
    """It is opened no further than a page may be long."""
    with bombed(tmp_path, coding) as ours:
        before = ours.forget_peak()
        assert 404 == ours.address.get("/light/bomb", NAVIGATION).status
        assert ours.peak() - before < 50 * MEGABYTE


def test_a_bomb_passes_in_bounded_memory_while_others_are_served(tmp_path: Path) -> None:
    """As a document, it streams through."""
    with bombed(tmp_path, "gzip") as ours:
        before = ours.forget_peak()
        taken: list[int] = []
        reading = threading.Thread(target=lambda: taken.append(drained(ours.address.connect())))
        reading.start()
        began = time.monotonic()
        assert 200 == ours.address.get("/light/story", NAVIGATION).status
        assert time.monotonic() - began < 5
        reading.join(60)
        assert taken[0] > 10_000
        assert ours.peak() - before < 50 * MEGABYTE


# Time


@contextlib.contextmanager
def brisk(folder: Path, site: Site | None = None) -> Iterator[Service]:
    site = site or Site()
    site.put("/story", page())
    with origin(site) as scripted:
        settings = load(origin=scripted.url, public_url=PUBLIC, data=str(folder), fronts="", fresh="0")
        migrate(settings.data)
        with serving(create_app(settings), http=Brisk) as address:
            yield Service(address, site, scripted)


@pytest.mark.parametrize(
    ("start", "drip"),
    [
        (b"", b""),
        (b"GET / HT", b""),
        (b"GET /", b"a"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X: y\r\n"),
        (b"GET /story HTTP/1.1\r\nHost: x\r\n\r\n", b"G"),
        (b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n", b""),
        (b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", b""),
    ],
)
def test_a_reader_who_never_finishes_is_sent_away(tmp_path: Path, start: bytes, drip: bytes) -> None:
    """Nothing at all, a line, a header, a second request: byte by byte is no way to stay; a body that stops is none."""
    with brisk(tmp_path) as door, door.reader.connect() as reader:
        reader.settimeout(0.1)
        answer, ended = b"", threading.Event()
        with contextlib.suppress(ConnectionError):
            reader.sendall(start)
            for _ in range(80):
                try:
                    piece = reader.recv(65536)
                except TimeoutError:
                    reader.sendall(drip)
                    continue
                answer += piece
                if not piece:
                    ended.set()
                    break
            else:
                pytest.fail("the connection is still open")
        assert set(statuses(answer)) <= {200, 400, 408}
        assert [] == [request for request in door.origin.requests if request.method == b"POST"]
        assert 200 == door.reader.get("/story", NAVIGATION).status


def test_a_slow_upload_that_goes_on_is_let_be(tmp_path: Path) -> None:
    """Slow links are what we are here for: only silence counts, not duration."""
    with brisk(tmp_path) as door, door.reader.connect() as reader:
        reader.sendall(b"POST /story HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\nConnection: close\r\n\r\n")
        for _ in range(12):
            time.sleep(0.15)
            reader.sendall(b"x")
        assert [200] == statuses(read_all(reader))
    assert b"x" * 12 == door.origin.requests[-1].body


def test_a_reader_who_takes_nothing_is_given_up(tmp_path: Path) -> None:
    """Its connection ends, and the origin's with it."""
    released = threading.Event()

    def endless(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                line.send(b"%x\r\n%b\r\n" % (MEGABYTE, b"x" * MEGABYTE))
        except OSError:
            released.set()

    with origin(endless) as site:
        settings = load(origin=site.url, public_url=PUBLIC, data=str(tmp_path), fronts="")
        migrate(settings.data)
        with serving(create_app(settings), http=Brisk) as address, address.connect() as reader:
            reader.sendall(head(to="/film"))
            assert released.wait(20)


def test_a_reader_who_takes_little_is_not(tmp_path: Path) -> None:
    """A few kilobytes a second, for longer than the limit on silence."""
    body = b"x" * 6 * MEGABYTE
    site = Site()
    site.put("/film", body, Content_Type="video/mp4")
    with brisk(tmp_path, site) as door, socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        reader.settimeout(10)
        reader.connect((door.reader.host, door.reader.port))
        reader.sendall(head("Connection: close", to="/film"))
        got = 0
        for _ in range(25):
            time.sleep(0.1)
            got += len(reader.recv(8_192))
        while piece := reader.recv(1 << 20):
            got += len(piece)
    assert got > len(body)


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

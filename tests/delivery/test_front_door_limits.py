"""What a hostile reader may send too much of, too slowly, or take too little of: heads, bombs, drips; real sockets."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from lightkeeper.app import create_app
from lightkeeper.delivery.protocol import Limits, Protocol
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..servers import Line, Process, Request, origin, process, read_all, serving
from .door import head, standing, statuses
from .service import NAVIGATION, PUBLIC, Service, Site, page

MEGABYTE = 1 << 20


class Brisk(Protocol):
    """The protocol with limits that a test can wait for."""

    limits = Limits(idle=0.6, head=0.6, body=0.6, stall=2.5)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with standing(tmp_path_factory.mktemp("door")) as running:
        yield running


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

    with origin(script) as site, process("tests.delivery.test_front_door_limits:make", site.url, str(folder)) as ours:
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
    """A little at a time, for longer than the limit on silence.

    The buffer holds more than one piece of a loopback connection: else the sender only asks now and then for room.
    """
    body = b"x" * 6 * MEGABYTE
    site = Site()
    site.put("/film", body, Content_Type="video/mp4")
    with brisk(tmp_path, site) as door, socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 131_072)
        reader.settimeout(10)
        reader.connect((door.reader.host, door.reader.port))
        reader.sendall(head("Connection: close", to="/film"))
        got = 0
        for _ in range(40):
            time.sleep(0.1)
            got += len(reader.recv(32_768))
        while piece := reader.recv(1 << 20):
            got += len(piece)
    assert got > len(body)

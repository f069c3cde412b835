"""The proxy where a connection breaks, and where a body is large: bounded memory, nothing half a whole."""

from __future__ import annotations

import hashlib
import http.client
import queue
import random
import socket
import threading
from collections.abc import Callable

import pytest

from ..servers import Line, Request, origin, process
from .front import front

MEGABYTE = 1 << 20
BLOCK = random.Random(7).randbytes(MEGABYTE)


def digest(size: int) -> str:
    total = hashlib.sha256()
    for _ in range(size // MEGABYTE):
        total.update(BLOCK)
    return total.hexdigest()


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

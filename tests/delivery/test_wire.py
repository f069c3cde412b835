"""What the kernel tells of a connection, on real sockets, and what the next decision makes of it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import socket
import ssl
import struct
import time
from collections.abc import Iterator
from http.client import IncompleteRead, RemoteDisconnected
from pathlib import Path
from types import SimpleNamespace

import pytest

from lightkeeper.delivery.wire import Wire
from lightkeeper.sensing import Loaded
from lightkeeper.sensing.receipt import mint

from ..servers import Received
from .service import NAVIGATION, Service, page, service

EDITION = "lightkeeper-edition"
# More than the sockets of both sides hold, and nothing that compresses.
TLS = Path(__file__).parent.parent / "source" / "tls"
NOISE = "".join(random.Random(7).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=400_000))
PHOTOGRAPH = NOISE[:60_000].encode()

linux = pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="TCP_INFO as Linux has it")


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(tmp_path_factory.mktemp("wire")) as running:
        running.site.put("/story", page())
        running.site.put("/long", page(extra=f"<p>{NOISE}</p>"))
        yield running


def test_a_short_round_trip_and_quick_acknowledgements_prove_nothing(paper: Service) -> None:
    """Loopback is as fast as can be, and the reader stays unknown."""
    with contextlib.closing(paper.reader.client()) as client:
        for _ in range(3):
            client.request("GET", "/story", headers=NAVIGATION)
            answer = Received.read(client.getresponse())
            assert (answer.header(EDITION) or "").startswith("full; reason=unknown")


@linux
def test_a_page_that_crawls_makes_the_next_one_light_on_another_connection(paper: Service) -> None:
    """The first page stands still half-way; its number, from the cookie, leads to its connection's measure."""
    with contextlib.closing(_narrow(paper)) as stuck:
        _crawl(paper, stuck)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("1400000", "light; reason=round-trip; predicted=9.0"),
        ("90000", "full; reason=unknown"),
        ("", "full; reason=unknown"),
        ("-1", "full; reason=unknown"),
        ("nan", "full; reason=unknown"),
        ("1e9", "full; reason=unknown"),
    ],
)
def test_a_trusted_proxy_tells_the_round_trip(trusting: Service, told: str, expected: str) -> None:
    """Microseconds, in the header that was configured."""
    assert trusting.reader.get("/story", NAVIGATION | {"X-RTT": told}).header(EDITION) == expected


@pytest.mark.parametrize(
    ("told", "age", "kind", "status"),
    [
        ("2000000", 3.0, "script", 504),
        ("2000000", 3.0, "image", 504),
        ("2000000", 3.0, "style", 200),
        ("2000000", 3.0, "empty", 200),
        ("2000000", 1.0, "script", 200),
        ("300000", 3.0, "script", 200),
        ("", 3.0, "script", 200),
    ],
)
def test_a_line_that_a_page_has_filled_behind_a_proxy_is_spared_its_parts(
    trusting: Service, told: str, age: float, kind: str, status: int
) -> None:
    """The round trip was short when the page was sent, and after half of the limit it is two seconds."""
    trusting.site.put("/part", b"part", Content_Type="text/css")
    id_ = mint(time.time() - age, 7)
    cookie = {"Cookie": f"lk-p={id_}.00; lk-a={id_}.fast"}
    answer = trusting.reader.get("/part", cookie | {"Sec-Fetch-Dest": kind, "X-RTT": told})
    assert answer.status == status
    spared = (told, age) == ("2000000", 3.0) and kind != "empty"
    assert (answer.body == b"part") is not spared
    for other in ({}, cookie | {"Referer": f"{trusting.reader.url}/story?edition=full"}):
        assert trusting.reader.get("/part", other | {"Sec-Fetch-Dest": kind, "X-RTT": told}).body == b"part"


@linux
@pytest.mark.parametrize("address", ["/story", "/light/story", "/light/late"])
def test_a_page_stands_in_nobodys_way_who_has_left_it(paper: Service, address: str) -> None:
    """Nothing more of it leaves when its reader asks for another document, by decision or by the banner's link."""
    paper.site.put("/late", page())
    with contextlib.closing(_narrow(paper)) as stuck:
        cookie = _crawl(paper, stuck)
        paper.reader.get(address, NAVIGATION | {"Cookie": cookie})
        stuck.settimeout(1)
        came = 0
        with contextlib.suppress(TimeoutError):
            while piece := stuck.recv(65_536):
                came += len(piece)
        assert came < 100_000


def test_nobody_else_does(paper: Service) -> None:
    answer = paper.reader.get("/story", NAVIGATION | {"X-RTT": "1400000"})
    assert answer.header(EDITION) == "full; reason=unknown"


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("trusting")
    with service(folder, trusted_proxies="127.0.0.1", rtt_header="X-RTT us") as running:
        running.site.put("/story", page())
        yield running


@linux
def test_a_page_left_half_way_over_tls_costs_the_next_one_nothing(tmp_path: Path) -> None:
    """The socket of such a connection is gone before anybody hears of it; its numbers are not asked for any more."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with service(tmp_path, tls=TLS) as paper:
        paper.site.put("/story", page())
        paper.site.put("/long", page(extra=f"<p>{NOISE}</p>"))
        left = trusting.wrap_socket(_narrow(paper))
        left.sendall(_asked("/long", NAVIGATION))
        told = NAVIGATION | {"Cookie": _cookie(left.recv(2048))}
        left.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        left.close()
        for _ in range(50):
            with trusting.wrap_socket(_narrow(paper)) as line:
                line.sendall(_asked("/story", told))
                assert f"\r\n{EDITION}: ".encode() in _head(line)


@linux
def test_what_belongs_to_a_page_that_crawls_does_not_fill_the_line(paper: Service) -> None:
    """Of a picture next to nothing waits for a reader who takes none, where the kernel would hold all of it."""
    with contextlib.closing(_narrow(paper)) as stuck, contextlib.closing(_narrow(paper)) as beside:
        paper.site.put("/page.png", PHOTOGRAPH, Content_Type="image/png")
        cookie = _crawl(paper, stuck)
        beside.sendall(_asked("/page.png", {"Accept": "image/*", "Sec-Fetch-Dest": "image", "Cookie": cookie}))
        whole = beside.recv(1)
        assert _queued(beside) < 12_000
        while not whole.endswith(PHOTOGRAPH):
            piece = beside.recv(65_536)
            assert piece
            whole += piece


@linux
@pytest.mark.parametrize(
    ("path", "kind", "status", "word"),
    [
        ("/page.css", "", 504, b"too slow"),
        ("/page.css", "style", 200, b"#lk-slow{animation:none}"),
        ("/page.js", "script", 504, b"too slow"),
    ],
)
def test_what_text_would_wait_for_is_refused_where_the_page_crawls(
    paper: Service, path: str, kind: str, status: int, word: bytes
) -> None:
    """A browser paints then what has come of the page; that the page loads after all proves nothing good.

    A sheet comes in its place that shows the banner without JavaScript.
    """
    with contextlib.closing(_narrow(paper)) as stuck:
        paper.site.put(path, b"/* */", Content_Type="text/css")
        cookie = _crawl(paper, stuck)
        before = len(paper.asked(path))
        answer = paper.reader.get(path, {"Cookie": cookie, **({"Sec-Fetch-Dest": kind} if kind else {})})
        assert answer.status == status
        assert word in answer.body
        assert "no-store" in (answer.header("cache-control") or "")
        assert len(paper.asked(path)) == before
        id_ = cookie.partition("=")[2].partition(".")[0]
        picture = paper.reader.get(f"/_lk/r/{id_}", {"Cookie": cookie, "Accept": "image/*"})
        told = cookie + "; " + (picture.header("set-cookie") or "").partition(";")[0]
    answer = paper.reader.get("/story", NAVIGATION | {"Cookie": told})
    assert (answer.header(EDITION) or "").startswith("light")
    assert paper.reader.get(path).status == 200


@linux
@pytest.mark.parametrize("kind", ["style", "script", "font", "image"])
def test_a_page_that_its_reader_chose_gets_all_its_parts_at_once(paper: Service, kind: str) -> None:
    """It has no number; what it asks for comes under that of the page before, which crawled and was left."""
    with contextlib.closing(_narrow(paper)) as stuck:
        paper.site.put("/chosen", b"part", Content_Type="text/css")
        cookie = {"Cookie": _crawl(paper, stuck)}
        assert (paper.reader.get("/story?edition=full", NAVIGATION | cookie).header(EDITION) or "").startswith("full")
        assert paper.reader.get("/chosen", cookie | {"Sec-Fetch-Dest": kind}).body == b"part"


@linux
def test_fonts_are_refused_where_the_page_crawls_and_pictures_come(paper: Service) -> None:
    with contextlib.closing(_narrow(paper)) as stuck:
        paper.site.put("/page.woff2", b"font", Content_Type="font/woff2")
        cookie = _crawl(paper, stuck)
        asked = {"Cookie": cookie, "Sec-Fetch-Dest": "font"}
        assert paper.reader.get("/page.woff2", asked).status == 504
        assert paper.reader.get("/page.woff2", asked | {"Cookie": ""}).body == b"font"


@linux
def test_what_a_page_waited_for_in_time_is_no_slow_page(paper: Service) -> None:
    """Its sheet was there at once; only the receipt's picture came late, behind other pictures."""
    paper.site.put("/styled", page(head='<link rel="stylesheet" href="/styled.css">'))
    paper.site.put("/styled.css", b"a{}", Content_Type="text/css")
    with contextlib.closing(paper.reader.client()) as client:

        def get(path: str, headers: dict[str, str]) -> Received:
            client.request("GET", path, headers=headers)
            return Received.read(client.getresponse())

        cookie = (get("/styled", NAVIGATION).header("set-cookie") or "").partition(";")[0]
        told = cookie + f"; lk-a={cookie.partition('=')[2].partition('.')[0]}.slow"
        ahead = NAVIGATION | {"Cookie": told, "Sec-Purpose": "prefetch"}
        assert (get("/story", ahead).header(EDITION) or "").startswith("light; reason=slow")
        get("/styled.css", {"Cookie": cookie, "Sec-Fetch-Dest": "style"})
        answers = (get("/story", NAVIGATION | {"Cookie": told}).header(EDITION) or "" for _ in range(500))
        assert any(answer.startswith("full; reason=receipt") for answer in answers)


@linux
def test_a_page_does_not_fill_a_line_of_which_nothing_is_known(paper: Service) -> None:
    """Of 300 KB little more than the first flight waits for a reader who takes next to nothing; then all comes."""
    with contextlib.closing(_narrow(paper)) as stuck:
        stuck.sendall(_asked("/long", NAVIGATION | {"Connection": "close"}))
        whole = stuck.recv(2048)
        assert 0 < _queued(stuck) < 30_000
        while piece := stuck.recv(65_536):
            whole += piece
        assert len(whole) > 300_000
        assert NOISE[-100:].encode() in whole


@linux
def test_a_page_that_came_with_its_sheets_predicts_the_next(paper: Service) -> None:
    """The time until all was there that its text waits for; kept from page to page while the browser has the sheets."""
    paper.site.put("/dressed", page(head='<link rel="stylesheet" href="/dressed.css">'))
    paper.site.put("/dressed.css", f"/* {NOISE[:60_000]} */".encode(), Content_Type="text/css")
    with contextlib.closing(paper.reader.client()) as client:

        def get(path: str, headers: dict[str, str]) -> Received:
            client.request("GET", path, headers=headers)
            return Received.read(client.getresponse())

        cookie, told = "", []
        for number in range(3):
            answer = get("/dressed", NAVIGATION | {"Cookie": cookie})
            told.append(answer.header(EDITION) or "")
            cookie = (answer.header("set-cookie") or "").partition(";")[0]
            if not number:
                get("/dressed.css", {"Cookie": cookie, "Sec-Fetch-Dest": "style"})
            picture = get(f"/_lk/r/{cookie[5:19]}", {"Cookie": cookie, "Accept": "image/*"})
            cookie += "; " + (picture.header("set-cookie") or "").partition(";")[0]
            ahead = NAVIGATION | {"Cookie": cookie, "Sec-Purpose": "prefetch"}
            assert any("predicted" in (get("/dressed", ahead).header(EDITION) or "") for _ in range(500))
        assert told[0] == "full; reason=unknown"
        for answered in told[1:]:
            assert re.fullmatch(r"full; reason=receipt; predicted=[0-3]\.\d", answered)


@linux
def test_a_sheet_that_is_late_on_a_slow_link_is_broken_off(tmp_path: Path) -> None:
    """For a reader without scripts, whose page came slowly. What is asked for later is refused; the page was slow."""
    with service(tmp_path, text_limit="3") as paper, contextlib.closing(_narrow(paper)) as slow:
        paper.site.put("/slow", page(extra=f"<p>{NOISE[:80_000]}</p>"))
        paper.site.put("/late.css", NOISE.encode(), Content_Type="text/css")
        slow.sendall(_asked("/slow", NAVIGATION | {"Connection": "close"}))
        came = cookie = ""
        while piece := slow.recv(2048):
            came += piece.decode("latin-1")
            cookie = cookie or _cookie(came.encode("latin-1"))
            time.sleep(0.04)
        asked = {"Cookie": cookie, "Sec-Fetch-Dest": "style"}
        with contextlib.closing(_narrow(paper)) as line:
            line.sendall(_asked("/late.css", asked))
            assert line.recv(12) == b"HTTP/1.1 200"
            assert any(b"#lk-slow{animation:none}" in _sheet(paper, asked) for _ in range(2000))
            assert len(b"".join(iter(lambda: line.recv(65_536), b""))) < 350_000
        told = f"{cookie}; lk-a={cookie[5:19]}.fast"
        answer = paper.reader.get("/slow", NAVIGATION | {"Cookie": told})
        assert (answer.header(EDITION) or "").startswith("light; reason=slow-receipt")


def _sheet(paper: Service, asked: dict[str, str]) -> bytes:
    """What comes of it, be it broken off, before it began or later."""
    try:
        return paper.reader.get("/late.css", asked).body
    except RemoteDisconnected:
        return b""
    except IncompleteRead as error:
        return error.partial


@linux
def test_what_the_last_page_has_under_way_stands_ahead_of_the_next() -> None:
    """On other connections than its own, and only where a full page was left for it."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as reader:
        ours, _ = server.accept()
        with ours:
            wire = Wire(_Transport(ours))
            others = [wire, *(_Flying(size) for size in (20_000, 0, 1_500))]
            wire.follow(SimpleNamespace(wires=others, loaded=Loaded(0.5, 90_000)))  # type: ignore[arg-type]
            assert _begun(wire) == (21_500, None)
            wire.settle()
            wire.follow(None)
            assert _begun(wire) == (0, None)
            assert reader.fileno() > 0


class _Transport(asyncio.Transport):
    def __init__(self, connection: socket.socket) -> None:
        super().__init__({"socket": connection})

    def get_write_buffer_size(self) -> int:
        return 0


class _Flying:
    def __init__(self, size: int) -> None:
        self._size = size

    def flying(self) -> int:
        return self._size


def _begun(wire: Wire) -> tuple[int, Loaded | None]:
    """What stands ahead of a Light page that begins now, and what is known of the last full one's time."""
    page = wire.begin(alone=True)
    assert page is not None
    assert page.flow is not None
    return page.flow.ahead, page.loaded


def _queued(reader: socket.socket) -> int:
    """Bytes that the server's kernel holds for this reader."""
    peer = f"0100007F:{reader.getsockname()[1]:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    return next(int(row[4].partition(":")[0], 16) for row in rows if row[2] == peer)


def _asked(path: str, headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode()


def _cookie(head: bytes) -> str:
    cookie = head.partition(b"set-cookie: ")[2].partition(b";")[0].decode()
    assert cookie.startswith("lk-p=")
    return cookie


def _head(line: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = line.recv(4096)
        assert piece
        head += piece
    return head


def _crawl(paper: Service, stuck: socket.socket) -> str:
    """A page begins and stands still, until the server has seen that it does; its cookie.

    Looking ahead, its reader does not leave it.
    """
    stuck.sendall(_asked("/long", NAVIGATION))
    cookie = _cookie(stuck.recv(2048))
    asked = NAVIGATION | {"Cookie": cookie, "Sec-Purpose": "prefetch"}
    answers = (paper.reader.get("/story", asked).header(EDITION) or "" for _ in range(2000))
    assert any(answer.startswith("light; reason=rate") for answer in answers)
    return cookie


def _narrow(paper: Service) -> socket.socket:
    """A connection of a reader who takes next to nothing."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.settimeout(10)
    connection.connect((paper.reader.host, paper.reader.port))
    return connection

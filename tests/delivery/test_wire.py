"""What the kernel tells of a connection, on real sockets, and what the next decision makes of it."""

from __future__ import annotations

import contextlib
import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..servers import Received
from .service import NAVIGATION, Service, page, service

EDITION = "lightkeeper-edition"
# More than the sockets of both sides hold, and nothing that compresses.
NOISE = "".join(random.Random(7).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=400_000))

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
        lines = "".join(f"{name}: {value}\r\n" for name, value in NAVIGATION.items())
        stuck.sendall(f"GET /long HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode())
        head = stuck.recv(2048)
        cookie = head.partition(b"set-cookie: ")[2].partition(b";")[0].decode()
        assert cookie.startswith("lk-p=")
        told = NAVIGATION | {"Cookie": cookie}
        answers = (paper.reader.get("/story", told).header(EDITION) or "" for _ in range(2000))
        assert any(answer.startswith("light; reason=rate") for answer in answers)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("1400000", "light; reason=round-trip; predicted=9"),
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


def test_nobody_else_does(paper: Service) -> None:
    answer = paper.reader.get("/story", NAVIGATION | {"X-RTT": "1400000"})
    assert answer.header(EDITION) == "full; reason=unknown"


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("trusting")
    with service(folder, trusted_proxies="127.0.0.1", rtt_header="X-RTT us") as running:
        running.site.put("/story", page())
        yield running


def _narrow(paper: Service) -> socket.socket:
    """A connection of a reader who takes next to nothing."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.settimeout(10)
    connection.connect((paper.reader.host, paper.reader.port))
    return connection

"""Sheets and scripts of the origin that hang are given up, so that a page paints; nothing else is hurried."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..servers import Line, Request
from .service import Service, Site, service

STYLE = {"Accept": "text/css,*/*;q=0.1", "Sec-Fetch-Dest": "style", "Sec-Fetch-Mode": "no-cors"}
SCRIPT = {"Accept": "*/*", "Sec-Fetch-Dest": "script", "Sec-Fetch-Mode": "no-cors"}
FETCH = {"Accept": "*/*", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"}
EVENTS = FETCH | {"Accept": "text/event-stream"}


class Hanging(Site):
    """`/hang…` is never answered, `/half…` stops in the middle."""

    def __call__(self, request: Request, line: Line) -> None:
        if request.target.startswith(b"/hang"):
            line.until_closed()
        elif request.target.startswith(b"/half"):
            line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nContent-Length: 10\r\n\r\nbody{")
            line.until_closed()
        else:
            super().__call__(request, line)


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("assets")
    with service(folder, site=Hanging(), asset_timeout="0.3", answer_timeout="1", connect_timeout="1") as running:
        running.site.put("/site.css", b"body{}", Content_Type="text/css")
        yield running


@pytest.mark.parametrize(("path", "headers"), [("/hang.css", STYLE), ("/hang.php", SCRIPT), ("/hang.js", {})])
def test_what_hangs_is_given_up(paper: Service, path: str, headers: dict[str, str]) -> None:
    """A browser takes the 504 for a failed load and goes on; nobody keeps it."""
    answer = paper.reader.get(path, headers)
    assert (answer.status, answer.header("cache-control")) == (504, "no-store")
    assert b"did not answer in time" in answer.body


def test_what_stops_half_way_is_broken_off(paper: Service) -> None:
    with pytest.raises(http.client.IncompleteRead):
        paper.reader.get("/half.css", STYLE)


def test_what_answers_passes(paper: Service) -> None:
    assert paper.reader.get("/site.css", STYLE).body == b"body{}"


def test_one_that_hangs_does_not_count_as_a_site_that_is_down(paper: Service) -> None:
    for _ in range(6):
        paper.reader.get("/hang.css", STYLE)
    paper.site.put("/story", b"<!doctype html><p>Here", Content_Type="text/html")
    assert paper.reader.get("/story", {"Accept": "text/html"}).status == 200


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/half.mp4", {"Accept": "*/*", "Sec-Fetch-Dest": "video"}),
        ("/half.css", FETCH),
        ("/half-events", EVENTS),
        ("/half-poll?callback=f", SCRIPT),
        ("/half.zip", {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Dest": "iframe", "Sec-Fetch-Mode": "navigate"}),
    ],
)
def test_nothing_else_is_hurried(paper: Service, path: str, headers: dict[str, str]) -> None:
    """Longer silent than a sheet may be, and still there."""
    with paper.reader.connect() as connection:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        # a sheet that was asked for later has been given up meanwhile
        assert paper.reader.get("/hang.css", STYLE).status == 504
        assert silent(connection)


@pytest.mark.parametrize("left", [{"mode": "observe"}, {"mode": "off"}, {"untouched": "/hang*"}])
def test_who_wants_nothing_touched_gets_nothing_touched(tmp_path: Path, left: dict[str, str]) -> None:
    """Then the usual patience with the origin holds."""
    limits = {"asset_timeout": "0.1", "answer_timeout": "20"}
    with service(tmp_path, site=Hanging(), **limits, **left) as paper, paper.reader.connect() as connection:
        connection.sendall(b"GET /hang.css HTTP/1.1\r\nHost: x\r\nSec-Fetch-Dest: style\r\n\r\n")
        assert silent(connection)


def silent(connection: socket.socket) -> bool:
    """Nothing but what is on its way already comes within half a second, nor is it closed."""
    connection.settimeout(0.5)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return True
    return False

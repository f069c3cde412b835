"""A site that is slow: who waits for it and who gets the copy, and a page that falls silent is cut."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightkeeper.app import create_app
from lightkeeper.editions.words import words
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..servers import Line, Received, Request, origin, serving
from .failing import Paper, failing, is_saved_copy
from .service import NAVIGATION, SAVE_DATA, Site, page

TLS = Path(__file__).parent.parent / "source" / "tls"


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[tuple[Paper, threading.Event]]:
    """A site that takes its time, until the event is set."""
    go = threading.Event()
    with failing(tmp_path, stored_after="0.2") as paper:

        def wait(request: Request, line: Line) -> None:
            go.wait(10)
            Site.__call__(paper.site, request, line)

        paper.site.fault = wait
        yield paper, go
        go.set()


def test_a_stored_light_edition_answers_for_a_slow_site(slow: tuple[Paper, threading.Event]) -> None:
    """After `stored_after`, saying so; the request that nobody waits for is dropped."""
    paper, _ = slow
    answer = paper.reader.get("/story", NAVIGATION)
    assert is_saved_copy(answer)
    assert "light; reason=origin-slow" == answer.header("lightkeeper-edition")


def test_who_chose_the_full_page_waits_for_it(slow: tuple[Paper, threading.Event]) -> None:
    """By address or by cookie: and so does whoever asks for what is not stored."""
    paper, go = slow
    answers: list[Received] = []
    asked = [("/story?edition=full", {}), ("/story", {"Cookie": "lk-edition=full"}), ("/other", {})]
    readers = [
        threading.Thread(target=lambda t=target, h=more: answers.append(paper.reader.get(t, NAVIGATION | h)))
        for target, more in asked
    ]
    for reader in readers:
        reader.start()
    assert is_saved_copy(paper.reader.get("/story", NAVIGATION))  # takes longer than `stored_after`
    assert [] == answers
    go.set()
    for reader in readers:
        reader.join(10)
    assert [True] * 3 == [b"All rights" in answer.body for answer in answers]


@pytest.mark.parametrize("headers", [{}, {"Save-Data": "on"}])
def test_a_page_that_breaks_off_arrives_as_far_as_it_came(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, headers: dict[str, str]
) -> None:
    """And shows that it is incomplete, with no word of ours in it; a Light reader of a page unknown so far gets one."""
    start = page()[:-500]

    def breaks_off(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n" + start)
        line.close()

    with failing(tmp_path) as paper:
        paper.site.fault = breaks_off
        lines = "".join(f"{name}: {value}\r\n" for name, value in {**NAVIGATION, **headers}.items())
        answer = paper.reader.exchange(f"GET /other HTTP/1.1\r\nHost: x\r\n{lines}Connection: close\r\n\r\n".encode())
    if headers:
        assert answer.startswith(b"HTTP/1.1 502 ")
    else:
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert start[-200:] in answer
        assert not answer.endswith(b"0\r\n\r\n")
        assert words("en").unreachable_title.encode() not in answer
    assert [record.message for record in caplog.records if "request failed" in record.message] == []


def test_a_document_that_falls_silent_is_cut(tmp_path: Path) -> None:
    """The reader sees that it is incomplete; a download or an event stream may pause as long as it likes."""
    go = threading.Event()
    start = b"<!doctype html><title>x</title><p>" + b"word " * 400

    def pause(request: Request, line: Line) -> None:
        kind = b"text/html" if request.target == b"/other" else b"text/event-stream"
        line.send(b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: 4000\r\n\r\n" % kind + start)
        if request.target != b"/other":
            go.wait(10)
            line.send(b"x" * (4000 - len(start)))
        else:
            line.until_closed()

    with failing(tmp_path, stall_timeout="0.3") as paper:
        paper.site.fault = pause
        client = paper.reader.client()
        client.request("GET", "/events")
        events = client.getresponse()
        assert events.read1(10)
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):  # takes longer than `stall_timeout`
            paper.reader.get("/other", NAVIGATION)
        go.set()
        assert events.read().endswith(b"x")
        client.close()


def test_a_page_that_streams_slowly_is_served_full(tmp_path: Path) -> None:
    """With nothing stored and no end within the limits, a reader of Light gets the page as it comes, not a notice."""

    def slow(request: Request, line: Line) -> None:
        body = page()
        line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body))
        for start in range(0, len(body), len(body) // 8):
            line.send(body[start : start + len(body) // 8])
            time.sleep(0.2)

    with origin(slow) as scripted:
        ready = load(origin=scripted.url, data=str(tmp_path), fronts="", connect_timeout="0.4", answer_timeout="0.4")
        migrate(ready.data)
        with serving(create_app(ready)) as address:
            answer = address.get("/story", SAVE_DATA)
    assert answer.status == 200
    assert b"crates may be opened" in answer.body
    assert answer.header("lightkeeper-edition") == "full; reason=unended"

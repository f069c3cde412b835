"""When the publisher's site is slow, down, refusing, broken: what the reader gets, on real sockets."""

from __future__ import annotations

import contextlib
import http.client
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lightkeeper.app import create_app
from lightkeeper.editions.words import direction, languages, words
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..servers import Line, Received, Request, Script, origin, serving
from .service import NAVIGATION, PUBLIC, SAVE_DATA, Service, Site, page

TLS = Path(__file__).parent.parent / "source" / "tls"
SHORT = {"connect_timeout": 0.4, "answer_timeout": 0.4, "breaker_failures": 1000}


class Moody(Site):
    """A site that does as `fault` says, where one is set."""

    fault: Script | None = None

    def __call__(self, request: Request, line: Line) -> None:
        if self.fault is None:
            super().__call__(request, line)
        else:
            self.fault(request, line)


class Paper(Service):
    site: Moody
    stop: Callable[[], None]


@contextlib.contextmanager
def failing(folder: Path, **settings: Any) -> Iterator[Paper]:
    """A service whose site has a story that is known, and one that is not."""
    site, tls = Moody(), settings.pop("tls", None)
    for path in ("/story", "/other"):
        site.put(path, page())
    with contextlib.ExitStack() as stack:
        scripted = stack.enter_context(contextlib.ExitStack())
        running = scripted.enter_context(origin(site, tls=tls))
        url = running.url.replace("http:", "https:") if tls else running.url
        values = {"public_url": PUBLIC, "publication": "The Paper", "fronts": "", "fresh": "0", "revalidate_wait": "5"}
        ready = load(**{"origin": url, "data": str(folder), **values, **settings})
        migrate(ready.data)
        paper = Paper(stack.enter_context(serving(create_app(ready))), site, running)
        paper.stop = scripted.close
        assert 200 == paper.reader.get("/light/story", NAVIGATION).status
        yield paper


def is_saved_copy(answer: Received) -> bool:
    """The Light edition, saying that it is a copy and of which day."""
    said = re.search(r"copy saved on.{0,200}?20\d\d", answer.body.decode(), re.DOTALL)
    return answer.status == 200 and said is not None and b"first boats went out" in answer.body


def is_notice(answer: Received, *statuses: int) -> bool:
    """The small page: honest status, when to try again, not kept by anybody."""
    return (
        answer.status in statuses
        and b"not answering" in answer.body
        and int(answer.header("retry-after") or 0) > 0
        and answer.header("cache-control") == "no-store"
        and (answer.header("content-type") or "").startswith("text/html")
        and len(answer.body) < 8_000
    )


# Faults of a connection


def says(data: bytes, then: Callable[[Line], object]) -> Script:
    def fault(request: Request, line: Line) -> None:
        if data:
            line.send(data)
        then(line)

    return fault


FAULTS = {
    "hangs up": says(b"", Line.close),
    "resets": says(b"", Line.reset),
    "is silent": says(b"", Line.until_closed),
    "talks nonsense": says(b"SSH-2.0-x\r\n\r\n", Line.close),
    "stops within the head": says(b"HTTP/1.1 200 OK\r\nContent-", Line.close),
    "stops within the head and stays": says(b"HTTP/1.1 200 OK\r\n", Line.until_closed),
    "answers with no status": says(b"HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n", Line.close),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_site_is_answered_for(tmp_path: Path, fault: str) -> None:
    """By the stored Light edition wherever the page is asked for; by a notice where nothing is stored."""
    with failing(tmp_path, **SHORT) as paper:
        paper.site.fault = FAULTS[fault]
        waits = "silent" in fault or "stays" in fault
        known = [("/story", NAVIGATION), ("/light/story", NAVIGATION)]
        known += [] if waits else [("/story", SAVE_DATA), ("/story?edition=full", NAVIGATION)]
        for target, headers in known:
            assert is_saved_copy(paper.reader.get(target, headers)), (target, headers)
        unknown = [("/other", NAVIGATION)] if waits else [("/other", SAVE_DATA), ("/light/other", NAVIGATION)]
        for target, headers in unknown:
            assert is_notice(paper.reader.get(target, headers), 504 if waits else 502)
        paper.site.fault = None
        assert b"All rights" in paper.reader.get("/story", NAVIGATION).body


def test_a_site_that_refuses_connections_is_answered_for(tmp_path: Path) -> None:
    """Nobody listens any more; what is not a document gets a sentence."""
    with failing(tmp_path, **SHORT) as paper:
        paper.stop()
        answer = paper.reader.get("/story", NAVIGATION)
        assert is_saved_copy(answer)
        assert "light; reason=origin-failed" == answer.header("lightkeeper-edition")
        assert is_notice(paper.reader.get("/other", NAVIGATION), 502)
        for method, target in (("GET", "/style.css"), ("POST", "/story")):
            other = paper.reader.ask(method, target, body=b"x" if method == "POST" else None)
            assert (502, b"The site cannot be reached.\n", "60") == (
                other.status,
                other.body,
                other.header("retry-after"),
            )


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 521, 526, 530, 599])
def test_an_error_of_the_sites_is_replaced_by_what_is_stored(tmp_path: Path, status: int) -> None:
    """Where nothing is stored the reader of the full page sees the site's own error page."""
    with failing(tmp_path) as paper:
        for path in ("/story", "/other"):
            paper.site.put(path, b"<h1>Under repair</h1>", status=status, Retry_After="7")
        assert is_saved_copy(paper.reader.get("/story", NAVIGATION))
        assert is_saved_copy(paper.reader.get("/story", SAVE_DATA))
        theirs = paper.reader.get("/other", NAVIGATION)
        assert (status, b"<h1>Under repair</h1>", "7") == (theirs.status, theirs.body, theirs.header("retry-after"))
        assert is_notice(paper.reader.get("/light/other", NAVIGATION), 502)


@pytest.mark.parametrize("status", [501, 505])
def test_what_a_site_cannot_do_is_its_own_answer(tmp_path: Path, status: int) -> None:
    """It has not failed."""
    with failing(tmp_path) as paper:
        paper.site.put("/story", b"cannot", status=status)
        assert (status, b"cannot") == ((got := paper.reader.get("/story", NAVIGATION)).status, got.body)


class Certificates:
    """Stands in for a TLS context: `current` is what new connections get."""

    def __init__(self) -> None:
        self.current = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.current.load_cert_chain(TLS / "site.pem", TLS / "site.key")

    def wrap_socket(self, connection: Any, server_side: bool) -> Any:
        return self.current.wrap_socket(connection, server_side=server_side)


def outdated() -> ssl.SSLContext:
    """A server that speaks only what no client speaks any more."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "site.pem", TLS / "site.key")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA256")  # for a kind of key that it does not have
    return context


class Plain:
    """Answers a handshake with nonsense."""

    def wrap_socket(self, connection: Any, server_side: bool) -> Any:
        connection.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
        connection.close()
        raise OSError("no TLS here")


@pytest.mark.parametrize("broken", [outdated, Plain])
def test_a_site_with_broken_tls_is_answered_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: Callable[[], Any]
) -> None:
    """No cipher in common, or no TLS at all behind the port."""
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "site.pem"))
    certificates = Certificates()
    public = "https://www.paper.example"
    with failing(tmp_path, tls=certificates, public_url=public, **SHORT) as paper:
        certificates.current = broken()
        paper.site.fault = FAULTS["hangs up"]  # ends the connections that stand
        assert is_saved_copy(paper.reader.get("/story", NAVIGATION))
        assert is_saved_copy(paper.reader.get("/light/story", NAVIGATION))
        assert is_notice(paper.reader.get("/other", NAVIGATION), 502)


def test_a_certificate_for_another_name_is_a_broken_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked of it, and what was stored when it was right answers."""
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "site.pem"))
    with failing(tmp_path, tls=Certificates(), public_url="https://www.paper.example"):
        pass
    with origin(Moody(), tls=Certificates()) as site:
        values: dict[str, Any] = {"publication": "The Paper", "fronts": "", "data": str(tmp_path)}
        settings = load(origin=site.url.replace("http:", "https:"), public_url="https://elsewhere.example", **values)
        with serving(create_app(settings)) as reader:
            assert is_saved_copy(reader.get("/story", NAVIGATION))
            assert is_notice(reader.get("/other", NAVIGATION), 502)
        assert [] == site.requests


# Slow


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


# The circuit breaker


def test_a_site_that_is_down_is_left_alone_but_for_probes(tmp_path: Path) -> None:
    """After three documents in a row nobody waits: answers come at once, the site is not asked, until it is well."""
    with failing(tmp_path, **SHORT | {"breaker_failures": 3, "breaker_pause": 60}) as paper:
        paper.site.fault = FAULTS["is silent"]
        for _ in range(3):
            assert is_notice(paper.reader.get("/other", NAVIGATION), 504)
        asked = len(paper.origin.requests)
        for _ in range(20):
            assert is_saved_copy(paper.reader.get("/story", NAVIGATION))
            assert is_saved_copy(paper.reader.get("/light/story", NAVIGATION))
            assert is_notice(paper.reader.get("/other", NAVIGATION), 502)
        assert asked == len(paper.origin.requests)


def test_what_is_no_document_is_always_tried(tmp_path: Path) -> None:
    """Whatever writes, and whatever a page loads: the breaker is not its judge, and it is none of the breaker's."""
    with failing(tmp_path, **SHORT | {"breaker_failures": 2, "breaker_pause": 60}) as paper:
        paper.site.fault = FAULTS["hangs up"]
        for _ in range(5):
            assert 502 == paper.reader.ask("POST", "/story", body=b"x").status
            assert 502 == paper.reader.get("/style.css").status
        paper.site.fault = None
        assert b"All rights" in paper.reader.get("/story", NAVIGATION).body  # the circuit is closed
        paper.site.fault = FAULTS["hangs up"]
        for _ in range(2):
            paper.reader.get("/other", NAVIGATION)
        paper.site.fault = None
        assert is_notice(paper.reader.get("/other", NAVIGATION), 502)  # the circuit is open
        assert page() == paper.reader.ask("POST", "/story", body=b"x").body
        assert page() == paper.reader.get("/other").body


def test_a_probe_finds_that_the_site_is_well(tmp_path: Path) -> None:
    """The first reader after the pause gets the page, and everybody after them."""
    with failing(tmp_path, **SHORT | {"breaker_failures": 2, "breaker_pause": 0.2}) as paper:
        paper.stop()
        for _ in range(2):
            paper.reader.get("/other", NAVIGATION)
        with origin_at(paper, paper.site):
            tries = iter(range(2_000))
            while paper.reader.get("/other", NAVIGATION).status != 200:
                assert next(tries) < 1_999
            for _ in range(3):
                assert b"All rights" in paper.reader.get("/story", NAVIGATION).body


@contextlib.contextmanager
def origin_at(paper: Paper, script: Script) -> Iterator[None]:
    """The site is there again, at its old address."""
    with origin(script, port=paper.origin.address.port):
        yield


def test_errors_of_the_sites_do_not_open_the_circuit(tmp_path: Path) -> None:
    """A site that answers is there."""
    with failing(tmp_path, breaker_failures=2) as paper:
        paper.site.put("/other", b"trouble", status=500)
        for _ in range(6):
            assert b"trouble" == paper.reader.get("/other", NAVIGATION).body


# Words


@pytest.mark.parametrize("language", sorted(languages()))
def test_the_notice_speaks_the_readers_language(dead: Paper, language: str) -> None:
    """In its direction, with what to do; the full page's reader and the Light one's get the same."""
    said = words(language)
    for target, headers in (("/other", NAVIGATION), ("/light/other", NAVIGATION), ("/other", SAVE_DATA)):
        answer = dead.reader.get(target, headers | {"Accept-Language": f"{language};q=0.9, en;q=0.1"})
        text = answer.body.decode()
        assert 502 == answer.status
        assert said.unreachable_title.replace("{publication}", "The Paper") in text
        assert re.search(rf"<html[^>]*\blang=[\"']?{language}\b", text)
        assert (direction(language) == "rtl") == ("dir=rtl" in text.replace('"', ""))
        assert "accept-language" in (answer.header("vary") or "").lower()


@pytest.fixture(scope="module")
def dead(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    with failing(tmp_path_factory.mktemp("dead"), **SHORT) as paper:
        paper.stop()
        yield paper


def test_who_is_logged_in_gets_a_notice_and_nobody_elses_copy(dead: Paper) -> None:
    """A page of one's own is never replaced by the public one."""
    answer = dead.reader.get("/story", NAVIGATION | {"Cookie": "wordpress_logged_in_1=x", "Accept-Language": "fa"})
    assert 502 == answer.status
    assert words("fa").unreachable_title.replace("{publication}", "The Paper") in answer.body.decode()


def test_head_of_a_dead_site_has_no_body(dead: Paper) -> None:
    """And the same status and headers."""
    for path, status in (("/story", 200), ("/other", 502)):
        answer = dead.reader.get(path, NAVIGATION, method="HEAD")
        assert (status, b"") == (answer.status, answer.body)


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

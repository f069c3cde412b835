"""When the publisher's site is slow, down, refusing, broken: what the reader gets, on real sockets."""

from __future__ import annotations

import contextlib
import re
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lightkeeper.app import create_app
from lightkeeper.editions.words import direction, languages, words
from lightkeeper.settings import load

from ..servers import Line, Request, Script, origin, serving
from .failing import SHORT, Moody, Paper, failing, is_notice, is_saved_copy
from .service import NAVIGATION, SAVE_DATA, page

TLS = Path(__file__).parent.parent / "source" / "tls"


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

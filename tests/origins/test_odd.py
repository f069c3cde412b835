"""An origin that bends HTTP in every way that browsers put up with: the whole service in front of it, and without it.

The proxy alone is tested beside the proxy; here navigations go through decision, injection and the Light edition.
"""

from __future__ import annotations

import gzip
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException, IncompleteRead
from pathlib import Path
from typing import Any

import brotli
import pytest

from ..delivery.service import page
from ..servers import Line, Received, Request, Scripted, origin
from .doors import Doors, doors, edition, opened, same, same_page
from .visitor import LIGHT, NAVIGATION, text

pytestmark = pytest.mark.origins

SITE = "http://www.paper.example"
HTML = b"Content-Type: text/html; charset=utf-8\r\n"
STORY = page()
READ = "first boats went out"


def head(*lines: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def sized(body: bytes, *lines: bytes, status: bytes = b"200 OK") -> bytes:
    return head(HTML[:-2], b"Content-Length: %d" % len(body), *lines, status=status) + body


def chunked(body: bytes, size: int, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return (
        b"".join(b"%x%b\r\n%b\r\n" % (len(piece), extension, piece) for piece in pieces) + b"0\r\n" + trailer + b"\r\n"
    )


def deflated(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


# Answers that are a page to a browser, and so a page to us: full with our parts, and Light.
PAGES: dict[str, bytes] = {
    "plain": sized(STORY),
    "gzip": sized(gzip.compress(STORY), b"Content-Encoding: gzip"),
    "gzip in two members": sized(gzip.compress(STORY[:900]) + gzip.compress(STORY[900:]), b"Content-Encoding: x-gzip"),
    "brotli": sized(brotli.compress(STORY), b"Content-Encoding: br"),
    "deflate": sized(zlib.compress(STORY), b"Content-Encoding: deflate"),
    "deflate without its wrapping": sized(deflated(STORY), b"Content-Encoding: deflate"),
    "gzip in brotli": sized(brotli.compress(gzip.compress(STORY)), b"Content-Encoding: gzip, br"),
    "chunks": head(HTML[:-2], b"Transfer-Encoding: chunked") + chunked(STORY, 100),
    "chunks of one byte": head(HTML[:-2], b"Transfer-Encoding: chunked") + chunked(STORY, 1),
    "chunks with extensions and a trailer": head(HTML[:-2], b"Transfer-Encoding: chunked", b"Trailer: X-Sum")
    + chunked(STORY, 700, b";name=value", b"X-Sum: 1\r\n"),
    "gzip in chunks": head(HTML[:-2], b"Content-Encoding: gzip", b"Transfer-Encoding: chunked")
    + chunked(gzip.compress(STORY), 7),
    "early hints first": head(b"Link: </style.css>; rel=preload", status=b"103 Early Hints") + sized(STORY),
    "two interim answers first": head(status=b"100 Continue") + head(status=b"102 Processing") + sized(STORY),
    "HTTP/1.0, ended by closing": b"HTTP/1.0 200 OK\r\n" + HTML + b"\r\n" + STORY,
    "HTTP/1.0 with a length": b"HTTP/1.0 200 OK\r\n" + HTML + b"Content-Length: %d\r\n\r\n" % len(STORY) + STORY,
    "ended by closing": head(HTML[:-2], b"Connection: close") + STORY,
    "bare line feeds": b"HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nContent-Length: %d\n\n" % len(STORY)
    + STORY,
    "no reason": b"HTTP/1.1 200 \r\n" + HTML + b"Content-Length: %d\r\n\r\n" % len(STORY) + STORY,
    "loud names": head(b"CONTENT-TYPE: TEXT/HTML; CHARSET=UTF-8", b"CONTENT-LENGTH: %d" % len(STORY)) + STORY,
    "quiet names": head(b"content-type:text/html;charset=utf-8", b"content-length:%d" % len(STORY)) + STORY,
    "the same length twice": sized(STORY, b"Content-Length: %d" % len(STORY)),
    "length and chunks": head(HTML[:-2], b"Content-Length: 5", b"Transfer-Encoding: chunked") + chunked(STORY, 99),
    "more than its length": sized(STORY) + b"<p>and what nobody should see",
    "huge headers": sized(STORY, *(b"X-Trace-%d: %b" % (number, b"0123456789abcdef" * 40) for number in range(60))),
    "identity by name": sized(STORY, b"Content-Encoding: identity"),
    "doctype in lower case behind blanks": sized(b"\n\n  " + STORY),
    "a byte order mark": sized(b"\xef\xbb\xbf" + STORY),
}
# Answers that nobody may touch.
OTHERS: dict[str, bytes] = {
    "no kind": head(b"Content-Length: %d" % len(STORY)) + STORY,
    "a kind that nobody knows": head(b"Content-Type: nonsense", b"Content-Length: 5") + b"<p>hi",
    "XHTML": head(b"Content-Type: application/xhtml+xml", b"Content-Length: %d" % len(STORY)) + STORY,
    "a coding that nobody knows": sized(b"\x28\xb5\x2f\xfd" * 9, b"Content-Encoding: zstd"),
    "a coding that is none": sized(STORY, b"Content-Encoding: utf-8"),
    "nothing": head(status=b"204 No Content"),
    "a part that nobody asked for": sized(STORY[:99], b"Content-Range: bytes 0-98/2000", status=b"206 Partial Content"),
    "unchanged without a question": head(b'ETag: "x"', status=b"304 Not Modified"),
    "not satisfiable": sized(b"no", b"Content-Range: bytes */5", status=b"416 Range Not Satisfiable"),
}
# Answers that tell of a failure: untouched in full; in our words for a reader of Light, if nothing is kept.
FAILURES: dict[str, bytes] = {
    "a failure with a page": sized(STORY, status=b"500 Internal Server Error"),
    "busy": sized(STORY, b"Retry-After: 7", status=b"503 Service Unavailable"),
    "a status of one's own": sized(STORY, status=b"520 Odd"),
}
OTHERS |= {
    "a success of one's own": sized(STORY, status=b"299 Fine"),
    "not for everybody": sized(STORY, b'WWW-Authenticate: Basic realm="x"', status=b"401 Unauthorized"),
    "barred by law": sized(STORY, status=b"451 Unavailable For Legal Reasons"),
    "multiple choices": sized(STORY, b"Location: /plain", status=b"300 Multiple Choices"),
    "a redirect elsewhere": sized(b"", b"Location: https://other.example/x?y=1#z", status=b"302 Found"),
    "a redirect with a page": sized(STORY, b"Location: /plain", status=b"301 Moved Permanently"),
    "a redirect to nowhere": sized(STORY, status=b"302 Found"),
    "a download": sized(STORY, b"Content-Disposition: attachment; filename=x.html"),
}


class Odd:
    """`answers[target]` are the bytes that follow a request for it; then the connection closes."""

    def __init__(self, answers: dict[str, bytes | Callable[[Request, Line], None]]) -> None:
        self.answers = answers

    def __call__(self, request: Request, line: Line) -> None:
        answer = self.answers.get(request.target.decode(), sized(b"nothing", status=b"404 Not Found"))
        if callable(answer):
            answer(request, line)
        else:
            line.send(answer)
            line.close()


@contextmanager
def service(
    folder: Path, answers: dict[str, bytes | Callable[[Request, Line], None]], **settings: Any
) -> Iterator[tuple[Doors, Scripted]]:
    with origin(Odd(answers)) as scripted, doors(scripted.address, SITE, folder, **settings) as both:
        yield both, scripted


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    answers = {address(name): answer for name, answer in {**PAGES, **OTHERS, **FAILURES}.items()}
    with service(tmp_path_factory.mktemp("odd"), answers) as (both, _):  # type: ignore[arg-type]
        yield both


def address(name: str) -> str:
    return "/" + name.replace(" ", "-").replace(",", "").replace("'", "")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_odd_framing_is_read(odd: Doors, name: str) -> None:
    """In full it is the origin's page with our parts, in Light it is the story."""
    path = address(name)
    full = odd.visitor().open(path)
    assert full.status == 200
    body = opened(full)
    for part in odd.added(path):
        assert body.count(part) == 1
        body = body.replace(part, b"")
    assert body.removeprefix(b"\xef\xbb\xbf").lstrip() == STORY
    light = odd.visitor().open(path, **LIGHT)
    assert edition(light) == "light"
    assert READ in text(light.body)
    assert "nobody should see" not in text(light.body)


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("early hints first", "gzip in brotli")])
def test_no_header_of_an_oddly_framed_page_is_lost(odd: Doors, name: str) -> None:
    """What a lenient client reads directly, it reads through us."""
    path = address(name)
    direct, through = odd.insider().open(path), odd.visitor().open(path)
    less = ("trailer", "content-type")
    plain = Received(direct.status, [line for line in direct.headers if line[0] not in less], STORY)
    got = Received(through.status, [line for line in through.headers if line[0] not in less], opened(through))
    body = got.body.removeprefix(b"\xef\xbb\xbf").lstrip()
    bare = [(key, value) for key, value in plain.headers if key != "content-encoding"]
    same_page(Received(200, bare, STORY), Received(200, got.headers, body), odd.added(path))


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("headers", [{}, LIGHT])
def test_what_is_no_page_passes_as_it_is(odd: Doors, name: str, headers: dict[str, str]) -> None:
    """Status, headers and bytes, for every reader."""
    path = address(name)
    same(odd.insider().open(path), odd.visitor().open(path, **headers))


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_the_origins_in_full_and_said_in_plain_words_in_light(odd: Doors, name: str) -> None:
    """Nothing is kept of this address, so there is nothing better to show; a reader of Light gets a page that fits."""
    path = address(name)
    same(odd.insider().open(path), odd.visitor().open(path))
    light = odd.visitor().open(path, **LIGHT)
    assert light.status == 502
    assert light.header("retry-after") == ("7" if name == "busy" else "60")
    assert "The site is not answering" in text(light.body)


def test_frames_and_utf_16_pass_byte_for_byte(tmp_path: Path) -> None:
    """Nothing is put into what is no document of one window, or where our bytes would be rubbish."""
    frames = b'<html><frameset cols="*,*"><frame src=/a><frame src=/b></frameset></html>'
    wide = STORY.decode().encode("utf-16")
    kind = head(b"Content-Type: text/html; charset=utf-16", b"Content-Length: %d" % len(wide))
    with service(tmp_path, {"/frames": sized(frames), "/wide": kind + wide}) as (both, _):
        assert frames == both.visitor().open("/frames").body
        assert frames == both.visitor().open("/frames", **LIGHT).body
        assert wide == both.visitor().open("/wide").body
        assert READ in text(both.visitor().open("/wide", **LIGHT).body)


@pytest.mark.parametrize("reader", ["", "gzip", "br", "gzip;q=0, br;q=0", "zstd"])
def test_a_packed_page_suits_the_reader_who_asked(odd: Doors, reader: str) -> None:
    """The origin packs whether one can open it or not; we send only what the reader takes."""
    for path in ("/gzip", "/brotli", "/gzip-in-brotli"):
        answer = odd.visitor().open(path, **({"Accept_Encoding": reader} if reader else {}))
        assert (answer.header("content-encoding") or "") == (reader if reader in ("gzip", "br") else "")
        assert READ.encode() in opened(answer)


def test_every_cookie_arrives_in_its_order_and_light_has_none(tmp_path: Path) -> None:
    """Three lines stay three lines; what was fetched for everybody carries nobody's cookie."""
    cookies = [b"a=1; Path=/", b"b=2; Expires=Thu, 01 Jan 2099 00:00:00 GMT", b"a=3; Secure; HttpOnly; SameSite=Lax"]
    answer = sized(STORY, *(b"Set-Cookie: " + cookie for cookie in cookies))
    with service(tmp_path, {"/story": answer}) as (both, _):
        assert [cookie.decode() for cookie in cookies] == both.visitor().open("/story").all("set-cookie")
        assert [] == both.visitor().open("/story", **LIGHT).all("set-cookie")


CUTS = {
    "short of its length": head(HTML[:-2], b"Content-Length: %d" % (len(STORY) + 9)) + STORY,
    "in mid chunk": head(HTML[:-2], b"Transfer-Encoding: chunked") + chunked(STORY, 500)[:1200],
    "without the last chunk": head(HTML[:-2], b"Transfer-Encoding: chunked") + chunked(STORY, 500)[:-5],
    "in mid gzip": head(HTML[:-2], b"Content-Encoding: gzip", b"Connection: close") + gzip.compress(STORY)[:-9],
}


@pytest.mark.parametrize("name", CUTS)
def test_a_page_that_breaks_off_is_never_passed_off_as_whole(tmp_path: Path, name: str) -> None:
    """The reader's connection breaks off as well, without the end mark; the half is no Light edition."""
    with service(tmp_path, {"/story": CUTS[name]}) as (both, _):
        assert b"id=lk-end" not in half(both, "/story")
        light = both.visitor().open("/light/story")
        assert light.status == 502
        assert READ not in text(light.body)


def half(both: Doors, path: str) -> bytes:
    """What arrives of a page that is cut; fails where it looks whole."""
    with closing(HTTPConnection(both.through.host, both.through.port, timeout=10)) as client:
        client.request("GET", path, headers=NAVIGATION)
        with pytest.raises((HTTPException, ConnectionError)) as cut:
            client.getresponse().read()
    return cut.value.partial if isinstance(cut.value, IncompleteRead) else b""


@pytest.mark.parametrize(
    "rubbish", [b"", b"HTTP/1.1 999 What\r\n\r\n", b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "]
)
def test_an_answer_that_is_none_brings_the_kept_edition(tmp_path: Path, rubbish: bytes) -> None:
    """Before the origin lost its mind, the story was read; afterwards it is still there, for every reader."""
    answers: dict[str, bytes | Callable[[Request, Line], None]] = {"/story": sized(STORY)}
    with service(tmp_path, answers) as (both, _):
        assert edition(both.visitor().open("/story", **LIGHT)) == "light"
        answers["/story"] = answers["/other"] = rubbish
        for headers in ({}, LIGHT):
            answer = both.visitor().open("/story", **headers)
            assert (answer.status, edition(answer)) == (200, "light")
            assert READ in text(answer.body)
            assert both.visitor().open("/other", **headers).status == 502


def test_a_circle_of_redirects_is_the_readers_to_leave(tmp_path: Path) -> None:
    """One question to the origin for each one of the reader's, at every address."""
    there = sized(b"", b"Location: /b", status=b"302 Found")
    back = sized(b"", b"Location: http://www.paper.example/a", status=b"307 Temporary Redirect")
    with service(tmp_path, {"/a": there, "/b": back}) as (both, scripted):
        visitor = both.visitor()
        for path, to in (
            *(("/a", "/b"), ("/b", f"{SITE}/a"), ("/light/a", "/light/b"), ("/light/b", "/light/a")),
            *(("/a?edition=light", "/b?edition=light"), ("/b?edition=full", f"{SITE}/a?edition=full")),
        ):
            before = len(scripted.requests)
            assert visitor.open(path).header("location") == to
            assert len(scripted.requests) - before <= 2


def test_a_page_that_goes_on_for_minutes_is_read_as_it_grows(tmp_path: Path) -> None:
    """Each paragraph is with the reader before the origin writes the next; compressed as well."""
    arrived = threading.Semaphore(0)
    lost = threading.Event()

    def live(_: Request, line: Line) -> None:
        line.send(head(HTML[:-2], b"Transfer-Encoding: chunked") + b"%x\r\n%b\r\n" % (len(STORY), STORY))
        for number in range(5):
            if not arrived.acquire(timeout=5):
                lost.set()
            piece = b"<p>Report number %d.</p>" % number
            line.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        arrived.acquire(timeout=5)
        line.send(b"0\r\n\r\n")

    with (
        service(tmp_path, {"/live": live}) as (both, _),
        closing(HTTPConnection(both.through.host, both.through.port, timeout=10)) as client,
    ):
        client.request("GET", "/live", headers=NAVIGATION | {"Accept-Encoding": "br"})
        answer = client.getresponse()
        unpack, seen = brotli.Decompressor(), b""
        for wanted in (b"All rights", *(b"number %d" % number for number in range(5))):
            while wanted not in seen:
                seen += unpack.process(answer.read1(65536))
            arrived.release()
        while piece := answer.read1(65536):
            seen += unpack.process(piece)
    assert not lost.is_set()
    assert seen.endswith(both.added("/live")[2])


def test_a_length_that_is_wrong_does_not_mix_up_the_next_answer(tmp_path: Path) -> None:
    """Kept-alive connections of an origin that sends too much: each reader still gets the page that was asked for."""

    def surplus(request: Request, line: Line) -> None:
        name = request.target[1:]
        line.send(sized(STORY.replace(b"Low water", name)) + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")

    with service(tmp_path, {f"/{number}": surplus for number in range(8)}) as (both, _):
        for number in range(8):
            answer = both.visitor().open(f"/{number}")
            assert f"<h1>{number}</h1>".encode() in opened(answer)
            assert b"evil" not in opened(answer)

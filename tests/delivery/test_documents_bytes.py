"""The negotiated answers' bytes and headers: codings, lengths, confirmations, hints, what a failing origin leaves."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from lightkeeper.cli.keys import make_throwaway

from .paper import is_light, printing
from .service import NAVIGATION, PUBLIC, SAVE_DATA, Service, page, service


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Service]:
    with printing(tmp_path) as running:
        yield running


def test_the_stored_light_edition_answers_for_a_dead_origin(paper: Service) -> None:
    """It says so, and of when it is; a page that was never read gets an honest notice."""
    assert is_light(paper.reader.get("/story", SAVE_DATA))
    paper.site.down = True
    for headers in (NAVIGATION, SAVE_DATA):
        answer = paper.reader.get("/story", headers)
        assert is_light(answer)
        assert b"copy saved on" in answer.body
        assert (answer.header("lightkeeper-edition") or "").startswith("light; reason=")
    unknown = paper.reader.get("/other", NAVIGATION)
    assert unknown.status == 502
    assert unknown.header("retry-after")
    assert b"not answering" in unknown.body


@pytest.mark.parametrize("status", [500, 502, 503])
def test_the_stored_light_edition_answers_for_a_failing_origin(paper: Service, status: int) -> None:
    """An error page of the origin's is worth less than the story."""
    paper.reader.get("/light/story", NAVIGATION)
    paper.site.put("/story", b"trouble", status=status)
    assert b"copy saved on" in paper.reader.get("/story", NAVIGATION).body
    assert b"copy saved on" in paper.reader.get("/light/story", NAVIGATION).body


# Bytes


@pytest.mark.parametrize(
    ("accepted", "coding"), [("br", "br"), ("gzip", "gzip"), ("gzip;q=0, br;q=0", None), ("", None)]
)
@pytest.mark.parametrize("headers", [NAVIGATION, SAVE_DATA])
def test_each_reader_gets_a_coding_that_it_takes(
    paper: Service, headers: dict[str, str], accepted: str, coding: str | None
) -> None:
    """Brotli, gzip or plain bytes, for both editions; a refusal by q=0 is a refusal."""
    answer = paper.reader.get("/story", headers | {"Accept-Encoding": accepted})
    assert answer.header("content-encoding") == coding
    opened = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding](answer.body)
    assert b"first boats went out" in opened


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_compressed_page_is_opened_and_compressed_again(paper: Service, coding: str) -> None:
    """The origin's coding does not keep the head and tail out."""
    packed = gzip.compress(page()) if coding == "gzip" else brotli.compress(page())
    paper.site.put("/packed", packed, Content_Encoding=coding)
    answer = paper.reader.get("/packed", NAVIGATION | {"Accept-Encoding": coding})
    opened = gzip.decompress(answer.body) if coding == "gzip" else brotli.decompress(answer.body)
    assert b"/light/packed" in opened
    assert b"first boats went out" in opened


def test_the_origin_is_asked_for_all_codings_that_the_reader_takes(paper: Service) -> None:
    """An origin that has only gzip sends its own error page, too, in gzip."""
    paper.reader.get("/nowhere", NAVIGATION | {"Accept-Encoding": "gzip, br, zstd"})
    assert paper.asked("/nowhere")[-1].header("accept-encoding") == "gzip, br"


def test_a_page_that_passes_untouched_keeps_its_length(paper: Service) -> None:
    """Opted out, empty, or in an encoding that we do not touch: as the origin framed it."""
    paper.site.put("/out", page(head='<meta name="lightkeeper" content="off">'))
    paper.site.put("/empty", b"")
    for path, length in (("/out", len(paper.site.pages["/out"][2])), ("/empty", 0)):
        assert paper.reader.get(path, NAVIGATION).header("content-length") == str(length)


@pytest.mark.parametrize("coding", ["zstd", "utf-8"])
def test_a_page_in_a_coding_that_we_cannot_open_passes_to_every_reader(paper: Service, coding: str) -> None:
    """Browsers may know it, or overlook it: nobody gets an error of ours in its place."""
    paper.site.put("/coded", page(), Content_Encoding=coding)
    for headers in (NAVIGATION, SAVE_DATA):
        answer = paper.reader.get("/coded", headers)
        assert (answer.status, answer.body, answer.header("content-encoding")) == (200, page(), coding)


def test_a_head_request_speaks_of_the_same_page(paper: Service) -> None:
    """The same headers as GET, without a body."""
    for headers in (NAVIGATION, SAVE_DATA):
        got, head = paper.reader.get("/story", headers), paper.reader.get("/story", headers, method="HEAD")
        assert head.body == b""
        for name in ("etag", "cache-control", "vary", "content-location", "lightkeeper-edition"):
            assert head.header(name) == got.header(name)


def test_light_links_stay_in_light(paper: Service) -> None:
    """A link within the text leads to the Light edition of that page."""
    paper.site.put("/linked", page(extra=f'<p>As told in <a href="{PUBLIC}/story">an earlier report</a> of ours.</p>'))
    assert b'href="/light/story"' in paper.reader.get("/light/linked", NAVIGATION).body.replace(
        b"href=/", b'href="/'
    ).replace(b"light/story>", b'light/story">')


def test_what_is_no_article_says_so(paper: Service) -> None:
    """A form has no Light edition: its Light address offers the full page, its own address serves it."""
    paper.site.put("/form", b"<!doctype html><title>Search</title><form><input name=q><button>Go</button></form>")
    notice = paper.reader.get("/light/form", NAVIGATION)
    assert notice.status == 404
    assert b"/_lk/choose?edition=full" in notice.body
    full = paper.reader.get("/form", SAVE_DATA)
    assert full.status == 200
    assert (full.header("lightkeeper-edition") or "").startswith("full; reason=")


# Saved reading


@pytest.mark.parametrize(("offline", "scripted"), [("ask", False), ("auto", True), ("off", False)])
def test_a_light_page_loads_a_script_only_where_the_operator_chose_so(
    tmp_path: Path, offline: str, scripted: bool
) -> None:
    """`auto` keeps stories unasked: one script of ours, allowed by the page's own policy; else no script at all."""
    make_throwaway(tmp_path / "keys", PUBLIC)
    with service(tmp_path, offline=offline) as running:
        running.site.put("/story", page())
        answer = running.reader.get("/light/story", NAVIGATION)
        assert (b"<script src=/_lk/keep.js data-language=en defer>" in answer.body) is scripted
        assert ("script-src 'self'" in (answer.header("content-security-policy") or "")) is scripted
        assert (b"/light/-/offline?language=en" in answer.body) is (offline != "off")


def test_without_keys_nothing_is_offered(tmp_path: Path) -> None:
    """Only what is signed can be kept; readers who have the worker keep it."""
    with service(tmp_path) as running:
        running.site.put("/story", page())
        assert b"/light/-/offline" not in running.reader.get("/light/story", NAVIGATION).body
        assert b'"fetch"' in running.reader.get("/_lk/sw.js").body


def test_hints_are_asked_for_where_browsers_give_them(tmp_path: Path) -> None:
    """A secure site's negotiated answers carry Accept-CH, both editions."""
    with service(tmp_path, public_url="https://www.paper.example") as running:
        running.site.put("/story", page())
        for headers in (NAVIGATION, SAVE_DATA):
            answer = running.reader.get("/story", headers)
            assert answer.header("accept-ch") == "ECT,RTT,Downlink"
            assert answer.header("critical-ch") is None


def test_hints_that_are_critical_are_asked_for_at_once(tmp_path: Path) -> None:
    """Only where that is configured, for it costs a round trip."""
    with service(tmp_path, public_url="https://www.paper.example", critical_hints=True) as running:
        running.site.put("/story", page())
        for headers in (NAVIGATION, SAVE_DATA):
            assert running.reader.get("/story", headers).header("critical-ch") == "ECT,RTT,Downlink"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_origins_address_is_mapped_in_the_headers_of_full_pages(paper: Service, method: str) -> None:
    """A page that we add to keeps what the proxy does to headers: links, cookies, and no hop-by-hop ones."""
    own = paper.origin.url
    paper.site.put("/linked", page(), Link=f"<{own}/feed>; rel=alternate", Set_Cookie="a=1; Domain=127.0.0.1; Path=/")
    answer = paper.reader.get("/linked", NAVIGATION, method)
    assert answer.header("link") == f"<{PUBLIC}/feed>; rel=alternate"
    assert answer.header("set-cookie") == "a=1; Path=/"
    assert answer.header("connection") is None


def test_a_page_that_nothing_can_be_added_to_is_private_all_the_same(paper: Service) -> None:
    """UTF-16 passes byte for byte; but its address also has a Light edition, so no cache may share it."""
    body = page().decode().replace("utf-8", "utf-16").encode("utf-16")
    paper.site.put("/wide", body, Content_Type="text/html; charset=utf-16", Cache_Control="max-age=600")
    answer = paper.reader.get("/wide", NAVIGATION)
    assert answer.body == body
    assert answer.header("cache-control") == "private, no-cache"
    assert is_light(paper.reader.get("/wide", SAVE_DATA))

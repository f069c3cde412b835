"""A static site behind nginx through Lightkeeper and directly, compared."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from ..delivery.service import page
from .doors import Doors, doors, edition, same, same_page
from .nginx import nginx
from .visitor import LIGHT, text

pytestmark = pytest.mark.origins

SITE = "http://www.paper.example"
WORDS = "آب دریا"
PACKED = {"Accept_Encoding": "gzip, br"}
RULES = """
location /moved/ { return 301 /news/low-water.html; }
location /gone/ { return 410; }
location /limited/ { return 429; }
location = /strict.html { add_header Content-Security-Policy "script-src 'self'; style-src 'self'" always; }
location /cached/ { expires 10m; add_header Cache-Control "public"; }
error_page 404 /missing.html;
"""


def files() -> dict[str, bytes]:
    persian = f"{WORDS} در شب عقب نشست و قایق‌ها روی شن ماندند، و هیچ کس در روستا چنین چیزی به یاد نداشت. " * 12
    head = '<html lang="fa"><head><meta charset="windows-1256"><title>جزر</title></head>'
    turned = f"{head}<body><article><h1>جزر</h1><p>{persian}"
    return {
        "index.html": page("Front"),
        "missing.html": page("Nothing here"),
        "strict.html": page("Strict"),
        "news/index.html": page("News"),
        "news/low-water.html": page("Low water"),
        "cached/tides.html": page("Tides"),
        "persian.html": turned.encode("cp1256", "xmlcharrefreplace"),
        "style.css": b"p { color: black }\n" * 200,
        "minutes.pdf": b"%PDF-1.7\n" + bytes(range(256)) * 4096,
        "closed/.keep": b"",
        "feed.rss": b"<rss></rss>",
        "empty.html": b"",
        "no-kind": b"<p>What kind of file this is, nobody says.</p>",
        "a b/%41.html": page("Odd name"),
    }


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    root = tmp_path_factory.mktemp("static")
    for name, body in files().items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(body)
    data: Path = tmp_path_factory.mktemp("data")
    with nginx(root, rules=RULES) as origin, doors(origin, SITE, data) as both:
        yield both


@pytest.mark.parametrize("path", ["/", "/news/low-water.html", "/news/", "/cached/tides.html", "/a%20b/%2541.html"])
@pytest.mark.parametrize("headers", [{}, PACKED])
def test_a_page_is_the_origins_with_our_parts(paper: Doors, path: str, headers: dict[str, str]) -> None:
    """Plain or packed by nginx, every byte of it arrives, with our parts."""
    direct, through = paper.insider().open(path, **headers), paper.visitor().open(path, **headers)
    same_page(direct, through, paper.added(path))


def test_a_page_under_a_strict_policy_is_watched_all_the_same(paper: Doors) -> None:
    """The policy lets our script pass by its hash, and nothing else that it did not allow before."""
    direct, through = paper.insider().open("/strict.html"), paper.visitor().open("/strict.html")
    policy = through.header("content-security-policy") or ""
    assert policy.startswith("script-src 'self' 'sha256-")
    assert "unsafe" not in policy
    less = [line for line in direct.headers if line[0] != "content-security-policy"]
    kept = [line for line in through.headers if line[0] != "content-security-policy"]
    same_page(
        type(direct)(direct.status, less, direct.body),
        type(through)(through.status, kept, through.body),
        paper.added("/strict.html"),
    )


@pytest.mark.parametrize(
    "path",
    [
        *("/style.css", "/minutes.pdf", "/feed.rss", "/no-kind", "/gone/"),
        *("/closed/", "/nothing", "/news/low-water.html/", "/%2e%2e/etc/passwd", "/nothing?x=%00"),
    ],
)
@pytest.mark.parametrize("headers", [{}, PACKED, LIGHT])
def test_everything_else_passes_untouched(paper: Doors, path: str, headers: dict[str, str]) -> None:
    """Other kinds, redirects within the site, refusals, nginx's own error pages."""
    same(paper.insider().open(path, **headers), paper.visitor().open(path, **headers))


@pytest.mark.parametrize("headers", [{}, PACKED, LIGHT])
def test_an_empty_page_stays_empty(paper: Doors, headers: dict[str, str]) -> None:
    """There is no page to add anything to; the address is a negotiated one all the same."""
    answer = paper.visitor().open("/empty.html", **headers)
    assert (answer.status, answer.body, answer.header("content-length")) == (200, b"", "0")
    assert answer.header("cache-control") == "private, no-cache"


def test_a_limit_on_requests_is_the_origins_to_set(paper: Doors) -> None:
    """429 as it is, with nginx's own page."""
    same(paper.insider().open("/limited/"), paper.visitor().open("/limited/"))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
def test_methods_are_refused_in_the_same_words(paper: Doors, method: str) -> None:
    """405 is the origin's to say."""
    direct = paper.insider().ask(method, "/news/low-water.html", body=b"x=1")
    same(direct, paper.visitor().ask(method, "/news/low-water.html", body=b"x=1"))


@pytest.mark.parametrize(
    ("wanted", "status"), [("bytes=0-99", 206), ("bytes=-10", 206), ("bytes=9-", 206), ("bytes=99999999-", 416)]
)
def test_ranges_are_the_origins(paper: Doors, wanted: str, status: int) -> None:
    """A part of a file, the end of it, and what is beyond it."""
    direct = paper.insider().ask("GET", "/minutes.pdf", headers={"Range": wanted})
    assert direct.status == status
    same(direct, paper.visitor().ask("GET", "/minutes.pdf", headers={"Range": wanted}))
    same(paper.insider().open("/minutes.pdf", Range=wanted), paper.visitor().open("/minutes.pdf", Range=wanted))


@pytest.mark.parametrize(("condition", "known"), [("If_None_Match", "etag"), ("If_Modified_Since", "last-modified")])
def test_an_unchanged_file_is_confirmed(paper: Doors, condition: str, known: str) -> None:
    """A browser that opens the same PDF again gets 304, not a megabyte."""
    value = paper.visitor().open("/minutes.pdf").header(known) or ""
    direct = paper.insider().open("/minutes.pdf", **{condition: value})
    assert direct.status == 304
    same(direct, paper.visitor().open("/minutes.pdf", **{condition: value}))


@pytest.mark.parametrize("headers", [{}, PACKED, LIGHT])
def test_an_unchanged_page_is_confirmed(paper: Doors, headers: dict[str, str]) -> None:
    """In both editions, by the tag that went out with each."""
    first = paper.visitor().open("/news/low-water.html", **headers)
    again = paper.visitor().open("/news/low-water.html", If_None_Match=first.header("etag") or "", **headers)
    assert (again.status, again.body, again.header("etag")) == (304, b"", first.header("etag"))


@pytest.mark.parametrize("path", ["/news/low-water.html", "/minutes.pdf", "/nothing"])
def test_a_head_request_is_answered_like_the_origin(paper: Doors, path: str) -> None:
    """Status and headers of the answer that a GET would bring."""
    same(paper.insider().ask("HEAD", path), paper.visitor().ask("HEAD", path))


@pytest.mark.parametrize(("path", "to"), [("/news", "/news/"), ("/moved/", "/news/low-water.html")])
def test_a_redirect_leads_to_the_public_address(paper: Doors, path: str, to: str) -> None:
    """nginx adds the port on which it listens to the host that readers use; no reader could go there."""
    direct, answer = paper.insider().open(path), paper.visitor().open(path)
    assert direct.status == answer.status == 301
    assert direct.header("location") == f"{SITE}:{paper.direct.port}{to}"
    assert answer.header("location") == f"{SITE}{to}"
    assert paper.visitor().follow(answer).status == 200


def test_a_page_has_a_light_edition(paper: Doors) -> None:
    """At its own address and at that of the full page."""
    for answer in (
        paper.visitor().open("/news/low-water.html", **LIGHT),
        paper.visitor().open("/light/news/low-water.html"),
    ):
        assert edition(answer) == "light"
        assert "first boats went out" in text(answer.body)


def test_a_page_in_an_old_encoding_stays_readable(paper: Doors) -> None:
    """What only the page itself says of its encoding is said in the header too, for our head pushes it down."""
    full = paper.visitor().open("/persian.html")
    assert full.header("content-type") == "text/html; charset=windows-1256"
    assert WORDS in unescape(full.body.decode("cp1256"))
    light = paper.visitor().open("/persian.html", **LIGHT)
    assert edition(light) == "light"
    assert WORDS in light.body.decode("utf-8")

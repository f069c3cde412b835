"""What the public reads of a real WordPress, through Lightkeeper and directly: nothing that worked stops working."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import doctor
from .doors import Doors, edition, same, same_page
from .press import RANDOM, SENTENCE, SITE, stored
from .visitor import LIGHT, NAVIGATION, text
from .wordpress import WordPress

pytestmark = pytest.mark.origins


@pytest.mark.parametrize("path", ["/", "/low-water/", "/about/", "/category/uncategorized/", "/author/editor/"])
def test_a_public_page_is_the_origins_with_our_parts(paper: Doors, path: str) -> None:
    """Posts, pages and lists: every byte of the theme's page, our head, banner and switch, once each."""
    through = paper.visitor().open(path)
    same_page(paper.insider().open(path), through, paper.added(path, "en-US"))
    assert edition(through) == "full"


def test_a_post_has_a_light_edition(paper: Doors) -> None:
    """The whole text, no theme, no script."""
    answer = paper.visitor().open("/low-water/", **LIGHT)
    assert edition(answer) == "light"
    assert text(answer.body).count(SENTENCE) == 5
    assert b"wp-content" not in answer.body
    assert b"<script src" not in answer.body


def test_the_front_page_has_a_light_edition(paper: Doors) -> None:
    """The latest stories as headlines, with links that stay in Light, and none of them as a story of its own."""
    answer = paper.visitor().open("/", **LIGHT)
    assert edition(answer) == "light"
    assert text(answer.body).count(SENTENCE) <= 6
    assert answer.body.count(b"<h2") >= 5
    for path in ("/low-water/", "/winter-lamp/", "/three-crates/"):
        assert f'"/light{path}"'.encode() in answer.body or f"=/light{path}".encode() in answer.body


def test_search_answers_the_question_that_was_asked(paper: Doors) -> None:
    """Each query has its own page, in full as in Light."""
    for path in ("/?s=lamp", "/?s=crates"):
        through = paper.visitor().open(path)
        same_page(paper.insider().open(path), through, paper.added(path, "en-US"))
    found = text(paper.visitor().open("/?s=lamp", **LIGHT).body)
    assert "The winter lamp" in found
    assert "Three crates" in text(paper.visitor().open("/?s=crates", **LIGHT).body)


@pytest.mark.parametrize(
    "path",
    [
        *("/low-water", "/?name=low-water", "/?page_id=2", "/index.php?p=1&name=low-water", "/low-wat", "/page/1/"),
        *(
            "/winter-lamp?utm_source=x",
            "/LOW-WATER",
            "/wp-admin",
            "/login",
            "/feed",
            "/?feed=rss2",
            "/category/uncategorized",
        ),
    ],
)
def test_redirects_to_the_canonical_address_are_the_origins(paper: Doors, path: str) -> None:
    """Same status, same Location, also for a reader who prefers Light."""
    direct = paper.insider().open(path.replace("?utm_source=x", ""))
    assert direct.status in (301, 302)
    same(direct, paper.visitor().open(path))
    same(direct, paper.visitor().open(path, **LIGHT))


def test_what_is_not_there_is_the_themes_own_page(paper: Doors) -> None:
    """404, untouched, for every reader."""
    direct = paper.insider().open("/nothing-here/")
    assert direct.status == 404
    same(direct, paper.visitor().open("/nothing-here/"))
    same(direct, paper.visitor().open("/nothing-here/", **LIGHT))


@pytest.mark.parametrize(
    "path",
    [
        *("/feed/", "/feed/atom/", "/comments/feed/", "/low-water/feed/", "/wp-sitemap.xml", "/robots.txt"),
        *("/wp-json/", "/wp-json/wp/v2/posts?_embed", "/wp-json/wp/v2/posts?search=lamp", "/wp-json/wp/v2/nothing"),
        *("/wp-json/oembed/1.0/embed?url=http%3A%2F%2Fwww.paper.example%2Flow-water%2F", "/xmlrpc.php?rsd"),
        *("/wp-includes/js/jquery/jquery.min.js", "/wp-includes/css/dist/block-library/style.min.css"),
        *("/wp-admin/images/wordpress-logo.svg", "/wp-json/wp/v2/users/me", "/xmlrpc.php"),
    ],
)
def test_feeds_and_interfaces_pass_byte_for_byte(paper: Doors, path: str) -> None:
    """Asked for by a program, by a browser, and by a browser that saves data."""
    direct = paper.insider().ask("GET", path, headers={"Accept": "*/*"})
    same(direct, paper.visitor().ask("GET", path, headers={"Accept": "*/*"}), RANDOM)
    for headers in ({}, LIGHT):
        same(paper.insider().open(path, **headers), paper.visitor().open(path, **headers), RANDOM)


@pytest.mark.parametrize("headers", [{"Accept": "*/*"}, NAVIGATION])
@pytest.mark.parametrize("condition", ["If-None-Match", "If-Modified-Since"])
def test_an_unchanged_feed_is_confirmed(paper: Doors, headers: dict[str, str], condition: str) -> None:
    """304 to a reader of feeds, and to a browser that opens the feed."""
    known = paper.insider().open("/feed/")
    value = known.header("etag" if condition == "If-None-Match" else "last-modified") or ""
    direct = paper.insider().ask("GET", "/feed/", headers=headers | {condition: value})
    assert direct.status == 304
    same(direct, paper.visitor().ask("GET", "/feed/", headers=headers | {condition: value}))


@pytest.mark.parametrize("path", ["/low-water/", "/feed/", "/nothing-here/", "/wp-json/wp/v2/posts"])
def test_a_head_request_is_answered_like_the_origin(paper: Doors, path: str) -> None:
    """Status and headers, no body."""
    direct = paper.insider().ask("HEAD", path, headers={"Accept": "*/*"})
    same(direct, paper.visitor().ask("HEAD", path, headers={"Accept": "*/*"}))


def test_a_remote_procedure_call_is_answered_like_the_origin(paper: Doors) -> None:
    """A POST with a body that is no form."""
    call = b"<?xml version='1.0'?><methodCall><methodName>demo.sayHello</methodName><params/></methodCall>"
    kind = {"Content-Type": "text/xml"}
    direct = paper.insider().ask("POST", "/xmlrpc.php", body=call, headers=kind)
    assert b"Hello!" in direct.body
    same(direct, paper.visitor().ask("POST", "/xmlrpc.php", body=call, headers=kind))


def test_doctor_says_of_it_what_the_readme_shows(press: WordPress) -> None:
    """Every line of the example, in its order, and its exit code."""
    told = doctor.said(press.address.url, "--public-url", SITE)
    as_here = [line.replace("WARN  https", "OK    https") for line in doctor.shape(told)]
    assert as_here == doctor.shape(doctor.examples()[1])


# Caching plug-ins


def test_a_page_from_a_cache_keeps_its_meaning(paper: Doors) -> None:
    """Packed by the plug-in, opened and packed again by us; what its headers promise holds for our bytes."""
    packed = {"Accept_Encoding": "gzip, br"}
    direct, through = paper.insider().open("/kept-tides/", **packed), paper.visitor().open("/kept-tides/", **packed)
    assert direct.header("content-encoding") == "gzip"
    assert through.header("content-encoding") == "br"
    same_page(direct, through, paper.added("/kept-tides/", "en-US"))
    assert through.header("cache-control") == "private, no-cache"
    assert "Cookie" in (through.header("vary") or "")
    assert not {"age", "expires", "last-modified"} & {name for name, _ in through.headers}


def test_a_page_from_a_cache_is_confirmed_when_unchanged(paper: Doors) -> None:
    """The tag that we gave leads to the plug-in's own 304."""
    first = paper.visitor().open("/kept-tides/")
    again = paper.visitor().open("/kept-tides/", If_None_Match=first.header("etag") or "")
    assert (again.status, again.body) == (304, b"")
    assert again.header("etag") == first.header("etag")


def test_a_page_from_a_cache_has_a_light_edition(paper: Doors, data: Path) -> None:
    """What anybody may keep, we may keep; the second time the origin only confirms it."""
    for _ in range(2):
        answer = paper.visitor().open("/kept-tides/", **LIGHT)
        assert edition(answer) == "light"
        assert SENTENCE in text(answer.body)
    assert stored(data, "/kept-tides/")


def test_a_page_that_nobody_may_keep_is_not_kept(paper: Doors, data: Path) -> None:
    """`no-store` stays on the full page, and there is no Light edition."""
    answer = paper.visitor().open("/members-minutes/", **LIGHT)
    assert answer.header("lightkeeper-edition") == "full; reason=private"
    assert answer.header("cache-control") == "private, no-cache, no-store"
    same_page(paper.insider().open("/members-minutes/"), answer, paper.added("/members-minutes/", "en-US"))
    assert not stored(data, "/members-minutes/")

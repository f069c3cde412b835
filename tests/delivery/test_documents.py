"""Which answers are negotiated, what is asked of the origin and kept of it, what readers choose."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .paper import is_injected, is_light, printing
from .service import NAVIGATION, PUBLIC, SAVE_DATA, Service, page


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Service]:
    with printing(tmp_path) as running:
        yield running


def test_a_navigation_gets_the_full_page_with_our_head_and_tail(paper: Service) -> None:
    """Unknown link: full, watched, and the answer says why."""
    answer = paper.reader.get("/story", NAVIGATION)
    assert is_injected(answer)
    assert answer.header("lightkeeper-edition") == "full; reason=unknown"


def test_save_data_gets_the_light_edition(paper: Service) -> None:
    """The same address, the same text, no script, nothing loaded."""
    answer = paper.reader.get("/story", SAVE_DATA)
    assert is_light(answer)
    assert answer.header("lightkeeper-edition") == "light; reason=save-data"
    assert "default-src 'none'" in (answer.header("content-security-policy") or "")


def test_a_slow_link_says_what_was_predicted(paper: Service) -> None:
    """Hints of a throttled link: Light, with the reason and the seconds."""
    answer = paper.reader.get("/story", NAVIGATION | {"RTT": "100", "Downlink": "0.05", "ECT": "4g"})
    assert is_light(answer)
    assert answer.header("lightkeeper-edition") == "light; reason=rate; predicted=44"


@pytest.mark.parametrize("headers", [NAVIGATION, SAVE_DATA])
def test_negotiated_answers_are_private_and_say_what_they_depend_on(paper: Service, headers: dict[str, str]) -> None:
    """Both editions: private, no-cache, the origin's Vary kept and ours merged, a tag and an address of their own."""
    answer = paper.reader.get("/story", headers)
    vary = {name.strip().lower() for name in (answer.header("vary") or "").split(",")}
    assert answer.header("cache-control") == "private, no-cache"
    assert {"accept-encoding", "cookie", "save-data", "ect", "rtt", "downlink"} <= vary
    assert answer.header("accept-ch") is None  # no browser sends hints to a site without TLS
    assert answer.header("etag")
    assert answer.header("last-modified") is None
    assert len(answer.all("cache-control")) == len(answer.all("vary")) == 1


def test_editions_have_tags_and_addresses_of_their_own(paper: Service) -> None:
    """A copy of one edition is never confirmed as the other."""
    full, light = paper.reader.get("/story", NAVIGATION), paper.reader.get("/story", SAVE_DATA)
    assert full.header("etag") != light.header("etag")
    assert full.header("content-location") == "/story?edition=full"
    assert light.header("content-location") == "/light/story"
    assert "accept-language" in (full.header("vary") or "").lower()
    crossed = paper.reader.get("/story", SAVE_DATA | {"If-None-Match": full.header("etag") or ""})
    assert crossed.status == 200


@pytest.mark.parametrize("headers", [NAVIGATION, SAVE_DATA])
def test_an_unchanged_page_is_confirmed(paper: Service, headers: dict[str, str]) -> None:
    """The tag that we gave comes back: 304, with no body."""
    tag = paper.reader.get("/story", headers).header("etag") or ""
    again = paper.reader.get("/story", headers | {"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    assert again.header("cache-control") == "private, no-cache"


def test_a_confirmation_names_the_tag_of_the_readers_copy(paper: Service) -> None:
    """nginx weakens the tag of what it compresses, and confirms it with the strong one."""
    paper.site.put("/weak", page(), ETag='W/"v1"')
    tag = paper.reader.get("/weak", NAVIGATION).header("etag") or ""
    paper.site.put("/weak", page(), ETag='"v1"')
    again = paper.reader.get("/weak", NAVIGATION | {"If-None-Match": tag})
    assert (again.status, again.header("etag")) == (304, tag)


@pytest.mark.parametrize("headers", [NAVIGATION, SAVE_DATA, NAVIGATION | {"Cookie": "wordpress_logged_in_1=a"}])
def test_an_unchanged_download_is_confirmed(paper: Service, headers: dict[str, str]) -> None:
    """What passes untouched keeps the origin's tags, and so do the conditions of a browser that opens it again."""
    paper.site.put(
        "/minutes.pdf", b"%PDF-1.7", Content_Type="application/pdf", ETag='"p1"', Cache_Control="max-age=600"
    )
    tag = paper.reader.get("/minutes.pdf", headers).header("etag") or ""
    asked = headers | {"If-None-Match": tag, "If-Modified-Since": "Tue, 05 Mar 2024 14:30:00 GMT"}
    again = paper.reader.get("/minutes.pdf", asked)
    assert (again.status, again.body, again.header("etag")) == (304, b"", '"p1"')
    assert again.header("cache-control") == "max-age=600"
    assert paper.asked("/minutes.pdf")[-1].header("if-modified-since") == "Tue, 05 Mar 2024 14:30:00 GMT"


def test_logging_in_does_not_confirm_the_page_of_before(paper: Service) -> None:
    """A page with our parts is ours to confirm, never the origin's page for who is logged in."""
    tag = paper.reader.get("/story", NAVIGATION).header("etag") or ""
    answer = paper.reader.get("/story", NAVIGATION | {"Cookie": "wordpress_logged_in_1=a", "If-None-Match": tag})
    assert answer.status == 200
    assert paper.asked("/story")[-1].header("if-none-match") is None


def test_explicit_addresses_are_public(paper: Service) -> None:
    """Anybody may keep what an address names; the origin's own caching holds for its full page."""
    full = paper.reader.get("/story?edition=full", NAVIGATION)
    light = paper.reader.get("/light/story", NAVIGATION)
    assert is_injected(full)
    assert is_light(light)
    assert full.header("cache-control") == "max-age=600"
    assert (light.header("cache-control") or "").startswith("public")
    assert light.header("x-robots-tag") == "noindex"
    assert paper.reader.get("/story", SAVE_DATA).header("x-robots-tag") is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "*/*"},
        NAVIGATION | {"Sec-Fetch-Dest": "iframe"},
        NAVIGATION | {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"},
        NAVIGATION | {"X-Requested-With": "XMLHttpRequest"},
        NAVIGATION | {"Range": "bytes=0-99"},
        NAVIGATION | {"Authorization": "Basic eDp5"},
        NAVIGATION | {"Cookie": "wordpress_logged_in_1=x"},
        NAVIGATION | {"Cookie": "a=b; PHPSESSID=x"},
    ],
)
def test_what_is_not_ours_passes_untouched(paper: Service, headers: dict[str, str]) -> None:
    """Scripts' requests, frames, fragments, ranges, sessions: the origin's bytes and headers, even with Save-Data."""
    answer = paper.reader.get("/story", headers | {"Save-Data": "on"})
    assert answer.body == page()
    assert answer.header("etag") == '"v1"'
    assert answer.header("cache-control") == "max-age=600"
    assert answer.header("lightkeeper-edition") is None


def test_a_post_passes_untouched(paper: Service) -> None:
    """A write is the origin's business, whatever it accepts."""
    assert paper.reader.ask("POST", "/story", body=b"x=1", headers=SAVE_DATA).body == page()


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        ("application/json", {}),
        ("text/html", {"Content_Disposition": 'attachment; filename="x.html"'}),
        ("application/pdf", {}),
        ("application/xhtml+xml", {}),
    ],
)
def test_downloads_and_other_kinds_pass_untouched(paper: Service, kind: str, headers: dict[str, str]) -> None:
    """Only 200 text/html that is shown in the window is a document."""
    paper.site.put("/file", page(), 200, Content_Type=kind, **headers)
    for sent in (NAVIGATION, SAVE_DATA):
        answer = paper.reader.get("/file", sent)
        assert answer.body == page()
        assert answer.header("content-type") == kind


@pytest.mark.parametrize("status", [201, 203, 404, 410, 418, 500])
def test_other_statuses_pass_untouched(paper: Service, status: int) -> None:
    """An error page is the origin's own."""
    paper.site.put("/x", page(), status=status)
    answer = paper.reader.get("/x", NAVIGATION)
    assert (answer.status, answer.body) == (status, page())


def test_a_page_opts_out_by_header(paper: Service) -> None:
    """Nothing is added, nothing stored, no Light edition; the header is the origin's to send."""
    paper.site.put("/out", page(), Lightkeeper="off", Cache_Control="max-age=5")
    for headers in (NAVIGATION, SAVE_DATA):
        answer = paper.reader.get("/out", headers)
        assert answer.body == page()
        assert answer.header("cache-control") == "max-age=5"
    assert paper.reader.get("/light/out", NAVIGATION).status == 404


def test_a_page_opts_out_by_meta(paper: Service) -> None:
    """The same by <meta name="lightkeeper" content="off">."""
    body = page(head='<meta name="lightkeeper" content="off">')
    paper.site.put("/out", body)
    for headers in (NAVIGATION, SAVE_DATA):
        assert paper.reader.get("/out", headers).body == body
    assert paper.reader.get("/light/out", NAVIGATION).status == 404


# What is asked of the origin, and what is kept


def test_what_is_stored_was_fetched_without_any_readers_headers(paper: Service) -> None:
    """The request for the store carries no cookie, no language, no address, no user agent of the reader's."""
    told = SAVE_DATA | {"Cookie": "id=7", "Accept-Language": "fa", "User-Agent": "Mine", "X-Forwarded-For": "9.9.9.9"}
    assert is_light(paper.reader.get("/story", told))
    (request,) = paper.asked("/story")
    assert [request.header(name) for name in ("cookie", "accept-language", "x-forwarded-for", "forwarded")] == [
        None
    ] * 4
    assert (request.header("user-agent") or "").startswith("Lightkeeper/")


@pytest.mark.parametrize("cache", ["private", "no-store", "max-age=5, private", 'private="x"'])
def test_private_pages_have_no_light_edition(paper: Service, cache: str) -> None:
    """What the origin marks as one person's is never kept; the reader gets the full page."""
    paper.site.put("/mine", page(), Cache_Control=cache)
    answer = paper.reader.get("/mine", SAVE_DATA)
    assert not is_light(answer)
    assert (answer.header("lightkeeper-edition") or "").startswith("full; reason=private")
    paper.site.down = True
    assert paper.reader.get("/mine", SAVE_DATA).status == 502


@pytest.mark.parametrize("query", ["preview=true", "p=1&preview_nonce=x", "token=abc", "access_token=x"])
def test_previews_and_token_addresses_are_not_kept(paper: Service, query: str) -> None:
    """They pass untouched, and are asked for with the reader's own headers only."""
    paper.site.put(f"/?{query}", page())
    assert paper.reader.get(f"/?{query}", SAVE_DATA | {"Cookie": "a=1"}).body == page()
    assert [request.header("cookie") for request in paper.asked(f"/?{query}")] == ["a=1"]
    assert paper.reader.get(f"/light/?{query}", NAVIGATION).header("location") == f"/?{query}"


def test_a_post_behind_a_password_has_no_light_edition(paper: Service) -> None:
    """The words around its form are no story; the form itself is on the full page."""
    form = '<form method="post"><input name="post_password" type="password"></form>'
    paper.site.put("/locked", page(extra=form))
    assert paper.reader.get("/locked", SAVE_DATA).header("lightkeeper-edition") == "full; reason=locked"
    assert paper.reader.get("/light/locked").status == 404


def test_a_paid_story_is_kept_no_further_than_its_teaser(paper: Service) -> None:
    """isAccessibleForFree: false; the rest of the text is in neither edition of ours nor in the store."""
    data = '{"@context":"https://schema.org","@type":"NewsArticle","isAccessibleForFree":false,"headline":"Paid",'
    data += '"hasPart":{"@type":"WebPageElement","isAccessibleForFree":false,"cssSelector":".paid"}}'
    body = page("Paid", head=f'<script type="application/ld+json">{data}</script>')
    body = body.replace(
        b"</article>", b'<div class="paid"><p>The secret of the crates is sold here.</p></div></article>'
    )
    paper.site.put("/paid", body)
    answer = paper.reader.get("/light/paid", NAVIGATION)
    assert b"secret of the crates" not in answer.body


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
def test_a_refusal_is_never_replaced_by_a_stored_edition(paper: Service, status: int) -> None:
    """Once the origin refuses, so do we, at every address, also when it is down afterwards."""
    assert is_light(paper.reader.get("/story", SAVE_DATA))
    paper.site.put("/story", b"refused", status=status)
    answer = paper.reader.get("/story", SAVE_DATA)
    assert (answer.status, answer.body) == (status, b"refused")
    assert not is_light(paper.reader.get("/light/story", NAVIGATION))
    paper.site.down = True
    assert paper.reader.get("/story", SAVE_DATA).status == 502


def test_query_strings_count(paper: Service) -> None:
    """?p=12 and ?p=13 are two stories."""
    paper.site.put("/?p=12", page("Twelve"))
    paper.site.put("/?p=13", page("Thirteen"))
    assert b"Twelve" in paper.reader.get("/?p=12", SAVE_DATA).body
    assert b"Thirteen" in paper.reader.get("/?p=13", SAVE_DATA).body
    assert b"Thirteen" in paper.reader.get("/light/?p=13", NAVIGATION).body


@pytest.mark.parametrize("headers", [NAVIGATION, SAVE_DATA])
def test_tracking_and_our_parameter_do_not_reach_the_origin(paper: Service, headers: dict[str, str]) -> None:
    """What follows readers around, and what is ours, stays here."""
    paper.site.put("/story?a=1", page())
    answer = paper.reader.get("/story?utm_source=x&a=1&fbclid=y&edition=full", headers)
    assert is_injected(answer)
    assert {request.target for request in paper.origin.requests} == {b"/story?a=1"}


def test_our_cookies_do_not_reach_the_origin(paper: Service) -> None:
    """A reader's choice is between them and us."""
    paper.reader.get("/story", NAVIGATION | {"Cookie": "a=1; lk-edition=full"})
    paper.reader.get("/data.json", {"Cookie": "lk-edition=full"})
    assert [request.header("cookie") for request in paper.origin.requests] == ["a=1", None]


# Choices


def test_a_choice_is_remembered_and_wins(paper: Service) -> None:
    """Light by cookie on a good link, full by cookie with Save-Data, the address above both."""
    chosen = paper.reader.get("/_lk/choose?edition=light&to=/story")
    assert (chosen.status, chosen.header("location")) == (303, "/light/story")
    cookie = (chosen.header("set-cookie") or "").partition(";")[0]
    assert cookie == "lk-edition=light"
    assert is_light(paper.reader.get("/story", NAVIGATION | {"Cookie": cookie}))
    assert is_injected(paper.reader.get("/story", SAVE_DATA | {"Cookie": "lk-edition=full"}))
    assert is_injected(paper.reader.get("/story?edition=full", NAVIGATION | {"Cookie": cookie}))


def test_automatic_forgets_the_choice(paper: Service) -> None:
    """The cookie is taken back."""
    answer = paper.reader.get("/_lk/choose?edition=auto&to=/story")
    assert answer.header("location") == "/story"
    assert "max-age=0" in (answer.header("set-cookie") or "").lower()


@pytest.mark.parametrize(
    "to", ["//evil.example/", "/\\evil.example", "https://evil.example/", "x", "/a%0d%0ab:c", "%2F%2Fevil"]
)
def test_a_choice_leads_nowhere_else(paper: Service, to: str) -> None:
    """Only to a path on this site; anything else is told so."""
    answer = paper.reader.get(f"/_lk/choose?edition=full&to={to}")
    assert answer.status == 400
    assert answer.header("set-cookie") is None


def test_a_redirect_takes_the_choice_along(paper: Service) -> None:
    """The origin's canonical address is opened in the edition that was asked for."""
    paper.site.put("/old", b"", status=301, Location=f"{PUBLIC}/story?a=1")
    assert paper.reader.get("/old?edition=full", NAVIGATION).header("location") == f"{PUBLIC}/story?a=1&edition=full"
    assert paper.reader.get("/old", NAVIGATION).header("location") == f"{PUBLIC}/story?a=1"
    assert paper.reader.get("/light/old", NAVIGATION).header("location") == "/light/story?a=1"

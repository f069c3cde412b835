"""Lists from the store: search in every spelling, sections, authors and tags, by day and in pages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import html

from lightkeeper.store import Store, Story, migrate

from ..store.tables import rows
from .service import Service, page, service

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FRAGMENT = (
    '<article dir="rtl" lang="fa"><header><p class="section">جهان</p><h1>کتاب‌های تازه</h1>'
    '<p class="byline">مریم كاظمي</p></header><div class="body"><p>در سال ۱۴۰۲ منتشر شد.</p></div>'
    '<footer><ul class="tags"><li>Sea &amp; Sky</li></ul></footer></article>'
)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Service]:
    """A service with 65 stories, one every five hours, the newest without links to the site."""

    async def fill() -> None:
        store = Store(tmp_path)
        for number in range(65):
            published = NOON - timedelta(hours=5 * number)
            story = Story(f"/fa/{number}", FRAGMENT, f"مطلب {number}", "", "جهان", "fa", published, NOON)
            await store.save(replace(story, fragment=FRAGMENT.replace("منتشر", f"منتشر {number}")))
        await store.close()

    migrate(tmp_path)
    asyncio.run(fill())
    with service(tmp_path) as found:
        yield found


def links(body: bytes, where: str = "//main") -> list[str]:
    return [str(href) for href in html.fromstring(body).xpath(f"{where}//a/@href")]


def test_search_needs_no_script_and_keeps_what_was_typed(running: Service) -> None:
    """Letters, half-space and digits of another keyboard; the form may only lead to this site; no cache keeps it."""
    answer = running.reader.get(f"/light/-/search?q={quote('كتابهاي 1402 مریم')}")
    assert answer.status == 200
    assert links(answer.body)[:2] == ["/light/fa/0", "/light/fa/1"]
    root = html.fromstring(answer.body)
    assert root.xpath("//form/@action") == ["/light/-/search"]
    assert root.xpath("//input[@name='q']/@value") == ["كتابهاي 1402 مریم"]
    assert root.get("dir") == "rtl"
    assert "form-action 'self'" in (answer.header("content-security-policy") or "")
    assert answer.header("cache-control") == "no-store"


def test_what_is_looked_for_reaches_neither_the_site_nor_the_log(
    running: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """Also where nothing is found, and where the words are no words."""
    with caplog.at_level(logging.DEBUG):
        for query in ("dangerousword", "%00%ff\"'<script>", "", "a" * 10_000, quote("AND OR NOT NEAR(*")):
            answer = running.reader.get(f"/light/-/search?q={query}")
            assert answer.status == 200
            assert html.fromstring(answer.body).xpath("//script") == []
    assert not [request for request in running.origin.requests if b"search" in request.target]
    ours = [record.getMessage() for record in caplog.records if record.name != "uvicorn.access"]  # `serve` has none
    assert not [line for line in ours if "dangerousword" in line]


def test_a_section_is_grouped_by_day_and_paged(running: Service) -> None:
    """Persian days as headings, thirty stories a page, with ways to the newer and the older ones."""
    first = running.reader.get(f"/light/-/section/{quote('جهان')}")
    days = html.fromstring(first.body).xpath("//section/h2/text()")
    assert days[:2] == ["۳ آذر ۱۴۰۵", "۲ آذر ۱۴۰۵"]
    assert len(links(first.body)) == 30
    assert links(first.body, "//nav") == ["?page=2", "/light/-/connection"]
    last = running.reader.get(f"/light/-/section/{quote('جهان')}?page=3")
    assert links(last.body)[-1] == "/light/fa/64"
    assert links(last.body, "//nav") == ["?page=2", "/light/-/connection"]


LATE = datetime(2026, 11, 24, 21, 15, tzinfo=UTC)
NO_ZONE = page(head='<meta property="article:published_time" content="2026-11-25T00:45:00">')


@pytest.mark.parametrize(
    ("setting", "stated", "days"),
    [
        ("", UTC, ["۳ آذر ۱۴۰۵"]),
        ("", timezone(timedelta(hours=3, minutes=30)), ["۴ آذر ۱۴۰۵", "۳ آذر ۱۴۰۵"]),
        ("Asia/Tehran", UTC, ["۴ آذر ۱۴۰۵", "۳ آذر ۱۴۰۵"]),
        ("America/New_York", timezone(timedelta(hours=3, minutes=30)), ["۳ آذر ۱۴۰۵"]),
    ],
)
def test_days_are_those_of_the_publication(tmp_path: Path, setting: str, stated: timezone, days: list[str]) -> None:
    """In the zone that its stories state, or in the setting's: what came out at 00:45 in Tehran is the new day's."""

    async def fill() -> None:
        store = Store(tmp_path)
        for name, published in (("late", LATE), ("early", LATE - timedelta(hours=1))):
            await store.save(Story(f"/fa/{name}", FRAGMENT, name, "", "جهان", "fa", published.astimezone(stated), NOON))
        await store.close()

    migrate(tmp_path)
    asyncio.run(fill())
    with service(tmp_path, timezone=setting) as running:
        for address in ("latest", f"section/{quote('جهان')}", f"search?q={quote('منتشر')}"):
            body = running.reader.get(f"/light/-/{address}").body
            assert html.fromstring(body).xpath("//section/h2/text()") == days
            assert links(body) == ["/light/fa/late", "/light/fa/early"]


@pytest.mark.parametrize(("setting", "day"), [("Asia/Tehran", "November 25, 2026"), ("", "November 25, 2026")])
def test_a_date_without_a_zone_is_the_publications(tmp_path: Path, setting: str, day: str) -> None:
    """As written on its clock, on the story's page and in lists."""
    with service(tmp_path, timezone=setting) as running:
        running.site.put("/a", NO_ZONE)
        assert f"{day}, 12:45" in html.fromstring(running.reader.get("/light/a").body).text_content()
        assert html.fromstring(running.reader.get("/light/-/latest").body).xpath("//section/h2/text()") == [day]
    assert rows(tmp_path, "select zone from stories") == [(210 if setting else 0,)]


def test_a_storys_own_page_is_dated_in_the_setting(tmp_path: Path) -> None:
    """A page that states UTC is shown on the publication's clock."""
    with service(tmp_path, timezone="Asia/Tehran") as running:
        running.site.put("/a", page(head='<meta property="article:published_time" content="2026-11-24T21:15:00Z">'))
        assert "November 25, 2026, 12:45" in html.fromstring(running.reader.get("/light/a").body).text_content()


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/light/-/author/" + quote("مریم-کاظمی"), "مریم كاظمي"),
        ("/light/-/author/" + quote("مريم كاظمي"), "مریم كاظمي"),
        ("/light/-/tag/sea-sky", "Sea & Sky"),
        ("/light/-/latest", "تازه‌ترین‌ها"),
        ("/light/" + quote("جهان"), "جهان"),
        ("/light/" + quote("جهان") + "/", "جهان"),
    ],
)
def test_every_label_has_its_list(running: Service, address: str, title: str) -> None:
    """Also a section at the address where the site has nothing."""
    answer = running.reader.get(address)
    assert answer.status == 200
    if title != "تازه‌ترین‌ها":
        assert html.fromstring(answer.body).findtext(".//h1") == title
    assert links(answer.body)[0] == "/light/fa/0"
    assert answer.header("x-robots-tag") == "noindex"


def test_a_story_links_to_the_lists_of_its_section_and_authors(tmp_path: Path) -> None:
    """However they are written; each link leads to a list that names the story."""
    authors = ("Ann O'Brien-Lee", "مریم كاظمي", "Zoë ﬁeld")
    head = '<meta property="article:section" content="Sea &amp; Sky / Ports?">' + "".join(
        f'<meta name="author" content="{name}">' for name in authors
    )
    with service(tmp_path) as running:
        running.site.put("/a", page("Low water", head=head))
        found = links(running.reader.get("/light/a").body, "//small")
        assert [href.split("/")[3] for href in found] == ["section", *["author"] * (len(found) - 1)]
        assert len(found) > 1
        for href in found:
            assert "/light/a" in links(running.reader.get(quote(href, safe="/%")).body)


def test_the_sites_own_section_wins(running: Service) -> None:
    """Where the site has a page at the address, that page is shown."""
    path = "/" + quote("جهان")
    running.site.put(path, page("A page of the site's own"))
    assert b"A page of the site" in running.reader.get("/light" + path).body


@pytest.mark.parametrize(
    "address", ["/light/-/section/none", "/light/-/author/%20", "/light/-/tag/a?page=9", "/light/none", "/light/-/x"]
)
def test_what_has_no_stories_is_missing(running: Service, address: str) -> None:
    """An honest 404."""
    assert running.reader.get(address).status == 404


def test_only_reading_is_allowed(running: Service) -> None:
    """A search is a GET; page numbers that are none mean the first page."""
    assert running.reader.ask("POST", "/light/-/search", body=b"q=x").status == 405
    assert links(running.reader.get("/light/-/latest?page=-1").body)[0] == "/light/fa/0"
    assert links(running.reader.get("/light/-/latest?page=%D9%A3").body)[0] == "/light/fa/0"

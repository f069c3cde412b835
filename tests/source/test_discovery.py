"""Lists of stories in every form: what they name is found, what is hostile lists nothing and harms nothing."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.source.discovery import Found, api_root, posts, read

HERE = "https://paper.example/list"
WHEN = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
RSS = b"""<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>P</title>
<item><title>A</title><link>https://paper.example/a?utm_source=rss</link>
<pubDate>Tue, 24 Nov 2026 08:30:00 GMT</pubDate></item>
<item><title>B</title><link>/b#top</link><atom:updated>2026-11-24T12:00:00+03:30</atom:updated></item>
<item><title>No link</title></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>P</title><entry><title>A</title>
<link rel="alternate" href="https://paper.example/a"/><published>2026-11-01T00:00:00Z</published>
<updated>2026-11-24T08:30:00Z</updated></entry></feed>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {"id": "1", "url": "https://paper.example/a", "date_modified": "2026-11-24T08:30:00Z"},
            {"id": "2"},
            7,
        ],
    }
).encode()
NEWS = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc> https://paper.example/a </loc><news:news>
<news:publication_date>2026-11-24T08:30:00Z</news:publication_date></news:news></url>
<url><lastmod>2026-11-24</lastmod></url></urlset>"""
POSTS = json.dumps(
    [
        {"link": "https://paper.example/a", "modified_gmt": "2026-11-24T08:30:00", "content": {"protected": False}},
        {"link": "https://paper.example/secret", "modified_gmt": "x", "content": {"protected": True}},
        "nonsense",
    ]
).encode()


@pytest.mark.parametrize(
    "body", [ATOM, JSON_FEED, NEWS, b"\xef\xbb\xbf" + NEWS, gzip.compress(NEWS), POSTS], ids=range(6)
)
def test_every_kind_of_list_names_its_stories(body: bytes) -> None:
    """One story each, with the time of its last change; what has no address is left out, a password's post too."""
    assert read(body, HERE).stories == (Found("https://paper.example/a", WHEN),)


def test_rss_in_the_wild() -> None:
    """Relative links, tracking, dates in two ways, an item without a link; and labelled as HTML."""
    found = read(RSS, HERE, content_type="text/html; charset=utf-8").stories
    assert found == (Found("https://paper.example/a", WHEN), Found("https://paper.example/b", WHEN))


def rss(items: str, encoding: str = "utf-8") -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><title>P</title>{items}</channel>'
    return f"{text}</rss>".encode(encoding)


def item(link: str, date: str = "") -> str:
    return f"<item><title>آب</title><link>{link}</link>{f'<pubDate>{date}</pubDate>' if date else ''}</item>"


A = "https://paper.example/a"
ODD = {
    "windows-1256": (rss(item(A), "windows-1256"), {A: None}),
    "utf-16": (rss(item(A), "utf-16"), {A: None}),
    "mislabelled": (rss(item(A), "windows-1256").replace(b"windows-1256", b"utf-8", 1), {A: None}),
    "no date": (rss(item(A)), {A: None}),
    "no date at all": (rss(item(A, "yesterday")), {A: None}),
    "a day": (rss(item(A, "2026-11-24")), {A: datetime(2026, 11, 24, tzinfo=UTC)}),
    "to come": (rss(item(A, "Tue, 24 Nov 2099 08:30:00 GMT")), {A: WHEN.replace(year=2099)}),
    "beyond all clocks": (rss(item(A, "Tue, 24 Nov 9999 08:30:00 GMT")), {A: None}),
    "twice": (
        rss(item(A, "Mon, 23 Nov 2026 08:30:00 GMT") + item(f"{A}?utm_source=x", f"{WHEN:%d %b %Y %T} GMT")),
        {A: WHEN},
    ),
    "relative": (
        rss(item("b/c") + item("?p=3") + item("//other.example/x")),
        {f"{HERE.removesuffix('list')}b/c": None, f"{HERE}?p=3": None, "https://other.example/x": None},
    ),
    "xml:base": (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://paper.example/blog/"><entry><link href="one"/>'
        b"</entry></feed>",
        {"https://paper.example/blog/one": None},
    ),
    "other links": (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="edit" href="https://paper.example/edit"/>'
        b'<link rel="enclosure" href="https://paper.example/a.mp3"/><link href="https://paper.example/a"/></entry></feed>',
        {A: None},
    ),
    "guid": (rss(f'<item><guid>{A}</guid></item><item><guid isPermaLink="false">x</guid></item>'), {A: None}),
    "bare ampersand": (rss(item(f"{A}?x=1&y=2")), {f"{A}?x=1&y=2": None}),
    "blanks before": (b"\n\n  " + rss(item(A)), {A: None}),
    "its picture first": (
        b'<urlset xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><image:image>'
        b"<image:loc>https://paper.example/i.jpg</image:loc></image:image><loc>https://paper.example/a</loc></url></urlset>",
        {A: None},
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_lists_are_read_as_they_were_meant(name: str) -> None:
    """Charsets, dates, relative and doubled addresses, addresses of other things."""
    body, expected = ODD[name]
    assert expected == {found.url: found.modified for found in read(body, HERE).stories}


def test_a_feed_without_end_gives_its_first_entries() -> None:
    """feedparser would take minutes for all of them."""
    found = read(rss("".join(item(f"/{number}") for number in range(2_500))), HERE).stories
    assert [story.url for story in found] == [f"https://paper.example/{number}" for number in range(2_000)]


def test_the_newest_sitemap_of_an_index_comes_last() -> None:
    """However the index orders them; one without a date counts as old."""
    rows = "".join(
        f"<sitemap><loc>/{name}.xml</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>"
        for name, day in (("new", "2026-11-24T00:00:00Z"), ("none", ""), ("old", "2020-01-01T00:00:00Z"))
    )
    assert [url.rpartition("/")[2] for url in read(f"<sitemapindex>{rows}</sitemapindex>".encode(), HERE).more] == [
        "none.xml",
        "old.xml",
        "new.xml",
    ]


def test_an_index_names_its_sitemaps() -> None:
    """They are lists, not stories."""
    body = NEWS.replace(b"urlset", b"sitemapindex").replace(b"url>", b"sitemap>")
    listing = read(body, HERE)
    assert (listing.stories, listing.more) == ((), ("https://paper.example/a",))


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", "https://x/ y", "data:,x", "https://[", "x" * 3000, "\x00"]
)
def test_only_addresses_are_listed(address: str) -> None:
    """Other schemes, blanks and what no address can be are left out."""
    body = json.dumps([{"link": address}]).encode()
    assert all(found.url.startswith("https://paper.example/") for found in read(body, HERE).stories)
    assert len(read(body, HERE).stories) <= 1


def test_entities_are_not_resolved() -> None:
    """Neither files nor a billion laughs come out of a sitemap or a feed."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY l0 "ha">{laughs}]>'
    for body in (
        f"{head}<urlset><url><loc>https://paper.example/&f;&l9;</loc></url></urlset>",
        f"{head}<rss><channel><item><link>https://paper.example/&f;&l9;</link></item></channel></rss>",
    ):
        assert all("root:" not in found.url and "haha" not in found.url for found in read(body.encode(), HERE).stories)


@settings(max_examples=150)
@given(st.data())
def test_hostile_lists_harm_nothing(data: st.DataObject) -> None:
    """Cut, doubled and overwritten lists give some stories or none, and never an error."""
    body = bytearray(data.draw(st.sampled_from([RSS, ATOM, JSON_FEED, NEWS, POSTS, gzip.compress(NEWS)])))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(body)))
        end = at + data.draw(st.integers(0, 40))
        body[at:end] = data.draw(st.one_of(st.binary(max_size=20), st.just(bytes(body[:at])[-60:]), st.just(b"")))
    listing = read(bytes(body), HERE)
    assert all(found.url.startswith(("http://", "https://")) for found in listing.stories)
    assert all(found.modified is None or found.modified.tzinfo for found in listing.stories)


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b"<a>" * 100_000, b"", b"null", b"{}", b'{"version": {}, "items": 1}']
)
def test_what_is_no_list_lists_nothing(body: bytes) -> None:
    """Depth, emptiness and other formats."""
    assert read(body, HERE).stories == ()


@pytest.mark.parametrize(
    ("link", "root"),
    [
        ('<https://paper.example/wp-json/>; rel="https://api.w.org/"', "https://paper.example/wp-json/"),
        (
            '</x>; rel=preload, <https://p/wp-json/>; rel="https://api.w.org/", </?p=1>; rel=shortlink',
            "https://p/wp-json/",
        ),
        ('<https://p/wp-json/wp/v2/posts/1>; rel="alternate"; type="application/json"', ""),
        ("", ""),
    ],
)
def test_wordpress_is_found_by_its_link(link: str, root: str) -> None:
    """Among other links, and not mistaken for one of them."""
    assert api_root(link) == root


def test_posts_are_asked_for_with_and_without_permalinks() -> None:
    """The query begins where the root has none yet."""
    assert posts("https://p/wp-json/").startswith("https://p/wp-json/wp/v2/posts?per_page=")
    assert posts("https://p/?rest_route=/", 3).startswith("https://p/?rest_route=/wp/v2/posts&per_page=")

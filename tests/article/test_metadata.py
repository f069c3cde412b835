"""What is known about a story beside its text, and which source wins."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from lightkeeper.article import extract
from lightkeeper.article.dates import moment
from lightkeeper.article.languages import direction, language
from lightkeeper.article.model import Article
from lightkeeper.article.spoken import date_in

from .pages import PROSE, URL, page


def story(head: str = "", body: str = PROSE, **options: str) -> Article:
    return extract(page(body, head, **options), URL)


def data(**fields: object) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Ferry leaves at dawn", **fields}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


@pytest.mark.parametrize("line", ["Ann Lee - The Post", "<a href='/x'>Ann Lee</a><span>The Post</span>", "Ann Lee"])
def test_a_byline_comes_without_the_site(line: str) -> None:
    """Nor is a name taken apart that ends like the site's."""
    head = '<meta property="og:site_name" content="{}">'
    markup = f'<p class="byline">{line}</p>{PROSE}'
    assert ("Ann Lee",) == story(head.format("The Post"), markup).bylines
    assert ("Ann Lee",) == story(head.format("Lee"), '<p class="byline">Ann Lee</p>' + PROSE).bylines


def test_the_title_comes_without_the_site() -> None:
    """A title element that names the site gives only the headline."""
    assert "Ferry leaves at dawn" == story().title


def test_json_ld_wins_over_meta_elements() -> None:
    """Author and date of the structured data count more than those of the head."""
    head = data(author=[{"name": "Ann Lee"}, {"name": "Bo Ek"}], datePublished="2026-03-01T08:00:00+03:30")
    found = story(head + '<meta name="author" content="Web desk"><meta name="date" content="2020-01-01">')
    assert ("Ann Lee", "Bo Ek") == found.bylines
    assert "2026-03-01T08:00:00+03:30" == (found.published.isoformat() if found.published else "")


def test_broken_json_ld_is_passed_over() -> None:
    """What cannot be read costs nothing but itself."""
    found = story(
        '<script type="application/ld+json">{"@type": "NewsArticle", </script><meta name="author" content="Cy Wu">'
    )
    assert ("Cy Wu",) == found.bylines


def test_a_shown_byline_is_read_where_nothing_else_says_it() -> None:
    """The label goes, and two names in one line are two people."""
    assert ("Ann Lee", "Bo Ek") == story(body='<p class="byline">By Ann Lee and Bo Ek</p>' + PROSE).bylines


@pytest.mark.parametrize(
    "line",
    [
        '<p class="byline">Ann Lee • 8h</p>',
        '<p class="byline">By Ann Lee, March 1, 2026</p>',
        "<p><i>Ann Lee, 01.03.2026</i></p>",
        '<div class="byline timestamp"><a><time datetime="2026-03-01">Sunday</time></a></div><i>Author: Ann Lee</i>',
        '<div id="author-info"><b>About</b> Lives in Hull, and writes of boats.</div><p class="byline">Ann Lee</p>',
        '<p class="byline">Ann Lee <span class="created">Sunday, 1 March 2026</span></p>',
        "<div><span>Author: Ann Lee</span><span>Sunday, 1 March 2026</span></div>",
        '<div class="info">2026-03-01 | Author: Ann Lee | <a href="#c">4</a></div>',
        '<span id="lblWriter">Ann Lee</span>',
    ],
)
def test_a_byline_is_the_name_alone(line: str) -> None:
    """Labels, dates and ages beside it are none of it, however the page marks the line."""
    assert ("Ann Lee",) == story(body=line + PROSE).bylines


@pytest.mark.parametrize("name", ["site-logo.png", "facebook-share.png", "fbico_ogp_600x600.png", "og-default.jpg"])
def test_the_card_of_the_site_is_no_lead_picture(name: str) -> None:
    """A picture whose name says that it shows the site says nothing about the story."""
    assert story(f'<meta property="og:image" content="/i/{name}">').lead is None
    assert story('<meta property="og:image" content="/i/ferry-at-dawn.jpg">').lead is not None


@pytest.mark.parametrize(
    "line", ["• This article was amended on 2 March. It was Friday.", "اصلاحیه: کشتی روز جمعه راه افتاد."]
)
def test_a_correction_is_known_by_its_first_words(line: str) -> None:
    """It leaves the text and stands on its own."""
    found = story(body=PROSE + f"<p>{line}</p>")
    assert line.lstrip("• ") == found.correction
    assert all(found.correction not in block.text() for block in found.body)


def test_what_the_page_offers_next_is_related() -> None:
    """Stories on the subject and the next story come apart from the text; a row of any others does not."""
    more = '<section class="more"><h2>More</h2><ul><li><a href="/a">A lock keeper and his cat</a></li></ul></section>'
    card = '<section class="next"><h2>Next</h2><h3><a href="/b">A bridge that nobody wanted</a></h3></section>'
    row = '<section class="next"><a href="/c">Whatever else there is</a><a href="/d">Something else again</a></section>'
    found = extract(page(PROSE).replace("</article>", more + "</article>" + card + row), URL)
    assert ["https://post.example/a", "https://post.example/b"] == [link.url for link in found.related]


def test_a_story_for_subscribers_keeps_its_teaser() -> None:
    """`isAccessibleForFree: false` marks the article, and its text beyond the teaser goes."""
    paid = story(data(isAccessibleForFree=False), PROSE * 6)
    assert "paywalled" == paid.access
    assert sum(len(block.text()) for block in paid.body) < 1_200


def test_the_part_named_as_paid_goes_and_the_rest_stays() -> None:
    """A publisher that says which part is paid for shows the rest to everybody."""
    parts = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paid"}
    paid = story(
        data(isAccessibleForFree=False, hasPart=parts),
        PROSE * 3 + '<div class="paid"><p>Secret lines for few.</p></div>',
    )
    assert "Secret" not in "".join(block.text() for block in paid.body)
    assert 9 == len(paid.body)


def test_a_page_that_was_cut_is_marked() -> None:
    """Without an end of document the article is `truncated`."""
    assert "truncated" == extract(page().split("<footer>")[0], URL).access


def test_tags_and_section_are_read_from_the_head() -> None:
    """Each tag once, in order."""
    found = story(
        '<meta property="article:section" content="Sea"><meta name="keywords" content="Ferry, Sea; Ferry, Quay">'
    )
    assert ("Sea", ("Ferry", "Sea", "Quay")) == (found.section, found.tags)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2026-03-01", datetime(2026, 3, 1)),
        ("2026-03-01T10:20:30Z", datetime(2026, 3, 1, 10, 20, 30, tzinfo=UTC)),
        ("2026-03-01 10:20", datetime(2026, 3, 1, 10, 20)),
        ("Sun, 01 Mar 2026 10:20:30 +0000", datetime(2026, 3, 1, 10, 20, 30, tzinfo=UTC)),
        ("March 1, 2026", datetime(2026, 3, 1)),
        ("2026-02-31", None),
        ("0000-00-00", None),
        ("soon", None),
    ],
)
def test_machine_dates_are_read_or_left(said: str, expected: datetime | None) -> None:
    """A zone stays where one was given; what is no date is none."""
    assert expected == moment(said)


@pytest.mark.parametrize(
    ("said", "tongue", "expected"),
    [
        ("27 يونيو 2026", "ar", "2026-06-27T00:00"),
        ("03.09.2008 | 14:25", "tr", "2008-09-03T14:25"),
        ("2009年06月18日 08:42", "zh", "2009-06-18T08:42"),
        ("12 июля 2007", "ru", "2007-07-12T00:00"),
        ("۲۰۲۶/۰۳/۰۱", "fa", "2026-03-01T00:00"),
    ],
)
def test_dates_in_words_are_read(said: str, tongue: str, expected: str) -> None:
    """The months of many languages, and digits of other scripts."""
    found = date_in(said, tongue)
    assert expected == (found.isoformat(timespec="minutes") if found else "")


@pytest.mark.parametrize(
    ("said", "text", "expected"),
    [
        (["FA_ir"], "خبر", "fa-IR"),
        (["en-US"], "این یک متن بلند فارسی است که پدیدار می‌شود و گفته می‌شود", "fa"),
        (["en"], "ئەمە دەقێکی کوردییە کە هەواڵێکی ڕۆژانەیە و بڵاو دەبێتەوە", "ckb"),
        (["zh-Hans-CN"], "新闻", "zh-Hans-CN"),
        (["xx"], "", ""),
    ],
)
def test_the_language_is_what_the_script_allows(said: list[str], text: str, expected: str) -> None:
    """A tag is believed unless the letters contradict it."""
    assert expected == language(said, text)


def test_direction_follows_the_letters_unless_the_page_says_rtl() -> None:
    """A left-to-right default over Persian text is not believed."""
    assert "rtl" == direction("متن فارسی", "en", ["ltr"])
    assert "rtl" == direction("Latin", "", ["rtl"])
    assert "ltr" == direction("Latin", "fa")

"""The Light page of an article: what it says, where its links lead, and what it never holds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lightkeeper.article.model import Element, Headline, Link, Picture
from lightkeeper.editions.light import render_article
from tests.editions.samples import BASE, a, article, context, hrefs, p, parsed, site, text_of

PAGE = render_article(article(), context())


def body(*blocks: Element, **changes: object) -> str:
    return render_article(article(body=blocks, lead=None, **changes), context())


def test_the_document_names_its_language_direction_and_title() -> None:
    root = parsed(PAGE)
    assert PAGE.startswith("<!doctype html><html lang=en-GB dir=ltr><meta charset=utf-8><title>")
    assert root.findtext(".//title") == "The ferry returns - The Lantern"


def test_the_opening_has_section_headline_deck_and_byline_in_this_order() -> None:
    texts = [" ".join(element.text_content().split()) for element in parsed(PAGE).xpath("//article/*")][:4]
    assert texts[:3] == ["Islands", "The ferry returns", "After nine years, a boat."]
    assert texts[3].startswith("By Ada North and Ines Vale")


def test_the_date_is_localised_and_keeps_the_articles_zone() -> None:
    (published, modified) = parsed(PAGE).xpath("//article//time")
    assert published.text_content() == "5 March 2024, 14:30"
    assert published.get("datetime") == "2024-03-05T14:30+03:30"
    assert modified.text_content() == "16:05"


def test_a_persian_page_is_persian_throughout() -> None:
    page = render_article(article(language="fa", direction="rtl"), context(language="fa"))
    assert "<html lang=fa dir=rtl>" in page
    assert "۱۵ اسفند ۱۴۰۲، ساعت ۱۴:۳۰" in text_of(page, "//article/small[2]")
    assert "۱ دقیقه" in text_of(page, "//article/small[2]")
    assert text_of(page, "//header") == "نسخهٔ سبک The Lanternصفحهٔ کامل"


def test_a_name_that_runs_the_other_way_is_isolated() -> None:
    page = render_article(
        article(language="fa", direction="rtl", bylines=("Ada North", "مهین")), context(language="fa")
    )
    assert [element.text for element in parsed(page).xpath("//article/small//bdi")] == ["Islands", "Ada North"]


def test_the_reading_time_is_said() -> None:
    page = body(p("word " * 714))
    assert text_of(page, "//article/small[2]").endswith("3 min read")


def test_the_lead_picture_is_text_with_a_link_and_is_not_loaded() -> None:
    assert text_of(PAGE, "//article/figure/a") == "Picture: A boat in fog"
    assert parsed(PAGE).xpath("//article/figure/a/@href") == ["/media/1.jpg"]
    (caption,) = parsed(PAGE).xpath("//figcaption")
    assert list(caption.itertext()) == ["The ferry at dawn.", "Photograph: Rosk Imre"]


def test_a_picture_without_words_is_still_offered() -> None:
    page = render_article(article(lead=Picture("https://cdn.example/x.jpg")), context())
    assert text_of(page, "//figure/a") == "See the picture"
    assert parsed(page).xpath("//figure/a/@href") == ["https://cdn.example/x.jpg"]


def test_a_description_that_the_caption_repeats_is_not_said_twice() -> None:
    page = render_article(article(lead=Picture("https://cdn.example/x.jpg", "A boat", "A boat at dawn")), context())
    assert text_of(page, "//figure") == "See the pictureA boat at dawn"


def test_figures_and_embeds_in_the_text_are_named_links() -> None:
    figure = Element(
        "figure",
        (),
        (
            a(f"{BASE}/media/2.jpg", "A quay", **{"class": "picture"}),
            Element("figcaption", (), ("The quay. ", Element("cite", (), ("Photograph: Noor",)))),
        ),
    )
    embed = p(a("https://video.example/v/1", "Film: the crossing", **{"class": "embed"}))
    nameless = p(a("https://video.example/v/2", **{"class": "embed"}))
    page = body(figure, embed, nameless)
    assert text_of(page, "//figure/a") == "Picture: A quay"
    assert text_of(page, "//figure/figcaption") == "The quay. Photograph: Noor"
    links = [(link.get("href"), link.text) for link in parsed(page).xpath("//article/p/a")]
    assert links == [
        ("https://video.example/v/1", "Film: the crossing"),
        ("https://video.example/v/2", "More at video.example"),
    ]


def test_a_table_scrolls_in_a_box_that_a_keyboard_reaches() -> None:
    cell = Element("th", (("colspan", "2"), ("scope", "col")), ("Loaf",))
    page = body(Element("table", (), (Element("tbody", (), (Element("tr", (), (cell,)),)),)))
    (box,) = parsed(page).xpath("//article/div")
    assert box.get("tabindex") == "0"
    assert dict(box.find("table/tbody/tr/th").attrib) == {"colspan": "2", "scope": "col"}


def test_poems_pull_quotes_footnotes_and_live_entries_keep_their_form() -> None:
    page = body(
        p("One line", Element("br"), "and the next", Element("sup", (), (a("#n1", "1", id="r1"),))),
        Element("aside", (), (p("A quote that stands out"),)),
        Element("section", (("id", "at-21"),), (Element("h3", (), ("21.30",)), p("We are going home"))),
        Element("section", (), (Element("ol", (), (Element("li", (("id", "n1"),), ("A note",)),)),)),
    )
    assert "One line<br>and the next<sup><a href=#n1 id=r1>1</a></sup>" in page
    assert text_of(page, "//aside") == "A quote that stands out"
    assert text_of(page, "//section[@id='at-21']/h3") == "21.30"
    assert text_of(page, "//section/ol/li[@id='n1']") == "A note"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        (f"{BASE}/news/other", "/light/news/other"),
        ("http://lantern.example/news/other", "/light/news/other"),
        (f"{BASE}/news/other?p=2&utm_source=x#end", "/light/news/other?p=2#end"),
        (f"{BASE}/news/ferry?p=1#note", "#note"),
        (f"{BASE}/light/news/other", "/light/news/other"),
        (f"{BASE}/files/report.pdf", "/files/report.pdf"),
        (f"{BASE}//elsewhere.example/x", f"{BASE}//elsewhere.example/x"),
        (f"{BASE}/\\elsewhere.example/x.pdf", "/%5Celsewhere.example/x.pdf"),
        ("https://other.example/a?b=c&d=e", "https://other.example/a?b=c&d=e"),
        ("mailto:desk@lantern.example", "mailto:desk@lantern.example"),
        ("tel:+123", "tel:+123"),
        ("#n1", "#n1"),
    ],
)
def test_links_inside_stay_in_light_and_others_stay_as_they_are(href: str, expected: str) -> None:
    assert hrefs(body(p(a(href, "link"))), "//article") == [expected]


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "//x.example", "x", "", "https://[", "a\nb:c"],
)
def test_what_is_no_web_address_is_text(href: str) -> None:
    page = body(p("before ", a(href, "link")))
    assert hrefs(page, "//article") == []
    assert text_of(page, "//article/p[last()]") == "before link"


def test_the_end_of_the_text_leads_on_and_names_each_story_once() -> None:
    page = render_article(
        article(related=(Link(f"{BASE}/news/next", "Also related"), Link(f"{BASE}/news/ferry?p=1", "This very story"))),
        context(),
    )
    headings = [element.text for element in parsed(page).xpath("//nav/h2")]
    assert headings == ["More on this", "Latest stories"]
    assert hrefs(page, "//nav") == ["/light/news/next", "/light/news/latest-1"]


def test_more_on_this_the_next_story_and_the_latest_have_headings() -> None:
    headings = [element.text for element in parsed(PAGE).xpath("//nav/h2")]
    assert headings == ["More on this", "Next story", "Latest stories"]
    assert hrefs(PAGE, "//nav") == [f"/light/news/{name}" for name in ("ferry-history", "next", "latest-1", "latest-2")]


def test_without_other_stories_there_is_no_empty_navigation() -> None:
    page = render_article(article(related=()), context(latest=(), next=None))
    assert parsed(page).xpath("//nav") == []


def test_the_reader_can_choose_the_full_page_always_light_or_automatic() -> None:
    chosen = {link.text: link.get("href") for link in parsed(PAGE).xpath("//footer/a")}
    assert chosen == {
        "Full page": "/_lk/choose?edition=full&to=/news/ferry%3Fp%3D1",
        "Always Light": "/_lk/choose?edition=light&to=/news/ferry%3Fp%3D1",
        "Choose for me": "/_lk/choose?edition=auto&to=/news/ferry%3Fp%3D1",
    }
    assert hrefs(PAGE, "//header") == ["/light/", "/_lk/choose?edition=full&to=/news/ferry%3Fp%3D1"]


def test_keep_for_offline_is_offered_where_there_is_such_a_page() -> None:
    page = render_article(article(), context(offline_url="/light/-/offline"))
    assert "Keep for offline" not in PAGE
    assert parsed(page).xpath("//footer/a[text()='Keep for offline']/@href") == ["/light/-/offline"]


def test_the_operators_block_is_cut_down_to_text_and_links() -> None:
    note = (
        '<p onclick="x()">Help <a href="https://lantern.example/donate" style="color:red">us</a>'
        '<script>alert(1)</script><img src=x onerror=y><a href="javascript:z">no</a></p><form action=/x><input></form>'
    )
    page = render_article(article(), context(note=note))
    (block,) = parsed(page).xpath("//footer/div")
    assert block.text_content() == "Help usno"
    assert [dict(element.attrib) for element in block.iter("a")] == [{"href": "https://lantern.example/donate"}, {}]
    assert {element.tag for element in block.iter()} == {"div", "p", "a"}


def test_a_correction_is_shown_with_its_name() -> None:
    page = render_article(article(correction="The boat has two decks."), context())
    assert text_of(page, "//article/p[@role='note']") == "Correction The boat has two decks."


@pytest.mark.parametrize(("access", "word"), [("paywalled", "subscribers"), ("truncated", "did not arrive whole")])
def test_a_text_that_is_not_whole_says_so(access: str, word: str) -> None:
    page = render_article(replace(article(), access=access), context())  # type: ignore[arg-type]
    assert word in text_of(page, "//article/p[@role='note']")


def test_a_saved_copy_says_so_before_the_text() -> None:
    page = render_article(article(), context(stale=datetime(2024, 3, 5, 20, 15, tzinfo=UTC)))
    said = text_of(page, "//main/p[@role='note'][following-sibling::article]")
    assert said == "The site is not answering right now. This is the copy saved on 5 March 2024, 20:15 UTC."


def test_canonical_and_shared_data_are_those_of_the_full_page() -> None:
    root = parsed(PAGE)
    assert root.xpath("//link[@rel='canonical']/@href") == [f"{BASE}/news/ferry?p=1"]
    shared = {meta.get("property"): meta.get("content") for meta in root.xpath("//meta[@property]")}
    assert shared == {
        "og:type": "article",
        "og:title": "The ferry returns",
        "og:description": "After nine years, a boat.",
        "og:image": f"{BASE}/media/1.jpg",
    }


def test_headline_data_is_kept_as_json_ld() -> None:
    (block,) = parsed(PAGE).xpath("//script")
    assert block.get("type") == "application/ld+json"
    assert json.loads(block.text) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "The ferry returns",
        "datePublished": "2024-03-05T14:30+03:30",
        "dateModified": "2024-03-05T16:05+03:30",
        "author": [{"@type": "Person", "name": "Ada North"}, {"@type": "Person", "name": "Ines Vale"}],
    }


def test_a_paywalled_story_says_so_to_search_engines() -> None:
    (block,) = parsed(render_article(article(access="paywalled"), context())).xpath("//script")
    assert json.loads(block.text)["isAccessibleForFree"] is False


def test_json_ld_cannot_end_its_element() -> None:
    title = "</script><script>alert(1)</script><!--"
    (block,) = parsed(render_article(article(title=title), context())).xpath("//script")
    assert json.loads(block.text)["headline"] == title


def test_search_engines_are_not_sent_away() -> None:
    """The same bytes answer at the negotiated address, which is to be listed; a header says noindex elsewhere."""
    assert parsed(PAGE).xpath("//meta[@name='robots']") == []


def test_nothing_is_loaded_and_nothing_runs() -> None:
    root = parsed(PAGE)
    assert root.xpath("//@src | //@srcset | //@style | //@background | //form | //iframe | //img | //object") == []
    assert root.xpath("//link[not(@rel='canonical')]") == []
    assert root.xpath("//script[not(@type='application/ld+json')]") == []
    assert "url(" not in PAGE
    assert "@import" not in PAGE


def test_addresses_of_readers_stay_here() -> None:
    assert parsed(PAGE).xpath("//meta[@name='referrer']/@content") == ["no-referrer"]


def test_landmarks_and_headings_are_in_order() -> None:
    root = parsed(PAGE)
    assert [element.tag for element in root.xpath("//body/*")] == ["header", "main", "nav", "footer"]
    assert [element.tag for element in root.xpath("//h1 | //h2")] == ["h1", "h2", "h2", "h2"]


def test_words_in_another_language_than_the_page_say_which() -> None:
    """A Pashto story on an English site: our own words are English, and marked so."""
    page = render_article(article(language="ps", direction="rtl"), context(language="en"))
    (footer,) = parsed(page).xpath("//footer")
    assert (footer.get("lang"), footer.get("dir")) == ("en", "ltr")
    assert "<html lang=ps dir=rtl>" in page


def test_an_article_of_another_site_links_to_itself_and_offers_no_choice() -> None:
    page = render_article(article(url="https://other.example/story"), context())
    assert hrefs(page, "//footer") == ["https://other.example/story"]


def test_an_article_with_only_title_and_text_is_a_whole_page() -> None:
    bare = article(
        deck="",
        bylines=(),
        section="",
        published=None,
        modified=None,
        language="",
        lead=None,
        related=(),
        url=f"{BASE}/x",
    )
    page = render_article(bare, context(latest=(), next=None))
    assert [element.tag for element in parsed(page).xpath("//article/*")] == ["h1", "small", "p"]
    assert text_of(page, "//article/small") == "1 min read"


def test_another_prefix_is_used_everywhere() -> None:
    page = render_article(article(), context(site=site(prefix="/text")))
    assert "/light/" not in page
    assert hrefs(page, "//nav")[0] == "/text/news/ferry-history"


def test_the_page_does_not_change_while_time_passes() -> None:
    """Only then may it be cached."""
    assert render_article(article(), context(now=datetime(2031, 1, 1, tzinfo=UTC))) == PAGE


def test_many_related_stories_leave_room_for_one_latest() -> None:
    related = tuple(Link(f"{BASE}/news/r{number}", f"R{number}") for number in range(3))
    page = render_article(article(related=related), context(next=Headline(f"{BASE}/n", "N")))
    assert hrefs(page, "//nav")[-2:] == ["/light/n", "/light/news/latest-1"]

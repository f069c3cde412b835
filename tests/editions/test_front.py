"""Fronts and notices as Light pages."""

from __future__ import annotations

from datetime import UTC, datetime

from lightkeeper.article.model import Headline, Link
from lightkeeper.editions.front import render_front
from lightkeeper.editions.notice import render_notice
from tests.editions.samples import BASE, context, front, hrefs, parsed, text_of

PAGE = render_front(front(), context())


def test_each_headline_leads_to_its_light_edition_in_the_pages_order() -> None:
    assert hrefs(PAGE, "//main") == ["/light/news/ferry", "/light/news/otters", "/light/news/bare"]
    assert [" ".join(h2.text_content().split()) for h2 in parsed(PAGE).xpath("//main/article/h2")] == [
        "The ferry returns",
        "Otters",
        "Only a title",
    ]


def test_a_headline_has_deck_section_and_date_as_far_as_known() -> None:
    assert text_of(PAGE, "//main/article[1]/p") == "A boat.News · 5 March 2024, 23:00 UTC"
    assert text_of(PAGE, "//main/article[2]/p") == "2 January 2023"  # the section is the front's own
    assert parsed(PAGE).xpath("//main/article[3]/p") == []
    assert parsed(PAGE).xpath("//main/article[2]//time/@datetime") == ["2023-01-02T00:00+00:00"]


def test_a_front_has_one_heading_its_choices_and_its_full_page() -> None:
    root = parsed(PAGE)
    assert [h1.text for h1 in root.xpath("//h1")] == ["Islands"]
    assert root.findtext(".//title") == "Islands - The Lantern"
    assert root.xpath("//link[@rel='canonical']/@href") == [f"{BASE}/islands/"]
    assert hrefs(PAGE, "//footer") == [
        f"/_lk/choose?edition={edition}&to=/islands/" for edition in ("full", "light", "auto")
    ]


def test_an_empty_front_says_so() -> None:
    page = render_front(front(headlines=()), context())
    assert text_of(page, "//main/p[@role='note']") == "There are no stories here yet."


def test_a_front_without_a_title_bears_the_publications_name() -> None:
    root = parsed(render_front(front(title=" "), context()))
    assert (root.findtext(".//h1"), root.findtext(".//title")) == ("The Lantern", "The Lantern")


def test_a_saved_front_says_so() -> None:
    page = render_front(front(), context(stale=datetime(2024, 3, 5, 8, tzinfo=UTC)))
    assert "copy saved on 5 March 2024" in text_of(page, "//main/p[@role='note']")


def test_a_persian_front_is_written_from_the_right() -> None:
    page = render_front(front(language="fa", direction="rtl"), context(language="fa"))
    assert "<html lang=fa dir=rtl>" in page
    assert "|" in text_of(page, "//main/article[1]//small")
    assert "·" not in text_of(page, "//main/article[1]//small")  # beside Persian digits it reads as a zero


def test_what_is_no_address_is_not_listed() -> None:
    page = render_front(front(headlines=(Headline("javascript:x", "No"), Headline(f"{BASE}/a", ""))), context())
    assert parsed(page).xpath("//main/article") == []
    assert "There are no stories here yet." in page


def test_a_notice_says_what_happened_and_what_can_be_done() -> None:
    page = render_notice("The site is not answering", "Please wait.", context(), (Link("/x?a=1&b=2", "Try again"),))
    assert text_of(page, "//main/h1") == "The site is not answering"
    assert text_of(page, "//main/p") == "Please wait."
    assert hrefs(page, "//main") == ["/x?a=1&b=2"]
    assert hrefs(page, "//header") == ["/light/"]
    assert parsed(page).xpath("//link[@rel='canonical']") == []
    assert parsed(page).xpath("//footer") == []


def test_a_notice_speaks_the_readers_language() -> None:
    page = render_notice("سایت جواب نمی‌دهد", "کمی بعد", context(language="fa-IR"))
    assert "<html lang=fa dir=rtl>" in page
    assert text_of(page, "//nav/h2") == "تازه‌ترین مطالب"

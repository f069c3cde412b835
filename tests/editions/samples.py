"""Articles and contexts that the tests of the Light edition share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from lxml import html

from lightkeeper.article.model import Article, Element, Front, Headline, Link, Picture
from lightkeeper.editions.light import LightContext
from lightkeeper.editions.site import Site

NOW = datetime(2024, 3, 6, 9, 0, tzinfo=UTC)
TEHRAN = timezone(timedelta(hours=3, minutes=30))
BASE = "https://lantern.example"


def site(**changes: Any) -> Site:
    return Site(**{"publication": "The Lantern", "url": BASE, **changes})


def context(**changes: Any) -> LightContext:
    given: dict[str, Any] = {
        "site": site(),
        "language": "en",
        "now": NOW,
        "latest": tuple(Headline(f"{BASE}/news/latest-{number}", f"Latest {number}") for number in range(1, 4)),
        "next": Headline(f"{BASE}/news/next", "The next one"),
    }
    return LightContext(**{**given, **changes})


def p(*children: Element | str) -> Element:
    return Element("p", (), children)


def a(href: str, *children: Element | str, **attributes: str) -> Element:
    return Element("a", tuple(sorted({"href": href, **attributes}.items())), children)


def article(**changes: Any) -> Article:
    given: dict[str, Any] = {
        "url": f"{BASE}/news/ferry?p=1",
        "title": "The ferry returns",
        "body": (p("The ferry came back on Tuesday."),),
        "deck": "After nine years, a boat.",
        "bylines": ("Ada North", "Ines Vale"),
        "section": "Islands",
        "published": datetime(2024, 3, 5, 14, 30, tzinfo=TEHRAN),
        "modified": datetime(2024, 3, 5, 16, 5, tzinfo=TEHRAN),
        "language": "en-GB",
        "lead": Picture(f"{BASE}/media/1.jpg", "A boat in fog", "The ferry at dawn.", "Photograph: Rosk Imre"),
        "related": (Link(f"{BASE}/news/ferry-history", "How the ferry was lost"),),
    }
    return Article(**{**given, **changes})


def front(**changes: Any) -> Front:
    given: dict[str, Any] = {
        "url": f"{BASE}/islands/",
        "title": "Islands",
        "headlines": (
            Headline(f"{BASE}/news/ferry", "The ferry returns", "A boat.", "News", NOW - timedelta(hours=10)),
            Headline(f"{BASE}/news/otters", "Otters", section="Islands", published=datetime(2023, 1, 2, tzinfo=UTC)),
            Headline(f"{BASE}/news/bare", "Only a title"),
        ),
        "language": "en-GB",
    }
    return Front(**{**given, **changes})


def parsed(page: str) -> html.HtmlElement:
    return html.document_fromstring(page)


def text_of(page: str, path: str) -> str:
    """The text of the one element at `path`, blanks collapsed."""
    (element,) = parsed(page).xpath(path)
    return " ".join(element.text_content().split())


def hrefs(page: str, path: str = "//body") -> list[str]:
    return [str(href) for href in parsed(page).xpath(f"{path}//a/@href")]

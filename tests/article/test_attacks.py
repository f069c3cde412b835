"""What is left of a hostile page, in fragment and Light page: elements, attributes and addresses of the vocabulary."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from lxml import etree

from lightkeeper.article import extract, fragment
from lightkeeper.article.model import Article, Link
from lightkeeper.article.vocabulary import ATTRIBUTES, LINK_CLASSES
from lightkeeper.editions.light import LightContext, render_article
from lightkeeper.editions.site import Site
from lightkeeper.errors import ArticleError

from ..attacks import cases as attacks
from ..attacks.cases import Case

CONTEXT = LightContext(Site("The Harbour Post", "http://127.0.0.1"), "en", datetime(2026, 3, 2, tzinfo=UTC))
CASES = attacks.cases()
_FRAME = {"article": {"dir", "lang"}, "header": set(), "h1": set(), "div": {"class"}, "footer": set()}
_CLASSED = ("p", "figure", "ul", "a")
_ADDED = {("div", ""), ("div", "tabindex"), ("p", "role")}  # the box of a table and a notice
_TEXTUAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# Vectors after which HTML itself, or libxml2's reading of it, has the rest of the page in an element that is no text,
# and pages that nest too deeply to be a story.
_LOST = {
    *("filter/script-nested", "mutation/math-style", "mutation/math-mglyph-nested", "mutation/select-keygen"),
    *("mutation/p-in-svg-in-p", "mutation/plaintext", "encoding/hz-gb-2312"),
    *("size/deep-div", "size/deep-emphasis", "size/deep-list", "size/deep-quote", "size/deep-table"),
    *("size/deep-mutation", "size/flattened-nesting", "size/many-unclosed"),
}


@dataclass
class Seen(HTMLParser):
    """What a tokenizer that is none of ours finds: elements, attributes, and the text of data blocks."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs))
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.strangers.append(data)

    def handle_decl(self, decl: str) -> None:
        self.strangers.append(decl)

    def handle_pi(self, data: str) -> None:
        self.strangers.append(data)

    def unknown_decl(self, data: str) -> None:
        self.strangers.append(data)


def _seen(html: str) -> Seen:
    seen = Seen()
    seen.feed(html)
    seen.close()
    return seen


@cache
def _article(case: Case) -> Article | None:
    try:
        return extract(case.page, attacks.ADDRESS, content_type=case.content_type)
    except ArticleError:
        return None


HONEST = _article(attacks.honest())
assert HONEST is not None
# The frame at its fullest: with what only some stories have.
_FULL = replace(HONEST, related=(Link("http://127.0.0.1/b", "More"),), correction="A word.", access="paywalled")
_HONEST_PAGE = _seen(render_article(_FULL, CONTEXT))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_page_leaves_nothing_but_the_vocabulary(case: Case) -> None:
    """The fragment is XML, and holds no element, attribute, class or scheme beyond its table."""
    article = _article(case)
    if article is None:
        return
    html = fragment.render(article)
    etree.fromstring(html.encode("utf-8"))
    assert not _TEXTUAL.search(html)
    seen = _seen(html)
    assert seen.strangers == []
    for tag, attributes in seen.elements:
        allowed = ATTRIBUTES.get(tag, frozenset()) | _FRAME.get(tag, set()) | ({"class"} if tag in _CLASSED else set())
        assert tag in ATTRIBUTES or tag in _FRAME
        assert set(attributes) <= allowed
        _assert_harmless(attributes)
        if tag == "a":
            assert attributes.get("class", "picture") in LINK_CLASSES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_story_makes_no_other_light_page_than_an_honest_one(case: Case) -> None:
    """The Light page has the frame of an honest story's, and in it only the vocabulary; its data block stays whole."""
    article = _article(case)
    if article is None:
        return
    html = render_article(article, CONTEXT)
    assert not _TEXTUAL.search(html)
    seen = _seen(html)
    frame = {(tag, name) for tag, attributes in _HONEST_PAGE.elements for name in ("", *attributes)}
    vocabulary = {(tag, name) for tag, names in ATTRIBUTES.items() for name in ("", *names)} | _ADDED
    assert seen.strangers == _HONEST_PAGE.strangers
    for tag, attributes in seen.elements:
        assert {(tag, name) for name in ("", *attributes)} <= frame | vocabulary
        if (tag, attributes) not in _HONEST_PAGE.elements:
            _assert_harmless(attributes)
    for tag in ("script", "style", "link", "base", "iframe", "form"):
        assert _count(seen, tag) == _count(_HONEST_PAGE, tag)
    assert [a["type"] for tag, a in seen.elements if tag == "script"] == ["application/ld+json"]
    data = next(json.loads(text) for text in seen.texts if text.startswith('{"@context"'))
    assert data["headline"] == article.title


def _count(seen: Seen, tag: str) -> int:
    return sum(1 for name, _ in seen.elements if name == tag)


def _assert_harmless(attributes: dict[str, str]) -> None:
    for name, value in attributes.items():
        assert not name.startswith("on")
        assert name not in ("style", "srcset", "background", "ping", "formaction", "srcdoc", "poster")
        if name in ("href", "src", "action", "cite", "data", "xlink:href"):
            assert urlsplit(value).scheme in ("http", "https", "mailto", "tel", "")
            assert not re.search(r"[\x00-\x20\u2028\u2029]", value)


def test_a_hostile_page_does_not_cost_the_reader_the_story() -> None:
    """Both ends of the text survive every vector but those that swallow the page in a browser's own parser or ours."""
    assert {case.name for case in CASES if not _told(case)} <= _LOST


def _told(case: Case) -> bool:
    article = _article(case)
    text = " ".join(block.text() for block in article.body) if article else ""
    return "low water when the ferry" in text and "the tide had turned" in text


def test_there_are_enough_vectors_to_mean_something() -> None:
    """At least 150, each with a name of its own."""
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
    assert len(names) >= 150

"""What a page says about itself for machines: JSON-LD, microdata and meta tags, read into plain values."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from .tree import Source, elements, squash, terms, text_of

_ARTICLE = re.compile(
    r"\w*Article|\w*BlogPosting|SocialMediaPosting|DiscussionForumPosting|Report|Review|CriticReview|Recipe|HowTo|MedicalWebPage"
)
_LIST = frozenset({"CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage", "AboutPage", "ContactPage"})
_NOISE = re.compile(
    r"^\s*(?:<!--|/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_TAG = re.compile(r"<[^<>]{1,300}>")

Node = dict[str, Any]


def nodes(source: Source) -> list[Node]:
    """Every JSON-LD object of the page that has a type, in order."""
    return [node for text in source.linked for node in _walk(_load(text), 0)]


def _load(text: str) -> object:
    text = _NOISE.sub("", text.strip()).strip().rstrip(";")
    for candidate in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: object, depth: int) -> Iterator[Node]:
    if depth > 6:
        return
    if isinstance(value, list):
        for item in value[:200]:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        if types(value):
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "itemListElement", "item"):
            if key in value:
                yield from _walk(value[key], depth + 1)


def types(node: Node) -> tuple[str, ...]:
    value = node.get("@type")
    found = value if isinstance(value, list) else [value]
    return tuple(str(name).rsplit("/", 1)[-1] for name in found if isinstance(name, str))


def is_article(node: Node) -> bool:
    return any(_ARTICLE.fullmatch(name) for name in types(node))


def is_list(node: Node) -> bool:
    return any(name in _LIST for name in types(node))


def story(source: Source) -> Node:
    """The object that describes the story: of several, one that names this page or the first with a headline."""
    found = [node for node in nodes(source) if is_article(node)]
    here = [node for node in found if _names(node, source.url)]
    headed = [node for node in found if node.get("headline") or node.get("name")]
    best = here or headed or found
    return best[0] if best else {}


def _names(node: Node, url: str) -> bool:
    page = node.get("mainEntityOfPage")
    said = [node.get("url"), node.get("@id"), page.get("@id") if isinstance(page, dict) else page]
    return any(isinstance(value, str) and value.split("#")[0].rstrip("/") == url.rstrip("/") for value in said if value)


def words(value: object) -> str:
    """A JSON-LD value as one line of plain text: entities and stray tags resolved, the first of several."""
    if isinstance(value, list):
        return next((found for item in value if (found := words(item))), "")
    if isinstance(value, dict):
        return words(value.get("name") or value.get("@value") or value.get("headline") or "")
    if not isinstance(value, str):
        return ""
    return plain(value)


def plain(value: str) -> str:
    """One line of text from a value that may carry entities or markup."""
    text = html.unescape(html.unescape(value)) if "&" in value else value
    return squash(_TAG.sub(" ", text) if "<" in text else text)


def several(value: object) -> list[str]:
    """Each of one or several values in words."""
    found = [words(item) for item in (value if isinstance(value, list) else [value])]
    return [word for word in found if word]


def metas(source: Source) -> dict[str, list[str]]:
    """name, property or itemprop (lower case, with colons for dots) -> what the page's meta elements say, in order."""
    found: dict[str, list[str]] = {}
    properties: dict[str, list[str]] = {}
    for element in source.root.iter("meta"):
        content = plain(element.get("content") or "")
        if content:
            said = f"{element.get('name') or ''} {element.get('itemprop') or ''}"
            for name in said.lower().replace(".", ":").split():
                found.setdefault(name, []).append(content)
            for name in (element.get("property") or "").lower().replace(".", ":").split():
                properties.setdefault(name, []).append(content)
    return found | properties  # where both spellings are there, editors mean the one with `property`


def microdata(source: Source) -> dict[str, list[str]]:
    """itemprop (or RDFa property) -> values that stand in the page's text, outside of nested items' own names."""
    found: dict[str, list[str]] = {}
    for element in elements(source.root):
        said = element.get("itemprop")
        if said and element.tag != "meta":
            value = element.get("content") or element.get("datetime") or _name_in(element)
            for name in said.lower().split():
                if name in _WANTED:
                    found.setdefault(name, []).append(value or text_of(element))
    return found


def _name_in(element: HtmlElement) -> str:
    """The name of a person or organisation that an item holds."""
    inner = (found for found in element.iter() if found is not element and found.get("itemprop") == "name")
    return next((text for found in inner if (text := text_of(found))), "")


_WANTED = frozenset(
    terms(
        "headline alternativeheadline description author creator datepublished datecreated datemodified "
        "articlesection keywords isaccessibleforfree inlanguage"
    )
)

"""The headline without the name of the site, and the name of the site."""

from __future__ import annotations

import re

from .linked import Node, nodes, types, words
from .scripts import extent
from .tree import Source, text_of

_SEPARATOR = re.compile(r"\s+[|\-–—/>»·•‹›«:]+\s+|\s*[||]\s*|\s+::\s+|_(?=[^_]+$)")
_PARTS = re.compile(rf"{_SEPARATOR.pattern}|\s+@\s+")
_LETTERS = re.compile(r"[\W_]+")
_METAS = (
    "dc:title",
    "dcterm:title",
    "dcterms:title",
    "og:title",
    "parsely-title",
    "twitter:title",
    "weibo:article:title",
    "title",
)


def site_name(source: Source, metas: dict[str, list[str]], node: Node) -> str:
    """Open Graph, then the publisher in JSON-LD, then its web site, then the application's name."""
    publisher = words(node.get("publisher"))
    site = next((words(found.get("name")) for found in nodes(source) if "WebSite" in types(found)), "")
    app = next(iter(metas.get("application-name", []) or metas.get("apple-mobile-web-app-title", [])), "")
    return next(iter(metas.get("og:site_name", [])), "") or publisher or site or app


def title(source: Source, metas: dict[str, list[str]], node: Node, site: str) -> str:
    """The headline as readers see it: what JSON-LD says where the page shows it too, then meta, h1, title element."""
    whole = _title_element(source)
    heads = [text for found in source.root.iter("h1") if (text := text_of(found))]
    said = [words(node.get("headline")), words(node.get("name"))]
    shown = [value for value in said if value and (not whole or overlap(value, whole) or value in heads)]
    said = shown[:1] + [value for name in _METAS for value in metas.get(name, [])[:1]]
    for value in said:
        value = _shown_part(source, value, site) or without_site(value, site)
        if extent(value) > 3 and not _same(value, site):
            return value
    return _from_page(source, whole, heads, site)


def _from_page(source: Source, whole: str, heads: list[str], site: str) -> str:
    if named := _shown_part(source, whole, site):
        return named
    plain = without_site(whole, site)
    fitting = [head for head in heads if extent(head) > 3 and not _same(head, site)]
    if len(fitting) == 1 and (not plain or (overlap(fitting[0], whole) and len(fitting[0]) <= len(whole))):
        return fitting[0]
    return plain or next(iter(heads), "") or whole


def _shown_part(source: Source, value: str, site: str) -> str:
    """The longest part of a title that the page shows as a heading: `Two days in Jianshi @ My blog :: Portal`."""
    parts = [part.strip() for part in _PARTS.split(value)]
    if len(parts) < 2:
        return ""
    shown = {text_of(found) for found in source.root.iter("h1", "h2", "h3", "h4")}
    return max(
        (part for part in parts if extent(part) > 8 and part in shown and not _same(part, site)), key=len, default=""
    )


def _title_element(source: Source) -> str:
    for found in source.root.iter("title"):
        parent = found.getparent()
        if parent is None or parent.tag != "svg":
            return text_of(found)
    return ""


def without_site(text: str, site: str) -> str:
    """`text` less a last or first part that names the site: `Storm hits coast | The Gazette` -> `Storm hits coast`."""
    cuts = list(_SEPARATOR.finditer(text))
    if not cuts:
        return text
    first, rest = text[: cuts[0].start()].strip(), text[cuts[0].end() :].strip()
    for cut in cuts:
        head, tail = text[: cut.start()].strip(), text[cut.end() :].strip()
        if site and head and _same(tail, site):
            return head
    if site and rest and _same(first, site):
        return rest
    head, tail = text[: cuts[-1].start()].strip(), text[cuts[-1].end() :].strip()
    if not site and len(tail) <= 30 and len(tail.split()) <= 4 and extent(head) > 2 * extent(tail):
        return without_site(head, "") if len(cuts) > 1 and "|" in cuts[-1].group() else head
    return text


def _same(one: str, other: str) -> bool:
    one, other = _LETTERS.sub("", one).lower(), _LETTERS.sub("", other).lower()
    if not one or not other:
        return False
    return one == other or (min(len(one), len(other)) > 4 and (one.startswith(other) or other.startswith(one)))


def overlap(one: str, other: str) -> bool:
    """Whether most words of the shorter stand in the other; scripts without spaces are compared as a whole."""
    first, second = _LETTERS.sub("", one).lower(), _LETTERS.sub("", other).lower()
    if first in second or second in first:
        return True
    wanted, there = set(one.lower().split()), set(other.lower().split())
    return len(wanted & there) >= 0.6 * min(len(wanted), len(there))

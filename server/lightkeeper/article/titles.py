"""The headline without the name of the site, and the name of the site."""

from __future__ import annotations

import re

from .linked import Node, nodes, types, words
from .tree import Source, text_of

_SEPARATOR = re.compile(r"\s+[|\-–—/>»·•:‹›«::]+\s+|\s*[||]\s*|\s+::\s+")
_LETTERS = re.compile(r"[\W_]+")


def site_name(source: Source, metas: dict[str, list[str]], node: Node) -> str:
    """Open Graph, then the publisher in JSON-LD, then its web site, then the application's name."""
    publisher = words(node.get("publisher"))
    site = next((words(found.get("name")) for found in nodes(source) if "WebSite" in types(found)), "")
    app = next(iter(metas.get("application-name", []) or metas.get("apple-mobile-web-app-title", [])), "")
    return next(iter(metas.get("og:site_name", [])), "") or publisher or site or app


def title(source: Source, metas: dict[str, list[str]], node: Node, site: str) -> str:
    """The headline as readers see it."""
    element = next((found for found in source.root.iter("title") if found.getparent().tag != "svg"), None)
    whole = text_of(element) if element is not None else ""
    heads = [text for found in source.root.iter("h1") if (text := text_of(found))]
    said = [words(node.get("headline")), *metas.get("og:title", [])[:1], *metas.get("twitter:title", [])[:1]]
    said = [without_site(value, site) for value in said if value]
    plain = without_site(whole, site)
    for value in said:
        if len(value) > 3 and not _same(value, site):
            return value
    if len(heads) == 1 and len(heads[0]) > 3 and not _same(heads[0], site) and (not plain or _shares(heads[0], whole)):
        return heads[0]
    return plain or next(iter(heads), "") or whole


def without_site(text: str, site: str) -> str:
    """`text` less a last or first part that names the site: `Storm hits coast | The Gazette` -> `Storm hits coast`."""
    cuts = list(_SEPARATOR.finditer(text))
    if not cuts:
        return text
    head, tail = text[: cuts[-1].start()].strip(), text[cuts[-1].end() :].strip()
    first, rest = text[: cuts[0].start()].strip(), text[cuts[0].end() :].strip()
    if site and _same(tail, site) and head:
        return without_site(head, "") if len(cuts) > 1 and _same(head.split()[-1], site) else head
    if site and _same(first, site) and rest:
        return rest
    if not site and len(tail.split()) <= 4 < len(head.split()):
        return head
    return text


def _same(one: str, other: str) -> bool:
    one, other = _LETTERS.sub("", one).lower(), _LETTERS.sub("", other).lower()
    if not one or not other:
        return False
    return one == other or (min(len(one), len(other)) > 4 and (one in other or other in one))


def _shares(one: str, other: str) -> bool:
    wanted, there = set(one.lower().split()), set(other.lower().split())
    return len(wanted & there) >= 0.5 * len(wanted)

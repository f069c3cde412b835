"""Anchors within a story: which links lead to a place in it, and the names that its places have in the fragment."""

from __future__ import annotations

import re
from urllib.parse import unquote, urldefrag

from lxml.html import HtmlElement

from .tree import Source


def anchor(name: str) -> str:
    """The fragment's own name for an anchor of the page: it can never be taken for a name of the document."""
    return "n-" + re.sub(r"[^\w.-]+", "-", unquote(name))[:80]


def targets(root: HtmlElement, source: Source) -> set[str]:
    """The ids that links within the story point at."""
    return {target for link in root.iter("a") if (target := local(link.get("href") or "", source))}


def local(href: str, source: Source) -> str:
    href = href.strip()
    if href.startswith("#"):
        return href[1:]
    if "#" in href:
        address, name = urldefrag(source.absolute(href))
        return name if address == urldefrag(source.url)[0] else ""
    return ""

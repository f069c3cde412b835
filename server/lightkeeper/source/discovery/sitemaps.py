"""Sitemaps (sitemaps.org), news sitemaps among them, and their indexes. Nothing that they refer to is loaded."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime

from lxml import etree

from .listing import MOST, Found, moment

_UNDATED = datetime(1, 1, 1, tzinfo=UTC)
_LARGEST = 60_000_000  # sitemaps.org: 50 MB


def read(body: bytes) -> tuple[list[Found], list[str]]:
    """The stories of a sitemap and the sitemaps of an index, the newest last; nothing where it is neither."""
    root = _root(_unpacked(body))
    name = _name(root) if root is not None else ""
    if root is None or name not in ("urlset", "sitemapindex"):
        return [], []
    rows = [row for child in root[:MOST] if (row := _row(child))]
    if name == "urlset":
        return rows, []
    return [], [row.url for row in sorted(rows, key=lambda row: row.modified or _UNDATED)]


def _row(element: etree._Element) -> Found | None:
    """Pictures and videos inside have addresses of their own: only the news extension's date is taken from there."""
    texts: dict[str, str] = {}
    for child in element.iter():
        if child.text and (child.getparent() is element or _name(child) == "publication_date"):
            texts.setdefault(_name(child), child.text.strip())
    changed = moment(texts.get("lastmod", "")) or moment(texts.get("publication_date", ""))
    return Found(texts["loc"], changed) if texts.get("loc") else None


def _name(element: etree._Element) -> str:
    """The tag without its namespace; a recovering parser lets through what no name may be."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _root(body: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _unpacked(body: bytes) -> bytes:
    """`sitemap.xml.gz` is a file, not a content coding."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(31).decompress(body, _LARGEST)
    except zlib.error:
        return b""

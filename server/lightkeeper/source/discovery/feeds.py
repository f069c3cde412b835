"""RSS and Atom, through feedparser, which has seen every way to get them wrong; and JSON Feed."""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from .listing import Found, moment

# A feed holds the latest; complete are sitemaps. feedparser takes milliseconds for each entry.
_MOST = 2_000
_ENTRY = re.compile(rb"<(?:[A-Za-z]{1,20}:)?(?:item|entry)[\s>]")


def feed(body: bytes, content_type: str) -> list[Found]:
    """The entries of an RSS or Atom feed."""
    import feedparser  # slow to load, and only processes that read pages have a use for it

    # A stream: what is no stream, feedparser may take for the name of a file or an address.
    parsed = feedparser.parse(
        io.BytesIO(_shortened(body)),
        response_headers={"content-type": content_type} if content_type else None,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return [found for entry in parsed.entries[:_MOST] if (found := _entry(entry))]


def _shortened(body: bytes) -> bytes:
    """Its first entries; the rest of a feed that is too long is not worth the time."""
    beyond = next(islice(_ENTRY.finditer(body), _MOST, None), None)
    return body if beyond is None else body[: beyond.start()]


def json_feed(value: Any) -> Iterator[Found]:
    """The items of a JSON Feed (jsonfeed.org, version 1 and 1.1)."""
    items = value.get("items") if isinstance(value, dict) and "jsonfeed.org" in str(value.get("version")) else None
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and isinstance(item.get("url"), str):
            yield Found(item["url"], moment(item.get("date_modified") or item.get("date_published") or ""))


def _entry(entry: Any) -> Found | None:
    link = entry.get("link")
    if not isinstance(link, str) or not link:
        return None
    # dict's own `get`, for feedparser's takes one date for the other and warns of it
    times = [found for name in ("updated_parsed", "published_parsed") if (found := _time(dict.get(entry, name)))]
    return Found(link, max(times, default=None))


def _time(value: Any) -> datetime | None:
    """feedparser gives UTC as a struct_time."""
    try:
        return moment(datetime.fromtimestamp(calendar.timegm(value), UTC).isoformat()) if value else None
    except (ValueError, OverflowError, TypeError, OSError):
        return None

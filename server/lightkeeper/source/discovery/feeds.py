"""RSS and Atom, through feedparser, which has seen every way to get them wrong; and JSON Feed."""

from __future__ import annotations

import calendar
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from .listing import MOST, Found, moment


def feed(body: bytes, content_type: str) -> list[Found]:
    """The entries of an RSS or Atom feed."""
    import feedparser  # slow to load, and only processes that read pages have a use for it

    # A stream: what is no stream, feedparser may take for the name of a file or an address.
    parsed = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": content_type} if content_type else None,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return [found for entry in parsed.entries[:MOST] if (found := _entry(entry))]


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

"""One document that lists stories, of whatever kind: told apart by its content, for servers label them at will.

Hostile input: whatever cannot be read lists nothing. Runs in a process that can be killed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from ...article.addresses import clean

# A sitemap may list so many; so may nothing else.
MOST = 50_000
_LONGEST = 2_000
_FAR = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Found:
    """A story's absolute address, and when it changed last, where the list says so."""

    url: str
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What one document lists: stories, and further documents that list more."""

    stories: tuple[Found, ...] = ()
    more: tuple[str, ...] = ()


def read(body: bytes, url: str, *, content_type: str = "") -> Listing:
    """A feed (RSS, Atom, JSON Feed), a sitemap or its index, or a list of WordPress posts, found at `url`."""
    from . import feeds, sitemaps, wordpress

    start = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        value = _json(body)
        listed = wordpress.stories(value) if isinstance(value, list) else feeds.json_feed(value)
        return Listing(_clean(listed, url))
    stories, more = sitemaps.read(body)
    if not stories and not more:
        stories = feeds.feed(body, content_type)
    return Listing(
        _clean(stories, url), tuple(found.url for found in _clean((Found(address) for address in more), url))
    )


def moment(value: object, *, zone_missing: bool = False) -> datetime | None:
    """An ISO date as lists write it; one without a zone only where it is known to be UTC."""
    try:
        found = datetime.fromisoformat(str(value).strip())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None and zone_missing else found
        return found if found.tzinfo is not None and _FAR[0] < found < _FAR[1] else None
    except (ValueError, OverflowError):
        return None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _clean(found: Iterable[Found], base: str) -> tuple[Found, ...]:
    """Each address once, with its latest change, absolute and without tracking; nothing but http(s)."""
    kept: dict[str, Found] = {}
    for story in found:
        try:
            url = clean(urljoin(base, story.url.strip())).partition("#")[0]
        except ValueError:
            continue
        plain = url.isprintable() and " " not in url
        if plain and len(url) <= _LONGEST and url.startswith(("http://", "https://")):
            times = [time for time in (story.modified, kept[url].modified if url in kept else None) if time]
            kept[url] = Found(url, max(times, default=None))
            if len(kept) >= MOST:
                break
    return tuple(kept.values())

"""The values that the store keeps and gives back, and how rows become them. Knows no queries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

import sqlalchemy as sa

Kind = Literal["section", "author", "tag"]


@dataclass(frozen=True, slots=True)
class Story:
    """A stored story. `address` is path and query; `fragment` is the article's canonical HTML.

    `published`, in the zone that the publisher dates it in, falls back to the time it was first seen; `etag` and
    `last_modified` are the origin's own.
    """

    address: str
    fragment: str
    title: str
    deck: str
    section: str
    language: str
    published: datetime
    fetched: datetime
    etag: str = ""
    last_modified: str = ""

    @property
    def digest(self) -> str:
        return digest(self.fragment)


@dataclass(frozen=True, slots=True)
class Listed:
    """A stored story as lists show it."""

    address: str
    title: str
    deck: str
    section: str
    language: str
    published: datetime


@dataclass(frozen=True, slots=True)
class StoredFront:
    """A stored front: `front` is its JSON, as `front_json` writes it."""

    address: str
    front: str
    fetched: datetime
    etag: str = ""
    last_modified: str = ""

    @property
    def digest(self) -> str:
        return digest(self.front)


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened up to `sequence`: the digest of each story or front that changed, the hashes of those removed.

    `whole` is False where there is more: ask again from `sequence` on.
    """

    sequence: int
    changed: dict[str, str]
    removed: frozenset[str]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Views:
    """How often a story was read on a day (ISO date, UTC) in an edition."""

    day: str
    address: str
    edition: str
    count: int


def digest(text: str) -> str:
    """SHA-256 in hexadecimal: the name of a fragment, and all that is kept of a removed address."""
    return hashlib.sha256(text.encode()).hexdigest()


def moment(seconds: object, minutes: int = 0) -> datetime:
    """`minutes` east of UTC is the zone."""
    return datetime.fromtimestamp(float(str(seconds)), timezone(timedelta(minutes=minutes)) if minutes else UTC)


def zone(moment: datetime) -> int:
    """Its zone in minutes east of UTC."""
    return int((moment.utcoffset() or timedelta()).total_seconds() // 60)


def story(row: sa.RowMapping) -> Story:
    return Story(
        address=str(row["address"]),
        fragment=str(row["fragment"]),
        title=str(row["title"]),
        deck=str(row["deck"]),
        section=str(row["section"]),
        language=str(row["language"]),
        published=moment(row["published"], row["zone"]),
        fetched=moment(row["fetched"]),
        etag=str(row["etag"]),
        last_modified=str(row["last_modified"]),
    )


def listed(row: sa.RowMapping) -> Listed:
    return Listed(
        address=str(row["address"]),
        title=str(row["title"]),
        deck=str(row["deck"]),
        section=str(row["section"]),
        language=str(row["language"]),
        published=moment(row["published"], row["zone"]),
    )


def front(row: sa.RowMapping) -> StoredFront:
    return StoredFront(row["address"], row["front"], moment(row["fetched"]), row["etag"], row["last_modified"])

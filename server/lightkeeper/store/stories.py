"""What is kept of the publication: stories, fronts, removals. A narrow set of functions over portable SQL."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from . import database
from .schema import counters, fragments, fronts, removals, stories


@dataclass(frozen=True, slots=True)
class Story:
    """A stored story. `address` is path and query; `fragment` is the article's canonical HTML.

    `published` falls back to the time it was first seen; `etag` and `last_modified` are the origin's own.
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
        return hashlib.sha256(self.fragment.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class StoredFront:
    """A stored front: `front` is its JSON, as `articles.front_json` writes it."""

    address: str
    front: str
    fetched: datetime
    etag: str = ""
    last_modified: str = ""


class Store:
    """One per process. Every method is one short transaction; SQLAlchemy's errors pass through."""

    def __init__(self, folder: Path) -> None:
        self._engine = database.connect(folder)

    async def close(self) -> None:
        await self._engine.dispose()

    async def save(self, story: Story) -> None:
        """Insert or replace a story. An unchanged fragment keeps its sequence: nobody has to read it again."""
        row = {
            "address": story.address,
            "digest": story.digest,
            "title": story.title,
            "deck": story.deck,
            "section": story.section,
            "language": story.language,
            "published": story.published.timestamp(),
            "etag": story.etag,
            "last_modified": story.last_modified,
            "fetched": story.fetched.timestamp(),
        }
        async with self._engine.begin() as connection:
            sequence = await _next(connection)
            known = (
                await connection.execute(sa.select(stories.c.digest).where(stories.c.address == story.address))
            ).scalar()
            if known != story.digest:
                row["sequence"] = sequence
            await _put(connection, fragments, {"digest": story.digest, "fragment": story.fragment})
            await _put(connection, stories, row)
            if known not in (None, story.digest):
                await _drop_orphan(connection, str(known))
            await connection.execute(sa.delete(removals).where(removals.c.address_digest == _hash(story.address)))

    async def story(self, address: str) -> Story | None:
        found = await self._stories(stories.c.address == address, 1)
        return found[0] if found else None

    async def latest(self, language: str, limit: int) -> list[Story]:
        """The newest stories in a language, newest first; "" means every language."""
        return await self._stories(stories.c.language == language if language else sa.true(), limit)

    async def languages(self) -> list[str]:
        """The languages that stories are written in, the most frequent first."""
        query = sa.select(stories.c.language).group_by(stories.c.language).order_by(sa.func.count().desc())
        async with self._engine.connect() as connection:
            return [str(language) for (language,) in await connection.execute(query)]

    async def _stories(self, condition: sa.ColumnElement[bool], limit: int) -> list[Story]:
        query = (
            sa.select(stories, fragments.c.fragment)
            .join(fragments, fragments.c.digest == stories.c.digest)
            .where(condition)
            .order_by(stories.c.published.desc(), stories.c.address)
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            return [_story(row) for row in (await connection.execute(query)).mappings()]

    async def save_front(self, front: StoredFront) -> None:
        row = {
            "address": front.address,
            "front": front.front,
            "etag": front.etag,
            "last_modified": front.last_modified,
            "fetched": front.fetched.timestamp(),
        }
        async with self._engine.begin() as connection:
            await _put(connection, fronts, row)

    async def front(self, address: str) -> StoredFront | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(sa.select(fronts).where(fronts.c.address == address))).mappings().first()
        if row is None:
            return None
        return StoredFront(row["address"], row["front"], _time(row["fetched"]), row["etag"], row["last_modified"])

    async def touch(self, address: str, fetched: datetime) -> None:
        """The origin said that nothing changed."""
        async with self._engine.begin() as connection:
            for table in (stories, fronts):
                await connection.execute(
                    sa.update(table).where(table.c.address == address).values(fetched=fetched.timestamp())
                )

    async def remove(self, address: str, seen: datetime) -> bool:
        """Forget a story or front that the origin no longer gives to everybody; True where something was kept."""
        async with self._engine.begin() as connection:
            digest = (
                await connection.execute(sa.select(stories.c.digest).where(stories.c.address == address))
            ).scalar()
            gone = await connection.execute(sa.delete(fronts).where(fronts.c.address == address))
            if digest is None:
                return bool(gone.rowcount)
            await connection.execute(sa.delete(stories).where(stories.c.address == address))
            await _drop_orphan(connection, str(digest))
            times = (
                await connection.execute(sa.select(removals.c.times).where(removals.c.address_digest == _hash(address)))
            ).scalar()
            row = {"address_digest": _hash(address), "times": (times or 0) + 1, "seen": seen.timestamp()}
            await _put(connection, removals, row | {"sequence": await _next(connection)})
            return True


def _story(row: Mapping[str, object] | sa.RowMapping) -> Story:
    return Story(
        address=str(row["address"]),
        fragment=str(row["fragment"]),
        title=str(row["title"]),
        deck=str(row["deck"]),
        section=str(row["section"]),
        language=str(row["language"]),
        published=_time(row["published"]),
        fetched=_time(row["fetched"]),
        etag=str(row["etag"]),
        last_modified=str(row["last_modified"]),
    )


def _time(seconds: object) -> datetime:
    return datetime.fromtimestamp(float(str(seconds)), UTC)


def _hash(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


async def _next(connection: AsyncConnection) -> int:
    """Take the next sequence; the update locks the row, so that two writers cannot take the same one."""
    mine = counters.c.name == "sequence"
    await connection.execute(sa.update(counters).where(mine).values(value=counters.c.value + 1))
    return int((await connection.execute(sa.select(counters.c.value).where(mine))).scalar_one())


async def _put(connection: AsyncConnection, table: sa.Table, row: dict[str, object]) -> None:
    """Insert or update by primary key, in SQL that every database has."""
    key = next(iter(table.primary_key))
    values = {name: value for name, value in row.items() if name != key.name}
    changed = await connection.execute(sa.update(table).where(key == row[key.name]).values(values))
    if not changed.rowcount:
        await connection.execute(sa.insert(table).values(row))


async def _drop_orphan(connection: AsyncConnection, digest: str) -> None:
    used = sa.select(stories.c.digest).where(stories.c.digest == digest)
    await connection.execute(sa.delete(fragments).where(fragments.c.digest == digest, ~used.exists()))

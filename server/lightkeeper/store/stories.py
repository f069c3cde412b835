"""What is kept of the publication: stories, fronts, removals. A narrow set of functions over portable SQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ..article.addresses import spelling
from . import database, journal, listing, newsroom, rows, writing
from .rows import Changes, Kind, Listed, StoredFront, Story, Views, digest
from .schema import TOMBSTONE, fragments, fronts, removals, stories

# Two refusals closer together than this are one glitch of the site's.
APART = timedelta(seconds=10)


class Store:
    """One per process. Every method is one short transaction; SQLAlchemy's errors pass through.

    `patience`: seconds to wait for other writers.
    """

    def __init__(self, folder: Path, patience: float = 5.0) -> None:
        self._engine, self._folder = database.connect(folder, patience), folder

    async def close(self) -> None:
        await self._engine.dispose()

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction of the one writer."""
        async with self._engine.begin() as connection:
            await writing.lock(connection)
            yield connection

    async def save(self, story: Story) -> bool:
        """Insert or replace a story. False, and nothing kept, where the newsroom withdrew it, or the site took it back
        after `story` was asked for.

        An unchanged fragment keeps its sequence: nobody has to read it again.
        """
        async with self._writing() as connection:
            if await newsroom.is_withdrawn(connection, story.address) or await _taken_back(connection, story):
                return False
            known = await writing.known(connection, story.address)
            row = _row(story)
            if known is None or known["digest"] != story.digest:
                row["sequence"] = await writing.advance(connection)
                await writing.keep_fragment(connection, story)
            if known is None or _moved(known, story):
                if known is not None:
                    await writing.unindex(connection, story.address, known["number"], known["fragment"])
                row["number"] = await writing.index(connection, story)
            await writing.put(connection, stories, row)
            if known is not None and known["digest"] != story.digest:
                await writing.drop_orphan(connection, known["digest"])
            mine = removals.c.address_digest == digest(story.address)
            if (await connection.execute(sa.delete(removals).where(mine))).rowcount:
                journal.note(self._folder, [("0", digest(story.address))])
            return True

    async def story(self, address: str) -> Story | None:
        found = await self._stories(stories.c.address == address, 1)
        return found[0] if found else None

    async def find(self, address: str) -> Story | None:
        """A story by its address in whatever spelling; without the lookup's speed."""
        async with self._engine.connect() as connection:
            kept = await newsroom.stored_as(connection, address)
        for name in sorted(kept, key=lambda name: (name != address, len(name))):
            if story := await self.story(name):
                return story
        return None

    async def latest(self, language: str, limit: int) -> list[Story]:
        """The newest stories in a language, newest first; "" means every language."""
        return await self._stories(stories.c.language == language if language else sa.true(), limit)

    async def languages(self) -> list[str]:
        """The languages that stories are written in; first those of the most among the latest stories."""
        async with self._engine.connect() as connection:
            return await listing.languages(connection)

    async def _stories(self, condition: sa.ColumnElement[bool], limit: int) -> list[Story]:
        query = (
            sa.select(stories, fragments.c.fragment)
            .join(fragments, fragments.c.digest == stories.c.digest)
            .where(condition)
            .order_by(stories.c.published.desc(), stories.c.address)
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            return [rows.story(row) for row in (await connection.execute(query)).mappings()]

    async def listed(self, limit: int, offset: int = 0, *, language: str = "") -> list[Listed]:
        """The newest stories as a list shows them."""
        async with self._engine.connect() as connection:
            return await listing.newest(connection, language, limit, offset)

    async def labelled(self, kind: Kind, key: str, limit: int, offset: int = 0) -> tuple[str, list[Listed]]:
        """The newest stories of a section, author or tag, and its name; "" where nothing has that label."""
        async with self._engine.connect() as connection:
            return await listing.labelled(connection, kind, key, limit, offset)

    async def search(self, text: str, limit: int, offset: int = 0) -> list[Listed]:
        """The newest stories that hold every word of `text`, however its letters are typed."""
        async with self._engine.connect() as connection:
            return await listing.search(connection, text, limit, offset)

    async def index_more(self, limit: int) -> int:
        """Enter stories that an older version stored into the index; how many there were."""
        async with self._writing() as connection:
            return await listing.index_more(connection, limit)

    async def save_front(self, front: StoredFront) -> bool:
        """Insert or replace a front; False, and nothing kept, where the newsroom withdrew it."""
        row: dict[str, object] = {
            "address": front.address,
            "front": front.front,
            "etag": front.etag,
            "last_modified": front.last_modified,
            "fetched": front.fetched.timestamp(),
        }
        async with self._writing() as connection:
            if await newsroom.is_withdrawn(connection, front.address):
                return False
            known = sa.select(fronts.c.front).where(fronts.c.address == front.address)
            if (await connection.execute(known)).scalar() != front.front:
                row["sequence"] = await writing.advance(connection)
            await writing.put(connection, fronts, row)
            return True

    async def front(self, address: str) -> StoredFront | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(sa.select(fronts).where(fronts.c.address == address))).mappings().first()
        return rows.front(row) if row is not None else None

    async def touch(self, address: str, fetched: datetime) -> None:
        """The origin said that nothing changed."""
        async with self._engine.begin() as connection:
            for table in (stories, fronts):
                await connection.execute(
                    sa.update(table).where(table.c.address == address).values(fetched=fetched.timestamp())
                )

    async def fetched(self, addresses: Collection[str]) -> dict[str, datetime]:
        """Of those that are kept, as story or front: when the origin last vouched for them."""
        async with self._engine.connect() as connection:
            return await listing.fetched(connection, addresses)

    async def remove(self, address: str, seen: datetime) -> bool:
        """Forget a story or front that the origin no longer gives to everybody; True where something was kept.

        The second refusal, `APART` from the first, makes a tombstone.
        """
        if not await self._concerns(address):
            return False
        async with self._writing() as connection:
            had = await writing.delete(connection, address)
            front = await connection.execute(sa.delete(fronts).where(fronts.c.address == address))
            had = had or bool(front.rowcount)
            times = await _refused(connection, address, seen, new=had)
        if times:
            journal.note(self._folder, [("2" if times >= TOMBSTONE else "1", digest(address))])
        return had

    async def _concerns(self, address: str) -> bool:
        """Whether a refusal of `address` changes anything; without the lock, for anybody may ask for what never was."""
        kept = sa.union_all(
            sa.select(stories.c.address).where(stories.c.address == address),
            sa.select(fronts.c.address).where(fronts.c.address == address),
            sa.select(removals.c.address_digest).where(
                removals.c.address_digest == digest(address), removals.c.times < TOMBSTONE
            ),
        )
        async with self._engine.connect() as connection:
            return (await connection.execute(kept)).first() is not None

    async def sequence(self) -> int:
        """The number of the last change: cheap enough to be asked every moment."""
        async with self._engine.connect() as connection:
            return await writing.sequence(connection)

    async def changes(self, since: int, limit: int = 1000) -> Changes:
        """What happened after the sequence `since`, oldest first."""
        async with self._engine.connect() as connection:
            return await listing.changes(connection, since, limit)

    async def removed(self, addresses: Collection[str]) -> set[str]:
        """Those of `addresses` that were taken back, by the origin or by the newsroom."""
        async with self._engine.connect() as connection:
            return await newsroom.removed(connection, addresses)

    async def tombstones(self) -> frozenset[str]:
        """The hashes of addresses that are gone for good: readers' devices are to drop them."""
        async with self._engine.connect() as connection:
            return await newsroom.tombstones(connection)

    async def withdrawn(self) -> frozenset[str]:
        """The hashes of all withdrawn addresses in their one spelling."""
        async with self._engine.connect() as connection:
            return await newsroom.withdrawn(connection)

    async def withdraw(self, address: str, seen: datetime) -> int:
        """Remove a story and store it no more until it is restored; how many stored pages that removed."""
        journal.note(self._folder, [("+", digest(spelling(address)))])
        async with self._writing() as connection:
            await newsroom.withdraw(connection, address, seen)
        async with self._engine.connect() as connection:
            kept = await newsroom.stored_as(connection, address)
        async with self._writing() as connection:
            await newsroom.purge(connection, kept, seen)
        journal.note(self._folder, [("2", digest(name)) for name in {address, *kept}])
        await database.forget_freed(self._engine)
        return len(kept)

    async def restore(self, address: str) -> bool:
        """Undo a withdrawal; False where there was none."""
        async with self._writing() as connection:
            restored = await newsroom.restore(connection, address)
        journal.note(self._folder, [("-", digest(spelling(address))), ("0", digest(address))])
        return restored

    async def add_views(self, counted: Iterable[Views]) -> None:
        """Add to the day's numbers; what is no stored story's address is dropped."""
        async with self._writing() as connection:
            await newsroom.add_views(connection, list(counted))

    async def views(self, since: str) -> list[Views]:
        """From the day `since` on, by day, then the most read first."""
        async with self._engine.connect() as connection:
            return await newsroom.views_since(connection, since)

    async def note(self, name: str, value: int | None) -> None:
        """Keep a number under a name of up to 32 characters, or drop it."""
        async with self._engine.begin() as connection:
            await writing.set_counter(connection, name, value)

    async def noted(self, name: str) -> int | None:
        async with self._engine.connect() as connection:
            return await writing.counter(connection, name)


def _row(story: Story) -> dict[str, object]:
    return {
        "address": story.address,
        "digest": story.digest,
        "title": story.title,
        "deck": story.deck,
        "section": story.section,
        "language": story.language,
        "published": story.published.timestamp(),
        "zone": rows.zone(story.published),
        "etag": story.etag,
        "last_modified": story.last_modified,
        "fetched": story.fetched.timestamp(),
    }


def _moved(known: sa.RowMapping, story: Story) -> bool:
    """Whether the index has to change: other words, another place in time, or not in it yet."""
    same_time = abs(known["published"] - story.published.timestamp()) < 1
    return known["number"] is None or known["digest"] != story.digest or not same_time


async def _taken_back(connection: AsyncConnection, story: Story) -> bool:
    mine = sa.and_(removals.c.address_digest == digest(story.address), removals.c.seen > story.fetched.timestamp())
    return (await connection.execute(sa.select(removals.c.times).where(mine))).first() is not None


async def _refused(connection: AsyncConnection, address: str, seen: datetime, *, new: bool) -> int:
    """How often the site refused the address by now; 0 where this time does not count."""
    name = removals.c.address_digest == digest(address)
    before = (await connection.execute(sa.select(removals).where(name))).mappings().first()
    times = before["times"] if before else 0
    again = bool(before) and seen.timestamp() - (before["seen"] if before else 0) >= APART.total_seconds()
    if new or (again and times < TOMBSTONE):
        row = {"address_digest": digest(address), "times": min(times + 1, TOMBSTONE)}
        row |= {"seen": seen.timestamp(), "sequence": await writing.advance(connection)}
        await writing.put(connection, removals, row)
        return min(times + 1, TOMBSTONE)
    return 0

"""Reading many at once: lists of stories, search, what changed. Portable SQL inside a transaction of the caller's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ..article import folding
from . import database, rows, writing
from .rows import Changes, Kind, Listed
from .schema import fragments, fronts, labels, removals, stories

_LISTED = (
    stories.c.address,
    stories.c.title,
    stories.c.deck,
    stories.c.section,
    stories.c.language,
    stories.c.published,
    stories.c.zone,
)
# More words than this make a search no narrower, only slower.
_MOST_WORDS = 12
# Stories among which languages are counted.
_RECENT = 1_000
# Values in one question; every database takes as many.
_AT_ONCE = 500


async def newest(connection: AsyncConnection, language: str, limit: int, offset: int) -> list[Listed]:
    query = (
        sa.select(*_LISTED)
        .where(stories.c.language == language if language else sa.true())
        .order_by(stories.c.published.desc(), stories.c.address)
        .limit(limit)
        .offset(offset)
    )
    return [rows.listed(row) for row in (await connection.execute(query)).mappings()]


async def languages(connection: AsyncConnection) -> list[str]:
    """One look into the index for each language: counting all stories would read all of it."""
    recent = sa.select(stories.c.language).order_by(stories.c.published.desc()).limit(_RECENT)
    counts = Counter(str(language) for (language,) in await connection.execute(recent))
    found: list[str] = []
    while (after := await _language_after(connection, found[-1] if found else None)) is not None:
        found.append(after)
    return sorted(found, key=lambda language: -counts[language])


async def _language_after(connection: AsyncConnection, language: str | None) -> str | None:
    later = sa.true() if language is None else stories.c.language > language
    found = (await connection.execute(sa.select(sa.func.min(stories.c.language)).where(later))).scalar()
    return None if found is None else str(found)


async def labelled(
    connection: AsyncConnection, kind: Kind, key: str, limit: int, offset: int
) -> tuple[str, list[Listed]]:
    mine = sa.and_(labels.c.kind == kind, labels.c.key == key)
    query = (
        sa.select(*_LISTED, labels.c.name)
        .join(labels, labels.c.address == stories.c.address)
        .where(mine)
        .order_by(labels.c.published.desc(), labels.c.address)
        .limit(limit)
        .offset(offset)
    )
    found = (await connection.execute(query)).mappings().all()
    return (str(found[0]["name"]) if found else ""), [rows.listed(row) for row in found]


async def search(connection: AsyncConnection, text: str, limit: int, offset: int) -> list[Listed]:
    words = list(dict.fromkeys(folding.asked(text)))[:_MOST_WORDS]
    if not words:
        return []
    numbers = await database.index_find(connection, words, limit, offset)
    query = sa.select(*_LISTED, stories.c.number).where(stories.c.number.in_(numbers))
    found = {row["number"]: rows.listed(row) for row in (await connection.execute(query)).mappings()}
    return [found[number] for number in numbers if number in found]


async def index_more(connection: AsyncConnection, limit: int) -> int:
    if await _other_version(connection):
        await database.index_clear(connection)
        await connection.execute(sa.delete(labels))
        await connection.execute(sa.update(stories).values(number=None))
    query = (
        sa.select(stories, fragments.c.fragment)
        .join(fragments, fragments.c.digest == stories.c.digest)
        .where(stories.c.number.is_(None))
        .limit(limit)
    )
    found = [rows.story(row) for row in (await connection.execute(query)).mappings()]
    for story in found:
        number = await writing.index(connection, story)
        await connection.execute(sa.update(stories).where(stories.c.address == story.address).values(number=number))
    return len(found)


async def _other_version(connection: AsyncConnection) -> bool:
    """Whether the index holds words as another version folds them; from now on, it holds ours."""
    before = await writing.counter(connection, "folding")
    if before != folding.VERSION:
        await writing.set_counter(connection, "folding", folding.VERSION)
    return before not in (None, folding.VERSION)


async def fetched(connection: AsyncConnection, addresses: Collection[str]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    wanted = list(addresses)
    for start in range(0, len(wanted), _AT_ONCE):
        for table in (fronts, stories):
            query = sa.select(table.c.address, table.c.fetched).where(
                table.c.address.in_(wanted[start : start + _AT_ONCE])
            )
            found |= {address: rows.moment(seconds) for address, seconds in await connection.execute(query)}
    return found


async def changes(connection: AsyncConnection, since: int, limit: int) -> Changes:
    kinds = (
        (stories, stories.c.address, stories.c.digest),
        (fronts, fronts.c.address, fronts.c.front),
        (removals, removals.c.address_digest, sa.literal("")),
    )
    found: list[tuple[int, sa.Table, str, str]] = []
    for table, name, value in kinds:
        query = sa.select(table.c.sequence, name, value).where(table.c.sequence > since)
        query = query.order_by(table.c.sequence).limit(limit + 1)
        found += [(number, table, str(key), str(text)) for number, key, text in await connection.execute(query)]
    found.sort(key=lambda change: change[0])
    whole = len(found) <= limit
    last = await writing.sequence(connection) if whole else found[limit - 1][0]
    kept = [change for change in found if change[0] <= last]
    return Changes(
        last,
        {key: rows.digest(text) if table is fronts else text for _, table, key, text in kept if table is not removals},
        frozenset(key for _, table, key, _ in kept if table is removals),
        whole,
    )

"""What a change of a story entails: its fragment, its labels, its words in the search index. Each inside a transaction
that the caller has begun with `lock`; the order in which they commit is then the order of their sequences."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ..article import folding
from . import database
from .rows import Story
from .schema import counters, fragments, labels, stories, views

_SEQUENCE = counters.c.name == "sequence"
# What `fragment.render` writes around the body; the body itself can hold neither classes of these names nor a footer.
_SECTION = re.compile(r'<p class="section">([^<]*)</p>')
_BYLINE = re.compile(r'<p class="byline">([^<]*)</p>')
_TAGS = re.compile(r'<ul class="tags">(.*?)</ul>', re.DOTALL)
_ITEM = re.compile(r"<li>([^<]*)</li>")
_NUMBERS = 20  # bits for the stories of one second


async def lock(connection: AsyncConnection) -> None:
    """One writer at a time, from here to the end of the transaction."""
    await connection.execute(sa.update(counters).where(_SEQUENCE).values(value=counters.c.value))


async def advance(connection: AsyncConnection) -> int:
    """The next sequence."""
    await connection.execute(sa.update(counters).where(_SEQUENCE).values(value=counters.c.value + 1))
    return await sequence(connection)


async def sequence(connection: AsyncConnection) -> int:
    return await counter(connection, "sequence") or 0


async def put(connection: AsyncConnection, table: sa.Table, row: dict[str, object]) -> None:
    """Insert or update by primary key, in SQL that every database has."""
    keys = [column.name for column in table.primary_key]
    same = sa.and_(*(table.c[name] == row[name] for name in keys))
    values = {name: value for name, value in row.items() if name not in keys}
    changed = await connection.execute(sa.update(table).where(same).values(values))
    if not changed.rowcount:
        await connection.execute(sa.insert(table).values(row))


async def keep_fragment(connection: AsyncConnection, story: Story) -> None:
    """Content-addressed: what is there already is the same."""
    found = sa.select(fragments.c.digest).where(fragments.c.digest == story.digest)
    if (await connection.execute(found)).first() is None:
        await connection.execute(sa.insert(fragments).values(digest=story.digest, fragment=story.fragment))


async def index(connection: AsyncConnection, story: Story) -> int:
    """Enter a story, which must not be in the index, under a number that grows with its time of publication."""
    number = (int(story.published.timestamp()) << _NUMBERS) + await _count(connection) % (1 << _NUMBERS)
    await database.index_add(connection, {number: words(story.fragment)})
    if rows := label_rows(story):
        await connection.execute(sa.insert(labels), rows)
    return number


async def unindex(connection: AsyncConnection, address: str, number: int | None, fragment: str) -> None:
    if number is not None:
        await database.index_remove(connection, number, words(fragment))
    await connection.execute(sa.delete(labels).where(labels.c.address == address))


async def delete(connection: AsyncConnection, address: str) -> bool:
    """Every trace of a story but the hash that the caller keeps; False where there was none."""
    found = await known(connection, address)
    if found is None:
        return False
    await unindex(connection, address, found["number"], found["fragment"])
    await connection.execute(sa.delete(views).where(views.c.address == address))
    await connection.execute(sa.delete(stories).where(stories.c.address == address))
    await drop_orphan(connection, found["digest"])
    return True


async def known(connection: AsyncConnection, address: str) -> sa.RowMapping | None:
    query = (
        sa.select(stories.c.number, stories.c.digest, stories.c.published, fragments.c.fragment)
        .join(fragments, fragments.c.digest == stories.c.digest)
        .where(stories.c.address == address)
    )
    return (await connection.execute(query)).mappings().first()


async def drop_orphan(connection: AsyncConnection, name: str) -> None:
    used = sa.select(stories.c.digest).where(stories.c.digest == name)
    await connection.execute(sa.delete(fragments).where(fragments.c.digest == name, ~used.exists()))


async def _count(connection: AsyncConnection) -> int:
    """A number that no other story of the same second has."""
    number = (await counter(connection, "numbers") or 0) + 1
    await set_counter(connection, "numbers", number)
    return number


def words(fragment: str) -> list[str]:
    """What search finds a story by: its head, its body, its tags. Always the same for the same fragment."""
    text = fragment.partition("<footer>")[0] + " ".join(_TAGS.findall(fragment))
    return sorted(set(folding.words(html.unescape(re.sub(r"<[^>]*>", " ", text)))))


def label_rows(story: Story) -> list[dict[str, object]]:
    """The rows of its section, authors and tags."""
    return [
        {"kind": kind, "key": key, "name": name, "address": story.address, "published": story.published.timestamp()}
        for (kind, key), name in _labels(story.fragment).items()
    ]


def _labels(fragment: str) -> dict[tuple[str, str], str]:
    """(kind, key) -> name, each once."""
    header = fragment.partition('<div class="body">')[0]
    tags = [item for found in _TAGS.findall(fragment) for item in _ITEM.findall(found)]
    named: Iterable[tuple[str, str]] = [
        *(("section", name) for name in _SECTION.findall(header)),
        *(("author", name) for name in _BYLINE.findall(header)),
        *(("tag", name) for name in tags),
    ]
    found: dict[tuple[str, str], str] = {}
    for kind, name in named:
        plain = html.unescape(name).strip()
        if key := folding.key(plain):
            found.setdefault((kind, key), plain)
    return found


async def counter(connection: AsyncConnection, name: str) -> int | None:
    found = (await connection.execute(sa.select(counters.c.value).where(counters.c.name == name))).scalar()
    return None if found is None else int(found)


async def set_counter(connection: AsyncConnection, name: str, value: int | None) -> None:
    """None drops it."""
    if value is None:
        await connection.execute(sa.delete(counters).where(counters.c.name == name))
    else:
        await put(connection, counters, {"name": name, "value": value})

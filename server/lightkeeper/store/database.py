"""Opening the database, bringing its schema up to date, and its search index.

The one module that knows SQL which only SQLite understands.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ..errors import SettingsError
from . import journal
from .schema import TOMBSTONE, VERSION, counters, metadata, removals, withdrawals

# It writes every value that it is given, what readers look for among them.
logging.getLogger("aiosqlite").setLevel(logging.INFO)

_NAME = "lightkeeper.sqlite3"
_REFUSALS = sa.select(removals.c.address_digest, removals.c.times)
# Alembic's own table.
_VERSION = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))


def migrate(folder: Path) -> None:
    """Create or upgrade the database in `folder`, before any worker opens it.

    Raises `SettingsError` where the folder cannot be written, or where a newer Lightkeeper wrote it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(_url(folder, "sqlite"))
        sa.event.listen(engine, "connect", _tune)
        sa.event.listen(engine, "connect", _begin_ourselves)
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        with engine.begin() as connection:
            new = _bring_up_to_date(connection, folder)
            _recall(connection, folder, new)
        engine.dispose()
    except (OSError, sa.exc.SQLAlchemyError) as error:
        detail = getattr(error, "orig", None) or error
        raise SettingsError(f"data: the folder {folder} cannot be used: {detail}") from error


def connect(folder: Path, patience: float = 5.0) -> AsyncEngine:
    """An engine on a database that `migrate` has prepared. `patience`: seconds to wait for other writers."""
    engine = create_async_engine(_url(folder, "sqlite+aiosqlite"))
    sa.event.listen(engine.sync_engine, "connect", _tune)

    def wait(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")

    sa.event.listen(engine.sync_engine, "connect", wait)
    return engine


def exists(folder: Path) -> bool:
    """Whether there is a database in `folder`."""
    return (folder / _NAME).is_file()


def is_damaged(folder: Path) -> bool:
    """Whether SQLite itself says that the database is damaged, or is none of its own."""
    try:
        with closing(sqlite3.connect(folder / _NAME, timeout=5)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.OperationalError:  # locked, or no room on the disk: not damaged
        return False
    except sqlite3.DatabaseError:
        return True


def set_aside(folder: Path) -> Path:
    """Rename the database, so that somebody can look at it; its log of recent writes belongs to nothing else."""
    file = folder / _NAME
    aside = file.with_name(f"{_NAME}.damaged")
    file.replace(aside)
    for suffix in ("-wal", "-shm"):
        file.with_name(_NAME + suffix).unlink(missing_ok=True)
    return aside


def create_index(connection: sa.Connection) -> None:
    """The table of the search index: which words are in which story, and no text (contentless)."""
    connection.execute(
        sa.text(
            "CREATE VIRTUAL TABLE search USING fts5(words, content='', detail=none, columnsize=0, "
            "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* M* Co'\")"
        )
    )


async def index_add(connection: AsyncConnection, stories: Mapping[int, Iterable[str]]) -> None:
    """The words of stories, by their numbers."""
    await connection.execute(
        sa.text("INSERT INTO search(rowid, words) VALUES (:number, :words)"),
        [{"number": number, "words": " ".join(words)} for number, words in stories.items()],
    )


async def index_remove(connection: AsyncConnection, number: int, words: Iterable[str]) -> None:
    """`words` must be exactly those that were added: the index keeps no text to look them up in."""
    await connection.execute(
        sa.text("INSERT INTO search(search, rowid, words) VALUES ('delete', :number, :words)"),
        {"number": number, "words": " ".join(words)},
    )


async def index_clear(connection: AsyncConnection) -> None:
    await connection.execute(sa.text("INSERT INTO search(search) VALUES ('delete-all')"))


async def index_find(connection: AsyncConnection, words: Collection[str], limit: int, offset: int) -> list[int]:
    """The numbers of the stories with all of `words`, newest first; where they are few, also with longer words.

    `words` are letters and digits only; quoted, none of them can be an operator. Beginnings of frequent words are
    slow to look up, and exactly for these there are enough stories with the words themselves.
    """
    exact = " ".join(f'"{word}"' for word in words)
    first = await _matching(connection, exact, limit, 0)
    if len(first) >= limit:
        return first if offset == 0 else await _matching(connection, exact, limit, offset)
    longer = " ".join(f'"{word}"*' if len(word) > 2 else f'"{word}"' for word in words)
    return await _matching(connection, longer, limit, offset)


async def _matching(connection: AsyncConnection, query: str, limit: int, offset: int) -> list[int]:
    rows = await connection.execute(
        sa.text("SELECT rowid FROM search WHERE search MATCH :query ORDER BY rowid DESC LIMIT :limit OFFSET :offset"),
        {"query": query, "limit": limit, "offset": offset},
    )
    return [int(number) for (number,) in rows]


async def forget_freed(engine: AsyncEngine) -> None:
    """Move everything into the main file, where freed pages are overwritten, and empty the log of recent writes."""
    async with engine.connect() as connection:
        await connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _url(folder: Path, driver: str) -> sa.URL:
    return sa.URL.create(driver, database=str(folder / _NAME))


def _bring_up_to_date(connection: sa.Connection, folder: Path) -> bool:
    """True where it was made anew."""
    tables = sa.inspect(connection).get_table_names()
    if not tables:
        _create(connection)
    elif "alembic_version" not in tables or connection.execute(sa.select(_VERSION.c.version_num)).scalar() != VERSION:
        from .upgrading import upgrade  # Alembic is half of a start's time, and seldom needed

        upgrade(connection, folder)
    return not tables


def _create(connection: sa.Connection) -> None:
    """The tables of today, as all migrations one after the other would make them."""
    metadata.create_all(connection)
    create_index(connection)
    connection.execute(sa.insert(counters).values(name="sequence", value=0))
    _VERSION.create(connection)
    connection.execute(sa.insert(_VERSION).values(version_num=VERSION))


def _recall(connection: sa.Connection, folder: Path, new: bool) -> None:
    """Make database and journal agree: withdrawn is what either knows; the site's refusals, what the database knows."""
    noted = journal.standing(folder)
    known = {str(name) for (name,) in connection.execute(sa.select(withdrawals.c.address_digest))}
    refused = {(str(name), int(times)) for name, times in connection.execute(_REFUSALS)}
    for name in sorted(noted.withdrawn - known):
        connection.execute(sa.insert(withdrawals).values(address_digest=name, seen=time.time()))
    missing = {name: times for name, times in sorted(noted.refused) if new}
    missing |= dict.fromkeys(sorted(noted.withdrawn - known), TOMBSTONE)
    for name, times in missing.items():
        _bury(connection, name, times)
    gone = set() if new else noted.refused - refused
    lines: list[tuple[journal.Sign, str]] = [("+", name) for name in sorted(known - noted.withdrawn)]
    lines += [("0", name) for name, _ in sorted(gone)]
    lines += [("2" if times >= TOMBSTONE else "1", name) for name, times in sorted(refused - noted.refused)]
    journal.note(folder, lines)


def _bury(connection: sa.Connection, name: str, times: int) -> None:
    """Let everybody who follows the changes hear of a removal."""
    number = counters.c.name == "sequence"
    connection.execute(sa.update(counters).where(number).values(value=counters.c.value + 1))
    sequence = connection.execute(sa.select(counters.c.value).where(number)).scalar_one()
    connection.execute(sa.delete(removals).where(removals.c.address_digest == name))
    row = {"address_digest": name, "times": times, "seen": time.time(), "sequence": sequence}
    connection.execute(sa.insert(removals).values(row))


def _tune(connection: Any, _record: object) -> None:
    """WAL lets readers go on while one process writes; NORMAL is durable against a crash of ours under WAL.

    What is deleted is overwritten: a story that was withdrawn must not be found in the file.
    """
    cursor: sqlite3.Cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=5000",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_ourselves(connection: Any, _record: object) -> None:
    """Python's driver begins no transaction for DDL: a migration that is killed would stay half done."""
    connection.isolation_level = None

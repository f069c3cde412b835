"""What the publisher remembers besides what it published: which object a story became, earlier lists, who uses what.

A small SQLite file of its own, for one process and one thread at a time. It holds no text. Lost, it is made anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_SCHEMA = """
CREATE TABLE IF NOT EXISTS made (
    address TEXT PRIMARY KEY, hash BLOB NOT NULL, digest TEXT NOT NULL, form TEXT NOT NULL, tag TEXT NOT NULL,
    month TEXT NOT NULL, story BLOB NOT NULL, size INTEGER NOT NULL, shell BLOB NOT NULL, shell_size INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS made_by_hash ON made (hash);
CREATE TABLE IF NOT EXISTS lists (
    name TEXT NOT NULL, sequence INTEGER NOT NULL, published INTEGER NOT NULL, list BLOB NOT NULL,
    PRIMARY KEY (name, sequence)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uses (
    object BLOB NOT NULL, name TEXT NOT NULL, PRIMARY KEY (object, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS held (
    name TEXT NOT NULL, hash BLOB NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (name, hash)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rough (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (sequence INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a stored story: its object and its shell's, under the `form` in which they were made."""

    address: str
    hash: bytes
    digest: str
    form: str
    tag: str
    month: str
    story: bytes
    size: int
    shell: bytes
    shell_size: int


class State:
    """`with State(path) as state`: what is done inside is kept together, or not at all."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        self._db.execute("BEGIN IMMEDIATE")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.execute("ROLLBACK" if kind else "COMMIT")

    def made(self, address: str) -> Made | None:
        row = self._db.execute("SELECT * FROM made WHERE address = ?", (address,)).fetchone()
        return Made(*row) if row else None

    def made_of(self, hashes: Iterable[bytes]) -> list[Made]:
        """By the hashes of addresses."""
        found = [self._db.execute("SELECT * FROM made WHERE hash = ?", (name,)).fetchall() for name in hashes]
        return [Made(*row) for rows in found for row in rows]

    def remember(self, made: Made) -> None:
        values = [getattr(made, name) for name in Made.__slots__]
        self._db.execute(f"REPLACE INTO made VALUES ({','.join('?' * len(values))})", values)  # noqa: S608

    def forget(self, addresses: Iterable[str]) -> None:
        """For good: what is deleted is overwritten, and does not stay in the log of recent writes."""
        self._db.executemany("DELETE FROM made WHERE address = ?", [(address,) for address in addresses])
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def lists(self, name: str) -> dict[int, tuple[int, bytes]]:
        """sequence -> (time of publication, the list)"""
        rows = self._db.execute("SELECT sequence, published, list FROM lists WHERE name = ?", (name,))
        return {sequence: (published, data) for sequence, published, data in rows}

    def add_list(self, name: str, sequence: int, published: int, data: bytes) -> None:
        self._db.execute("REPLACE INTO lists VALUES (?, ?, ?, ?)", (name, sequence, published, data))

    def drop_lists(self, name: str, sequences: Iterable[int]) -> None:
        rows = [(name, sequence) for sequence in sequences]
        self._db.executemany("DELETE FROM lists WHERE name = ? AND sequence = ?", rows)

    def use(self, name: str, now: Iterable[bytes], before: Iterable[bytes]) -> None:
        """A bundle's list came to name the objects `now`, and no longer those of `before` that are not among them."""
        new, old = set(now), set(before)
        self._db.executemany("INSERT OR IGNORE INTO uses VALUES (?, ?)", [(each, name) for each in new])
        self._db.executemany("DELETE FROM uses WHERE object = ? AND name = ?", [(each, name) for each in old - new])

    def unused(self, objects: Iterable[bytes]) -> list[bytes]:
        return [
            each for each in objects if not self._db.execute("SELECT 1 FROM uses WHERE object = ?", (each,)).fetchone()
        ]

    def hold(self, name: str, hashes: Iterable[bytes], now: int) -> None:
        """Readers of a bundle may hold these stories from now on."""
        rows = [(name, each, now) for each in hashes]
        self._db.executemany("INSERT INTO held VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seen = excluded.seen", rows)

    def held(self, name: str, hashes: Iterable[bytes], most: int) -> list[bytes]:
        """Those of `hashes` that readers of a bundle may hold, at most the `most` that were in it last; in order."""
        found = []
        for each in hashes:
            row = self._db.execute("SELECT seen FROM held WHERE name = ? AND hash = ?", (name, each)).fetchone()
            found += [(row[0], each)] if row else []
        return sorted(each for _, each in sorted(found, reverse=True)[:most])

    def forget_held(self, before: int) -> None:
        self._db.execute("DELETE FROM held WHERE seen < ?", (before,))

    def seen(self) -> int:
        """Up to which of the store's sequences everything is published."""
        row = self._db.execute("SELECT sequence FROM seen").fetchone()
        return int(row[0]) if row else 0

    def set_seen(self, sequence: int) -> None:
        with self:
            self._db.execute("DELETE FROM seen")
            self._db.execute("INSERT INTO seen VALUES (?)", (sequence,))

    def rough(self, name: str) -> bool:
        """Whether the full pack was made in haste."""
        return self._db.execute("SELECT 1 FROM rough WHERE name = ?", (name,)).fetchone() is not None

    def set_rough(self, name: str, value: bool) -> None:
        self._db.execute(
            "INSERT OR IGNORE INTO rough VALUES (?)" if value else "DELETE FROM rough WHERE name = ?", (name,)
        )

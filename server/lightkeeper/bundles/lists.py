"""The list of one state of a bundle: every object by its digest, what was withdrawn, where else it can be fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ..errors import BadBundle
from .binary import Cursor, number, text

STORY, SHELL, SCREEN = 1, 2, 3
LONGEST_OBJECT = 4_194_304
LONGEST_LIST = 4_194_304
TOMBSTONE = 16
NO_LIST = bytes(32)


def digest(data: bytes) -> bytes:
    """The name of an object, of a list: SHA-256."""
    return hashlib.sha256(data).digest()


def address_hash(address: str) -> bytes:
    """What a tombstone says of a story: the first 16 bytes of the SHA-256 of its path and query."""
    return hashlib.sha256(address.encode()).digest()[:TOMBSTONE]


@dataclass(frozen=True, slots=True)
class Entry:
    kind: int
    size: int
    digest: bytes

    def write(self) -> bytes:
        return number(self.kind, 1) + number(self.size, 4) + self.digest


@dataclass(frozen=True, slots=True)
class Listing:
    """`entries` in the order in which they are sent: shells and screens, then stories, the newest first."""

    entries: tuple[Entry, ...]
    tombstones: tuple[bytes, ...] = ()
    mirrors: tuple[str, ...] = ()
    previous: bytes = NO_LIST

    @property
    def objects(self) -> int:
        """The bytes of all objects."""
        return sum(entry.size for entry in self.entries)

    def pieces(self) -> Iterator[bytes]:
        """The list in the pieces in which it changes."""
        yield b"LKl1"
        yield self.previous
        yield number(len(self.entries), 2)
        yield from (entry.write() for entry in self.entries)
        yield number(len(self.tombstones), 2)
        yield from self.tombstones
        yield number(len(self.mirrors), 1)
        yield from (text(mirror) for mirror in self.mirrors)

    def write(self) -> bytes:
        return b"".join(self.pieces())

    def without_past(self) -> Listing:
        """The same list with no predecessor: two of these are equal when nothing changed for a reader."""
        return Listing(self.entries, self.tombstones, self.mirrors)


def read_list(data: bytes) -> Listing:
    """Raises `BadBundle` for what is none. To be called after its digest was compared with the head's."""
    cursor = Cursor(data, "list")
    cursor.magic(b"LKl1")
    previous = cursor.take(32)
    entries = tuple(_entry(cursor) for _ in range(cursor.number(2)))
    tombstones = tuple(cursor.take(TOMBSTONE) for _ in range(cursor.number(2)))
    mirrors = tuple(cursor.text() for _ in range(cursor.number(1)))
    cursor.end()
    if len({entry.digest for entry in entries}) != len(entries):
        raise BadBundle("An object is in this list twice.")
    if any(a >= b for a, b in pairwise(tombstones)):
        raise BadBundle("The tombstones of this list are out of order.")
    return Listing(entries, tombstones, mirrors, previous)


def _entry(cursor: Cursor) -> Entry:
    entry = Entry(cursor.number(1), cursor.number(4), cursor.take(32))
    if entry.size > LONGEST_OBJECT or not entry.kind:
        raise BadBundle("An entry of this list is too large, or of no kind.")
    return entry

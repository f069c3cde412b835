"""Many objects in one answer: a difference of lists, then the objects themselves, each with its kind and length.

A record does not say which object it is: whoever reads it computes that, and looks it up in a list that is verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import brotli

from ..errors import BadBundle
from .binary import number
from .differences import difference
from .lists import LONGEST_OBJECT, Entry, Listing

MAGIC = b"LKp1"
DIFFERENCE = 0
# After so many records what was sent so far can be decoded: it costs one per cent.
FLUSHED = 4


def record(kind: int, payload: bytes) -> bytes:
    return number(kind, 1) + number(len(payload), 4) + payload


def missing(old: Listing | None, new: Listing) -> tuple[Entry, ...]:
    """The entries that a holder of `old` lacks, in the order in which a pack sends them."""
    held = {entry.digest for entry in old.entries} if old else set()
    return tuple(entry for entry in new.entries if entry.digest not in held)


def records(old: Listing | None, new: Listing, payload: Callable[[Entry], bytes]) -> Iterator[bytes]:
    """The pack for a holder of `old` (None: of nothing), record by record; `payload` gives an object's bytes."""
    yield MAGIC + record(DIFFERENCE, difference(old.pieces() if old else (), new.pieces()))
    for entry in missing(old, new):
        yield record(entry.kind, payload(entry))


def compressed(chunks: Iterable[bytes], quality: int) -> Iterator[bytes]:
    """Records as one brotli stream that can be decoded up to every fourth of them."""
    compressor = brotli.Compressor(mode=brotli.MODE_TEXT, quality=quality)
    for place, chunk in enumerate(chunks):
        yield bytes(compressor.process(chunk))
        if place % FLUSHED == FLUSHED - 1:
            yield bytes(compressor.flush())
    yield bytes(compressor.finish())


class Unpacker:
    """Reads a pack as it arrives, in pieces of any size. Raises `BadBundle`; keeps at most one record in memory."""

    def __init__(self) -> None:
        self._buffer, self._begun = bytearray(), False

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The records (kind, payload) that are whole now."""
        self._buffer += data
        if not self._begun:
            if not MAGIC.startswith(self._buffer[: len(MAGIC)]):
                raise BadBundle("This is no pack that can be read here.")
            if len(self._buffer) < len(MAGIC):
                return
            self._begun = True
            del self._buffer[: len(MAGIC)]
        while len(self._buffer) >= 5:
            size = int.from_bytes(self._buffer[1:5], "big")
            if size > LONGEST_OBJECT:
                raise BadBundle("A record of this pack is too long.")
            if len(self._buffer) < 5 + size:
                return
            kind, payload = self._buffer[0], bytes(self._buffer[5 : 5 + size])
            del self._buffer[: 5 + size]
            yield kind, payload

    @property
    def between(self) -> bool:
        """Whether the pack may end here."""
        return self._begun and not self._buffer

"""From one list to another in few bytes: copies out of the old one, and what is new."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import BadBundle
from .binary import Cursor, number
from .lists import LONGEST_LIST

_COPY, _NEW = 0, 1
# A copy costs nine bytes: shorter pieces are cheaper as they are.
_WORTH = 10


def difference(old: Iterable[bytes], new: Iterable[bytes]) -> bytes:
    """What makes `new` out of `old`, both in pieces that return whole or not at all."""
    places: dict[bytes, int] = {}
    at = 0
    for piece in old:
        places.setdefault(piece, at)
        at += len(piece)
    out: list[tuple[int, bytes]] = []  # (where in the old list, or -1; the bytes)
    for piece in new:
        place = places.get(piece, -1) if len(piece) >= _WORTH else -1
        if out and _follows(out[-1], place):
            out[-1] = (out[-1][0], out[-1][1] + piece)
        else:
            out.append((place, piece))
    return b"".join(_write(place, data) for place, data in out)


def _follows(last: tuple[int, bytes], place: int) -> bool:
    begin, data = last
    return place == -1 if begin == -1 else place == begin + len(data)


def _write(place: int, data: bytes) -> bytes:
    if place < 0:
        return number(_NEW, 1) + number(len(data), 4) + data
    return number(_COPY, 1) + number(place, 4) + number(len(data), 4)


def apply(old: bytes, changes: bytes) -> bytes:
    """The new list. Raises `BadBundle` where the changes do not fit; whether it is the right one, its digest says."""
    cursor, out, size = Cursor(changes, "difference"), [], 0
    while cursor.at < len(changes):
        how = cursor.number(1)
        if how == _NEW:
            piece = cursor.take(cursor.number(4))
        elif how == _COPY:
            begin, count = cursor.number(4), cursor.number(4)
            piece = old[begin : begin + count]
            if begin + count > len(old):
                raise BadBundle("This difference belongs to another list.")
        else:
            raise BadBundle("This difference cannot be read here.")
        size += len(piece)
        if size > LONGEST_LIST:
            raise BadBundle("This difference makes a list that is too long.")
        out.append(piece)
    return b"".join(out)

"""The head of a bundle: the small signed word on which state is the newest. Checked before it is read: see `trust`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import BadBundle
from . import signatures
from .binary import Cursor, number, text
from .signatures import ID, P256, SIGNATURE

NAME = re.compile(r"[a-z0-9]{1,8}(?:-[a-z0-9]{1,8}){1,3}")
MOST_STEPS = 6


@dataclass(frozen=True, slots=True)
class Head:
    """`sequence` numbers the list whose digest this is; `issued` and `expires` are seconds since 1970.

    `objects` is the size of all objects, `wire` what a first sync brings in brotli. A first sync is the pack from 0
    to `base`, then from `base` to `sequence`; `steps` are earlier states from which there is a pack, newest first.
    """

    key: bytes
    publication: bytes
    name: str
    sequence: int
    issued: int
    expires: int
    size: int
    digest: bytes
    objects: int
    wire: int
    base: int
    steps: tuple[int, ...] = ()

    def sign(self, secret: bytes) -> bytes:
        """The head as it is published."""
        message = self._write()
        return message + signatures.sign(secret, message)

    def _write(self) -> bytes:
        steps = b"".join(number(self.sequence - step, 4) for step in self.steps)
        return (
            b"LKh1"
            + bytes([P256])
            + self.key
            + self.publication
            + text(self.name)
            + number(self.sequence, 5)
            + number(self.issued, 5)
            + number(self.expires, 5)
            + number(self.size, 4)
            + self.digest
            + number(self.objects, 4)
            + number(self.wire, 4)
            + number(self.sequence - self.base, 4)
            + number(len(self.steps), 1)
            + steps
        )


def signed_part(data: bytes) -> tuple[bytes, bytes, bytes]:
    """The key's id, what is signed, and the signature: all that may be looked at before the signature is checked."""
    cursor = Cursor(data, "head")
    cursor.magic(b"LKh1")
    if cursor.number(1) != P256:
        raise BadBundle("This is signed in a way that cannot be checked here.")
    identity = cursor.take(ID)
    cursor.take(SIGNATURE)
    return identity, data[:-SIGNATURE], data[-SIGNATURE:]


def read_head(data: bytes) -> Head:
    """Raises `BadBundle` for what is none."""
    head, end = _read(data)
    if end != len(data):
        raise BadBundle("There is something behind the end of this head.")
    return head


def split_manifest(data: bytes) -> tuple[bytes, bytes]:
    """A manifest is a head with its list behind it: both as bytes, neither believed."""
    _, end = _read(data)
    return data[:end], data[end:]


def _read(data: bytes) -> tuple[Head, int]:
    cursor = Cursor(data, "head")
    cursor.magic(b"LKh1")
    if cursor.number(1) != P256:
        raise BadBundle("This is signed in a way that cannot be checked here.")
    key, publication, name = cursor.take(ID), cursor.take(16), cursor.text()
    sequence, issued, expires = cursor.number(5), cursor.number(5), cursor.number(5)
    size, digest = cursor.number(4), cursor.take(32)
    objects, wire, base = cursor.number(4), cursor.number(4), sequence - cursor.number(4)
    steps = tuple(sequence - cursor.number(4) for _ in range(cursor.number(1)))
    cursor.take(SIGNATURE)
    head = Head(key, publication, name, sequence, issued, expires, size, digest, objects, wire, base, steps)
    _check(head)
    return head, cursor.at


def _check(head: Head) -> None:
    falling = all(a > b for a, b in zip((head.sequence, *head.steps), head.steps, strict=False))
    if not NAME.fullmatch(head.name) or head.expires < head.issued:
        raise BadBundle("This head has no bundle's name, or expires before it is issued.")
    if head.sequence < 1 or head.base < 1 or not falling or min((*head.steps, 1)) < 1 or len(head.steps) > MOST_STEPS:
        raise BadBundle("The states of this head are out of order.")

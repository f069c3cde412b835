"""The format's structures, from bytes. Every function raises `Malformed`, and nothing else."""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterator
from typing import NamedTuple


class Malformed(Exception):
    """Bytes that the document does not describe."""


class Root(NamedTuple):
    signed: bytes
    version: int
    floor: int
    publication: str
    keys: dict[bytes, bytes]
    signatures: list[tuple[bytes, bytes]]


class Certificate(NamedTuple):
    signed: bytes
    publication: bytes
    serial: int
    not_before: int
    not_after: int
    key: bytes
    root_key: bytes
    signature: bytes


class Head(NamedTuple):
    key: bytes
    publication: bytes
    name: str
    sequence: int
    issued: int
    expires: int
    list_size: int
    list_hash: bytes
    objects: int
    wire: int
    base: int
    steps: list[int]


class Entry(NamedTuple):
    kind: int
    size: int
    hash: bytes


class Contents(NamedTuple):
    before: bytes
    entries: list[Entry]
    tombstones: list[bytes]
    mirrors: list[str]


class Scan:
    """A position in bytes."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if len(self.data) - self.at < count:
            raise Malformed("ends early")
        self.at += count
        return self.data[self.at - count : self.at]

    def u8(self) -> int:
        return self.take(1)[0]

    def u16(self) -> int:
        return int(struct.unpack(">H", self.take(2))[0])

    def u32(self) -> int:
        return int(struct.unpack(">I", self.take(4))[0])

    def u40(self) -> int:
        high, low = struct.unpack(">BI", self.take(5))
        return int(high) << 32 | int(low)

    def text8(self) -> str:
        try:
            return self.take(self.u8()).decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("not UTF-8") from None

    def begins(self, magic: bytes) -> None:
        if self.take(4) != magic:
            raise Malformed("other first bytes")

    def algorithm(self) -> None:
        if self.u8() != 1:
            raise Malformed("other algorithm")

    def ends(self) -> None:
        if self.at < len(self.data):
            raise Malformed("goes on behind its end")


def keys(data: bytes) -> tuple[list[Root], Certificate]:
    scan = Scan(data)
    scan.begins(b"LKk1")
    count = scan.u8()
    if not 1 <= count <= 200:
        raise Malformed("number of roots")
    roots = [root(scan.take(scan.u16())) for _ in range(count)]
    told = certificate(scan.take(scan.u16()))
    scan.ends()
    return roots, told


def root(data: bytes) -> Root:
    scan = Scan(data)
    scan.begins(b"LKr1")
    version, floor, _issued, publication = scan.u32(), scan.u32(), scan.u40(), scan.text8()
    count = scan.u8()
    if not 1 <= count <= 8:
        raise Malformed("number of keys")
    members = {}
    for _ in range(count):
        scan.algorithm()
        key = scan.take(65)
        members[hashlib.sha256(key).digest()[:8]] = key
    signed = data[: scan.at]
    signatures = [(scan.take(8), scan.take(64)) for _ in range(scan.u8())]
    scan.ends()
    return Root(signed, version, floor, publication, members, signatures)


def certificate(data: bytes) -> Certificate:
    scan = Scan(data)
    scan.begins(b"LKc1")
    scan.algorithm()
    publication, serial, not_before, not_after = scan.take(16), scan.u32(), scan.u40(), scan.u40()
    scan.algorithm()
    key, root_key = scan.take(65), scan.take(8)
    signed = data[: scan.at]
    signature = scan.take(64)
    scan.ends()
    return Certificate(signed, publication, serial, not_before, not_after, key, root_key, signature)


def head_key(data: bytes) -> bytes:
    """All that may be read of a head before its signature holds: whose it is."""
    scan = Scan(data)
    scan.begins(b"LKh1")
    scan.algorithm()
    return scan.take(8)


def head(data: bytes) -> tuple[Head, int]:
    """A head, and how long it is."""
    scan = Scan(data)
    scan.begins(b"LKh1")
    scan.algorithm()
    key, publication, name = scan.take(8), scan.take(16), scan.text8()
    sequence, issued, expires = scan.u40(), scan.u40(), scan.u40()
    size, digest, objects, wire = scan.u32(), scan.take(32), scan.u32(), scan.u32()
    base = sequence - scan.u32()
    steps = [sequence - scan.u32() for _ in range(scan.u8())]
    scan.take(64)
    if not re.fullmatch(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){1,3}", name):
        raise Malformed("name")
    if sequence < 1 or expires < issued or base < 1 or len(steps) > 6 or any(step < 1 for step in steps):
        raise Malformed("numbers")
    if sorted({sequence, *steps}, reverse=True) != [sequence, *steps]:
        raise Malformed("order of steps")
    return Head(key, publication, name, sequence, issued, expires, size, digest, objects, wire, base, steps), scan.at


def contents(data: bytes) -> Contents:
    scan = Scan(data)
    scan.begins(b"LKl1")
    before = scan.take(32)
    entries = [Entry(scan.u8(), scan.u32(), scan.take(32)) for _ in range(scan.u16())]
    tombstones = [scan.take(16) for _ in range(scan.u16())]
    mirrors = [scan.text8() for _ in range(scan.u8())]
    scan.ends()
    if len({entry.hash for entry in entries}) < len(entries) or any(entry.size > 1 << 22 for entry in entries):
        raise Malformed("entries")
    if any(entry.kind == 0 for entry in entries) or tombstones != sorted(set(tombstones)):
        raise Malformed("kinds or tombstones")
    return Contents(before, entries, tombstones, mirrors)


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a whole pack."""
    scan = Scan(data)
    scan.begins(b"LKp1")
    while scan.at < len(data):
        kind, length = scan.u8(), scan.u32()
        if length > 1 << 22:
            raise Malformed("too long")
        yield kind, scan.take(length)


def follow(old: bytes, difference: bytes) -> bytes:
    """The new list."""
    scan, new = Scan(difference), bytearray()
    while scan.at < len(difference):
        order = scan.u8()
        if order == 0:
            source = Scan(old)
            source.take(scan.u32())
            new += source.take(scan.u32())
        elif order == 1:
            new += scan.take(scan.u32())
        else:
            raise Malformed("unknown order")
        if len(new) > 1 << 22:
            raise Malformed("too long")
    return bytes(new)

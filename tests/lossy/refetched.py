"""How much of a pack came twice: after a cut, what is asked for again of what had arrived."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import brotli

from .link import Exchange

_PACK = re.compile(r"/_lk/b/[a-z0-9-]+/\d+-\d+\.pack")


def refetched(exchanges: Iterable[Exchange], pack: bytes, path: str) -> list[int]:
    """Of each time that a pack was asked for after a cut: how many whole records of it had arrived before already."""
    starts, told, arrived = _starts(pack), [], 0
    for each in exchanges:
        if each.target != path:
            continue
        if arrived:
            told.append(sum(1 for begin, end in starts if each.begin <= begin and end <= arrived))
        arrived = max(arrived, each.begin + plain(each))
    return told


def plain(exchange: Exchange) -> int:
    """How many plain bytes of the body were carried."""
    head, _, _ = exchange.answer.partition(b"\r\n\r\n")
    body = exchange.answer[len(head) + 4 : exchange.carried]
    if b"content-encoding: br" not in head.lower():
        return len(body)
    decoder, out = brotli.Decompressor(), 0
    for at in range(len(body)):
        out += len(decoder.process(body[at : at + 1]))
    return out


def is_pack(target: str) -> bool:
    return bool(_PACK.fullmatch(target))


def _starts(pack: bytes) -> list[tuple[int, int]]:
    return list(_records(pack))


def _records(pack: bytes) -> Iterator[tuple[int, int]]:
    at = 4
    while at < len(pack):
        end = at + 5 + int.from_bytes(pack[at + 1 : at + 5], "big")
        yield at, end
        at = end

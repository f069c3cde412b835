"""An answer whose bytes are ready: a body in three codings under one entity tag. Knows nothing of what is in it."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from time import time
from typing import NamedTuple

from starlette.types import Send

from .compression import choose

Header = tuple[bytes, bytes]
_BROKEN = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Ready:
    """`etag` is weak and the same for all codings of a body; "" for a body that nobody shall keep."""

    identity: bytes
    gzip: bytes
    br: bytes
    etag: str

    @classmethod
    def of(cls, body: bytes, br: bytes) -> Ready:
        digest = hashlib.sha256(body).hexdigest()[:12]
        return cls(body, gzip.compress(body, 9, mtime=0), br, f'W/"{digest}"')

    def head(self, headers: Iterable[Header], coding: str) -> Head:
        """The answer in `coding`; `headers` must not state length, coding or tag. `ValueError`: they break the head."""
        body = {"br": self.br, "gzip": self.gzip}.get(coding, self.identity)
        named = [*headers, *([(b"etag", self.etag.encode())] if self.etag else [])]
        framed = [(b"content-encoding", coding.encode())] if coding else []
        framed = [*named, *framed, (b"content-length", str(len(body)).encode())]
        if any(_BROKEN.search(part) for line in framed for part in line):
            raise ValueError("a header that would break an answer's head")
        return Head(self, named, framed, b"".join(b"%b: %b\r\n" % line for line in framed), body)


class Head(NamedTuple):
    """An answer in one coding, less its date and what only one reader is told. `lines` is `framed` as on the wire."""

    ready: Ready
    named: list[Header]  # without what speaks of the body's bytes
    framed: list[Header]
    lines: bytes
    body: bytes


class More(NamedTuple):
    """Headers of an answer that only some readers are told. `lines` are `headers` as on the wire."""

    headers: tuple[Header, ...]
    lines: bytes

    @classmethod
    def of(cls, headers: Iterable[Header]) -> More:
        named = tuple(headers)
        return cls(named, b"".join(b"%b: %b\r\n" % line for line in named))


NO_MORE = More((), b"")


def date() -> Header:
    return _date(int(time()))


def on_wire(head: Head, decided: More, told: More) -> bytes:
    """An answer of 200, whole."""
    return b"".join((_began(int(time())), head.lines, decided.lines, told.lines, b"\r\n", head.body))


@lru_cache(maxsize=2)
def _began(now: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\n%b: %b\r\n" % _date(now)


@lru_cache(maxsize=2)
def _date(now: int) -> Header:
    return b"date", formatdate(now, usegmt=True).encode()


def matches(if_none_match: str, etag: str) -> bool:
    """RFC 9110 13.1.2: weak comparison against a list, or `*`."""
    opaque = etag.removeprefix("W/")
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return if_none_match.strip() == "*" or opaque in tags


async def send_head(
    send: Send,
    head: Head,
    more: Iterable[Header] = (),
    *,
    method: str = "GET",
    if_none_match: str = "",
    status: int = 200,
) -> None:
    """Answer, with `more` headers; 304 where the reader has it already."""
    confirmed = status == 200 and if_none_match and matches(if_none_match, head.ready.etag)
    lines = [date(), *(head.named if confirmed else head.framed), *more]
    await send({"type": "http.response.start", "status": 304 if confirmed else status, "headers": lines})
    await send({"type": "http.response.body", "body": b"" if confirmed or method == "HEAD" else head.body})


async def send_ready(
    send: Send,
    ready: Ready,
    headers: Iterable[Header],
    *,
    method: str,
    accept_encoding: str,
    if_none_match: str = "",
    status: int = 200,
) -> None:
    """As `send_head`, for what is not asked for often."""
    head = ready.head(headers, choose(accept_encoding))
    await send_head(send, head, method=method, if_none_match=if_none_match, status=status)

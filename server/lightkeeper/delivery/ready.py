"""An answer whose bytes are ready: a body in three codings under one entity tag. Knows nothing of what is in it."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from time import time

from starlette.types import Send

from .compression import Coding, choose

Header = tuple[bytes, bytes]


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

    def pick(self, accept_encoding: str) -> tuple[bytes, str]:
        """The body in the best coding that the reader takes, and the coding's name ("" for identity)."""
        coding = choose(accept_encoding)
        return {"br": self.br, "gzip": self.gzip}.get(coding, self.identity), coding

    def sent(self, headers: Iterable[Header], coding: str) -> tuple[list[Header], bytes]:
        """Head, less its date, and body in `coding`; `headers` must not state length, coding or tag."""
        body = {"br": self.br, "gzip": self.gzip}.get(coding, self.identity)
        head = [*headers, *([(b"etag", self.etag.encode())] if self.etag else [])]
        head += [(b"content-encoding", coding.encode())] if coding else []
        return [*head, (b"content-length", str(len(body)).encode())], body


@lru_cache(maxsize=256)
def choose_cached(accept_encoding: bytes) -> Coding:
    """As `choose`, for the few values that browsers send."""
    return choose(accept_encoding.decode("latin-1"))


def date() -> Header:
    return _date(int(time()))


@lru_cache(maxsize=2)
def _date(now: int) -> Header:
    return b"date", formatdate(now, usegmt=True).encode()


def matches(if_none_match: str, etag: str) -> bool:
    """RFC 9110 13.1.2: weak comparison against a list, or `*`."""
    opaque = etag.removeprefix("W/")
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return if_none_match.strip() == "*" or opaque in tags


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
    """Answer with `ready`; 304 where the reader has it already. `headers` must not state length, coding or tag."""
    head = [
        date(),
        *headers,
        *([(b"etag", ready.etag.encode())] if ready.etag else []),
    ]
    if status == 200 and if_none_match and matches(if_none_match, ready.etag):
        await send({"type": "http.response.start", "status": 304, "headers": head})
        await send({"type": "http.response.body", "body": b""})
        return
    body, coding = ready.pick(accept_encoding)
    if coding:
        head.append((b"content-encoding", coding.encode()))
    head.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})

"""HTTP answers as a good CMS gives them: validators, conditions, ranges, gzip; and broken ones on demand."""

from __future__ import annotations

import gzip
import hashlib
import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_PACKABLE = ("text/", "image/svg", "application/rss", "application/xml")


def answer(request: Request, body: bytes, media_type: str, modified: datetime, cache: str) -> Response:
    """200, 206, 304 or 416 for one representation."""
    packed = _wants_gzip(request) and media_type.startswith(_PACKABLE)
    tag = hashlib.sha256(body).hexdigest()[:20]
    headers = {
        "ETag": f'"{tag}-gzip"' if packed else f'"{tag}"',
        "Last-Modified": format_datetime(modified.astimezone(UTC), usegmt=True),
        "Cache-Control": cache,
        "Vary": "Accept-Encoding",
        "Accept-Ranges": "none" if packed else "bytes",
    }
    if _unchanged(request, headers["ETag"], modified):
        return Response(status_code=304, headers=headers)
    if packed:
        return Response(_packed(body), headers=headers | {"Content-Encoding": "gzip"}, media_type=media_type)
    return _ranged(request, body, headers, media_type)


def _wants_gzip(request: Request) -> bool:
    for coding in request.headers.get("accept-encoding", "").split(","):
        name, _, weight = coding.partition(";")
        if name.strip().lower() == "gzip":
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return False


@lru_cache(maxsize=64)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


def _unchanged(request: Request, tag: str, modified: datetime) -> bool:
    """RFC 9110 13.2.2: If-None-Match first; If-Modified-Since only without it."""
    asked = request.headers.get("if-none-match")
    if asked is not None:
        return asked.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in asked.split(",")]
    try:
        return modified <= parsedate_to_datetime(request.headers["if-modified-since"])
    except (KeyError, ValueError, TypeError):
        return False


def _ranged(request: Request, body: bytes, headers: dict[str, str], media_type: str) -> Response:
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if not found or not any(found.groups()) or request.headers.get("if-range", headers["ETag"]) != headers["ETag"]:
        return Response(body, headers=headers, media_type=media_type)
    first, last = _span(found[1], found[2], len(body))
    if first > last:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{len(body)}"})
    place = {"Content-Range": f"bytes {first}-{last}/{len(body)}"}
    return Response(body[first : last + 1], status_code=206, headers=headers | place, media_type=media_type)


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size - 1 if int(last) else -1
    return int(first), min(size - 1, int(last)) if last else size - 1


class Hang:
    """Never answers. Ends when the client goes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await until_gone(receive)


class Broken:
    """Half of an HTML page, and then what `fault` says (see `faults.py`)."""

    def __init__(self, html: bytes, fault: str) -> None:
        self.half, self.whole_length, self.fault = html[: len(html) // 2], len(html), fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/html; charset=utf-8")]
        if self.fault == "truncate-length":
            headers.append((b"content-length", str(self.whole_length).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.half, "more_body": self.fault != "truncate-clean"})
        if self.fault == "stall":
            await until_gone(receive)
        # `truncate` and `truncate-length` return with the answer unfinished: the server closes the connection


async def until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

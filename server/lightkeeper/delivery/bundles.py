"""Bundles over HTTP: `/_lk/o/…` and `/_lk/b/…` as the static files that they are, with ranges on plain bytes.

Everybody may have them from everywhere: they are signed, they say nothing of who asks, and mirrors serve the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from ..bundles.states import is_name
from .compression import choose
from .ready import matches

_FILE = re.compile(r"head|manifest|\d{1,12}-\d{1,12}\.pack")
_OBJECT = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")
_CHUNK = 65_536
_SHARED = {
    "vary": "Accept-Encoding",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Content-Range",
    "cross-origin-resource-policy": "cross-origin",
    "x-robots-tag": "noindex",
}
# What a name stands for never changes; but what was withdrawn should not lie in caches for a year.
_LASTING = "public, max-age=86400, immutable"
_PASSING = "public, no-cache"


def routes(folder: Path) -> list[Route]:
    """`folder` is what the publisher writes."""
    files = Files(folder)
    return [
        Route("/_lk/o/{name}", files.object),
        Route("/_lk/b/{name}", files.shared),
        Route("/_lk/b/{bundle}/{name}", files.bundle),
    ]


class Files:
    def __init__(self, folder: Path) -> None:
        self._objects, self._bundles = folder / "o", folder / "b"

    async def object(self, request: Request) -> Response:
        name = request.path_params["name"]
        return await _answer(request, self._objects / name if _OBJECT.fullmatch(name) else None, _LASTING)

    async def shared(self, request: Request) -> Response:
        name = request.path_params["name"]
        return await _answer(request, self._bundles / name if name in ("keys", "names") else None, _PASSING)

    async def bundle(self, request: Request) -> Response:
        bundle, name = request.path_params["bundle"], request.path_params["name"]
        known = is_name(bundle) and _FILE.fullmatch(name)
        keeping = _LASTING if name.endswith(".pack") else _PASSING
        return await _answer(request, self._bundles / bundle / name if known else None, keeping)


@dataclass(frozen=True, slots=True)
class _Opened:
    """An open file: what is sent stays the same when another takes its name meanwhile."""

    file: BinaryIO
    coding: str
    size: int
    tag: str


async def _answer(request: Request, path: Path | None, keeping: str) -> Response:
    found = await asyncio.to_thread(_open, path, _coding(request)) if path else None
    if found is None:
        return PlainTextResponse("There is no such file.\n", 404, {**_SHARED, "cache-control": "no-cache"})
    headers = {**_SHARED, "cache-control": keeping, "etag": found.tag, "content-type": "application/octet-stream"}
    headers |= {"content-encoding": found.coding} if found.coding else {"accept-ranges": "bytes"}
    if matches(request.headers.get("if-none-match", ""), found.tag):
        found.file.close()
        return Response(status_code=304, headers=headers)
    return _sent(request, found, headers)


def _sent(request: Request, found: _Opened, headers: dict[str, str]) -> Response:
    begin, end, status = 0, found.size, 200
    if match := _RANGE.fullmatch("" if found.coding else _wanted_range(request, found.tag)):
        begin, status = int(match[1]), 206
        end = min(int(match[2]) + 1 if match[2] else found.size, found.size)
        if end <= begin:
            found.file.close()
            return Response(status_code=416, headers={**headers, "content-range": f"bytes */{found.size}"})
        headers["content-range"] = f"bytes {begin}-{end - 1}/{found.size}"
    headers["content-length"] = str(end - begin)
    if request.method == "HEAD":
        found.file.close()
        return Response(status_code=status, headers=headers)
    return StreamingResponse(_read(found.file, begin, end), status, headers)


def _coding(request: Request) -> str:
    """Ranges count plain bytes."""
    return "" if "range" in request.headers else choose(request.headers.get("accept-encoding", ""))


def _wanted_range(request: Request, tag: str) -> str:
    """The range, unless `If-Range` names another version."""
    condition = request.headers.get("if-range", tag)
    return request.headers.get("range", "") if condition == tag else ""


def _open(path: Path, coding: str) -> _Opened | None:
    """The file, in brotli where that is wanted and there; None where there is none."""
    for name, found in ((f"{path.name}.br", "br"), (path.name, "")):
        if found in ("", coding):
            try:
                file = path.with_name(name).open("rb")
            except OSError:
                continue
            return _Opened(file, found, os.fstat(file.fileno()).st_size, _tag(path, file, found))
    return None


def _tag(path: Path, file: BinaryIO, coding: str) -> str:
    """What never changes is known by its name; the rest is small enough to be hashed."""
    lasting = path.name.endswith(".pack") or len(path.name) == 64
    data = f"{path.parent.name}/{path.name}".encode() if lasting else file.read()
    return f'"{hashlib.sha256(data).hexdigest()[:16]}{coding and "-" + coding}"'


def _read(file: BinaryIO, begin: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(begin)
        while begin < end and (chunk := file.read(min(_CHUNK, end - begin))):
            begin += len(chunk)
            yield chunk

"""The front door: one service for hostile readers, and the bytes that they send."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from .service import Service, page, service


@contextlib.contextmanager
def standing(folder: Path) -> Iterator[Service]:
    with service(folder) as running:
        running.site.put("/story", page())
        running.site.put("/", page("Home"))
        yield running


def statuses(answer: bytes) -> list[int]:
    """The statuses of all answers in what came back on one connection."""
    return [int(status) for status in re.findall(rb"(?:^|[^\n]*)HTTP/1\.1 (\d{3}) ", answer)]


def head(*lines: str, to: str = "/story", method: str = "GET", version: str = "HTTP/1.1") -> bytes:
    return "\r\n".join((f"{method} {to} {version}", "Host: x", *lines, "", "")).encode("latin-1")

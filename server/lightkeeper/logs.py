"""What Lightkeeper writes about itself: one line an event, for people or as JSON, never an address or a query string.

No request has a line. A traceback may quote what a reader or the origin sent, so every line is cleaned as it goes out.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import re
from datetime import UTC, datetime
from typing import Literal

Format = Literal["text", "json"]

# IPv4, and anything with two colons that may be IPv6; whether it is one, `ipaddress` tells.
_CANDIDATE = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}(?![\w.])|[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)")
_QUERY = re.compile(r"(?<=[\w/.%-])\?[^\s\"'<>)\]}]+")
# Libraries that would have a line for every request.
_TALKATIVE = ("httpx", "httpcore", "hpack", "asyncio", "aiosqlite", "trafilatura", "htmldate")


def set_up(format: Format) -> None:
    """Send the logs of this process to standard error, ours from INFO, others' from WARNING. May be called again."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if format == "json" else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("lightkeeper").setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], name != "uvicorn.access"
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def clean(text: str) -> str:
    """The text without network addresses and without the queries of URLs."""
    return _CANDIDATE.sub(_hidden, _QUERY.sub("", text))


def _hidden(match: re.Match[str]) -> str:
    text = match[0]
    bare = text.rstrip(":.")
    for candidate in (text, bare):
        try:
            ipaddress.ip_address(candidate)
        except ValueError:
            continue
        return "[address]" + text[len(candidate) :]
    return text


class _Text(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return clean(super().format(record))


class _Json(logging.Formatter):
    """`time` is UTC in ISO 8601; `error` is a traceback, where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": clean(record.getMessage()),
        }
        if record.exc_info:
            line["error"] = clean(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)

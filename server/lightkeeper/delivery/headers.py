"""Raw header lists, as ASGI and HTTP have them: reading, replacing, and what must not travel past one hop."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..source.storable import directives

__all__ = [
    "Headers",
    "directives",
    "end_to_end",
    "get",
    "has_token",
    "is_sendable",
    "merge_vary",
    "replaced",
    "sendable",
    "tokens",
]

Headers = list[tuple[bytes, bytes]]

# RFC 9110 7.6.1, the older list of RFC 2616 13.5.1, and two names that browsers and proxies made up. `TE` goes as
# well: trailers are not passed on, so nobody may be promised that they are.
_HOP_BY_HOP = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authentication-info",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"http2-settings",
    )
)
# What is meant for every recipient may not be nominated (RFC 9110 7.6.1); else a peer could strip a page's `private`.
_FOR_EVERYBODY = frozenset(
    (
        b"authorization",
        b"cache-control",
        b"content-encoding",
        b"content-length",
        b"content-range",
        b"content-security-policy",
        b"content-type",
        b"cookie",
        b"host",
        b"set-cookie",
        b"vary",
    )
)
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BAD_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


def get(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str:
    """The values of `name` (lower case), joined by comma as RFC 9110 5.3 allows; empty where it is missing."""
    return b", ".join(value for key, value in headers if key.lower() == name).decode("latin-1")


def tokens(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> set[str]:
    """The comma-separated members of `name`, in lower case."""
    return {item for item in (part.strip().lower() for part in get(headers, name).split(",")) if item}


def has_token(headers: Iterable[tuple[bytes, bytes]], name: bytes, token: str) -> bool:
    return token in tokens(headers, name)


def replaced(headers: Iterable[tuple[bytes, bytes]], changes: Mapping[bytes, bytes | None]) -> Headers:
    """Each name of `changes` (lower case) with its one new value, at the old place or at the end; None removes it."""
    left = dict(changes)
    kept: Headers = []
    for key, value in headers:
        name = key.lower()
        if name not in changes:
            kept.append((key, value))
        elif (new := left.pop(name, None)) is not None:
            kept.append((key, new))
    kept.extend((name, new) for name, new in left.items() if new is not None)
    return kept


def end_to_end(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """The headers less those that end at this hop: the fixed list, and what `Connection` nominates."""
    lines = list(headers)
    nominated = {name.encode("latin-1") for name in tokens(lines, b"connection")} - _FOR_EVERYBODY
    return [(key, value) for key, value in lines if key.lower() not in _HOP_BY_HOP and key.lower() not in nominated]


def sendable(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Lower-case names, and only lines that cannot be mistaken for two: no control characters in name or value."""
    return [(key.lower(), value) for key, value in headers if _NAME.fullmatch(key) and not _BAD_VALUE.search(value)]


def is_sendable(value: str) -> bool:
    """Whether `value` may stand in a header: no control characters."""
    return not _BAD_VALUE.search(value.encode("latin-1", "replace"))


def merge_vary(*values: str) -> str:
    """One `Vary` that says what all of `values` say; `*` swallows the others (RFC 9110 12.5.5)."""
    names: dict[str, str] = {}
    for value in values:
        for name in value.split(","):
            if name.strip():
                names.setdefault(name.strip().lower(), name.strip())
    return "*" if "*" in names else ",".join(names.values())

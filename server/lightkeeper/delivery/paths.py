"""Which paths are ours to touch, by the operator's rules and by their form. Pure: knows paths, not requests.

A pattern is matched against the whole path, percent-decoded, without the query; case counts. `*` stands for any
characters, slashes too; nothing else is special. A pattern that ends in `/*` also covers the folder itself, so
`/checkout/*` keeps us out of `/checkout` as well. `untouched` wins over `light_paths`; what neither allows passes as
the origin sends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from ..settings import UNTOUCHED

# What servers read in more than one way: two slashes in a row (in front, a browser takes what follows for a host),
# backslashes, control characters, dot segments, each also encoded.
_ODD = re.compile(r"(?:/|%2f){2}|\\|%5c|%[01][0-9a-f]|%7f|(?:/|%2f)(?:\.|%2e){1,2}(?:/|%2f|;|$)", re.IGNORECASE)


class PathRules:
    """`untouched` and `light` are patterns as described above. Common systems' log-in is never touched either."""

    def __init__(self, untouched: Iterable[str], light: Iterable[str]) -> None:
        self._untouched = _pattern([*UNTOUCHED, *untouched])
        self._light = _pattern(light)

    def allow(self, address: str) -> bool:
        """Whether the document at `address` (raw path, perhaps a query) may be touched and have a Light edition."""
        raw = address.partition("?")[0]
        path = unquote(raw)
        return bool(is_plain(raw) and self._light.fullmatch(path) and not self._untouched.fullmatch(path))

    def leaves(self, address: str) -> bool:
        """Whether the operator wants nothing at `address` touched, be it a document or not."""
        return bool(self._untouched.fullmatch(unquote(address.partition("?")[0])))


def is_plain(address: str) -> bool:
    """Whether everybody reads this raw path in the same way."""
    return not _ODD.search(address.partition("?")[0])


def _pattern(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(_one(pattern) for pattern in patterns) or r"(?!)", re.DOTALL)


def _one(pattern: str) -> str:
    folder = pattern.endswith("/*")
    body = ".*".join(re.escape(part) for part in unquote(pattern.removesuffix("/*") if folder else pattern).split("*"))
    return f"{body}(?:/.*)?" if folder else body

"""The two doors of one site: directly to the origin, and through Lightkeeper; and what may differ between them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from pathlib import Path
from typing import Any

import brotli

from lightkeeper.app import create_app
from lightkeeper.editions.watchdog import FullContext, parts
from lightkeeper.settings import load
from lightkeeper.store import migrate

from ..servers import Address, Received, serving
from .visitor import Visitor

NAME = "The Paper"
# What belongs to one connection, not to the answer.
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "date"})
# What is amended on a page with our head and tail; test_documents says how.
_AMENDED = frozenset(
    {
        *("cache-control", "vary", "content-location", "accept-ch", "expires", "pragma", "last-modified", "age"),
        *("etag", "content-length", "content-encoding", "accept-ranges", "lightkeeper-edition"),
    }
)
Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Doors:
    """`site` is the address that readers use; nobody resolves it, both doors are told it as `Host`."""

    site: str
    direct: Address
    through: Address

    def visitor(self) -> Visitor:
        """Somebody new at Lightkeeper's door."""
        return Visitor(self.through, self.site)

    def insider(self) -> Visitor:
        """Somebody new at the origin's own door."""
        return Visitor(self.direct, self.site)

    def added(self, path: str, language: str = "en") -> tuple[bytes, ...]:
        """What Lightkeeper puts into the full page of `path`."""
        added = parts(FullContext(NAME, f"/light{path}"), language)
        return added.head, added.body, added.tail


@contextmanager
def doors(origin: Address, site: str, folder: Path, **settings: Any) -> Iterator[Doors]:
    # Without the receipt, whose picture and cookies are new on every page: they have tests of their own.
    values = {
        "public_url": site,
        "publication": NAME,
        "fronts": "",
        "fresh": "0",
        "revalidate_wait": "5",
        "sensing": "off",
    }
    ready = load(origin=origin.url, data=str(folder), **{**values, **settings})
    migrate(ready.data)
    with serving(create_app(ready)) as address:
        yield Doors(site, origin, address)


def same(direct: Received, through: Received, random: str = "") -> None:
    """The answer passed untouched: status, every header that is about it, each byte.

    `random` is a pattern of what the origin makes up anew for each answer.
    """
    assert direct.status == through.status
    assert steady_lines(direct, random) == steady_lines(through, random)
    _equal(steady_body(direct, random), steady_body(through, random))


def same_page(direct: Received, through: Received, added: tuple[bytes, ...]) -> None:
    """The full page: the origin's bytes in their order with our parts among them, and no header lost but by design."""
    assert direct.status == through.status
    stated = "charset=" in (direct.header("content-type") or "")
    assert lines(direct, _AMENDED) == [line if stated else _less_charset(line) for line in lines(through, _AMENDED)]
    _equal(opened(direct), without(opened(through), added))


def _equal(direct: bytes, through: bytes) -> None:
    """Say where two pages of many lines differ: the whole of them is too much to print."""
    if direct != through:
        before, after = (body.decode("utf-8", "replace").splitlines() for body in (direct, through))
        changes = unified_diff(before, after, n=0, lineterm="")
        raise AssertionError("\n".join(line[:400] for line in islice(changes, 30)))


def _less_charset(line: Line) -> Line:
    """Where only the page itself names its encoding, our header does, for our head pushes the page's own words down."""
    return line[0], line[1].partition("; charset=")[0] if line[0] == "content-type" else line[1]


def lines(answer: Received, less: frozenset[str] = frozenset()) -> list[Line]:
    return [line for line in answer.headers if line[0] not in _HOP | less]


def steady_lines(answer: Received, random: str) -> list[Line]:
    return [(name, re.sub(random, "", value) if random else value) for name, value in lines(answer)]


def steady_body(answer: Received, random: str) -> bytes:
    return re.sub(random.encode(), b"", answer.body) if random else answer.body


def opened(answer: Received) -> bytes:
    """The body without its content coding."""
    coding = answer.header("content-encoding")
    if coding == "br":
        return bytes(brotli.decompress(answer.body))
    return zlib.decompress(answer.body, 47) if coding == "gzip" else answer.body


def without(body: bytes, added: tuple[bytes, ...]) -> bytes:
    """The page less our parts, each of which must stand in it exactly once."""
    for part in added:
        assert body.count(part) == 1, f"{body.count(part)} times: {part[:80]!r}"
        body = body.replace(part, b"")
    return body


def edition(answer: Received) -> str:
    """`light` or `full` as the answer says it; "" where nothing was decided."""
    found = re.match(r"(light|full); reason=", answer.header("lightkeeper-edition") or "")
    return found[1] if found else ""

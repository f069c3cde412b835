"""The headers of answers that were negotiated, and of those at an explicit address: caching, tags, what was decided."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from ..editions.site import Site
from ..sensing import Decision
from .headers import directives, merge_vary

# Everything that a decision reads and that can be named in a header. What decides besides (a cookie's age, the
# connection itself) cannot, so negotiated answers are private, too.
# Without blanks, for each page pays for them.
VARY = "Accept-Encoding,Cookie,Save-Data,ECT,RTT,Downlink"
ACCEPT_CH = "ECT,RTT,Downlink"
Headers = list[tuple[str, str]]

_TAG = re.compile(r'(W/)?"([^"]*)"')


def encoded(headers: Headers) -> list[tuple[bytes, bytes]]:
    """As ASGI wants them. RFC 9110 5.5: what is not ASCII is opaque; latin-1 keeps every byte."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def decoded(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """The inverse of `encoded`."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


def decided(name: str, decision: Decision) -> Headers:
    """`Lightkeeper-Edition: light; reason=rate; predicted=59`, under the name that the operator chose."""
    if not name:
        return []
    predicted = "" if decision.predicted is None else f"; predicted={_seconds(decision.predicted)}"
    return [(name.lower(), f"{decision.edition}; reason={decision.reason}{predicted}")]


def _seconds(value: float) -> str:
    """Tenths below ten: a second more or less is much there."""
    return f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def private(headers: Iterable[tuple[str, str]], location: str, site: Site) -> Headers:
    """An origin's headers made true for a negotiated answer; `location` is its explicit address.

    Hints are asked for only where browsers give them (Client Hints Infrastructure, section 3.1: secure contexts).
    Last-Modified goes: it is the same for both editions, so a copy of one would be confirmed as the other.
    """
    kept = [(name, value) for name, value in headers if name not in _REPLACED]
    cache = ", ".join(value for name, value in headers if name == "cache-control")
    no_store = ", no-store" if "no-store" in directives(cache) else ""
    vary = merge_vary(*(value for name, value in headers if name == "vary"), VARY)
    return [
        *kept,
        ("cache-control", f"private, no-cache{no_store}"),
        ("vary", vary),
        ("content-location", location),
        *([("accept-ch", ACCEPT_CH)] if site.trustworthy else []),
        *([("critical-ch", ACCEPT_CH)] if site.trustworthy and site.critical_hints else []),
    ]


_REPLACED = frozenset({"cache-control", "vary", "content-location", "expires", "pragma", "last-modified", "age"})


_MARK = "lkf-"


class FullTags:
    """Entity tags of full pages: the origin's own, marked with what we add, so that each can be told from the other.

    `version` changes whenever the added bytes would.
    """

    def __init__(self, version: bytes) -> None:
        self._mark = f"{_MARK}{hashlib.sha256(version).hexdigest()[:8]}-"

    def to_reader(self, etag: str, held: str = "") -> str:
        """The tag of the page as we serve it; weak, for our bytes are not the origin's.

        `held` is the reader's If-None-Match. The tag that a copy has is kept where the origin confirms the copy with
        the other strength, as nginx does for what it compressed: caches look for the very same tag.
        """
        found = _TAG.fullmatch(etag.strip())
        if not found:
            return ""
        tags = [f'W/"{self._mark}{strength}-{found[2]}"' for strength in ("ws" if found[1] else "sw")]
        return next((tag for tag in tags if tag in held), tags[0])

    def ours(self, if_none_match: str) -> bool:
        """Whether the reader holds a full page of ours, of this version or of another."""
        return any(tag.startswith(_MARK) for _, tag in _TAG.findall(if_none_match))

    def to_origin(self, if_none_match: str) -> str:
        """The origin's tags among those that the reader holds; "" where it holds none of ours."""
        ours = (tag.removeprefix(self._mark) for _, tag in _TAG.findall(if_none_match) if tag.startswith(self._mark))
        return ", ".join(f'{"W/" if tag.startswith("w-") else ""}"{tag[2:]}"' for tag in ours)

"""Which requests are ours to touch. Pure: reads a request's parts and answers; knows nothing of editions or origins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache

from starlette.types import Scope

from ..article.addresses import without_tracking

_SHEET_OR_SCRIPT = re.compile(r"\.(?:css|m?js)$", re.IGNORECASE)
_PACKAGE = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)+")
_CALLBACK = re.compile(r"[?&](?:callback|jsonp)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """A request's address as the origin may see it: raw path and query, less tracking and less our `edition`.

    `choice` is the value of our own parameter, where there was one.
    """

    path: str
    query: str = ""
    choice: str | None = None

    @property
    def target(self) -> str:
        return self.path + (f"?{self.query}" if self.query else "")


def read_address(path: str, query: str) -> Address:
    """Only `edition=full` and `edition=light` are ours: a site may have editions of its own."""
    choice = None
    kept = []
    for pair in without_tracking(query).split("&"):
        name, _, value = pair.partition("=")
        if name == "edition" and value in ("full", "light"):
            choice = value
        else:
            kept.append(pair)
    return Address(path, "&".join(kept), choice)


# Of requests that scripts make; and a GET with a body means something that we do not know.
_NO_NAVIGATION = frozenset(
    (
        *("range", "authorization", "hx-request", "x-pjax"),
        *("content-length", "transfer-encoding"),
    )
)


def whole_target(scope: Scope) -> str:
    """Path and query as the reader wrote them."""
    query: str = scope["query_string"].decode("latin-1")
    path: str = scope["raw_path"].decode("latin-1")
    return path + (f"?{query}" if query else "")


# Long ones that browsers send with everything, and that say nothing about a reader's link or wish.
_UNREAD = frozenset(
    (
        *(b"host", b"user-agent", b"connection", b"accept-language", b"priority"),
        *(b"sec-ch-ua", b"sec-ch-ua-mobile", b"sec-ch-ua-platform", b"sec-fetch-site", b"sec-fetch-user"),
    )
)


def told(lines: Iterable[tuple[bytes, bytes]]) -> dict[str, str] | None:
    """What of a request's headers is read where a Light page is at hand; None where something is said twice."""
    read = [line for line in lines if line[0] not in _UNREAD]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in read}
    return headers if len(headers) == len(read) else None


def is_navigation(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a person's browser asks for a document in its own window.

    Fetch Metadata, section 2, where the browser sends it; else what Accept says. A worker that passes a navigation
    through turns its destination into `empty` in every engine, and its mode too in one; Accept survives.
    """
    if method not in ("GET", "HEAD"):
        return False
    if not _NO_NAVIGATION.isdisjoint(headers) or _from_script(headers):
        return False
    if not _wants_html(headers.get("accept", "")):
        return False
    destination, mode = headers.get("sec-fetch-dest", ""), headers.get("sec-fetch-mode", "")
    if destination == "empty":
        return mode == "navigate" or (mode == "same-origin" and "upgrade-insecure-requests" in headers)
    return destination in ("", "document")


def _from_script(headers: Mapping[str, str]) -> bool:
    """Whether a page's script asks. Browsers inside Android apps name their app in that header, with all they ask."""
    return "x-requested-with" in headers and not _PACKAGE.fullmatch(headers["x-requested-with"])


@lru_cache(maxsize=256)
def _wants_html(accept: str) -> bool:
    for item in accept.lower().split(","):
        kind, *parameters = (part.strip() for part in item.split(";"))
        if kind in ("text/html", "application/xhtml+xml"):
            return not any(re.fullmatch(r"q=0(\.0*)?", parameter) for parameter in parameters)
    return False


def blocks_painting(method: str, target: str, headers: Mapping[str, str]) -> bool:
    """Whether a page asks for a style sheet or script, for which a browser may keep it blank.

    Fetch Metadata, section 2, where the browser sends it, and style sheets' own Accept; else how the path ends. A
    script that is asked for with a callback is data, which may be waiting for news.
    """
    if method != "GET" or "range" in headers or _from_script(headers):
        return False
    destination = headers.get("sec-fetch-dest", "")
    if destination not in ("", "empty"):
        return destination in ("style", "script") and not _CALLBACK.search(target)
    if is_sheet(headers):
        return True
    named = _SHEET_OR_SCRIPT.search(target.partition("?")[0])
    return not destination and not _wants_html(headers.get("accept", "")) and bool(named)


def is_sheet(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that it asks for a style sheet."""
    destination = headers.get("sec-fetch-dest", "")
    return destination == "style" or (
        destination in ("", "empty") and headers.get("accept", "").startswith("text/css,")
    )


def cookies(header: str) -> dict[str, str]:
    """Names and values of a Cookie header; of a repeated name the first counts, as browsers send the closest first."""
    found: dict[str, str] = {}
    for pair in header.split(";"):
        name, equals, value = pair.strip().partition("=")
        if equals:
            found.setdefault(name, value)
    return found


def without_ours(header: str) -> str:
    """A Cookie header less the cookies of Lightkeeper, which are no business of the origin's."""
    kept = [pair for pair in header.split(";") if not pair.strip().startswith("lk-")]
    return ";".join(kept).strip()


def has_session(names: Iterable[str], patterns: Iterable[str]) -> bool:
    """Whether one of the cookies belongs to somebody who is logged in, or whose page is otherwise their own."""
    return any(map(_any_of(tuple(patterns)).match, names))


@lru_cache(maxsize=8)
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)) or r"(?!)")

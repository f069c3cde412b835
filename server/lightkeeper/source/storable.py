"""What may be fetched for and kept in the store: public pages only. Pure functions of an address and of a page."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .page import Page

# Parameters that carry a secret or show what is not published yet; their addresses are one person's, not the public's.
_SECRET = re.compile(
    r"(?:(?:[a-z0-9]+[_-])*(?:token|nonce|otp|jwt|signature|password|passwd|secret|session|sessionid|sid|apikey|api[_-]key"
    r"|magic[_-]?link|auth|hmac)|key|hash|sig|jsessionid|phpsessid"
    r"|_?wpnonce|moderation[_-]hash"
    r"|preview|preview[_-](?:id|nonce)|is[_-]?preview|draft|customize_\w+|share[_-]?draft|elementor-preview)",
    re.IGNORECASE,
)
_SECRET_PATH = re.compile(
    r";jsessionid=|^/(?:ghost/)?p/[0-9a-f]{8}-[0-9a-f]{4}-|/(?:preview|draft)s?(?:/|$)", re.IGNORECASE
)


def public_address(path: str) -> bool:
    """Whether `path` (with its query) is an address that anybody may ask for: no token, no preview, no draft."""
    parts = urlsplit(path)
    names = (pair.partition("=")[0] for pair in re.split("[&;]", parts.query))
    return not _SECRET_PATH.search(parts.path) and not any(_SECRET.fullmatch(name) for name in names)


# WordPress shows this form in a post's place; what stands around it is no story.
_LOCK = re.compile(rb"""<input\b[^>]{0,500}\bname\s*=\s*["']?post_password\b""", re.IGNORECASE)


def locked(page: Page) -> bool:
    """Whether the page asks for the password of a post. A list of stories may do so for one of them."""
    return bool(_LOCK.search(page.body))


def why_not(page: Page) -> str:
    """Why this page must not be stored, as a short code; an empty string where it may."""
    cache = directives(page.header("cache-control"))
    if page.status != 200:
        return "status"
    if "no-store" in cache or "private" in cache:
        return "private"
    if page.header("vary").strip() == "*":
        return "varies"
    if not public_address(page.url):
        return "address"
    return ""


def directives(value: str) -> dict[str, str]:
    """Cache-Control as RFC 9111 5.2 reads it: lower-case names, values without quotes; of doubles the first counts."""
    found: dict[str, str] = {}
    for match in _DIRECTIVE.finditer(value):
        quoted, plain = match["quoted"], match["plain"]
        text = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else (plain or "")
        found.setdefault(match["name"].lower(), text)
    return found


_DIRECTIVE = re.compile(
    r"""(?P<name>[^\s,;="]+) (?:\s*=\s* (?:"(?P<quoted>(?:[^"\\]|\\.)*)" | (?P<plain>[^\s,;"]*)))?""", re.VERBOSE
)

"""Where a link of a Light page leads: to the Light edition of our own pages, unchanged to everything else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from .site import Site

_ALLOWED = re.compile(r"(?:https?://[^/?#]|mailto:|tel:|#).*", re.IGNORECASE | re.DOTALL)
# Files of our own site that are no pages: they have no Light edition.
_FILE = re.compile(
    r"\.(?:avif|csv|docx?|epub|gif|jpe?g|m4a|m4v|mp3|mp4|ogg|pdf|png|pptx?|svg|webm|webp|xlsx?|zip)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Links:
    """`here` is the path of the page that holds the links, or "" where it has none."""

    site: Site
    here: str = ""

    def light(self, url: str) -> str:
        """The href for a link to read on; "" where `url` is nothing that a reader may be sent to."""
        url = _clean(url)
        path = self.site.path(url)
        if path is None or _leaves(path):
            return url
        parts = urlsplit(url)
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        if fragment and path == self.here:
            return fragment
        own = f"{self.site.prefix}/"
        return (path if _FILE.search(parts.path) or path.startswith(own) else self.site.light(path)) + fragment

    def direct(self, url: str) -> str:
        """The href of the thing itself, such as a picture."""
        url = _clean(url)
        path = self.site.path(url)
        return url if path is None or _leaves(path) else path


def _clean(url: str) -> str:
    url = re.sub(r"[\x00-\x20\x7f\\]", lambda match: quote(match[0]), url.strip())
    try:
        urlsplit(url)
    except ValueError:
        return ""
    return url if _ALLOWED.fullmatch(url) else ""


def _leaves(path: str) -> bool:
    """Whether a browser would take this path for another host: `//host/x`."""
    return path.startswith("//")

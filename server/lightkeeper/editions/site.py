"""The publication as its readers address it: which address is ours, and where its Light and its full edition live."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from ..article.addresses import without_tracking


@dataclass(frozen=True, slots=True)
class Site:
    """`url` is the public address without a trailing slash; `prefix` is where Light addresses begin, as `/light`."""

    publication: str
    url: str
    prefix: str = "/light"
    critical_hints: bool = False

    @property
    def secure(self) -> bool:
        return self.url.startswith("https:")

    @property
    def trustworthy(self) -> bool:
        """Whether browsers treat the site as a secure context (Secure Contexts, section 3.1): workers, client hints."""
        host = urlsplit(self.url).hostname or ""
        return self.secure or host == "localhost" or host.endswith(".localhost") or host in ("127.0.0.1", "::1")

    def path(self, url: str) -> str | None:
        """The path and query of an absolute address on this site, without tracking; None for any other address.

        http and https of the same host count as the same site.
        """
        try:
            parts, own = urlsplit(url), urlsplit(self.url)
        except ValueError:
            return None
        if parts.scheme not in ("http", "https") or parts.netloc.lower() != own.netloc:
            return None
        query = without_tracking(parts.query)
        return (parts.path or "/") + (f"?{query}" if query else "")

    def light(self, path: str) -> str:
        """`/news/x?p=1` -> `/light/news/x?p=1`."""
        return self.prefix + path

    @property
    def connection(self) -> str:
        """Where a reader sees what was noticed of their connection. `/-/` keeps it apart from the site's own pages."""
        return f"{self.prefix}/-/connection"

    def choose(self, edition: str, path: str) -> str:
        """The address that remembers a reader's choice of `full`, `light` or `auto` and goes on to `path`."""
        return f"/_lk/choose?edition={edition}&to={quote(path, safe='/')}"

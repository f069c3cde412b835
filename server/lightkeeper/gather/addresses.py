"""What a person types as the address of a story, as the store names it."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..article.addresses import without_tracking
from ..errors import SettingsError
from ..settings import Settings
from ..source.mapping import UrlMap, authority


def address_of(settings: Settings, given: str) -> str:
    """Path and query of a URL of the site, of its Light edition, or of a path alone. Raises `SettingsError`."""
    try:
        mapped = UrlMap(settings.origin, settings.site)(given.strip()) if settings.origin else given.strip()
        parts = urlsplit(mapped)
        foreign = (
            bool(parts.netloc) and bool(settings.site) and authority(_https(mapped)) != authority(_https(settings.site))
        )
    except ValueError as error:
        raise SettingsError(f"{given!r} is no address: {error}") from None
    if foreign:
        raise SettingsError(f"{given} is not on {settings.site}")
    if parts.scheme not in ("", "http", "https") or not (parts.netloc or parts.path.startswith("/")):
        raise SettingsError(f"write the story's address as https://host/path or as /path, not {given!r}")
    return _plain(settings, parts.path or "/", parts.query)


def _plain(settings: Settings, path: str, query: str) -> str:
    prefix = f"{settings.light_prefix}/"
    path = path[len(prefix) - 1 :] if path.startswith(prefix) else path
    pairs = [pair for pair in without_tracking(query).split("&") if pair not in ("edition=light", "edition=full", "")]
    return path + (f"?{'&'.join(pairs)}" if pairs else "")


def _https(url: str) -> str:
    """http and https of one host are one site."""
    return url.replace("http:", "https:", 1) if url.startswith("http:") else url


def path_on(site: str, url: str) -> str | None:
    """Path and query of an absolute address on `site`, without tracking; None for any other address."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or authority(_https(url)) != authority(_https(site)):
            return None
    except ValueError:
        return None
    query = without_tracking(parts.query)
    return (parts.path or "/") + (f"?{query}" if query else "")

"""What a page costs a reader: its own files are fetched as by an empty browser, those of others only counted."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin

from lxml import html

from ..editions.site import Site
from ..errors import LightkeeperError
from ..source.origin import Origin
from ..source.page import Page

_MOST = 80
_IMPORT = re.compile(r"@import\s+(?:url\()?[\"']?([^\"')\s;]+)")


@dataclass(slots=True)
class Weight:
    """Bytes as they travel, compressed. `critical` are those before the first text; `foreign` files are not fetched."""

    total: int = 0
    critical: int = 0
    files: int = 0
    foreign: int = 0
    blocking: list[str] = field(default_factory=list)


async def weigh(origin: Origin, site: Site, page: Page) -> Weight:
    weight = Weight()
    size = len(gzip.compress(page.body, 6))
    _add(weight, size, critical=True)
    seen: set[str] = set()
    for address, critical in _loads(html.fromstring(page.body)):
        await _load(origin, site, urldefrag(urljoin(page.url, address))[0], critical, weight, seen)
    return weight


async def _load(origin: Origin, site: Site, url: str, critical: bool, weight: Weight, seen: set[str]) -> None:
    if url in seen or not url.startswith(("http://", "https://")) or len(seen) >= _MOST:
        return
    seen.add(url)
    path = site.path(url)
    if path is None:
        weight.foreign += 1
        weight.blocking += [url] if critical else []
        return
    try:
        page = await origin.fetch(path)
    except LightkeeperError:
        return
    text = page.header("content-type").startswith(("text/", "application/javascript", "application/json"))
    _add(weight, len(gzip.compress(page.body, 6)) if text else len(page.body), critical)
    if page.header("content-type").startswith("text/css"):
        for imported in _IMPORT.findall(page.body.decode("utf-8", "replace")):
            await _load(origin, site, urljoin(url, imported), critical, weight, seen)


def _add(weight: Weight, size: int, critical: bool) -> None:
    weight.files += 1
    weight.total += size
    weight.critical += size if critical else 0


def _loads(tree: html.HtmlElement) -> Iterator[tuple[str, bool]]:
    """Addresses, and whether text waits for them."""
    for element in tree.iter("link", "script", "img", "source", "video", "iframe"):
        address = element.get("src") or ""
        if element.tag == "link":
            relations = (element.get("rel") or "").lower().split()
            if "stylesheet" in relations:
                yield element.get("href") or "", (element.get("media") or "all") in ("all", "screen")
        elif element.tag == "script" and address:
            late = any(element.get(name) is not None for name in ("async", "defer")) or element.get("type") == "module"
            yield address, not late
        elif address and element.get("loading") != "lazy":
            yield address, False

"""What a page of the demo costs: `python -m lightkeeper.demo.weigh` fetches every page with all that it loads.

Bytes are bodies as they travel (gzip). Critical is what stands before the first text: the HTML, its sheets and fonts
not counted, its scripts that are neither async nor deferred.
"""

from __future__ import annotations

import asyncio
import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
from lxml import html

from .. import resources
from .publication import LANGUAGES, Story, home, load
from .serve import start_origin

_IMPORT = re.compile(r"@import\s+(?:url\()?[\"']?([^\"')\s;]+)")
_URL = re.compile(r"url\(\s*[\"']?(?!data:)([^\"')]+)[\"']?\s*\)")


@dataclass(slots=True)
class Weight:
    """Everything that one page loads: address -> (bytes on the wire, status)."""

    url: str
    loaded: dict[str, tuple[int, int]] = field(default_factory=dict)
    critical: set[str] = field(default_factory=set)

    @property
    def requests(self) -> int:
        return len(self.loaded)

    @property
    def total(self) -> int:
        return sum(size for size, _ in self.loaded.values())

    @property
    def critical_bytes(self) -> int:
        return sum(self.loaded[address][0] for address in self.critical)

    @property
    def failed(self) -> list[str]:
        return [address for address, (_, status) in self.loaded.items() if status >= 400]


async def weigh(client: httpx.AsyncClient, url: str) -> Weight:
    """Load `url` as a browser without a cache would. Other host names are asked for at the client's own address."""
    weight = Weight(url)
    await _page(client, weight, url, critical=True)
    return weight


async def _page(client: httpx.AsyncClient, weight: Weight, url: str, critical: bool) -> None:
    tree = html.fromstring(await _load(client, weight, url, critical), base_url=url)
    for style in tree.iter("style"):
        await _sheet(client, weight, url, style.text or "", critical)
    for kind, address in _loads(tree):
        address, _ = urldefrag(urljoin(url, address))
        first = critical and kind in ("sheet", "script")
        if kind == "frame":
            await _page(client, weight, address, critical=False)
        else:
            body = await _load(client, weight, address, first)
            if kind == "sheet":
                await _sheet(client, weight, address, body, first)


def _loads(tree: html.HtmlElement) -> Iterator[tuple[str, str]]:
    for element in tree.iter("link", "script", "img", "iframe"):
        source = element.get("src") or ""
        if element.tag == "link":
            relation = (element.get("rel") or "").split()
            if "stylesheet" in relation or "icon" in relation:
                yield "sheet" if "stylesheet" in relation else "icon", element.get("href") or ""
        elif element.tag == "script" and source:
            late = element.get("defer") is not None or element.get("async") is not None
            yield "late script" if late else "script", source
        elif source:
            yield "frame" if element.tag == "iframe" else "picture", source


async def _sheet(client: httpx.AsyncClient, weight: Weight, url: str, text: str, critical: bool) -> None:
    imported = {urljoin(url, address) for address in _IMPORT.findall(text)}
    for address in imported:
        await _sheet(client, weight, address, await _load(client, weight, address, critical), critical)
    for address in _URL.findall(text):
        if urljoin(url, address) not in imported:
            await _load(client, weight, urljoin(url, address), critical=False)


async def _load(client: httpx.AsyncClient, weight: Weight, url: str, critical: bool) -> str:
    """The text at `url`, each address once."""
    if critical:
        weight.critical.add(url)
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    request = client.build_request("GET", path, headers={"Host": parts.netloc, "Accept-Encoding": "gzip"})
    answer = await client.send(request)
    weight.loaded[url] = (answer.num_bytes_downloaded, answer.status_code)
    return answer.text if answer.headers.get("content-type", "").startswith("text/") else ""


async def main() -> None:
    origin = await start_origin()
    try:
        async with httpx.AsyncClient(base_url=origin.url, trust_env=False, timeout=60) as client:
            await _table(client, origin.url, load(resources.demo()).stories)
    finally:
        await origin.stop()


async def _table(client: httpx.AsyncClient, site: str, stories: tuple[Story, ...]) -> None:
    print(f"{'requests':>8} {'total kB':>9} {'critical kB':>11}  page")
    weights = []
    for path in [home(language) for language in LANGUAGES] + [story.path for story in stories]:
        weight = await weigh(client, site + path)
        weights.append(weight)
        print(_row(weight.requests, weight.total, weight.critical_bytes), path, *weight.failed)
    of_stories = weights[len(LANGUAGES) :]
    middle = [statistics.median(numbers) for numbers in zip(*map(_numbers, of_stories), strict=True)]
    print(_row(*middle), f"median of {len(of_stories)} stories")


def _numbers(weight: Weight) -> tuple[int, int, int]:
    return weight.requests, weight.total, weight.critical_bytes


def _row(requests: float, total: float, critical: float) -> str:
    return f"{requests:8.0f} {total / 1000:9.0f} {critical / 1000:11.1f} "


if __name__ == "__main__":
    asyncio.run(main())

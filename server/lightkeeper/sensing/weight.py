"""Critical weight: the bytes that a browser needs before it shows a page's text, learnt from what passes through.

A page's is its HTML, its blocking sheets and scripts, and the fonts that those sheets asked for; to a reader without
JavaScript, scripts weigh nothing. Pure: bounded tables of addresses and sizes; whoever hands them in knows HTTP.
"""

from __future__ import annotations

import statistics
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

# Bytes of HTML, render-blocking sheets and scripts of a median news page, where nothing is known.
TYPICAL = 272_000
# A sheet or script whose size is not known, such as one of another host: half of the median page's, each.
_ASSET = 30_000
_PAGES, _ASSETS, _FONTS = 2_000, 2_000, 8
# So many pages of a site say what its others weigh; of the latest so many the median counts.
_ENOUGH, _LATEST = 3, 50


@dataclass(frozen=True, slots=True)
class _Page:
    html: int
    blocking: Mapping[str, str]


class Weights:
    """Addresses are paths with query, or whole ones of other hosts. `typical`: what was learnt of the site before.

    `bare` is the same without scripts.
    """

    def __init__(self, typical: int = TYPICAL) -> None:
        self.typical = self.bare = typical
        self._pages: OrderedDict[str, _Page] = OrderedDict()
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._fonts: OrderedDict[str, dict[str, int]] = OrderedDict()
        self._known: dict[tuple[str, bool], int] = {}

    def page(self, address: str, html: int, blocking: Mapping[str, str]) -> None:
        """A page's HTML took so many bytes, and its head names these: `style`, `script` or `font`."""
        _put(self._pages, address, _Page(html, blocking), _PAGES)
        self._learnt()

    def asset(self, address: str, size: int) -> None:
        """A sheet or script took so many bytes."""
        if self._sizes.get(address) != size:
            _put(self._sizes, address, size, _ASSETS)
            self._learnt()

    def font(self, address: str, size: int, sheet: str) -> None:
        """A font that `sheet`, or a page, asked for."""
        fonts = self._fonts.get(sheet, {})
        if fonts.get(address) != size and len(fonts) < _FONTS:
            _put(self._fonts, sheet, {**fonts, address: size}, _ASSETS)
            self._sizes.setdefault(address, size)
            self._learnt()

    def knows(self, address: str) -> bool:
        return address in self._pages

    def awaited(self, address: str) -> Mapping[str, str]:
        """What the page's head names, if it was seen."""
        page = self._pages.get(address)
        return page.blocking if page else {}

    def critical(self, address: str, *, scripts: bool = True) -> int:
        """Bytes of this page, if it was seen; else of the site's median page. `scripts`: the reader has JavaScript."""
        page = self._pages.get(address)
        if page is None:
            return self.typical if scripts else self.bare
        key = address, scripts
        if key not in self._known:
            self._known[key] = self._weight(address, page, scripts)
        return self._known[key]

    def _learnt(self) -> None:
        self._known.clear()
        latest = list(reversed(self._pages))[:_LATEST]
        if len(latest) >= _ENOUGH:
            self.typical, self.bare = (self._median(latest, scripts) for scripts in (True, False))

    def _median(self, addresses: list[str], scripts: bool) -> int:
        return int(statistics.median(self._weight(address, self._pages[address], scripts) for address in addresses))

    def _weight(self, address: str, page: _Page, scripts: bool) -> int:
        fonts: dict[str, int] = {}
        for asker in (address, *page.blocking):
            fonts |= self._fonts.get(asker, {})
        waits = (name for name, kind in page.blocking.items() if scripts or kind != "script")
        named = sum(self._sizes.get(name, _ASSET) for name in waits if name not in fonts)
        return page.html + named + sum(fonts.values())


def _put(table: OrderedDict[str, T], key: str, value: T, most: int) -> None:
    table[key] = value
    table.move_to_end(key)
    while len(table) > most:
        table.popitem(last=False)

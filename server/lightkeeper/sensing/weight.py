"""Critical weight: the bytes that a browser needs before it shows a page's text, learnt from what passes through.

A page's is its HTML, its blocking sheets and scripts, and the fonts that those sheets asked for. Pure: bounded tables
of addresses and sizes; whoever hands them in knows HTTP.
"""

from __future__ import annotations

import statistics
from collections import OrderedDict
from collections.abc import Iterable
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
    blocking: tuple[str, ...]


class Weights:
    """Addresses are paths with query, or whole ones of other hosts. `typical`: what was learnt of the site before."""

    def __init__(self, typical: int = TYPICAL) -> None:
        self.typical = typical
        self._pages: OrderedDict[str, _Page] = OrderedDict()
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._fonts: OrderedDict[str, dict[str, int]] = OrderedDict()
        self._known: dict[str, int] = {}

    def page(self, address: str, html: int, blocking: Iterable[str]) -> None:
        """A page's HTML took so many bytes, and its head names these."""
        _put(self._pages, address, _Page(html, tuple(blocking)), _PAGES)
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

    def critical(self, address: str) -> int:
        """Bytes of this page, if it was seen; else of the site's median page."""
        page = self._pages.get(address)
        if page is None:
            return self.typical
        if address not in self._known:
            self._known[address] = self._weight(address, page)
        return self._known[address]

    def _learnt(self) -> None:
        self._known.clear()
        latest = list(reversed(self._pages))[:_LATEST]
        if len(latest) >= _ENOUGH:
            self.typical = int(statistics.median(self._weight(address, self._pages[address]) for address in latest))

    def _weight(self, address: str, page: _Page) -> int:
        fonts: dict[str, int] = {}
        for asker in (address, *page.blocking):
            fonts |= self._fonts.get(asker, {})
        named = sum(self._sizes.get(name, _ASSET) for name in page.blocking if name not in fonts)
        return page.html + named + sum(fonts.values())


def _put(table: OrderedDict[str, T], key: str, value: T, most: int) -> None:
    table[key] = value
    table.move_to_end(key)
    while len(table) > most:
        table.popitem(last=False)

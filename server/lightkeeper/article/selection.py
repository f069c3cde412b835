"""Which part of a tree is the story: weighs every run of text, finds the element that holds them, judges what is in it.

Two opinions meet here: our own reading of density, names and roles, and trafilatura's selection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from .chrome import is_boxed, looks_like_chrome, looks_like_story
from .addresses import host_of
from .opinion import Opinion
from .tree import BLOCKS, elements, squash

_HOLDS = 0.92  # share of the story's weight that the chosen element must hold
_PUNCTUATION = re.compile(r"[.!?…。！？؟।۔:;,،、，؛]")
_LONG = 80
_MAJOR = 0.3  # share of the story above which an element is no chrome, whatever its name
_CONTAINERS = BLOCKS - frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "tr", "dd", "dt", "figcaption"})


@dataclass(slots=True)
class Weight:
    """What an element holds, in characters: all text, text in links, text the opinion keeps, and its prose."""

    text: int = 0
    linked: int = 0
    kept: int = 0
    prose: float = 0.0

    @property
    def link_share(self) -> float:
        return self.linked / self.text if self.text else 0.0

    @property
    def kept_share(self) -> float:
        return self.kept / self.text if self.text else 0.0


class Judge:
    """Weighs a swept tree once; then answers for each element. `opinion` may be empty: then we decide alone."""

    def __init__(self, root: HtmlElement, opinion: Opinion, host: str = "") -> None:
        self.opinion = opinion
        self._host = host
        self.weights: dict[HtmlElement, Weight] = {}
        self._mixed: set[HtmlElement] = set()
        order = list(elements(root))
        self._measure(order)
        self._read(order)
        self.root = self._choose(root)

    def _measure(self, order: list[HtmlElement]) -> None:
        weights = self.weights
        for element in order:
            weights[element] = Weight()
        for element in reversed(order):
            weight = weights[element]
            weight.text += len(squash(element.text)) if element.text else 0
            if element.tag == "a":
                weight.linked = weight.text
            parent = element.getparent()
            if parent is None or parent not in weights:
                continue
            above = weights[parent]
            above.text += weight.text + (len(squash(element.tail)) if element.tail else 0)
            above.linked += weight.linked
            if element.tag in BLOCKS or element in self._mixed:
                self._mixed.add(parent)

    def _read(self, order: list[HtmlElement]) -> None:
        """Ask of every run of text whether it is kept and whether it is prose; add it up towards the root."""
        chrome: dict[HtmlElement, bool] = {}
        for element in order:
            parent = element.getparent()
            chrome[element] = chrome.get(parent, False) or (
                looks_like_chrome(element) and not looks_like_story(element)
            )
            if element in self._mixed:
                for run in (element.text, *(child.tail for child in element)):
                    if run and len(run) > 20:
                        self._add(element, squash(run), 0, chrome[element])
            elif parent is None or parent in self._mixed:
                weight = self.weights[element]
                if weight.text:
                    self._add(element, squash(element.text_content()), weight.linked, chrome[element])

    def _add(self, element: HtmlElement, text: str, linked: int, chrome: bool) -> None:
        size = len(text)
        kept = self.opinion.keeps(text)
        prose = size if is_prose(text, linked) else size * 0.1
        if self.opinion.size:
            prose *= 1.0 if kept else 0.05
        if chrome and not kept:
            prose = 0
        up: HtmlElement | None = element
        while up is not None and up in self.weights:
            weight = self.weights[up]
            weight.prose += prose
            weight.kept += size if kept else 0
            up = up.getparent()

    def _choose(self, root: HtmlElement) -> HtmlElement:
        """The deepest element that still holds nearly all of the prose."""
        best = root
        enough = self.weights[root].prose * _HOLDS
        while True:
            inside = [child for child in best if child in self.weights and self.weights[child].prose >= enough]
            if not inside or inside[0].tag not in BLOCKS or inside[0].tag in ("p", "li", "tr", "td", "ul", "ol", "pre"):
                return best
            best = inside[0]

    def is_mixed(self, element: HtmlElement) -> bool:
        """Whether an element holds blocks, whatever its own tag says."""
        return element in self._mixed

    def skips(self, element: HtmlElement) -> bool:
        """Whether an element inside of the story is not part of it."""
        weight = self.weights.get(element)
        if weight is None or element is self.root:
            return False
        if weight.text == 0:
            return looks_like_chrome(element) and element.tag not in ("img", "figure", "picture", "iframe")
        if weight.prose > _MAJOR * self.weights[self.root].prose:
            return False
        if is_boxed(element):
            return True
        if self._is_run(element):
            return False
        if element.tag in _CONTAINERS and weight.text > 20 and _is_cards(element):
            return True
        if weight.kept_share >= 0.5:
            return False
        if looks_like_chrome(element) or element.tag in ("aside", "footer", "form", "nav", "label"):
            return True
        if element.tag not in _CONTAINERS or weight.text <= 20:
            return False
        return weight.link_share > 0.6 and self._leads_on(element)

    def _leads_on(self, element: HtmlElement) -> bool:
        """Whether a cluster of links leads to other pages of this site: not to places on this page, nor elsewhere."""
        parent = element.getparent()
        if parent is not None and parent.tag in ("li", "td", "dd"):
            return False
        found = [link.get("href") or "" for link in element.iter("a")]
        if found and all(href.startswith("#") for href in found):
            return False
        away = sum(href.startswith(("http", "//")) and host_of(href) != self._host for href in found)
        return 2 * away <= len(found)

    def directions(self) -> list[str]:
        """What the story's element and those around it say in `dir`."""
        return [(element.get("dir") or "").strip().lower() for element in (self.root, *self.root.iterancestors())]

    def before(self) -> Iterator[HtmlElement]:
        """What stands before the story within its article, from the top down."""
        chain = []
        element: HtmlElement | None = self.root
        while element is not None and element.tag not in ("body", "main", "article") and len(chain) < 5:
            chain.append(element)
            element = element.getparent()
        for inner in reversed(chain):
            yield from (found for found in reversed(list(inner.itersiblings(preceding=True))) if found in self.weights)

    def _is_run(self, element: HtmlElement) -> bool:
        """An inline element in the middle of a text: its names say how it looks, not what it is."""
        if element.tag in BLOCKS or self.is_mixed(element):
            return False
        parent = element.getparent()
        return parent is not None and self.weights[parent].text > 2 * self.weights[element].text


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def _is_cards(element: HtmlElement) -> bool:
    """A row of other stories: most children are short and hold a linked heading, or a linked picture and a linked line."""
    children = [child for child in element if isinstance(child.tag, str) and child.tag != "br"]
    if len(children) < 3:
        return False
    return sum(map(_is_card, children)) >= 0.7 * len(children)


def _is_card(element: HtmlElement) -> bool:
    if element.tag in ("p", "figure", "h2", "h3", "table") or len(element.text_content()) > 600:
        return False
    inside = [link for link in element.iter("a") if link.get("href") and not (link.get("href") or "").startswith("#")]
    if not inside or next(element.iter("figcaption"), None) is not None:
        return False
    for link in inside:
        heading = next(link.iter(*_HEADINGS), None) is not None
        if heading or any(above.tag in _HEADINGS for above in link.iterancestors() if above in (element, *element.iter())):
            return True
    pictured = any(next(link.iter("img"), None) is not None for link in inside)
    return pictured and any(len(squash(link.text_content())) > 15 for link in inside)


def is_prose(text: str, linked: int) -> bool:
    """Running text rather than labels: few links, long enough, with the marks that sentences have in any script."""
    if linked * 2 > len(text):
        return False
    return len(text) >= _LONG or (len(text) >= 25 and bool(_PUNCTUATION.search(text)))

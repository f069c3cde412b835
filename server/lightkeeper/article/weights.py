"""How much each element of a tree holds: its text, links and prose, and what a second opinion keeps of it.

One pass over the tree; judges nothing. `selection` decides by these weights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from .chrome import looks_like_chrome, looks_like_story
from .opinion import Opinion
from .scripts import extent
from .tree import BLOCKS, elements, squash

LONG = 80  # letters from which a run of text is prose without further signs
_MAJORITY = 0.4  # share of a page's paragraphs above which no name makes an element chrome
_PUNCTUATION = re.compile(r"[.!?…。！？؟।۔:;,،、，؛။၊።፣፤։។]")
_BESIDE = frozenset({"aside", "footer", "nav", "form"})


@dataclass(slots=True)
class Weight:
    """What an element holds, in characters: all text, text in links, text that the opinion keeps; prose as both

    opinions weigh it, and `plain`, prose in our own opinion alone.
    """

    text: int = 0
    linked: int = 0
    kept: int = 0
    prose: float = 0.0
    plain: int = 0

    @property
    def link_share(self) -> float:
        return self.linked / self.text if self.text else 0.0

    @property
    def kept_share(self) -> float:
        return self.kept / self.text if self.text else 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """A run of text that may be prose, and the element that it stands in."""

    element: HtmlElement
    text: str
    kept: bool
    is_prose: bool


class Scales:
    """The weights of every element under `root`. `mixed` are those that hold blocks, whatever their own tag says."""

    def __init__(self, root: HtmlElement, opinion: Opinion) -> None:
        self.weights: dict[HtmlElement, Weight] = {}
        self.mixed: set[HtmlElement] = set()
        order = list(elements(root))
        self._measure(order)
        self.runs = list(self._read(order, opinion))
        self._weigh(order, bool(opinion.size))

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
            if element.tag in BLOCKS or element in self.mixed:
                self.mixed.add(parent)

    def _read(self, order: list[HtmlElement], opinion: Opinion) -> Iterator[Run]:
        for element in order:
            if element in self.mixed:
                for text in (element.text, *(child.tail for child in element)):
                    if text and extent(text) > 20:
                        text = squash(text)
                        yield Run(element, text, opinion.keeps(text), is_prose(text, 0))
            elif self.weights[element].text and (element.getparent() is None or element.getparent() in self.mixed):
                text = squash(element.text_content())
                linked = self.weights[element].linked
                yield Run(element, text, opinion.keeps(text), is_prose(text, linked))

    def _weigh(self, order: list[HtmlElement], second: bool) -> None:
        """Add every run up towards the root; `second`: whether there is a second opinion to go by."""
        raw = dict.fromkeys(order, 0)
        for run in self.runs:
            raw[run.element] += len(run.text) if run.is_prose else 0
        for element in reversed(order):
            parent = element.getparent()
            if parent is not None and parent in raw:
                raw[parent] += raw[element]
        chrome = self._chrome(order, raw)
        for run in self.runs:
            self._put(run, chrome[run.element], second)
        for element in reversed(order):
            parent = element.getparent()
            if parent is not None and parent in self.weights:
                weight, above = self.weights[element], self.weights[parent]
                above.prose += weight.prose
                above.plain += weight.plain
                above.kept += weight.kept

    def _put(self, run: Run, chrome: bool, second: bool) -> None:
        size, weight = len(run.text), self.weights[run.element]
        if not chrome or run.kept:
            weight.prose += (size if run.is_prose else size * 0.1) * (1.0 if run.kept or not second else 0.05)
        weight.plain += size if run.is_prose and not chrome else 0
        weight.kept += size if run.kept else 0

    def _chrome(self, order: list[HtmlElement], raw: dict[HtmlElement, int]) -> dict[HtmlElement, bool]:
        """Which elements stand in what names or tags call chrome; what holds most of the page's prose is none."""
        enough = _MAJORITY * raw.get(order[0], 0)
        found: dict[HtmlElement, bool] = {}
        for element in order:
            parent = element.getparent()
            if parent is not None and found.get(parent, False):
                found[element] = True
            elif enough and raw.get(element, 0) >= enough:
                found[element] = False
            else:
                named = looks_like_chrome(element) and not looks_like_story(element)
                found[element] = named or element.tag in _BESIDE
        return found


def is_prose(text: str, linked: int) -> bool:
    """Running text rather than labels: few links, long enough, with the marks that sentences have in any script."""
    if linked * 2 > len(text):
        return False
    size = extent(text)
    return size >= LONG or (size >= 25 and bool(_PUNCTUATION.search(text)))

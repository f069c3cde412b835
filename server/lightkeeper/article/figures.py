"""Figures: pictures with their captions and credits, whatever the markup; the picture that opens a story."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lxml.html import HtmlElement

from . import pictures
from .inline import Inline, flatten, is_blank, tidy
from .model import Element
from .tree import drop, names, text_of

if TYPE_CHECKING:
    from .structure import Builder

_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:captions?|caption-text|legend|photo-?credit|image-?credit|wp-caption-text)(?:$|[\s_-])"
)
_FRAME = re.compile(r"(?:^|[\s_-])(?:wp-caption|caption|captioned|image|photo|picture|media|thumb|img|figure)")
_CREDIT = re.compile(
    r"(?:^|[\s_-])(?:credits?|copyright|photographer|source|photo-?by|author|byline|agency)(?:$|[\s_-])"
)


class Figures:
    """Builds the figures of one story out of the blocks that its `Builder` makes."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder

    def under(self, out: list[Element], element: HtmlElement) -> list[Element]:
        """`out` with a caption put under the picture that it follows; nothing where this is no such caption."""
        if element.tag not in ("figcaption", "p", "div", "span") or not (
            element.tag == "figcaption" or _CAPTION.search(names(element))
        ):
            return []
        if not out or not _is_bare_picture(out[-1]) or next(element.iter("img"), None) is not None:
            return []
        words = tidy(flatten(self._builder.blocks(element)))
        if is_blank(words):
            return []
        return [*out[:-1], Element("figure", (), (*out[-1].children, self._builder.make("figcaption", (), words)))]

    def opening(self, shared: str) -> list[Element]:
        """The picture that stands between the headline and the text, where the text's own element does not hold it.

        `shared` is the one that the page names for sharing: it needs no other sign.
        """
        for element in self._builder.judge.before():
            weight = self._builder.judge.weights[element]
            if weight.text > 600 or self._builder.judge.skips(element):
                continue
            inside = [element] if element.tag in ("figure", "picture", "img") else list(element.iter("figure", "img"))
            for found in inside[:8]:
                if found.tag == "img" and not pictures.is_large(found) and not self._is_shared(found, shared):
                    continue
                shown = self._opening_figure(found)
                shown = [block for block in shown if _is_figure(block)]
                if shown:
                    return shown[:1]
        return []

    def _opening_figure(self, found: HtmlElement) -> list[Element]:
        if found.tag != "img":
            return self.build(found)
        for holder in list(found.iterancestors())[:3]:
            if holder in self._builder.judge.weights and self.is_captioned(holder):
                return self.build(holder)
        return [Element("p", (), tuple(self._builder.media(found)))]

    def _is_shared(self, image: HtmlElement, shared: str) -> bool:
        return bool(shared) and pictures.stem(pictures.address(image, self._builder.source)) == pictures.stem(shared)

    def is_captioned(self, element: HtmlElement) -> bool:
        weight = self._builder.judge.weights.get(element)
        if weight is None or weight.text > 600 or not _FRAME.search(names(element)):
            return False
        if next(element.iterdescendants("figure", "table", "ul", "h2", "h3"), None) is not None:
            return False
        images = len(list(element.iter("img")))
        return images == 1 and self.caption_of(element) is not None

    def caption_of(self, element: HtmlElement) -> HtmlElement | None:
        for child in element.iter("figcaption"):
            return child
        for child in element.iter("p", "div", "span", "small", "cite", "dd", "td"):
            if child is not element and _CAPTION.search(names(child)) and next(child.iter("img"), None) is None:
                return child
        return None

    def build(self, element: HtmlElement) -> list[Element]:
        nested = [child for child in element.iter("figure") if child is not element]
        if nested:
            return self._builder.blocks(element)
        shown = list(self._shown(element))
        caption = self.caption_of(element)
        words = self._caption_words(caption) if caption is not None else ()
        if not shown:
            blocks = self._builder.blocks(element)
            only = caption is not None and len(blocks) == 1 and tidy(blocks[0].children) == words
            return [] if only else self._caption_after(blocks, caption, words)
        children: list[Element] = shown
        if not is_blank(words):
            children = [*shown, self._builder.make("figcaption", (), words)]
        return [self._builder.make("figure", self._builder.common(element), children)]

    def _caption_words(self, caption: HtmlElement) -> tuple[Inline, ...]:
        """A caption; who made the picture, where the page marks it, comes last as `cite`."""
        for element in caption.iterdescendants("span", "small", "em", "i", "p", "div"):
            credit = text_of(element)
            if _CREDIT.search(names(element)) and credit and len(credit) < 120:
                drop(element)
                words = tidy(flatten(self._builder.blocks(caption)))
                return tidy([*words, " " if words else "", Element("cite", (), (credit,))])
        return tidy(flatten(self._builder.blocks(caption)))

    def _caption_after(
        self, blocks: list[Element], caption: HtmlElement | None, words: tuple[Inline, ...]
    ) -> list[Element]:
        """A figure of text: a table, code or a quotation with what is said under it."""
        if caption is not None and len(blocks) == 2 and blocks[0].tag in ("table", "pre", "blockquote"):
            return [Element("figure", (), (blocks[0], Element("figcaption", (), words)))]
        return blocks

    def _shown(self, element: HtmlElement) -> Iterable[Element]:
        seen: set[str] = set()
        for child in element.iter("img", *pictures.EMBEDS):
            for link in self._builder.media(child):
                if link.get("href") not in seen:
                    seen.add(link.get("href"))
                    yield link
        if not seen and (url := pictures.described(element, self._builder.source)):
            yield pictures.link_to(url, "picture", "")


def _is_bare_picture(block: Element) -> bool:
    """A block of pictures and nothing else, a caption neither."""
    return block.tag in ("figure", "p") and all(
        isinstance(child, Element) and child.get("class") == "picture" for child in block.children
    )


def _is_figure(block: Element) -> bool:
    return any(part.get("class") == "picture" for part in block.iter())

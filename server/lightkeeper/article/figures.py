"""Figures: pictures with their captions and credits, whatever the markup; the picture that opens a story."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lxml.html import HtmlElement

from . import pictures
from .addresses import clean
from .inline import Inline, flatten, is_blank, tidy
from .model import Element, Link
from .scripts import word_count
from .tree import drop, names, text_of

if TYPE_CHECKING:
    from .structure import Builder

_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:captions?|caption-text|photo-?credit|image-?credit"
    r"|wp-caption-text)(?:$|[\s_-])"
)
_LEGEND = re.compile(r"(?:^|[\s_-])legend(?:$|[\s_-])")
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
        if not _is_caption(element):
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
                if found.tag == "img" and not self._opens(found, shared):
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
        shown = tuple(self._builder.media(found))
        words = self._beside(found)
        if shown and not is_blank(words):
            return [Element("figure", (), (*shown, self._builder.make("figcaption", (), words)))]
        return [Element("p", (), shown)]

    def _beside(self, image: HtmlElement) -> tuple[Inline, ...]:
        """The short text that stands alone with the opening picture in a holder of no telling name."""
        holder = image.getparent()
        if holder is None or holder.tag not in ("div", "section", "span") or len(list(holder.iter("img"))) != 1:
            return ()
        rest = [child for child in holder if child is not image and isinstance(child.tag, str) and text_of(child)]
        if len(rest) != 1 or rest[0].tag not in ("div", "p", "span", "small") or len(text_of(holder)) > 250:
            return ()
        if next(rest[0].iter("h1", "h2", "h3", "time", "ul"), None) is not None:
            return ()
        return self._caption_words(rest[0])

    def _opens(self, image: HtmlElement, shared: str) -> bool:
        url = pictures.address(image, self._builder.source)
        if pictures.is_of_person(image):
            return False
        large = pictures.is_large(image) and not pictures.is_of_site(url)
        return large or (bool(shared) and pictures.stem(url) == pictures.stem(shared))

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
        lines = [
            child for child in element.iter("p", "div", "span", "small", "cite", "dd", "td") if child is not element
        ]
        captions = [child for child in lines if _CAPTION.search(names(child))]
        legends = [child for child in lines if _LEGEND.search(names(child))]
        if not captions and len(legends) == 1:  # of a map's key each line is one
            captions = legends
        return next((child for child in captions if next(child.iter("img"), None) is None), None)

    def build(self, element: HtmlElement) -> list[Element]:
        nested = [child for child in element.iter("figure") if child is not element]
        if nested:
            return self._builder.blocks(element)
        if link := self._teaser(element):
            self._builder.related.append(link)
            return []
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

    def _teaser(self, element: HtmlElement) -> Link | None:
        """A card in the form of a figure: its picture and all of its words lead to the same other page."""
        caption = self.caption_of(element)
        link = next(element.iter("a"), None) if caption is not None else None
        href = (link.get("href") or "") if link is not None else ""
        if caption is None or not href or pictures.is_file(href) or href.startswith("#"):
            return None
        linked = [text for found in caption.iter("a") if found.get("href") == href and (text := text_of(found))]
        shown = all(any(a.get("href") == href for a in image.iterancestors("a")) for image in element.iter("img"))
        words = text_of(caption)
        url = self._builder.source.absolute(href)
        whole = shown and word_count(words) > 2 and "".join(linked) == words == text_of(element)
        return Link(clean(url), words) if whole and url else None

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


def _is_caption(element: HtmlElement) -> bool:
    """Whether an element beside a picture is its caption, by its tag, its name or the one element that it holds."""
    if element.tag == "p" and len(element) == 1 and not (element.text or "").strip():
        element = element[0]
    return element.tag == "figcaption" or (
        element.tag in ("p", "div", "span") and bool(_CAPTION.search(names(element)))
    )


def _is_bare_picture(block: Element) -> bool:
    """A block of pictures and nothing else, a caption neither."""
    return block.tag in ("figure", "p") and all(
        isinstance(child, Element) and child.get("class") == "picture" for child in block.children
    )


def _is_figure(block: Element) -> bool:
    return any(part.get("class") == "picture" for part in block.iter())

"""The chosen part of a page as blocks of the closed vocabulary. Decides how, never what: `Judge` says what to skip."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from . import pictures, tables
from .addresses import clean
from .anchors import anchor, local, targets
from .figures import Figures
from .inline import BREAK, TAGS, Inline, compact, flatten, is_blank, join, paragraphs, tidy
from .model import Element, Link
from .opinion import letters
from .selection import Judge
from .tree import BLOCKS, Source, drop, names, squash

_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
_READINGS = ("rt", "rp")  # of a ruby
_DIRECTIONS = frozenset({"ltr", "rtl"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_PULL = re.compile(r"(?:^|[\s_-])(?:pull-?quotes?|pullout|quote-?pull)(?:$|[\s_-])")
_ENTRY = re.compile(
    r"(?:^|[\s_-])(?:live-?(?:blog)?-?(?:entry|post|update|item)|liveblog-?\w+|timeline-(?:entry|item))(?:$|[\s_-])"
)
_POINTS = re.compile(r"(?:^|[\s_-])(?:key-?(?:points?|facts?|takeaways)|highlights|takeaways|at-a-glance)(?:$|[\s_-])")
_PERMALINK = re.compile(r"[\s#¶§🔗]+")
_VERSE = re.compile(r"(?:^|[\s_-])(?:verse|poem|poetry|stanza|lyrics)(?:$|[\s_-])")
_POST = re.compile(
    r"(?:^|[\s_-])(?:twitter-\w+|tweet|instagram-media|tiktok-embed|fb-\w+|telegram-post|bluesky-embed|mastodon-embed)(?:$|[\s_-])"
)
_CONTACT = re.compile(r"(?:mailto|tel):[^<>\"]+", re.IGNORECASE)
_DATETIME = re.compile(r"\d{4}-\d\d(?:-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)?")


class Builder:
    """Builds blocks from one story. `direction` and `language` are the story's own: what repeats them is left out."""

    def __init__(self, source: Source, judge: Judge, direction: str, language: str) -> None:
        self.source = source
        self.judge = judge
        self.language = language.lower()
        self.direction = direction
        self.targets = targets(judge.root, source)
        self.figures = Figures(self)
        self.related: list[Link] = []
        self._streams: dict[HtmlElement, bool] = {}  # what was seen to hold several dated entries
        self._waiting = ""  # an anchor whose own element cannot carry it: the next one that can takes it

    # Blocks

    def blocks(self, parent: HtmlElement) -> list[Element]:
        """What an element holds, as blocks."""
        out: list[Element] = []
        run: list[Inline] = [parent.text or ""]
        for child in parent:
            if not isinstance(child.tag, str):
                pass
            elif self.judge.skips(child):
                self.related += self.judge.stories(child, self.source)
            elif self.is_block(child):
                out += self._flush(run)
                run = []
                out = self.figures.under(out, child) or out + self.block(child)
            else:
                run += self.inline(child)
            run.append(child.tail or "")
        return out + self._flush(run)

    def is_block(self, element: HtmlElement) -> bool:
        return element.tag in BLOCKS or self.judge.is_mixed(element)

    def _flush(self, run: list[Inline]) -> list[Element]:
        return [self.make("p", (), children) for children in paragraphs(run)]

    def block(self, element: HtmlElement) -> list[Element]:
        """One block of a page as none, one or several of ours."""
        tag = str(element.tag)
        self._mark(element)
        if tag in _HEADINGS:
            return self._heading(element)
        if tag in ("ul", "ol", "menu", "dir"):
            return self._list(element)
        if tag == "dl":
            return self._definitions(element)
        if tag == "blockquote":
            return self._post(element) if _POST.search(names(element)) else self._wrap("blockquote", element)
        if tag == "figure":
            return self.figures.build(element)
        if tag == "table":
            return self.figures.build(element) if self.figures.is_captioned(element) else tables.build(element, self)
        if tag == "pre":
            return self._preformatted(element)
        if tag == "hr":
            return [Element("hr")]
        if tag == "a":
            return self._linked_blocks(element)
        if tag == "article" or _ENTRY.search(names(element)):
            return self._entry(element)
        if tag == "aside" or _PULL.search(names(element)):
            return self._wrap("aside", element)
        if tag in ("div", "span", "p", "section", "center") and self.figures.is_captioned(element):
            return self.figures.build(element)
        return self._with_direction(self.blocks(element), element)

    def _wrap(self, tag: str, element: HtmlElement) -> list[Element]:
        inner = self.blocks(element)
        if len(inner) == 1 and inner[0].tag == tag:
            return inner
        return [self.make(tag, self.common(element), inner)] if inner else []

    def _post(self, element: HtmlElement) -> list[Element]:
        """A post from elsewhere: its words stay a quotation, its last link is the way to the post itself."""
        last = next(iter(list(element.iter("a"))[::-1]), None)
        url = self.source.absolute(last.get("href")) if last is not None else ""
        quoted = self._wrap("blockquote", element)
        if not url or not quoted or last is None:
            return quoted
        name = squash(last.text_content()) or url
        link = Element("a", (("href", clean(url)),), (name,))
        shown = pictures.link_to(url, "embed", name)
        if letters(quoted[0].text()) == letters(name):
            return [Element("p", (), (shown,))]
        return [_swap(block, link, shown) for block in quoted]

    def _entry(self, element: HtmlElement) -> list[Element]:
        """An entry of a live blog, one of several: its time first, then its text. Without a time it is no entry."""
        clock = next(element.iter("time"), None)
        parent = element.getparent()
        if clock is None or parent is None or not self._is_live(parent, str(element.tag)):
            return self.blocks(element)
        words = tidy([squash(clock.text_content())])
        moment = _own("time", clock)
        drop(clock)
        inner = self.blocks(element)
        if not inner or is_blank(words):
            return inner
        stamp = Element("p", (), (Element("time", moment, words),))
        return [self.make("section", self.common(element), [stamp, *inner])]

    def _is_live(self, stream: HtmlElement, tag: str) -> bool:
        if stream not in self._streams:
            clocks = [found for found in stream.iterchildren(tag) if next(found.iter("time"), None) is not None]
            self._streams[stream] = len(clocks) > 1
        return self._streams[stream]

    def points(self) -> list[Element]:
        """The key points that stand between the headline and a live blog: lists without links."""
        found: list[Element] = []
        for element in self.judge.before():
            if _POINTS.search(names(element)) and not self.judge.skips(element):
                found += [block for block in self.blocks(element) if block.tag in ("ul", "ol")]
        return [block for block in found if not any(part.tag == "a" for part in block.iter())]

    def _heading(self, element: HtmlElement) -> list[Element]:
        children = tidy(flatten(self.blocks(element)))
        shown = [child for child in children if isinstance(child, Element) and child.get("class")]
        words = tidy(child for child in children if child not in shown)
        out = [Element("p", (), (child,)) for child in shown]
        if not is_blank(words):
            out.append(self.make(_HEADINGS[str(element.tag)], self.common(element), words))
        return out

    def _list(self, element: HtmlElement) -> list[Element]:
        if self._is_gallery(element):
            return [block for child in element.iterchildren("li") for block in self._gallery_item(child)]
        items: list[Element] = []
        for child in element:
            if not isinstance(child.tag, str) or self.judge.skips(child):
                continue
            self._mark(child)
            if child.tag in ("ul", "ol") and items:  # a nested list outside of its item, as old editors write it
                last = items[-1]
                items[-1] = Element("li", last.attributes, last.children + tuple(self._list(child)))
                continue
            inner = (
                compact(self.blocks(child)) if child.tag == "li" or self.is_block(child) else tidy(self.inline(child))
            )
            if not is_blank(inner):
                value = _whole(child.get("value"))
                items.append(self.make("li", self.common(child) + ((("value", value),) if value else ()), inner))
        return (
            [self.make("ol" if element.tag == "ol" else "ul", self._list_attributes(element), items)] if items else []
        )

    def _is_gallery(self, element: HtmlElement) -> bool:
        """A list whose items are pictures with at most a caption each."""
        items = list(element.iterchildren("li"))
        shown = [item for item in items if next(item.iter("img"), None) is not None]
        captioned = [
            item for item in shown if self.figures.caption_of(item) is not None or not item.text_content().strip()
        ]
        return len(items) > 1 and len(captioned) == len(items)

    def _gallery_item(self, item: HtmlElement) -> list[Element]:
        framed = self.figures.caption_of(item) is not None or next(item.iter("figure"), None) is not None
        return self.figures.build(item) if framed else self.blocks(item)

    def _list_attributes(self, element: HtmlElement) -> tuple[tuple[str, str], ...]:
        out = list(self.common(element))
        if element.tag == "ol":
            if start := _whole(element.get("start")):
                out.append(("start", start))
            if element.get("reversed") is not None:
                out.append(("reversed", "reversed"))
            if element.get("type") in ("a", "A", "i", "I"):
                out.append(("type", str(element.get("type"))))
        return tuple(out)

    def _definitions(self, element: HtmlElement) -> list[Element]:
        parts: list[Element] = []
        for child in element.iter("dt", "dd"):
            if next(child.iterancestors("dl", "dt", "dd"), None) is not element or self.judge.skips(child):
                continue
            inner = self.blocks(child)
            children = tidy(flatten(inner)) if child.tag == "dt" else compact(inner)
            if not is_blank(children):
                parts.append(self.make(str(child.tag), self.common(child), children))
        return [self.make("dl", self.common(element), parts)] if parts else []

    def _preformatted(self, element: HtmlElement) -> list[Element]:
        """Text whose white space counts: links and emphasis in it stay, line breaks become line feeds.

        A poem is no such text: its lines are lines of a paragraph.
        """
        if _VERSE.search(names(element)):
            return self._flush([line for child in self._children(element) for line in _lines(child)])
        children = join("\n" if child == BREAK else child for child in self._children(element))
        children = [_unix(child) for child in children]
        if children and isinstance(children[0], str):
            children[0] = children[0].lstrip("\n")
        if children and isinstance(children[-1], str):
            children[-1] = children[-1].rstrip()
        return [self.make("pre", self.common(element), join(children))] if not is_blank(children) else []

    def _linked_blocks(self, element: HtmlElement) -> list[Element]:
        """A link around whole blocks: each line of text in it becomes that link."""
        href = self._href(element)
        out: list[Element] = []
        for block in self.blocks(element):
            plain = not any(inner.tag == "a" for inner in block.iter())
            if href and plain and block.tag in ("p", "h2", "h3", "h4"):
                block = Element(block.tag, block.attributes, (Element("a", (("href", href),), block.children),))
            out.append(block)
        return out

    def media(self, element: HtmlElement) -> list[Element]:
        if element.tag == "img":
            url = pictures.behind(element, self.source) or pictures.address(element, self.source)
            words = pictures.alternative(element)
            return [pictures.link_to(url, "picture", words)] if url else []
        found = pictures.embed(element, self.source)
        return [pictures.link_to(found[0], "embed", found[1])] if found else []

    # Inline

    def inline(self, element: HtmlElement) -> list[Inline]:
        """An inline element of a page as a run of ours."""
        tag = str(element.tag)
        self._mark(element)
        if tag == "br":
            return [BREAK]
        if tag == "img" or tag in pictures.EMBEDS:
            return list(self.media(element))
        children = self._children(element)
        if tag == "a":
            return self._anchor(element, children)
        if tag == "math":
            return [element.get("alttext") or "".join(c if isinstance(c, str) else c.text() for c in children)]
        ours = None if _is_nested_reading(element) else TAGS.get(tag)
        attributes = self.common(element)
        if ours is None and dict(attributes).get("dir"):
            ours = "bdi"
        if ours is None or is_blank(children):
            return children
        return [self.make(ours, attributes + _own(ours, element), children)]

    def _children(self, element: HtmlElement) -> list[Inline]:
        out: list[Inline] = [element.text or ""]
        for child in element:
            if isinstance(child.tag, str) and not self.judge.skips(child):
                out += self.inline(child)
            out.append(child.tail or "")
        return out

    def _anchor(self, element: HtmlElement, children: list[Inline]) -> list[Inline]:
        """A link. Pictures in it stand on their own, for a link cannot hold another."""
        href = self._href(element)
        out: list[Inline] = []
        words: list[Inline] = []
        for child in children:
            if isinstance(child, Element) and any(inner.tag == "a" for inner in child.iter()):
                out += self._linked(href, words)
                words = []
                out.append(child)
            else:
                words.append(child)
        return out + self._linked(href, words)

    def _linked(self, href: str, words: list[Inline]) -> list[Inline]:
        if not href or is_blank(words):
            return words
        if href.startswith("#") and _PERMALINK.fullmatch("".join(w if isinstance(w, str) else w.text() for w in words)):
            return []
        return [self.make("a", (("href", href),), words)]

    def _href(self, element: HtmlElement) -> str:
        href = (element.get("href") or "").strip()
        if href.lower().startswith(("mailto:", "tel:")):
            href = "".join(href.split())
            return href if len(href) < 200 and _CONTACT.fullmatch(href) else ""
        target = local(href, self.source)
        if target:
            return f"#{anchor(target)}"
        url = self.source.absolute(href)
        return clean(url) if url and href and not href.startswith("#") else ""

    # Attributes

    def _mark(self, element: HtmlElement) -> None:
        name = element.get("id") or (element.get("name") if element.tag == "a" else None)
        if name and name in self.targets:
            self.targets.discard(name)
            self._waiting = anchor(name)

    def make(self, tag: str, attributes: Iterable[tuple[str, str]], children: Iterable[Inline]) -> Element:
        found = dict(attributes)
        if self._waiting and tag in ("a", "p", "li", "h2", "h3", "h4", "section"):
            found["id"], self._waiting = self._waiting, ""
        return Element(tag, tuple(sorted(found.items())), tuple(children))

    def common(self, element: HtmlElement) -> tuple[tuple[str, str], ...]:
        out = []
        direction = (element.get("dir") or "").strip().lower()
        if direction in _DIRECTIONS and direction != self.direction:
            out.append(("dir", direction))
        language = (element.get("lang") or "").strip()
        if _LANGUAGE.fullmatch(language) and language.lower().split("-")[0] != self.language.split("-")[0]:
            out.append(("lang", language))
        return tuple(out)

    def _with_direction(self, blocks: list[Element], element: HtmlElement) -> list[Element]:
        common = self.common(element)
        if not common:
            return blocks
        return [
            Element(block.tag, tuple(sorted({**dict(common), **dict(block.attributes)}.items())), block.children)
            if block.tag != "hr"
            else block
            for block in blocks
        ]


def _lines(child: Inline) -> list[Inline]:
    if not isinstance(child, str):
        return [child]
    out: list[Inline] = []
    for at, line in enumerate(child.split("\n")):
        out += [BREAK, line] if at else [line]
    return out


def _swap(element: Element, old: Element, new: Element) -> Element:
    children = (
        new if child == old else child if isinstance(child, str) else _swap(child, old, new)
        for child in element.children
    )
    return Element(element.tag, element.attributes, tuple(children))


def _unix(child: Inline) -> Inline:
    return child.replace("\r\n", "\n").replace("\r", "\n") if isinstance(child, str) else child


def _is_nested_reading(element: HtmlElement) -> bool:
    """Whether a reading stands within another one, where HTML would end the outer: it is only text there."""
    if element.tag not in _READINGS:
        return False
    return next((above.tag in _READINGS for above in element.iterancestors("ruby", *_READINGS)), False)


def _whole(value: str | None) -> str:
    value = (value or "").strip()
    return str(int(value)) if re.fullmatch(r"-?\d{1,6}", value) and value.isascii() else ""


def _own(tag: str, element: HtmlElement) -> tuple[tuple[str, str], ...]:
    if tag == "abbr" and element.get("title"):
        return (("title", element.get("title", "")),)
    moment = (element.get("datetime") or "").strip()
    if tag == "time" and _DATETIME.fullmatch(moment):
        return (("datetime", moment),)
    return ()

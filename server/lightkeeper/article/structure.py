"""The chosen part of a page as blocks of the closed vocabulary. Decides how, never what: `Judge` says what to skip."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urldefrag

from lxml.html import HtmlElement

from . import pictures, tables
from .addresses import clean
from .inline import BREAK, TAGS, Inline, compact, flatten, is_blank, join, paragraphs, tidy
from .model import Element, Link
from .selection import Judge
from .tree import BLOCKS, Source, drop, names, squash, text_of

_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
_EMBEDS = frozenset({"iframe", "video", "audio", "embed", "object"})
_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:captions?|caption-text|legend|photo-?credit|image-?credit|wp-caption-text)(?:$|[\s_-])"
)
_FRAME = re.compile(r"(?:^|[\s_-])(?:wp-caption|caption|captioned|image|photo|picture|media|thumb|img|figure)")
_DIRECTIONS = frozenset({"ltr", "rtl"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_PULL = re.compile(r"(?:^|[\s_-])(?:pull-?quotes?|pullout|quote-?pull)(?:$|[\s_-])")
_ENTRY = re.compile(
    r"(?:^|[\s_-])(?:live-?(?:blog)?-?(?:entry|post|update|item)|liveblog-?\w+|timeline-(?:entry|item))(?:$|[\s_-])"
)
_PERMALINK = re.compile(r"[\s#¶§🔗]+")
_VERSE = re.compile(r"(?:^|[\s_-])(?:verse|poem|poetry|stanza|lyrics)(?:$|[\s_-])")
_CREDIT = re.compile(
    r"(?:^|[\s_-])(?:credits?|copyright|photographer|source|photo-?by|author|byline|agency)(?:$|[\s_-])"
)
_POST = re.compile(
    r"(?:^|[\s_-])(?:twitter-\w+|tweet|instagram-media|tiktok-embed|fb-\w+|telegram-post|bluesky-embed|mastodon-embed)(?:$|[\s_-])"
)
_DATETIME = re.compile(r"\d{4}-\d\d(?:-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)?")


class Builder:
    """Builds blocks from one story. `direction` and `language` are the story's own: what repeats them is left out."""

    def __init__(self, source: Source, judge: Judge, direction: str, language: str) -> None:
        self.source = source
        self.judge = judge
        self.language = language.lower()
        self.direction = direction
        self.targets = _targets(judge.root, source)
        self.related: list[Link] = []
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
                out = self._under(out, child) or out + self.block(child)
            else:
                run += self.inline(child)
            run.append(child.tail or "")
        return out + self._flush(run)

    def _under(self, out: list[Element], element: HtmlElement) -> list[Element]:
        """`out` with a caption put under the picture that it follows; nothing where this is no such caption."""
        if element.tag not in ("figcaption", "p", "div", "span") or not (
            element.tag == "figcaption" or _CAPTION.search(names(element))
        ):
            return []
        if not out or not _is_bare_picture(out[-1]) or next(element.iter("img"), None) is not None:
            return []
        words = tidy(flatten(self.blocks(element)))
        if is_blank(words):
            return []
        return [*out[:-1], Element("figure", (), (*out[-1].children, self._make("figcaption", (), words)))]

    def is_block(self, element: HtmlElement) -> bool:
        return element.tag in BLOCKS or self.judge.is_mixed(element)

    def _flush(self, run: list[Inline]) -> list[Element]:
        return [self._make("p", (), children) for children in paragraphs(run)]

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
            return self._figure(element)
        if tag == "table":
            return self._figure(element) if self._is_captioned(element) else tables.build(element, self)
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
        if tag in ("div", "span", "p", "section", "center") and self._is_captioned(element):
            return self._figure(element)
        return self._with_direction(self.blocks(element), element)

    def _wrap(self, tag: str, element: HtmlElement) -> list[Element]:
        inner = self.blocks(element)
        if len(inner) == 1 and inner[0].tag == tag:
            return inner
        return [self._make(tag, self._common(element), inner)] if inner else []

    def _post(self, element: HtmlElement) -> list[Element]:
        """A post from elsewhere: its words stay a quotation, its last link is the way to the post itself."""
        last = next(iter(list(element.iter("a"))[::-1]), None)
        url = self.source.absolute(last.get("href")) if last is not None else ""
        quoted = self._wrap("blockquote", element)
        if not url or not quoted or last is None:
            return quoted
        name = squash(last.text_content()) or url
        link = Element("a", (("href", clean(url)),), (name,))
        return [_swap(block, link, _link(url, "embed", name)) for block in quoted]

    def _entry(self, element: HtmlElement) -> list[Element]:
        """An entry of a live blog, one of several: its time first, then its text. Without a time it is no entry."""
        clock = next(element.iter("time"), None)
        parent = element.getparent()
        alike = [found for found in parent if found.tag == element.tag] if parent is not None else []
        if clock is None or len([found for found in alike if next(found.iter("time"), None) is not None]) < 2:
            return self.blocks(element)
        words = tidy([squash(clock.text_content())])
        moment = _own("time", clock)
        drop(clock)
        inner = self.blocks(element)
        if not inner or is_blank(words):
            return inner
        stamp = Element("p", (), (Element("time", moment, words),))
        return [self._make("section", self._common(element), [stamp, *inner])]

    def _heading(self, element: HtmlElement) -> list[Element]:
        children = tidy(flatten(self.blocks(element)))
        shown = [child for child in children if isinstance(child, Element) and child.get("class")]
        words = tidy(child for child in children if child not in shown)
        out = [Element("p", (), (child,)) for child in shown]
        if not is_blank(words):
            out.append(self._make(_HEADINGS[str(element.tag)], self._common(element), words))
        return out

    def _list(self, element: HtmlElement) -> list[Element]:
        if self._is_gallery(element):
            return [block for child in element.iterchildren("li") for block in self._figure(child)]
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
                items.append(self._make("li", self._common(child) + ((("value", value),) if value else ()), inner))
        return (
            [self._make("ol" if element.tag == "ol" else "ul", self._list_attributes(element), items)] if items else []
        )

    def _is_gallery(self, element: HtmlElement) -> bool:
        """A list whose items are pictures with at most a caption each."""
        items = list(element.iterchildren("li"))
        shown = [item for item in items if next(item.iter("img"), None) is not None]
        captioned = [item for item in shown if self._caption_of(item) is not None or not item.text_content().strip()]
        return len(items) > 1 and len(captioned) == len(items)

    def _list_attributes(self, element: HtmlElement) -> tuple[tuple[str, str], ...]:
        out = list(self._common(element))
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
            if next(child.iterancestors("dl"), None) is not element or self.judge.skips(child):
                continue
            inner = self.blocks(child)
            children = tidy(flatten(inner)) if child.tag == "dt" else compact(inner)
            if not is_blank(children):
                parts.append(self._make(str(child.tag), self._common(child), children))
        return [self._make("dl", self._common(element), parts)] if parts else []

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
        return [self._make("pre", self._common(element), join(children))] if not is_blank(children) else []

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

    # Figures

    def opening(self, shared: str) -> list[Element]:
        """The picture that stands between the headline and the text, where the text's own element does not hold it.

        `shared` is the one that the page names for sharing: it needs no other sign.
        """
        for element in self.judge.before():
            weight = self.judge.weights[element]
            if weight.text > 600 or self.judge.skips(element):
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
            return self._figure(found)
        for holder in list(found.iterancestors())[:3]:
            if holder in self.judge.weights and self._is_captioned(holder):
                return self._figure(holder)
        return [Element("p", (), tuple(self._media(found)))]

    def _is_shared(self, image: HtmlElement, shared: str) -> bool:
        return bool(shared) and pictures.stem(pictures.address(image, self.source)) == pictures.stem(shared)

    def _is_captioned(self, element: HtmlElement) -> bool:
        weight = self.judge.weights.get(element)
        if weight is None or weight.text > 600 or not _FRAME.search(names(element)):
            return False
        if next(element.iterdescendants("figure", "table", "ul", "h2", "h3"), None) is not None:
            return False
        images = len(list(element.iter("img")))
        return images == 1 and self._caption_of(element) is not None

    def _caption_of(self, element: HtmlElement) -> HtmlElement | None:
        for child in element.iter("figcaption"):
            return child
        for child in element.iter("p", "div", "span", "small", "cite", "dd", "td"):
            if child is not element and _CAPTION.search(names(child)) and next(child.iter("img"), None) is None:
                return child
        return None

    def _figure(self, element: HtmlElement) -> list[Element]:
        nested = [child for child in element.iter("figure") if child is not element]
        if nested:
            return self.blocks(element)
        shown = list(self._shown(element))
        caption = self._caption_of(element)
        words = self._caption_words(caption) if caption is not None else ()
        if not shown:
            blocks = self.blocks(element)
            only = caption is not None and len(blocks) == 1 and tidy(blocks[0].children) == words
            return [] if only else self._caption_after(blocks, caption, words)
        children: list[Element] = shown
        if not is_blank(words):
            children = [*shown, self._make("figcaption", (), words)]
        return [self._make("figure", self._common(element), children)]

    def _caption_words(self, caption: HtmlElement) -> tuple[Inline, ...]:
        """A caption; who made the picture, where the page marks it, comes last as `cite`."""
        for element in caption.iterdescendants("span", "small", "em", "i", "p", "div"):
            credit = text_of(element)
            if _CREDIT.search(names(element)) and credit and len(credit) < 120:
                drop(element)
                words = tidy(flatten(self.blocks(caption)))
                return tidy([*words, " " if words else "", Element("cite", (), (credit,))])
        return tidy(flatten(self.blocks(caption)))

    def _caption_after(
        self, blocks: list[Element], caption: HtmlElement | None, words: tuple[Inline, ...]
    ) -> list[Element]:
        """A figure of text: a table, code or a quotation with what is said under it."""
        if caption is not None and len(blocks) == 2 and blocks[0].tag in ("table", "pre", "blockquote"):
            return [Element("figure", (), (blocks[0], Element("figcaption", (), words)))]
        return blocks

    def _shown(self, element: HtmlElement) -> Iterable[Element]:
        seen: set[str] = set()
        for child in element.iter("img", *_EMBEDS):
            for link in self._media(child):
                if link.get("href") not in seen:
                    seen.add(link.get("href"))
                    yield link
        if not seen and (url := pictures.described(element, self.source)):
            yield _link(url, "picture", "")

    def _media(self, element: HtmlElement) -> list[Element]:
        if element.tag == "img":
            url = pictures.behind(element, self.source) or pictures.address(element, self.source)
            words = pictures.alternative(element)
            return [_link(url, "picture", words)] if url else []
        found = pictures.embed(element, self.source)
        return [_link(found[0], "embed", found[1])] if found else []

    # Inline

    def inline(self, element: HtmlElement) -> list[Inline]:
        """An inline element of a page as a run of ours."""
        tag = str(element.tag)
        self._mark(element)
        if tag == "br":
            return [BREAK]
        if tag == "img" or tag in _EMBEDS:
            return list(self._media(element))
        children = self._children(element)
        if tag == "a":
            return self._anchor(element, children)
        if tag == "math":
            return [element.get("alttext") or "".join(c if isinstance(c, str) else c.text() for c in children)]
        ours = TAGS.get(tag)
        attributes = self._common(element)
        if ours is None and dict(attributes).get("dir"):
            ours = "bdi"
        if ours is None or is_blank(children):
            return children
        return [self._make(ours, attributes + _own(ours, element), children)]

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
        return [self._make("a", (("href", href),), words)]

    def _href(self, element: HtmlElement) -> str:
        href = (element.get("href") or "").strip()
        if href.lower().startswith(("mailto:", "tel:")):
            return "".join(href.split()) if len(href) < 200 else ""
        target = _local(href, self.source)
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

    def _make(self, tag: str, attributes: Iterable[tuple[str, str]], children: Iterable[Inline]) -> Element:
        found = dict(attributes)
        if self._waiting and tag in ("a", "p", "li", "h2", "h3", "h4", "section"):
            found["id"], self._waiting = self._waiting, ""
        return Element(tag, tuple(sorted(found.items())), tuple(children))

    def _common(self, element: HtmlElement) -> tuple[tuple[str, str], ...]:
        out = []
        direction = (element.get("dir") or "").strip().lower()
        if direction in _DIRECTIONS and direction != self.direction:
            out.append(("dir", direction))
        language = (element.get("lang") or "").strip()
        if _LANGUAGE.fullmatch(language) and language.lower().split("-")[0] != self.language.split("-")[0]:
            out.append(("lang", language))
        return tuple(out)

    def _with_direction(self, blocks: list[Element], element: HtmlElement) -> list[Element]:
        common = self._common(element)
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


def _is_figure(block: Element) -> bool:
    return any(part.get("class") == "picture" for part in block.iter())


def _unix(child: Inline) -> Inline:
    return child.replace("\r\n", "\n").replace("\r", "\n") if isinstance(child, str) else child


def _is_bare_picture(block: Element) -> bool:
    """A block of pictures and nothing else, a caption neither."""
    return block.tag in ("figure", "p") and all(
        isinstance(child, Element) and child.get("class") == "picture" for child in block.children
    )


def anchor(name: str) -> str:
    """The fragment's own name for an anchor of the page: it can never be taken for a name of the document."""
    return "n-" + re.sub(r"[^\w.-]+", "-", unquote(name))[:80]


def _targets(root: HtmlElement, source: Source) -> set[str]:
    """The ids that links within the story point at."""
    return {target for link in root.iter("a") if (target := _local(link.get("href") or "", source))}


def _local(href: str, source: Source) -> str:
    href = href.strip()
    if href.startswith("#"):
        return href[1:]
    if "#" in href:
        address, name = urldefrag(source.absolute(href))
        return name if address == urldefrag(source.url)[0] else ""
    return ""


def _link(url: str, kind: str, words: str) -> Element:
    return Element("a", (("class", kind), ("href", clean(url))), (words,) if words else ())


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

"""Runs of inline content: how text, emphasis and links of a page become inline elements of the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .model import Element
from .tree import terms

Inline = Element | str

# A page's tag -> ours. What is not here is unwrapped: its text stays.
TAGS = {
    **{tag: tag for tag in terms("em strong cite q code kbd sub sup s ins mark abbr time bdi ruby rt rp")},
    "b": "strong",
    "i": "em",
    "dfn": "em",
    "var": "em",
    "tt": "code",
    "samp": "code",
    "del": "s",
    "strike": "s",
    "acronym": "abbr",
}
BREAK = Element("br")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BLANK = re.compile(r"[\s\u200b\ufeff\u2060]*")


def is_blank(children: Iterable[Inline]) -> bool:
    """Whether there is nothing to read: no letter, no picture, no embed."""
    return all(
        bool(_BLANK.fullmatch(child))
        if isinstance(child, str)
        else not child.get("class") and child.tag != "hr" and is_blank(child.children)
        for child in children
    )


def tidy(children: Iterable[Inline]) -> tuple[Inline, ...]:
    """Collapse white space as a browser shows it, join strings, drop empty elements and breaks at the edges."""
    collapsed, _ = _collapse(list(children), True)
    return tuple(_end(_start(collapsed)))


def _collapse(children: list[Inline], space: bool) -> tuple[list[Inline], bool]:
    """`space`: whether what stands before already ends in white space."""
    out: list[Inline] = []
    for child in children:
        if isinstance(child, str):
            text = _SPACE.sub(" ", child)
            if space and text.startswith(" "):
                text = text[1:]
            if text:
                out.append(text)
                space = text.endswith(" ")
        elif child.tag == "br":
            out = _end(out, breaks=False)
            out.append(child)
            space = True
        else:
            inner, space = _collapse(list(child.children), space)
            if inner or child.get("class") or child.get("id"):
                if not is_blank(inner) or child.get("class") or child.get("id"):
                    out.append(Element(child.tag, child.attributes, tuple(inner)))
                else:
                    out += inner  # only white space: it stays, its element goes
                if child.get("class") and not inner:
                    space = False
    return join(out), space


def join(children: Iterable[Inline]) -> list[Inline]:
    """Neighbouring strings become one, empty ones go."""
    out: list[Inline] = []
    for child in children:
        if isinstance(child, str) and out and isinstance(out[-1], str):
            out[-1] += child
        elif child != "":
            out.append(child)
    return out


def _start(children: list[Inline]) -> list[Inline]:
    while children and children[0] == BREAK:
        children = children[1:]
    return children


def _end(children: list[Inline], breaks: bool = True) -> list[Inline]:
    """Drop white space, and breaks, at the end."""
    children = list(children)
    while children:
        last = children[-1]
        if isinstance(last, str):
            text = last.rstrip(" ")
            if text:
                children[-1] = text
                return children
        elif last.tag == "br":
            if not breaks:
                return children
        else:
            if last.get("class") or last.get("id"):
                return children
            inner = _end(list(last.children), breaks)
            if inner:
                children[-1] = Element(last.tag, last.attributes, tuple(inner))
                return children
        children.pop()
    return children


def paragraphs(children: Iterable[Inline]) -> list[tuple[Inline, ...]]:
    """Split a run where two or more line breaks follow one another; what is blank goes."""
    runs: list[list[Inline]] = [[]]
    breaks = 0
    for child in children:
        if isinstance(child, Element) and child.tag == "br":
            breaks += 1
            continue
        if isinstance(child, str) and not child.strip(" \t\r\n\f"):
            if not breaks:
                runs[-1].append(child)
            continue
        if breaks > 1:
            runs.append([])
        elif breaks == 1 and runs[-1]:
            runs[-1].append(BREAK)
        breaks = 0
        runs[-1].append(child)
    found = [tidy(run) for run in runs]
    return [run for run in found if not is_blank(run)]


def flatten(blocks: Iterable[Element]) -> list[Inline]:
    """Blocks as one inline run, a line break between each, for places that hold no blocks (a caption, a heading)."""
    out: list[Inline] = []
    for block in blocks:
        if out:
            out.append(BREAK)
        out += _inline_of(block)
    return out


def _inline_of(block: Element) -> list[Inline]:
    if block.tag in TAGS.values() or block.tag in ("a", "br"):
        return [block]
    out: list[Inline] = []
    for child in block.children:
        if isinstance(child, str) or child.tag in TAGS.values() or child.tag in ("a", "br"):
            out.append(child)
        else:
            if out and out[-1] != BREAK:
                out.append(BREAK)
            out += _inline_of(child)
    return out


def compact(blocks: list[Element]) -> tuple[Inline, ...]:
    """What an item or a cell holds: a single paragraph goes without its `p`, also before a nested list."""
    if not blocks or blocks[0].tag != "p" or blocks[0].attributes:
        return tuple(blocks)
    if all(block.tag in ("ul", "ol") for block in blocks[1:]):
        return blocks[0].children + tuple(blocks[1:])
    return tuple(blocks)

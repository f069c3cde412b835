"""The blocks of the closed vocabulary as HTML. A second gate: what is not in the vocabulary's table is not written.

Pictures and embeds become named links; tables get a box in which they scroll.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..article.model import Element, Picture
from ..article.vocabulary import ATTRIBUTES, VOID
from .links import Links
from .markup import attribute, text
from .words import Words

_DEPTH = 60
_VALUES = {
    "lang": re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*"),
    "dir": re.compile(r"ltr|rtl"),
    "id": re.compile(r"\S+"),
    "start": re.compile(r"-?\d{1,9}"),
    "value": re.compile(r"-?\d{1,9}"),
    "colspan": re.compile(r"\d{1,3}"),
    "rowspan": re.compile(r"\d{1,3}"),
    "type": re.compile(r"[1aAiI]"),
    "scope": re.compile(r"row|col|rowgroup|colgroup"),
    "reversed": re.compile(r".*"),
    "title": re.compile(r".*", re.DOTALL),
    "datetime": re.compile(r"[0-9A-Za-z:.+\- ]+"),
}


@dataclass(frozen=True, slots=True)
class Body:
    links: Links
    words: Words

    def render(self, blocks: tuple[Element | str, ...]) -> str:
        return "".join(self._node(block, 0) for block in blocks)

    def picture(self, picture: Picture) -> str:
        """The lead picture as text, with a link to it."""
        lines = [line for line in (picture.caption, picture.credit) if line.strip()]
        caption = f"<figcaption>{'<br>'.join(map(text, lines))}</figcaption>" if lines else ""
        link = self._picture(picture.url, picture.alt, picture.caption)
        return f"<figure>{link}{caption}</figure>" if link or caption else ""

    def _node(self, node: Element | str, depth: int, *, linked: bool = False, caption: str = "") -> str:
        if isinstance(node, str):
            return text(node)
        if node.tag not in ATTRIBUTES or depth > _DEPTH:
            return text(_plain(node))
        if node.tag == "a":
            return self._link(node, depth, linked, caption)
        if node.tag in VOID:
            return f"<{node.tag}>"
        if node.tag == "figure":
            caption = next((_plain(child) for child in _elements(node) if child.tag == "figcaption"), "")
        inner = "".join(self._node(child, depth + 1, linked=linked, caption=caption) for child in node.children)
        html = f"<{node.tag}{_attributes(node)}>{inner}</{node.tag}>"
        # a box that scrolls must be reachable by keyboard
        return f"<div tabindex=0>{html}</div>" if node.tag == "table" else html

    def _link(self, node: Element, depth: int, linked: bool, caption: str) -> str:
        kind = node.get("class")
        if kind == "picture" and not linked:
            return self._picture(node.get("href"), _plain(node), caption)
        href = "" if linked else (self.links.direct if kind else self.links.light)(node.get("href"))
        inner = "".join(self._node(child, depth + 1, linked=linked or bool(href)) for child in node.children)
        if kind == "embed" and href and _told(_plain(node), caption):
            inner = text(self.words.embed.replace("{host}", urlsplit(href).hostname or ""))
        own = (attribute("href", href) if href else "") + _attributes(node)
        return f"<a{own}>{inner}</a>" if own else inner

    def _picture(self, url: str, alt: str, caption: str) -> str:
        """A link named by the picture's description, unless the caption says the same."""
        href, alt = self.links.direct(url), " ".join(alt.split())
        if not href or href.startswith("#"):
            return text(alt)
        name = self.words.picture if _told(alt, caption) else self.words.picture_of.replace("{text}", alt)
        return f"<a{attribute('href', href)}>{text(name)}</a>"


def _told(name: str, caption: str) -> bool:
    """Whether the caption says already what a link would be called."""
    return " ".join(name.split()) in " ".join(caption.split())


def _attributes(node: Element) -> str:
    return "".join(
        attribute(name, "" if name == "reversed" else value)
        for name, value in node.attributes
        if name in ATTRIBUTES[node.tag] and name in _VALUES and _VALUES[name].fullmatch(value)
    )


def _elements(node: Element) -> list[Element]:
    return [child for child in node.children if isinstance(child, Element)]


def _plain(node: Element) -> str:
    """All text below `node`, however deep it is nested."""
    found: list[str] = []
    waiting: list[Element | str] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, str):
            found.append(current)
        else:
            waiting.extend(reversed(current.children))
    return "".join(found)

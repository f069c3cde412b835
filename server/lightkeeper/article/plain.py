"""An article's body as plain text: blocks apart by an empty line, without captions and names of embeds."""

from __future__ import annotations

from collections.abc import Iterable

from .model import Article, Element
from .tree import terms

_LINES = frozenset({"li", "dt", "dd", "tr", "caption"})
_HOLDERS = frozenset({"ul", "ol", "dl", "table", "thead", "tbody", "tfoot"})


def text(article: Article) -> str:
    """The story as running text, without its title."""
    found = (block_text(block) for block in article.body)
    return "\n\n".join(part for part in found if part)


def block_text(block: Element) -> str:
    if block.tag == "figure":
        return "\n\n".join(
            part
            for child in block.children
            if isinstance(child, Element) and child.tag not in ("a", "figcaption") and (part := block_text(child))
        )
    if block.tag == "p" and all(isinstance(child, Element) and child.get("class") for child in block.children):
        return ""
    if block.tag in _HOLDERS:
        return "\n".join(part for child in _elements(block.children) if (part := block_text(child)))
    if block.tag == "tr":
        return "\t".join(block_text(cell) for cell in _elements(block.children))
    return _mixed(block)


def _elements(children: Iterable[Element | str]) -> list[Element]:
    return [child for child in children if isinstance(child, Element)]


def _mixed(block: Element) -> str:
    parts: list[str] = []
    for child in block.children:
        if isinstance(child, str):
            parts.append(child)
        elif child.tag in _BLOCKS:
            parts.append("\n\n" if block.tag in ("blockquote", "aside", "section") else "\n")
            parts.append(block_text(child))
        else:
            parts.append(_inline(child))
    return "".join(parts).strip()


def _inline(element: Element) -> str:
    if element.tag == "br":
        return "\n"
    if element.get("class") == "picture":
        return ""
    return "".join(child if isinstance(child, str) else _inline(child) for child in element.children)


_BLOCKS = frozenset(terms("p h2 h3 h4 pre blockquote aside ul ol dl figure table section hr"))

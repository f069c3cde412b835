"""Stories that only subscribers may read: which part everybody may see, by what the publisher says."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from . import linked
from .linked import Node
from .model import Element
from .scripts import extent
from .tree import Source, drop, elements

_ENOUGH = 500  # letters of a teaser where the publisher does not say which part is paid for
_SELECTOR = re.compile(r"[.#][A-Za-z_][\w-]*")


def is_paid(node: Node) -> bool:
    """Whether a JSON-LD object says `isAccessibleForFree: false`, of itself or of a part."""
    return str(node.get("isAccessibleForFree", "")).strip().lower().rsplit("/", 1)[-1] in ("false", "no", "0")


def drop_paid(source: Source) -> bool:
    """Take the parts out of the tree that the publisher names as paid for; whether it names any: the rest is free."""
    selectors = {selector for node in linked.nodes(source) for selector in _selectors(node)}
    for element in list(elements(source.root)):
        if element.tag not in ("html", "body") and _matches(element, selectors):
            drop(element)
    return bool(selectors)


def _selectors(node: Node) -> list[str]:
    parts = node.get("hasPart")
    found = parts if isinstance(parts, list) else [parts]
    said = [str(part.get("cssSelector", "")) for part in found if isinstance(part, dict) and is_paid(part)]
    return [one for text in said for one in re.split(r"\s*,\s*", text.strip()) if _SELECTOR.fullmatch(one)]


def _matches(element: HtmlElement, selectors: set[str]) -> bool:
    if not selectors:
        return False
    said = {f".{name}" for name in (element.get("class") or "").split()} | {f"#{element.get('id')}"}
    return not said.isdisjoint(selectors)


def teaser(blocks: list[Element]) -> list[Element]:
    """The first blocks, as much as a publisher shows to everybody."""
    kept: list[Element] = []
    size = 0
    for block in blocks:
        length = extent(block.text())
        if size >= _ENOUGH or (size and size + length > 2 * _ENOUGH):
            break
        kept.append(block)
        size += length
    return kept

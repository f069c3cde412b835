"""Who wrote a story: names out of machine-readable data, else out of the line that the page shows."""

from __future__ import annotations

import re

from .linked import Node, several
from .tree import Source, elements, names, squash, text_of

_BYLINE = re.compile(r"(?:^|[\s_-])(?:by-?line|author|authors|p-author|dateline|writtenby|writer|reporter)(?:$|[\s_-])")
_BY = re.compile(
    r"^(?:by|par|von|por|di|da|door|av|af|od|от|автор|نویسنده|بقلم|بقلم|كتب|کاتب|文|作者|記者|记者|yazar)\b\s*:?\s*",
    re.IGNORECASE,
)
_AND = re.compile(r"\s+(?:and|und|et|y|e|ve|và|og|och|en|и|و)\s+|\s*[;,،、&]\s*|\s+\|\s+", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://|www\.|@|\.com\b")
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}:\d\d")


def bylines(
    source: Source, metas: dict[str, list[str]], node: Node, micro: dict[str, list[str]], site: str
) -> tuple[str, ...]:
    candidates = (
        several(node.get("author") or node.get("creator")),
        [
            value
            for name in ("author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl")
            for value in metas.get(name, [])
        ],
        [value for value in metas.get("article:author", []) if not _ADDRESS.search(value)],
        micro.get("author", []),
        _shown(source),
    )
    for found in candidates:
        people = _clean(found)
        if people:
            return people
    return ()


def _clean(values: list[str]) -> tuple[str, ...]:
    out: list[str] = []
    for value in values:
        value = squash(_BY.sub("", squash(value))).strip(" ,;|·•-–—:")
        if 1 < len(value) <= 100 and not _ADDRESS.search(value) and not _DATE.search(value):
            out.append(value)
    return tuple(dict.fromkeys(out))[:12]


def _shown(source: Source) -> list[str]:
    for element in elements(source.root):
        if element.get("rel") == "author" or _BYLINE.search(names(element)):
            text = text_of(element)
            if 2 < len(text) < 100:
                return [text]
    return []

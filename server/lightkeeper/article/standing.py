"""Parts of a story that stand apart from its text and become fields of the article: deck, correction.

They are taken out of the tree before the text is read, so that nothing is said twice.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from .opinion import letters
from .tree import drop, names, text_of

_DECK = re.compile(
    r"(?:^|[\s_-])(?:deck|dek|sub-?(?:title|head(?:line|ing)?|hed)|stand-?first|summary|excerpt|intro(?:duction)?|teaser|lede?"
    r"|chapo|chapeau|vorspann|description|abstract|lid|lead)(?:$|[\s_-])"
)
_CORRECTION = re.compile(r"(?:^|[\s_-])(?:corrections?|erratum|errata|clarification)(?:$|[\s_-])")
_LONGEST = 1_000


def take_deck(root: HtmlElement, description: str) -> str:
    """The line under the headline: what the page describes itself with and shows, marked as such."""
    wanted = letters(description)
    headed = False
    for element in root.iter("h1", "p", "h2", "h3", "h4", "div"):
        headed = headed or element.tag == "h1"
        marked = bool(_DECK.search(names(element)))
        under = headed and element.tag in ("h2", "h3", "h4")
        if not (marked or under) or len(text := text_of(element)) > _LONGEST:
            continue
        said = letters(text)
        if said and (said == wanted or (under and _is_standfirst(element, text))):
            drop(element)
            return text
    return ""


def _is_standfirst(heading: HtmlElement, text: str) -> bool:
    """A sub-heading of a whole sentence right after the headline, alone in its holder or in none."""
    if len(text) < 40:
        return False
    before = heading.getprevious()
    holder = heading.getparent()
    alone = before is None and holder is not None and letters(text_of(holder)) == letters(text)
    above = before if not alone or holder is None else holder.getprevious()
    return above is not None and (
        above.tag == "h1" or (above.tag == "header" and next(above.iter("h1"), None) is not None)
    )


def take_correction(root: HtmlElement) -> str:
    """What the publisher corrects in this story, where the page marks it as a correction."""
    for element in root.iter("p", "div", "aside", "section"):
        if _CORRECTION.search(names(element)):
            text = text_of(element)
            if 20 < len(text) <= _LONGEST and next(element.iter("article", "main", "h1"), None) is None:
                drop(element)
                return text
    return ""

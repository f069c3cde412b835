"""Parts of a story that stand apart from its text and become fields of the article: deck, correction.

They are taken out of the tree before the text is read, so that nothing is said twice.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from .addresses import clean, host_of
from .model import Link
from .opinion import letters
from .scripts import extent
from .tree import Source, drop, names, text_of
from .vernacular import RELATED

_DECK = re.compile(
    r"(?:^|[\s_-])(?:deck|dek|sub-?(?:title|head(?:line|ing)?|hed)|stand-?first|summary|excerpt"
    r"|intro(?:duction)?|teaser|lede?"
    r"|chapo|chapeau|vorspann|anreisser|entradilla|bajada|copete|sumario|resumo|linha-?fina|sottotitolo"
    r"|occhiello|ozet|spot|zajawka|zapowiedz|perex|ingress|mukhtasar|sapo|daodu|zhaiyao|description"
    r"|abstract|lid|lead)(?:$|[\s_-])"
)
# Names that say for themselves that this is the line under the headline.
_SURE = re.compile(
    r"(?:^|[\s_-])(?:deck|dek|sub-?title|sub-?head(?:line|ing)|stand-?first|chapo|chapeau|vorspann|anreisser|entradilla"
    r"|bajada|copete|linha-?fina|sottotitolo|spot|zajawka|perex|sapo|daodu)(?:$|[\s_-])"
)
_CORRECTION = re.compile(r"(?:^|[\s_-])(?:corrections?|erratum|errata|clarification)(?:$|[\s_-])")
_MORE = re.compile(
    rf"(?:^|\s)(?:{RELATED}|more|next|related|read-?(?:more|also|next)|see-?also|also-?read|up-?next|next-?(?:story|article|up)"
    r"|more-?on(?:-?this)?|related-?(?:stories|articles|posts|news|content|links?))(?:$|\s)"
)
_NEXT = re.compile(r"(?:^|\s)(?:up-?)?next(?:$|\s)")
_CORRECTED = re.compile(
    r"\W*(?:this (?:article|story|report|piece) (?:was|has been) (?:amended|corrected|updated)\b"
    r"|(?:correction|clarification|исправление|поправка|уточнение|تصحيح|تصحیح|اصلاحیه|ڕاستکردنەوە|düzeltme"
    r"|düzəliş|תיקון|更正|勘误|勘誤|訂正|정정|berichtigung|korrektur|rectificatif|correctif"
    r"|fe de errat(?:as|ores)|errata|correção|rettifica|sprostowanie|виправлення|ralat|đính chính"
    r"|διόρθωση)(?: \([^)]{1,30}\))?\s*[:.—–-])",
    re.IGNORECASE,
)
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
        alone = under and _is_standfirst(element, text)
        if said and (said == wanted or alone or (headed and marked and _is_named_deck(element, text))):
            drop(element)
            return text
    return ""


def _is_named_deck(element: HtmlElement, text: str) -> bool:
    """A line right after the headline, or after what holds it, with a name that only decks have."""
    if not _SURE.search(names(element)) or not 20 <= extent(text) or len(text) > 400:
        return False
    above = element.getprevious()
    return above is not None and (above.tag == "h1" or next(above.iter("h1"), None) is not None)


def _is_standfirst(heading: HtmlElement, text: str) -> bool:
    """A sub-heading of a whole sentence right after the headline, alone in its holder or in none."""
    if extent(text) < 40:
        return False
    before = heading.getprevious()
    holder = heading.getparent()
    alone = before is None and holder is not None and letters(text_of(holder)) == letters(text)
    above = before if not alone or holder is None else holder.getprevious()
    return above is not None and (
        above.tag == "h1" or (above.tag == "header" and next(above.iter("h1"), None) is not None)
    )


def more(root: HtmlElement, source: Source) -> list[Link]:
    """What the page offers to read after this story, where its names say so: more on the subject, the next story."""
    found: dict[str, str] = {}
    for element in root.iter("section", "div", "aside", "nav", "ul", "p"):
        if not _MORE.search(names(element)) or next(element.iter("h1", "main", "form"), None) is not None:
            continue
        links = [link for link in element.iter("a") if link.get("href")]
        if len(links) > 24 or len(text_of(element)) > 2_000:
            continue
        addresses = {source.absolute(link.get("href")) for link in links if extent(text_of(link)) > 12}
        if _NEXT.search(names(element)) and len(addresses) > 1:  # a list of whatever came after, not the next story
            continue
        for link in links:
            url, title = source.absolute(link.get("href")), text_of(next(link.iter("h2", "h3", "h4"), link))
            if 16 <= extent(title) <= 200 and host_of(url) == host_of(source.url) and url != source.url:
                found.setdefault(clean(url), title)
    return [Link(url, title) for url, title in found.items()][:8]


def take_correction(root: HtmlElement) -> str:
    """What the publisher corrects in this story, where the page marks it as a correction."""
    for element in root.iter("p", "div", "aside", "section"):
        if _CORRECTION.search(names(element)):
            text = text_of(element)
            if (
                20 < extent(text)
                and len(text) <= _LONGEST
                and next(element.iter("article", "main", "h1"), None) is None
            ):
                drop(element)
                return text
    for element in root.iter("p"):
        if not _CORRECTED.match(element.text_content().strip()):
            continue
        text = text_of(element)
        if 20 < extent(text) and len(text) <= _LONGEST:
            drop(element)
            return text.lstrip("•*· ")
    return ""

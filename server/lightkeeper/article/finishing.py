"""From built blocks to the finished article: drops the repeated headline, finds the lead picture, turns blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from .addresses import clean
from .inline import Inline, is_blank, join, tidy
from .languages import has_rtl, rtl_share
from .metadata import Facts
from .model import Article, Direction, Element, Link, Picture
from .opinion import letters
from .scripts import ends_sentence, extent
from .spoken import date_in
from .tree import Source, terms

_HEADINGS = frozenset({"h2", "h3", "h4"})
_MOST_RELATED = 8
_TRAIL = re.compile(r"\s[>›»→/|]\s|[>›»]")
_TURNING = frozenset(terms("p h2 h3 h4 li td th blockquote figcaption dt dd caption pre"))
_BY = (
    r"(?:photo(?:graph|s|graphs)?|image|credit|picture|foto(?:s|ğraf|qraf)?|bild|фото|снимок|عکس|عکاس"
    r"|تصویر|صورة|تصوير|fotografía|fotografia|crédito|crédits?|photographie|zdjęcie|fot\.|ảnh"
    r"|φωτ(?:ογραφία|ο)|फोटो|사진|写真|摄|攝"
    r"|צילום|وێنە|图|摄影|圖|撮影)(?: by)?\s*[::/]|©|\(c\)"
)
_CREDIT = re.compile(rf"^(.*?)[\s.|/(\[–—-]*\b((?:{_BY})\s*.{{2,80}})$", re.IGNORECASE | re.DOTALL)
_LABEL = re.compile(rf"^(?:{_BY})\s*", re.IGNORECASE)


def finish(blocks: list[Element], related: list[Link], facts: Facts, source: Source, way: Direction) -> Article:
    """The article that these blocks and facts make."""
    blocks = _quoted_once(_without_preamble(_without_title(blocks, facts), facts))
    blocks = _without_ends(blocks)
    lead, blocks = _lead(blocks, facts, source)
    blocks = _anchored(blocks)
    if way == "rtl" or any(has_rtl(block.text()) for block in blocks):
        blocks = [_turn(block, way) for block in blocks]
    return Article(
        url=clean(source.url),
        title=facts.title,
        body=tuple(blocks),
        deck="" if letters(facts.deck) == letters(facts.title) or _repeats(facts.deck, blocks) else facts.deck,
        bylines=facts.bylines,
        section=facts.section,
        tags=facts.tags,
        published=facts.published,
        modified=facts.modified,
        language=facts.language,
        direction=way,
        lead=lead,
        related=_once(related),
        site_name=facts.site_name,
        access=facts.access,
    )


def _once(related: list[Link]) -> tuple[Link, ...]:
    return tuple({link.url: link for link in reversed(related)}.values())[::-1][:_MOST_RELATED]


def _without_title(blocks: list[Element], facts: Facts) -> list[Element]:
    """Drop the headline where the body repeats it."""
    said = {letters(text) for text in (facts.title, *facts.headings)} - {""}
    people = {letters(name) for name in facts.bylines}
    return [
        block
        for at, block in enumerate(blocks)
        if not (letters(block.text()) in said and (block.tag in _HEADINGS or (at < 3 and block.tag == "p")))
        and not (at < 2 and block.tag in ("p", "ul") and _holds_title(block, letters(facts.title)))
        and not (block.tag in _HEADINGS and (letters(block.text()) in people or (at < 2 and _is_part(block, said))))
    ]


def _without_preamble(blocks: list[Element], facts: Facts) -> list[Element]:
    """Drop the lines above the text that say who wrote it, when, and in which section: those are fields."""
    first = next((at for at, block in enumerate(blocks) if _is_said(block.text().strip())), 0)
    return [block for block in blocks[:first] if not _is_preamble(block, facts)] + blocks[first:]


def _is_said(text: str) -> bool:
    return extent(text) > 120 or (extent(text) >= 40 and ends_sentence(text))


def _is_preamble(block: Element, facts: Facts) -> bool:
    text, said = block.text().strip(), letters(block.text())
    if block.tag not in ("p", "ul") or ends_sentence(text) or any(part.get("class") for part in block.iter()):
        return False
    named = next((name for person in facts.bylines if (name := letters(person)) and name in said), "")
    if named and len(said) <= len(named) + 25:
        return True
    linked = sum(len(letters(part.text())) for part in block.iter() if part.tag == "a")
    if linked >= 0.3 * len(said) > 0 and (linked == len(said) or _TRAIL.search(text)):
        return True
    words = sum(character.isalpha() for character in text)
    return words - len(named) <= 30 and date_in(text, facts.language) is not None


def _holds_title(block: Element, title: str) -> bool:
    """Whether a line above the text is the headline with hardly more than a date or a rubric."""
    said = letters(block.text())
    return extent(title) > 12 and title in said and len(said) <= len(title) + 40


def _is_part(heading: Element, titles: set[str]) -> bool:
    """Whether a heading above the text says a good part of the headline and nothing else."""
    said = letters(heading.text())
    return len(said) > 5 and any(said in title and len(said) >= 0.4 * len(title) for title in titles)


def _quoted_once(blocks: list[Element]) -> list[Element]:
    """A pull quote repeats a sentence of the text: it is shown once, where it was said."""
    said = [letters(block.text()) for block in blocks if block.tag != "aside"]
    return [
        block
        for block in blocks
        if block.tag != "aside" or not any((quote := letters(block.text())) and quote in text for text in said)
    ]


def _without_ends(blocks: list[Element]) -> list[Element]:
    """A story neither begins with a rule nor ends with a rule or with a heading over nothing."""
    blocks = list(blocks)
    while blocks and blocks[0].tag == "hr":
        del blocks[0]
    while blocks and (blocks[-1].tag == "hr" or blocks[-1].tag in _HEADINGS):
        del blocks[-1]
    return [block for at, block in enumerate(blocks) if block.tag != "hr" or blocks[at + 1].tag != "hr"]


def _repeats(deck: str, blocks: Iterable[Element]) -> bool:
    wanted = letters(deck).rstrip("…")
    return not wanted or any(wanted[:60] in letters(block.text()) for block in list(blocks)[:4])


def _lead(blocks: list[Element], facts: Facts, source: Source) -> tuple[Picture | None, list[Element]]:
    """The picture above the story's text, taken out of it; else the one that the page names for sharing."""
    for at, block in enumerate(blocks[:4]):
        shown = [element for element in block.iter() if element.get("class") == "picture"]
        if len(shown) == 1 and block.tag in ("figure", "p") and _only_picture(block):
            caption = next((tidy(part.children) for part in block.iter() if part.tag == "figcaption"), ())
            return _picture(shown[0], caption), blocks[:at] + blocks[at + 1 :]
        if extent(block.text()) > 80:
            break
    if any(element.get("class") == "picture" for block in blocks for element in block.iter()):
        return None, blocks
    url = source.absolute(facts.picture) if facts.picture else ""
    return (Picture(clean(url), facts.picture_alt) if url else None), blocks


def _only_picture(block: Element) -> bool:
    return block.tag == "figure" or is_blank(
        child for child in block.children if isinstance(child, str) or child.get("class") != "picture"
    )


def _picture(link: Element, caption: tuple[Inline, ...]) -> Picture:
    cited = [part for part in caption if isinstance(part, Element) and part.tag == "cite"]
    text = "".join(part if isinstance(part, str) else part.text() for part in caption if part not in cited[-1:])
    credit = cited[-1].text() if cited else ""
    if not credit and (found := _CREDIT.match(text)):
        text, credit = found[1], found[2]
    credit = _LABEL.sub("", credit).strip(" ()[]/|")
    return Picture(link.get("href"), link.text().strip(), text.strip(" ()[]/|"), credit)


def _anchored(blocks: list[Element]) -> list[Element]:
    """Links within the story that lead nowhere lose their link; anchors that nothing points at go."""
    there = {element.get("id") for block in blocks for element in block.iter() if element.get("id")}
    wanted = {
        element.get("href")[1:] for block in blocks for element in block.iter() if element.get("href").startswith("#")
    }
    seen: set[str] = set()
    return [_settle(block, there, wanted, seen) for block in blocks]


def _settle(element: Element, there: set[str], wanted: set[str], seen: set[str]) -> Element:
    attributes = []
    for name, value in element.attributes:
        if name == "id":
            if value not in wanted or value in seen:
                continue
            seen.add(value)
        if name == "href" and value.startswith("#") and value[1:] not in there:
            continue
        attributes.append((name, value))
    children: list[Inline] = []
    for child in element.children:
        if isinstance(child, str):
            children.append(child)
            continue
        settled = _settle(child, there, wanted, seen)
        if settled.tag == "a" and not settled.attributes:
            children += settled.children
        else:
            children.append(settled)
    return Element(element.tag, tuple(attributes), tuple(join(children)))


def _turn(element: Element, way: Direction) -> Element:
    """Mark a block whose letters all run against the story's direction, so that its punctuation falls right."""
    children = tuple(child if isinstance(child, str) else _turn(child, way) for child in element.children)
    element = replace(element, children=children)
    if element.tag not in _TURNING or element.get("dir"):
        return element
    share = rtl_share(element.text())
    other: Direction = "ltr" if way == "rtl" else "rtl"
    if share is None or share != (1.0 if other == "rtl" else 0.0):
        return element
    return replace(element, attributes=tuple(sorted((*element.attributes, ("dir", other)))))

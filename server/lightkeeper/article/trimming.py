"""What does not belong among the blocks of a story: related links, calls to subscribe or follow, leftovers of the page.

Works on finished blocks, by what they say and where they stand; the page's own names for things were read before.
"""

from __future__ import annotations

import re
from itertools import takewhile

from .addresses import host_of
from .labels import calls, is_bar, is_service, leads_on, names_sources, only_leads_on, opens_comments, opens_more
from .model import Element, Link
from .opinion import letters
from .scripts import ends_sentence, extent, word_count
from .selection import Judge
from .tree import squash

_PROSE = 80
_SENTENCE = 40
_HEADINGS = ("h2", "h3", "h4")
_TEXTUAL = frozenset({"p", "h2", "h3", "h4", "ul", "ol"})
_KIND = re.compile(r"\s*\[[^\]]{2,20}\]\s*\|?")
_MARKUP = re.compile(r"^\s*(?:<\w+[\s>/]|\[/?\w+[^\]]*=[^\]]*\])")


class Trimmer:
    """Takes off one story's surroundings; collects the links to other stories on the way in `related`."""

    def __init__(self, judge: Judge, *urls: str) -> None:
        """`urls`: the story's own, by its own word and where it was found."""
        self.related: list[Link] = []
        self._judge = judge
        self._hosts = {host for url in urls if (host := host_of(url))}

    def trim(self, blocks: list[Element]) -> list[Element]:
        blocks = [block for block in _without_comments(blocks) if not self._is_leftover(block)]
        blocks = self._by_opinion([block for block in blocks if not self._is_aside_link(block)])
        return self._without_tail(blocks)

    def _is_leftover(self, block: Element) -> bool:
        text = squash(block.text())
        if block.tag not in _TEXTUAL or not text:
            return False
        if block.tag not in _HEADINGS and (_MARKUP.match(text) or self._is_address(block)):
            return True
        if block.tag == "p" and len(text) < 80 and (only_leads_on(text) or is_bar(text)):
            return True
        return block.tag in ("p", "h2", "h3", "h4") and len(text) < 220 and calls(text)

    def _is_address(self, block: Element) -> bool:
        """A line that is no more than an address on this site: where to find this story, or another one."""
        text = "".join(child for child in block.children if isinstance(child, str)).strip()
        return text.startswith(("http://", "https://")) and " " not in text and host_of(text) in self._hosts

    # By the second opinion

    def _by_opinion(self, blocks: list[Element]) -> list[Element]:
        """Before the first and after the last paragraph that both opinions hold for text, only what is kept stays."""
        kept = [self._judge.keeps(block.text()) for block in blocks]
        prose = [at for at, block in enumerate(blocks) if kept[at] and is_prose(block)]
        agreed = sum(len(blocks[at].text()) for at in prose)
        if not prose or agreed < 0.5 * self._judge.opinion.size or sum(extent(blocks[at].text()) for at in prose) < 200:
            return blocks
        first = next(at for at, block in enumerate(blocks) if kept[at] and (at == prose[0] or is_sentence(block)))
        last = prose[-1]
        levels = {block.tag for block in blocks[first:last]}  # a heading above the text is one where others follow
        return [
            block
            for at, block in enumerate(blocks)
            if kept[at]
            or block.tag not in _TEXTUAL
            or _shows(block)
            or _is_contents(block)
            or _is_noted(block)
            or (at < first and block.tag in ("ul", "ol") and not links(block) and extent(block.text()) > _PROSE)
            or (at == first - 1 and block.tag in _HEADINGS and block.tag in levels)
            or (first < at < last and self._belongs(block))
            or (at > last and self._is_of_sources(blocks, at))
        ]

    def _is_of_sources(self, blocks: list[Element], at: int) -> bool:
        """Whether a block is the list of what the story was made from, or the heading over it."""
        if _is_headed_list(blocks, at + 1):
            at += 1
        if not _is_headed_list(blocks, at):
            return False
        own = [self._is_own(link) for link in links(blocks[at])]
        return not any(own) or 2 * sum(own) < len(own)

    def _belongs(self, block: Element) -> bool:
        """Whether text between paragraphs of the story is part of it though the second opinion leaves it out."""
        if block.tag != "p" or extent(block.text()) >= _PROSE or links(block):
            return True
        return len(block.children) == 1 and isinstance(block.children[0], Element)  # a heading set in bold

    # Links to other stories

    def _without_tail(self, blocks: list[Element]) -> list[Element]:
        """After the last real paragraph, lists of links and the headings over them are no part of the story."""
        last = max((at for at, block in enumerate(blocks) if is_prose(block)), default=-1)
        body, tail = blocks[: last + 1], blocks[last + 1 :]
        if last < 0:
            return blocks
        kept: list[Element] = []
        for at, block in enumerate(tail):
            if self._is_links(block):
                self._collect(block)
                if kept and _is_title(kept[-1]):
                    kept.pop()
            elif block.tag not in _HEADINGS or at + 1 < len(tail):
                kept.append(block)
        return body + kept

    def _is_links(self, block: Element) -> bool:
        if block.tag not in ("ul", "ol", "p", "h2", "h3", "h4"):
            return False
        text, linked = len(letters(block.text())), sum(len(letters(link.text())) for link in links(block))
        return text > 0 and linked >= 0.8 * text and all(self._is_own(link) for link in links(block))

    def _is_aside_link(self, block: Element) -> bool:
        """A paragraph that only sends the reader to another story: `Related: …`, or a headline as link."""
        if block.tag == "aside":
            return self._is_card(block)
        if block.tag not in ("p", "h3", "h4"):
            return False
        found = list(links(block))
        text = squash(block.text())
        if not found or len(text) > 220 * len(found):
            return False
        if _is_row(text, found) and all(self._is_own(link) for link in found):
            self._collect(block)
            return True
        if len(text) > 220:
            return False
        said = text[: text.find(found[0].text())] if found[0].text() in text else ""
        rest = len(letters(text)) - sum(len(letters(link.text())) for link in found)
        labelled = bool(leads_on(said)) and rest <= len(letters(said)) + 12
        whole = rest == 0 and len(found) == 1 and self._is_own(found[0]) and word_count(text) >= 3
        shouted = rest == 0 and len(text) > 12 and _is_shouted(text)
        if labelled or shouted or (whole and not ends_sentence(text)):
            self._collect(block)
            return True
        return False

    def _is_card(self, aside: Element) -> bool:
        """A box between paragraphs that holds the headline of another story, perhaps with its picture."""
        found = links(aside)
        headed = any(part.tag in _HEADINGS for part in aside.iter())
        text = letters(aside.text())
        linked = sum(len(letters(link.text())) for link in found)
        if not found or len(text) > 250 or not (headed or linked >= 0.6 * len(text)):
            return False
        self._collect(aside)
        return True

    def _is_own(self, link: Element) -> bool:
        host = host_of(link.get("href"))
        return bool(host) and any(
            host == own or host.endswith(f".{own}") or own.endswith(f".{host}") for own in self._hosts
        )

    def _collect(self, block: Element) -> None:
        known = {link.url for link in self.related}
        for link in links(block):
            url, title = link.get("href"), squash(link.text())
            if (
                url.startswith("http")
                and url not in known
                and not is_service(url)
                and extent(title) > 12
                and len(self.related) < 12
            ):
                known.add(url)
                self.related.append(Link(url, title))


def links(block: Element) -> list[Element]:
    return [element for element in block.iter() if element.tag == "a" and not element.get("class")]


def is_prose(block: Element) -> bool:
    """A block of running text, most of it not linked."""
    if block.tag in ("figure", "table", "hr", "h2", "h3", "h4"):
        return False
    words = block.text().strip()
    text = len(words)
    return extent(words) >= _PROSE and 2 * sum(len(link.text()) for link in links(block)) < text


def _is_row(text: str, found: list[Element]) -> bool:
    """Whether a line is headlines as links, each with its kind in brackets behind it: `Ferry leaves [VIDEO]`."""
    tags = _KIND.findall(text)
    said = sum(len(letters(link.text())) for link in found)
    whole = len(letters(_KIND.sub(" ", text))) == len(letters(_KIND.sub(" ", "".join(link.text() for link in found))))
    return whole and len(tags) == len(found) and said > 12 * len(found)


def _is_shouted(text: str) -> bool:
    """Capitals only, in a script that has them: one abbreviation in a line of another script is none."""
    return text.isupper() and 2 * sum(map(str.isupper, text)) > sum(map(str.isalpha, text))


def _without_comments(blocks: list[Element]) -> list[Element]:
    """The blocks before the line over comments, or over who wrote, where the most of the text stands before it."""
    sizes = [len(block.text()) for block in blocks]
    before, whole = 0, sum(sizes)
    for at, block in enumerate(blocks):
        if 2 * before > whole and block.tag in ("p", *_HEADINGS) and _opens_end(block):
            return blocks[:at]
        before += sizes[at]
    return blocks


def _opens_end(block: Element) -> bool:
    text = squash(_first_line(block))
    return (len(block.text()) < 40 and opens_comments(text)) or (len(text) < 200 and opens_more(text))


def _first_line(block: Element) -> str:
    first = takewhile(lambda child: isinstance(child, str) or child.tag != "br", block.children)
    return "".join(child if isinstance(child, str) else child.text() for child in first)


def _is_noted(block: Element) -> bool:
    """Whether the text refers to this block: a list of notes."""
    return block.tag in ("ul", "ol") and any(part.get("id") for part in block.iter())


def is_sentence(block: Element) -> bool:
    """A paragraph that is short, but of whole sentences, and not all link."""
    text = block.text().strip()
    whole = block.tag == "p" and extent(text) >= _SENTENCE and ends_sentence(text)
    return whole and 2 * sum(len(link.text()) for link in links(block)) < len(text)


def _is_contents(block: Element) -> bool:
    """A table of contents: a list whose every link leads to a place in the story."""
    return (
        block.tag in ("ul", "ol")
        and bool(links(block))
        and all(link.get("href").startswith("#") for link in links(block))
    )


def _is_headed_list(blocks: list[Element], at: int) -> bool:
    """A list under a heading that names sources."""
    if not 0 < at < len(blocks) or blocks[at].tag not in ("ul", "ol"):
        return False
    return blocks[at - 1].tag in ("p", *_HEADINGS) and names_sources(blocks[at - 1].text())


def _shows(block: Element) -> bool:
    return any(element.get("class") for element in block.iter() if element.tag == "a")


def _is_title(block: Element) -> bool:
    return block.tag in _HEADINGS or (
        block.tag == "p" and extent(block.text()) < 60 and not ends_sentence(block.text())
    )

"""Lists of stories: whether a page is one, and the headlines on it in the page's own order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from ..errors import NotAnArticle
from . import linked
from .addresses import clean
from .dates import moment
from .languages import direction, language
from .model import Front, Headline
from .scripts import extent, word_count
from .titles import site_name, title
from .tree import Source, elements, names, squash, text_of

FEWEST = 3
MOST = 300
_SHORT = 16  # letters below which the text of a link is a label; ideographs count threefold
_HOME = re.compile(r"/?(?:[a-z]{2}(?:-[a-z]{2,4})?/?)?(?:index\.\w+|home/?|default\.\w+)?", re.IGNORECASE)
_OUTSIDE = frozenset({"nav", "footer", "form", "menu", "dialog"})
_OUTSIDE_ROLES = frozenset({"navigation", "contentinfo", "search", "menu", "dialog"})
_OUTSIDE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|submenu|breadcrumbs?|footer|cookie|consent|share|social|tags?|tag-?cloud"
    r"|lang(?:uage)?s?"
    r"|pagination|pager|skip|login|signin|subscribe|newsletter|comments?|copyright)(?:$|[\s_-])"
)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|pdf|zip|mp[34]|xml|rss|css|js)$", re.IGNORECASE)
_SERVICE = re.compile(
    r"/(?:tags?|categor(?:y|ies)|authors?|search|login|log-in|signin|register|account|subscribe|about(?:-us)?"
    r"|contact(?:-us)?|privacy"
    r"|terms|feed|rss|page/\d+|wp-(?:admin|login)|share|print)(?:/|$|\.)",
    re.IGNORECASE,
)
_LINE = re.compile(r"(?:^|[\s_-])(?:meta|by-?line|authors?|dates?|time|timestamp|published|reading-?time)(?:$|[\s_-])")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CARDS = frozenset(["article", "li", "div", "section", "td", "tr", "figure", "dd", "p"])


@dataclass(slots=True)
class _Card:
    url: str
    title: str
    heading: bool
    link: HtmlElement


def front(source: Source, metas: dict[str, list[str]]) -> Front:
    """The list that a page shows. Raises `NotAnArticle` where it shows fewer than three stories."""
    cards = _cards(source)
    if len(cards) < FEWEST:
        raise NotAnArticle("no-list", "The page lists no stories.")
    node = linked.story(source)
    site = site_name(source, metas, node)
    text = " ".join(card.title for card in cards)
    said = [source.root.get("lang") or source.root.get("xml:lang") or "", *metas.get("og:locale", [])]
    tongue = language(said, text)
    urls = {card.url for card in cards}
    return Front(
        url=clean(source.url),
        title=title(source, metas, {}, site) or site,
        headlines=tuple(_headline(card, urls, source) for card in cards[:MOST]),
        language=tongue,
        direction=direction(text, tongue),
        site_name=site,
    )


def is_front(source: Source, metas: dict[str, list[str]]) -> bool:
    """Whether a page is a list rather than a story: what it says of itself first, then its links against its prose."""
    path = urlsplit(source.url).path
    home = bool(_HOME.fullmatch(path))
    kind = next(iter(metas.get("og:type", [])), "").lower()
    story = bool(linked.story(source).get("headline")) or kind == "article"
    if story and not home:
        return False
    cards = _cards(source)
    if len(cards) < FEWEST:
        return False
    headed = sum(card.heading for card in cards)
    if home:
        return headed >= FEWEST or len(cards) >= 6
    if any(linked.is_list(node) for node in linked.nodes(source)):
        return headed >= FEWEST
    listed = sum(len(card.title) for card in cards)
    return headed >= FEWEST and listed > 2 * _longest_run(source.root)


def _longest_run(root: HtmlElement) -> int:
    """Characters in the longest row of paragraphs that stand together, as those of a story do."""
    rows: dict[HtmlElement, list[int]] = {}
    for element in root.iter("p"):
        parent, text = element.getparent(), text_of(element)
        if parent is not None and extent(text) > 100:
            rows.setdefault(parent, []).append(len(text))
    return max((sum(sizes) for sizes in rows.values() if len(sizes) > 1), default=0)


def _cards(source: Source) -> list[_Card]:
    """Each story's address once, with the best wording that the page has for its headline."""
    found: dict[str, _Card] = {}
    outside: dict[HtmlElement, bool] = {}
    for element in elements(source.root):
        parent = element.getparent()
        outside[element] = (parent is not None and outside.get(parent, False)) or _is_outside(element)
        if element.tag != "a" or outside[element]:
            continue
        url = _story_address(element.get("href"), source)
        if not url:
            continue
        words, heading = _wording(element)
        known = found.get(url)
        if not _is_headline(words, heading):
            continue
        if known is None:
            found[url] = _Card(url, words, heading, element)
        elif heading and not known.heading:
            known.title, known.heading, known.link = words, True, element
    cards = _without_sections(list(found.values()))
    headed = [card for card in cards if card.heading]
    return headed if len(headed) >= max(FEWEST, 0.4 * len(cards)) else cards


def _without_sections(cards: list[_Card]) -> list[_Card]:
    """A few words that lead to the folder of other stories name a section: `/science` beside `/science/tide-gauge`."""
    folders = {card.url.rstrip("/").rsplit("/", depth)[0] for card in cards for depth in (1, 2)}
    return [card for card in cards if card.url.rstrip("/") not in folders or word_count(card.title) > 3]


def _is_outside(element: HtmlElement) -> bool:
    if element.tag in _OUTSIDE or element.get("role") in _OUTSIDE_ROLES:
        return True
    if element.tag in ("html", "body", "main", "article", "a"):
        return False
    said = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
    return len(said) > 1 and bool(_OUTSIDE_NAMES.search(said)) and len(list(element.iter(*_HEADINGS))) < FEWEST


def _story_address(href: str | None, source: Source) -> str:
    url = source.absolute(href)
    if not url or (href or "").startswith("#"):
        return ""
    parts, own = urlsplit(url), urlsplit(source.url)
    if (parts.hostname or "").removeprefix("www.") != (own.hostname or "").removeprefix("www."):
        return ""
    if _HOME.fullmatch(parts.path) and not parts.query:
        return ""
    if _FILE.search(parts.path) or _SERVICE.search(parts.path) or (parts.path == own.path and parts.query == own.query):
        return ""
    return clean(parts._replace(fragment="").geturl())


def _wording(link: HtmlElement) -> tuple[str, bool]:
    """The headline's words of a link, and whether they stand in a heading."""
    inner = next(link.iter(*_HEADINGS), None)
    if inner is not None:
        return text_of(inner), True
    above = next((found for found in link.iterancestors() if found.tag in _HEADINGS), None)
    text = text_of(link)
    if above is not None:
        whole = text_of(above)
        return (whole if len(text) >= 0.6 * len(whole) else text), True
    return text or squash(link.get("title") or ""), False


def _is_headline(words: str, heading: bool) -> bool:
    size = sum(3 if character >= "\u2e80" else character.isalnum() for character in words)
    return size >= (8 if heading else _SHORT) and (heading or word_count(words) > 1 or size > 30) and len(words) < 300


def _headline(card: _Card, urls: set[str], source: Source) -> Headline:
    around = _around(card, urls, source)
    deck, published, section = "", None, ""
    if around is not None:
        deck = next((text_of(element) for element in around.iter("p") if _is_deck(element, card.title)), "")
        published = _time(around)
        section = _section(around, card)
    return Headline(card.url, card.title, deck[:400], section, published)


def _around(card: _Card, urls: set[str], source: Source) -> HtmlElement | None:
    """The widest element around a headline that holds no other story."""
    best: HtmlElement | None = None
    for depth, element in enumerate(card.link.iterancestors()):
        if depth > 6 or element.tag in ("body", "main"):
            break
        others = {_story_address(link.get("href"), source) for link in element.iter("a")} & urls - {card.url}
        if others:
            break
        if element.tag in _CARDS or element.tag in ("header", "span", *_HEADINGS):
            best = element
    return best


def _is_deck(line: HtmlElement, headline: str) -> bool:
    """A line of prose: not the headline, nor the one that says who wrote it, when, and how long it is."""
    text = text_of(line)
    if extent(text) <= 30 or text == headline or word_count(text) < 2:
        return False
    clock = next(line.iter("time"), None)
    dated = clock is not None and len(text) < 2 * len(text_of(clock)) + 60
    return not dated and not _LINE.search(names(line))


def _time(element: HtmlElement) -> datetime | None:
    for found in element.iter("time"):
        if when := moment(found.get("datetime") or text_of(found)):
            return when
    return None


def _section(element: HtmlElement, card: _Card) -> str:
    for found in element.iter("a", "span", "div", "p"):
        said = f"{found.get('class') or ''} {found.get('rel') or ''}".lower()
        if re.search(r"(?:^|[\s_-])(?:section|category|kicker|eyebrow|tag|label)(?:$|[\s_-])", said):
            text = text_of(found)
            if 1 < len(text) < 40 and text != card.title:
                return text
    return ""

"""From a page to an article or a front: the order of the steps, and what is said where a page is neither."""

from __future__ import annotations

from dataclasses import replace

from ..errors import NotAnArticle
from . import chrome, fragment, headlines, linked, opinion, paywall, standing
from .addresses import host_of
from .charset import decode
from .finishing import finish
from .languages import direction
from .metadata import canonical, gather, is_opted_out
from .model import Article, Front
from .scripts import extent
from .selection import Judge
from .structure import Builder
from .tree import Source, base_of, parse, text_of
from .trimming import Trimmer

SHORTEST = 140  # letters of body below which a page is not taken for a story
_NOWHERE = "https://localhost/"  # where a page comes from that says nothing about it
_LEAST = 25  # the same where the caller says that it is one


def read(html: bytes | str, url: str, *, content_type: str = "") -> Article | Front:
    """Whatever the page is: a story as `Article`, a list of stories as `Front`.

    Raises `NotAnArticle` for anything else, `PageTooLarge` beyond the bounds of `tree`.
    """
    source, metas = _open(html, url, content_type)
    if headlines.is_front(source, metas):
        return headlines.front(source, metas)
    try:
        return _check(_story(source, metas), SHORTEST)
    except NotAnArticle as no_story:
        try:
            return headlines.front(_open(html, url, content_type)[0], metas)
        except NotAnArticle:
            raise no_story from None


def extract(html: bytes | str, url: str, *, content_type: str = "", whole: bool = False) -> Article:
    """The one story of a page. Raises `NotAnArticle` where there is none, `PageTooLarge`.

    Without a `url` the page's own word for its address counts.
    Of a story that only subscribers may read its teaser is kept; all of it where `whole`, for text that is
    neither stored nor served.
    """
    return _check(_story(*_open(html, url, content_type), whole=whole), _LEAST)


def front(html: bytes | str, url: str, *, content_type: str = "") -> Front:
    """The list of stories that a page shows. Raises `NotAnArticle` where there is none, `PageTooLarge`."""
    return headlines.front(*_open(html, url, content_type))


def _open(html: bytes | str, url: str, content_type: str) -> tuple[Source, dict[str, list[str]]]:
    source = parse(html if isinstance(html, str) else decode(html, content_type), url or _NOWHERE)
    metas = linked.metas(source)
    if not url and (own := canonical(source, metas)):
        source = replace(source, url=own, base=base_of(source.root, own))
    if is_opted_out(metas):
        raise NotAnArticle("opted-out", "The page asks not to have a Light edition.")
    return source, metas


def _story(source: Source, metas: dict[str, list[str]], whole: bool = False) -> Article:
    facts = gather(source, metas)
    root = source.root
    teaser = facts.access == "paywalled" and not whole
    if teaser and paywall.drop_paid(source):
        teaser = False  # what is left is what the publisher shows to everybody
    more = standing.more(root, source)
    chrome.sweep(root)
    deck, correction = standing.take_deck(root, facts.deck), standing.take_correction(root)
    address = facts.canonical or source.url
    judge = Judge(root, opinion.ask(root), host_of(address))
    way = direction(text_of(judge.root), facts.language, [*facts.directions, *judge.directions()])
    builder = Builder(source, judge, way, facts.language)
    trimmer = Trimmer(judge, address, source.url)
    body = builder.blocks(judge.root)
    points = builder.points() if any(block.tag == "section" for block in body) else []
    blocks = [*builder.figures.opening(facts.picture), *points, *trimmer.trim(body)]
    article = finish(
        paywall.teaser(blocks) if teaser else blocks, [*builder.related, *trimmer.related, *more], facts, source, way
    )
    article = replace(article, deck=deck or article.deck, correction=correction)
    return _gated(article)


def _gated(article: Article) -> Article:
    try:
        return fragment.gate(fragment.canonical(article))
    except fragment.BadFragment as error:
        raise NotAnArticle("unsafe", "The page's markup cannot be made safe.") from error


def _check(article: Article, least: int) -> Article:
    size = sum(extent(block.text().strip()) for block in article.body)
    if not size and not article.lead:
        raise NotAnArticle("empty", "The page has no text to read.")
    if size < least and article.access != "paywalled":
        raise NotAnArticle("too-short", "The page has too little text to be an article.")
    return article

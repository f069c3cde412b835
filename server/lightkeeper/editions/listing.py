"""A list of stored stories as a Light page: of a section, an author, a tag, or what a search found, by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from ..article.model import Headline
from .dates import format_moment
from .markup import attribute, line, text
from .shell import LightContext, Shell
from .words import direction


@dataclass(frozen=True, slots=True)
class Listing:
    """`title` is a name or what was looked for; `newer` and `older` are addresses of other pages, "" for none.

    `query` is None where this is no search.
    """

    title: str
    headlines: tuple[Headline, ...]
    language: str
    newer: str = ""
    older: str = ""
    query: str | None = None


def render_listing(listing: Listing, context: LightContext) -> str:
    """The whole document."""
    shell = Shell(context, "", listing.language, direction(listing.language))
    title = listing.title.strip() or shell.words.search
    found = "".join(_day(day, stories, shell) for day, stories in groupby(listing.headlines, _date))
    if not found and listing.query:
        found = shell.notice(shell.words.nothing)
    elif not found and listing.query is None:
        found = shell.notice(shell.words.empty)
    pages = _page(listing.newer, shell.words.newer) + _page(listing.older, shell.words.older)
    pages += _page(context.site.connection, shell.words.connection)  # stories have no room for it
    return shell.page(
        title,
        f"<h1>{line(title)}</h1>{shell.search(listing.query or '')}{found}",
        nav=f"<nav{shell.own}><ul>{pages}</ul></nav>",
    )


def _date(headline: Headline) -> date | None:
    return headline.published.date() if headline.published else None


def _day(day: date | None, headlines: Iterable[Headline], shell: Shell) -> str:
    stories = "".join(_story(headline, shell) for headline in headlines)
    shown = format_moment(datetime(day.year, day.month, day.day), shell.locale) if day else ""
    return f"<section>{f'<h2>{line(shown)}</h2>' if shown else ''}{stories}</section>" if stories else ""


def _story(headline: Headline, shell: Shell) -> str:
    link = shell.link(headline.url, headline.title)
    deck = f"<p>{line(headline.deck)}</p>" if headline.deck.strip() else ""
    return f"<article><h3>{link}</h3>{deck}</article>" if link else ""


def _page(address: str, title: str) -> str:
    return f"<li><a{attribute('href', address)}>{text(title)}</a>" if address else ""

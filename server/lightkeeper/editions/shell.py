"""What stands around the text of a Light page: head, masthead, lists of headlines, footer. One request, no script."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import nh3

from ..article.model import Direction, Headline, Link
from .dates import format_moment
from .links import Links
from .markup import attribute, isolated, line, printable, text
from .site import Site
from .styles import KEEP, light_css
from .words import Words, direction, words

_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")  # BCP 47, roughly


@dataclass(frozen=True, slots=True)
class LightContext:
    """What a Light page says beyond its article.

    `lists` says that there are lists by section and author to link to.
    `language` (BCP 47) is the publication's, for a page that names none. `note` is the operator's HTML, cut down to
    text and links. `offline_url` is where "Keep for offline" leads; empty: not offered; with
    `keep`, a script that keeps the latest stories is loaded, too. `stale` is the time of the
    saved copy that is shown because the origin did not answer.
    """

    site: Site
    language: str
    now: datetime
    latest: tuple[Headline, ...] = ()
    next: Headline | None = None
    note: str = ""
    offline_url: str = ""
    keep: bool = False
    stale: datetime | None = None
    lists: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of one page. `url` is the full page's address, "" where there is none; `language` the content's."""

    context: LightContext
    url: str
    language: str
    direction: Direction

    @property
    def words(self) -> Words:
        return words(self.language, self.context.language)

    @property
    def locale(self) -> str:
        """The language of dates and numbers: that of our words, in the region that the content names."""
        return self.words.language if self.own else self.language or self.words.language

    @property
    def path(self) -> str:
        return (self.context.site.path(self.url) or "") if self.url else ""

    @property
    def links(self) -> Links:
        return Links(self.context.site, self.path)

    @property
    def own(self) -> str:
        """Attributes for our words where their language is not the content's."""
        found = self.words.language
        if not self.language or self.language.lower().split("-")[0] == found:
            return ""
        return attribute("lang", found) + ("" if direction(found) == self.direction else f" dir={direction(found)}")

    def page(self, title: str, main: str, head: str = "", nav: str = "") -> str:
        """A whole document; `main`, `head` and `nav` are HTML, `title` is text."""
        name = self.context.site.publication
        title = title if title == name or not name else f"{title} - {name}"
        language = self.language if _TAG.fullmatch(self.language) else self.words.language
        return (
            f"<!doctype html><html{attribute('lang', language)} dir={self.direction}>"
            "<meta charset=utf-8>"
            f"<title>{line(title)}</title>"
            '<meta name=viewport content="width=device-width">'
            "<meta name=referrer content=no-referrer>"
            f"{self._canonical()}{head}<style>{light_css(self.direction)}</style><body>"
            f"<header{self.own}>{self._masthead()}{self._full()}</header>"
            f"<main>{self._stale()}{main}</main>{nav}{self._keep()}{self._footer()}"
        )

    def _keep(self) -> str:
        """For operators who let their readers' devices keep stories unasked: the one script of a Light page."""
        language = attribute("data-language", self.language or self.context.language)
        return f"<script src={KEEP}{language} defer></script>" if self.context.keep else ""

    def headlines(self, title: str, items: Iterable[Headline | Link]) -> str:
        """A list of links under a heading; nothing where there is nothing to list."""
        found = [self.link(item.url, item.title) for item in items]
        listed = "".join(f"<li>{link}" for link in found if link)
        return f"<h2{self.own}>{text(title)}</h2><ul>{listed}</ul>" if listed else ""

    def link(self, url: str, title: str) -> str:
        href = self.links.light(url)
        return f"<a{attribute('href', href)}>{isolated(title, self.direction)}</a>" if href and title.strip() else ""

    def joined(self, facts: list[str]) -> str:
        """Facts in one line. Beside Persian or Arabic digits a dot would read as a zero."""
        return (" · " if direction(self.words.language) == "ltr" else " | ").join(facts)

    def search(self, query: str = "") -> str:
        """A form that works without scripts; `query` is what was looked for already."""
        label = self.words.search
        value = attribute("value", query) if query else ""
        return (
            f"<form action={self.context.site.prefix}/-/search role=search{self.own}>"
            f"<input type=search name=q dir=auto{attribute('aria-label', label)}{value}> "
            f"<button>{text(label)}</button></form>"
        )

    def notice(self, sentence: str) -> str:
        """A sentence of ours about the page itself."""
        return f"<p role=note{self.own}>{line(sentence)}</p>"

    def _canonical(self) -> str:
        return f"<link rel=canonical{attribute('href', self.url)}>" if self.links.light(self.url) else ""

    def _masthead(self) -> str:
        name = f"<b>{isolated(self.context.site.publication, direction(self.words.language))}</b>"
        title = text(self.words.light).replace("{publication}", name)
        return f"<a{attribute('href', self.context.site.light('/'))}>{title}</a>"

    def _choice(self, edition: str, title: str) -> str:
        return f"<a{attribute('href', self.context.site.choose(edition, self.path))}>{text(title)}</a>"

    def _full(self) -> str:
        if self.path:
            return self._choice("full", self.words.full)
        href = self.links.direct(self.url)
        return f"<a{attribute('href', href)}>{text(self.words.full)}</a>" if href else ""

    def _stale(self) -> str:
        if self.context.stale is None:
            return ""
        date = format_moment(self.context.stale, self.locale)
        return self.notice(self.words.stale.replace("{date}", date))

    def _footer(self) -> str:
        choices = [self._full()]
        if self.path:
            choices.append(self._choice("light", self.words.always))
            choices.append(self._choice("auto", self.words.automatic))
        if self.context.offline_url:
            choices.append(f"<a{attribute('href', self.context.offline_url)}>{text(self.words.keep)}</a>")
        note = sanitised(self.context.note)
        html = "".join(choices) + (f"<div>{note}</div>" if note else "")
        return f"<footer{self.own}>{html}</footer>" if html else ""


@lru_cache(maxsize=64)
def sanitised(note: str) -> str:
    """The operator's block, cut down to text, emphasis, lists and links."""
    return nh3.clean(
        printable(note),
        tags={"a", "b", "strong", "em", "i", "p", "br", "ul", "ol", "li", "bdi"},
        attributes={"a": {"href"}, "*": {"lang", "dir"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    ).strip()

"""An article as a Light page: the whole text in one response, with nothing that loads by itself and no script.

A pure function of the article and its context. What frames the text is in `shell`, the blocks are in `body`.
"""

from __future__ import annotations

import json
import re
from datetime import datetime

from ..article import folding
from ..article.model import Article
from .body import Body
from .dates import format_moment, format_names, format_number, format_update
from .markup import attribute, isolated, line
from .reading import minutes
from .shell import LightContext, Shell

__all__ = ["LightContext", "render_article"]


# How many stories follow a text: each costs as much as two or three sentences of it.
_ONWARD, _LATEST, _RELATED = 4, 2, 2


def render_article(article: Article, context: LightContext) -> str:
    """The whole document."""
    shell = Shell(context, article.url, article.language or context.language, article.direction)
    body = Body(shell.links, shell.words)
    text = body.render(article.body)
    lead = body.picture(article.lead) if article.lead else ""
    main = (
        f"<article>{_opening(article, shell, text)}{lead}{text}{_access(article, shell)}{_correction(article, shell)}"
        "</article>"
    )
    return shell.page(article.title, main, head=_shared(article) + _data(article), nav=_onward(article, shell))


def _opening(article: Article, shell: Shell, text: str) -> str:
    section = f"<small>{_label('section', article.section, article, shell)}</small>" if article.section.strip() else ""
    deck = f"<p>{line(article.deck)}</p>" if article.deck.strip() else ""
    return f"{section}<h1>{line(article.title)}</h1>{deck}<small{shell.own}>{_facts(article, shell, text)}</small>"


def _facts(article: Article, shell: Shell, text: str) -> str:
    """Who wrote it, when, and how long it takes to read."""
    words, language = shell.words, shell.locale
    names = tuple(_label("author", name, article, shell) for name in article.bylines if name.strip())
    by = line(words.by).replace("{names}", format_names(names, language)) + "<br>" if names else ""
    count = format_number(minutes(text, article.language or language), language)
    facts = []
    if article.published:
        facts.append(_time(article.published, format_moment(article.published, language)))
    if article.modified and article.modified != article.published:
        shown = format_update(article.modified, language, article.published)
        facts.append(line(words.updated).replace("{date}", _time(article.modified, shown)))
    facts.append(line(words.reading.replace("{minutes}", count)))
    return by + shell.joined(facts)


def _label(kind: str, name: str, article: Article, shell: Shell) -> str:
    """The name of a section or an author, leading to the list of its stories where there is one."""
    shown, key = isolated(name, article.direction), _in_address(name)
    if not key or not shell.context.lists:
        return f"<b>{shown}</b>" if kind == "section" else shown
    return f"<a{attribute('href', f'{shell.context.site.prefix}/-/{kind}/{key}')}>{shown}</a>"


def _in_address(name: str) -> str:
    """A spelling that leads to the same list as `folding.key`, and costs fewer bytes: most of them stand beside it."""
    close = "-".join(re.findall(r"\w+", name))
    return close if folding.key(close) == folding.key(name) else folding.key(name)


def _time(moment: datetime, shown: str) -> str:
    return f"<time{attribute('datetime', _written(moment))}>{line(shown)}</time>"


def _written(moment: datetime) -> str:
    dated = moment.tzinfo is None and (moment.hour, moment.minute) == (0, 0)  # no midnight that the page did not state
    return moment.date().isoformat() if dated else moment.isoformat(timespec="minutes")


def _access(article: Article, shell: Shell) -> str:
    if article.access == "open":
        return ""
    return shell.notice(shell.words.paywalled if article.access == "paywalled" else shell.words.truncated)


def _correction(article: Article, shell: Shell) -> str:
    if not article.correction.strip():
        return ""
    return f"<p role=note><b{shell.own}>{line(shell.words.correction)}</b> {line(article.correction)}</p>"


def _onward(article: Article, shell: Shell) -> str:
    """More on this, the next story, the latest ones; each address once."""
    words, context = shell.words, shell.context
    latest = context.latest[: _LATEST if len(article.related) < _ONWARD - _LATEST else 1]
    seen = {shell.links.light(article.url)}
    lists = []
    for title, items in (
        (words.more, article.related[:_RELATED]),
        (words.next, (context.next,) if context.next else ()),
        (words.latest, latest),
    ):
        fresh = {shell.links.light(item.url): item for item in items}
        lists.append(shell.headlines(title, [item for href, item in fresh.items() if href not in seen]))
        seen |= fresh.keys()
    html = "".join(lists)
    return f"<nav>{html}</nav>" if html else ""


def _shared(article: Article) -> str:
    """What a messenger shows of a shared link (Open Graph)."""
    properties = {
        "type": "article",
        "title": article.title,
        "description": article.deck,
        "image": article.lead.url if article.lead else "",
    }
    return "".join(
        f"<meta{attribute('property', f'og:{name}')}{attribute('content', ' '.join(value.split()))}>"
        for name, value in properties.items()
        if value.strip()
    )


def _data(article: Article) -> str:
    """The headline data for search engines (JSON-LD), a data block that no browser runs."""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "datePublished": _written(article.published) if article.published else "",
        "dateModified": _written(article.modified) if article.modified else "",
        "author": [{"@type": "Person", "name": name} for name in article.bylines],
    }
    found: dict[str, object] = {name: value for name, value in data.items() if value}
    if article.access == "paywalled":
        found["isAccessibleForFree"] = False
    written = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    # an escape for what could end the element, and for what no document may hold
    written = re.sub(r"[<>&\x7f-\x9f\u2028\u2029\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", written)
    return f"<script type=application/ld+json>{written}</script>"

"""Stories as lists show them: cards with a picture, plain lines, numbered ranks."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from .body import picture_url
from .layout import Site
from .pictures import height_of
from .publication import Language, Photo, Story, home
from .words import WORDS, date, number


def picture(photo: Photo, width: int) -> str:
    return (
        f'<img src="{escape(picture_url(photo, width))}" alt="{escape(photo.alt)}"'
        f' width="{width}" height="{height_of(width)}" decoding="async">'
    )


def card(site: Site, story: Story, width: int = 640, deck: bool = True) -> str:
    section = site.publication.section(story.section).names[story.language]
    under = f'<p class="card-deck">{escape(story.deck)}</p>' if deck else ""
    return (
        f'<article class="card"><a class="card-picture" href="{story.path}" tabindex="-1" aria-hidden="true">'
        f'{picture(story.lead, width)}</a><p class="kicker"><a href="{home(story.language)}{story.section}">'
        f'{escape(section)}</a></p><h3><a href="{story.path}">{escape(story.title)}</a></h3>{under}'
        f'<p class="meta">{stamp(story)}</p></article>\n'
    )


def cards(site: Site, stories: Iterable[Story], kind: str = "grid", deck: bool = True) -> str:
    return f'<div class="{kind}">\n' + "".join(card(site, story, deck=deck) for story in stories) + "</div>\n"


def ranks(stories: Iterable[Story], language: Language) -> str:
    rows = "".join(
        f'<li><a href="{story.path}">{picture(story.lead, 160)}<span>{escape(story.title)}</span></a></li>\n'
        for story in stories
    )
    return f'<section class="ranks"><h2>{WORDS[language]["most_read"]}</h2><ol>\n{rows}</ol></section>\n'


def stamp(story: Story) -> str:
    minutes = WORDS[story.language]["minutes"].format(n=number(story.minutes, story.language))
    return (
        f'<time datetime="{story.published.isoformat()}">{date(story.published, story.language)}</time>'
        f' <span class="dot">·</span> <span class="reading-time">{minutes}</span>'
    )


def newsletter(language: Language) -> str:
    say = WORDS[language]
    return (
        f'<form class="newsletter" method="post" action="{home(language)}newsletter"><h2>{say["newsletter"]}</h2>'
        f'<p>{say["newsletter_text"]}</p><input type="email" name="email" required aria-label="{say["email"]}"'
        f' placeholder="{say["email"]}"><button>{say["subscribe"]}</button></form>\n'
    )


def promo(site: Site, index: int, language: Language) -> str:
    return (
        f'<aside class="promo"><iframe src="{site.widgets}/promo/{index}?lang={language}"'
        f' title="{WORDS[language]["partner"]}" width="300" height="250"></iframe></aside>\n'
    )

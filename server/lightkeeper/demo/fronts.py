"""Pages that list stories: home, section, author, topic, search; and the page for an address where nothing is."""

from __future__ import annotations

from html import escape
from urllib.parse import quote, urlencode

from .body import plain
from .cards import card, cards, newsletter, picture, promo, ranks
from .layout import Face, Site, document
from .publication import Author, Language, Photo, Section, Story, home
from .story_page import author_photo
from .words import WORDS

_COVER = Photo(seed=1911, kind="sea")


def home_page(site: Site, language: Language) -> str:
    stories, paper, say = site.publication.of(language), site.publication, WORDS[language]
    first, beside, rest = stories[:1], stories[1:5], stories[5:]
    main = (
        f'<h1 class="unseen">{escape(paper.names[language])}</h1>\n<div class="home-top"><div class="home-lead">'
        f"{''.join(card(site, story, 960) for story in first)}</div>"
        f"{cards(site, beside, 'home-beside', deck=False)}</div>\n"
        f'<div class="columns"><div class="story-column"><h2>{say["latest"]}</h2>{cards(site, rest)}</div>'
        f'<aside class="side">{promo(site, 1, language)}{ranks(stories[::2][:7], language)}{newsletter(language)}'
        f"{promo(site, 2, language)}</aside></div>\n{_by_section(site, language)}"
    )
    return document(
        site, _face(language, "home", paper.names[language], paper.descriptions[language], home(language)), main
    )


def section_page(site: Site, language: Language, section: Section) -> str:
    stories = tuple(story for story in site.publication.of(language) if story.section == section.slug)
    title = section.names[language]
    description = WORDS[language]["all_of"].format(section=title)
    return _list(site, _face(language, "section", title, description, f"{home(language)}{section.slug}"), stories)


def author_page(site: Site, language: Language, author: Author) -> str:
    stories = tuple(story for story in site.publication.of(language) if author.slug in story.authors)
    about = (
        f'<div class="author-card">{picture(author_photo(author), 480)}<div><p class="role">'
        f"{escape(author.roles[language])}</p><p>{escape(author.bios[language])}</p></div></div>"
    )
    face = _face(
        language, "author", author.names[language], author.bios[language], f"{home(language)}authors/{author.slug}"
    )
    return _list(site, face, stories, about)


def tag_page(site: Site, language: Language, tag: str, stories: tuple[Story, ...]) -> str:
    title = WORDS[language]["topic"].format(tag=tag)
    return _list(site, _face(language, "tag", title, title, f"{home(language)}tags/{quote(tag, safe='')}"), stories)


def search_page(site: Site, language: Language, query: str) -> str:
    say, found = WORDS[language], find(site, language, query)
    title = say["results"].format(query=query)
    path = f"{home(language)}search?{urlencode({'q': query})}"
    nothing = "" if found else f"<p>{say['no_results']}</p>"
    return _list(site, _face(language, "search", title, title, path), found, nothing)


def find(site: Site, language: Language, query: str) -> tuple[Story, ...]:
    """The stories that hold every word of the query in title, deck, tags or text; titles first."""
    words = query.casefold().split()
    if not words:
        return ()
    found: list[tuple[bool, int, Story]] = []
    for story in site.publication.of(language):
        head = f"{story.title} {' '.join(story.tags)}".casefold()
        whole = f"{head} {story.deck} {plain(story.body)}".casefold()
        if all(word in whole for word in words):
            found.append((not all(word in head for word in words), len(found), story))
    return tuple(story for _, _, story in sorted(found, key=lambda row: row[:2]))


def missing_page(site: Site, language: Language, path: str) -> str:
    say = WORDS[language]
    stories = site.publication.of(language)[:6]
    return _list(
        site,
        _face(language, "missing", say["not_found"], say["not_found_text"], path),
        stories,
        f"<p>{say['not_found_text']}</p>",
    )


def _list(site: Site, face: Face, stories: tuple[Story, ...], before: str = "") -> str:
    main = (
        f'<header class="front-head"><h1>{escape(face.title)}</h1>{before}</header>\n<div class="columns">'
        f'<div class="story-column">{cards(site, stories)}</div><aside class="side">{promo(site, 1, face.language)}'
        f"{ranks(site.publication.of(face.language)[:7], face.language)}{newsletter(face.language)}</aside></div>\n"
    )
    return document(site, face, main)


def _by_section(site: Site, language: Language) -> str:
    bands = ""
    for section in site.publication.sections_of(language):
        stories = [story for story in site.publication.of(language) if story.section == section.slug][:4]
        name = escape(section.names[language])
        bands += (
            f'<section class="band"><h2><a href="{home(language)}{section.slug}">{name}</a></h2>'
            f"{cards(site, stories, deck=False)}</section>\n"
        )
    return bands


def _face(language: Language, kind: str, title: str, description: str, path: str) -> Face:
    return Face(language=language, kind=kind, title=title, description=description, path=path, image=_COVER)

"""A Light page taken apart for keeping: what is the story's own, and what stands around all of a language.

`compose(shell, story)` is the page again, byte for byte. Objects are texts in fields with U+0000 between them. In a
shell's template U+0001 to U+0006 stand where a story's fields go, in a story U+000E to U+001F where the shell's phrases
go, and three marks where it repeats itself: none of these can be in a page. A story is written in its shell's alphabet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from ..article.model import Article, Direction
from ..editions.light import LightContext, render_article
from ..editions.offline import render_screen
from ..editions.words import direction as direction_of
from ..errors import BadBundle
from .alphabets import alphabet, decode, encode

FORM = "1"
_SLOTS = ("language", "title", "head", "main", "nav", "path")
_PHRASES = (
    "<link rel=canonical href=",
    "><meta property=og:type content=article><meta property=og:title content=",
    "><meta property=og:description content=",
    "><meta property=og:image content=",
    '><script type=application/ld+json>{"@context":"https://schema.org","@type":"NewsArticle","headline":"',
    '","datePublished":"',
    '","dateModified":"',
    '","author":[{"@type":"Person","name":"',
    '"},{"@type":"Person","name":"',
    '"}]}</script>',
    "<article><small><b>",
    "</b></small><h1>",
    "<br><time datetime=",
    "</small><figure><a href=",
    "</a><figcaption>",
    "</figcaption></figure><p>",
    "</p></article>",
)
_FIRST_PHRASE = 0x0E
_ABOUT = 6  # a story's fields before those of its page
_ADDRESS, _TITLE, _PUBLISHED = 2, 3, 5
# A page names its story's title four times, and its address and date two or three times.
_REPEATED = {"\x07": _TITLE, "\x08": _PUBLISHED, "\x0b": _ADDRESS}
_WORTH = 4  # what is shorter is cheaper as it is
_PAGE = re.compile(
    r"(<!doctype html><html lang=)(?P<language>[^ ]+)( dir=\w+><meta charset=utf-8><title>)(?P<title>[^<]*)"
    r"(</title>.*?<meta name=referrer content=no-referrer>)(?P<head>.*?)(<style>.*?<main>)(?P<main>.*)"
    r"(</main>)(?P<nav>.*?)((?:<script src=|<footer).*)",
    re.DOTALL,
)
_NOWHERE = "/-/-/-"


@dataclass(frozen=True, slots=True)
class Parts:
    """`shell` names the shell that `story` goes into."""

    shell: str
    shell_object: bytes
    story_object: bytes


@dataclass(frozen=True, slots=True)
class About:
    """What a story object says of its story. `shell` is `language.direction`; `published` is ISO 8601, or ""."""

    shell: str
    address: str
    title: str
    section: str
    published: str


def take_apart(article: Article, address: str, context: LightContext) -> Parts:
    """The two objects that make an article's Light page. `address` is its path and query.

    The lists that change with every other story (the latest, the next) have no place in it. Raises `BadBundle` for a
    page that cannot be put together again.
    """
    if context.site.path(article.url) != address:
        article = replace(article, url=context.site.url + address)  # else its links would be none of the shell's
    page = render_article(article, context)
    name, phrases = shell_name(article.language or context.language, article.direction), _phrases(context)
    template = _template(article.language, article.direction, context)
    values = _values(template, page)
    published = article.published.isoformat(timespec="minutes") if article.published else ""
    facts = [FORM, name, address, _line(article.title), _line(article.section), published]
    letters = alphabet(article.language or context.language)
    story = "\0".join([*facts, *(_without_repeats(_shortened(value, phrases), facts) for value in values)])
    shell = "\0".join([FORM, name, letters, template, *phrases])
    parts = Parts(name, shell.encode(), encode(story, letters))
    if compose(parts.shell_object, parts.story_object) != page.encode():
        raise BadBundle("This page cannot be put together again.")
    return parts


def compose(shell: bytes, story: bytes) -> bytes:
    """The Light page: the template with the story's fields, then the shell's phrases, then what repeats the story."""
    _, _, letters, template, *phrases = shell.decode().split("\0")
    fields = decode(story, letters).split("\0")
    page = re.sub("[\x01-\x06]", lambda slot: fields[_ABOUT - 1 + ord(slot[0])], template)
    page = re.sub("[\x0e-\x1f]", lambda mark: phrases[ord(mark[0]) - _FIRST_PHRASE], page)
    return re.sub("[\x07\x08\x0b]", lambda mark: fields[_REPEATED[mark[0]]], page).encode()


def shell_of(data: bytes) -> str:
    """The name of a story's shell, or of a shell: its second field, in ASCII. Raises `BadBundle`."""
    form, _, rest = data.partition(b"\0")
    if form != FORM.encode():
        raise BadBundle("This object is in a form that is not known here.")
    return rest.partition(b"\0")[0].decode("ascii", "replace")


def about(shell: bytes, story: bytes) -> About:
    """Raises `BadBundle` for what is no story of this shell in the form that is known here."""
    try:
        form, *facts = decode(story, shell.decode().split("\0")[2]).split("\0")[:_ABOUT]
        told = About(*facts)
    except (UnicodeDecodeError, TypeError, IndexError) as error:
        raise BadBundle("This object is no story.") from error
    if form != FORM:
        raise BadBundle("This story is in a form that is not known here.")
    return told


def shell_name(language: str, direction: str) -> str:
    """Stories of one language tag and direction share a shell."""
    return f"{language.lower()}.{direction}"


def screen(language: str, context: LightContext) -> bytes:
    """The page with which the reader lists what is kept, as an object."""
    return "\0".join([FORM, language, direction_of(language), render_screen(language, context)]).encode()


def _template(language: str, direction: Direction, context: LightContext) -> str:
    """What all pages of a language have in common, with a mark for each slot: cut from a page that says nothing."""
    page = render_article(
        Article(context.site.url + _NOWHERE, "-", (), language=language, direction=direction), context
    )
    found = _PAGE.fullmatch(page)
    if found is None:
        raise BadBundle("Light pages are not built as shells are.")
    out, at = [], 0
    for place, name in enumerate(_SLOTS[:-1]):
        out += [page[at : found.start(name)], chr(place + 1)]
        at = found.end(name)
    return "".join([*out, page[at:]]).replace(f"&amp;to={_NOWHERE}", f"&amp;to={chr(len(_SLOTS))}")


def _values(template: str, page: str) -> tuple[str, ...]:
    """What stands in the slots. However a story's own text looks, only what is put together again right counts."""
    found = _pattern(template).fullmatch(page)
    if found is None:
        raise BadBundle("This page is not built as its shell is.")
    return tuple(found[f"slot{place + 1}"] for place in range(len(_SLOTS)))


@lru_cache(maxsize=32)
def _pattern(template: str) -> re.Pattern[str]:
    """The path, which stands in several links, is the same in all of them."""
    seen: set[str] = set()

    def slot(mark: re.Match[str]) -> str:
        name = f"slot{ord(mark[0])}"
        first = name not in seen
        seen.add(name)
        return f"(?P<{name}>.*?)" if first else f"(?P={name})"

    return re.compile(re.sub("[\x01-\x06]", slot, re.escape(template)), re.DOTALL)


def _phrases(context: LightContext) -> tuple[str, ...]:
    """What stands in nearly every story, so that none has to bring it."""
    return (*_PHRASES, context.site.url)


def _shortened(value: str, phrases: tuple[str, ...]) -> str:
    for place, phrase in sorted(enumerate(phrases), key=lambda item: -len(item[1])):
        value = value.replace(phrase, chr(_FIRST_PHRASE + place))
    return value


def _without_repeats(value: str, facts: list[str]) -> str:
    for mark, fact in _REPEATED.items():
        if len(facts[fact]) >= _WORTH:
            value = value.replace(facts[fact], mark)
    return value


def _line(value: str) -> str:
    """On one line, and without what marks fields."""
    return " ".join(re.sub("[\0-\x1f\x7f-\x9f]", " ", value).split())

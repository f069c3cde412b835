"""A Light page taken apart for keeping: what is the story's own, and what stands around all of a language.

`compose(shell, story)` is the page again, byte for byte. Both are texts in fields with U+0000 between them, the first
a JSON object that says what it is; a shell's template holds U+0001 to U+0007 where the story's fields go.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

from ..article.model import Article
from ..editions.light import LightContext, render_article
from ..editions.offline import render_screen
from ..editions.words import direction as direction_of
from ..errors import BadBundle

FORM = 1
_SLOTS = ("language", "title", "head", "main", "nav", "path")
_PAGE = re.compile(
    r"(<!doctype html><html lang=)(?P<language>[^ ]+)( dir=\w+><meta charset=utf-8><title>)(?P<title>[^<]*)"
    r"(</title>.*?<meta name=referrer content=no-referrer>)(?P<head>.*?)(<style>.*?<main>)(?P<main>.*)"
    r"(</main>)(?P<nav>.*?)((?:<script src=|<footer).*)",
    re.DOTALL,
)
_PATH = re.compile(r"&amp;to=([^\"<>]*)")


@dataclass(frozen=True, slots=True)
class Parts:
    """`shell` names the shell that `story` goes into."""

    shell: str
    shell_object: bytes
    story_object: bytes


def take_apart(article: Article, address: str, context: LightContext) -> Parts:
    """The two objects that make an article's Light page. `address` is its path and query.

    The lists that change with every other story (the latest, the next) have no place in it. Raises `BadBundle` for a
    page that cannot be put together again.
    """
    if context.site.path(article.url) != address:
        article = replace(article, url=context.site.url + address)  # else its links would be none of the shell's
    page = render_article(article, context)
    found = _PAGE.fullmatch(page)
    if found is None:
        raise BadBundle("This page is not built as its shell is.")
    values = {name: found[name] for name in _SLOTS if name != "path"}
    path = _PATH.search(page, page.index("<body>"))
    values["path"] = path[1] if path else ""
    shell = shell_name(article.language or context.language, article.direction)
    template = _template(found, values["path"])
    story_object = "\0".join([_about(article, address, shell), *(values[name] for name in _SLOTS)])
    shell_object = "\0".join([_json({"form": FORM, "shell": shell}), template])
    parts = Parts(shell, shell_object.encode(), story_object.encode())
    if compose(parts.shell_object, parts.story_object) != page.encode():
        raise BadBundle("This page cannot be put together again.")
    return parts


def compose(shell: bytes, story: bytes) -> bytes:
    """The Light page: the shell's template with the story's fields in their places."""
    template, fields = shell.decode().split("\0")[1], story.decode().split("\0")[1:]
    return re.sub("[\x01-\x07]", lambda slot: fields[ord(slot[0]) - 1], template).encode()


def about(data: bytes) -> dict[str, object]:
    """What an object says of itself."""
    found = json.loads(data.partition(b"\0")[0])
    if not isinstance(found, dict):
        raise BadBundle("This object does not say what it is.")
    return found


def shell_name(language: str, direction: str) -> str:
    """Stories of one language tag and direction share a shell."""
    return f"{language.lower()}.{direction}"


def screen(language: str, context: LightContext) -> bytes:
    """The page with which the reader lists what is kept, as an object."""
    facts = _json({"form": FORM, "screen": language, "direction": direction_of(language)})
    return f"{facts}\0{render_screen(language, context)}".encode()


def _template(found: re.Match[str], path: str) -> str:
    """The page's constant parts, with a mark for each slot; the path stands in several links."""
    marks = {name: chr(place + 1) for place, name in enumerate(_SLOTS)}
    out, at = [], 0
    for name in _SLOTS[:-1]:
        out += [
            found.string[at : found.start(name)].replace(f'&amp;to={path}"', f'&amp;to={marks["path"]}"'),
            marks[name],
        ]
        at = found.end(name)
    out.append(found.string[at:].replace(f'&amp;to={path}"', f'&amp;to={marks["path"]}"'))
    return "".join(out)


def _about(article: Article, address: str, shell: str) -> str:
    facts = {
        "form": FORM,
        "shell": shell,
        "address": address,
        "title": article.title,
        "section": article.section,
        "language": article.language,
        "published": article.published.isoformat() if article.published else "",
    }
    return _json({name: value for name, value in facts.items() if value})


def _json(value: dict[str, object] | dict[str, int | str]) -> str:
    """On one line; what no HTML document may hold cannot stand in an article, and here neither."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("\x7f", "")

"""Small honest pages of our own, such as "The site is not answering"."""

from __future__ import annotations

from ..article.model import Link
from .markup import attribute, line
from .shell import LightContext, Shell
from .words import direction, words


def render_notice(title: str, sentence: str, context: LightContext, links: tuple[Link, ...] = ()) -> str:
    """The whole document. `links` say what a reader can do now; their addresses are used as they are."""
    language = words(context.language).language
    shell = Shell(context, "", language, direction(language))
    listed = "".join(f"<li><a{attribute('href', link.url)}>{line(link.title)}</a>" for link in links)
    ways = f"<nav><ul>{listed}</ul></nav>" if listed else ""
    latest = shell.headlines(shell.words.latest, context.latest)
    return shell.page(
        title, f"<h1>{line(title)}</h1><p>{line(sentence)}</p>{ways}", nav=f"<nav>{latest}</nav>" if latest else ""
    )

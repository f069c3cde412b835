"""A front as a Light page: its headlines, each with what is known of it, each leading to its Light edition."""

from __future__ import annotations

from ..article.model import Front, Headline
from .dates import format_short
from .markup import attribute, isolated, line
from .shell import LightContext, Shell


def render_front(front: Front, context: LightContext) -> str:
    """The whole document; a front without headlines says so."""
    shell = Shell(context, front.url, front.language or context.language, front.direction)
    title = front.title.strip() or context.site.publication
    stories = "".join(_story(headline, front, shell) for headline in front.headlines)
    return shell.page(title, f"<h1>{line(title)}</h1>{shell.search()}{stories or shell.notice(shell.words.empty)}")


def _story(headline: Headline, front: Front, shell: Shell) -> str:
    link = shell.link(headline.url, headline.title)
    if not link:
        return ""
    facts = []
    if headline.section.strip() and headline.section.strip() != front.title.strip():
        facts.append(isolated(headline.section, front.direction))
    if headline.published:
        shown = line(format_short(headline.published, shell.locale, shell.context.now))
        moment = attribute("datetime", headline.published.isoformat(timespec="minutes"))
        facts.append(f"<time{moment}>{shown}</time>")
    below = line(headline.deck) + (f"<small>{shell.joined(facts)}</small>" if facts else "")
    return f"<article><h2>{link}</h2>" + (f"<p>{below}</p>" if below else "") + "</article>"

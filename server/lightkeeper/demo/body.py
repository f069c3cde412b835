"""A story's body: our placeholder elements become the figures, quotes and embeds that a CMS would print."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

from .pictures import height_of
from .publication import Photo

_ATTRIBUTE = re.compile(r'([a-z-]+)\s*=\s*"([^"]*)"')
_PICTURE = re.compile(r"(?:<figure>\s*)?<picture-here\b([^>]*?)/?>(?:\s*</picture-here>)?(?:\s*</figure>)?")
_EMBED = re.compile(r"(?:<figure>\s*)?<embed-here\b([^>]*?)/?>(?:\s*</embed-here>)?(?:\s*</figure>)?")
_QUOTE = re.compile(r"<pull-quote\b[^>]*>(.*?)</pull-quote>", re.DOTALL)


def picture_url(photo: Photo, width: int) -> str:
    return f"/pictures/{photo.kind}-{photo.seed}-{width}.png"


def figure(photo: Photo, width: int, kind: str, extra: str = "", host: str = "") -> str:
    """A figure as the paper prints it: picture, caption, credit."""
    caption = f'<span class="caption">{escape(photo.caption)}</span> ' if photo.caption else ""
    credit = f'<span class="credit">{escape(photo.credit)}</span>' if photo.credit else ""
    below = f"<figcaption>{caption}{credit}</figcaption>" if caption or credit else ""
    return (
        f'<figure class="{kind}"><img src="{host}{escape(picture_url(photo, width))}" alt="{escape(photo.alt)}"'
        f' width="{width}" height="{height_of(width)}" decoding="async"{extra}>{below}</figure>'
    )


def render(body: str, widgets: str, middle: str = "") -> str:
    """The body as published. `widgets` is where embeds live; `middle` goes in after about half of the paragraphs."""
    body = _PICTURE.sub(lambda found: figure(_photo(found[1]), 960, "inline-picture"), body)
    body = _EMBED.sub(lambda found: _embed(_attributes(found[1]), widgets), body)
    body = _QUOTE.sub(lambda found: f'<aside class="pull-quote"><p>{found[1].strip()}</p></aside>', body)
    body = re.sub(
        r"<table\b.*?</table>", lambda found: f'<div class="table-scroll">{found[0]}</div>', body, flags=re.DOTALL
    )
    return _put_in_the_middle(body, middle)


def plain(body: str) -> str:
    """The running text alone, paragraphs separated by a blank."""
    body = _PICTURE.sub(" ", _EMBED.sub(" ", body))
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def _photo(attributes: str) -> Photo:
    given = _attributes(attributes)
    return Photo(
        seed=int(given.get("seed", "1")),
        kind=given.get("kind", "landscape"),
        alt=given.get("alt", ""),
        caption=given.get("caption", ""),
        credit=given.get("credit", ""),
    )


def _attributes(text: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(text)}


def _embed(given: dict[str, str], widgets: str) -> str:
    kind, title = given.get("kind", "post"), given.get("title", "")
    return _EMBEDS.get(kind, _frame)(kind, title, widgets)


def _frame(kind: str, title: str, widgets: str) -> str:
    kind, title = escape(kind), escape(title)
    return (
        f'<figure class="embed embed-{kind}"><iframe src="{widgets}/embed/{kind}" title="{title}"'
        f' width="640" height="360" allowfullscreen></iframe><figcaption>{title}</figcaption></figure>'
    )


def _post(kind: str, title: str, widgets: str) -> str:
    return (
        f'<blockquote class="embed social-post"><p>{escape(title)}</p>'
        f'<a href="{widgets}/embed/{escape(kind)}">{escape(widgets.partition("//")[2])}</a></blockquote>'
    )


_EMBEDS: dict[str, Callable[[str, str, str], str]] = {"video": _frame, "map": _frame, "post": _post}


def _put_in_the_middle(body: str, middle: str) -> str:
    """After a paragraph that ends at the top level: only where the next thing is a paragraph or a heading."""
    seams = [found.start() for found in re.finditer(r"(?<=</p>)\n+(?=<(?:p|h2)\b)", body)]
    seams = [seam for seam in seams if _is_top_level(body[:seam])]
    if not middle or not seams:
        return body + middle
    seam = seams[len(seams) // 2]
    return body[:seam] + middle + body[seam:]


def _is_top_level(before: str) -> bool:
    holders = ("section", "div", "aside", "blockquote", "ul", "ol", "table", "figure")
    return all(len(re.findall(rf"<{tag}\b", before)) == before.count(f"</{tag}>") for tag in holders)

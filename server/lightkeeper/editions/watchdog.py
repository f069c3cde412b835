"""What Lightkeeper adds to a full page, all ASCII: the watchdog, a banner without JavaScript, the switch at the end.

Script and style are the same on every page, so that each has one hash; words and addresses stand in attributes.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from html import escape
from typing import Literal

from .. import resources
from .csp import source
from .words import direction, words


def compact(text: str) -> str:
    """A script or style of client/page less comments, indentation and blanks beside punctuation, with short names.

    No minifier: it relies on the habits that those files state, and gives the same text for the same file.
    """
    text = re.sub(r"/\*\*.*?\*/", "", text, flags=re.DOTALL)
    lines = (line.strip() for line in text.splitlines())
    joined = "".join(line for line in lines if not line.startswith("//"))
    joined = re.sub(r" ?([=+?:,&|<>{};]) ?| (?=[(!])", r"\1", joined)
    joined = joined.replace(";}", "}")
    names = dict.fromkeys(re.findall(r"\$[a-z]+", joined))
    short = dict(zip(names, string.ascii_letters, strict=False))
    return re.sub(r"\$[a-z]+", lambda name: short[name[0]], joined)


def _client(name: str) -> bytes:
    return compact((resources.client() / "page" / name).read_text(encoding="ascii")).encode("ascii")


# Of the eleven ticks that the watchdog waits (4.4 s).
_GONE_BY = 8

SCRIPT = _client("watchdog.js")
TIMING = _client("timing.js")
STYLE = _client("unscripted.css")
SCRIPT_SOURCE, TIMING_SOURCE, STYLE_SOURCE = source(SCRIPT), source(TIMING), source(STYLE)


@dataclass(frozen=True, slots=True)
class FullContext:
    """What a full page is told: the publication's name, where its Light edition is, in which language to speak.

    `light_url` is a path with query, or better an absolute address, which no <base> can bend. `language` counts where
    the page names none. With `switch` at "auto" the watchdog does not ask; `soon`: it waits for less time. `receipt` is
    the address of the picture that is asked for when the page has arrived; empty: none; with `timing`, a page with
    scripts tells there how it loaded. `site` is the public address, which policies may name.
    """

    publication: str
    light_url: str
    language: str = ""
    switch: Literal["ask", "auto"] = "ask"
    receipt: str = ""
    timing: bool = True
    soon: bool = False
    site: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    head: bytes
    body: bytes
    tail: bytes


def parts(context: FullContext, language: str) -> Parts:
    """Head, body and tail for a page in `language` (BCP 47; empty: not known)."""
    found = words(language, context.language)
    name = {"publication": context.publication}
    title, text = found.banner_title.format(**name), found.banner_text.format(**name)
    link = found.banner_link.format(**name)
    where = f'lang="{found.language}" dir="{direction(found.language)}"'
    address = escape(context.light_url)
    heading = f'<b role="heading" aria-level="2">{escape(title, quote=False)}</b>'
    offer = f'{heading}<br>{escape(text, quote=False)} <a href="{address}">{escape(link, quote=False)}</a>'
    close = f'<button aria-label="{escape(found.banner_close)}">\u00d7</button>'
    banner = f'<section aria-label="{escape(title)}">{offer}</section>{close}'
    attributes = f'{where} data-h="{_attribute(banner)}"'
    if context.soon:
        attributes += f' data-t="{_GONE_BY}"'
    if context.switch == "auto":
        attributes += f' data-a="{address}"'
    switch = f'<a href="{address}">{escape(found.footer_switch.format(**name), quote=False)}</a>'
    return Parts(
        head=b"<script %b>%b</script>" % (_ascii(attributes), SCRIPT),
        body=b"<noscript><style>%b</style>%b</noscript>" % (STYLE, _ascii(f'<p id="lk-slow" {where}>{offer}</p>')),
        tail=_ascii(f'<p id="lk-end" {where} align="center">{switch}{_receipt(context)}</p>'),
    )


def _receipt(context: FullContext) -> str:
    """Hidden by its parent, for sites that give every picture a display of its own; first in the queue of pictures."""
    if not context.receipt:
        return ""
    picture = f'<img src="{escape(context.receipt)}" alt="" width="1" height="1" fetchpriority="high">'
    script = f"<script>{TIMING.decode('ascii')}</script>" if context.timing else ""
    return f"<span hidden>{picture}{script}</span>"


def _attribute(markup: str) -> str:
    """Markup as a value between double quotes: < and > may stay."""
    return markup.replace("&", "&amp;").replace('"', "&quot;")


def _ascii(text: str) -> bytes:
    return text.encode("ascii", "xmlcharrefreplace")

"""What Lightkeeper adds to a full page, all ASCII: the watchdog, a banner without JavaScript, the switch at the end.

Script and style are the same on every page, so that each has one hash; words and addresses stand in attributes. What
stands at two places is the same bytes at both, so that it is compressed to one.
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
    text = re.sub(r"/\*\*.*?\*/ ?", "", text, flags=re.DOTALL)
    lines = (line.strip() for line in text.splitlines())
    joined = "".join(line for line in lines if not line.startswith("//"))
    joined = re.sub(r" ?([=+?:,&|<>{};]) ?| (?=[(!])", r"\1", joined)
    joined = joined.replace(";}", "}")
    names = dict.fromkeys(re.findall(r"\$[a-z]+", joined))
    short = dict(zip(names, string.ascii_letters, strict=False))
    return re.sub(r"\$[a-z]+", lambda name: short[name[0]], joined)


def _client(name: str) -> bytes:
    return compact((resources.client() / "page" / name).read_text(encoding="ascii")).encode("ascii")


# Of the ten ticks that the watchdog waits (4 s).
_GONE_BY = 8

SCRIPT = _client("watchdog.js")
STYLE = _client("banner.css")
TIMING = "/_lk/t.js"  # not inline: it is the same for all, may come late, and then browsers have it
# What a link too slow for its sheets gets instead of one: the banner without JavaScript, at once.
SHEET = b"noscript #lk-slow{animation:none}"
SCRIPT_SOURCE, STYLE_SOURCE = source(SCRIPT), source(STYLE)


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
    where = f"dir={direction(found.language)}"
    if found.language != language:
        where = f"lang={found.language} {where}"
    address = escape(context.light_url)
    style = f"<style>{STYLE.decode('ascii')}</style>"
    loading = f"<span role=alert>{escape(found.banner_loading, quote=False)}</span>"
    offer = (
        f"<dialog id=lk-slow open {where} tabindex=-1>"  # Firefox would stop there with Tab
        f"<b role=heading>{escape(title, quote=False)}</b><br><span role=alert>{escape(text, quote=False)}</span>"
        f"{loading} <a href='{address}'>{escape(link, quote=False)}</a>"
    )
    close = f" <button>{escape(found.banner_close, quote=False)}</button>"
    attributes = f' data-h="{_attribute(style + offer + close)}"'
    if context.soon:
        attributes += f' data-t="{_GONE_BY}"'
    if context.switch == "auto":
        attributes += f' data-a="{address}"'
    switch = f"<a href='{address}'>{escape(found.footer_switch.format(**name), quote=False)}</a>"
    return Parts(
        head=_ascii(f"<noscript>{style}</noscript><script{attributes}>") + SCRIPT + b"</script>",
        body=_ascii(f"<noscript>{offer.replace(loading, '')}</dialog></noscript>"),
        tail=_ascii(f"<p id=lk-end {where} align=center>{switch}{_receipt(context)}</p>"),
    )


def _receipt(context: FullContext) -> str:
    """Hidden by its parent, for sites that give every picture a display of its own; first in the queue of pictures."""
    if not context.receipt:
        return ""
    picture = f"<img src={context.receipt} alt fetchpriority=high>"
    script = f"<script src={TIMING} async></script>" if context.timing else ""
    return f"<span hidden>{picture}{script}</span>"


def _attribute(markup: str) -> str:
    """Markup as a value between double quotes: < and > may stay."""
    return markup.replace("&", "&amp;").replace('"', "&quot;")


def _ascii(text: str) -> bytes:
    return text.encode("ascii", "xmlcharrefreplace")

"""What stands around every page of the paper: head, masthead, menu, footer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape

from . import assets, ballast
from .body import picture_url
from .pictures import height_of
from .publication import Language, Photo, Publication, home
from .words import WORDS, number

_FACES = (("regular", "normal", 400), ("italic", "italic", 400), ("bold", "normal", 700))
_LOCALES = {"en": "en_GB", "fa": "fa_IR"}


@dataclass(frozen=True, slots=True)
class Site:
    """The paper as one request sees it. `base` and `widgets` are addresses without a trailing slash."""

    publication: Publication
    base: str
    widgets: str
    editor: bool = False


@dataclass(frozen=True, slots=True)
class Face:
    """What differs in the head from page to page: `path` is the page's own, `extra` is ready HTML."""

    language: Language
    kind: str
    title: str
    description: str
    path: str
    image: Photo
    extra: str = ""


def document(site: Site, face: Face, main: str, state: object = None) -> str:
    direction = "rtl" if face.language == "fa" else "ltr"
    return (
        f'<!DOCTYPE html>\n<html lang="{face.language}" dir="{direction}">\n'
        f"<head>\n{_head(site, face)}</head>\n"
        f'<body class="page-{face.kind}">\n{ballast.file("sprite.svg")}\n{_masthead(site, face)}'
        f'<main id="main">\n{main}</main>\n{_footer(site, face.language)}'
        f'<script type="application/json" id="lantern-state">{as_json(state)}</script>\n'
        f"{_late_scripts()}</body>\n</html>\n"
    )


def json_ld(value: object) -> str:
    return f'<script type="application/ld+json">{as_json(value)}</script>\n'


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")  # nothing in it may end the script


def _head(site: Site, face: Face) -> str:
    name = site.publication.names[face.language]
    title = face.title if face.kind == "home" else f"{face.title} | {name}"
    return (
        f'<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="description" content="{escape(face.description)}">\n'
        f'<meta name="theme-color" content="{site.publication.theme}">\n'
        f'<link rel="canonical" href="{site.base}{escape(face.path)}">\n'
        f"{_open_graph(site, face, name)}"
        f'<link rel="alternate" type="application/rss+xml" title="{escape(name)}"'
        f' href="{site.base}{home(face.language)}feed.xml">\n'
        '<link rel="icon" href="/assets/logo.svg" type="image/svg+xml">\n'
        f"<style>@import url(/assets/theme.css);{_font_faces()}</style>\n"
        + "".join(f'<link rel="stylesheet" href="/assets/{style}.css">\n' for style in assets.STYLES)
        + "".join(f'<script src="/assets/{script}.js"></script>\n' for script in assets.BLOCKING_SCRIPTS)
        + f'<script src="{site.widgets}/counter.js" async></script>\n{face.extra}'
    )


def _open_graph(site: Site, face: Face, name: str) -> str:
    properties = {
        "og:site_name": name,
        "og:title": face.title,
        "og:description": face.description,
        "og:type": "article" if face.kind == "story" else "website",
        "og:url": site.base + face.path,
        "og:image": site.base + picture_url(face.image, 1280),
        "og:image:width": "1280",
        "og:image:height": str(height_of(1280)),
        "og:image:alt": face.image.alt,
        "og:locale": _LOCALES[face.language],
    }
    metas = "".join(f'<meta property="{key}" content="{escape(value)}">\n' for key, value in properties.items())
    return metas + '<meta name="twitter:card" content="summary_large_image">\n'


def _font_faces() -> str:
    rows = [("Lantern Text", *face) for face in _FACES] + [("Lantern Display", "display", "normal", 700)]
    return "".join(
        f"@font-face{{font-family:'{family}';src:url(/fonts/{file}.woff) format('woff');"
        f"font-style:{style};font-weight:{weight};font-display:auto}}"
        for family, file, style, weight in rows
    )


def _masthead(site: Site, face: Face) -> str:
    language, say, paper = face.language, WORDS[face.language], site.publication
    other: Language = "en" if language == "fa" else "fa"
    sections = "".join(
        f'<li><a href="{home(language)}{section.slug}">{escape(section.names[language])}</a></li>'
        for section in paper.sections_of(language)
    )
    return (
        f'<a class="skip" href="#main">{say["skip"]}</a>\n{_editor_bar(site, face)}'
        '<header class="masthead">\n<div class="top-line">'
        f'<p class="tagline">{escape(paper.taglines[language])}</p>'
        f'<p class="top-links"><a lang="{other}" hreflang="{other}" href="{home(other)}">{say["other_language"]}</a>'
        f'<a href="/admin/login">{say["sign_in"]}</a></p></div>\n'
        '<div class="name-line"><button class="menu-button" type="button" aria-expanded="false"'
        f' aria-controls="sections"><span></span><span></span><span></span><b>{say["menu"]}</b></button>'
        f'<a class="name" href="{home(language)}"><img src="/assets/logo.svg" alt="" width="44" height="44">'
        f"<span>{escape(paper.names[language])}</span></a>{_search(language)}</div>\n"
        f'<nav id="sections" aria-label="{say["menu"]}"><ul>{sections}</ul></nav>\n</header>\n'
    )


def _search(language: Language, query: str = "") -> str:
    say = WORDS[language]
    return (
        f'<form class="search" role="search" action="{home(language)}search"><input type="search" name="q"'
        f' value="{escape(query)}" aria-label="{say["search_for"]}" placeholder="{say["search_for"]}">'
        f"<button>{say['search']}</button></form>"
    )


def _editor_bar(site: Site, face: Face) -> str:
    say = WORDS[face.language]
    if not site.editor:
        return ""
    return (
        f'<p class="editor-bar">{say["editor"]} <a href="/admin/?edit={escape(face.path)}">{say["edit"]}</a>'
        f' <a href="/admin/logout">{say["sign_out"]}</a></p>\n'
    )


def _footer(site: Site, language: Language) -> str:
    say, paper = WORDS[language], site.publication
    links = "".join(
        f'<li><a href="{home(language)}{section.slug}">{escape(section.names[language])}</a></li>'
        for section in paper.sections_of(language)
    )
    founded = number(paper.founded if language == "en" else paper.founded - 621, language)
    return (
        f'<footer class="foot">\n<div class="foot-inner"><p class="foot-name">{escape(paper.names[language])}'
        f" <small>{founded}</small></p><p>{escape(paper.descriptions[language])}</p><ul>{links}</ul>"
        f'<ul><li><a href="{home(language)}feed.xml">{say["feeds"]}</a></li>'
        f'<li><a href="/files/report.pdf">{say["downloads"]}</a></li></ul>'
        f"<p><small>{say['footer']}</small></p></div>\n</footer>\n"
        f'<div class="cookie-note" role="region" aria-label="{say["cookie_button"]}" hidden><p>{say["cookie_text"]}</p>'
        f'<button type="button">{say["cookie_button"]}</button></div>\n'
    )


def _late_scripts() -> str:
    return "".join(f'<script src="/assets/{script}.js" defer></script>\n' for script in assets.DEFERRED_SCRIPTS)

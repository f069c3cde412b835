"""Hostile values of an article's metadata: each is put into every place of a page from which that field is read."""

from __future__ import annotations

# How every story begins and ends.
FIRST = "It was low water when the ferry came in, and the captain decided at once that nobody would be hurried."
LAST = (
    "By midnight the tide had turned, the lamps were lit, and the ferry left as quietly as it had come in from the sea."
)
# What each page says of itself in JSON-LD, Open Graph, meta elements and the page, unless a vector says otherwise.
HONEST = {
    "title": "The ferry that waited for the tide",
    "deck": "A small harbour, a long night and a very patient crew.",
    "byline": "Ada Marsh",
    "section": "Harbour",
    "tag": "ferries",
    "published": "2026-03-01T08:00:00+00:00",
    "image": "http://127.0.0.1/lead.jpg",
    "alt": "A ferry at a stone pier",
    "caption": "The ferry at low water",
    "credit": "Photo: Jo Reed",
    "site": "The Harbour Post",
    "language": "en",
    "direction": "ltr",
    "canonical": "/story",
}

_MARKUP = {
    "script": "</script><script>JS!</script>",
    "image": '"><img src=x onerror=JS!>',
    "closing": "</title></h1></p></figcaption></style></textarea><svg onload=JS!>",
    "comment": "<!--<script>JS!</script>--><!--",
    "escaped": "&lt;img src=x onerror=JS!&gt;",
    "handler": "' onmouseover='JS!' x=\" onmouseover=\"JS!\" y=`",
}
_TEXTS = ("title", "deck", "byline", "section", "tag", "alt", "caption", "credit", "site")

FIELDS: dict[str, dict[str, str]] = {
    f"{field}-{name}": {field: value} for field in _TEXTS for name, value in _MARKUP.items()
}
FIELDS |= {
    "title-bidi": {"title": "Ferry \u202ejpg.exe\u2066 \u200f\u200e tide \u2028 \u0000 \u0007"},
    "title-template": {"title": "{{constructor.constructor('JS!')()}} ${JS!} <%= JS! %> #{JS!}"},
    "title-entities": {"title": "&#60;script&#62;JS!&#60;/script&#62; &ltimg src=x onerror=JS!&gt"},
    "title-double": {"title": "&amp;lt;script&amp;gt;JS!&amp;lt;/script&amp;gt;"},
    "title-cdata": {"title": "]]><script>JS!</script><![CDATA["},
    "title-json": {"title": '"},"x":"</script><script>JS!</script>'},
    "title-json-escapes": {"title": "\\u003c/script\\u003e\\u003cscript\\u003eJS!\\u003c/script\\u003e"},
    "title-line-separators": {"title": "a\u2028JS!\u2029b"},
    "title-everything": {"title": "<svg><style><![CDATA[</style><img src=x onerror=JS!>]]>"},
    "published-markup": {"published": '2026-03-01"><img src=x onerror=JS!>'},
    "published-overflow": {"published": "99999-99-99T99:99:99+99:99"},
    "image-javascript": {"image": "javascript:JS!"},
    "image-data": {"image": "data:text/html,<script>JS!</script>"},
    "image-breakout": {"image": 'http://127.0.0.1/a.jpg"><img src=x onerror=JS!>'},
    "image-newline": {"image": "java\nscript:JS!"},
    "image-loads": {"image": "URL!"},
    "language-breakout": {"language": 'en"><script>JS!</script>'},
    "language-handler": {"language": 'en" onmouseover="JS!'},
    "direction-breakout": {"direction": 'rtl" onmouseover="JS!" x="'},
    "canonical-javascript": {"canonical": "javascript:JS!"},
    "canonical-breakout": {"canonical": '/story"><img src=x onerror=JS!>'},
}

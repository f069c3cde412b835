"""Every attack as a page that a publisher might serve: the vector within an honest story, or within its metadata."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape

from . import encoded
from .fields import FIELDS, FIRST, HONEST, LAST
from .markup import GROUPS

ADDRESS = "http://127.0.0.1/story"  # what the pages are said to come from
SENTINEL = "http://127.0.0.1:9/hit/"  # followed by the number of the vector whose request arrives
_MIDDLE = (
    "Three passengers had waited since noon with their baskets, their bicycles and one very old accordion, and not one "
    "of them complained. The harbour master brought tea, and somebody began to play.",
    "The crew used the hours to paint the rail and to write to the newspaper, which is how this story came to be told. "
    "They would like it to be known that the tea was good and that the accordion was not.",
)


@dataclass(frozen=True, slots=True)
class Case:
    """`control` is the vector without Lightkeeper in between; `number` is what it reports when it succeeds."""

    number: int
    name: str
    page: bytes
    content_type: str
    control: bytes


def cases(sentinel: str = SENTINEL) -> list[Case]:
    made: list[Case] = []
    for group, vectors in GROUPS.items():
        made += [
            _markup(len(made) + n, f"{group}/{name}", vector, sentinel)
            for n, (name, vector) in enumerate(vectors.items())
        ]
    made += [_field(len(made) + n, name, values, sentinel) for n, (name, values) in enumerate(FIELDS.items())]
    for name in encoded.pages(""):
        number = len(made)
        page, content_type = encoded.pages(_call(number))[name]
        made.append(Case(number, f"encoding/{name}", page, content_type, page))
    return made


def honest() -> Case:
    """The story that all the others tell, without any vector."""
    page = _page(HONEST, "").encode("utf-8")
    return Case(-1, "honest", page, "text/html; charset=utf-8", page)


def _markup(number: int, name: str, vector: str, sentinel: str) -> Case:
    page = _page(HONEST, filled(vector, number, sentinel)).encode("utf-8")
    return Case(number, name, page, "text/html; charset=utf-8", page)


def _field(number: int, name: str, values: dict[str, str], sentinel: str) -> Case:
    values = {field: filled(value, number, sentinel) for field, value in values.items()}
    careless = "".join(
        f'<title>{v}</title><h1>{v}</h1><p title="{v}">{v}</p><script>var v="{v}"</script>' for v in values.values()
    )
    return Case(
        number,
        f"field/{name}",
        _page({**HONEST, **values}, "").encode("utf-8"),
        "text/html; charset=utf-8",
        f"<!DOCTYPE html><meta charset=utf-8>{careless}".encode(),
    )


def filled(vector: str, number: int, sentinel: str) -> str:
    call = _call(number)
    scheme = f"javascript:{call}"
    for token, value in {
        "JS!": call,
        "URL!": f"{sentinel}{number}",
        "NUMBER!": str(number),
        "DEC!": "".join(f"&#{ord(char)};" for char in scheme),
        "HEX!": "".join(f"&#x{ord(char):X};" for char in scheme),
        "PAD!": "".join(f"&#{ord(char):07d}" for char in scheme),
    }.items():
        vector = vector.replace(token, value)
    return vector


def _call(number: int) -> str:
    return f"top.hit({number})"


def _page(values: dict[str, str], vector: str) -> str:
    v = {name: escape(value) for name, value in values.items()}
    return f"""<!DOCTYPE html>
<html lang="{v["language"]}" dir="{v["direction"]}">
<head>
<meta charset="utf-8">
<title>{v["title"]} | {v["site"]}</title>
<link rel="canonical" href="{v["canonical"]}">
<meta name="description" content="{v["deck"]}">
<meta name="author" content="{v["byline"]}">
<meta name="keywords" content="{v["tag"]}">
<meta property="og:type" content="article">
<meta property="og:title" content="{v["title"]}">
<meta property="og:description" content="{v["deck"]}">
<meta property="og:site_name" content="{v["site"]}">
<meta property="og:image" content="{v["image"]}">
<meta property="og:image:alt" content="{v["alt"]}">
<meta property="article:section" content="{v["section"]}">
<meta property="article:tag" content="{v["tag"]}">
<meta property="article:published_time" content="{v["published"]}">
<script type="application/ld+json">{_linked(values)}</script>
</head>
<body>
<header><a href="/">{v["site"]}</a><nav><a href="/news">News</a> <a href="/harbour">Harbour</a></nav></header>
<main><article>
<h1>{v["title"]}</h1>
<p class="standfirst">{v["deck"]}</p>
<p class="byline">By <a rel="author" href="/by/1">{v["byline"]}</a></p>
<figure><img src="{v["image"]}" alt="{v["alt"]}"><figcaption>
{v["caption"]} <span class="credit">{v["credit"]}</span></figcaption></figure>
<p>{FIRST}</p>
<p>{_MIDDLE[0]}</p>
{vector}
<p>{_MIDDLE[1]}</p>
<p>{LAST}</p>
</article></main>
<footer><p>© {v["site"]}</p></footer>
</body></html>
"""


def _linked(values: dict[str, str]) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": values["title"],
        "description": values["deck"],
        "author": {"@type": "Person", "name": values["byline"]},
        "articleSection": values["section"],
        "keywords": [values["tag"]],
        "datePublished": values["published"],
        "image": {
            "@type": "ImageObject",
            "url": values["image"],
            "caption": values["caption"],
            "creditText": values["credit"],
        },
        "publisher": {"@type": "Organization", "name": values["site"]},
        "inLanguage": values["language"],
    }
    return json.dumps(data).replace("<", "\\u003c")

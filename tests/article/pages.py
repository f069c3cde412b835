"""Small pages for the tests of extraction, each part replaceable."""

from __future__ import annotations

SENTENCE = "The ferry left the harbour at dawn, and nobody on the quay had expected it to return before noon."
PROSE = "".join(f"<p>{SENTENCE} It was the {day} such crossing.</p>" for day in ("first", "second", "third"))
URL = "https://post.example/news/ferry"


def page(body: str = PROSE, head: str = "", *, title: str = "Ferry leaves at dawn", lang: str = "en") -> str:
    """A story's page with a site around it."""
    return (
        f'<!doctype html><html lang="{lang}"><head><title>{title} | The Harbour Post</title>{head}</head><body>'
        '<header><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav></header>'
        f'<main><article><h1>{title}</h1><div class="article-body">{body}</div></article></main>'
        '<footer><a href="/imprint">Imprint</a> All rights reserved by The Harbour Post and its owners.</footer>'
        "</body></html>"
    )

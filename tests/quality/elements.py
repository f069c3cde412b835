"""The elements of a page's reference and of an extraction, each as what it says: its words, or a picture's address."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import unquote, urljoin, urlsplit

from lxml import html as lxml_html
from lxml.html import HtmlElement

from lightkeeper.article.model import Article, Element

Elements = dict[str, Counter[str]]  # of each kind
KINDS = ("h2", "h3", "li", "blockquote", "a", "img", "figure", "figcaption", "td", "em")
_NOT_WORDS = re.compile(r"[\W_]+")
_LABEL = re.compile(r"\b(?:Photo |Image )?Credits?\b:?\s*(?=[A-Z])")
_NAMES = {"b": "em", "i": "em", "strong": "em", "em": "em"}


def words(text: str) -> str:
    """What stays of a text when spaces, punctuation and case are set aside."""
    return _NOT_WORDS.sub("", text).lower()


def caption(text: str) -> str:
    """A caption without the word that comes before who made the picture: a field of ours needs no label."""
    return words(_LABEL.sub(" ", text))


def picture(url: str) -> str:
    """A picture's address without scheme and query: sizes and hosts of the same file differ, its path hardly."""
    return unquote(urlsplit(url).path).lower().rsplit("/", 1)[-1] if url else ""


def of_html(text: str, base: str) -> Elements:
    found: Elements = {kind: Counter() for kind in KINDS}
    if not text.strip():
        return found
    root = lxml_html.document_fromstring(text)
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        kind = _NAMES.get(element.tag, element.tag)
        if kind in found and (said := _said(element, kind, base)):
            found[kind][said] += 1
    return found


def _said(element: HtmlElement, kind: str, base: str) -> str:
    if kind == "img":
        return picture(_joined(base, _source(element)))
    if kind == "figure":
        shown = [name for image in element.iter("img") if (name := picture(_joined(base, _source(image))))]
        return shown[0] if shown else words(element.text_content())
    if kind == "figcaption":
        return caption(element.text_content())
    if kind == "a" and not element.get("href"):
        return ""
    return words(element.text_content())


def _joined(base: str, source: str) -> str:
    return urljoin(base, source) if source else ""


def _source(image: HtmlElement) -> str:
    """Where a picture is loaded from; a picture inside of the page itself (`data:`) or from nowhere does not count."""
    source = image.get("src") or (image.get("srcset") or "").strip().split(" ")[0]
    return "" if source.startswith(("data:", "about:")) else source


def of_article(article: Article, reference: Elements | None = None) -> Elements:
    """The same of an article. Without a `reference` all counts: body and lead picture.

    With one, title, deck and lead picture, which are fields of ours, count where the reference has them in its text.
    """
    found: Elements = {kind: Counter() for kind in KINDS}
    blocks = [*_lead(article, reference), *article.body]
    for block in blocks:
        for element in block.iter():
            for kind, said in _said_by(element):
                if said:
                    found[kind][said] += 1
    for line in (article.title, article.deck) if reference else ():
        for kind in ("h2", "h3"):
            if reference and (said := words(line)) and reference[kind][said] > found[kind][said]:
                found[kind][said] += 1
    return found


def _lead(article: Article, reference: Elements | None) -> list[Element]:
    """The lead picture: a figure where it has a caption or stands as one in the reference."""
    lead = article.lead
    if lead is None or (reference is not None and not reference["img"][picture(lead.url)]):
        return []
    link = Element("a", (("class", "picture"), ("href", lead.url)))
    said = f"{lead.caption} {lead.credit}".strip()
    if not said and (reference is None or picture(lead.url) not in reference["figure"]):
        return [Element("p", (), (link,))]
    return [Element("figure", (), (link, Element("figcaption", (), (said,))))]


def _said_by(element: Element) -> list[tuple[str, str]]:
    if element.tag == "a":
        if shown := _shown(element):
            return [("img", shown)]
        return [] if element.get("class") == "embed" else [("a", words(_text(element)))]
    kind = _NAMES.get(element.tag, element.tag)
    if kind == "figure":
        pictures = [name for inner in element.iter() if (name := _shown(inner))]
        return [("figure", pictures[0] if pictures else words(_text(element)))]
    if kind == "figcaption":
        return [(kind, caption(_text(element)))]
    return [(kind, words(_text(element)))] if kind in KINDS else []


def _shown(element: Element) -> str:
    return picture(element.get("href")) if element.get("class") == "picture" else ""


def _text(element: Element) -> str:
    """The words of an element without those that stand for pictures and embeds."""
    if element.get("class"):
        return ""
    return "".join(child if isinstance(child, str) else _text(child) for child in element.children)

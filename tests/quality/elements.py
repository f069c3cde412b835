"""The elements of a page's reference and of an extraction, each as what it says: its words, or a picture's address."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import unquote, urljoin, urlsplit

from lxml import html as lxml_html
from lxml.html import HtmlElement

from lightkeeper.article.model import Article, Element

KINDS = ("h2", "h3", "li", "blockquote", "a", "img", "figure", "figcaption", "td", "em")
_NOT_WORDS = re.compile(r"[\W_]+")
_NAMES = {"b": "em", "i": "em", "strong": "em", "em": "em"}


def words(text: str) -> str:
    """What stays of a text when spaces, punctuation and case are set aside."""
    return _NOT_WORDS.sub("", text).lower()


def picture(url: str) -> str:
    """A picture's address without scheme and query: sizes and hosts of the same file differ, its path hardly."""
    return unquote(urlsplit(url).path).lower().rsplit("/", 1)[-1] if url else ""


def of_html(text: str, base: str) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
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
    if kind == "a" and not element.get("href"):
        return ""
    return words(element.text_content())


def _joined(base: str, source: str) -> str:
    return urljoin(base, source) if source else ""


def _source(image: HtmlElement) -> str:
    """Where a picture is loaded from; a picture inside of the page itself (`data:`) or from nowhere does not count."""
    source = image.get("src") or (image.get("srcset") or "").strip().split(" ")[0]
    return "" if source.startswith(("data:", "about:")) else source


def of_article(article: Article) -> dict[str, Counter[str]]:
    """The same of an article; its lead picture counts as the figure that it is."""
    found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for block in (*_lead(article), *article.body):
        for element in block.iter():
            for kind, said in _said_by(element):
                if said:
                    found[kind][said] += 1
    return found


def _lead(article: Article) -> list[Element]:
    if article.lead is None:
        return []
    link = Element("a", (("class", "picture"), ("href", article.lead.url)))
    caption = Element("figcaption", (), (f"{article.lead.caption} {article.lead.credit}",))
    return [Element("figure", (), (link, caption))]


def _said_by(element: Element) -> list[tuple[str, str]]:
    if element.tag == "a":
        if element.get("class") == "picture":
            return [("img", picture(element.get("href")))]
        return [] if element.get("class") == "embed" else [("a", words(_text(element)))]
    kind = _NAMES.get(element.tag, element.tag)
    if kind == "figure":
        shown = [picture(inner.get("href")) for inner in element.iter() if inner.get("class") == "picture"]
        return [("figure", shown[0] if shown else words(_text(element)))]
    return [(kind, words(_text(element)))] if kind in KINDS else []


def _text(element: Element) -> str:
    """The words of an element without those that stand for pictures and embeds."""
    if element.get("class"):
        return ""
    return "".join(child if isinstance(child, str) else _text(child) for child in element.children)

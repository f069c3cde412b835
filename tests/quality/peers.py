"""The extractors that are measured: ours, trafilatura's, and others where they are installed."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

import trafilatura
from lxml import html as lxml_html

from lightkeeper.article import extract, plain
from lightkeeper.article.model import Article
from lightkeeper.errors import ArticleError


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    text: Callable[[bytes], str]
    html: Callable[[bytes], str] | None = None


def article(page: bytes, url: str) -> Article | None:
    try:
        return extract(page, url, whole=True)
    except ArticleError:
        return None


def _ours(page: bytes) -> str:
    found = article(page, "https://localhost/news/story.html")
    return plain.text(found) if found else ""


def _text(page: bytes, precise: bool = False) -> str:
    return trafilatura.extract(page, include_comments=False, favor_precision=precise) or ""


def _html(page: bytes, precise: bool = False) -> str:
    found = trafilatura.extract(
        page,
        output_format="html",
        favor_precision=precise,
        include_comments=False,
        include_links=True,
        include_images=True,
        include_formatting=True,
    )
    return found or ""


def _readable(page: bytes) -> str:
    readability = importlib.import_module("readability")
    return str(readability.Document(page.decode("utf-8", "replace")).summary())


def _readable_text(page: bytes) -> str:
    found = _readable(page)
    return lxml_html.document_fromstring(found).text_content() if found.strip() else ""


def peers() -> list[Peer]:
    found = [
        Peer("lightkeeper", _ours),
        Peer("trafilatura", _text, _html),
        Peer("trafilatura, precision", lambda page: _text(page, True), lambda page: _html(page, True)),
    ]
    if importlib.util.find_spec("readability"):
        found.append(Peer("readability-lxml", _readable_text, _readable))
    return found

"""Metadata against the reference: the share of the pages that have a field on which it was found."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from lightkeeper.article.dates import moment
from lightkeeper.article.model import Article

FIELDS = ("title", "byline", "lang", "dir", "publishedTime")
_NOT_WORDS = re.compile(r"[\W_]+")


def hits(expected: dict[str, Any], article: Article | None) -> dict[str, bool]:
    """For each field that the reference has: whether the article says the same."""
    return {name: article is not None and _same(name, str(expected[name]), article) for name in FIELDS if expected.get(name)}


def _same(name: str, wanted: str, article: Article) -> bool:
    if name == "title":
        return _words(wanted) == _words(article.title)
    if name == "byline":
        return _people(wanted) == _people(" ".join(article.bylines))
    if name == "lang":
        return wanted.lower().split("-")[0] == article.language.lower().split("-")[0]
    if name == "dir":
        return wanted == article.direction
    return _day(moment(wanted)) == _day(article.published)


def _words(text: str) -> str:
    return _NOT_WORDS.sub("", text).lower()


def _people(text: str) -> str:
    return _words(re.sub(r"^\W*by\b|\band\b", " ", text.lower()))


def _day(when: datetime | None) -> str:
    return when.date().isoformat() if when else ""

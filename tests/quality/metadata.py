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
    named = {name: str(expected[name]) for name in FIELDS if expected.get(name)}
    if "byline" in named and not _people(named["byline"]):
        del named["byline"]  # the reference took a date for one
    return {name: article is not None and _same(name, value, article) for name, value in named.items()}


def _same(name: str, wanted: str, article: Article) -> bool:
    if name == "title":
        return any(_words(form) == _words(article.title) for form in (wanted, *_without_suffix(wanted)))
    if name == "byline":
        ours = _people(" ".join(article.bylines))  # the reference goes on with dates, titles and agencies on some
        one_of_ours = _people(wanted) in map(_people, article.bylines)  # the page names several, the reference one
        return bool(ours) and (_people(wanted).startswith(ours) or one_of_ours)
    if name == "lang":
        return wanted.lower().split("-")[0] == article.language.lower().split("-")[0]
    if name == "dir":
        return wanted == article.direction
    found, meant = article.published, moment(wanted)
    if found and meant and found.tzinfo and meant.tzinfo:
        return found == meant
    return _day(meant) == _day(found)


def _without_suffix(title: str) -> list[str]:
    """The reference keeps the site's name on some titles; ours never does."""
    cuts = [found.start() for found in re.finditer(r"\s+[-–—|·]\s+|[|_\[]", title)]
    return [title[:cut] for cut in cuts]


def _words(text: str) -> str:
    return _NOT_WORDS.sub("", text).lower()


def _people(text: str) -> str:
    """Names alone: the reference keeps `By`, dates and addresses on some."""
    text = re.sub(r"\(?https?://\S+|\b(?:written |edited )?by\b|\band\b|\bpar\b|\blast updated\b", " ", text.lower())
    return _words(re.sub(r"\b[a-z]{3,9}\.? \d{1,2}, \d{4}.*", "", re.sub(r"\s+", " ", text)))


def _day(when: datetime | None) -> str:
    return when.date().isoformat() if when else ""

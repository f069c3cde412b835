"""Dates as people read them on a page: `27 يونيو 2026`, `03.09.2008 | 14:25`, `2009年6月18日 08:42`. Reads no clock."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache

from babel import Locale, UnknownLocaleError

from .dates import digits

_TIME = r"(?:\D{0,6}(?<!\d)(\d{1,2})[:.](\d{2})(?!\d))?"
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)日?" + _TIME)
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20)\d\d)(?!\d)" + _TIME)
_NAMED = re.compile(
    r"(?<!\d)(\d{1,2})\.?\s+(?:de\s+|-?\s*)?([^\W\d_]{3,14})\.?\s*(?:de\s+)?,?\s+((?:19|20)\d\d)(?!\d)" + _TIME
)
_NAME_FIRST = re.compile(r"([^\W\d_]{3,14})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)(?!\d)" + _TIME)
_MONTH_FIRST = frozenset({"en-US"})


def date_in(text: str, language: str) -> datetime | None:
    """The first date in a short text, with its time of day where one stands beside it. No zone: people say none."""
    text = digits(text)
    if found := _YEAR_FIRST.search(text):
        return _moment(found[1], found[2], found[3], found[4], found[5])
    if found := _DAY_FIRST.search(text):
        day, month = (found[2], found[1]) if language in _MONTH_FIRST else (found[1], found[2])
        return _moment(found[3], month, day, found[4], found[5])
    months = _months(language.split("-")[0])
    for found in _NAMED.finditer(text):
        if month := months.get(found[2].lower()):
            return _moment(found[3], month, found[1], found[4], found[5])
    for found in _NAME_FIRST.finditer(text):
        if month := months.get(found[1].lower()):
            return _moment(found[3], month, found[2], found[4], found[5])
    return None


def _moment(year: str, month: str | int, day: str, hour: str | None, minute: str | None) -> datetime | None:
    try:
        return datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0))
    except ValueError:
        return None


@cache
def _months(language: str) -> dict[str, int]:
    """Month names of a language and of English -> their number, as written alone, in a date, and short."""
    found: dict[str, int] = {}
    for tag in ("en", language):
        try:
            months = Locale.parse(tag).months
        except (UnknownLocaleError, ValueError, TypeError):
            continue
        for context in ("format", "stand-alone"):
            for width in ("abbreviated", "wide"):
                names = months[context][width].items()
                found |= {name.lower().strip("."): number for number, name in names if not name.isdigit()}
    return found

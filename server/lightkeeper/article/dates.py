"""Moments as pages write them: ISO 8601 and its relatives, with a zone where the page gives one. Reads no clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from unicodedata import decimal

_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?",
    re.IGNORECASE,
)
_DECIMAL = re.compile(r"[^\D0-9]")
_EARLIEST = 1980


def digits(text: str) -> str:
    """`text` with the decimal digits of every script as ASCII."""
    return text if text.isascii() else _DECIMAL.sub(lambda digit: str(decimal(digit[0])), text)


def moment(text: str) -> datetime | None:
    """The moment that a machine-readable date means, None where it means none. Without a zone it stays naive."""
    text = digits(text.strip())
    if not text:
        return None
    if re.fullmatch(r"\d{10}|\d{13}", text):
        return _sane(datetime.fromtimestamp(int(text[:10]), UTC))
    found = _ISO.search(text)
    if not found:
        return _other(text)
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in found.groups()[:6])
    stamp = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{_zone(found[7])}"
    try:
        return _sane(datetime.fromisoformat(stamp))
    except ValueError:
        return None


def _zone(text: str | None) -> str:
    if not text:
        return ""
    if text.upper() in ("Z", "UTC", "GMT"):
        return "+00:00"
    digits = text[1:].replace(":", "").ljust(4, "0")
    return f"{text[0]}{digits[:2]}:{digits[2:]}"


def _other(text: str) -> datetime | None:
    if re.fullmatch(r"(?:19|20)\d{6}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    try:
        return _sane(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return _named(text)


_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ],
        1,
    )
    for name in names.split()
}
_NAMED = re.compile(
    r"\b(?:(\d{1,2})\.?\s+([A-Za-z]{3,9})|([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?),?\s+(\d{4})\b"
)


def _named(text: str) -> datetime | None:
    """English dates such as `May 5, 2015`, which older meta elements carry."""
    found = _NAMED.search(text)
    month = _MONTHS.get((found[2] or found[3]).lower()) if found else None
    if not found or not month:
        return None
    try:
        return _sane(datetime(int(found[5]), month, int(found[1] or found[4])))
    except ValueError:
        return None


def _sane(found: datetime) -> datetime | None:
    return found if _EARLIEST <= found.year <= 2100 else None

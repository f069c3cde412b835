"""Text as search compares it: one spelling for what readers type in several ways. Pure; knows no database.

Persian and Arabic keyboards write the same word with different letters; diacritics and half-spaces are often left
out; digits come in three sets. Scripts without blanks between words are cut into pairs of characters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Raised by whoever changes what `words` gives: indexes that were made by another version are made anew.
VERSION = 1

_LETTERS = str.maketrans(
    {
        **dict.fromkeys("يىئێې", "ی"),
        **dict.fromkeys("كڪ", "ک"),
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ةۀەہھ", "ه"),
        **dict.fromkeys("ؤۆ", "و"),
        "ı": "i",
        "ß": "ss",
        "ـ": None,  # tatweel only stretches a word
        "ء": None,
    }
)
_JOINERS = re.compile("[\u200b-\u200d\u2060\ufeff]")
_WORD = re.compile(r"[^\W_]+(?:[\u200b-\u200d\u2060\ufeff][^\W_]+)*")
_PAIRED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]+")
_LONGEST = 40


def words(text: str) -> list[str]:
    """The words of `text` for an index, in order. A word with a half-space comes joined and also in its parts.

    >>> words("كتاب‌های ۱۴۰۲")
    ['کتابهای', 'کتاب', 'های', '1402']
    """
    found = []
    for match in _WORD.finditer(fold(text)):
        parts = _JOINERS.split(match[0])
        for word in ["".join(parts), *(parts if len(parts) > 1 else ())]:
            found += _pairs(word)
    return found


def asked(text: str) -> list[str]:
    """The words that a reader looks for: as `words`, but a half-space only joins."""
    return [part for match in _WORD.finditer(fold(text)) for part in _pairs(_JOINERS.sub("", match[0]))]


def fold(text: str) -> str:
    """`text` in the spelling that is compared; half-spaces are still in it."""
    bare = _marks().sub("", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", bare).translate(_LETTERS).translate(_digits())


def key(name: str) -> str:
    """A name as an address has it: folded, blanks as hyphens.

    >>> key("Science & Nature")
    'science-nature'
    """
    return "-".join(_JOINERS.sub("", word) for word in _WORD.findall(fold(name)))[:100]


@lru_cache
def _marks() -> re.Pattern[str]:
    """Accents and diacritics; not the vowel signs of Indic scripts, without which words are other words."""
    found = (chr(code) for code in range(0x300, 0x10000) if unicodedata.combining(chr(code)) >= 10)
    return re.compile(f"[{''.join(found)}]+")


@lru_cache
def _digits() -> dict[int, str]:
    return {code: str(unicodedata.digit(chr(code))) for code in range(0x80, 0x10000) if chr(code).isdecimal()}


def _pairs(word: str) -> list[str]:
    if not _PAIRED.search(word):
        return [word[:_LONGEST]]
    found = []
    for piece in re.split(f"({_PAIRED.pattern})", word):
        if _PAIRED.fullmatch(piece) and len(piece) > 1:
            found += [piece[start : start + 2] for start in range(len(piece) - 1)]
        elif piece:
            found.append(piece[:_LONGEST])
    return found

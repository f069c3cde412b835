"""One byte a letter for scripts that UTF-8 writes with two: it saves a seventh of a Persian story, after brotli.

A byte below 0x80 is ASCII, from 0x80 to 0xFE a letter of the alphabet, 0xFF a code point in the next three bytes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..errors import BadBundle

_ESCAPE = 0xFF
_MOST = _ESCAPE - 0x80


def _span(first: int, last: int) -> str:
    return "".join(map(chr, range(first, last + 1)))


_MARKS = "\u00a0«»·–—‘’“”„…•"
_ARABIC = ("،؛؟" + _span(0x621, 0x63A) + _span(0x640, 0x655) + _span(0x660, 0x66C) + "ٰٱٹپچڈڑژکڤڵڕگںھۀہۂۃۆۇێیےۓە") + (
    _span(0x6F0, 0x6F9) + "\u200c\u200d\u200e\u200f"
)
_CYRILLIC = _span(0x400, 0x45F) + "ҐґҒғҚқҢңҮүҰұҲҳӘәӨө"
_HEBREW = _span(0x5B0, 0x5BC) + "־ׁׂ" + _span(0x5D0, 0x5EA) + "׳״\u200e\u200f"
_GREEK = _span(0x384, 0x3CE).replace("\u0387", "").replace("\u038b", "").replace("\u038d", "").replace("\u03a2", "")

_BY_LANGUAGE = {
    **dict.fromkeys(("ar", "ckb", "fa", "ps", "sd", "ug", "ur"), _ARABIC + _MARKS),
    **dict.fromkeys(("be", "bg", "kk", "ky", "mk", "ru", "sr", "tg", "tt", "uk"), _CYRILLIC + _MARKS),
    **dict.fromkeys(("he", "yi"), _HEBREW + _MARKS),
    "el": _GREEK + _MARKS,
}


def alphabet(language: str) -> str:
    """The letters for a language tag; "" where UTF-8 does as well."""
    return _BY_LANGUAGE.get(language.lower().partition("-")[0], "")[:_MOST]


def encode(text: str, letters: str) -> bytes:
    """With no letters, UTF-8."""
    return text.translate(_places(letters)).encode("latin-1") if letters else text.encode()


def decode(data: bytes, letters: str) -> str:
    """Raises `BadBundle` for bytes that mean no text."""
    try:
        return _decode(data, letters) if letters else data.decode()
    except (UnicodeDecodeError, ValueError, IndexError) as error:
        raise BadBundle("This object is no text in its alphabet.") from error


class _Places(dict[int, str]):
    """Code point -> the bytes that stand for it, as characters below U+0100."""

    def __missing__(self, point: int) -> str:
        written = chr(point) if point < 0x80 else (bytes([_ESCAPE]) + point.to_bytes(3, "big")).decode("latin-1")
        return self.setdefault(point, written)


@lru_cache(maxsize=32)
def _places(letters: str) -> _Places:
    return _Places({ord(letter): chr(0x80 + place) for place, letter in enumerate(letters)})


def _decode(data: bytes, letters: str) -> str:
    out, at = [], 0
    for escape in re.finditer(rb"\xff(.{0,3})", data, re.DOTALL):
        out += [_plain(data[at : escape.start()], letters), (b"\0" + escape[1]).decode("utf-32-be")]
        at = escape.end()
    return "".join([*out, _plain(data[at:], letters)])


def _plain(data: bytes, letters: str) -> str:
    """Without escapes. A byte that no letter has raises `IndexError`."""
    if data and max(data) >= 0x80 + len(letters):
        raise IndexError
    return data.decode("latin-1").translate(_letters(letters))


@lru_cache(maxsize=32)
def _letters(letters: str) -> dict[int, str]:
    return {0x80 + place: letter for place, letter in enumerate(letters)}

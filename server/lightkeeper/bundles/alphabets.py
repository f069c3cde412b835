"""One byte a letter for scripts that UTF-8 writes with two: it saves a seventh of a Persian story, after brotli.

A byte below 0x80 is ASCII, from 0x80 to 0xFE a letter of the alphabet, 0xFF a code point in the next three bytes.
"""

from __future__ import annotations

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
    if not letters:
        return text.encode()
    places = {letter: bytes([0x80 + place]) for place, letter in enumerate(letters)}
    return b"".join(
        character.encode() if character < "\x80" else places.get(character) or _escaped(character) for character in text
    )


def decode(data: bytes, letters: str) -> str:
    """Raises `BadBundle` for bytes that mean no text."""
    try:
        return _decode(data, letters) if letters else data.decode()
    except (UnicodeDecodeError, ValueError, IndexError) as error:
        raise BadBundle("This object is no text in its alphabet.") from error


def _escaped(character: str) -> bytes:
    return bytes([_ESCAPE]) + ord(character).to_bytes(3, "big")


def _decode(data: bytes, letters: str) -> str:
    out, at = [], 0
    while at < len(data):
        byte, at = data[at], at + 1
        if byte < 0x80:
            out.append(chr(byte))
        elif byte < _ESCAPE:
            out.append(letters[byte - 0x80])
        else:
            out.append((b"\0" + data[at : at + 3]).decode("utf-32-be"))
            at += 3
    return "".join(out)

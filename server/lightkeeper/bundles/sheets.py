"""A root key on paper: four rows of four groups that a person can copy by hand, each with a check of its own.

The letters are Crockford's: no I, L, O or U; what looks like one of them is read as the digit that it looks like.
"""

from __future__ import annotations

import hashlib
import re

from ..errors import KeyFileError

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ROWS, _ROW_BYTES, _CHECK = 4, 8, 3
_ROW = 13 + _CHECK


def rows(secret: bytes) -> tuple[str, ...]:
    """A secret of 32 bytes as it is printed."""
    pieces = [secret[at : at + _ROW_BYTES] for at in range(0, _ROWS * _ROW_BYTES, _ROW_BYTES)]
    return tuple(
        f"{place + 1}: {_grouped(_letters(piece, 13) + _check(place, piece))}" for place, piece in enumerate(pieces)
    )


def read(text: str) -> bytes:
    """The secret on a sheet; other lines may stand around the four. Raises `KeyFileError` that names the wrong row."""
    found = dict(re.findall(r"^\s*([1-4])\s*[:.)]\s*(.+)$", text, re.MULTILINE))
    secret = b""
    for place in range(_ROWS):
        row = found.get(str(place + 1), "")
        secret += _row(place, re.sub(r"[\s-]", "", row).upper().translate(str.maketrans("OIL", "011")))
    return secret


def _row(place: int, letters: str) -> bytes:
    where = f"row {place + 1} of the sheet"
    if len(letters) != _ROW or set(letters) - set(_LETTERS):
        raise KeyFileError(f"{where}: it must have four groups of four letters and digits")
    value = 0
    for letter in letters[:-_CHECK]:
        value = value * 32 + _LETTERS.index(letter)
    piece = (value >> 1).to_bytes(_ROW_BYTES, "big") if value < 1 << 65 else b""
    if value & 1 or not piece or _check(place, piece) != letters[-_CHECK:]:
        raise KeyFileError(f"{where}: it was not copied exactly; its check does not match")
    return piece


def _letters(data: bytes, count: int) -> str:
    value = int.from_bytes(data, "big") << (count * 5 - len(data) * 8)
    return "".join(_LETTERS[value >> 5 * place & 31] for place in reversed(range(count)))


def _check(place: int, piece: bytes) -> str:
    value = int.from_bytes(hashlib.sha256(bytes([place]) + piece).digest()[:2], "big") >> 1
    return "".join(_LETTERS[value >> shift & 31] for shift in (10, 5, 0))


def _grouped(letters: str) -> str:
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))

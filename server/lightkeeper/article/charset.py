"""Bytes to text, in the order in which browsers look: byte order mark, header, meta, then the content itself."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_PRESCAN = 4096  # the HTML standard asks for 1,024 bytes; pages with a long head put it later
_META = re.compile(rb"<meta\b[^>]{0,400}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:\-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:\-]+)", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:\-]+)", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|$)", re.DOTALL)

# The Encoding standard's labels whose meaning differs from Python's: browsers read more than the name says.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
# Labels of the same standard that Python knows under another name or not at all.
_LABELS = {
    **{f"x-cp{number}": f"cp{number}" for number in range(1250, 1259)},
    **{"dos-874": "cp874", "windows-874": "cp874", "windows-949": "cp949", "x-gbk": "gb18030", "x-x-big5": "big5"},
    **{"x-sjis": "cp932", "windows-31j": "cp932", "ms_kanji": "cp932", "x-euc-jp": "euc_jp", "ks_c_5601-1989": "cp949"},
    **{"x-mac-cyrillic": "mac-cyrillic", "x-mac-ukrainian": "mac-cyrillic", "macintosh": "mac-roman"},
    **{"x-mac-roman": "mac-roman", "koi": "koi8-r", "koi8": "koi8-r", "koi8-ru": "koi8-u", "cn-big5": "big5"},
    **{"iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8", "logical": "iso8859-8", "visual": "iso8859-8"},
    **{"unicode-1-1-utf-8": "utf-8", "unicode11utf8": "utf-8", "x-unicode20utf8": "utf-8"},
    **{"gb_2312-80": "gb18030", "csgb2312": "gb18030", "x-cp20866": "koi8-r"},
}
_TEXT = frozenset({"utf-8", "utf-16-le", "utf-16-be", "utf-16"})
# What a browser decodes, as Python names it. Python knows more ("idna", "utf-7"), some of which raise on any input.
_BROWSERS = _TEXT | {
    *("ascii", "big5", "big5hkscs", "cp866", "cp874", "cp932", "cp949", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk"),
    *("iso2022_jp", "koi8-r", "koi8-u", "mac-cyrillic", "mac-roman", "shift_jis", "tis-620"),
    *(f"cp{number}" for number in range(1250, 1259)),
    *(f"iso8859-{number}" for number in range(1, 17)),
}


def decode(body: bytes, content_type: str = "") -> str:
    """The text of an HTML document. Never fails: what cannot be read becomes U+FFFD."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    for label in (_from_header(content_type), _from_meta(body)):
        codec = _codec(label)
        if codec and _fits(body, codec):
            return body.decode(codec, "replace")
    return _by_content(body)


def _from_header(content_type: str) -> str:
    found = _HEADER.search(content_type)
    return found[1] if found else ""


def _from_meta(body: bytes) -> str:
    head = _COMMENT.sub(b"", body[:_PRESCAN])
    found = _XML.search(head) or _META.search(head)
    label = found[1].decode("ascii") if found else ""
    # A document whose meta could be read as ASCII is not UTF-16, whatever it says: the standard reads it as UTF-8.
    return "utf-8" if label.lower().startswith("utf-16") else label


def _codec(label: str) -> str:
    label = label.strip().lower()
    try:
        name = codecs.lookup(_LABELS.get(label, label)).name if label else ""
    except (LookupError, ValueError, UnicodeError):
        return ""
    return _WIDER.get(name, name) if name in _BROWSERS else ""


def _fits(body: bytes, codec: str) -> bool:
    """False where the label is plainly wrong: a legacy label on clean UTF-8 that is not ASCII, or broken UTF-8."""
    if codec == "utf-8":
        return body.decode("utf-8", "replace").count("\ufffd") <= max(3, len(body) // 500)
    return codec in _TEXT or body.isascii() or not _is_utf8(body)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _by_content(body: bytes) -> str:
    if _is_utf8(body):
        return body.decode("utf-8")
    if body.decode("utf-8", "replace").count("\ufffd") <= max(3, len(body) // 500):
        return body.decode("utf-8", "replace")  # a page with a stray byte, or one that was cut
    best = from_bytes(body[:40_000]).best()
    return body.decode(best.encoding if best else "cp1252", "replace")

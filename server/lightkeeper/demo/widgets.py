"""The second host: what a newspaper embeds from elsewhere (house advertisements, video, maps, posts, a counter)."""

from __future__ import annotations

import struct
import zlib

from . import ballast
from .body import picture_url
from .publication import Photo

_PROMOS = (
    ("still", 41, {"en": "Six bowls, thrown in Merrowick", "fa": "شش کاسهٔ سفالی، ساختهٔ همین کرانه"}),
    ("landscape", 58, {"en": "Walking maps of the high valleys", "fa": "نقشهٔ پیاده‌روی در دره‌های بلند"}),
    ("sea", 77, {"en": "The tide calendar for next year", "fa": "تقویم جزر و مد سال آینده"}),
)
_SCENES = {
    "video": Photo(seed=303, kind="sea"),
    "map": Photo(seed=404, kind="map"),
    "post": Photo(seed=505, kind="portrait"),
}

_SHEET = """
body{margin:0;font:600 15px/1.35 system-ui,sans-serif;color:#fff;background:#23252b}
a{display:block;position:relative;color:inherit;text-decoration:none;height:100vh;overflow:hidden}
img{width:100%;height:100%;object-fit:cover;display:block}
span{position:absolute;inset:auto 0 0;padding:36px 14px 12px;background:linear-gradient(transparent,rgba(0,0,0,.75))}
.play::before{content:"";position:absolute;z-index:1;top:calc(50% - 32px);left:calc(50% - 32px);width:64px;height:64px;
border-radius:50%;background:rgba(0,0,0,.55)
conic-gradient(from 60deg at 34% 50%,#fff 60deg,transparent 0) 50%/52% 52% no-repeat}
.pin::before{content:"";position:absolute;z-index:1;top:45%;left:48%;width:18px;height:18px;border-radius:50% 50% 50% 0;
background:#d3412c;border:3px solid #fff;transform:rotate(-45deg)}
"""
_MARKS = {"video": "play", "map": "pin"}


def sheet() -> str:
    return _SHEET


def script(name: str) -> str | None:
    """A script of this host; `counter.js` is small, as counters are."""
    if name == "counter.js":
        return '"use strict";window.lanternCounter=(window.lanternCounter||0)+1;\n'
    return ballast.file(name) if name.removesuffix(".js") in ballast.WIDGET_BUNDLES else None


def promo(index: int, language: str) -> str:
    kind, seed, words = _PROMOS[index % len(_PROMOS)]
    return _frame(Photo(seed=seed, kind=kind), words["fa" if language == "fa" else "en"], language, "promo", "")


def embed(kind: str) -> str | None:
    photo = _SCENES.get(kind)
    return _frame(photo, "", "en", "frame", _MARKS.get(kind, "")) if photo else None


def _frame(photo: Photo, words: str, language: str, bundle: str, mark: str) -> str:
    right, below = ' dir="rtl"' if language == "fa" else "", f"<span>{words}</span>" if words else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"{right}><head><meta charset="utf-8">'
        f"<title>{words or 'Widget'}</title>\n"
        f'<link rel="stylesheet" href="/widget.css"><script src="/{bundle}.js" async></script></head>\n'
        f'<body><a class="{mark}" href="#"><img src="{picture_url(photo, 480)}" alt="">{below}</a></body></html>\n'
    )


def pixel() -> bytes:
    """One transparent pixel, as counters ask for it."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0" * 5, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )

"""Whole pages whose bytes say something else to one decoder than to another."""

from __future__ import annotations

from .fields import FIRST, LAST

_HEAD = "<!DOCTYPE html><html lang=en><head><title>The ferry that waited for the tide</title>"
_STORY = f"<body><article><h1>The ferry that waited for the tide</h1><p>{FIRST}</p>"
_END = f"<p>{LAST}</p></article></body></html>"
_UTF8 = "<meta charset=utf-8>"


def pages(call: str) -> dict[str, tuple[bytes, str]]:
    """name -> (bytes, content type); `call` is the script that reports its execution."""
    return {name: (page, "text/html") for name, page in _declared_within(call).items()} | _declared_outside(call)


def _declared_within(call: str) -> dict[str, bytes]:
    script, image = _script(call), f"<img src=x onerror={call}>"
    escaped = f'<p title="\x1b$B">\x1b(B">{image}</p>'
    return {
        "utf-7-meta": _page(_utf7(script), "<meta charset=utf-7>").encode(),
        "utf-7-mark": b"+/v8-" + _page(_utf7(script), "").encode(),
        "utf-7-second-meta": _page(_utf7(script), _UTF8 + "<meta charset=utf-7>").encode(),
        "utf-16-le-mark": b"\xff\xfe" + _page(script).encode("utf-16-le"),
        "utf-16-be-mark": b"\xfe\xff" + _page(script).encode("utf-16-be"),
        "utf-32-mark": b"\xff\xfe\x00\x00" + _page(script).encode("utf-32-le"),
        "utf-8-mark-against-meta": b"\xef\xbb\xbf" + _page(script, "<meta charset=utf-16>").encode(),
        "iso-2022-jp-switch": _page(escaped, "<meta charset=iso-2022-jp>").encode(),
        "iso-2022-jp-undeclared": _page(escaped, "").encode(),
        "hz-gb-2312": _page("~{" + image + "~}", "<meta charset=hz-gb-2312>").encode(),
        "overlong-two-bytes": _bytes(b"\xc0\xbcscript\xc0\xbe", call, b"\xc0\xbc/script\xc0\xbe"),
        "overlong-three-bytes": _bytes(b"\xe0\x80\xbcimg src=x onerror=", call, b"\xe0\x80\xbe"),
        "overlong-quote": _bytes(b'<p title="\xc0\xa2 onmouseover=', call, b'">overlong</p>'),
        "cut-character": _bytes(b'<p title="\xe2\x80"><img src=x onerror=', call, b">"),
        "impossible-bytes": _bytes(b"<\xffscript>", call, b"</\xffscript>\xfe\xff"),
        "surrogates-as-utf-8": _bytes(b"<\xed\xa0\xbc\xed\xb0\x80img src=x onerror=", call, b">"),
        "null-bytes": _page(script).encode().replace(b"<p>", b"\x00<\x00p\x00>"),
        "windows-1252-quotes": _page(f"<p title=\x93a onmouseover={call}\x94>q</p>", "<meta charset=cp1252>").encode(
            "latin-1"
        ),
        "x-user-defined": _page(script, "<meta charset=x-user-defined>").encode(),
        "replacement": _page(script, "<meta charset=csiso2022kr>").encode(),
        "rot13-is-no-charset": _page(script, "<meta charset=rot13>").encode(),
        "punycode-is-no-charset": _page(script, "<meta charset=punycode>").encode(),
        "late-meta": _page(_utf7(script), "<!--" + "x" * 1100 + "--><meta charset=utf-7>").encode(),
    }


def _declared_outside(call: str) -> dict[str, tuple[bytes, str]]:
    script, image = _script(call), f"<img src=x onerror={call}>"
    entity = f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x "{script}">]>'
    return {
        "utf-7-header": (_page(_utf7(script), "").encode(), "text/html; charset=utf-7"),
        "utf-16-no-mark": (_page(script).encode("utf-16-le"), "text/html; charset=utf-16le"),
        "utf-16-mark-against-header": (b"\xff\xfe" + _page(script).encode("utf-16-le"), "text/html; charset=utf-8"),
        "iso-2022-jp-yen": (
            _page(f"<script>x='\x1b(J\\';{call}//'</script>").encode(),
            "text/html; charset=iso-2022-jp",
        ),
        "shift-jis-lead-byte": (
            _bytes(b'<p title="\x83">x</p><p title=" onmouseover=', call, b' ">'),
            "text/html; charset=shift_jis",
        ),
        "gbk-lead-byte": (_bytes(b'<p title="\xbf"><img src=x onerror=', call, b'>">'), "text/html; charset=gbk"),
        "big5-lead-byte": (_bytes(b'<p title="\xa4">', image, b'">'), "text/html; charset=big5"),
        "euc-jp-three-bytes": (_bytes(b'<p title="\x8f\xa1">', image, b'">'), "text/html; charset=euc-jp"),
        "ebcdic": (_page(script).encode("cp037"), "text/html; charset=cp037"),
        "hex-is-no-charset": (_page(script).encode(), "text/html; charset=hex"),
        "charset-in-quotes": (_page(script).encode(), 'text/html; charset="utf-8\\"; x=y'),
        "xhtml-entity": ((entity + _page("&x;")).encode(), "application/xhtml+xml"),
        "not-html": (_page(script).encode(), "text/plain"),
    }


def _script(call: str) -> str:
    return f"<script>{call}</script><img src=x onerror={call}>"


def _page(markup: str, meta: str = _UTF8) -> str:
    return f"{_HEAD}{meta}</head>{_STORY}{markup}{_END}"


def _bytes(before: bytes, call: str, after: bytes) -> bytes:
    """A page in UTF-8 but for the bytes around the call."""
    start, _, end = _page("\0").encode().partition(b"\0")
    return start + before + call.encode() + after + end


def _utf7(text: str) -> str:
    """`text` in UTF-7, with every character that is not plain in base64."""
    return text.encode("utf-7").decode("ascii")

"""Bytes to text: byte order mark, then header, then meta, then the content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.article.charset import decode

PERSIAN = "خبر امروز: می‌خوانیم ۱۴۰۳"
RUSSIAN = "Паром ходит по расписанию, но не по воскресеньям"


def test_a_byte_order_mark_wins_over_the_header() -> None:
    """A document that begins with a UTF-8 mark is UTF-8, whatever its header says."""
    assert decode(b"\xef\xbb\xbf" + PERSIAN.encode(), "text/html; charset=iso-8859-1") == PERSIAN


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_by_its_mark(codec: str) -> None:
    """UTF-16 with a mark is read without any label."""
    assert decode(("\ufeff" + RUSSIAN).encode(codec)) == RUSSIAN


def test_the_header_wins_over_the_meta_element() -> None:
    """The server's label counts more than the document's own."""
    body = f'<meta charset="utf-8"><p>{RUSSIAN}'.encode("cp1251")
    assert RUSSIAN in decode(body, "text/html; charset=windows-1251")


def test_a_meta_element_is_read_where_the_header_is_silent() -> None:
    """Old pages say their charset only in the document."""
    body = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1256"><p>سلام'.encode("cp1256")
    assert decode(body, "text/html").endswith("سلام")


def test_a_wrong_label_on_clean_utf_8_is_not_believed() -> None:
    """A template that still says windows-1251 over UTF-8 text does not garble it."""
    body = f'<meta charset="windows-1251"><p>{PERSIAN}'.encode()
    assert PERSIAN in decode(body)


def test_latin_1_means_windows_1252_as_in_browsers() -> None:
    """Browsers read curly quotes out of pages that say iso-8859-1."""
    assert decode(b"\x93Hi\x94", "text/html; charset=iso-8859-1") == "“Hi”"


def test_without_any_label_the_content_decides() -> None:
    """UTF-8 is recognised by itself; a codec that is no charset is no label."""
    assert decode(PERSIAN.encode(), "text/html; charset=zip") == PERSIAN


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("x-sjis", "cp932", "港の船"),
        ("windows-31j", "cp932", "港の船①"),
        ("x-gbk", "gb18030", "港口的船"),
        ("windows-874", "cp874", "เรือ"),
        ("x-cp1256", "cp1256", "سلام"),
        ("x-mac-cyrillic", "mac-cyrillic", "Паром"),
        ("iso-8859-8-i", "iso8859-8", "שלום"),
    ],
)
def test_labels_that_only_browsers_know_are_read(label: str, codec: str, text: str) -> None:
    """The Encoding standard has more names for its encodings than Python."""
    assert text == decode(text.encode(codec), f"text/html; charset={label}")


@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "x-unknown", "hex", "utf-16", "idna", "gb2312"]))
def test_any_bytes_under_any_label_give_text(body: bytes, label: str) -> None:
    """Decoding never fails."""
    assert isinstance(decode(body, f"text/html; charset={label}"), str)

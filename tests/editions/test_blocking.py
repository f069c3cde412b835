"""What a page's head makes a browser wait for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.editions.blocking import Blocking

HEAD = b"""<!doctype html><html><head><meta charset=utf-8><title>A <link rel=stylesheet href=/title.css></title>
<!-- <script src=/comment.js></script> --><link rel="stylesheet" href="/a.css"><LINK REL=StyleSheet HREF='/b.css'>
<link rel=stylesheet href=/print.css media=print><link rel="alternate stylesheet" href=/other.css>
<script src=/c.js></script><script async src=/async.js></script><script defer src=/defer.js></script>
<script type=module src=/module.js></script><script>document.write('<script src=/written.js>')</script>
<link rel=preload as=font href=/f.woff2><link rel=preload as=script href=/early.js><link rel=icon href=/i.png>
<link rel=stylesheet href=/a.css></head><body><link rel=stylesheet href=/body.css><script src=/end.js></script>"""


def found(page: bytes) -> list[str]:
    blocking = Blocking()
    blocking.feed(page)
    return list(blocking.found)


def test_sheets_scripts_and_announced_fonts_of_the_head() -> None:
    """Each once, in order; what is for print, comes later or is only text does not block."""
    assert found(HEAD) == ["/a.css", "/b.css", "/c.js", "/f.woff2"]


@given(st.lists(st.integers(0, len(HEAD)), max_size=6))
def test_however_the_page_comes_in_pieces(cuts: list[int]) -> None:
    blocking = Blocking()
    edges = [0, *sorted(cuts), len(HEAD)]
    for start, end in pairwise(edges):
        blocking.feed(HEAD[start:end])
    assert list(blocking.found) == found(HEAD)


@pytest.mark.parametrize("page", [b"", b"<", b"<link rel=stylesheet>", b"<script src=''>", b"\xff\xfe<\x00l\x00i\x00"])
def test_of_odd_pages_nothing_is_made_up(page: bytes) -> None:
    assert found(page) == []


def test_a_head_without_end_is_left() -> None:
    blocking = Blocking()
    for number in range(100):
        blocking.feed(b"<link rel=stylesheet href=/%d.css>" % number + b" " * 2_000)
    assert blocking.done
    assert len(blocking.found) <= 40

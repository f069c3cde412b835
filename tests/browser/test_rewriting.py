"""What a browser's parser makes of a page is the same with our parts in it, for pages of every kind of wrong."""

from __future__ import annotations

import pytest

from lightkeeper.editions.stream import Rewriter

from ..editions.test_stream import odd_pages
from .drivers import chromium

HEAD, BODY, TAIL = b"<script id=lk-a>H</script>", b"<noscript id=lk-b>B</noscript>", b"<p id=lk-end>T</p>"
_PARSE = """pages => pages.map(text => {
  const page = new DOMParser().parseFromString(text, "text/html");
  const ours = [...page.querySelectorAll("[id^=lk-]")];
  for (const element of ours) element.remove();
  page.normalize();
  return [page.compatMode, page.documentElement.outerHTML.trim().replace(/\\s+(?=<\\/body>)/g, ""), ours.length];
})"""


@pytest.mark.browser
def test_odd_pages_keep_their_tree_and_mode() -> None:
    """Text, structure and standards mode are those of the origin's page, in over two hundred odd pages."""
    before = odd_pages()
    after = []
    for page in before:
        stream = Rewriter(head=HEAD, body=BODY, tail=TAIL)
        after.append(stream.feed(page) + stream.finish())
    with chromium() as browser:
        window = browser.new_page()
        expected = window.evaluate(_PARSE, [page.decode("latin-1") for page in before])
        actual = window.evaluate(_PARSE, [page.decode("latin-1") for page in after])
    assert len(before) > 200
    for source, (mode, tree, _), (new_mode, new_tree, ours) in zip(before, expected, actual, strict=True):
        assert (mode, tree) == (new_mode, new_tree), source
        assert ours >= 1, source

"""A second opinion on which text is the story: trafilatura's. The seam to that library; nothing else calls it."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

LONGEST = 300_000  # characters; beyond that it is too slow to be asked
_WORDS = re.compile(r"[^\W_]+")
_SAMPLE = 40


class Opinion:
    """The text that trafilatura would keep, as one string of word characters to look things up in."""

    def __init__(self, text: str) -> None:
        self._text = letters(text)
        self.size = len(self._text)

    def keeps(self, text: str) -> bool:
        """Whether this run of text is in what it kept: wholly, or at both of its ends."""
        wanted = letters(text)
        if not wanted:
            return False
        if len(wanted) <= 2 * _SAMPLE:
            return wanted in self._text
        return wanted[:_SAMPLE] in self._text and wanted[-_SAMPLE:] in self._text


def letters(text: str) -> str:
    """Only the word characters of `text`, in lower case: what stays equal when markup and spaces change."""
    return "".join(_WORDS.findall(text)).lower()


def ask(root: HtmlElement) -> Opinion:
    """Ask for an opinion on a tree, which stays as it is: the library works on a copy. None on what it cannot read."""
    import trafilatura  # a quarter of a second, which a server's start has no use for: see `source.worker`

    if len(root.text_content()) > LONGEST:
        return Opinion("")
    try:
        document = trafilatura.bare_extraction(
            root, fast=True, include_comments=False, include_tables=True, with_metadata=False
        )
    except Exception:  # a library that reads hostile input: whatever it raises, our own walk goes on alone
        return Opinion("")
    body = getattr(document, "body", None)
    return Opinion("".join(body.itertext()) if body is not None else "")

"""How much a text says, in scripts with and without spaces. Knows nothing of pages.

Every threshold in characters or words is meant for an alphabet: an ideograph says what two letters and more say, and
Chinese, Japanese and Thai write no spaces between words.
"""

from __future__ import annotations

import re

_DENSE = re.compile(
    "[\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।", "॥", "။", "።", "։", "។")
_CLOSERS = " \u00a0\"'”’»›“‘)]}」』】）"
_LETTERS_A_WORD = 3  # of a script without spaces; Thai has more, Chinese fewer


def extent(text: str) -> int:
    """The length of a text in letters of an alphabet: ideographs, kana and Hangul syllables count twice."""
    return len(text) if text.isascii() else len(text) + len(_DENSE.findall(text))


def ends_sentence(text: str) -> bool:
    """Whether a text ends as sentences do, perhaps within quotation marks or brackets."""
    return text.rstrip(_CLOSERS).endswith(_ENDS)


def word_count(text: str) -> int:
    """How many words a text has, about: by its spaces, and by its length where the script has none."""
    if text.isascii():
        return len(text.split())
    unspaced = sum(-(-len(run) // _LETTERS_A_WORD) for run in _SPACELESS.findall(text))
    return unspaced + len(_SPACELESS.sub(" ", text).split())

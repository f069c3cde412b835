"""How long a text takes to read, by language. Rates in words a minute, or characters where words have no blanks."""

from __future__ import annotations

import re

# Silent reading of non-fiction: Brysbaert 2019 for English, Trauzettel-Klosinski and Dietz 2012 (IReST) for the others.
_WORDS = {
    "en": 238,
    "ar": 138,
    "de": 179,
    "es": 218,
    "fi": 161,
    "fr": 195,
    "he": 187,
    "it": 188,
    "nl": 202,
    "pl": 166,
    "pt": 181,
    "ru": 184,
    "sv": 199,
    "tr": 166,
}
_OTHER = 180
_CHARACTERS = {"zh": 255, "ja": 357}
_TAG = re.compile(r"<[^>]*>")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


def minutes(html: str, language: str) -> int:
    """Whole minutes, at least one. `html` is markup of ours, in which every `<` and `>` of the text is escaped."""
    text = _TAG.sub(" ", html)
    first = language.lower().split("-")[0]
    characters = len(_IDEOGRAPH.findall(text))
    words = len(_IDEOGRAPH.sub(" ", text).split())
    return max(1, round(words / _WORDS.get(first, _OTHER) + characters / _CHARACTERS.get(first, 255)))

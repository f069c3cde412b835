"""Reading times, by the pace of each language."""

from __future__ import annotations

import pytest

from lightkeeper.editions.reading import minutes


@pytest.mark.parametrize(
    ("words", "language", "expected"),
    [(0, "en", 1), (10, "en", 1), (238 * 4, "en", 4), (238 * 4, "en-GB", 4), (138 * 4, "ar", 4), (180 * 3, "xx", 3)],
)
def test_words_are_counted_at_the_languages_pace(words: int, language: str, expected: int) -> None:
    assert minutes("<p>" + "word " * words + "</p>", language) == expected


def test_text_without_blanks_is_counted_by_character() -> None:
    assert minutes("<p>" + "字" * 255 * 5, "zh") == 5
    assert minutes("<p>" + "字" * 357 * 2, "ja") == 2


def test_markup_is_no_text() -> None:
    assert minutes('<a href="https://x.example/a b c">one</a>' * 10, "en") == 1
